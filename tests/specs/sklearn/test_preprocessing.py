"""Transformers of single features: counts against formulas, plans against fits."""

import warnings

import numpy as np
import pytest
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
)

from skparams import plan
from skparams.specs import Bounds
from tests.specs.checks import check_roles
from tests.specs.sweeps import counts, flag, held, one_of, rows
from tests.sweep import sweep

SEEDS = sweep(range(8), 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_scalers(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    center, scale = flag(rng), flag(rng)
    both = center + scale
    estimator, each = one_of(
        rng,
        (StandardScaler(with_mean=center, with_std=scale), both),
        (RobustScaler(with_centering=center, with_scaling=scale, unit_variance=flag(rng)), both),
        (MinMaxScaler(clip=flag(rng)), 2),
        (MaxAbsScaler(), 1),
        (Normalizer(), 0),
        (Binarizer(), 0),
    )
    assert counts(held(estimator, X)) == (each * X.shape[1],) * 2
    if hasattr(estimator, "partial_fit"):
        check_roles(estimator.partial_fit(X).partial_fit(X))


@pytest.mark.parametrize("seed", SEEDS)
def test_exponents_and_their_scaler(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    standardize = flag(rng)
    method = one_of(rng, "yeo-johnson", "box-cox")
    model = held(PowerTransformer(method=method, standardize=standardize), X)
    assert counts(model) == ((1 + 2 * standardize) * X.shape[1],) * 2


@pytest.mark.parametrize("seed", SEEDS)
def test_quantiles(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    q = int(rng.integers(1, 100))
    model = held(QuantileTransformer(n_quantiles=q), X)
    assert counts(model) == (min(q, len(X)) * X.shape[1],) * 2


@pytest.mark.parametrize("seed", SEEDS)
def test_functions(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    assert counts(held(FunctionTransformer(one_of(rng, None, np.log1p)), X, named=False)) == (0, 0)


@pytest.mark.parametrize("seed", sweep(range(60), 4))
def test_terms_of_polynomials(seed):
    rng = np.random.default_rng(seed)
    high = int(rng.integers(0, 5))
    degree = one_of(rng, high, (int(rng.integers(0, high + 1)), high))
    estimator = PolynomialFeatures(
        degree, interaction_only=flag(rng), include_bias=high == 0 or degree == (0, 0) or flag(rng)
    )
    model = held(estimator, rows(rng))
    assert counts(model) == (0, 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_knots(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    p = X.shape[1]
    knots = one_of(rng, "uniform", "quantile", np.sort(rng.random((int(rng.integers(5, 8)), p)), 0))
    degree, n = int(rng.integers(1, 5)), int(rng.integers(5, 9))
    estimator = SplineTransformer(
        n,
        degree,
        knots=knots,
        extrapolation=one_of(rng, "constant", "periodic", "linear", "continue"),
        include_bias=flag(rng),
    )
    model = held(estimator, X)
    if not isinstance(knots, str):
        assert counts(model) == (0, 0)  # they are given
    else:
        free = {"uniform": 2, "quantile": n}[knots]
        assert counts(model) == ((n + 2 * degree) * p, free * p)
    # what is free decides all
    for spline in model.bsplines_ if isinstance(knots, str) and knots == "uniform" else []:
        assert np.allclose(np.diff(spline.t), spline.t[1] - spline.t[0])


@pytest.mark.parametrize("seed", sweep(range(40), 4))
def test_bins(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    p = X.shape[1]
    if flag(rng):
        X = X.round(1)  # some quantiles coincide
    if flag(rng):
        X = X.astype(float)
        X[:, 0] = 3.0
    settings = {"strategy": one_of(rng, "uniform", "quantile", "kmeans")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator = KBinsDiscretizer(
            one_of(rng, int(rng.integers(2, 6)), rng.integers(2, 6, p)),
            encode=one_of(rng, "onehot", "onehot-dense", "ordinal"),
            **settings,
        )
        model = held(estimator, X, exact=False)
    edges = [len(each) for each in model.bin_edges_]
    free = 2 * p if settings["strategy"] == "uniform" else sum(edges)
    assert counts(model) == (sum(edges), free)
    most = np.broadcast_to(estimator.n_bins, p).sum() + p
    assert plan(estimator, X).totals.stored == Bounds(2 * p, int(most))
