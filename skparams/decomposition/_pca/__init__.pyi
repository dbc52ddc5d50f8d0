from .blocks import over_blocks
from .estimator import PCA
from .model import FittedPCA
from .rows import dtype_of
from .rules import (
    QUANTILE,
    RULES,
    SpectrumInfo,
    above,
    applies,
    choose,
    explained_ratios,
    null_eigenvalues,
)

__all__ = [
    "PCA",
    "QUANTILE",
    "RULES",
    "FittedPCA",
    "SpectrumInfo",
    "above",
    "applies",
    "choose",
    "dtype_of",
    "explained_ratios",
    "null_eigenvalues",
    "over_blocks",
]
