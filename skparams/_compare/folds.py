"""Which cross-validations the corrected t test holds for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import model_selection as ms

from skparams._records import Unknown

# Their splits are random draws of one size from rows that may be swapped for each other: what the
# correlation in `statistics` was derived and tried for. A subclass may split in any way.
_SHUFFLED = {
    ms.RepeatedKFold,
    ms.RepeatedStratifiedKFold,
    ms.ShuffleSplit,
    ms.StratifiedShuffleSplit,
}
_MAY_SHUFFLE = {ms.KFold, ms.StratifiedKFold}
_GROUPS = (
    ms.GroupKFold,
    ms.GroupShuffleSplit,
    ms.LeaveOneGroupOut,
    ms.LeavePGroupsOut,
    ms.StratifiedGroupKFold,
)
_LEAVE_OUT = "with so few test rows, how the folds are correlated is not known"


def test_train_ratio(cv: Any, splits: Sequence[tuple[Any, Any]]) -> float | Unknown:
    """Return the mean of ``n_test / n_train`` over splits, Unknown where the test does not hold.

    Parameters
    ----------
    cv : splitter
        What made the splits.
    splits : sequence of (train, test)
        Positions of rows.
    """
    if reason := _reason(cv):
        return Unknown(f"{_name(cv)}: {reason}")
    sizes = np.array([(len(train), len(test)) for train, test in splits], dtype=float)
    if not sizes.size or not (sizes > 0).all():
        return Unknown(f"{_name(cv)}: a fold without rows")
    if (sizes[:, 1] == 1).all():  # as KFold(n_samples) has them
        return Unknown(f"{_name(cv)}: {_LEAVE_OUT}")
    return float(np.mean(sizes[:, 1] / sizes[:, 0]))


def _name(cv: Any) -> str:
    """Return the class of a splitter, or what scikit-learn wraps in a private one."""
    name = type(cv).__name__
    wrapper = name.startswith("_") and type(cv).__module__.startswith("sklearn.")
    return "given splits" if wrapper or not hasattr(cv, "split") else name


def _reason(cv: Any) -> str | None:
    """Return why the correlation between a splitter's scores is not known."""
    kind = type(cv)
    if kind in _SHUFFLED or (kind in _MAY_SHUFFLE and cv.shuffle):
        return None
    if kind in _MAY_SHUFFLE:
        return "the folds take the rows in their order, which may not be random; use shuffle=True"
    if isinstance(cv, _GROUPS):
        return "the rows of a group are not independent"
    if isinstance(cv, ms.TimeSeriesSplit):
        return "its training rows grow from fold to fold"
    if isinstance(cv, (ms.LeaveOneOut, ms.LeavePOut)):
        return _LEAVE_OUT
    return "how the folds are correlated is not known"
