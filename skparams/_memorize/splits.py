"""Which rows each fit has: splits of any splitter, checked before the first fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.model_selection import ShuffleSplit, check_cv

from skparams._escape import clean
from skparams._report import plural

N_FITS, TRAIN_SIZE = 20, 0.7


def training_rows(
    X: Any,
    y: Any,
    groups: Any,
    labels: np.ndarray,
    cv: Any,
    classifier: bool,
    random_state: Any,
) -> list[np.ndarray]:
    """The indices of the training rows of each fit; raise ValueError where fits would be useless.

    ``labels`` is y as an array.
    """
    if cv is None:
        cv = ShuffleSplit(N_FITS, train_size=TRAIN_SIZE, random_state=random_state)
    try:
        splits = check_cv(cv, y, classifier=classifier).split(X, y, groups)
        trains = [np.asarray(train) for train, _ in splits]
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"memorization: no splits can be made with cv={clean(repr(cv))}: {error}. cv must be "
            "None, an int, a splitter or an iterable of pairs (training rows, test rows)."
        ) from error
    if not trains:
        raise ValueError("memorization: cv must have at least two splits, got none.")
    found = [_indices(train, i, len(labels)) for i, train in enumerate(trains, 1)]
    seen = np.zeros(len(labels), dtype=np.intp)
    for train in found:
        seen[np.unique(train)] += 1
    if not ((seen > 0) & (seen < len(found))).any():
        raise ValueError(
            f"memorization: cv must leave rows out of some training sets and not of others, got "
            f"{plural(len(found), 'split')} where each row is in all of them or in none."
        )
    if classifier and labels.ndim == 1:
        _check_classes(labels, found)
    return found


def _indices(train: np.ndarray, number: int, n_rows: int) -> np.ndarray:
    """The training rows of a split, given as indices or as a mask, as indices from 0."""
    what = f"memorization: the training rows of split {number} of cv must be"
    if train.dtype == bool and train.shape == (n_rows,):
        train = np.flatnonzero(train)
    if train.ndim != 1 or not train.size or train.dtype.kind not in "iu":
        raise ValueError(
            f"{what} indices, at least one, or a mask of {plural(n_rows, 'row')}; got an array of "
            f"{train.dtype} of the shape {train.shape}."
        )
    if train.max() >= n_rows or train.min() < -n_rows:
        wrong = train[(train >= n_rows) | (train < -n_rows)][0]
        raise ValueError(f"{what} below {n_rows:,}, the number of rows; got {wrong}.")
    return np.where(train < 0, train + n_rows, train)


def _check_classes(labels: np.ndarray, found: list[np.ndarray]) -> None:
    for i, train in enumerate(found, 1):
        first = labels[train[0]]
        if not (labels[train] != first).any():
            raise ValueError(
                f"memorization: the training rows of split {i} of {len(found):,} all have the "
                f"label {clean(repr(_plain(first)))}, so there is nothing to tell apart. Use a cv "
                f"that keeps the shares of the classes: StratifiedShuffleSplit({N_FITS}, "
                f"train_size={TRAIN_SIZE}), which needs two rows of each."
            )


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label
