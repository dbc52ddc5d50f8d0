"""class_weight is the same fit as with sample weights times the weights of the classes."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

from skparams import MLPClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SMALL = {"hidden_layer_sizes": (5,), "max_iter": 4, "random_state": 0}
TARGETS = {
    "three": (np.arange(3), {0: 0.3, 2: 5}),
    "two": (np.array([-1, 1]), {-1: 0.1, 1: 7.3}),
    "text": (np.array(["a", "b", "c"]), {"a": 0.7, "b": 0, "c": 2.5}),
    "booleans": (np.array([False, True]), {True: 3}),
    "floats": (np.array([0.0, 1.0, 5.0]), {0: 1.7, 5: np.float32(0.1)}),
}


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 3))


@pytest.fixture
def weight(rng):
    return rng.uniform(0, 2, 60)


@pytest.fixture
def labels(rng):
    return (rng.uniform(size=(60, 3)) < [0.2, 0.5, 0.8]).astype(int)


def target(kind, X):
    classes = TARGETS[kind][0]
    return classes[np.digitize(X[:, 0] + X[:, 1], [0.3, 1.5][: len(classes) - 1])]


def numbers(model):
    return [
        *model.coefs_,
        *model.intercepts_,
        model.loss_,
        *(getattr(model, "validation_scores_", None) or []),
    ]


def assert_equal_fits(a, b):
    for x, y in zip(numbers(a), numbers(b), strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("balanced", [False, True])
def test_it_multiplies_sample_weights(kind, balanced, weighted, dtype, X, weight):
    y, given = target(kind, X), "balanced" if balanced else TARGETS[kind][1]
    factors = compute_sample_weight(given, y)
    X, sample_weight = X.astype(dtype), weight if weighted else None
    for solver in ["adam", "sgd", "adamw", "lbfgs"]:
        found = MLPClassifier(solver=solver, class_weight=given, **SMALL)
        expected = MLPClassifier(solver=solver, **SMALL)
        found.fit(X, y, sample_weight)
        expected.fit(X, y, factors * weight if weighted else factors)
        assert_equal_fits(found, expected)


@pytest.mark.parametrize("given", ["balanced", {0: 2, 1: 0.25}])
def test_it_multiplies_the_weights_of_validation(given, X, weight):
    y = target("three", X)
    settings = {**SMALL, "early_stopping": True, "max_iter": 12, "learning_rate_init": 0.1}
    found = MLPClassifier(class_weight=given, **settings).fit(X, y, weight)
    weight = weight * compute_sample_weight(given, y)
    expected = MLPClassifier(**settings).fit(X, y, weight)
    assert_equal_fits(found, expected)
    assert len(set(expected.validation_scores_)) > 1


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("given", ["balanced", {0: 2, 1: 0.25}])
def test_validation_data_get_the_weights_of_the_training_classes(given, weighted, X, weight):
    y, X_val, y_val = target("three", X), X[:7], np.array([0, 2, 2, 2, 0, 2, 2])
    settings = {**SMALL, "early_stopping": True, "max_iter": 12, "learning_rate_init": 0.1}
    classes = np.arange(3)
    if isinstance(given, str):
        table = compute_class_weight(given, classes=classes, y=y)
    else:
        table = np.array([given.get(k, 1.0) for k in classes])
    of_val = weight[:7] if weighted else np.ones(7)
    found = MLPClassifier(class_weight=given, **settings).fit(
        X, y, X_val=X_val, y_val=y_val, sample_weight_val=of_val if weighted else None
    )
    expected = MLPClassifier(**settings).fit(
        X, y, table[y], X_val=X_val, y_val=y_val, sample_weight_val=of_val * table[y_val]
    )
    assert_equal_fits(found, expected)
    assert len(set(expected.validation_scores_)) > 1
    for key, values in expected.history_.items():
        np.testing.assert_array_equal(found.history_[key], values)


@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("given", ["balanced", [{0: 0.5, 1: 3}, {}, {1: 2.5}]])
def test_labels_multiply_their_weights(given, form, X, labels, weight):
    found = MLPClassifier(class_weight=given, **SMALL).fit(X, form(labels), weight)
    if isinstance(given, str):
        factors = compute_sample_weight(given, labels)
    else:
        table = np.array([[0.5, 3], [1, 1], [1, 2.5]])
        factors = np.prod([table[k][labels[:, k]] for k in range(3)], axis=0)
    assert_equal_fits(found, MLPClassifier(**SMALL).fit(X, labels, weight * factors))


@pytest.mark.filterwarnings("ignore:Got `batch_size`")
def test_one_batch_has_the_objective_of_repeated_rows(X):
    y = target("three", X)
    repeats = np.array([2, 1, 3])[y]
    for solver in ["adam", "sgd", "lbfgs"]:
        settings = {**SMALL, "solver": solver, "shuffle": False, "batch_size": 200}
        found = MLPClassifier(class_weight={0: 2, 2: 3}, **settings).fit(X, y)
        rows = np.repeat(np.arange(60), repeats)
        expected = MLPClassifier(**settings).fit(X[rows], y[rows])
        for a, b in zip(numbers(found), numbers(expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


def test_partial_fit_takes_a_dict(X, weight):
    y, given = target("three", X), {0: 2.5, 1: 0.5}
    found, expected = MLPClassifier(class_weight=given, **SMALL), MLPClassifier(**SMALL)
    for rows in (np.flatnonzero(y < 2), np.flatnonzero(y > 0)):
        factors = compute_sample_weight(None, y[rows]) * np.array([2.5, 0.5, 1])[y[rows]]
        found.partial_fit(X[rows], y[rows], weight[rows], classes=[0, 1, 2])
        expected.partial_fit(X[rows], y[rows], weight[rows] * factors, classes=[0, 1, 2])
    assert_equal_fits(found, expected)


def test_partial_fit_refuses_balanced_weights(X, snapshot):
    from sklearn.linear_model import SGDClassifier

    y, model = target("three", X), MLPClassifier(class_weight="balanced", **SMALL)
    with pytest.raises(ValueError, match="is not supported for partial_fit") as theirs:
        SGDClassifier(class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])
    for _ in range(2):
        changed = snapshot(model)
        with pytest.raises(ValueError, match="is not supported for partial_fit") as ours:
            model.partial_fit(X, y, classes=[0, 1, 2])
        assert str(ours.value) == str(theirs.value)
        assert changed() is None
        model.fit(X, y)


def test_balanced_weights_make_classes_equally_heavy(X):
    y = target("three", X)
    weights = compute_class_weight("balanced", classes=np.arange(3), y=y)
    by_dict = MLPClassifier(class_weight=dict(enumerate(weights)), **SMALL).fit(X, y)
    assert_equal_fits(by_dict, MLPClassifier(class_weight="balanced", **SMALL).fit(X, y))


def test_a_rare_class_is_found_more_often(rng):
    X = rng.standard_normal((1000, 2))
    y = rng.uniform(size=1000) < 0.3 / (1 + np.exp(-2 * X[:, 0]))
    plain, balanced = (
        MLPClassifier((10,), class_weight=given, learning_rate_init=0.01, random_state=0).fit(X, y)
        for given in (None, "balanced")
    )
    assert plain.predict(X)[y].mean() < 0.2
    assert balanced.predict(X)[y].mean() > 0.6


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({0: 1, 7: 2}, r"of the classes \[0, 1, 2\] only. Got a weight of \[7\]"),
        ({"0": 1}, r"Got a weight of \['0'\]"),
        ({0: -1}, r"finite numbers >= 0. Got -1 for class 0"),
        ({1: np.nan}, r"finite numbers >= 0. Got nan for class 1"),
        ({1: np.inf}, r"finite numbers >= 0. Got inf for class 1"),
        ({1: "2"}, r"finite numbers >= 0. Got '2' for class 1"),
        ({1: None}, r"finite numbers >= 0. Got None for class 1"),
        ({1: [1]}, r"finite numbers >= 0. Got \[1\] for class 1"),
        ({1: 1j}, r"finite numbers >= 0. Got 1j for class 1"),
        ([{0: 1, 1: 2}], "must be a dict, 'balanced' or None, because y has one label"),
        ("uniform", "must be an instance of 'dict'.*Got 'uniform' instead"),
        (2.0, "must be an instance of 'dict'.*Got 2.0 instead"),
        ({0: 0, 1: 0, 2: 0}, "class_weight is 0 for each sample"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_invalid_weights_change_nothing(given, message, method, X, snapshot):
    y = target("three", X)
    for model in (MLPClassifier(**SMALL), MLPClassifier(**SMALL).fit(X, y)):
        model.set_params(class_weight=given)
        changed = snapshot(model)
        classes = {"classes": [0, 1, 2]} if method == "partial_fit" else {}
        with pytest.raises(ValueError, match=message):
            getattr(model, method)(X, y, **classes)
        assert changed() is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({0: 1, 1: 2}, r"a list of 3 dicts \(one for each label\).*several labels per sample"),
        ([{0: 1}], "a list of 3 dicts"),
        ([{0: 1}, {1: 2}, "balanced"], "a list of 3 dicts"),
        ([{0: 1}, {1: 2}, {2: 2}], r"of the classes \[0, 1\] only. Got a weight of \[2\]"),
    ],
)
def test_invalid_weights_of_labels(given, message, X, labels):
    with pytest.raises(ValueError, match=message):
        MLPClassifier(class_weight=given, **SMALL).fit(X, labels)


def test_a_label_that_every_sample_has(X):
    labels = np.column_stack([np.ones(60, int), X[:, 0] > 0])
    found = MLPClassifier(class_weight="balanced", **SMALL).fit(X, labels)
    factors = compute_sample_weight("balanced", labels)
    assert_equal_fits(found, MLPClassifier(**SMALL).fit(X, labels, factors))
