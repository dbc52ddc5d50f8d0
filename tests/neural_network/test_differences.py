"""Where we differ from scikit-learn on purpose: each test shows both behaviors.

Every class here belongs to the section of docs/from_scikit_learn.md that its docstring names.
"""

import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import neural_network as theirs
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import PoissonRegressor, Ridge
from sklearn.model_selection import train_test_split
from sklearn.utils import shuffle

from skparams import MLPClassifier, MLPRegressor

PAGE = Path(__file__).parents[2] / "docs" / "from_scikit_learn.md"
NON_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)
ignore_overflow = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture
def iris():
    X, y = load_iris(return_X_y=True)
    return shuffle((X - X.mean(axis=0)) / X.std(axis=0), y, random_state=0)


@pytest.fixture
def small(rng):
    """30 rows of three features, and a target of three classes."""
    X = rng.standard_normal((30, 3))
    return X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)


def sections():
    """Headings of the page's part about networks."""
    part = PAGE.read_text(encoding="utf-8").partition("\n## MLP")[2].partition("\n## PCA")[0]
    return re.findall(r"^### (.+)$", part, flags=re.MULTILINE)


def test_every_section_has_its_tests_and_every_test_its_section():
    here = [
        inspect.getdoc(member) or ""
        for name, member in vars(sys.modules[__name__]).items()
        if inspect.isclass(member) and name.startswith("Test")
    ]
    named = [re.match(r'docs/\w+\.md, "(.+)"', doc.replace("\n", " ")) for doc in here]
    assert all(named)
    assert sorted(match[1] for match in named) == sorted(sections())


def in_steps(fit_quietly, model, X, y, k, *, sample_weight=None):
    """Call ``partial_fit`` k times."""
    classes = {"classes": np.unique(y)} if hasattr(model, "predict_proba") else {}
    for _ in range(k):
        fit_quietly(model, X, y, sample_weight=sample_weight, method="partial_fit", **classes)
    return model


