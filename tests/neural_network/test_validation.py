"""Validation data of fit, and what early stopping compares epochs by."""

import warnings

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn
from sklearn import datasets
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning
from sklearn.metrics import accuracy_score, get_scorer, make_scorer, max_error, mean_squared_error
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network.batches import Batches

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning", "ignore:Training interrupted"
)
NAMES = ["MLPClassifier", "MLPRegressor"]
SMALL = {"hidden_layer_sizes": (4,), "max_iter": 6, "random_state": 0, "learning_rate_init": 0.01}
STOPS = SMALL | {"early_stopping": True, "max_iter": 60, "n_iter_no_change": 5}


@pytest.fixture
def X(rng):
    return rng.standard_normal((90, 5))


def classes_of(X, n=3):
    return (X[:, 0] > 0).astype(int) + (X[:, 1] > 0) * (n > 2)


def target(name, X):
    return X[:, 0] + X[:, 1] ** 2 if name == "MLPRegressor" else classes_of(X)


def halves(X, y, weight=None):
    """Keyword arguments of fit: every other sample is for validation."""
    given = {"X": X[::2], "y": y[::2], "X_val": X[1::2], "y_val": y[1::2]}
    if weight is not None:
        given |= {"sample_weight": weight[::2], "sample_weight_val": weight[1::2]}
    return given


def arrays_of(model):
    names = "coefs_", "intercepts_", "gains_", "running_means_", "running_variances_"
    return [array for name in names for array in getattr(model, name, [])]


def same_bits(one, two):
    pairs = zip(arrays_of(one), arrays_of(two), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


# The loss


def log_loss(model, X, y, smoothing=0.0):
    p = model.predict_proba(X).astype(np.float64)
    if y.ndim == 2:  # the sum over labels
        q = (1 - smoothing) * y + smoothing / 2
        return -(q * np.log(p) + (1 - q) * np.log(1 - p)).sum(axis=1)
    q = (1 - smoothing) * np.eye(p.shape[1])[y] + smoothing / p.shape[1]
    return -(q * np.log(p)).sum(axis=1)


def squared_error(model, X, y):
    return 0.5 * (np.reshape(y - model.predict(X), (len(y), -1)) ** 2).mean(axis=1)


def poisson(model, X, y):
    y, p = (np.reshape(a, (len(y), -1)) for a in (y, model.predict(X)))
    return (p - y + np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / p), 0)).sum(axis=1)


def huber(model, X, y):
    r = np.abs(y - model.predict(X))
    return np.where(r <= 0.3, r * r / 2, 0.3 * (r - 0.15))


def gamma(model, X, y):
    return y / model.predict(X) - 1 - np.log(y / model.predict(X))


