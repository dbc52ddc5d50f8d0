"""Bad input: scikit-learn's words where it has them, and a fitted model stays as it was."""

import copy

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.decomposition

from skparams import PCA

Theirs = sklearn.decomposition.PCA


@pytest.fixture
def fitted(correlated):
    return PCA(2).fit(correlated(40, 4))


def assert_refused(fitted, X, match, error=ValueError, sample_weight=None, **arguments):
    """Both a fresh model and a fitted one refuse, and the fitted one stays as it was."""
    with pytest.raises(error, match=match):
        PCA(**arguments).fit(X, sample_weight=sample_weight)
    fitted.set_params(**arguments)
    before = copy.deepcopy(vars(fitted))
    with pytest.raises(error, match=match):
        fitted.fit(X, sample_weight=sample_weight)
    assert vars(fitted).keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(vars(fitted)[name], value)


@pytest.mark.parametrize("shape", [(30, 4), (60, 4), (40, 120)], ids=str)
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_not_finite(wrong, shape, solver, fitted, rng):
    X = rng.standard_normal(shape)
    X[3, 2] = wrong
    with pytest.raises(ValueError, match="contains") as theirs:
        Theirs(2, svd_solver=solver).fit(X)
    assert_refused(fitted, X, "contains", svd_solver=solver, n_components=2)
    with pytest.raises(ValueError, match="contains") as ours:
        PCA(2, svd_solver=solver).fit(X)
    assert str(ours.value).split("\n")[0] == str(theirs.value).split("\n")[0]
    for container in (sp.csr_array, sp.csc_array):
        if solver in ("arpack", "covariance_eigh"):
            assert_refused(fitted, container(X), "contains", svd_solver=solver, n_components=2)


def test_squares_that_overflow_are_told_from_infinities(fitted, rng):
    X = rng.standard_normal((100, 4))
    X[0] *= 1e200
    assert_refused(fitted, X, "squares of X overflow, whose largest")
    large = (rng.standard_normal((100, 4)) * 1e25).astype(np.float32)  # in float32 alone
    with np.errstate(over="ignore"):
        model = PCA(svd_solver="covariance_eigh").fit(large.astype(np.float64))
        expected = model.explained_variance_
        found = PCA(2, svd_solver="covariance_eigh").fit(large)
    np.testing.assert_allclose(found.components_, model.components_[:2], atol=1e-5)
    assert found.noise_variance_ == pytest.approx(expected[2:].mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [({"n_components": 5}, (40, 4)), ({"n_components": 5, "svd_solver": "full"}, (4, 40)),
     ({"n_components": "mle"}, (4, 9)), ({"n_components": 4, "svd_solver": "arpack"}, (40, 4)),
     ({"n_components": 0, "svd_solver": "randomized"}, (40, 4)), ({}, (1, 4)),
     ({"n_components": "mle", "svd_solver": "arpack"}, (40, 4))],
    ids=str,
)  # fmt: skip
def test_scikit_learns_words(arguments, shape, fitted, rng):
    X = rng.standard_normal(shape)
    if shape[0] > 1:
        with pytest.raises(ValueError, match="n_components") as theirs:
            Theirs(**arguments).fit(X)
        message = str(theirs.value)
    else:
        message = "a minimum of 2 is required by PCA"
    with pytest.raises(ValueError, match=r"n_components|minimum") as ours:
        PCA(**arguments).fit(X)
    assert message in str(ours.value)
    assert_refused(fitted, X, "n_components|minimum", **arguments)


@pytest.mark.parametrize(
    "arguments",
    [{"n_components": "kaisr"}, {"n_components": 1.5}, {"n_components": -1},
     {"svd_solver": "qr"}, {"missing": "mean"}, {"scale": "yes"}, {"tol": -1}],
    ids=str,
)  # fmt: skip
def test_wrong_arguments(arguments, fitted, rng):
    name = next(iter(arguments))
    assert_refused(fitted, rng.standard_normal((30, 4)), f"The '{name}' parameter", **arguments)


def test_one_column(rng):
    X = rng.standard_normal((50, 1)) + 4
    for arguments in ({}, {"n_components": 0.5}, {"n_components": "kaiser"}, {"whiten": True},
                      {"n_components": "parallel", "random_state": 0}, {"scale": True},
                      {"n_components": "gavish_donoho"}):  # fmt: skip
        model = PCA(**arguments).fit(X)
        assert model.components_.tolist() == [[1.0]]
        assert np.isfinite(model.score(X))
    assert PCA(0).fit(X).transform(X).shape == (50, 0)
    assert np.isfinite(PCA(0).fit(X).score(X))


def test_sparse_rows_with_dense_solvers(fitted, rng):
    X = sp.random_array((30, 4), density=0.5, random_state=0, format="csr")
    assert_refused(fitted, X, 'PCA only support sparse inputs with the "arpack"', TypeError,
                   svd_solver="full")  # fmt: skip


@pytest.mark.parametrize(
    ("weight", "match"),
    [(np.zeros(30), "at least one non-zero number"), (np.full(30, 1 / 30), "sum to more than 1"),
     (np.r_[-1, np.ones(29)], "must not be negative"), (np.ones(29), "inconsistent|shape"),
     (np.full(30, np.nan), "contains NaN")],
)  # fmt: skip
def test_weights(weight, match, fitted, rng):
    assert_refused(fitted, rng.standard_normal((30, 4)), match, sample_weight=weight)


def test_rows_of_another_width(fitted, correlated):
    for method in ("transform", "score", "score_samples"):
        with pytest.raises(ValueError, match="X has 3 features, but PCA is expecting 4"):
            getattr(fitted, method)(correlated(5, 3))
