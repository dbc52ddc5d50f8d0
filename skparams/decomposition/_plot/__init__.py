"""Pictures of a PCA, as scikit-learn's displays are."""

from skparams.decomposition._plot._biplot import BiplotDisplay
from skparams.decomposition._plot._bootstrap import BootstrapDisplay
from skparams.decomposition._plot._circle import CorrelationCircleDisplay
from skparams.decomposition._plot._contribution import ContributionDisplay
from skparams.decomposition._plot._outliers import OutlierDisplay
from skparams.decomposition._plot._scree import ScreeDisplay

__all__ = [
    "BiplotDisplay",
    "BootstrapDisplay",
    "ContributionDisplay",
    "CorrelationCircleDisplay",
    "OutlierDisplay",
    "ScreeDisplay",
]
