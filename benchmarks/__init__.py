"""Side by side against what a user would pick instead: ``python -m benchmarks NAME``."""
