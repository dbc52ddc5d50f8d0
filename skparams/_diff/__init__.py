"""What differs between models."""

from skparams._diff.diff import assert_same_model, diff
from skparams._diff.result import Diff, Spread
from skparams._diff.spread import spread

__all__ = [
    "Diff",
    "Spread",
    "assert_same_model",
    "diff",
    "spread",
]
