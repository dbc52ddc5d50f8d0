"""What all our estimators share: fit that changes nothing if it fails, and versioned pickles."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import MethodType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import validation

from skparams._compat import callback_management_context, invalid_hyperparameter_first
from skparams._escape import escaped_errors
from skparams._lazy import refuse_lazy
from skparams._version import __version__

# What scikit-learn's callbacks keep in an estimator while it is fitted, and what ours tells them;
# no copy has it.
_OF_A_FIT = "_callback_fit_ctx", "_skl_callbacks_to_teardown", "_training", "_gradients"


@contextmanager
def unchanged_on_error(estimator: Any) -> Iterator[None]:
    """Restore an estimator's attributes and random states if the block raises.

    The block must not write into the estimator's arrays and lists. Callbacks that it set up are
    torn down first, which needs attributes that go.
    """
    attributes = vars(estimator).copy()
    random_states = [
        (value, value.get_state())
        for value in attributes.values()
        if isinstance(value, np.random.RandomState) and value is not np.random.mtrand._rand
    ]
    try:
        if "_skl_callbacks" in attributes:
            with callback_management_context(estimator), invalid_hyperparameter_first(estimator):
                yield
        else:
            with invalid_hyperparameter_first(estimator):
                yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(attributes)
        for random_state, state in random_states:
            random_state.set_state(state)
        raise


def validate_data(estimator: Any, *arrays: Any, **checks: Any) -> Any:
    """scikit-learn's ``validate_data``, whose errors may list names of features and not name y."""
    given = dict(zip(("X", "y"), arrays, strict=False))
    given.update((name, checks[name]) for name in ("X", "y") if name in checks)
    refuse_lazy(type(estimator).__name__, **given)
    with escaped_errors():
        try:
            return validation.validate_data(estimator, *arrays, **checks)
        except ValueError as error:
            if str(error) != "Input contains NaN" or given.get("y") is None:  # as of X of numbers
                raise
            raise ValueError("Input y contains NaN. Leave out samples without a target.") from None


class AvailableIf:
    """A method that an instance has only if ``_check_<name>`` raises no AttributeError.

    scikit-learn's ``available_if`` does the same, but hides the reason.
    """

    def __init__(self, method: Callable) -> None:
        self.method = method
        self.__doc__ = method.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Callable:
        if instance is None:
            return self.method
        getattr(instance, f"_check_{self.method.__name__}")()
        return MethodType(self.method, instance)


class VersionedEstimator(BaseEstimator):
    """An estimator whose pickles keep the version of skparams; loading with another one warns."""

    @classmethod
    @cache  # scikit-learn parses the signature in each fit, which takes as long as a small fit
    def _get_param_names(cls):
        return super()._get_param_names()

    def __getstate__(self):
        state = {**super().__getstate__(), "_skparams_version": __version__}
        for name in _OF_A_FIT:
            state.pop(name, None)
        return state

    def __setstate__(self, state):
        version = state.pop("_skparams_version", "(unknown version)")
        if version != __version__:
            warnings.warn(
                f"{type(self).__name__} was pickled by skparams {version} and is loaded by "
                f"skparams {__version__}; results may differ. Fit it again, or load it with that "
                "version.",
                UserWarning,
                stacklevel=2,
            )
        super().__setstate__(state)
