from .blocks import over_blocks
from .estimator import PCA
from .fingerprint import fingerprint_of
from .model import BasePCA, FittedPCA
from .rows import dtype_of, leaves_freedom
from .solvers import units
from .spec import rotated_spec

__all__ = [
    "PCA",
    "BasePCA",
    "FittedPCA",
    "dtype_of",
    "fingerprint_of",
    "leaves_freedom",
    "over_blocks",
    "rotated_spec",
    "units",
]
