"""A file is hardly larger than the numbers in it, and a forest is a few arrays."""

import json
import pickle

import numpy as np
import pytest
from safetensors import safe_open
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from skparams import load_params, save_params
from tests.all_estimators import each_estimator, fitted

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.usefixtures("without_fsync"),
]


def bytes_of_arrays(model):
    """Of each array once, also of those that trees hold."""
    buffers = []
    pickle.dumps(model, protocol=5, buffer_callback=buffers.append)
    return sum(buffer.raw().nbytes for buffer in buffers)


def strings_in(value):
    if isinstance(value, str):
        yield value
    for item in value.items() if isinstance(value, dict) else ():
        yield from strings_in(item)
    for item in value if isinstance(value, list | tuple) else ():
        yield from strings_in(item)


def assert_small(model, path):
    save_params(model, path)
    with safe_open(path, framework="numpy") as file:
        text, names = json.loads(file.metadata()["skparams"]), list(file.keys())
    words = sum(len(word.encode()) for word in strings_in([text, names]))
    members = sum(table["rows"] for table in text["tables"])
    numbers = bytes_of_arrays(load_params(path))
    assert path.stat().st_size <= 1.02 * numbers + 4096 + 64 * members + words
    return len(names), members


@each_estimator
def test_a_file_is_hardly_larger_than_its_numbers(name, tmp_path):
    for model, _, _ in fitted(name):
        if any(hasattr(model, method) for method in ("predict", "transform")):
            assert_small(model, tmp_path / "file")


rng = np.random.RandomState(0)
X, Y = rng.standard_normal((300, 6)), rng.randint(0, 3, 300)
ENSEMBLES = [
    *(RandomForestClassifier(150), GradientBoostingClassifier(n_estimators=50)),
    *(HistGradientBoostingClassifier(max_iter=50), IsolationForest(), AdaBoostClassifier()),
    *(BaggingClassifier(n_estimators=50), BaggingClassifier(KNeighborsClassifier(), 30)),
    *(OneVsRestClassifier(SVC()), OneVsOneClassifier(LogisticRegression())),
]


@pytest.mark.parametrize("model", ENSEMBLES, ids=lambda model: type(model).__name__)
def test_members_are_a_few_arrays(model, tmp_path):
    model.fit(X, Y)
    n_arrays, _ = assert_small(model, tmp_path / "file")
    assert n_arrays < 45


def test_more_members_are_not_more_arrays(tmp_path):
    for make in (RandomForestRegressor, lambda n: BaggingClassifier(SGDClassifier(), n)):
        found = [assert_small(make(n).fit(X, Y), tmp_path / "file") for n in (10, 40)]
        assert found[0][0] == found[1][0]
        assert found[1][1] > found[0][1]


def test_what_several_members_share_is_stored_once(tmp_path):
    """Nearest neighbors of several targets keep the same rows."""
    rows = rng.standard_normal((2000, 10))
    targets = np.column_stack([rows[:, 0] > 0, rows[:, 1] > 0, rows[:, 2] > 0])
    model = MultiOutputClassifier(KNeighborsClassifier(algorithm="brute")).fit(rows, targets)
    assert_small(model, tmp_path / "file")
    assert (tmp_path / "file").stat().st_size < 1.5 * rows.nbytes
    loaded = load_params(tmp_path / "file")
    assert loaded.estimators_[0]._fit_X is loaded.estimators_[1]._fit_X