class TestPartialFitContinues:
    """docs/from_scikit_learn.md, "partial_fit goes on where the last call ended"."""

    settings = pytest.mark.parametrize(
        "arguments",
        [
            {"solver": "adam"},
            {"solver": "adam", "shuffle": False},
            {"solver": "adam", "beta_1": 0.0, "batch_size": 30},
            {"solver": "sgd", "momentum": 0.0},
            {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False},
            {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
            {"solver": "sgd", "learning_rate": "adaptive", "tol": 10.0, "n_iter_no_change": 1},
            {"solver": "sgd", "learning_rate": "adaptive", "shuffle": False},
        ],
        ids=lambda arguments: "-".join(map(str, arguments.values())),
    )

    def model(self, Estimator, arguments, **more):
        defaults = {
            "hidden_layer_sizes": (4,),
            "batch_size": 7,
            "learning_rate_init": 0.05,
            "n_iter_no_change": np.inf,
            "random_state": 3,
        }
        return Estimator(**(defaults | arguments | more))

    @settings
    @pytest.mark.parametrize("weighted", [False, True])
    @pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix, sp.csc_matrix])
    @pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
    def test_k_calls_are_a_fit_of_k_epochs(
        self, Estimator, arguments, form, weighted, small, rng, fit_quietly
    ):
        X, y = small
        X = form(X)
        weights = rng.uniform(0.5, 2, len(y)) if weighted else None
        k = 5
        stepped = in_steps(
            fit_quietly, self.model(Estimator, arguments), X, y, k, sample_weight=weights
        )
        whole = fit_quietly(self.model(Estimator, arguments, max_iter=k), X, y, weights)

        for ours, reference in zip(
            stepped.coefs_ + stepped.intercepts_, whole.coefs_ + whole.intercepts_, strict=True
        ):
            np.testing.assert_array_equal(ours, reference)
        assert stepped.loss_curve_ == whole.loss_curve_
        assert stepped.loss_ == whole.loss_
        assert stepped.best_loss_ == whole.best_loss_
        assert stepped.n_iter_ == whole.n_iter_ == k
        assert stepped.t_ == whole.t_ == k * len(y)

    @pytest.mark.parametrize("solver", ["adam", "sgd"])
    def test_scikit_learns_repeats_one_order(self, solver, small, fit_quietly, same_weights):
        X, y = small
        arguments = {"solver": solver}
        stepped = in_steps(fit_quietly, self.model(theirs.MLPClassifier, arguments), X, y, 5)
        whole = fit_quietly(self.model(theirs.MLPClassifier, arguments, max_iter=5), X, y)
        assert not same_weights(stepped, whole)
        assert stepped.n_iter_ == 1

    def test_a_random_state_object_gives_the_same(self, small, fit_quietly, same_weights):
        X, y = small
        states = [np.random.RandomState(5) for _ in range(2)]
        stepped, whole = (
            self.model(MLPClassifier, {"max_iter": 4, "random_state": state}) for state in states
        )
        in_steps(fit_quietly, stepped, X, y, 4)
        fit_quietly(whole, X, y)
        assert same_weights(stepped, whole)
        assert states[0].randint(1000) == states[1].randint(1000)

    @pytest.mark.parametrize("solver", ["adam", "sgd"])
    def test_it_also_goes_on_after_a_fit(self, solver, small, fit_quietly, same_weights):
        X, y = small
        arguments = {"solver": solver, "shuffle": False}
        stepped = fit_quietly(self.model(MLPClassifier, arguments, max_iter=3), X, y)
        in_steps(fit_quietly, stepped, X, y, 2)
        whole = fit_quietly(self.model(MLPClassifier, arguments, max_iter=5), X, y)
        assert same_weights(stepped, whole)
        assert stepped.n_iter_ == whole.n_iter_

    def test_it_goes_on_after_a_pickle(self, small, fit_quietly, same_weights, tmp_path):
        joblib = pytest.importorskip("joblib")
        X, y = small
        stepped = in_steps(fit_quietly, self.model(MLPClassifier, {}), X, y, 2)
        joblib.dump(stepped, tmp_path / "model.joblib")
        stepped = in_steps(fit_quietly, joblib.load(tmp_path / "model.joblib"), X, y, 3)
        whole = fit_quietly(self.model(MLPClassifier, {}, max_iter=5), X, y)
        assert same_weights(stepped, whole)

    @pytest.mark.parametrize(
        ("before", "change"),
        [
            ({"solver": "adam"}, {"learning_rate_init": 0.5}),
            ({"solver": "adam"}, {"beta_1": 0.1}),
            ({"solver": "sgd"}, {"learning_rate_init": 0.5}),
            ({"solver": "sgd"}, {"momentum": 0.1}),
            ({"solver": "sgd"}, {"solver": "adam"}),
        ],
        ids=str,
    )
    def test_hyperparameters_are_those_of_the_call(
        self, before, change, small, fit_quietly, same_weights
    ):
        X, y = small
        for Class, heeds in ((theirs.MLPClassifier, False), (MLPClassifier, True)):
            as_it_was, changed = (
                in_steps(fit_quietly, self.model(Class, before | {"shuffle": False}), X, y, 2)
                for _ in range(2)
            )
            changed.set_params(**change)
            for model in (as_it_was, changed):
                in_steps(fit_quietly, model, X, y, 1)
            assert same_weights(as_it_was, changed) != heeds

    def test_a_rate_that_the_schedule_has_lowered_stays(self, small, fit_quietly, same_weights):
        X, y = small
        adaptive = {"solver": "sgd", "learning_rate": "adaptive", "tol": 10.0}
        models = [
            in_steps(fit_quietly, self.model(MLPClassifier, adaptive, n_iter_no_change=1), X, y, 4)
            for _ in range(2)
        ]
        models[1].set_params(learning_rate_init=0.5)
        for model in models:
            in_steps(fit_quietly, model, X, y, 1)
        assert same_weights(*models)

    def test_another_number_of_rows_starts_from_the_original_order(self, small, fit_quietly):
        X, y = small
        model = in_steps(fit_quietly, self.model(MLPRegressor, {}), X, y, 2)
        in_steps(fit_quietly, model, X[:20], y[:20], 1)
        in_steps(fit_quietly, model, X, y, 1)
        assert model.n_iter_ == 4
        assert model.t_ == 3 * 30 + 20
        assert len(model.loss_curve_) == 4


