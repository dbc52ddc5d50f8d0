from .blocks import over_blocks
from .estimator import PCA
from .model import FittedPCA
from .rows import dtype_of
from .spectrum import explained_ratios

__all__ = ["PCA", "FittedPCA", "dtype_of", "explained_ratios", "over_blocks"]
