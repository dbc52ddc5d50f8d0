"""Private names of scikit-learn, and differences between supported versions."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from inspect import Parameter, signature
from types import SimpleNamespace
from typing import Any, TypeVar

from sklearn import __version__ as _version
from sklearn.base import _fit_context
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._metadata_requests import SIMPLE_METHODS, MetadataRequest
from sklearn.utils._param_validation import (
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    make_constraint,
    validate_parameter_constraints,
)
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.fixes import parse_version
from sklearn.utils.metaestimators import _safe_split as safe_split
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call as check_partial_fit_first_call,
)
from sklearn.utils.optimize import _check_optimize_result as check_optimize_result
from sklearn.utils.validation import (
    _check_feature_names_in as check_feature_names_in,
    _check_method_params as check_method_params,
    _check_sample_weight,
)

__all__ = [
    "DEFAULT_KERNEL_IS_FIXED",
    "HAS_CALLBACKS",
    "MLP_HOOKS",
    "CallbackSupportMixin",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "accepts_sample_weight",
    "binary_gaussian_process_classifier",
    "callback_management_context",
    "check_categorical_features",
    "check_feature_names_in",
    "check_method_params",
    "check_optimize_result",
    "check_partial_fit_first_call",
    "check_sample_weight",
    "dirichlet_expectation",
    "fit_and_score",
    "fit_context",
    "installed_sklearn",
    "invalid_hyperparameter_first",
    "lbfgs_print_options",
    "mlp_optimizer",
    "open_listener",
    "predictor_dtype",
    "requests_in",
    "routing_with",
    "safe_indexing",
    "safe_split",
]

try:
    from sklearn.callback import CallbackSupportMixin
    from sklearn.callback._callback_support import callback_management_context
except ImportError:  # scikit-learn < 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Without ``set_callbacks``, as tools look for it to know whether there are callbacks."""

    callback_management_context = nullcontext

# Whether the default kernel of GaussianProcessRegressor has fixed hyperparameters.
DEFAULT_KERNEL_IS_FIXED = parse_version(_version) < parse_version("1.9")

# Whether estimators of scikit-learn call callbacks, from 1.9 on.
HAS_CALLBACKS = find_spec("sklearn.callback") is not None
installed_sklearn = f"scikit-learn {_version}"

# Private methods of scikit-learn's multi-layer perceptrons that its own fit and predict call, and
# ours do not. Subclasses override them, and models get them assigned.
MLP_HOOKS = (
    "_backprop",
    "_compute_loss_grad",
    "_fit_lbfgs",
    "_fit_stochastic",
    "_forward_pass",
    "_forward_pass_fast",
    "_initialize",
    "_loss_grad_lbfgs",
    "_predict",
    "_score",
    "_score_with_function",
    "_unpack",
    "_update_no_improvement_count",
    "_validate_input",
)

_Method = TypeVar("_Method", bound=Callable[..., Any])


def fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[_Method], _Method]:
    """scikit-learn's decorator of fit methods, which keep their type."""
    return _fit_context(prefer_skip_nested_validation=prefer_skip_nested_validation)


@contextmanager
def invalid_hyperparameter_first(estimator: Any) -> Iterator[None]:
    """Raise scikit-learn's error about an invalid hyperparameter in place of what came of it.

    Only fit checks hyperparameters, and any of them may be set afterwards.
    """
    try:
        yield
    except Exception:
        constraints = getattr(estimator, "_parameter_constraints", {})
        held = getattr(estimator, "__dict__", {})
        params = {name: held[name] for name in constraints if name in held}
        validate_parameter_constraints(constraints, params, type(estimator).__name__)
        raise


def may_be(cls: type, name: str, value: Any) -> bool:
    """Whether a hyperparameter of a class of scikit-learn may have a value."""
    constraints = getattr(cls, "_parameter_constraints", {}).get(name, "no_validation")
    if isinstance(constraints, str):
        return True
    return any(make_constraint(each).is_satisfied_by(value) for each in constraints)


def check_sample_weight(sample_weight, X, dtype, may_be_zero=False):
    """Check sample weights as scikit-learn 1.9 does, which refuses weights that are all zero."""
    has_check = "allow_all_zero_weights" in signature(_check_sample_weight).parameters
    more = {"allow_all_zero_weights": True} if has_check and may_be_zero else {}
    sample_weight = _check_sample_weight(sample_weight, X, dtype=dtype, **more)
    if not (may_be_zero or sample_weight.any()):  # scikit-learn checks this from 1.9 on
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return sample_weight


