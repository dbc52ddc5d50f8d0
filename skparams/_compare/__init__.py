"""``compare``: models on the same folds, with a test that respects their overlap."""

from skparams._compare.record import Comparison
from skparams._compare.verb import compare

__all__ = ["Comparison", "compare"]
