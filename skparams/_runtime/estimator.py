"""What all our estimators do beside fitting: change nothing where fit fails, know their version."""

import warnings
from collections.abc import Callable
from functools import cache
from types import MethodType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skparams._version import __version__


class unchanged_on_error:
    """Put an estimator's attributes and its random state back where the block raises.

    The block must not write into arrays and lists that the estimator holds.
    """

    def __init__(self, estimator: Any) -> None:
        self._held = vars(estimator)

    def __enter__(self) -> None:
        self._attributes = self._held.copy()
        self._random_states = [
            (value, value.get_state())
            for value in self._attributes.values()
            if isinstance(value, np.random.RandomState) and value is not np.random.mtrand._rand
        ]

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        self._held.clear()
        self._held.update(self._attributes)
        for random_state, state in self._random_states:
            random_state.set_state(state)


class AvailableIf:
    """A method that an instance has only where ``_check_<name>`` raises no AttributeError.

    scikit-learn's ``available_if`` does the same, but hides the message that says why.
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
    """An estimator whose pickles know their version of skparams; loading under another warns."""

    @classmethod
    @cache  # scikit-learn reads the signature anew for each fit, which takes as long as a small one
    def _get_param_names(cls):
        return super()._get_param_names()

    def __getstate__(self):
        return {**super().__getstate__(), "_skparams_version": __version__}

    def __setstate__(self, state):
        version = state.pop("_skparams_version", "of an unknown number")
        if version != __version__:
            warnings.warn(
                f"{type(self).__name__} was pickled by skparams {version} and is loaded by "
                f"skparams {__version__}; results may differ. Fit it anew, or load it with that "
                "version.",
                UserWarning,
                stacklevel=2,
            )
        super().__setstate__(state)
