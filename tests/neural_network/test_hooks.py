"""What code that derives its classes from scikit-learn's perceptrons overrides."""

import numpy as np
import pytest
from sklearn import neural_network as theirs
from sklearn.neural_network import _multilayer_perceptron as private

from skparams import MLPClassifier, MLPRegressor, neural_network as ours
from skparams._compat import MLP_HOOKS

NAMES = ["MLPClassifier", "MLPRegressor"]
SMALL = {"hidden_layer_sizes": (4, 3), "max_iter": 3, "random_state": 0}


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 3))


def target(name, X):
    return X[:, 0] if name == "MLPRegressor" else (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


def same_weights(one, two):
    assert len(one.coefs_) == len(two.coefs_)
    for a, b in zip(one.coefs_ + one.intercepts_, two.coefs_ + two.intercepts_, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-9 if a.dtype == np.float64 else 1e-3, atol=1e-6)


def zeros(self, fan_in, fan_out, dtype):
    return np.full((fan_in, fan_out), 2 / (fan_in * fan_out), dtype), np.zeros(fan_out, dtype)


def normal(self, fan_in, fan_out, dtype):
    bound = np.sqrt(6 / (fan_in + fan_out))
    coef = self._random_state.normal(0, bound, (fan_in, fan_out))
    return coef.astype(dtype), np.zeros(fan_out, dtype)


def scaled(self, fan_in, fan_out, dtype):
    coef, intercept = super(type(self), self)._init_coef(fan_in, fan_out, dtype)
    return coef * 0.5, intercept * 0.5


def by_layer(self, fan_in, fan_out, dtype):
    layer = len(self.coefs_)
    assert layer == len(self.intercepts_) < self.n_layers_ - 1
    assert fan_out == self.n_outputs_ or layer < self.n_layers_ - 2
    coef, intercept = normal(self, fan_in, fan_out, dtype)
    return (coef * (layer + 1)).astype(dtype), intercept


def lists(self, fan_in, fan_out, dtype):
    return [[1 + i + j for j in range(fan_out)] for i in range(fan_in)], (0,) * fan_out


def kept(self, fan_in, fan_out, dtype):
    coef, intercept = np.ones((fan_out, fan_in), ">f8").T, np.ones(2 * fan_out)[::2]
    coef.flags.writeable = intercept.flags.writeable = False
    return coef, intercept


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("draw", [zeros, normal, scaled, by_layer])
@pytest.mark.parametrize("name", NAMES)
def test_start_weights_of_a_subclass_are_used(name, draw, solver, dtype, X, fit_quietly):
    X, y = X.astype(dtype), target(name, X)
    y = y.astype(dtype) if name == "MLPRegressor" else y
    given = SMALL | {"solver": solver, "early_stopping": solver == "sgd"}
    if solver == "lbfgs":  # of which scikit-learn keeps no float32
        given, X = given | {"max_iter": 1}, X.astype(np.float64)
    models = []
    for module in (theirs, ours):
        cls = type("Own", (getattr(module, name),), {"_init_coef": draw})
        models.append(fit_quietly(cls(**given), X, y))
    same_weights(*models)
    plain = fit_quietly(getattr(ours, name)(**given), X, y)
    assert not np.allclose(models[1].coefs_[0], plain.coefs_[0])


@pytest.mark.parametrize("draw", [lists, kept])
@pytest.mark.parametrize("name", NAMES)
def test_start_weights_may_be_anything_that_holds_numbers(name, draw, X, fit_quietly):
    cls = type("Own", (getattr(ours, name),), {"_init_coef": draw})
    model = fit_quietly(cls(**SMALL), X, target(name, X))
    start = np.asarray(draw(model, 3, 4, np.float64)[0])
    assert np.abs(model.coefs_[0] - start).max() < 0.1
    assert all(array.flags.writeable for array in model.coefs_)


@pytest.mark.parametrize("name", NAMES)
def test_start_weights_may_be_assigned_to_a_model(name, X, fit_quietly):
    """On the instance, and called once: training that continues draws none."""
    calls = []

    def draw(fan_in, fan_out, dtype):
        calls.append((fan_in, fan_out))
        return np.full((fan_in, fan_out), 0.1, dtype), np.zeros(fan_out, dtype)

    y = target(name, X)
    model = getattr(ours, name)(warm_start=True, **SMALL)
    model._init_coef = draw
    fit_quietly(model, X, y)
    expected = [(3, 4), (4, 3), (3, 1 if name == "MLPRegressor" else 3)]
    assert calls == expected
    fit_quietly(model, X, y)
    model.partial_fit(X, y)
    assert calls == expected
    assert all(type(n) is int for each in calls for n in each)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda m, n: (np.zeros((n, m)), np.zeros(n)),
        lambda m, n: (np.zeros((m, n)), np.zeros((1, n))),
        lambda m, n: (np.zeros((m, n)), 0.0),
        lambda m, n: (np.zeros(m * n), np.zeros(n)),
        lambda m, n: (np.zeros((m, n)), np.zeros(n), 1),
        lambda m, n: (np.zeros((m, n)),),
    ],
)
def test_shapes_that_are_wrong_are_named(wrong, X, snapshot):
    class Own(MLPRegressor):
        def _init_coef(self, fan_in, fan_out, dtype):
            if fan_in == 4:
                return wrong(fan_in, fan_out)
            return super()._init_coef(fan_in, fan_out, dtype)

    model = Own(**SMALL)
    unchanged = snapshot(model)
    with pytest.raises(ValueError, match=r"Own\._init_coef .* layer 1, .*\(4, 3\) and \(3,\), got"):
        model.fit(X, X[:, 0])
    assert unchanged() is None


