from .bootstrap import KINDS, Bootstrap
from .explanation import Explanation
from .labels import index_of
from .limits import check_share
from .outliers import Outliers
from .rotation import RotatedPCA
from .verb import explain

__all__ = [
    "KINDS",
    "Bootstrap",
    "Explanation",
    "Outliers",
    "RotatedPCA",
    "check_share",
    "explain",
    "index_of",
]
