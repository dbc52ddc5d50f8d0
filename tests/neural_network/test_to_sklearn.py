"""scikit-learn's estimator with the weights of ours."""

import copy
import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import neural_network as theirs
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skparams import MLPClassifier, MLPRegressor

GIVEN = {"hidden_layer_sizes": (6, 5), "max_iter": 4, "batch_size": 16, "random_state": 0}


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 4))


def targets(X):
    """A model's class, its arguments and a target for each kind of output."""
    y, counts = X[:, 0] - X[:, 1] ** 2, np.rint(np.exp(X[:, 0]))
    classes = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    words = np.array(["low", "middle", "high"])[classes]
    return {
        "number": (MLPRegressor, {}, y),
        "numbers": (MLPRegressor, {}, np.column_stack([y, counts])),
        "poisson": (MLPRegressor, {"loss": "poisson"}, counts),
        "binary": (MLPClassifier, {}, classes > 0),
        "classes": (MLPClassifier, {}, classes),
        "words": (MLPClassifier, {}, words),
        "objects": (MLPClassifier, {}, words.astype(object)),
        "labels": (MLPClassifier, {}, (X > 0).astype(int)),
        "one": (MLPClassifier, {}, np.ones(len(X))),
    }


KINDS = list(targets(np.zeros((3, 4))))


@pytest.fixture
def fitted(X, fit_quietly):
    def fitted(kind="classes", X=X, **given):
        cls, more, y = targets(np.asarray(X))[kind]
        return fit_quietly(cls(**GIVEN | more | given), X, y)

    return fitted


def check_same(ours, X, y=None):
    model = ours.to_sklearn()
    assert type(model) is getattr(theirs, type(ours).__name__.replace("Own", ""))
    np.testing.assert_array_equal(model.predict(X), ours.predict(X))
    assert model.predict(X).dtype == ours.predict(X).dtype
    if hasattr(ours, "predict_proba"):
        np.testing.assert_array_equal(model.predict_proba(X), ours.predict_proba(X))
        with np.errstate(divide="ignore"):
            found = model.predict_log_proba(X)
        close = found > -5  # theirs rounds before the logarithm
        expected = ours.predict_log_proba(X)[close]
        np.testing.assert_allclose(found[close], expected, rtol=1e-4, atol=1e-6)
    if y is not None:
        assert model.score(X, y) == ours.score(X, y)
    return model


@pytest.mark.parametrize("solver", ["adam", "adamw", "sgd", "lbfgs"])
@pytest.mark.parametrize("kind", KINDS)
def test_predictions_to_the_last_bit(kind, solver, fitted, X):
    y = targets(X)[kind][2]
    for dtype in (None, "float32"):
        ours = fitted(kind, solver=solver, dtype=dtype)
        for rows in (X, X.astype("f4"), np.asfortranarray(X), sp.csr_array(np.maximum(X, 0))):
            check_same(ours, rows, y)
        check_same(ours, (9 * X).astype(int), y)


@pytest.mark.parametrize("sizes", [(), (3,), 7, (4, 3, 2), np.array([3, 2])])
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_layers_and_activations(activation, sizes, fitted, X):
    check_same(fitted(activation=activation, hidden_layer_sizes=sizes), X)
    layers = [activation] * len(np.atleast_1d(sizes))
    ours = fitted(activation=layers, hidden_layer_sizes=sizes)
    assert check_same(ours, X).activation == (activation if layers else "relu")


@pytest.mark.parametrize("order", ["C", "F"])
def test_weights_that_were_assigned(order, fitted, X):
    ours = fitted()
    ours.coefs_ = [np.array(coef, order=order) for coef in ours.coefs_]
    ours.coefs_[0].flags.writeable = False
    model = check_same(ours, X)
    model.partial_fit(X, targets(X)["classes"][2])


