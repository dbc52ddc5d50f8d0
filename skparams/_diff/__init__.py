"""What differs between models."""

from skparams._diff.diff import assert_same_model, diff
from skparams._diff.spread import spread
from skparams._diff.spread_view import Spread
from skparams._diff.view import Diff

__all__ = [
    "Diff",
    "Spread",
    "assert_same_model",
    "diff",
    "spread",
]
