"""Models that pass as the same predict the same, in all bits; and what is the same passes."""

import copy
import warnings
import zlib

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skparams import assert_same_model, diff
from tests import all_estimators, stand_ins
from tests.all_estimators import FEW
from tests.diff.pairs import (
    READABLE,
    STAND_INS,
    pickled_copy,
    predict_alike,
    with_one_changed,
)
from tests.sweep import sweep

# Deprecated classes of scikit-learn are estimators too.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

each_model = pytest.mark.parametrize(
    "name", sweep([*all_estimators.names(), *READABLE], [*FEW, *READABLE])
)


def fitted(name):
    """Fitted models of a class, each with its X and y."""
    if name not in STAND_INS:
        return all_estimators.fitted(name)
    X, y = stand_ins.data()
    return [(STAND_INS[name]().fit(X, y), X, y)]


def passes(one, two):
    """Whether two models pass as the same."""
    try:
        assert_same_model(one, two)
    except AssertionError:
        return False
    return True


def generator(name):
    """A generator of numbers that is the same in each process."""
    return np.random.RandomState(zlib.crc32(name.encode()))


@each_model
def test_a_copy_is_the_same(name):
    for model, _, _ in fitted(name):
        for other in (copy.deepcopy(model), pickled_copy(model)):
            assert_same_model(other, model)
            assert diff(model, other).is_empty


@each_model
def test_one_number_that_changes_predictions_is_seen(name):
    rng = generator(name)
    for model, X, _ in fitted(name):
        for _ in range(12):
            other = with_one_changed(model, rng)
            if other is not None and passes(other, model):
                assert predict_alike(other, model, X)


def refitted(model, X, y, rng, kind):
    """The model fitted again: on the same rows, with another seed, or on some of the rows."""
    other = clone(model) if hasattr(model, "set_params") else type(model)()
    if kind == "seed" and "random_state" in other.get_params():
        other.set_params(random_state=1)
    if kind == "rows":
        rows = np.sort(rng.permutation(len(y))[:-6])
        X, y = _safe_indexing(X, rows), y[rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return other.fit(X, y)


def pair(rng):
    """Two models of a random class, and X."""
    names = [*all_estimators.names(), *READABLE]
    while True:
        name, kind = names[rng.randint(len(names))], KINDS[rng.randint(len(KINDS))]
        model, X, y = fitted(name)[0]
        if kind == "copy":
            return pickled_copy(model), model, X
        if kind == "number":
            other = with_one_changed(model, rng)
            return (other or pickled_copy(model)), model, X
        if y is not None:
            try:
                return refitted(model, X, y, rng, kind), model, X
            except ValueError:  # rows that do not suit, as those of a kernel matrix
                continue


KINDS = ("copy", "again", "seed", "rows", "number", "number", "number")


@pytest.mark.parametrize("seed", sweep(range(100), 12))
def test_random_pairs_that_pass_predict_alike(seed):
    one, two, X = pair(np.random.RandomState(seed))
    if passes(one, two):
        assert passes(two, one)
        assert predict_alike(one, two, X)