# For each, arguments that a model of ours may have and scikit-learn's has not.
TRAINING_ONLY = [
    {"dropout": 0.5},
    {"dropout": [0.1, 0.2, 0.3]},
    {"solver": "adamw", "weight_decay": 0.5},
    {"max_gradient_norm": 0.1},
    {"init": "he"},
    {"dtype": "float32"},
    {"learning_rate": "cosine"},
    {"learning_rate": np.cos, "solver": "sgd"},
    {"early_stopping": True},
    {"class_weight": "balanced"},
    {"label_smoothing": 0.1},
]


@pytest.mark.parametrize("given", TRAINING_ONLY, ids=str)
def test_what_only_training_uses_is_left_out(given, fitted, X):
    ours = fitted(**given)
    model = check_same(ours, X)
    assert model.solver == ours.solver.replace("adamw", "adam")
    assert model.learning_rate == "constant"
    expected = {name: value for name, value in ours.get_params().items() if name not in given}
    found = {name: value for name, value in model.get_params().items() if name not in given}
    assert found.items() <= expected.items()


def test_all_hyperparameters_are_passed_on(fitted, X):
    other = {
        "solver": "sgd", "alpha": 0.5, "learning_rate": "invscaling", "learning_rate_init": 0.01,
        "power_t": 0.3, "shuffle": False, "tol": 1e-3, "momentum": 0.5, "warm_start": True,
        "nesterovs_momentum": False, "validation_fraction": 0.2, "beta_1": 0.5, "beta_2": 0.6,
        "epsilon": 1e-3, "n_iter_no_change": 7, "max_fun": 9, "activation": "tanh",
    }  # fmt: skip
    ours = fitted(random_state=np.random.RandomState(0), **other)
    model = ours.to_sklearn()
    found, expected = model.get_params(), ours.get_params()
    shared = set(found) - {"random_state"}
    assert {name: found[name] for name in shared} == {name: expected[name] for name in shared}
    state = model.random_state.get_state()[1]
    assert np.array_equal(state, ours.random_state.get_state()[1])
    assert model.random_state is not ours.random_state


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("kind", ["number", "words"])
def test_fitted_attributes_are_theirs(kind, solver, early_stopping, fitted, X, fit_quietly):
    """Those of scikit-learn's own fit, in name and type."""
    given = {"solver": solver, "early_stopping": early_stopping and kind == "number"}
    ours = fitted(kind, **given)
    model = ours.to_sklearn()
    fresh = fit_quietly(clone(model), X, targets(X)[kind][2])
    missing = {name for name in vars(fresh) if not hasattr(model, name)}
    assert missing <= {"_coef_indptr", "_intercept_indptr"}  # of lbfgs, written before use
    for name in set(vars(fresh)) - missing:
        found, expected = getattr(model, name), getattr(fresh, name)
        numbers = isinstance(found, int | float) and isinstance(expected, int | float)
        assert numbers or type(found) is type(expected), name
    assert model.n_iter_ == ours.n_iter_
    assert model.loss_ == ours.loss_


def same(model, ours):
    pairs = zip(model.coefs_ + model.intercepts_, ours.coefs_ + ours.intercepts_, strict=True)
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("given", [{}, {"learning_rate": "invscaling"}, {"momentum": 0.0}], ids=str)
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("kind", KINDS[:-1])
def test_partial_fit_goes_on_with_the_state_of_the_optimizer(kind, solver, given, fitted, X):
    ours = fitted(kind, solver=solver, shuffle=False, **given)
    model, y = ours.to_sklearn(), targets(X)[kind][2]
    for _ in range(3):
        model.partial_fit(X, y)
        ours.partial_fit(X, y)
        same(model, ours)
    assert model.t_ == ours.t_
    np.testing.assert_allclose(model.loss_curve_, ours.loss_curve_, rtol=1e-9)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_warm_start_goes_on_with_the_weights(early_stopping, solver, fitted, X, fit_quietly):
    given = {"warm_start": True, "solver": solver, "early_stopping": early_stopping}
    ours = fitted("number", **given)
    model, y = ours.to_sklearn(), targets(X)["number"][2]
    fit_quietly(model, X, y)
    fit_quietly(ours, X, y)
    if solver == "lbfgs":
        assert model.loss_ == pytest.approx(ours.loss_, rel=1e-5)
    else:
        same(model, ours)


