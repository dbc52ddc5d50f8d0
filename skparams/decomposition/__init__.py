"""Principal components."""

from skparams.decomposition._explain.explain import Explanation, explain
from skparams.decomposition._explain.rotation import RotatedPCA
from skparams.decomposition._pca.estimator import PCA
from skparams.decomposition._plot import (
    BiplotDisplay,
    BootstrapDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    OutlierDisplay,
    ScreeDisplay,
)

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