LOSSES = {
    "binary": (MLPClassifier(), lambda X: classes_of(X, 2), log_loss),
    "classes": (MLPClassifier(), classes_of, log_loss),
    "labels": (MLPClassifier(), lambda X: (X[:, :3] > 0).astype(int), log_loss),
    "binary, smoothed": (
        MLPClassifier(label_smoothing=0.2),
        lambda X: classes_of(X, 2),
        lambda *args: log_loss(*args, smoothing=0.2),
    ),
    "classes, smoothed": (
        MLPClassifier(label_smoothing=0.2),
        classes_of,
        lambda *args: log_loss(*args, smoothing=0.2),
    ),
    "squared error": (MLPRegressor(), lambda X: X[:, 0], squared_error),
    "squared error of two": (MLPRegressor(), lambda X: X[:, :2], squared_error),
    "poisson": (MLPRegressor("poisson"), lambda X: np.round(np.abs(X[:, 0])), poisson),
    "poisson of two": (MLPRegressor("poisson"), lambda X: np.round(np.abs(X[:, :2])), poisson),
    "huber": (MLPRegressor("huber", huber_delta=0.3), lambda X: X[:, 0], huber),
    "gamma": (MLPRegressor("gamma"), lambda X: np.exp(X[:, 0]), gamma),
    "absolute error": (
        MLPRegressor("absolute_error"),
        lambda X: X[:, 0],
        lambda model, X, y: np.abs(y - model.predict(X)),
    ),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("case", LOSSES)
def test_validation_loss(case, dtype, solver, weighted, X, rng):
    """It is that of the weights after each epoch, without penalty; those of the last are kept."""
    estimator, target_of, loss_of = LOSSES[case]
    y, weight = target_of(X), rng.uniform(0, 2, len(X)) if weighted else None
    given = halves(X.astype(dtype), y, weight)
    for alpha, max_iter in [(0.0, 3), (10.0, 5)]:
        model = clone(estimator).set_params(**SMALL | {"solver": solver, "alpha": alpha})
        model.set_params(max_iter=max_iter).fit(**given)
        losses = loss_of(model, given["X_val"], given["y_val"])
        expected = np.average(losses, weights=given.get("sample_weight_val"))
        if solver == "lbfgs" and case == "squared error of two":
            expected *= 2  # which sums over outputs
        rtol = 1e-9 if dtype == "f8" else 3e-4
        assert model.history_["validation_loss"][-1] == pytest.approx(expected, rel=rtol)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("name", NAMES)
def test_validation_on_the_training_samples_has_the_loss_of_training(name, solver, X):
    """The next epoch of one batch begins with the weights that were validated."""
    y = target(name, X)
    model = getattr(skparams, name)(solver=solver, alpha=0, **SMALL)
    model.fit(X, y, X_val=X, y_val=y)
    shift = 0 if solver == "lbfgs" else 1
    losses, validated = model.history_["loss"], model.history_["validation_loss"]
    np.testing.assert_allclose(losses[shift:], validated[: len(losses) - shift], rtol=1e-9)


# Data that are passed


@pytest.mark.parametrize(
    "more",
    [{}, {"solver": "sgd"}, {"solver": "lbfgs"}, {"normalization": "batch"}, {"dropout": 0.3}],
    ids=str,
)
@pytest.mark.parametrize("name", NAMES)
def test_without_early_stopping_validation_only_records(name, more, X):
    given = halves(X, target(name, X))
    model = getattr(skparams, name)(**SMALL, **more)
    plain = clone(model).fit(given["X"], given["y"])
    model.fit(**given)
    assert same_bits(model, plain)
    assert model.loss_curve_ == plain.loss_curve_
    assert model.n_iter_ == plain.n_iter_
    assert len(model.validation_scores_) == model.n_iter_
    assert model.validation_scores_[-1] == pytest.approx(model.score(X[1::2], given["y_val"]))
    assert getattr(model, "best_validation_score_", None) is None


@pytest.mark.parametrize("scoring", [None, "loss", "scorer"])
@pytest.mark.parametrize("more", [{}, {"normalization": "batch"}, {"dropout": 0.3}], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_the_weights_are_those_of_the_best_epoch(name, more, scoring, X):
    """All samples are trained on; running statistics belong to the weights."""
    given = halves(X, target(name, X))
    if scoring == "scorer":
        scoring = "neg_log_loss" if name == "MLPClassifier" else "neg_mean_absolute_error"
    arguments = STOPS | {"learning_rate_init": 0.5, "scoring": scoring} | more
    model = getattr(skparams, name)(**arguments).fit(**given)
    scores = model.history_["validation_score"]
    best = int(np.argmax(scores)) + 1
    assert best < model.n_iter_
    assert model.best_validation_score_ == scores[best - 1] == max(model.validation_scores_)
    shorter = arguments | {"early_stopping": False, "max_iter": best}
    assert same_bits(model, getattr(skparams, name)(**shorter).fit(given["X"], given["y"]))
    assert model.t_ == len(given["X"]) * model.n_iter_


@pytest.mark.parametrize("form", ["csr", "csc", "C", "F", "strided", "integers", "read_only"])
@pytest.mark.parametrize("dtypes", [("f4", "f8"), ("f8", "f4"), ("f4", "f4")], ids=str)
def test_forms_of_the_validation_samples(form, dtypes, X):
    X = np.round(4 * X)  # which float32 has too
    y = classes_of(X)
    plain = MLPClassifier(dtype="float32", **SMALL).fit(**halves(X, y))
    X_val = X[1::2].astype(dtypes[1])
    X_val = {
        "csr": lambda: sp.csr_array(X_val),
        "csc": lambda: sp.csc_matrix(X_val),
        "F": lambda: np.asfortranarray(X_val),
        "strided": lambda: np.repeat(X_val, 2, axis=1)[:, ::2],
        "integers": lambda: X_val.astype(int),
    }.get(form, lambda: X_val)()
    if form == "read_only":
        X_val.flags.writeable = False
    model = MLPClassifier(dtype="float32", scoring="neg_log_loss", **SMALL)
    model.fit(X[::2].astype(dtypes[0]), y[::2], X_val=X_val, y_val=y[1::2].tolist())
    assert same_bits(model, plain)
    losses = model.history_["validation_loss"], plain.history_["validation_loss"]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    np.testing.assert_allclose(model.history_["validation_score"], -losses[0], rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_column_and_a_vector_are_the_same_targets(name, X):
    y, Estimator = target(name, X), getattr(skparams, name)
    plain = Estimator(**SMALL).fit(**halves(X, y))
    with pytest.warns(DataConversionWarning):
        column = Estimator(**SMALL).fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2, None])
    for each in plain.history_:
        np.testing.assert_array_equal(column.history_[each], plain.history_[each])


def test_validation_needs_not_have_all_classes(X):
    words = np.array(["ash", "birch", "cedar"], dtype=object)[classes_of(X)]
    some = words != "birch"
    model = MLPClassifier(scoring="accuracy", **SMALL)
    model.fit(X, words, X_val=X[some], y_val=words[some])
    expected = accuracy_score(words[some], model.predict(X[some]))
    assert model.validation_scores_[-1] == expected


# Data that are refused

BAD = {
    "X_val alone": ({"X_val": 1}, ValueError, "^X_val is provided, but y_val was not provided"),
    "y_val alone": ({"y_val": 1}, ValueError, "^y_val is provided, but X_val was not provided"),
    "weights alone": (
        {"sample_weight_val": 1},
        ValueError,
        "^sample_weight_val is provided, but X_val was not provided",
    ),
    "width": (
        {"X_val": lambda X: X[:, :4], "y_val": 1},
        ValueError,
        r"\(X_val, y_val\): X has 4 features, but MLP\w+ is expecting 5 features",
    ),
    "length": ({"X_val": lambda X: X[:9], "y_val": 1}, ValueError, "inconsistent numbers of samp"),
    "one row": (
        {"X_val": lambda X: X[:1], "y_val": lambda y: y[:1]},
        ValueError,
        "a minimum of 2 is required",
    ),
    "not finite": ({"X_val": lambda X: X * np.nan, "y_val": 1}, ValueError, "contains NaN"),
    "a vector": ({"X_val": lambda X: X[:, 0], "y_val": 1}, ValueError, "Expected 2D array"),
    "words": ({"X_val": lambda X: X.astype(str) + "a", "y_val": 1}, ValueError, "invalid valid"),
    "weights of another length": (
        {"X_val": 1, "y_val": 1, "sample_weight_val": lambda y: np.ones(3)},
        ValueError,
        r"\(X_val, y_val, sample_weight_val\): .*sample_weight.shape == \(3,\)",
    ),
    "no weight": (
        {"X_val": 1, "y_val": 1, "sample_weight_val": lambda y: np.zeros(len(y))},
        ValueError,
        "at least one non-zero number",
    ),
    "no targets": ({"X_val": 1, "y_val": lambda y: y * np.nan}, ValueError, "contains NaN"),
}
OF_CLASSES = {
    "unseen": (classes_of, lambda y: y + 1, r"y_val has the classes \[3\], which y does not have"),
    "numbers for words": (
        lambda X: np.array([*"abc"])[classes_of(X)],
        lambda y: np.searchsorted([*"abc"], y),
        r"has the classes \[0 1 2\]",
    ),
    "words for numbers": (classes_of, lambda y: np.array([*"abc"])[y], "has the classes"),
    "numbers": (classes_of, lambda y: y + 0.5, "Unknown label type: continuous"),
    "labels for classes": (classes_of, lambda y: np.eye(3, dtype=int)[y], "several labels"),
    "classes for labels": (
        lambda X: (X[:, :3] > 0).astype(int),
        lambda y: y[:, 0],
        "y has indicators of several labels, but y_val has one class for each sample",
    ),
    "fewer labels": (
        lambda X: (X[:, :3] > 0).astype(int),
        lambda y: y[:, :2],
        "y_val has 2 labels, but y has 3",
    ),
}
OF_NUMBERS = {
    "fewer": ("squared_error", lambda X: X[:, :2], lambda y: y[:, 0], "y_val has 1 outputs"),
    "more": ("squared_error", lambda X: X[:, 0], lambda y: np.c_[y, y], "y_val has 2 outputs"),
    "words": ("squared_error", lambda X: X[:, 0], lambda y: y.astype(str), "array of numbers"),
    "negative": ("poisson", lambda X: np.abs(X[:, 0]), lambda y: -y, "out of the valid range"),
}


@pytest.fixture
def assert_refused(snapshot, monkeypatch):
    """Check that a fit raises an error before training and changes nothing."""

    def check(model, kind, match, X, y, **given):
        def train(*args):
            raise AssertionError("trained")

        changed = snapshot(model)
        with monkeypatch.context() as patched:
            patched.setattr(Batches, "train_epoch", train)
            patched.setattr(Batches, "loss_gradient", train)
            with pytest.raises(kind, match=match):
                model.fit(X, y, **given)
        assert changed() is None

    return check


@pytest.mark.parametrize("fitted", [False, True])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("name", NAMES)
def test_bad_validation_data(name, case, solver, fitted, X, assert_refused):
    changes, kind, match = BAD[case]
    y = target(name, X).astype(float)
    base = {"X_val": X, "y_val": y, "sample_weight_val": y}
    given = {k: change(base[k]) if callable(change) else base[k] for k, change in changes.items()}
    model = getattr(skparams, name)(solver=solver, random_state=np.random.RandomState(0))
    model.set_params(hidden_layer_sizes=(2,), max_iter=2, early_stopping=True)
    if fitted:
        model.fit(X[:, :3], y)
    assert_refused(model, kind, match, X, y, **given)


@pytest.mark.parametrize("case", OF_CLASSES)
def test_bad_validation_classes(case, X, assert_refused):
    target_of, change, match = OF_CLASSES[case]
    y = target_of(X)
    y_val = change(y)
    assert_refused(MLPClassifier(), ValueError, match, X, y, X_val=X, y_val=y_val)
    if y.ndim == 1:
        model = MLPClassifier(warm_start=True, **SMALL).fit(X, y)
        assert_refused(model, ValueError, match, X, y, X_val=X, y_val=y_val)


@pytest.mark.parametrize("case", OF_NUMBERS)
def test_bad_validation_numbers(case, X, assert_refused):
    loss, target_of, change, match = OF_NUMBERS[case]
    y = target_of(X)
    kinds = ValueError, TypeError
    assert_refused(MLPRegressor(loss), kinds, match, X, y, X_val=X, y_val=change(y))


def test_frames_have_the_same_columns_in_the_same_order(X, assert_refused):
    pandas = pytest.importorskip("pandas")
    frame, y = pandas.DataFrame(X, columns=[*"abcde"]), classes_of(X)
    for wrong in (frame[[*"bacde"]], frame.rename(columns={"a": "z"})):
        assert_refused(MLPClassifier(), ValueError, "feature names", frame, y, X_val=wrong, y_val=y)
    MLPClassifier(**SMALL).fit(frame, y, X_val=frame, y_val=y)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        MLPClassifier(**SMALL).fit(frame, y, X_val=X, y_val=y)


@pytest.mark.parametrize("name", NAMES)
def test_partial_fit_has_no_validation(name, X, snapshot):
    y, model = target(name, X), getattr(skparams, name)(**SMALL)
    changed = snapshot(model)
    with pytest.raises(TypeError, match="unexpected keyword argument 'X_val'"):
        model.partial_fit(X, y, X_val=X, y_val=y)
    assert changed() is None
    with pytest.raises(TypeError, match="positional"):
        model.fit(X, y, None, X, y)


# scoring


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize(("name", "scoring"), [*zip(NAMES, ["accuracy", "r2"], strict=True)])
def test_the_scorer_of_the_own_score_trains_the_same(name, scoring, given, X, rng):
    y, weight = target(name, X), rng.uniform(0, 2, len(X))
    data = halves(X, y, weight) if given else {"X": X, "y": y, "sample_weight": weight}
    models = [
        getattr(skparams, name)(scoring=each, **STOPS).fit(**data)
        for each in (None, scoring, lambda *a, **kw: get_scorer(scoring)(*a, **kw))
    ]
    for model in models[1:]:
        np.testing.assert_allclose(model.validation_scores_, models[0].validation_scores_)
    assert same_bits(*models[:2])
    with_weights = getattr(skparams, name)(
        scoring=lambda est, X, y, sample_weight=None: est.score(X, y, sample_weight), **STOPS
    ).fit(**data)
    assert same_bits(models[0], with_weights)


def test_a_scorer_without_weights_gets_none(X, rng):
    seen = []

    def scorer(estimator, X, y):
        seen.append(len(y))
        return -len(seen)

    weight = rng.uniform(0, 2, len(X))
    MLPClassifier(scoring=scorer, **SMALL).fit(**halves(X, classes_of(X), weight))
    assert seen == [45] * 6
    MLPRegressor(scoring=make_scorer(max_error), **SMALL).fit(**halves(X, X[:, 0], weight))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(
    "more",
    [{}, {"solver": "lbfgs"}, {"normalization": "batch"}, {"normalization": "layer"}],
    ids=str,
)
def test_a_scorer_gets_the_network_of_its_epoch(more, dtype, X):
    seen = []

    def scorer(estimator, X, y):
        seen.append((estimator.predict_proba(X), estimator.predict(X)))
        np.testing.assert_array_equal(estimator.predict_log_proba(X).argmax(1), seen[-1][1])
        return estimator.score(X, y)

    given = more | {"scoring": scorer}
    data = halves(X.astype(dtype), classes_of(X))
    model = MLPClassifier(**SMALL | given).fit(**data)
    assert len(seen) == model.n_iter_
    for n in (1, 3, model.n_iter_):
        model = MLPClassifier(**SMALL | given | {"scoring": None, "max_iter": n})
        model.fit(data["X"], data["y"])
        proba, predicted = seen[n - 1]
        np.testing.assert_array_equal(model.predict_proba(data["X_val"]), proba)
        np.testing.assert_array_equal(model.predict(data["X_val"]), predicted)


@pytest.mark.parametrize(
    "y",
    [
        lambda X: classes_of(X, 2),
        classes_of,
        lambda X: np.array(["ash", "birch", "cedar"])[classes_of(X)],
        lambda X: np.array(["no", "yes"], dtype=object)[classes_of(X, 2)],
        lambda X: classes_of(X) > 1,
        lambda X: classes_of(X) * 2.0 - 7,
        lambda X: (X[:, :3] > 0).astype(int),
        lambda X: X[:, 0],
        lambda X: X[:, :2],
        lambda X: np.round(9 * X[:, 0]).astype(int),
    ],
)
@pytest.mark.parametrize("given", [False, True])
def test_a_scorer_gets_the_targets_as_they_are(y, given, X):
    y, seen = y(X), []

    def scorer(estimator, X, y):
        seen.append((X, y))
        return estimator.score(X, y)

    Estimator = MLPRegressor if y.shape == (90, 2) or len(np.unique(y)) > 3 else MLPClassifier
    model = Estimator(**SMALL, scoring=scorer, early_stopping=True)
    model.fit(**halves(X, y) if given else {"X": X, "y": y})
    rows = {x[0]: np.asarray(each).tolist() for x, each in zip(X, y, strict=True)}
    for X_seen, y_seen in seen:
        assert y_seen.dtype == (model.classes_.dtype if y.dtype == object else y.dtype)
        assert [rows[x[0]] for x in X_seen] == y_seen.tolist()


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array, sp.csr_matrix])
def test_a_scorer_gets_no_copy_of_x(container, X):
    X_val = container(X)

    def scorer(estimator, X, y):
        one, two = (each.data if sp.issparse(each) else each for each in (X, X_val))
        assert np.shares_memory(one, two)
        return estimator.score(X, y)

    MLPClassifier(scoring=scorer, **SMALL).fit(X, classes_of(X), X_val=X_val, y_val=classes_of(X))


