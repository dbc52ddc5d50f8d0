"""What plan reads of the training data, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from skparams import plan
from skparams._plan.data import read_data
from skparams._records import NO_CLASSES
from skparams.specs import Bounds, Unknown

NOTHING = dict.fromkeys(("n_samples", "n_features", "n_outputs", "n_classes"))


def test_shapes_are_read_from_any_kind_of_X():
    X = np.arange(12.0).reshape(3, 4)
    kinds = [X, X.tolist(), sparse.csr_array(X), sparse.csc_matrix(X), pd.DataFrame(X)]
    kinds.append(np.broadcast_to(np.float64(1.0), (3, 4)))
    for each in kinds:
        data = read_data(StandardScaler(), each, None, NOTHING)
        assert (data.rows, data.columns, data.targets, data.classes) == (3, 4, 1, NO_CLASSES)
        assert data.dtype == "float64"
    texts = read_data(StandardScaler(), ["one two", "three"], None, NOTHING)
    assert texts.rows == 2
    assert isinstance(texts.columns, Unknown)
    words = read_data(StandardScaler(), [("a", "b"), ("c",)], None, NOTHING)
    assert words.rows == 2
    images = read_data(StandardScaler(), np.ones((2, 5, 5)), None, NOTHING)
    assert "3 axes" in images.columns.reason
    assert read_data(StandardScaler(), ["one"], None, {**NOTHING, "n_features": 3}).columns == 3


def test_the_dtype_that_estimators_compute_with():
    X = pd.DataFrame({"a": np.ones(3, np.float32), "b": np.ones(3, np.float32)})
    dtypes = {
        "float32": [X, X.to_numpy(), sparse.csr_array(X), X.assign(b=np.ones(3, np.int8))],
        "float64": [X.assign(b=1.0), X.assign(b="text"), [[1, 2]], X.to_numpy().astype(int)],
    }
    dtypes["float32"].append(X["a"])
    dtypes["float64"].append(X.assign(b=pd.array([1, 2, None], dtype="Int64")))
    for dtype, kinds in dtypes.items():
        for each in kinds:
            assert read_data(StandardScaler(), each, None, NOTHING).dtype == dtype
    head = read_data(StandardScaler(), X, None, NOTHING).head
    assert list(head.columns) == ["a", "b"]
    assert len(head) == 0


@pytest.mark.parametrize(
    ("y", "targets", "classes"),
    [
        ([0, 1, 2, 1], 1, 3),
        (np.array([[0], [1], [1], [1]]), 1, 2),
        (pd.Series(["a", "b", "a", "c"]), 1, 3),
        ([True, False, True, True], 1, 2),
        (np.array([[0, 1], [0, 0], [0, 1], [0, 0]]), 2, 2),
        (sparse.csr_array(np.array([[0, 1], [0, 0], [0, 1], [0, 0]])), 2, 2),
        (np.array([[0, 1], [2, 2], [1, 0], [0, 3]]), 2, Bounds(3, 4)),
    ],
)
def test_targets_and_classes_are_read_from_y(y, targets, classes):
    data = read_data(LogisticRegression(), None, y, NOTHING)
    assert (data.rows, data.targets, data.classes) == (4, targets, classes)
    assert read_data(LinearRegression(), None, y, NOTHING).classes == NO_CLASSES


def test_many_classes_for_few_rows_do_not_warn():
    y = np.arange(60).reshape(30, 2)
    assert read_data(LogisticRegression(), None, y, NOTHING).classes == 30


def test_a_classifier_anywhere_inside_has_classes():
    y = [0, 1, 2]

    class Outer(BaseEstimator):
        def __init__(self, inner=None):
            self.inner = inner

        def fit(self, X, y=None):
            return self

    class Classifier(ClassifierMixin, Outer):
        pass

    assert read_data(Outer(inner=[("a", Classifier())]), None, y, NOTHING).classes == 3
    assert read_data(Outer(inner={"a": [Classifier()]}), None, y, NOTHING).classes == 3
    assert read_data(Outer(inner=Outer()), None, y, NOTHING).classes == NO_CLASSES


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("value", [0, -1, 2.0, True, "3", [3]])
def test_numbers_must_be_whole_and_positive(name, value):
    with pytest.raises(ValueError, match=rf"plan: {name} must be an int of at least 1, got"):
        plan(LogisticRegression(), **{name: value})


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("n_features", 5, "must be what X has where both are given, got n_features=5 and 4 in X"),
        ("n_samples", 5, "must be what X has where both are given, got n_samples=5 and 3 in X"),
        ("n_outputs", 5, "must be what y has where both are given, got n_outputs=5 and 1 in y"),
        ("n_classes", 5, "must be what y has where both are given, got n_classes=5 and 2 in y"),
    ],
)
def test_what_is_given_twice_must_agree(name, given, message):
    X, y = np.ones((3, 4)), [0, 1, 1]
    with pytest.raises(ValueError, match=f"plan: {name} {message}"):
        plan(LogisticRegression(), X, y, **{name: given})
    agreeing = {"n_features": 4, "n_samples": 3, "n_outputs": 1, "n_classes": np.int64(2)}
    assert plan(LogisticRegression(), X, y, **agreeing).totals.stored == 5
    with pytest.raises(ValueError, match="got n_samples=5 and 3 in y"):
        plan(LogisticRegression(), None, y, n_samples=5)
    with pytest.raises(ValueError, match="X and y must have as many rows, got 2 and 3"):
        plan(LogisticRegression(), X[:2], y)


@pytest.mark.parametrize("X", [5, np.float64(1.0), "text", {"a": [1]}])
def test_X_must_have_rows(X):
    with pytest.raises(ValueError, match="plan: X must have rows, got"):
        plan(StandardScaler(), X)


def test_classes_must_be_of_one_kind():
    with pytest.raises(ValueError, match=r"plan: y must have .* sorted, got object"):
        plan(LogisticRegression(), None, np.array([1, "a", None], dtype=object))
