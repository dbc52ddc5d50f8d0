"""For which cross-validations the ratio of the corrected t test is known."""

import numpy as np
import pytest
from sklearn import model_selection as ms

from skparams._compare import folds
from skparams._records import Unknown

Y = np.repeat([0, 1, 2], [40, 13, 8])
GROUPS = np.arange(61) % 6

KNOWN = {
    "kfold": (ms.KFold(5, shuffle=True), 1 / 4),
    "kfold of halves": (ms.KFold(2, shuffle=True), 1),
    "stratified kfold": (ms.StratifiedKFold(4, shuffle=True), 1 / 3),
    "repeated": (ms.RepeatedKFold(n_splits=5, n_repeats=2), 1 / 4),
    "repeated stratified": (ms.RepeatedStratifiedKFold(n_splits=3, n_repeats=2), 1 / 2),
    "shuffle": (ms.ShuffleSplit(7, test_size=20, train_size=30), 2 / 3),
    "stratified shuffle": (ms.StratifiedShuffleSplit(4, test_size=10, train_size=40), 1 / 4),
}


class OtherSplits(ms.KFold):
    def split(self, X, y=None, groups=None):
        yield np.arange(10), np.arange(10, 61)


class _HasSplit:
    def split(self, X, y=None, groups=None):
        yield np.arange(30), np.arange(30, 61)


UNKNOWN = {
    "kfold in order": (ms.KFold(5), "shuffle=True"),
    "stratified kfold in order": (ms.StratifiedKFold(4), "shuffle=True"),
    "int": (ms.check_cv(5, Y, classifier=True), "shuffle=True"),
    "group kfold": (ms.GroupKFold(3), "group"),
    "stratified group kfold": (ms.StratifiedGroupKFold(3), "group"),
    "group shuffle": (ms.GroupShuffleSplit(3), "group"),
    "leave one group out": (ms.LeaveOneGroupOut(), "group"),
    "leave groups out": (ms.LeavePGroupsOut(2), "group"),
    "time series": (ms.TimeSeriesSplit(4), "training rows grow"),
    "leave one out": (ms.LeaveOneOut(), "so few test rows"),
    "leave p out": (ms.LeavePOut(2), "so few test rows"),
    "leave one out by kfold": (ms.KFold(61, shuffle=True), "so few test rows"),
    "predefined": (ms.PredefinedSplit(GROUPS), "not known"),
    "given": (ms.check_cv(list(ms.KFold(3).split(Y))), "given splits"),
    "list": (list(ms.KFold(3).split(Y)), "given splits"),
    "subclass": (OtherSplits(5, shuffle=True), "not known"),
    "own class": (_HasSplit(), "_HasSplit: "),
}


def _splits(cv):
    groups = GROUPS if "Group" in type(cv).__name__ else None
    return cv if isinstance(cv, list) else list(cv.split(Y, Y, groups))


@pytest.mark.parametrize("name", KNOWN)
def test_known_ratio(name):
    cv, ratio = KNOWN[name]
    assert folds.test_train_ratio(cv, _splits(cv)) == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_ratio_says_why(name):
    cv, reason = UNKNOWN[name]
    got = folds.test_train_ratio(cv, _splits(cv)[:200])
    assert isinstance(got, Unknown)
    assert reason in got.reason


def test_every_splitter_of_scikit_learn_is_tried():
    public = {name for name in ms.__all__ if "Halving" not in name}  # which are experimental
    splitters = {name for name in public if hasattr(getattr(ms, name), "split")}
    tried = {type(cv).__name__ for cv, _ in (*KNOWN.values(), *UNKNOWN.values())}
    assert splitters - tried == {"BaseCrossValidator", "BaseShuffleSplit"}


@pytest.mark.parametrize("n", [5, 6, 7, 23])
def test_ratio_is_the_mean_over_uneven_folds(n):
    cv = ms.KFold(3, shuffle=True, random_state=0)
    splits = list(cv.split(np.zeros(n)))
    want = sum(len(test) / len(train) for train, test in splits) / 3
    assert folds.test_train_ratio(cv, splits) == pytest.approx(want)


def test_no_splits_and_empty_ones_are_unknown():
    cv = ms.KFold(3, shuffle=True)
    for splits in ([], [(np.arange(3), np.arange(0))]):
        assert isinstance(folds.test_train_ratio(cv, splits), Unknown)
