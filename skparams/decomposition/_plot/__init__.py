"""Pictures of a PCA, as scikit-learn's displays are."""

from skparams.decomposition._plot.biplot import BiplotDisplay
from skparams.decomposition._plot.bootstrap import BootstrapDisplay
from skparams.decomposition._plot.circle import CorrelationCircleDisplay
from skparams.decomposition._plot.contribution import ContributionDisplay
from skparams.decomposition._plot.outliers import OutlierDisplay
from skparams.decomposition._plot.scree import ScreeDisplay

__all__ = [
    "BiplotDisplay",
    "BootstrapDisplay",
    "ContributionDisplay",
    "CorrelationCircleDisplay",
    "OutlierDisplay",
    "ScreeDisplay",
]
