from .bootstrap import KINDS, Bootstrap
from .checks import check_count, check_option, check_probability, index_of
from .diagnostics import rank_of
from .explanation import Explanation
from .labels import row_index
from .outliers import Outliers
from .rotation import RotatedPCA
from .training import is_training
from .verb import explain

__all__ = [
    "KINDS",
    "Bootstrap",
    "Explanation",
    "Outliers",
    "RotatedPCA",
    "check_count",
    "check_option",
    "check_probability",
    "explain",
    "index_of",
    "is_training",
    "rank_of",
    "row_index",
]
