"""Bad input: scikit-learn's words where it has them, and a fitted model stays as it was."""

import copy

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.decomposition

from skparams import PCA, explain

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


@pytest.mark.parametrize("call", [
    lambda X, gaps: PCA(2).fit(gaps),
    lambda X, gaps: PCA(2, svd_solver="full").fit(gaps),
    lambda X, gaps: PCA(2).partial_fit(gaps),
    lambda X, gaps: PCA(2).fit(X).transform(gaps),
    lambda X, gaps: PCA(2).fit(sp.csr_matrix(gaps)),
    lambda X, gaps: PCA(2).fit(X).score(gaps),
    lambda X, gaps: explain(PCA(2).fit(X), gaps),
    lambda X, gaps: explain(PCA(2).fit(X)).outliers(gaps),
    lambda X, gaps: explain(PCA(2).fit(X)).spe(gaps.tolist()),
])  # fmt: skip
def test_missing_values_name_the_argument_for_them(call, rng):
    X = rng.standard_normal((30, 4))
    gaps = X.copy()
    gaps[3, 1] = np.nan
    with pytest.raises(ValueError, match="Input X contains NaN") as error:
        call(X, gaps)
    assert "missing='em'" in str(error.value)
    assert "HistGradientBoosting" not in str(error.value)


@pytest.mark.parametrize("n_components", [0.9, 0.99, "mle", "kaiser"])
def test_ratios_of_sparse_rows(n_components, rng):
    X = rng.standard_normal((60, 5)) * [5, 3, 1, 1, 1] * rng.choice([0, 1], (60, 5))
    sparse = PCA(n_components).fit(sp.csr_matrix(X))
    dense = PCA(n_components).fit(X)
    assert sparse.n_components_ == dense.n_components_
    np.testing.assert_allclose(sparse.explained_variance_, dense.explained_variance_)


@pytest.mark.parametrize("scale", [1e-150, 1e-100, 1e-60, 1e100, 1e150])
@pytest.mark.parametrize("solver", ["full", "covariance_eigh", "arpack"])
def test_limits_follow_the_unit_of_the_rows(scale, solver, correlated):
    """No sum of powers of the eigenvalues overflows or vanishes."""
    X = correlated(80, 6)
    model, scaled = (PCA(2, svd_solver=solver).fit(rows) for rows in (X, X * scale))
    expected, found = explain(model, X).limits(), explain(scaled, X * scale).limits()
    np.testing.assert_allclose(found.spe / scale / scale, expected.spe, rtol=1e-9)
    assert found.hotelling_t2 == pytest.approx(expected.hotelling_t2)
    odd = explain(scaled, X * scale).outliers()
    np.testing.assert_array_equal(odd.rows, explain(model, X).outliers().rows)


def test_few_of_many_components_at_any_scale(rng):
    X = rng.standard_normal((300, 80)) * np.linspace(1, 3, 80)
    limits = [
        explain(PCA(2, scale=scaled, svd_solver="covariance_eigh").fit(X * unit)).limits().spe
        / (1.0 if scaled else unit) ** 2
        for scaled in (False, True)
        for unit in (1.0, 1e-140, 1e140)
    ]
    np.testing.assert_allclose(limits[:3], limits[0], rtol=1e-9)
    np.testing.assert_allclose(limits[3:], limits[3], rtol=1e-9)


@pytest.mark.parametrize("n_components", [2, None])
@pytest.mark.parametrize("unit", [1e-155, 1e-158, 1e-160, 1e-161])
def test_variances_that_underflow_are_named(unit, n_components, correlated):
    X = correlated(80, 4)
    explained = explain(PCA(n_components).fit(X * unit), X * unit)
    for method in ("outliers", "hotelling_t2", "row_contributions"):
        with pytest.raises(
            ValueError, match=r"underflow, as component .* Multiply X by a constant"
        ):
            getattr(explained, method)()
