"""Hyperparameters that differ between models, with each value as short text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from skparams._diff.record import Change, HyperparameterChange
from skparams._diff.texts import distinct_texts
from skparams._diff.values import HYPERPARAMETER, compare, is_array, same_kind
from skparams._walk import MAX_DEPTH, distinct, join
from skparams.specs import (
    MISSING,
    defaults_of,
    is_estimator,
    same,
    short_repr,
    templates_in,
    view_of,
)

MAX_WRITTEN = 6  # numbers of an array that are written out
# By path, the value, and whether it is not the default.
Hyperparameters = Mapping[str, tuple[Any, bool]]


def hyperparameters_in(
    estimator: Any, path: str = "", within: frozenset[int] = frozenset()
) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Yield each hyperparameter: its path, its value, and whether it is not the default."""
    within |= {id(estimator)}  # an estimator may hold itself
    cls: type = type(estimator)
    defaults = defaults_of(cls)
    used: set[str] = set()
    for name, value in view_of(estimator).params.items():
        yield join(path, name), (value, not same(value, defaults.get(name, MISSING)))
        for local, template in templates_in(name, value):
            if id(template) not in within and len(within) <= MAX_DEPTH:
                local = distinct(name, local, used)
                used.add(local)
                yield from hyperparameters_in(template, join(path, local), within)


def differing(
    models: Sequence[Hyperparameters], role: str = "hyperparameter"
) -> Iterator[HyperparameterChange]:
    """Yield the hyperparameters that are not the same in all models.

    Estimators among the values are compared by class, and their hyperparameters by path.
    """
    short = rounded_repr if role == "tuned" else short_repr
    for path in dict.fromkeys(path for model in models for path in model):
        found = [model[path] for model in models if path in model]
        distinct, indices, opaque = _distinct([comparable(value) for value, _ in found])
        if len(found) == len(models) and len(distinct) == 1:
            continue
        texts, own = distinct_texts(distinct, short), iter(indices)
        values = tuple(texts[next(own)] if path in model else None for model in models)
        chosen = any(chosen for _, chosen in found)
        yield HyperparameterChange(path, values, chosen, role, None if None in values else opaque)


def _distinct(values: Sequence[Any]) -> tuple[list[Any], list[int], str | None]:
    """The distinct values, the index of each among them, and what alone makes them distinct.

    That is the class of a value that cannot be compared.
    """
    distinct: list[Any] = []
    indices, differs, opaque = [], False, None
    for value in values:
        for i, other in enumerate(distinct):
            alike = type(other) is type(value) and (not is_array(value) or same_kind(other, value))
            change = compare(other, value, HYPERPARAMETER) if alike else Change(1, 1)
            if not (change.n_changed or change.opaque):
                indices.append(i)
                break
            differs, opaque = differs or bool(change.n_changed), opaque or change.opaque
        else:
            indices.append(len(distinct))
            distinct.append(value)
    return distinct, indices, None if differs else opaque


def rounded_repr(value: Any) -> str:
    """The value as a summary shows it: floats and small arrays of them with six digits."""
    if isinstance(value, float):
        value = float(f"{value:.6g}")
    elif type(value) is np.ndarray and value.dtype.kind == "f" and value.size <= MAX_WRITTEN:
        value = np.array([float(f"{item:.6g}") for item in value.flat]).reshape(value.shape)
    return short_repr(value)


def comparable(value: Any) -> Any:
    """A value with estimators as their classes, and a scalar of NumPy as Python's.

    A search over np.logspace sets NumPy's numbers, a user who types the winner Python's. Times stay
    as they are, as Python's have no unit.
    """
    if isinstance(value, np.generic) and value.dtype.kind in "biufcSU":
        return value.item()
    if isinstance(value, list | tuple) and any(True for _ in templates_in("", value)):
        return [
            tuple(map(_class_of, item)) if isinstance(item, tuple) else _class_of(item)
            for item in value
        ]
    return _class_of(value)


def _class_of(value: Any) -> Any:
    return type(value) if is_estimator(value) else value
