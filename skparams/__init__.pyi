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
from .inspection import (
    ParamsMixin,
    assert_same_model,
    count_params,
    diff,
    fitted_params,
    memorised,
    plan,
    probe,
    slim,
    summary,
)
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
    "assert_same_model",
    "count_params",
    "diff",
    "explain",
    "fitted_params",
    "memorised",
    "plan",
    "probe",
    "show_versions",
    "slim",
    "summary",
]
