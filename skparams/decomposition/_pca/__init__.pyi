from .blocks import over_blocks
from .estimator import PCA
from .model import FittedPCA
from .rows import dtype_of
from .spec import rotated_spec
from .spectrum import explained_ratios

__all__ = [
    "PCA",
    "FittedPCA",
    "dtype_of",
    "explained_ratios",
    "over_blocks",
    "rotated_spec",
]
