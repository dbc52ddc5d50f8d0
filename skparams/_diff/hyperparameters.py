"""Hyperparameters that differ between models, each value as short text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from skparams._diff.arrays import EXACT
from skparams._diff.record import HyperparameterChange
from skparams._diff.texts import different_texts
from skparams._diff.values import compare
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

__all__ = ["Hyperparameters", "differing", "hyperparameters_in"]

# By path, the value, and whether it is not the default.
Hyperparameters = Mapping[str, tuple[Any, bool]]


def hyperparameters_in(
    estimator: Any, path: str = "", within: frozenset[int] = frozenset()
) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Yield the path of each hyperparameter, its value, and whether it is not the default."""
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
    for path in dict.fromkeys(path for model in models for path in model):
        found = [model[path] for model in models if path in model]
        values = [value for value, _ in found]
        if len(found) == len(models) and all(_same(values[0], each) for each in values[1:]):
            continue
        texts = iter(_texts(values, rounded=role == "tuned"))
        in_order = tuple(next(texts) if path in model else None for model in models)
        yield HyperparameterChange(path, in_order, any(chosen for _, chosen in found), role)


def _texts(values: Sequence[Any], *, rounded: bool) -> Iterator[str]:
    """Yield short texts, which differ if the values do."""
    distinct: list[Any] = []
    places = []
    for value in values:
        place = next((i for i, other in enumerate(distinct) if _same(other, value)), len(distinct))
        if place == len(distinct):
            distinct.append(value)
        places.append(place)
    texts = [_short(value, rounded=rounded) for value in distinct]
    if len(distinct) == 2 and texts[0] == texts[1]:
        texts = list(different_texts(*map(_with_classes, distinct)))
    for i, value in enumerate(distinct):
        if texts[i] in texts[:i]:
            like = distinct[texts.index(texts[i])]
            texts[i] = different_texts(_with_classes(like), _with_classes(value))[1]
            if texts[i] in texts[:i]:
                texts[i] += f" ({i + 1})"
    return (texts[place] for place in places)


def _short(value: Any, *, rounded: bool) -> str:
    if rounded and isinstance(value, float):  # as a summary shows it
        value = float(f"{value:.6g}")
    return short_repr(_with_classes(value))


def _same(before: Any, after: Any) -> bool:
    # A search over np.logspace sets NumPy's numbers, a user who types the winner Python's.
    before, after = _builtin(before), _builtin(after)
    if type(before) is not type(after):
        return False
    return not compare(_with_classes(before), _with_classes(after), EXACT).n_changed


def _builtin(value: Any) -> Any:
    """Return a number of NumPy as Python's, but not a time, whose unit would be lost."""
    is_number = isinstance(value, np.generic) and value.dtype.kind in "biufcSU"
    return value.item() if is_number else value


def _with_classes(value: Any) -> Any:
    """Return a value with each estimator that ``templates_in`` finds in it as its class."""
    if is_estimator(value):
        return type(value)
    if not isinstance(value, list | tuple) or not any(True for _ in templates_in("", value)):
        return value
    return [
        tuple(type(part) if is_estimator(part) else part for part in item)
        if isinstance(item, tuple)
        else _with_classes(item)
        for item in value
    ]
