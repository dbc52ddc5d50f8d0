"""Competitors on the same folds, with tests of their differences."""

from skparams._compare.record import Comparison
from skparams._compare.verb import compare

__all__ = ["Comparison", "compare"]
