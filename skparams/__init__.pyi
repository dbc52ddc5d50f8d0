from ._show_versions import show_versions
from ._version import __version__ as __version__
from .decomposition import (
    PCA,
    BiplotDisplay,
    BootstrapDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    OutlierDisplay,
    ScreeDisplay,
    explain,
)
from .inspection import ParamsMixin, count_params, fitted_params, plan, summary
from .neural_network import MLPClassifier, MLPRegressor

__all__ = [
    "PCA",
    "BiplotDisplay",
    "BootstrapDisplay",
    "ContributionDisplay",
    "CorrelationCircleDisplay",
    "MLPClassifier",
    "MLPRegressor",
    "OutlierDisplay",
    "ParamsMixin",
    "ScreeDisplay",
    "__version__",
    "count_params",
    "explain",
    "fitted_params",
    "plan",
    "show_versions",
    "summary",
]
