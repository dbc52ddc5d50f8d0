from .biplot import BiplotDisplay
from .bootstrap import BootstrapDisplay
from .circle import CorrelationCircleDisplay
from .contribution import ContributionDisplay
from .outliers import OutlierDisplay
from .scores import ScoreDisplay
from .scree import ScreeDisplay

__all__ = [
    "BiplotDisplay",
    "BootstrapDisplay",
    "ContributionDisplay",
    "CorrelationCircleDisplay",
    "OutlierDisplay",
    "ScoreDisplay",
    "ScreeDisplay",
]
