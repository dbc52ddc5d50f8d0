from ._explain import Explanation, RotatedPCA, explain
from ._pca import PCA
from ._plot import (
    BiplotDisplay,
    BootstrapDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    OutlierDisplay,
    ScoreDisplay,
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
    "ScoreDisplay",
    "ScreeDisplay",
    "explain",
]
