"""Neural networks for tables."""
