"""All that is private in scikit-learn, or differs between the versions that are supported."""

from collections.abc import Callable
from typing import Any, TypeVar

from sklearn import __version__ as _version
from sklearn.base import _fit_context
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._param_validation import Interval, Options, RealNotInt, StrOptions
from sklearn.utils.fixes import parse_version
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call as check_partial_fit_first_call,
)
from sklearn.utils.optimize import _check_optimize_result as check_optimize_result
from sklearn.utils.validation import _check_sample_weight

__all__ = [
    "CODES_ARE_FLOAT32",
    "DEFAULT_KERNEL_IS_FIXED",
    "LBFGS_KEEPS_FLOAT32",
    "NAIVE_BAYES_KEEPS_FLOAT32",
    "RIDGE_CV_KEEPS_FLOAT32",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "binary_gaussian_process_classifier",
    "check_optimize_result",
    "check_partial_fit_first_call",
    "check_sample_weight",
    "dirichlet_expectation",
    "fit_context",
    "lbfgs_print_options",
    "safe_indexing",
]

# Whether orthogonal matching pursuit codes float32 rows as float32, whatever the dictionary is.
CODES_ARE_FLOAT32 = parse_version(_version) >= parse_version("1.8")
# Whether these leave float32 coefficients for float32 rows.
LBFGS_KEEPS_FLOAT32 = parse_version(_version) >= parse_version("1.9")  # of (generalised) logits
NAIVE_BAYES_KEEPS_FLOAT32 = parse_version(_version) >= parse_version("1.8")  # a Gaussian one
RIDGE_CV_KEEPS_FLOAT32 = parse_version(_version) >= parse_version("1.8")
# Whether fit leaves the default kernel of a Gaussian process regressor as it is.
DEFAULT_KERNEL_IS_FIXED = parse_version(_version) < parse_version("1.9")


_Method = TypeVar("_Method", bound=Callable[..., Any])


def fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[_Method], _Method]:
    """scikit-learn's decorator of fit methods, which keep their type."""
    return _fit_context(prefer_skip_nested_validation=prefer_skip_nested_validation)


def check_sample_weight(sample_weight, X, dtype):
    """Return the weights as a new-enough scikit-learn does: all zero is an error."""
    sample_weight = _check_sample_weight(sample_weight, X, dtype=dtype)
    if not sample_weight.any():  # scikit-learn checks this from 1.9 on
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return sample_weight


def lbfgs_print_options(verbose):
    """Return the options that make SciPy's L-BFGS-B print; from 1.15 on it no longer can."""
    from scipy import __version__

    if parse_version(__version__) >= parse_version("1.15"):
        return {}
    return {"iprint": 1 if verbose else -1}


def dirichlet_expectation(concentrations):
    """Return the expected logarithm of each probability, for rows that are Dirichlet."""
    from sklearn.decomposition._online_lda_fast import _dirichlet_expectation_2d

    return _dirichlet_expectation_2d(concentrations)


def binary_gaussian_process_classifier():
    """Return the class of what a Gaussian process classifier fits for two classes."""
    from sklearn.gaussian_process._gpc import _BinaryGaussianProcessClassifierLaplace

    return _BinaryGaussianProcessClassifierLaplace
