"""Checks of arguments that the verbs share."""

from __future__ import annotations

import reprlib
from collections.abc import Collection
from numbers import Integral
from typing import Any, Protocol

from sklearn.exceptions import NotFittedError

from skparams._lazy import is_lazy, kind_of, refuse_lazy
from skparams._records import Count, Node, Unknown
from skparams.specs import is_estimator

# What to do with data that is not in memory, beside loading it.
SOME_ROWS = "If it does not, pass some of the rows"


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
            f"{function}: {argument} must be a collection of names, got {value!r}; "
            f"pass ({value!r},)."
        )
    if not isinstance(value, Collection) or not all(isinstance(name, str) for name in value):
        raise TypeError(
            f"{function}: {argument} must be a collection of names, got {reprlib.repr(value)}."
        )


def n_rows(function: str, X: Any) -> int:
    """Return the number of rows of X, or raise TypeError if it has none or is not in memory."""
    refuse_lazy(function, SOME_ROWS, X=X)
    try:
        return int(X.shape[0]) if hasattr(X, "shape") else len(X)
    except (TypeError, IndexError):
        raise TypeError(
            f"{function}: X must be rows, as in an array, a DataFrame or a list, "
            f"got {type(X).__name__}: {reprlib.repr(X)}."
        ) from None


def known_shape(function: str, name: str, X: Any) -> tuple[Count, ...]:
    """Return the shape of data that is not in memory, without reading it.

    Dask does not know how long some blocks are before it computes them. Raises TypeError for what
    has no shape, as a bag.
    """
    if not hasattr(type(X), "shape"):  # a delayed object has every attribute
        raise TypeError(
            f"{function}: {name} is {kind_of(X)}, whose shape is not known. Pass an array or a "
            "frame, or the sizes."
        )
    sizes = "n_samples", "n_outputs" if name == "y" else "n_features"
    unknown = [
        Unknown(f"{name} is {kind_of(X)} that does not know its {size} yet; pass {size}")
        for size in sizes
    ]
    return tuple(
        int(length) if isinstance(length, Integral) else unknown[min(axis, 1)]
        for axis, length in enumerate(X.shape)
    )


def not_read(name: str, X: Any) -> Unknown | None:
    """Why nothing is known of the values of X, None if they are in memory."""
    return Unknown(f"{name} is {kind_of(X)}, which is not read") if is_lazy(X) else None