class TestWarmStart:
    """docs/from_scikit_learn.md, "warm_start begins with a fresh patience"."""

    @pytest.fixture
    def sequel(self, iris, fit_quietly):
        """Fit, change hyperparameters, fit again; the iterations of both fits and the model."""

        def run(Estimator, second=None, y_second=None, **arguments):
            X, y = iris
            model = Estimator(
                hidden_layer_sizes=8, warm_start=True, random_state=0, max_iter=60, **arguments
            )
            fit_quietly(model, X, y)
            first = model.n_iter_
            model.set_params(**(second or {}))
            fit_quietly(model, X, y if y_second is None else y_second)
            return first, model.n_iter_, model

        return run

    @pytest.mark.parametrize("early_stopping", [False, True])
    @pytest.mark.parametrize("solver", ["adam", "sgd"])
    def test_the_second_fit_is_as_patient_as_the_first(self, sequel, solver, early_stopping):
        # no improvement is large enough: a fit ends with its patience
        patience = {
            "solver": solver,
            "early_stopping": early_stopping,
            "tol": 1e9,
            "n_iter_no_change": 3,
        }
        assert sequel(theirs.MLPClassifier, **patience)[:2] == (5, 1)
        assert sequel(MLPClassifier, **patience)[:2] == (5, 5)

    def test_the_best_loss_is_the_best_of_the_last_fit(self, sequel, iris):
        y = 100 * iris[1]
        settings = {"y_second": y, "n_iter_no_change": 10}
        for Estimator, expected in ((theirs.MLPRegressor, False), (MLPRegressor, True)):
            _, n_iter, model = sequel(Estimator, **settings)
            assert bool(model.best_loss_ == min(model.loss_curve_[-n_iter:])) == expected

    def test_the_curve_still_grows(self, sequel):
        first, second, model = sequel(MLPClassifier, n_iter_no_change=5)
        assert len(model.loss_curve_) == first + second

    @pytest.mark.parametrize("solver", ["adam", "sgd"])
    def test_the_best_weights_are_those_of_the_best_epoch(self, sequel, iris, solver):
        X, y = iris
        settings = {
            "solver": solver,
            "early_stopping": True,
            "learning_rate_init": 0.1,
            "n_iter_no_change": 15,
            # far too long a step: the second fit does harm
            "second": {"learning_rate_init": 20.0},
        }
        _, X_val, _, y_val = train_test_split(
            X, y, test_size=0.1, random_state=np.random.RandomState(0)
        )
        _, n_iter, model = sequel(theirs.MLPClassifier, **settings)
        assert model.score(X_val, y_val) == model.validation_scores_[-1]
        assert model.score(X_val, y_val) < model.best_validation_score_

        _, n_iter, model = sequel(MLPClassifier, **settings)
        assert model.best_validation_score_ == max(model.validation_scores_[-n_iter:])
        assert model.score(X_val, y_val) == model.best_validation_score_
        assert len(set(model.validation_scores_[-n_iter:])) > 1


class TestBatchOfZeroWeights:
    """docs/from_scikit_learn.md, "A minibatch without weight is skipped"."""

    @pytest.fixture
    def data(self, small):
        """Three batches of ten rows without shuffling, the middle one without weight."""
        X, y = small
        weights = np.ones(30)
        weights[10:20] = 0
        return X, y, weights

    @pytest.fixture
    def arguments(self):
        return {
            "hidden_layer_sizes": 4,
            "batch_size": 10,
            "shuffle": False,
            "random_state": 0,
            "max_iter": 6,
            "alpha": 0.1,
        }

    def test_scikit_learns_stops(self, data, arguments):
        with pytest.raises(ZeroDivisionError):
            theirs.MLPRegressor(**arguments).fit(*data)

    @pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
    @pytest.mark.parametrize(
        "solver",
        [
            {"solver": "adam"},
            {"solver": "sgd", "momentum": 0.9},
            {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False},
            {"solver": "sgd", "momentum": 0.0, "learning_rate": "adaptive"},
        ],
        ids=str,
    )
    @pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix])
    def test_it_is_as_if_the_batch_were_not_there(
        self, Estimator, solver, form, data, arguments, fit_quietly, same_weights
    ):
        X, y, weights = data
        with_it = fit_quietly(Estimator(**arguments, **solver), form(X), y, weights)
        kept = weights > 0
        without = fit_quietly(Estimator(**arguments, **solver), form(X[kept]), y[kept])
        assert same_weights(with_it, without)
        np.testing.assert_allclose(with_it.loss_curve_, without.loss_curve_, rtol=1e-12)

    @pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
    @pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
    def test_weights_that_are_all_zero_are_an_error(self, Estimator, solver, data):
        X, y, weights = data
        with pytest.raises(ValueError, match="weight"):
            Estimator(solver=solver, random_state=0).fit(X, y, np.zeros_like(weights))

    @pytest.mark.parametrize("part", ["training", "validation"])
    def test_a_part_of_early_stopping_without_weight_is_named(self, part, small):
        X, y = small[0], small[0][:, 0]
        arguments = {"hidden_layer_sizes": (), "early_stopping": True}
        # the split comes after the weights and biases: 3 + 1 numbers
        state = np.random.RandomState(0)
        state.uniform(size=3)
        state.uniform(size=1)
        parts = train_test_split(np.arange(len(y)), test_size=0.1, random_state=state)
        weights = np.ones(len(y))
        weights[parts[part == "validation"]] = 0
        error = ZeroDivisionError if part == "training" else (ValueError, ZeroDivisionError)
        with pytest.raises(error):
            theirs.MLPRegressor(random_state=0, **arguments).fit(X, y, weights)
        with pytest.raises(ValueError, match=f"non-zero number in the {part} part"):
            MLPRegressor(random_state=0, **arguments).fit(X, y, weights)


