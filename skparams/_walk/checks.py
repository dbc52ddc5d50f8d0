"""Checks of arguments that the verbs share."""

from __future__ import annotations

import reprlib
from collections.abc import Collection
from typing import Any, Protocol

from sklearn.exceptions import NotFittedError

from skparams._records import Node
from skparams.specs import is_estimator


class HasRoot(Protocol):
    """A walk over an estimator, or a record of one."""

    @property
    def root(self) -> Node: ...


def check_fitted(function: str, walk: HasRoot) -> None:
    """Raise NotFittedError, which begins with the function's name, for an unfitted estimator."""
    if not walk.root.fitted:
        raise NotFittedError(
            f"{function}: this {walk.root.class_name} is not fitted, so it has learned "
            "nothing yet. Call fit first."
        )


def check_estimator(function: str, value: Any, name: str = "estimator") -> None:
    """Raise TypeError if what an argument got is no estimator, or is a class."""
    if isinstance(value, type):
        raise TypeError(
            f"{function}: {name} must be an instance, got the class {value.__name__}. "
            f"Make one: {value.__name__}()."
        )
    if not is_estimator(value):
        raise TypeError(
            f"{function}: {name} must have fit and get_params, "
            f"got {type(value).__name__}: {reprlib.repr(value)}."
        )


def check_names(function: str, argument: str, value: Any) -> None:
    """Raise TypeError if what an argument got is no collection of text, or is text itself."""
    if isinstance(value, str):
        raise TypeError(
            f"{function}: {argument} must be a collection of names, got {value!r}: ({value!r},)."
        )
    if not isinstance(value, Collection) or not all(isinstance(name, str) for name in value):
        raise TypeError(
            f"{function}: {argument} must be a collection of names, got {reprlib.repr(value)}."
        )


def n_rows(function: str, X: Any) -> int:
    """Return the number of rows of X, or raise TypeError if it has none."""
    try:
        return int(X.shape[0]) if hasattr(X, "shape") else len(X)
    except (TypeError, IndexError):
        raise TypeError(
            f"{function}: X must be rows, as in an array, a DataFrame or a list, "
            f"got {type(X).__name__}: {reprlib.repr(X)}."
        ) from None
