"""What differs between models."""

from skparams._diff.several import spread
from skparams._diff.several_view import Spread
from skparams._diff.verb import ModelsNotComparable, assert_same_model, diff
from skparams._diff.view import Diff, differences, opaque

__all__ = [
    "Diff",
    "ModelsNotComparable",
    "Spread",
    "assert_same_model",
    "diff",
    "differences",
    "opaque",
    "spread",
]