class TestLogProbabilities:
    """docs/from_scikit_learn.md, "predict_log_proba is never minus infinity"."""

    @pytest.fixture
    def digits(self):
        X, y = load_digits(return_X_y=True)
        return X[:400] / 16, y[:400]

    def models(self, Estimator, X, y, fit_quietly, dtype=np.float64):
        model = Estimator(hidden_layer_sizes=(10,), max_iter=20, random_state=0)
        return fit_quietly(model, X.astype(dtype), y)

    def kinds(self, kind, digits):
        X, y = digits
        if kind == "binary":
            return X, y > 4
        if kind == "multilabel":
            return X, (y[:, None] >> np.arange(3)) & 1
        return X, y

    @pytest.mark.parametrize("kind", ["multiclass", "binary", "multilabel"])
    @pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
    def test_saturated_probabilities_have_finite_logarithms(self, kind, digits, fit_quietly):
        X, y = self.kinds(kind, digits)
        far = 1e4 * X
        reference = self.models(theirs.MLPClassifier, X, y, fit_quietly)
        assert np.isneginf(reference.predict_log_proba(far)).any()

        log_proba = self.models(MLPClassifier, X, y, fit_quietly).predict_log_proba(far)
        assert np.isfinite(log_proba).all()
        assert (log_proba <= 0).all()
        assert log_proba.min() < -1000

    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    @pytest.mark.parametrize("kind", ["multiclass", "binary", "multilabel"])
    def test_elsewhere_it_is_the_logarithm_of_the_probability(
        self, kind, dtype, digits, fit_quietly
    ):
        X, y = self.kinds(kind, digits)
        X = X.astype(dtype)
        model = self.models(MLPClassifier, X, y, fit_quietly, dtype)
        proba, log_proba = model.predict_proba(X), model.predict_log_proba(X)
        assert log_proba.shape == proba.shape
        assert log_proba.dtype == proba.dtype == dtype
        eps = np.finfo(dtype).eps
        clear = proba > 1e-3
        np.testing.assert_allclose(
            log_proba[clear], np.log(proba[clear]), rtol=100 * eps, atol=2000 * eps
        )

    def test_it_orders_what_the_probability_cannot(self, digits, fit_quietly):
        X, y = digits
        model = self.models(MLPClassifier, X, y, fit_quietly)
        assert (model.predict_proba(1e4 * X) == 0).sum(axis=1).max() > 1
        log_proba = model.predict_log_proba(1e4 * X)
        assert all(len(set(row)) == len(row) for row in log_proba[:50])


