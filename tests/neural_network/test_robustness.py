"""What users do to the networks beside fitting them on a clean array."""

import warnings

import numba
import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning

from skparams import MLPClassifier, MLPRegressor

SMALL = {"hidden_layer_sizes": (4,), "max_iter": 3, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X():
    return np.random.RandomState(0).standard_normal((60, 5))


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="about the compiled kernels")
def test_layouts_and_index_types_do_not_compile_the_kernel_again(X):
    from skparams.neural_network._kernels.kernels import epoch

    MLPRegressor(**SMALL).fit(X, X[:, 0].copy())
    before = len(epoch.signatures)
    wide = sp.csr_matrix(X)
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    read_only = X.copy()
    read_only.flags.writeable = False
    for inputs, targets in [
        (X, X[:, 1]),
        (np.asfortranarray(X), np.asfortranarray(X[:, :2])),
        (X[::-1], X[::2].repeat(2, axis=0)[:, 0]),
        (read_only, read_only[:, 0]),
        (X.astype(">f8"), X[:, 0].astype(">f8")),
        (X.astype(np.int8), X[:, 0].astype(np.float16)),
        (sp.csr_matrix(X), X[:, 0]),
        (sp.csc_matrix(X), X[:, 0]),
        (wide, X[:, 0]),
    ]:
        MLPRegressor(**SMALL).fit(inputs, targets, sample_weight=np.ones(len(X)))
    MLPClassifier(**SMALL).fit(X, X[:, 0] > 0)
    MLPClassifier(solver="lbfgs", **SMALL).fit(X, X[:, 0] > 0)
    assert len(epoch.signatures) == before


@pytest.mark.parametrize("sizes", [[2.7], [True], [[3, 4]], ["3"]])
def test_sizes_of_layers_are_integers(X, sizes):
    with pytest.raises(ValueError, match="hidden_layer_sizes must be integers, got"):
        MLPRegressor(hidden_layer_sizes=sizes).fit(X, X[:, 0])


def test_targets_of_a_regression_are_numbers(X):
    with pytest.raises(TypeError, match="dense array of numbers, got dtype <U"):
        MLPRegressor(**SMALL).fit(X, X[:, 0].astype(str))
    with pytest.raises(TypeError, match="sparse"):
        MLPRegressor(**SMALL).fit(X, sp.csr_matrix(X[:, :2]))


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_warnings_point_to_the_caller(X, method):
    model = MLPRegressor(batch_size=1000, **SMALL)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(model, method)(X, X[:, 0])
    assert caught
    assert {warning.filename for warning in caught} == {__file__}


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_the_warning_of_an_interruption_points_to_the_caller(X, solver, monkeypatch):
    from skparams.neural_network.batches import Batches

    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Batches, "train_epoch", interrupt)
    monkeypatch.setattr(Batches, "loss_gradient", interrupt)
    with pytest.warns(UserWarning, match="interrupted") as caught:
        MLPRegressor(solver=solver, **SMALL).fit(X, X[:, 0])
    assert {warning.filename for warning in caught} == {__file__}


def test_lbfgs_leaves_nothing_of_an_earlier_solver(X):
    model = MLPRegressor(warm_start=True, **SMALL).fit(X, X[:, 0])
    model.set_params(solver="lbfgs").fit(X, X[:, 0])
    for name in ("best_loss_", "validation_scores_", "_optimizer_state", "_no_improvement_count"):
        assert not hasattr(model, name)
    model.set_params(solver="adam").fit(X, X[:, 0])
    assert model.best_loss_ == min(model.loss_curve_[-model.n_iter_ :])


@pytest.mark.parametrize(
    "convert",
    [
        lambda a: a.tolist(),
        lambda a: a.astype(np.float16),
        lambda a: a.astype(">f8"),
        lambda a: a.astype(np.longdouble),
        np.asfortranarray,
    ],
    ids=["list", "float16", "big-endian", "longdouble", "fortran"],
)
def test_assigned_weights_may_be_anything_that_holds_numbers(X, convert):
    model = MLPRegressor(**SMALL).fit(X, X[:, 0])
    model.coefs_ = [convert(coef) for coef in model.coefs_]
    model.partial_fit(X, X[:, 0])
    assert {coef.dtype for coef in model.coefs_} == {np.dtype(np.float64)}


def test_weights_that_are_not_finite_are_not_kept(X):
    model = MLPRegressor(warm_start=True, early_stopping=True, **SMALL).fit(X, X[:, 0])
    model.coefs_[0][0, 0] = np.nan
    with pytest.raises(ValueError, match="non-finite parameter weights"):
        model.fit(X, X[:, 0])


def test_a_large_float32_target_does_not_overflow_the_loss(X):
    X = X.astype(np.float32)
    model = MLPRegressor(**SMALL).fit(X, X[:, 0] * np.float32(1e20))
    assert np.isfinite(model.loss_curve_).all()


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
def test_a_subclass_may_take_fewer_arguments(X, Estimator, solver):
    class Small(Estimator):
        def __init__(self, alpha=0.1):
            super().__init__(alpha=alpha, solver=solver, **SMALL)

    y = X[:, 0] > 0
    model = Small().fit(X, y)
    assert model.get_params() == {"alpha": 0.1}
    reference = Estimator(alpha=0.1, solver=solver, **SMALL).fit(X, y)
    np.testing.assert_array_equal(model.coefs_[0], reference.coefs_[0])


def test_convergence_is_still_warned_of(X):
    with pytest.warns(ConvergenceWarning, match="Maximum iterations"):
        MLPRegressor(**SMALL).fit(X, X[:, 0])


def test_a_missing_label_is_one_of_y(X):
    y = np.array(["a", "b", np.nan] * 20, dtype=object)
    with pytest.raises(ValueError, match="Input y contains NaN"):
        MLPClassifier(**SMALL).fit(X, y)
