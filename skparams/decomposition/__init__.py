"""Principal components."""

from skparams.decomposition._explain import Explanation, explain
from skparams.decomposition._pca import PCA
from skparams.decomposition._plot import (
    BiplotDisplay,
    BootstrapDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    OutlierDisplay,
    ScreeDisplay,
)
from skparams.decomposition._rotation import RotatedPCA

__all__ = [
    "PCA",
    "BiplotDisplay",
    "BootstrapDisplay",
    "ContributionDisplay",
    "CorrelationCircleDisplay",
    "Explanation",
    "OutlierDisplay",
    "RotatedPCA",
    "ScreeDisplay",
    "explain",
]
