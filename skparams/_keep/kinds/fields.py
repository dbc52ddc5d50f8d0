"""Read fields that an author may have forged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

MAX_INTEGER = int(np.iinfo(np.intp).max)


def check_names(fields: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raise ValueError unless the fields are exactly those of these names."""
    names = set(names)
    missing, more = sorted(names - fields.keys()), sorted(fields.keys() - names)
    if missing:
        raise ValueError(f"the field {missing[0]!r} is missing")
    if more:
        raise ValueError(f"there is no field {more[0]!r}")


def stored_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype that a field of nodes has in a file: ``intp`` is not the same everywhere."""
    return np.dtype(np.int64) if dtype == np.intp else dtype


def integer(fields: Mapping[str, Any], name: str, low: int = 0, high: int = MAX_INTEGER) -> int:
    """Return a field that is an integer from ``low`` to ``high``."""
    value = fields[name]
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} must be an integer from {low} to {high}, got {value!r:.40}")
    return value


def array(
    fields: Mapping[str, Any], name: str, dtype: Any, shape: tuple[int | None, ...]
) -> np.ndarray[Any, Any]:
    """Return a field that is an array of a dtype and a shape, where None is any length."""
    value = fields[name]
    if type(value) is not np.ndarray:
        raise ValueError(f"{name} must be an array, got {type(value).__name__}")
    if value.dtype != np.dtype(dtype):
        raise ValueError(f"{name} must have the dtype {np.dtype(dtype)}, got {value.dtype}")
    fits = len(value.shape) == len(shape) and all(
        length in (None, has) for has, length in zip(value.shape, shape, strict=True)
    )
    if not fits:
        expected = tuple("any" if length is None else length for length in shape)
        raise ValueError(f"{name} must have the shape {expected}, got {value.shape}")
    return value


def check_range(values: np.ndarray[Any, Any], name: str, low: int, high: int) -> None:
    """Raise ValueError unless all of some integers are in ``range(low, high)``."""
    if values.size and not (values.min() >= low and values.max() < high):
        wrong = values[(values < low) | (values >= high)].flat[0]
        raise ValueError(f"{name} must be from {low} to {high - 1}, got {wrong}")


def check_children(
    inner: np.ndarray[Any, Any],
    left: np.ndarray[Any, Any],
    right: np.ndarray[Any, Any],
    n_nodes: int,
) -> None:
    """Raise ValueError unless the left and right children of the inner nodes make one tree.

    A child comes after its node, and each node is a child once, so that each is reached once from
    the first. The left child comes before the right one, as in all trees that scikit-learn grows.
    """
    for children, name in ((left, "left"), (right, "right")):
        check_range(children, f"the {name} child of a node", 0, n_nodes)
        if not (children > inner).all():
            raise ValueError(f"the {name} child of a node must come after the node")
    if not (left < right).all():
        raise ValueError("the left child of a node must come before the right one")
    times = np.bincount(left, minlength=n_nodes) + np.bincount(right, minlength=n_nodes)
    if n_nodes < 1 or times[0] != 0 or not (times[1:] == 1).all():
        raise ValueError("every node but the first must be the child of one node")
