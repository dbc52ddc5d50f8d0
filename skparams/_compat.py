"""All that is private in scikit-learn, or differs between the versions that are supported."""

from sklearn.base import _fit_context as fit_context
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call as check_partial_fit_first_call,
)
from sklearn.utils.optimize import _check_optimize_result as check_optimize_result
from sklearn.utils.validation import _check_sample_weight

__all__ = [
    "Interval",
    "Options",
    "StrOptions",
    "check_optimize_result",
    "check_partial_fit_first_call",
    "check_sample_weight",
    "fit_context",
    "lbfgs_print_options",
]


def check_sample_weight(sample_weight, X, dtype):
    """Return the weights as a new-enough scikit-learn does: all zero is an error."""
    sample_weight = _check_sample_weight(sample_weight, X, dtype=dtype)
    if not sample_weight.any():  # scikit-learn checks this from 1.9 on
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return sample_weight


def lbfgs_print_options(verbose):
    """Return the options that make SciPy's L-BFGS-B print; from 1.15 on it no longer can."""
    from scipy import __version__
    from sklearn.utils.fixes import parse_version

    if parse_version(__version__) >= parse_version("1.15"):
        return {}
    return {"iprint": 1 if verbose else -1}
