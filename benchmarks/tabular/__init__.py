"""Networks for tables beside what a user would pick instead."""
