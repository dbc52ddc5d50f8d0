"""Random settings and data, and what must hold for each of them before and after fit."""

import warnings

import numpy as np
from sklearn.base import clone

from skparams import plan, summary
from skparams._plan.columns import after
from skparams._plan.data import read_data
from skparams._records import low_high
from skparams.specs import Unknown
from tests.plan.plan_against_fit import differences
from tests.specs.checks import check_roles

NOTHING = dict.fromkeys(("n_samples", "n_features", "n_outputs", "n_classes"))


def one_of(rng, *choices):
    return choices[rng.integers(len(choices))]


def flag(rng):
    return bool(rng.integers(2))


def rows(rng, *, least=30, most=60, p=None):
    """X of a random shape and dtype; all numbers are positive, which all estimators take."""
    shape = rng.integers(least, most), rng.integers(2, 7) if p is None else p
    return (rng.random(shape) + 0.01).astype(one_of(rng, np.float32, np.float64))


def labelled(rng):
    """X, and a y of some classes."""
    X = rows(rng)
    y = np.arange(len(X)) % rng.integers(2, 5)
    X[:, 0] += y
    return X, y


def fitted(estimator, X, y=None):
    """A fitted clone; small data and few iterations are not what is looked at."""
    model = clone(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X) if y is None else model.fit(X, y)


def counts(model):
    totals = summary(model).totals
    return totals.stored, totals.free


def held(estimator, X, y=None, *, exact=True, named=True):
    """Hold the plan, the roles and the columns out against a fitted clone, and return that."""
    planned = plan(estimator, X, y)
    model = fitted(estimator, X, y)
    check_roles(model)
    assert not differences(planned, summary(model)), estimator
    if exact is not None:
        assert (type(planned.totals.stored) is int) is exact, (estimator, planned.totals)
    if hasattr(model, "transform"):
        check_columns(estimator, model, X, y, named=named)
    return model


def check_columns(estimator, model, X, y=None, *, named=True):
    """Hold the columns out, and their dtype and names, against what a transformer puts out."""
    behind = after({}, "")(estimator, read_data(estimator, X, y, NOTHING))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Xt = model.transform(X)
    if isinstance(behind.columns, Unknown):
        assert "no Spec" not in behind.columns.reason
        assert behind.columns.reason != "known after fit"
        return
    low, high = low_high(behind.columns)
    assert low <= Xt.shape[1] <= high, (estimator, behind.columns, Xt.shape)
    dtype = "float32" if Xt.dtype == np.float32 else "float64"
    assert behind.dtype in (dtype, None), estimator
    if named:
        assert len(model.get_feature_names_out()) == Xt.shape[1]
