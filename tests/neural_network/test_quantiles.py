"""Quantiles of one target: in order, never crossing, and reaching their share of the samples."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import make_friedman1
from sklearn.exceptions import NotFittedError
from sklearn.metrics import mean_pinball_loss, r2_score

from skparams import MLPRegressor
from skparams.neural_network.activations import ACTIVATIONS
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

LEVELS = [0.5, 0.9, 0.25, 0.05]


@pytest.fixture
def data(rng):
    X = rng.standard_normal((80, 3))
    return X, X[:, 0] + 0.3 * X[:, 1] * rng.standard_normal(80)


def regressor(quantile=LEVELS, **arguments):
    small = {"hidden_layer_sizes": (6,), "max_iter": 5, "random_state": 0}
    return MLPRegressor("quantile", quantile=quantile, **small | arguments)


class TestOrder:
    @pytest.mark.parametrize("form", [list, tuple, np.array])
    def test_columns_are_those_of_the_list(self, form, data):
        given, ascending = regressor(form(LEVELS)).fit(*data), regressor(sorted(LEVELS)).fit(*data)
        columns = np.argsort(LEVELS)
        found, expected = (model.predict_quantiles(data[0]) for model in (given, ascending))
        assert np.array_equal(found[:, columns], expected)
        assert given.quantiles_.tolist() == LEVELS

    def test_predict_is_the_median(self, data):
        model = regressor().fit(*data)
        assert np.array_equal(model.predict(data[0]), model.predict_quantiles(data[0])[:, 0])
        assert model.predict(data[0]).shape == (80,)

    @pytest.mark.parametrize("levels", [np.linspace(0.05, 0.95, 19), [0.1, 0.1 * 3 + 0.2, 0.7]])
    def test_rounding_does_not_hide_the_median(self, levels, data):
        model = regressor(levels).fit(*data)
        median = np.abs(np.asarray(levels) - 0.5).argmin()
        assert np.array_equal(model.predict(data[0]), model.predict_quantiles(data[0])[:, median])

    @pytest.mark.parametrize("quantile", [0.5, 0.9, np.float32(0.1), [0.5]])
    def test_of_one_predict_is_that_one(self, quantile, data):
        model = regressor(quantile).fit(*data)
        found = model.predict_quantiles(data[0])
        assert found.shape == (80, 1)
        assert np.array_equal(found[:, 0], model.predict(data[0]))
        assert model.out_activation_ == "identity"

    def test_setting_quantile_later_changes_no_prediction(self, data):
        model = regressor().fit(*data)
        median, quantiles = model.predict(data[0]), model.predict_quantiles(data[0])
        for quantile in (0.9, [0.1, 0.5], [0.9, 0.5, 0.25, 0.05], "none"):
            model.set_params(quantile=quantile)
            assert np.array_equal(model.predict(data[0]), median)
            assert np.array_equal(model.predict_quantiles(data[0]), quantiles)

    def test_score_is_that_of_the_median(self, data):
        model = regressor().fit(*data)
        assert model.score(*data) == r2_score(data[1], model.predict(data[0]))

    def test_early_stopping_scores_the_median(self, data):
        arguments = {"early_stopping": True, "max_iter": 1, "shuffle": False}
        model = regressor(**arguments, learning_rate_init=1e-30).fit(*data)
        scores = [
            model._validation_score(model._decision_function(data[0]), data[1][:, None], None)
        ]
        assert scores == [pytest.approx(model.score(*data))]
        assert len(model.validation_scores_) == 1

    @pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_any_input_keeps_its_dtype(self, form, dtype, data):
        X = form(data[0].astype(dtype))
        found = regressor().fit(X, data[1]).predict_quantiles(X)
        assert found.dtype == dtype
        assert found.shape == (80, 4)


class TestCrossing:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("seed", sweep(range(40), 4))
    def test_never(self, seed, dtype):
        rng = np.random.RandomState(seed)
        levels = np.append(
            rng.permutation(np.arange(1, 100)[np.arange(1, 100) != 50])[:6] / 100, 0.5
        )
        X = rng.standard_normal((50, 4)).astype(dtype)
        y = rng.standard_normal(50) * rng.choice([1e-6, 1.0, 1e6])
        model = regressor(
            levels,
            activation=str(rng.choice(["relu", "tanh", "gelu", "mish"])),
            hidden_layer_sizes=tuple(rng.randint(1, 9, rng.randint(0, 3))),
            solver=str(rng.choice(["adam", "sgd", "lbfgs"])),
            learning_rate_init=rng.choice([1e-4, 1e-2]),
            max_iter=rng.randint(1, 20),
        )
        weight = rng.uniform(0, 2, 50) if seed % 2 else None
        model.fit(X, y, weight)
        largest = 1e30 if dtype == np.float32 else 1e250
        for scale in (0, 1, 100, 1e10, largest):
            found = model.predict_quantiles((scale * X).astype(dtype))[:, np.argsort(levels)]
            assert np.isfinite(found).all()
            assert (found[:, 1:] >= found[:, :-1]).all()

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_of_random_outputs_of_any_size(self, dtype, rng):
        exponents = rng.uniform(*np.log10([np.finfo(dtype).tiny, np.finfo(dtype).max]), (5000, 7))
        Z = (10**exponents * rng.choice([-1, 1], (5000, 7))).astype(dtype)
        with np.errstate(over="ignore"):
            ACTIVATIONS["increasing"].apply(Z)
        assert (Z[:, 1:] >= Z[:, :-1]).all()


class TestBadInput:
    @pytest.mark.parametrize(
        "quantile",
        [
            0, 1, 0.0, 1.0, -0.5, 1.5, np.nan, np.inf, True, "0.5", None, np.array(0.5),
            [], (), np.array([]), [0.5, 0.5], [0.1, 0.5, 0.1], [0.0, 0.5], [0.5, 1.0], [0.5, -0.1],
            [0.5, np.nan], [0.5, 2], ["0.5"], ["a", 0.5], [0.5, None], [[0.1, 0.5]],
            np.array([[0.5]]), {0.5, 0.1}, {0.5: 1}, [0.5, True], [0.5, 0.1j],
        ],
        ids=str,
    )  # fmt: skip
    def test_levels_are_different_numbers_between_0_and_1(self, quantile, data, snapshot):
        model = regressor(quantile)
        changed = snapshot(model)
        with pytest.raises(ValueError, match="The 'quantile' parameter of MLPRegressor must be"):
            model.fit(*data)
        assert changed() is None

    @pytest.mark.parametrize("quantile", [[0.1, 0.9], [0.4], (0.49, 0.51), np.array([0.2])])
    def test_a_list_without_the_median_is_refused(self, quantile, data, snapshot):
        model = regressor(quantile)
        changed = snapshot(model)
        with pytest.raises(ValueError, match=r"'quantile' .* must contain 0\.5"):
            model.fit(*data)
        assert changed() is None

    @pytest.mark.parametrize("quantile", [0.5, LEVELS])
    def test_several_outputs_are_refused(self, quantile, data, snapshot):
        X, y = data
        model = regressor(quantile)
        changed = snapshot(model)
        with pytest.raises(ValueError, match="loss='quantile' needs a y of one output, got 2"):
            model.fit(X, np.column_stack([y, y]))
        assert changed() is None

    def test_a_column_of_targets_is_one_output(self, data):
        X, y = data
        with pytest.warns(Warning, match="column-vector"):
            found = regressor().fit(X, y[:, None]).predict_quantiles(X)
        assert np.array_equal(found, regressor().fit(X, y).predict_quantiles(X))

    def test_predict_quantiles_is_there_with_this_loss_only(self, data):
        model = MLPRegressor(random_state=0, max_iter=2).fit(*data)
        assert not hasattr(model, "predict_quantiles")
        with pytest.raises(AttributeError, match="predict_quantiles") as raised:
            model.predict_quantiles(data[0])
        assert "only available with loss='quantile'" in str(raised.value.__cause__)
        model.set_params(loss="quantile")
        with pytest.raises(NotFittedError):
            model.predict_quantiles(data[0])
        with pytest.raises(NotFittedError):
            regressor().predict_quantiles(data[0])

    def test_another_loss_leaves_no_levels(self, data):
        model = regressor().fit(*data)
        assert not hasattr(model.set_params(loss="squared_error").fit(*data), "quantiles_")

    @pytest.mark.parametrize(
        ("before", "after"), [(0.5, LEVELS), (LEVELS, 0.5), (LEVELS, [0.5, 0.9])]
    )
    def test_training_continues_with_as_many_only(self, before, after, data, snapshot):
        model = regressor(before, warm_start=True).fit(*data)
        changed = snapshot(model.set_params(quantile=after))
        with pytest.raises(ValueError, match=r"out_activation_|coefs_ has arrays of shapes"):
            model.fit(*data)
        assert changed() is None

    def test_training_continues_with_other_levels(self, data):
        model = regressor([0.1, 0.5], warm_start=True).fit(*data)
        model.set_params(quantile=[0.5, 0.8]).fit(*data)
        assert model.quantiles_.tolist() == [0.5, 0.8]
        assert np.array_equal(model.predict(data[0]), model.predict_quantiles(data[0])[:, 0])


def test_loss_is_the_sum_of_pinball_losses(data):
    X, y = data
    model = regressor(solver="lbfgs", alpha=0, max_iter=30).fit(X, y)
    pairs = zip(LEVELS, model.predict_quantiles(X).T, strict=True)
    expected = sum(mean_pinball_loss(y, found, alpha=level) for level, found in pairs)
    assert model.loss_ == pytest.approx(expected, rel=1e-9)


def test_quantiles_reach_their_share_of_new_samples():
    X, y = make_friedman1(4000, noise=1, random_state=0)
    levels = [0.1, 0.5, 0.9]
    model = regressor(levels, hidden_layer_sizes=(50,), learning_rate_init=0.01, max_iter=60)
    model.fit(X[:2000], y[:2000])
    found = (y[2000:, None] <= model.predict_quantiles(X[2000:])).mean(axis=0)
    np.testing.assert_allclose(found, levels, atol=0.08)