class TestLbfgs:
    """docs/from_scikit_learn.md, "lbfgs keeps float32, keeps its loss, and minimizes it"."""

    @pytest.fixture
    def many_targets(self, rng):
        X = rng.standard_normal((100, 5))
        Y = X @ rng.standard_normal((5, 8)) + 0.1 * rng.standard_normal((100, 8))
        return X, Y

    @pytest.mark.parametrize("kind", ["classes", "one", "many"])
    def test_float32_stays(self, kind, many_targets, fit_quietly):
        X, Y = many_targets
        X = X.astype(np.float32)
        y = {"classes": (Y[:, 0] > 0), "one": Y[:, 0], "many": Y}[kind]
        name = "MLPClassifier" if kind == "classes" else "MLPRegressor"
        ours = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[name]
        arguments = {"solver": "lbfgs", "hidden_layer_sizes": 4, "random_state": 0, "max_iter": 20}
        reference = fit_quietly(getattr(theirs, name)(**arguments), X, y)
        assert reference.coefs_[0].dtype == np.float64
        model = fit_quietly(ours(**arguments), X, y)
        assert {array.dtype for array in model.coefs_ + model.intercepts_} == {np.dtype("f4")}
        output = model.predict_proba(X) if kind == "classes" else model.predict(X)
        assert output.dtype == np.float32

    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    def test_the_loss_curve(self, many_targets, dtype, fit_quietly):
        X, Y = many_targets
        arguments = {"solver": "lbfgs", "hidden_layer_sizes": 4, "random_state": 0, "max_iter": 30}
        X = X.astype(dtype)
        reference = fit_quietly(theirs.MLPRegressor(**arguments), X, Y)
        assert not hasattr(reference, "loss_curve_")
        model = fit_quietly(MLPRegressor(**arguments), X, Y)
        assert len(model.loss_curve_) == model.n_iter_
        assert (np.diff(model.loss_curve_) <= 0).all()
        assert model.loss_curve_[-1] == model.loss_

    def test_one_output_has_scikit_learns_loss(self, many_targets, fit_quietly):
        X, Y = many_targets
        arguments = {
            "solver": "lbfgs",
            "hidden_layer_sizes": 4,
            "random_state": 0,
            "max_iter": 10,
            "activation": "tanh",
        }
        ours, reference = (
            fit_quietly(Estimator(**arguments), X, Y[:, 0])
            for Estimator in (MLPRegressor, theirs.MLPRegressor)
        )
        assert ours.loss_ == pytest.approx(reference.loss_, rel=1e-6)
        np.testing.assert_allclose(ours.coefs_[0], reference.coefs_[0], rtol=1e-4)

    @pytest.mark.parametrize("weighted", [False, True])
    def test_a_linear_network_with_many_outputs_is_ridge(
        self, many_targets, weighted, rng, fit_quietly
    ):
        X, Y = many_targets
        weights = rng.uniform(0.5, 3, len(X)) if weighted else None
        arguments = {
            "hidden_layer_sizes": (),
            "solver": "lbfgs",
            "alpha": 2.0,
            "random_state": 0,
            "tol": 1e-9,
            "max_iter": 1000,
        }
        ridge = Ridge(alpha=2.0).fit(X, Y, weights)
        model = fit_quietly(MLPRegressor(**arguments), X, Y, weights)
        np.testing.assert_allclose(model.coefs_[0].T, ridge.coef_, atol=2e-4)
        np.testing.assert_allclose(model.intercepts_[0], ridge.intercept_, atol=2e-4)

        w = np.ones(len(X)) if weights is None else weights
        residual = Y - model.predict(X)
        summed = 0.5 * (w @ (residual**2).sum(axis=1) + 2.0 * (model.coefs_[0] ** 2).sum())
        assert model.loss_ == pytest.approx(summed / w.sum(), rel=1e-9)

    def test_scikit_learns_stops_away_from_its_minimum(self, many_targets, fit_quietly):
        # the gradient is that of the summed loss, so that the line search on the mean gives up
        arguments = {
            "hidden_layer_sizes": (),
            "solver": "lbfgs",
            "alpha": 2.0,
            "random_state": 0,
            "tol": 1e-9,
            "max_iter": 1000,
        }
        ridge = Ridge(alpha=2.0).fit(*many_targets)
        reference = fit_quietly(theirs.MLPRegressor(**arguments), *many_targets)
        assert np.abs(reference.coefs_[0].T - ridge.coef_).max() > 0.05


class TestPoissonTarget:
    """docs/from_scikit_learn.md, "A negative Poisson target is an error"."""

    @pytest.fixture
    def data(self, rng):
        X = rng.standard_normal((40, 3))
        y = rng.poisson(3.0, 40).astype(float)
        y[7] = -1
        return X, y

    message = r"Some value\(s\) of y are out of the valid range of the loss"

    @pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
    @ignore_overflow
    def test_both(self, data, solver, fit_quietly, snapshot):
        arguments = {
            "loss": "poisson",
            "solver": solver,
            "hidden_layer_sizes": 3,
            "max_iter": 5,
            "random_state": 0,
        }
        reference = fit_quietly(theirs.MLPRegressor(**arguments), *data)
        assert np.isnan(reference.loss_)

        with pytest.raises(ValueError, match=self.message) as glm:
            PoissonRegressor().fit(*data)
        model = MLPRegressor(**arguments)
        changed = snapshot(model)
        with pytest.raises(ValueError, match=self.message) as ours:
            model.fit(*data)
        assert str(glm.value).split("'")[0] == str(ours.value).split("'")[0]
        assert "'poisson'" in str(ours.value)
        assert changed() is None

    @pytest.mark.parametrize("columns", [1, 2])
    def test_zero_is_a_count(self, rng, columns, fit_quietly):
        X = rng.standard_normal((30, 2))
        y = np.zeros((30, columns)) if columns > 1 else np.zeros(30)
        model = fit_quietly(MLPRegressor("poisson", 3, max_iter=3), X, y)
        assert np.isfinite(model.loss_)

    def test_partial_fit_says_so_too(self, data):
        with pytest.raises(ValueError, match=self.message):
            MLPRegressor("poisson").partial_fit(*data)


