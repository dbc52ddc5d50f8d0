"""`history_`, and scikit-learn's attributes that are read from it."""

import pickle
from itertools import product

import numpy as np
import pytest
from sklearn import neural_network as theirs
from sklearn.base import clone

import skparams
from skparams import MLPClassifier, MLPRegressor, slim
from skparams.neural_network.batches import Batches

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning", "ignore:Training interrupted"
)
NAMES = ["MLPClassifier", "MLPRegressor"]
SOLVERS = ["adam", "sgd", "lbfgs", "adamw"]
SMALL = {"hidden_layer_sizes": (4,), "max_iter": 6, "random_state": 0}
RECORDED = ["epoch", "loss", "learning_rate", "gradient_norm"]
VALIDATED = ["validation_loss", "validation_score"]


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 5))


def target(name, X):
    return X[:, 0] + X[:, 1] ** 2 if name == "MLPRegressor" else (X[:, 0] > 0) + 1 * (X[:, 1] > 0)


def validation_of(name, X):
    return {"X_val": X[:20] + 1, "y_val": target(name, X[:20])}


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", NAMES)
def test_columns(name, dtype, solver, early_stopping, given, X):
    X, more = X.astype(dtype), validation_of(name, X) if given else {}
    model = getattr(skparams, name)(solver=solver, early_stopping=early_stopping, **SMALL)
    model.fit(X, target(name, X), **more)
    validates = given or (early_stopping and solver != "lbfgs")
    assert list(model.history_) == RECORDED + (VALIDATED if validates else [])
    for column, values in model.history_.items():
        assert isinstance(values, np.ndarray)
        assert values.shape == (model.n_iter_,)
        assert values.dtype == (np.int64 if column == "epoch" else np.float64)
        assert np.isnan(values).all() == (column == "learning_rate" and solver == "lbfgs")
    np.testing.assert_array_equal(model.history_["epoch"], np.arange(1, model.n_iter_ + 1))
    assert model.history_["loss"][-1] == model.loss_
    frame = pytest.importorskip("pandas").DataFrame(model.history_)
    assert frame.shape == (model.n_iter_, len(model.history_))


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("name", NAMES)
def test_attributes_follow_scikit_learn_through_warm_starts(name, solver, early_stopping, X):
    given = SMALL | {"solver": solver, "early_stopping": early_stopping, "warm_start": True}
    given |= {"n_iter_no_change": np.inf, "learning_rate_init": 0.01}
    ours, reference = (getattr(m, name)(**given) for m in (skparams, theirs))
    # docs/from_scikit_learn.md, "warm_start begins with a fresh patience": weights of a second fit
    for n in (1, 2) if early_stopping else (1, 2, 3):
        for model in (ours, reference):
            model.fit(X, target(name, X))
        assert len(ours.loss_curve_) == 6 * n
        np.testing.assert_allclose(ours.loss_curve_, reference.loss_curve_, rtol=1e-9)
        assert {type(loss) for loss in ours.loss_curve_} == {np.float64}
        if early_stopping:
            scores = ours.validation_scores_, reference.validation_scores_
            np.testing.assert_allclose(*scores, rtol=1e-9, atol=1e-12)
            assert {type(score) for score in scores[0]} == {type(score) for score in scores[1]}
        else:
            assert ours.validation_scores_ is None
            assert reference.validation_scores_ is None


@pytest.mark.parametrize("name", NAMES)
def test_attributes_follow_scikit_learn_through_partial_fit(name, X):
    y, more = target(name, X), {"classes": range(3)} if name == "MLPClassifier" else {}
    ours = getattr(skparams, name)(shuffle=False, **SMALL)
    reference = getattr(theirs, name)(shuffle=False, **SMALL)
    for n in range(1, 5):
        for model in (ours, reference):
            model.partial_fit(X, y, **more)
        assert len(ours.loss_curve_) == n
        np.testing.assert_allclose(ours.loss_curve_, reference.loss_curve_, rtol=1e-9)
        assert ours.validation_scores_ is reference.validation_scores_ is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("attribute", ["loss_curve_", "validation_scores_"])
def test_attributes_are_stored_once(name, attribute, X):
    model = getattr(skparams, name)(early_stopping=True, **SMALL)
    assert not hasattr(model, attribute)
    with pytest.raises(AttributeError, match=f"^'{name}' object has no attribute '{attribute}'$"):
        getattr(model, attribute)
    model.fit(X, target(name, X))
    assert attribute not in vars(model)
    before = getattr(model, attribute)
    getattr(model, attribute).append(1.0)
    assert getattr(model, attribute) == before
    for copied in (pickle.loads(pickle.dumps(model)), slim(model, keep=["history_"])):
        assert getattr(copied, attribute) == before
    for bare in (clone(model), slim(model), slim(model, keep=["state"])):
        assert not hasattr(bare, attribute)


