"""What differs between models."""

from skparams._diff.diff import assert_same_model, diff
from skparams._diff.result import Diff
from skparams._diff.spread import spread
from skparams._diff.spread_record import Spread

__all__ = [
    "Diff",
    "Spread",
    "assert_same_model",
    "diff",
    "spread",
]