class TestNonFinite:
    """docs/from_scikit_learn.md, "A fit that diverges leaves the estimator as it was"."""

    @pytest.fixture
    def good(self, rng):
        X = rng.standard_normal((30, 3))
        return X, X.sum(axis=1)

    @pytest.fixture
    def bad(self, good):
        X, y = good
        return np.finfo(float).max * (np.abs(X) / np.abs(X).max()), y

    @pytest.fixture
    def model(self):
        def make(solver, **more):
            return MLPRegressor(
                hidden_layer_sizes=4,
                solver=solver,
                max_iter=4,
                learning_rate_init=0.0125,
                **({"random_state": 0} | more),
            )

        return make

    def raises(self):
        return pytest.raises(ValueError, match="^" + re.escape(NON_FINITE))

    @pytest.mark.parametrize("solver", ["adam", "sgd"])
    @ignore_overflow
    def test_the_sentence_is_scikit_learns_with_epoch_and_learning_rate(
        self, model, bad, solver, fit_quietly
    ):
        with self.raises():
            fit_quietly(
                theirs.MLPRegressor(hidden_layer_sizes=4, solver=solver, random_state=0), *bad
            )
        with self.raises() as ours:
            fit_quietly(model(solver), *bad)
        added = str(ours.value).removeprefix(NON_FINITE)
        assert re.search(r"epoch\D*1\b", added, flags=re.IGNORECASE)
        assert "learning_rate_init" in added
        assert "0.0125" in added

    @ignore_overflow
    def test_the_epoch_is_the_one_that_diverged(self, good, fit_quietly):
        X, y = good
        arguments = {
            "hidden_layer_sizes": 4,
            "activation": "identity",
            "solver": "sgd",
            "learning_rate_init": 2.0,
            "random_state": 0,
            "batch_size": 10,
            "shuffle": False,
        }
        with self.raises() as ours:
            MLPRegressor(max_iter=200, **arguments).fit(X, y)
        epoch = int(re.search(r"epoch\D*(\d+)", str(ours.value), flags=re.IGNORECASE)[1])
        assert epoch > 1
        before = fit_quietly(MLPRegressor(max_iter=epoch - 1, **arguments), X, y)
        assert np.isfinite(before.loss_curve_).all()
        with self.raises():
            fit_quietly(MLPRegressor(max_iter=epoch, **arguments), X, y)

    @ignore_overflow
    def test_a_loss_that_is_not_finite_is_enough(self, good, fit_quietly, snapshot):
        X, y = good
        y = 1e160 * y  # its square is not finite; the steps are small enough for the weights
        arguments = {
            "solver": "sgd",
            "learning_rate_init": 1e-165,
            "hidden_layer_sizes": 4,
            "max_iter": 3,
            "random_state": 0,
        }
        reference = fit_quietly(theirs.MLPRegressor(**arguments), X, y)
        assert np.isposinf(reference.loss_)
        assert all(np.isfinite(array).all() for array in reference.coefs_)
        estimator = MLPRegressor(**arguments)
        changed = snapshot(estimator)
        with self.raises():
            fit_quietly(estimator, X, y)
        assert changed() is None

    @ignore_overflow
    def test_lbfgs_says_so_instead_of_returning_nan(self, model, bad, fit_quietly):
        reference = fit_quietly(theirs.MLPRegressor(solver="lbfgs", random_state=0), *bad)
        assert np.isnan(reference.loss_)
        estimator = model("lbfgs")
        with self.raises():
            fit_quietly(estimator, *bad)
        assert not hasattr(estimator, "coefs_")

    @pytest.mark.parametrize("seed", ["integer", "object"])
    @pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
    @pytest.mark.parametrize(
        "call",
        ["first", "again", "warm_start", "partial_fit", "first_partial_fit", "other_features"],
    )
    @ignore_overflow
    def test_nothing_of_the_estimator_has_changed(
        self, call, solver, seed, model, good, bad, fit_quietly, snapshot
    ):
        if solver == "lbfgs" and "partial_fit" in call:
            pytest.skip("lbfgs has no partial_fit")
        random_state = 0 if seed == "integer" else np.random.RandomState(0)
        estimator = model(solver, random_state=random_state, warm_start=call == "warm_start")
        if call not in ("first", "first_partial_fit"):
            fit_quietly(estimator, *good)
        X, y = bad
        if call == "other_features":
            X, y = np.hstack([X, X]), np.column_stack([y, y])
        changed = snapshot(estimator)
        with self.raises():
            fit_quietly(estimator, X, y, method="partial_fit" if "partial" in call else "fit")
        assert changed() is None

    @ignore_overflow
    def test_scikit_learns_keeps_the_ruins(self, good, bad, fit_quietly):
        estimator = theirs.MLPRegressor(hidden_layer_sizes=4, random_state=0, max_iter=3)
        fit_quietly(estimator, *good)
        with self.raises():
            fit_quietly(estimator, *bad)
        assert not np.isfinite(estimator.coefs_[0]).all()

    @pytest.mark.parametrize("call", ["first", "partial_fit"])
    @ignore_overflow
    def test_classifiers_too(self, call, good, bad, fit_quietly, snapshot):
        y = good[1] > 0
        estimator = MLPClassifier(hidden_layer_sizes=4, random_state=0, max_iter=3)
        if call == "partial_fit":
            fit_quietly(estimator, good[0], y)
        changed = snapshot(estimator)
        with self.raises():
            fit_quietly(estimator, bad[0], y, method="fit" if call == "first" else call)
        assert changed() is None

    @ignore_overflow
    def test_training_goes_on_after_it(self, model, good, bad, fit_quietly, same_weights):
        disturbed, undisturbed = model("adam"), model("adam")
        for estimator in (disturbed, undisturbed):
            fit_quietly(estimator, *good, method="partial_fit")
        with self.raises():
            fit_quietly(disturbed, *bad, method="partial_fit")
        for estimator in (disturbed, undisturbed):
            fit_quietly(estimator, *good, method="partial_fit")
        assert same_weights(disturbed, undisturbed)

    @ignore_overflow
    def test_with_early_stopping_the_score_is_nan_and_training_goes_on(self, iris, fit_quietly):
        arguments = {
            "hidden_layer_sizes": 10,
            "activation": "identity",
            "solver": "sgd",
            "learning_rate_init": 1.0,
            "max_iter": 15,
            "early_stopping": True,
            "random_state": 0,
            "n_iter_no_change": 20,
        }
        X, y = load_iris(return_X_y=True)
        reference = fit_quietly(theirs.MLPRegressor(**arguments), X, y)
        model = fit_quietly(MLPRegressor(**arguments), X, y)
        assert np.isnan(model.validation_scores_[-1])
        assert isinstance(model.validation_scores_[-1], float)
        assert model.n_iter_ == reference.n_iter_ == 15
        np.testing.assert_array_equal(
            np.isnan(model.validation_scores_), np.isnan(reference.validation_scores_)
        )
        assert all(np.isfinite(array).all() for array in model.coefs_ + model.intercepts_)
        for ours, other in zip(model.coefs_, reference.coefs_, strict=True):
            np.testing.assert_allclose(ours, other, rtol=1e-6)

    @pytest.mark.parametrize("method", ["fit", "partial_fit"])
    def test_an_error_before_training_changes_nothing_either(
        self, model, good, fit_quietly, snapshot, method
    ):
        X, y = good
        estimator = fit_quietly(model("adam"), X, y)
        changed = snapshot(estimator)
        with pytest.raises(ValueError, match="NaN"):
            getattr(estimator, method)(np.full_like(X, np.nan), y)
        assert changed() is None