def test_lbfgs_has_scores_only_where_it_validates(X):
    model = MLPRegressor(solver="lbfgs", **SMALL).fit(X, X[:, 0])
    assert not hasattr(model, "validation_scores_")
    assert isinstance(model.loss_curve_, list)
    model.fit(X, X[:, 0], X_val=X, y_val=X[:, 0])
    assert len(model.validation_scores_) == model.n_iter_
    assert not hasattr(model, "best_validation_score_")


CALLS = {
    "plain": lambda m, X, y: m.set_params(early_stopping=False, solver="adam").fit(X, y),
    "given": lambda m, X, y: m.set_params(early_stopping=False, solver="sgd").fit(
        X, y, X_val=X[:9], y_val=y[:9]
    ),
    "stopping": lambda m, X, y: m.set_params(early_stopping=True, solver="adam").fit(X, y),
    "partial": lambda m, X, y: m.set_params(early_stopping=False, solver="sgd").partial_fit(X, y),
    "lbfgs": lambda m, X, y: m.set_params(early_stopping=False, solver="lbfgs").fit(X, y),
}


@pytest.mark.parametrize("calls", [*product(CALLS, CALLS, CALLS)], ids="-".join)
def test_what_a_call_did_not_record_is_nan(calls, X):
    model = MLPRegressor(hidden_layer_sizes=3, max_iter=2, warm_start=True, random_state=0)
    y, before, marks = X[:, 0], {}, []
    for call in calls:
        CALLS[call](model, X, y)
        history, n_before = model.history_, len(marks)
        n = len(history["epoch"]) - n_before
        assert n >= 1
        marks += [call in ("given", "stopping")] * n
        for name in RECORDED[1:] + VALIDATED:
            if any(marks) or name in RECORDED:
                old = before.get(name, np.full(n_before, np.nan))
                np.testing.assert_array_equal(history[name][:n_before], old)
        assert model.loss_ == history["loss"][-1]
        assert len(model.loss_curve_) == len(marks)
        assert list(history["epoch"]) == list(range(1, len(marks) + 1))
        if any(marks):
            for name in VALIDATED:
                np.testing.assert_array_equal(np.isfinite(history[name]), marks)
            assert np.isfinite(model.validation_scores_).tolist() == marks
        else:
            assert not set(VALIDATED) & set(history)
        before = history


def test_earlier_arrays_stay(X):
    model = MLPRegressor(warm_start=True, **SMALL).fit(X, X[:, 0])
    first = model.history_
    copies = {name: values.copy() for name, values in first.items()}
    model.fit(X, X[:, 0], X_val=X, y_val=X[:, 0])
    assert list(first) == RECORDED
    for name, values in first.items():
        np.testing.assert_array_equal(values, copies[name])
    model.set_params(warm_start=False).fit(X, X[:, 0])
    assert len(model.loss_curve_) == model.n_iter_
    assert model.validation_scores_ is None


@pytest.mark.parametrize("method", ["train_epoch", "evaluate"])
@pytest.mark.parametrize("call", [1, 3])
def test_after_ctrl_c_all_columns_have_the_same_length(method, call, X, monkeypatch):
    original, calls = getattr(Batches, method), []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == call:
            raise KeyboardInterrupt
        return original(*args)

    monkeypatch.setattr(Batches, method, interrupted)
    model = MLPRegressor(early_stopping=True, **SMALL).fit(X, X[:, 0])
    n = call if method == "evaluate" else call - 1
    assert {len(values) for values in model.history_.values()} == {n} == {model.n_iter_}
    if method == "evaluate" and call > 1:
        missing = np.isnan(model.history_["validation_loss"])
        assert missing.tolist() == [False] * (n - 1) + [True]


@pytest.mark.parametrize("call", [2, 9])
def test_ctrl_c_in_lbfgs(call, X, monkeypatch):
    original, calls = Batches.loss_gradient, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == call:
            raise KeyboardInterrupt
        return original(*args)

    monkeypatch.setattr(Batches, "loss_gradient", interrupted)
    model = MLPRegressor(solver="lbfgs", **SMALL).fit(X, X[:, 0], X_val=X, y_val=X[:, 0])
    assert {len(values) for values in model.history_.values()} == {model.n_iter_}
    assert not np.isnan(model.history_["gradient_norm"]).any()


# Columns against slow versions