def transform_output(estimator):
    """What ``set_output``, or the configuration, wants ``transform`` to return."""
    return _get_output_config("transform", estimator)["dense"]


def check_categorical_features(X, categorical_features):
    """Which columns of X are declared as categorical, as histogram boosting reads it, or None.

    Of X only ``shape`` and ``columns`` are used. Not for ``"from_dtype"``.
    """
    try:
        from sklearn.utils.validation import _check_categorical_features
    except ImportError:  # scikit-learn < 1.9
        from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import (
            BaseHistGradientBoosting,
        )

        estimator = SimpleNamespace(categorical_features=categorical_features)
        return BaseHistGradientBoosting._check_categorical_features(estimator, X)
    return _check_categorical_features(X, categorical_features)


def accepts_sample_weight(scorer):
    """Whether a scorer, one of scikit-learn's or any callable, takes sample weights."""
    if hasattr(scorer, "_accept_sample_weight"):
        return scorer._accept_sample_weight()
    parameters = signature(scorer).parameters
    takes_all = any(each.kind is Parameter.VAR_KEYWORD for each in parameters.values())
    return takes_all or "sample_weight" in parameters


def lbfgs_print_options(verbose):
    """Options that make SciPy's L-BFGS-B print; SciPy ≥ 1.15 ignores `iprint`."""
    from scipy import __version__

    if parse_version(__version__) >= parse_version("1.15"):
        return {}
    return {"iprint": 1 if verbose else -1}


def mlp_optimizer(mlp, learning_rate, t, first, second):
    """The optimizer of scikit-learn's perceptron `mlp` after t steps, with its moments."""
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

    params, rate = mlp.coefs_ + mlp.intercepts_, mlp.learning_rate_init
    if mlp.solver == "adam":
        adam = AdamOptimizer(params, rate, mlp.beta_1, mlp.beta_2, mlp.epsilon)
        adam.t, adam.ms, adam.vs = t, first, second
        return adam
    schedule, nesterov = mlp.learning_rate, mlp.nesterovs_momentum
    sgd = SGDOptimizer(params, rate, schedule, mlp.momentum, nesterov, mlp.power_t)
    sgd.learning_rate, sgd.velocities = learning_rate, first
    return sgd


def dirichlet_expectation(concentrations):
    """Expected logarithm of each probability, for rows that follow a Dirichlet distribution."""
    from sklearn.decomposition._online_lda_fast import _dirichlet_expectation_2d

    return _dirichlet_expectation_2d(concentrations)


def binary_gaussian_process_classifier():
    """The private class that GaussianProcessClassifier fits for two classes."""
    from sklearn.gaussian_process._gpc import _BinaryGaussianProcessClassifierLaplace

    return _BinaryGaussianProcessClassifierLaplace


def open_listener(receive, owner):
    """Call a function with each message that worker processes send, as long as the owner lives.

    Returns a handle with the attributes ``address`` and ``authkey``. Each message is acknowledged.
    """
    from sklearn.callback import _transport

    return _transport.open_listener(receive, owner=owner)


def requests_in(routing: Any) -> dict[str, dict[str, Any]]:
    """The metadata that each method of an estimator requests, of its ``_metadata_request``."""
    return {
        method: dict(getattr(routing, method)._requests)
        for method in SIMPLE_METHODS
        if getattr(routing, method)._requests
    }


def routing_with(owner: Any, requests: Mapping[str, Mapping[str, Any]]) -> Any:
    """The ``_metadata_request`` of an estimator that requests metadata."""
    routing = MetadataRequest(owner)
    for method, of_method in requests.items():
        if method not in SIMPLE_METHODS:
            raise ValueError(f"no method {method!r} requests metadata")
        for name, alias in of_method.items():
            getattr(routing, method).add_request(param=name, alias=alias)
    return routing


def predictor_dtype():
    """The dtype of the nodes of a tree of histogram boosting."""
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

    return PREDICTOR_RECORD_DTYPE


def fit_and_score(estimator: Any, X: Any, y: Any, **arguments: Any) -> dict[str, Any]:
    """Fit an estimator, score it on training and test rows as `validation_curve` does.

    Returns ``train_scores``, ``test_scores`` and ``fit_error``, the traceback or None.
    """
    from sklearn.model_selection._validation import _fit_and_score

    return _fit_and_score(estimator, X, y, verbose=0, return_train_score=True, **arguments)
