"""Compiled training of multi-layer perceptrons."""