def flat(model):
    return np.concatenate([np.ravel(array) for array in model.coefs_ + model.intercepts_])


@pytest.mark.parametrize("max_norm", [None, 0.05])
@pytest.mark.parametrize("name", NAMES)
def test_gradient_norm_is_that_of_the_last_minibatch(name, max_norm, X):
    """A step of gradient descent without momentum is the gradient times the rate."""
    y, given = target(name, X), {"alpha": 0.5, "momentum": 0.0, "shuffle": False, "solver": "sgd"}
    given |= SMALL | {"learning_rate_init": 0.01}
    more = {"classes": range(3)} if name == "MLPClassifier" else {}
    whole = getattr(skparams, name)(batch_size=25, max_gradient_norm=max_norm, **given)
    whole.partial_fit(X, y, **more)
    steps = getattr(skparams, name)(max_gradient_norm=max_norm, **given)
    for rows in (slice(0, 25), slice(25, 50)):
        steps.partial_fit(X[rows], y[rows], **more)
    steps.set_params(max_gradient_norm=None)
    before = flat(steps)
    steps.partial_fit(X[50:], y[50:])
    expected = np.linalg.norm(flat(steps) - before) / 0.01
    assert whole.history_["gradient_norm"][-1] == pytest.approx(expected, rel=1e-9)
    assert steps.history_["gradient_norm"][-1] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_gradient_norm_of_lbfgs(name, weighted, X, rng):
    y, weight = target(name, X), rng.uniform(0, 2, len(X)) if weighted else None
    model = getattr(skparams, name)(solver="lbfgs", alpha=0.5, **SMALL)
    for max_iter in (1, 4, 9):
        model.set_params(max_iter=max_iter).fit(X, y, sample_weight=weight)
        step = getattr(skparams, name)(
            solver="sgd", alpha=0.5, momentum=0.0, learning_rate_init=1e-3, **SMALL
        )
        vars(step).update(vars(clone(model).fit(X, y, sample_weight=weight)))
        step.set_params(solver="sgd", momentum=0.0, learning_rate_init=1e-3, batch_size=60)
        before = flat(step)
        step.partial_fit(X, y, sample_weight=weight)
        expected = np.linalg.norm(flat(step) - before) / 1e-3
        assert model.history_["gradient_norm"][-1] == pytest.approx(expected, rel=1e-6)


def test_learning_rate_is_that_of_the_last_minibatch(X):
    given = {"hidden_layer_sizes": (4,), "random_state": 0, "batch_size": 20, "max_iter": 5}
    given |= {"learning_rate_init": 0.02, "n_iter_no_change": np.inf}

    def rates(**more):
        return MLPRegressor(**given | more).fit(X, X[:, 0]).history_["learning_rate"]

    np.testing.assert_array_equal(rates(), 0.02)
    last = (np.arange(5) + 2 / 3) / 5  # three batches an epoch
    cosine = 0.01 * (1 + np.cos(np.pi * last))
    np.testing.assert_allclose(rates(learning_rate="cosine"), cosine, rtol=1e-12)
    np.testing.assert_allclose(rates(learning_rate=lambda share: 1 - share), 0.02 * (1 - last))
    scaled = rates(solver="sgd", learning_rate="invscaling", power_t=0.5)
    np.testing.assert_allclose(scaled, [0.02, *(0.02 / (60 * np.arange(1, 5) + 1) ** 0.5)])
    lowered = rates(solver="sgd", learning_rate="adaptive", tol=1e9, n_iter_no_change=1)
    assert lowered[0] == 0.02 > lowered[-1] == pytest.approx(0.02 / 5)


@pytest.mark.parametrize("solver", SOLVERS)
def test_float32_losses_are_kept_in_double(solver, X):
    single, double = (
        MLPRegressor(solver=solver, **SMALL).fit(X.astype(t), X[:, 0], X_val=X, y_val=X[:, 0])
        for t in (np.float32, np.float64)
    )
    assert single.coefs_[0].dtype == np.float32
    for name in ("loss", "validation_loss"):
        np.testing.assert_allclose(single.history_[name], double.history_[name], rtol=1e-4)


def test_training_goes_on_without_a_record(X):
    """A slimmed model may keep the state of training and not its record."""
    model = MLPClassifier(**SMALL).fit(X, X[:, 0] > 0)
    slimmed = slim(model, keep=["state"]).partial_fit(X, X[:, 0] > 0)
    model.partial_fit(X, X[:, 0] > 0)
    assert slimmed.loss_curve_ == model.loss_curve_[-1:]
    assert slimmed.history_["epoch"].tolist() == [1]