@pytest.mark.parametrize("given", [False, True])
def test_feature_names_cause_no_warnings(given, X):
    pandas = pytest.importorskip("pandas")
    frame, y = pandas.DataFrame(X, columns=[*"abcde"]), classes_of(X)
    more = {"X_val": frame[:40], "y_val": y[:40]} if given else {}
    model = MLPClassifier(scoring="neg_log_loss", **STOPS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(frame, y, **more)
    assert model.feature_names_in_.tolist() == [*"abcde"]
    model.predict(frame)


def test_ctrl_c_in_a_scorer_keeps_the_estimator_whole(X):
    pandas = pytest.importorskip("pandas")
    calls = []

    def scorer(estimator, X, y):
        calls.append(y)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return len(calls)

    frame, y = pandas.DataFrame(X, columns=[*"abcde"]), classes_of(X)
    model = MLPClassifier(scoring=scorer, **STOPS).fit(frame, y)
    assert model.feature_names_in_.tolist() == [*"abcde"]
    assert model.n_iter_ == 3
    assert model.best_validation_score_ == 2


@pytest.mark.parametrize(
    ("scoring", "match"),
    [
        (lambda estimator, X, y: "high", "must return a number, got 'high' of type str"),
        (lambda estimator, X, y: {"a": 1}, "must return a number"),
        (lambda estimator, X, y: np.ones(2), "must return a number"),
        (accuracy_score, "looks like it is a metric function rather than a scorer"),
        ("accurate", "The 'scoring' parameter of MLPClassifier must be"),
        (3, "The 'scoring' parameter of MLPClassifier must be"),
        (lambda estimator, X, y: float("nan"), "finite number, got nan in all 6 epochs"),
        (lambda estimator, X, y: -np.inf, "finite number, got -inf in all"),
        ("roc_auc", "multi_class must be in"),
    ],
)
def test_scorers_that_cannot_be_used(scoring, match, X, snapshot):
    model = MLPClassifier(scoring=scoring, early_stopping=True, **SMALL)
    model.set_params(random_state=np.random.RandomState(0))
    changed = snapshot(model)
    with pytest.raises(ValueError, match=match):
        model.fit(**halves(X, classes_of(X)))
    assert changed() is None


def test_scores_that_are_nan_for_a_while(X):
    """Epochs without a number do not improve; in scikit-learn's own score they do not count."""
    scores = iter([np.nan, np.nan, 1.0, 2.0, *[np.nan] * 100])
    model = MLPRegressor(scoring=lambda *args: next(scores), **STOPS).fit(X, X[:, 0])
    assert model.best_validation_score_ == 2
    assert model.n_iter_ == 4 + 5 + 1


@pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), np.array([0.5]), 1, True])
def test_numbers_of_any_kind_are_scores(value, X):
    model = MLPRegressor(scoring=lambda *args: value, **STOPS).fit(X, X[:, 0])
    assert model.validation_scores_ == [float(np.ravel(value)[0])] * 7
    assert type(model.best_validation_score_) is float


