from .blocks import over_blocks
from .estimator import PCA
from .model import BasePCA, FittedPCA
from .rows import dtype_of
from .solvers import units

__all__ = ["PCA", "BasePCA", "FittedPCA", "dtype_of", "over_blocks", "units"]
