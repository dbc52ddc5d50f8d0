"""Limits of T² and SPE: false alarms, training rows and new ones, what is not known."""

import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import beta, f
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA as SklearnPCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import PCA, OutlierDisplay, explain
from skparams._records import Unknown

SHAPES = [(20, 10, 2), (30, 200, 2), (60, 700, 3), (200, 10, 3)]


def normal_rows(seed, n, p, k, n_new=200, ratio=3.0):
    """Training rows and new ones with k components above the noise: times Marchenko-Pastur."""
    draw = np.random.default_rng(seed)
    variances = ratio * (1 + np.sqrt(p / n)) ** 2 * 1.5 ** np.arange(k)
    axes = np.linalg.qr(draw.standard_normal((p, k)))[0]
    rows = draw.standard_normal((n + n_new, p))
    rows += draw.standard_normal((n + n_new, k)) * np.sqrt(variances - 1) @ axes.T
    return rows[:n], rows[n:]


def false_alarms(n_seeds, n, p, k, **arguments):
    """Shares beyond the limits of T² and SPE: of training rows, of new ones, and without rows."""
    found = np.zeros((3, 2))
    for seed in range(n_seeds):
        X, new = normal_rows(seed, n, p, k)
        model = explain(PCA(k, **arguments).fit(X), X)
        alone = explain(model.pca)
        for i, outliers in enumerate((model.outliers(), model.outliers(new), alone.outliers(new))):
            assert outliers.training == (i == 0)
            found[i] += (outliers.compared > np.array(outliers.limit_values)).mean(axis=0)
    return found / n_seeds


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_false_alarms(shape):
    n_seeds = {700: 4, 200: 12}.get(shape[1], 3 if shape[0] == 200 else 12)
    found = false_alarms(n_seeds, *shape)
    np.testing.assert_allclose(found, 0.05, atol=0.035)


@pytest.mark.exhaustive
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("solver", "scale"), [("full", True), ("covariance_eigh", False)])
def test_false_alarms_over_many_seeds(shape, solver, scale):
    found = false_alarms(40, *shape, scale=scale, svd_solver=solver)
    np.testing.assert_allclose(found, 0.05, atol=0.025)


@pytest.mark.exhaustive
@pytest.mark.parametrize("shape", [(300, 1000, 3), (500, 20, 3), (1000, 50, 5)], ids=str)
def test_false_alarms_of_many_rows(shape):
    np.testing.assert_allclose(false_alarms(40, *shape), 0.05, atol=0.025)


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("shape", [(20, 10), (25, 60), (12, 4)], ids=str)
def test_left_out_residuals_are_those_of_models_of_the_other_rows(shape, scale):
    X, _ = normal_rows(0, *shape, 2, 0)
    found = explain(PCA(2, scale=scale, svd_solver="full").fit(X + 7), X + 7).outliers()
    for i, spe in enumerate(found.compared[:, 1]):
        other = PCA(2, scale=scale, svd_solver="full").fit(np.delete(X, i, axis=0))
        assert spe == pytest.approx(explain(other).spe(X[i : i + 1])[0], rel=1e-6)


def test_many_rows_have_residuals_by_their_leverage(monkeypatch):
    X, _ = normal_rows(0, 190, 10, 2)
    exact = explain(PCA(2).fit(X), X).outliers().compared
    monkeypatch.setattr("skparams.decomposition._explain.training.MAX_ROWS", 100)
    found = explain(PCA(2).fit(X), X).outliers().compared
    np.testing.assert_allclose(found, exact, rtol=0.15)
    assert not np.array_equal(found, exact)


@pytest.mark.parametrize("solver", ["full", "covariance_eigh", "arpack", "randomized"])
@pytest.mark.parametrize("shape", [(150, 80), (40, 300)], ids=str)
def test_limits_do_not_depend_on_the_solver(shape, solver):
    X, _ = normal_rows(1, *shape, 2, ratio=20)
    arguments = {"random_state": 0, "iterated_power": 30}
    expected = explain(PCA(2, svd_solver="full").fit(X), X).limits()
    found = explain(PCA(2, svd_solver=solver, **arguments).fit(X), X).limits()
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert found.warnings == expected.warnings == ()
    # Without rows, and with few eigenvalues, the noise has the variance that the trace leaves.
    alone = explain(PCA(2, svd_solver=solver, **arguments).fit(X)).limits()
    np.testing.assert_allclose(alone, expected, rtol=0.15)
    truncated = solver in ("arpack", "randomized")
    assert any("not reliable" in sentence for sentence in alone.warnings) == truncated


def test_t2_of_training_rows_is_beta_and_of_new_ones_f():
    X, _ = normal_rows(0, 50, 8, 3)
    model = explain(PCA(3).fit(X), X)
    for alpha in (0.05, 1e-8):
        training = model.limits(alpha=alpha, training=True)
        new = model.limits(alpha=alpha)
        assert training.hotelling_t2 == pytest.approx(49**2 / 50 * beta.isf(alpha, 1.5, 23))
        expected = 3 * (50**2 - 1) / (50 * 47) * f.isf(alpha, 3, 47)
        assert new.hotelling_t2 == pytest.approx(expected)
        assert training.spe == new.spe  # which has one limit


def test_t2_of_training_rows_without_freedom_is_unknown():
    X, new = normal_rows(0, 20, 40, 2)
    model = explain(PCA(19).fit(X), X)
    np.testing.assert_allclose(model.hotelling_t2(), 19**2 / 20)
    limits = model.limits(training=True)
    assert isinstance(limits.hotelling_t2, Unknown)
    assert isinstance(limits.spe, Unknown)
    assert "not reliable" in limits.warnings[0]
    found = model.outliers()
    assert not found.odd.any()
    assert "T² unknown (T² of all training rows is (n - 1)² / n" in str(found)
    assert "not reliable" in str(model.outliers(new))
    display = OutlierDisplay.from_estimator(model)
    assert len(display.labels_) == 0