def test_a_network_that_diverges_is_not_scored(X):
    """scikit-learn's metrics refuse NaN; the weights of the best epoch are kept."""
    given = {"solver": "sgd", "learning_rate_init": 1e3, "activation": "identity", "max_iter": 30}
    model = MLPRegressor(scoring="r2", **STOPS | given).fit(X, X[:, 0])
    assert np.isnan(model.validation_scores_[-1])
    assert np.isfinite(model.predict(X)).all()
    with pytest.raises(ValueError, match="finite number, got"):
        MLPRegressor(scoring="loss", **STOPS | given | {"learning_rate_init": 1e250}).fit(
            X, X[:, 0]
        )


def test_metrics_that_need_arguments(X):
    metric = make_scorer(mean_squared_error, greater_is_better=False)
    models = [
        MLPRegressor(scoring=each, **STOPS).fit(**halves(X, X[:, 0]))
        for each in (metric, "neg_mean_squared_error", "loss")
    ]
    assert same_bits(*models[:2])
    scores = models[0].history_["validation_score"]
    np.testing.assert_allclose(scores, -2 * models[0].history_["validation_loss"], rtol=1e-9)
    np.testing.assert_array_equal(
        models[2].history_["validation_score"], -models[2].history_["validation_loss"]
    )


def test_lines_of_verbose(X, capsys):
    MLPRegressor(scoring="loss", verbose=True, **STOPS | {"tol": 1e9}).fit(X, X[:, 0])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Iteration 1, loss = ")
    assert lines[1].startswith("Validation loss: 0.")
    assert lines[-1].startswith("Validation loss did not improve more than tol=")