def test_nothing_is_shared(fitted, X, snapshot):
    for given in ({}, {"solver": "sgd"}, {"solver": "adamw"}):
        ours = fitted(**given)
        unchanged = snapshot(ours)
        model = ours.to_sklearn()
        model.partial_fit(X, targets(X)["classes"][2])
        model.classes_[:] = 7
        model.loss_curve_.append(0)
        assert unchanged() is None


def test_names_pickles_and_copies(X, fitted):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcd"))
    ours = fitted(X=frame)
    model = check_same(ours, frame)
    assert list(model.feature_names_in_) == list("abcd")
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[list("dcba")])
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(other.predict(frame), ours.predict(frame))
    assert clone(model).get_params() == model.get_params()


def test_after_partial_fit_alone(X):
    y = targets(X)["words"][2]
    ours = MLPClassifier(**GIVEN).partial_fit(X, y, classes=["high", "low", "middle"])
    check_same(ours, X).partial_fit(X, y)


def test_another_solver_starts_its_own_optimizer(X, fitted):
    model = fitted(solver="adam").set_params(solver="sgd").to_sklearn()
    assert not hasattr(model, "_optimizer")
    model.partial_fit(X, targets(X)["classes"][2])


REFUSED = [
    ("number", {"normalization": "batch"}, "normalization='batch'"),
    ("number", {"normalization": "layer"}, "normalization='layer'"),
    ("number", {"activation": "gelu"}, "activation='gelu'"),
    ("classes", {"activation": ["relu", "tanh"]}, r"activation=\['relu', 'tanh'\]"),
    ("classes", {"activation": ["relu", "mish"]}, r"activation=\['relu', 'mish'\]"),
    ("number", {"loss": "huber"}, "loss='huber'"),
    ("number", {"loss": "absolute_error"}, "loss='absolute_error'"),
    ("number", {"loss": "quantile", "quantile": [0.1, 0.5]}, "loss='quantile'"),
    ("number", {"loss": "quantile"}, "loss='quantile'"),
    ("poisson", {"loss": "gamma"}, "loss='gamma'"),
    (
        "number",
        {"loss": "huber", "activation": "silu", "normalization": "layer"},
        "normalization='layer', activation='silu', loss='huber'",
    ),
]


@pytest.mark.parametrize(("kind", "given", "what"), REFUSED, ids=str)
def test_what_theirs_lacks_is_named(kind, given, what, X, fit_quietly, snapshot):
    cls, more, y = targets(X)[kind]
    y = y + 1 if given.get("loss") == "gamma" else y
    ours = fit_quietly(cls(**GIVEN | more | given), X, y)
    unchanged = snapshot(ours)
    message = rf"{cls.__name__}.to_sklearn: scikit-learn's {cls.__name__} does not have {what}\."
    with pytest.raises(ValueError, match=message):
        ours.to_sklearn()
    assert unchanged() is None


def test_what_counts_is_the_fitted_network(X, fit_quietly):
    """Not what is set afterwards, as for predictions."""
    y = targets(X)["number"][2]
    plain = fit_quietly(MLPRegressor(**GIVEN), X, y).set_params(normalization="batch")
    check_same(plain, X)
    for normalization in ("batch", "layer"):
        other = fit_quietly(MLPRegressor(normalization=normalization, **GIVEN), X, y)
        with pytest.raises(ValueError, match=f"does not have normalization='{normalization}'"):
            other.set_params(normalization=None).to_sklearn()


def test_predictions_of_a_subclass(X, fit_quietly):
    class OwnMLPRegressor(MLPRegressor):
        pass

    class Clipped(MLPRegressor):
        def predict(self, X):
            return np.maximum(super().predict(X), 0)

    y = targets(X)["number"][2]
    check_same(fit_quietly(OwnMLPRegressor(**GIVEN), X, y), X)
    with pytest.raises(ValueError, match=r"does not have Clipped\.predict\."):
        fit_quietly(Clipped(**GIVEN), X, y).to_sklearn()


@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
def test_before_fit(cls):
    with pytest.raises(NotFittedError):
        cls().to_sklearn()