@pytest.mark.parametrize("value", [1j, "a", None])
def test_start_weights_that_are_no_numbers(value, X):
    class Own(MLPRegressor):
        def _init_coef(self, fan_in, fan_out, dtype):
            return np.full((fan_in, fan_out), value), np.zeros(fan_out)

    with pytest.raises(TypeError):
        Own(**SMALL).fit(X, X[:, 0])


def test_each_private_method_is_called_or_refused():
    """Of scikit-learn's classes, in whichever version is installed."""
    bases = (private.BaseMultilayerPerceptron, private.MLPClassifier, private.MLPRegressor)
    methods = {
        name
        for cls in bases
        for name, value in vars(cls).items()
        if name.startswith("_") and not name.startswith("__") and callable(value)
    }
    called = {"_fit", "_init_coef", "_check_solver"}
    assert methods == called | set(MLP_HOOKS)
    for cls in (MLPClassifier, MLPRegressor):
        assert not any(hasattr(cls, name) for name in MLP_HOOKS)
        assert all(hasattr(cls, name) for name in called)


@pytest.mark.parametrize("where", ["class", "mixin", "instance", "property"])
@pytest.mark.parametrize("name", NAMES)
def test_a_method_that_would_not_be_called_is_named(name, where, X, snapshot):
    for hook in MLP_HOOKS:
        check_that_it_is_named(hook, getattr(ours, name), where, X, snapshot)


def check_that_it_is_named(hook, base, where, X, snapshot):
    namespace = {hook: lambda self, *args: None}
    if where == "property":
        namespace = {hook: property(lambda self: lambda *args: None)}
    bases = (type("Mixin", (), namespace), base) if where == "mixin" else (base,)
    model = type("Own", bases, namespace if where in ("class", "property") else {})(**SMALL)
    if where == "instance":
        setattr(model, hook, lambda *args: None)
    unchanged = snapshot(model)
    y = target(base.__name__, X)
    more = {"classes": np.unique(y)} if base is MLPClassifier else {}
    for train, given in ((model.fit, {}), (model.partial_fit, more)):
        with pytest.raises(NotImplementedError, match=rf"Own defines {hook}, which scikit-learn"):
            train(X, y, **given)
    assert unchanged() is None


@pytest.mark.parametrize("module", [theirs, ours])
@pytest.mark.parametrize("name", NAMES)
def test_private_methods_that_are_called(name, module, X):
    calls = []

    class Own(getattr(module, name)):
        def _check_solver(self):
            calls.append("_check_solver")
            return super()._check_solver()

        def _fit(self, X, y, sample_weight=None, incremental=False):
            calls.append(f"_fit {incremental}")
            return super()._fit(X, y, sample_weight=sample_weight, incremental=incremental)

    y = target(name, X)
    Own(solver="lbfgs", max_iter=2000, alpha=10).fit(X, y)
    classes = {"classes": np.unique(y)} if name == "MLPClassifier" else {}
    Own().partial_fit(X, y, **classes)
    # scikit-learn's regressor has partial_fit with each solver
    asks = module is ours or name == "MLPClassifier"
    assert set(calls) == {"_fit False", "_fit True"} | ({"_check_solver"} if asks else set())


def test_the_loss_of_a_classifier_is_not_replaced(X):
    y, own = target("MLPClassifier", X), type("Own", (MLPClassifier,), {"loss": "poisson"})
    assigned = MLPClassifier()
    assigned.loss = "squared_error"
    for model in (own(), assigned):
        with pytest.raises(ValueError, match=r"loss must be 'log_loss', got '(poisson|squared)"):
            model.fit(X, y)


def test_log_probabilities_follow_a_subclass(X):
    for module in (theirs, ours):

        class Own(module.MLPClassifier):
            def predict_proba(self, X):
                return np.sqrt(super().predict_proba(X))

        model = Own(solver="lbfgs", max_iter=2000, alpha=10).fit(X, target("MLPClassifier", X))
        np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), model.predict_proba(X))


@pytest.mark.parametrize("name", NAMES)
def test_a_model_may_be_put_together(name, X, fit_quietly):
    """As code does that loads weights from elsewhere."""
    y = target(name, X)
    for module in (theirs, ours):
        cls = getattr(module, name)
        fitted, made = fit_quietly(cls(**SMALL), X, y), cls(**SMALL)
        names = "coefs_ intercepts_ n_layers_ n_outputs_ out_activation_ classes_ _label_binarizer"
        for attribute in names.split():
            if hasattr(fitted, attribute):
                setattr(made, attribute, getattr(fitted, attribute))
        np.testing.assert_array_equal(made.predict(X), fitted.predict(X))
        made.out_activation_ = "logistic"
        assert not np.array_equal(made.predict(X), fitted.predict(X)) or name == "MLPClassifier"