def test_components_near_the_noise_are_not_reliable():
    X, new = normal_rows(0, 60, 100, 2, ratio=20)
    for k, reliable in ((1, True), (2, True), (3, False), (10, False)):
        model = explain(PCA(k).fit(X), X)
        assert (model.limits().warnings == ()) == reliable
        for found in (model.outliers(), model.outliers(new)):
            assert (found.warnings == ()) == reliable
            assert ("not reliable" in str(found)) != reliable
    copied = pickle.loads(pickle.dumps(model.limits()))
    assert copied.warnings == model.limits().warnings
    assert "not reliable: the variance of pca9" in repr(copied)


def batches(X, *sizes):
    model = PCA(2)
    for rows in np.split(X, np.cumsum(sizes)):
        model.partial_fit(rows)
    return model


@pytest.mark.parametrize("dtype", [np.float64, np.float32, int])
def test_training_rows_are_known_again(dtype):
    X, new = normal_rows(0, 90, 5, 2, 90, 50)
    X, new = (np.round(rows * 50).astype(dtype) for rows in (X, new))
    fitted, sparse = PCA(2).fit(X), PCA(2, svd_solver="covariance_eigh").fit(sp.csr_array(X))
    loaded = pickle.loads(pickle.dumps(fitted))
    streams = batches(X, 30, 1, 33), batches(X, 64, 1)
    for model in (fitted, loaded, *streams, sparse, PCA(2).fit(np.asfortranarray(X))):
        for rows in (X, X.tolist(), sp.csr_array(X), X.astype(np.float64)):
            found = explain(model).outliers(rows)
            assert found.training
            assert not found.warnings
        changed = X.copy()
        changed[70, 3] += 100
        for rows in (new, changed, X[:89], np.vstack([X, X[:1]])):
            found = explain(model).outliers(rows)
            assert not found.training
            assert not found.warnings


def test_standardized_rows_of_others_are_not_those_of_training():
    X, new = (StandardScaler().fit_transform(rows) for rows in normal_rows(0, 90, 9, 2, 90, 50))
    found = explain(PCA(2).fit(X)).outliers(new)
    assert not found.training
    assert "are others or in another order" in found.warnings[-1]


def test_what_cannot_be_known_is_said():
    X, _ = normal_rows(0, 90, 5, 2, 90, 50)
    merged = batches(X[:40]).merge(batches(X[40:]))
    for model, rows in ((merged, X), (PCA(2).fit(X), X[::-1]),
                        (PCA(2).fit(X, sample_weight=np.arange(90)), X)):  # fmt: skip
        found = explain(model, rows).outliers()
        assert not found.training
        assert "Whether these are the training rows is not known" in found.warnings[0]
        assert "compared as new ones" in str(found)
        decided = explain(model, rows).outliers(training=False)
        assert not decided.warnings
        np.testing.assert_array_equal(decided.compared, found.compared)
    found = explain(merged, X).outliers(training=True)
    expected = explain(PCA(2).fit(X), X).outliers()
    np.testing.assert_allclose(found.compared, expected.compared)
    np.testing.assert_allclose(found.limits, expected.limits)
    assert found.training


def test_rows_after_other_steps_are_known_again():
    X = load_wine().data
    for steps in ((StandardScaler(), PCA(3)), (StandardScaler(), SklearnPCA(8), PCA(3))):
        model = make_pipeline(*steps).fit(X)
        assert explain(model, X).outliers().training
        assert not explain(model, X * 2).outliers().training


def test_missing_values_have_a_place_in_the_fingerprint():
    X, _ = normal_rows(0, 60, 5, 2)
    X[3, 2] = X[16, 0] = np.nan
    model = explain(PCA(2, missing="em").fit(X), X)
    assert model.outliers().training
    assert not model.outliers(np.nan_to_num(X)).training


def test_filled_and_weighted_rows_may_be_compared_as_training_rows():
    X, _ = normal_rows(0, 40, 8, 2, ratio=20)
    holed = X.copy()
    holed[::7, 1] = np.nan
    model = explain(PCA(3, missing="em").fit(holed), holed)
    assert model.outliers().training
    assert model.outliers(training=True).training
    weight = np.random.RandomState(0).uniform(0.5, 1.5, 40)
    model = explain(PCA(2, weights="relative").fit(X, sample_weight=weight), X)
    assert not model.outliers().training
    found = model.outliers(training=True)
    assert found.training
    assert np.isfinite(found.compared).all()


def test_units_change_no_outlier():
    X, _ = normal_rows(0, 60, 100, 2)
    expected = explain(PCA(2).fit(X), X).outliers()
    for factor in (1e-140, 1e-60, 1e60, 1e140):
        rows = X * factor
        found = explain(PCA(2).fit(rows), rows).outliers()
        np.testing.assert_array_equal(found.rows, expected.rows)
        np.testing.assert_allclose(found.limits.spe / factor / factor, expected.limits.spe)
        assert explain(PCA(2).fit(rows)).limits().spe > 0


def test_the_limit_of_many_rows_is_that_of_some(monkeypatch):
    X, new = normal_rows(0, 300, 10, 2, ratio=20)
    expected = explain(PCA(2).fit(X), X).limits()
    monkeypatch.setattr("skparams.decomposition._explain.training.MAX_SAMPLE", 100)
    model = explain(PCA(2).fit(X), X)
    for spe in (model.limits().spe, model.outliers().limits.spe, model.outliers(new).limits.spe):
        assert spe == model.limits().spe != expected.spe
        assert spe == pytest.approx(expected.spe, rel=0.3)
