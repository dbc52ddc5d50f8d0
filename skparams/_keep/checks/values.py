"""Attributes that an author may have forged, read one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._keep.kinds import array, check_range, integer


def n_features_of(estimator: Any) -> int:
    """Return ``n_features_in_``, by which X is checked; ValueError if it is not there."""
    value = vars(estimator).get("n_features_in_")
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"n_features_in_ must be a positive integer, got {value!r:.40}")
    return int(value)


def floats(estimator: Any, name: str, shape: tuple[int | None, ...]) -> np.ndarray[Any, Any]:
    """An attribute that is an array of finite floats of a shape; None stands for any length."""
    value = vars(estimator)[name]
    dtype = np.float32 if getattr(value, "dtype", None) == np.float32 else np.float64
    array(vars(estimator), name, dtype, shape)
    if not np.isfinite(value).all():
        raise ValueError(f"{name} must be finite")
    return value


def indices(value: Any, name: str, low: int, high: int, shape: tuple[int | None, ...]) -> Any:
    """Raise ValueError unless some value is an array of integers in ``range(low, high)``."""
    dtype = value.dtype if isinstance(value, np.ndarray) and value.dtype.kind in "iu" else np.intp
    array({name: value}, name, dtype, shape)
    check_range(value, name, low, high)
    return value


def number(estimator: Any, name: str, low: int, high: int) -> int:
    """Return an attribute that is an integer from ``low`` to ``high``."""
    value = vars(estimator)[name]
    value = value.item() if isinstance(value, np.integer) else value
    return integer({name: value}, name, low, high)


def instance(value: Any, name: str, *classes: str) -> Any:
    """Return a value that is an instance of a class of these full names, else raise ValueError."""
    if not {f"{base.__module__}.{base.__name__}" for base in type(value).__mro__} & {*classes}:
        raise ValueError(f"{name} is a {type(value).__name__}")
    return value