# Pipelines and searches


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def network(**arguments):
    return MLPClassifier(**STOPS | arguments).set_fit_request(X_val=True, y_val=True)


@pytest.mark.usefixtures("routing")
def test_a_pipeline_transforms_the_validation_samples(X):
    X, y = 100 * X + 7, classes_of(X)
    given = halves(X, y)
    pipe = Pipeline(
        [("scale", StandardScaler()), ("mlp", network())], transform_input=["X_val"]
    ).fit(**given)
    scaler = StandardScaler().fit(given["X"])
    data = {name: scaler.transform(given[name]) for name in ("X", "X_val")}
    assert same_bits(pipe[-1], network().fit(**given | data))


@pytest.mark.usefixtures("routing")
def test_a_search_passes_them_on(X):
    X, y = 100 * X + 7, classes_of(X)
    given = halves(X, y)
    given["X_val"], given["y_val"] = given["X_val"][:-2], given["y_val"][:-2]
    weight = np.arange(1.0, 44)
    request = network().set_fit_request(X_val=True, y_val=True, sample_weight_val=True)
    pipe = Pipeline([("scale", StandardScaler()), ("mlp", request)], transform_input=["X_val"])
    search = GridSearchCV(pipe, {"mlp__alpha": [1e-4, 1.0]}, cv=3, error_score="raise")
    search.fit(**given, sample_weight_val=weight)
    best = clone(pipe).set_params(**search.best_params_).fit(**given, sample_weight_val=weight)
    assert same_bits(search.best_estimator_[-1], best[-1])
    unweighted = clone(pipe).set_params(**search.best_params_).fit(**given)
    losses = [each[-1].history_["validation_loss"] for each in (best, unweighted)]
    assert not np.allclose(*losses)


@pytest.mark.usefixtures("routing")
def test_what_nobody_requested_is_refused(X):
    pipe = make_pipeline(StandardScaler(), MLPClassifier())
    with pytest.raises(ValueError, match="X_val"):
        pipe.fit(**halves(X, classes_of(X)))


# Whether it is worth it


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["iris", "wine"])
def test_stopping_by_the_loss_costs_little(name):
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    scores = np.zeros((2, 10, 5))
    for seed in range(10):
        for fold, (train, test) in enumerate(KFold(5, shuffle=True, random_state=seed).split(X)):
            for i, more in enumerate([{}, {"early_stopping": True, "scoring": "loss"}]):
                model = make_pipeline(StandardScaler(), MLPClassifier(random_state=seed, **more))
                scores[i, seed, fold] = model.fit(X[train], y[train]).score(X[test], y[test])
    plain, stopped = scores.mean(axis=(1, 2))
    assert stopped > plain - 0.01
