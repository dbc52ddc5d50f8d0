"""What was chosen otherwise: hyperparameters that were added, removed or changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from skparams._diff.arrays import EXACT
from skparams._diff.describe import told_apart
from skparams._diff.record import Choice
from skparams._diff.values import compare
from skparams._walk import MAX_DEPTH, distinct, join, plain_class
from skparams.specs import (
    MISSING,
    attributes_of,
    defaults_of,
    hyperparameters_of,
    is_estimator,
    same,
    short_repr,
    templates_in,
)

__all__ = ["choice_changes", "choices_in", "same_choice", "short_choice", "texts_of"]


def choice_changes(
    before: Any, after: Any, ignore: Collection[str]
) -> tuple[tuple[Choice, ...], int]:
    """Return the hyperparameters that differ, and how many do not.

    Parameters
    ----------
    before, after : estimator
        Any two.
    ignore : collection of str
        Names to leave out, in whatever estimator they are.

    Returns
    -------
    changes : tuple of Choice
        Estimators among the values are compared by class, and what is chosen in them by path.
    n_same : int
        How many are the same.
    """
    one, two = (dict(choices_in(each, "", ignore)) for each in (before, after))
    changes = []
    for path in dict.fromkeys([*one, *two]):
        if path in one and path in two and same_choice(one[path][0], two[path][0]):
            continue
        texts: Sequence[str | None]
        if path in one and path in two:
            texts = texts_of(one[path][0], two[path][0])
        else:
            texts = [short_choice(side[path][0]) if path in side else None for side in (one, two)]
        chosen = any(side[path][1] for side in (one, two) if path in side)
        changes.append(Choice(path, texts[0], texts[1], chosen))
    return tuple(changes), len(one.keys() & two.keys()) - sum(
        choice.path in one and choice.path in two for choice in changes
    )


def choices_in(
    estimator: Any, path: str, ignore: Collection[str], within: frozenset[int] = frozenset()
) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Yield the path of each hyperparameter, its value, and whether that is not the default."""
    within |= {id(estimator)}  # an estimator may hold itself
    cls: type = type(estimator)
    defaults = defaults_of(cls)
    called: set[str] = set()
    for name, value in hyperparameters_of(estimator, attributes_of(estimator)).items():
        if name in ignore:
            continue
        yield join(path, name), (value, not same(value, defaults.get(name, MISSING)))
        for local, template in templates_in(name, value):
            if id(template) not in within and len(within) <= MAX_DEPTH:
                local = distinct(name, local, called)
                called.add(local)
                yield from choices_in(template, join(path, local), ignore, within)


def same_choice(before: Any, after: Any) -> bool:
    """Say whether two values are the same choice: of estimators, whether their class is."""
    # A search sets what np.logspace gave, and one who sets the same by hand types a number.
    before, after = _plain(before), _plain(after)
    if plain_class(before) is not plain_class(after):
        return False
    return not compare(_by_class(before), _by_class(after), EXACT).moved


def _plain(value: Any) -> Any:
    """Return a number of NumPy's as Python's, but not times, whose unit that would lose."""
    return (
        value.item() if isinstance(value, np.generic) and value.dtype.kind in "biufcSU" else value
    )


def _by_class(value: Any) -> Any:
    """Return a value with each estimator that ``templates_in`` finds in it as its class."""
    if is_estimator(value):
        return plain_class(value)
    if not isinstance(value, list | tuple) or not any(True for _ in templates_in("", value)):
        return value
    return [
        tuple(plain_class(part) if is_estimator(part) else part for part in item)
        if isinstance(item, tuple)
        else _by_class(item)
        for item in value
    ]


def texts_of(before: Any, after: Any) -> tuple[str, str]:
    """Return two values that differ as short texts that differ."""
    return told_apart(_by_class(before), _by_class(after))


def short_choice(value: Any) -> str:
    """Return a value as short text, an estimator by its class."""
    return short_repr(_by_class(value))
