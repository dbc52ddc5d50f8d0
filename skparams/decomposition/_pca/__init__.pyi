from .blocks import over_blocks, product
from .estimator import PCA
from .fingerprint import fingerprint_of
from .lazy_rows import by_rows, refuse_frames
from .model import BasePCA, FittedPCA
from .rows import dtype_of, leaves_freedom
from .solvers import SHARED, eigh, units
from .spec import rotated_spec

__all__ = [
    "PCA",
    "SHARED",
    "BasePCA",
    "FittedPCA",
    "by_rows",
    "dtype_of",
    "eigh",
    "fingerprint_of",
    "leaves_freedom",
    "over_blocks",
    "product",
    "refuse_frames",
    "rotated_spec",
    "units",
]
