from .blocks import over_blocks, product
from .estimator import PCA
from .fingerprint import fingerprint_of
from .model import BasePCA, FittedPCA
from .rows import dtype_of, leaves_freedom
from .solvers import SHARED, eigh, units
from .spec import rotated_spec

__all__ = [
    "PCA",
    "SHARED",
    "BasePCA",
    "FittedPCA",
    "dtype_of",
    "eigh",
    "fingerprint_of",
    "leaves_freedom",
    "over_blocks",
    "product",
    "rotated_spec",
    "units",
]