class TestPartialFitOfLbfgs:
    """docs/from_scikit_learn.md, "lbfgs has no partial_fit, for the regressor too"."""

    def test_scikit_learns_regressor_shows_one(self):
        assert not hasattr(theirs.MLPClassifier(solver="lbfgs"), "partial_fit")
        assert hasattr(theirs.MLPRegressor(solver="lbfgs"), "partial_fit")

    @pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
    def test_ours_show_none(self, Estimator):
        assert hasattr(Estimator(), "partial_fit")
        lbfgs = Estimator(solver="lbfgs")
        assert not hasattr(lbfgs, "partial_fit")
        with pytest.raises(AttributeError, match="partial_fit"):
            _ = lbfgs.partial_fit


class TestOwnClasses:
    """docs/from_scikit_learn.md, "The classes are our own"."""

    @pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
    def test_they_are_not_subclasses_of_scikit_learns(self, name):
        ours = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[name]
        assert not issubclass(ours, getattr(theirs, name))
        assert getattr(theirs, name)().get_params().items() <= ours().get_params().items()

    def test_losses_are_float64(self, small):
        X, _ = (each.astype(np.float32) for each in small)
        given = {"max_iter": 2, "solver": "lbfgs", "max_fun": 10, "tol": 1e3}
        model = MLPRegressor(**given).fit(X, X[:, 0])
        assert type(model.loss_) is np.float64
        given = {"hidden_layer_sizes": 2, "tol": 1e3, "n_iter_no_change": 1}
        losses = [cls(**given).fit(X, X[:, 0]).loss_ for cls in (theirs.MLPRegressor, MLPRegressor)]
        assert [type(loss) for loss in losses] == [np.float32, np.float64]


