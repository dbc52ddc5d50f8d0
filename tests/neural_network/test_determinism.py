"""Which results depend on the number of threads that BLAS has, and which do not."""

import numba
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network.network import WIDE

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def fits(cls, dtype, n_features, hidden, **hyperparameters):
    """The same fit with one, two and four threads."""
    rng = np.random.RandomState(0)
    X = rng.standard_normal((900, n_features)).astype(dtype)
    y = X[:, 0] + X[:, 1]
    y = (y > 0).astype(int) + (y > 1) if cls is MLPClassifier else y
    found = []
    for n in (1, 2, 4):
        with threadpool_limits(n, user_api="blas"):
            model = cls(hidden_layer_sizes=hidden, max_iter=4, random_state=0, **hyperparameters)
            found.append(model.fit(X, y))
    return found, X


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about the compiled products")
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_narrow_layers_give_the_same_bits(cls, dtype, early_stopping, solver):
    widths = [(100, (100, 3)), (20, (37,)), (9, (64, 64))]
    assert all(max(p * h[0], h[0] * h[-1]) <= WIDE for p, h in widths)
    for n_features, hidden in widths:
        models, _ = fits(
            cls, dtype, n_features, hidden, solver=solver, early_stopping=early_stopping
        )
        for model in models[1:]:
            assert model.loss_curve_ == models[0].loss_curve_
            for name in ("validation_scores_", "best_loss_"):
                assert getattr(model, name, None) == getattr(models[0], name, None)
            for array, first in zip(model.coefs_, models[0].coefs_, strict=True):
                np.testing.assert_array_equal(array, first)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about the compiled products")
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-3), (np.float64, 1e-9)])
def test_wide_layers_give_the_same_up_to_rounding(dtype, rtol):
    (first, *others), X = fits(MLPRegressor, dtype, 120, (150, 90))
    for model in others:
        np.testing.assert_allclose(model.predict(X), first.predict(X), rtol=rtol, atol=rtol)
