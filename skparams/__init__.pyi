from ._capacity import CapacityCurveDisplay, capacity_curve
from ._choose import (
    ParetoDisplay,
    fewest_params,
    fit_budget,
    model_bytes_scorer,
    n_params_scorer,
    params_frame,
)
from ._compare import compare
from ._diff import ModelsNotComparable, assert_same_model, diff, spread
from ._identify import identifiable
from ._keep import Checkpoint, ParamsFileError, inspect_params, load_params, save_params
from ._memorize import memorization
from ._monitor import ParamMonitor, ParamMonitorDisplay
from ._onnx import register_onnx_converters, to_onnx
from ._params import ParamsMixin, count_params, fitted_params
from ._plan import plan
from ._probe import probe
from ._runtime import cache_dir, show_versions
from ._slim import kept_rows, slim
from ._summary import explain_finding, summary
from ._version import __version__ as __version__
from .decomposition import (
    PCA,
    BiplotDisplay,
    BootstrapDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    OutlierDisplay,
    ScoreDisplay,
    ScreeDisplay,
    explain,
)
from .neural_network import (
    LossCurveDisplay,
    MLPClassifier,
    MLPRegressor,
    TabularMLPClassifier,
    TabularMLPRegressor,
)

docs_url: str | None

__all__ = [
    "PCA",
    "BiplotDisplay",
    "BootstrapDisplay",
    "CapacityCurveDisplay",
    "Checkpoint",
    "ContributionDisplay",
    "CorrelationCircleDisplay",
    "LossCurveDisplay",
    "MLPClassifier",
    "MLPRegressor",
    "ModelsNotComparable",
    "OutlierDisplay",
    "ParamMonitor",
    "ParamMonitorDisplay",
    "ParamsFileError",
    "ParamsMixin",
    "ParetoDisplay",
    "ScoreDisplay",
    "ScreeDisplay",
    "TabularMLPClassifier",
    "TabularMLPRegressor",
    "__version__",
    "assert_same_model",
    "cache_dir",
    "capacity_curve",
    "compare",
    "count_params",
    "diff",
    "explain",
    "explain_finding",
    "fewest_params",
    "fit_budget",
    "fitted_params",
    "identifiable",
    "inspect_params",
    "kept_rows",
    "load_params",
    "memorization",
    "model_bytes_scorer",
    "n_params_scorer",
    "params_frame",
    "plan",
    "probe",
    "register_onnx_converters",
    "save_params",
    "show_versions",
    "slim",
    "spread",
    "summary",
    "to_onnx",
]