class TestPrivateMethods:
    """docs/from_scikit_learn.md, "Private methods of scikit-learn's are called or refused"."""

    @pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
    def test_a_method_that_a_compiled_epoch_cannot_call(self, name, small):
        calls = []

        def backprop(self, *args):
            calls.append(name)
            return super(type(self), self)._backprop(*args)

        their, our = (
            type("Own", (base,), {"_backprop": backprop})(max_iter=2, tol=1e9, n_iter_no_change=1)
            for base in (
                getattr(theirs, name),
                {"MLPClassifier": MLPClassifier}.get(name, MLPRegressor),
            )
        )
        with pytest.warns(ConvergenceWarning):
            their.fit(*small)
        assert calls
        with pytest.raises(NotImplementedError, match="Own defines _backprop"):
            our.fit(*small)


class TestTrainingContinues:
    """docs/from_scikit_learn.md, "Training continues only as it started"."""

    given = {"hidden_layer_sizes": (4,), "max_iter": 3, "warm_start": True, "tol": 1e9}

    def fitted(self, Estimator, small, fit_quietly):
        return fit_quietly(Estimator(**self.given), small[0], small[0][:, 0] ** 2)

    @pytest.mark.parametrize("sizes", [(5,), (4, 4), ()])
    def test_other_layers(self, sizes, small, fit_quietly):
        X, y = small[0], small[0][:, 0]
        their = self.fitted(theirs.MLPRegressor, small, fit_quietly)
        their.set_params(hidden_layer_sizes=sizes)
        message = ""
        try:
            fit_quietly(their, X, y)
        except Exception as error:
            message = str(error)
        assert "hidden_layer_sizes" not in message
        our = self.fitted(MLPRegressor, small, fit_quietly).set_params(hidden_layer_sizes=sizes)
        for train in (our.fit, our.partial_fit):
            with pytest.raises(ValueError, match="data and hidden_layer_sizes need"):
                train(X, y)

    def test_another_output_activation(self, small, fit_quietly):
        X, y = small[0], small[0][:, 0] ** 2
        for change in ({"loss": "poisson"}, {"out_activation_": "logistic"}):
            their, our = (
                self.fitted(cls, small, fit_quietly) for cls in (theirs.MLPRegressor, MLPRegressor)
            )
            for model in (their, our):
                for name, value in change.items():
                    setattr(model, name, value)
            expected = their.out_activation_
            fit_quietly(their, X, y)
            assert their.out_activation_ == expected
            for train in (our.fit, our.partial_fit):
                with pytest.raises(ValueError, match=f"out_activation_ is '{expected}', but train"):
                    train(X, y)
            our.set_params(warm_start=False)
            fit_quietly(our, X, y)


class TestDates:
    """docs/from_scikit_learn.md, "Dates are not numbers"."""

    @pytest.mark.parametrize("unit", ["M8[D]", "m8[s]"])
    def test_in_an_array_and_among_objects(self, unit, small, fit_quietly):
        X, y = small[0], np.arange(30).astype(unit)
        objects = np.array([None, *y], dtype=object)[1:]
        with pytest.raises(TypeError, match="subtract"):
            theirs.MLPRegressor().fit(X, y)
        fit_quietly(theirs.MLPRegressor(max_iter=2), X, objects)
        for target in (y, objects):
            with pytest.raises(TypeError, match="y must be a dense array of numbers, got dtype"):
                MLPRegressor().fit(X, target)


class TestHyperparametersAfterFit:
    """docs/from_scikit_learn.md, "Hyperparameters that are changed after fit".

    tests/test_changed_hyperparameters.py has all of them.
    """

    @pytest.mark.parametrize("value", ["full", ["full"]])
    def test_an_invalid_one_is_named(self, value, small, fit_quietly):
        models = [cls(max_iter=2) for cls in (theirs.MLPClassifier, MLPClassifier)]
        their, our = (fit_quietly(model, *small).set_params(activation=value) for model in models)
        with pytest.raises((KeyError, TypeError)) as found:
            their.predict(small[0])
        assert "activation" not in str(found.value)
        with pytest.raises(ValueError, match="The 'activation' parameter of MLPClassifier must be"):
            our.predict(small[0])


def test_convergence_is_still_warned_of(small):
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(2\) reached"):
        MLPClassifier(max_iter=2).fit(*small)
