"""Where the memory is: the parts add up to the total, to the byte."""

import json
import pickle

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeRegressor

from skparams import slim, summary
from skparams._walk import ByteCounter
from skparams.specs import Unknown
from tests import stand_ins
from tests.all_estimators import each_estimator, fitted

STAND_INS = [
    name
    for name, cls in vars(stand_ins).items()
    if isinstance(cls, type) and cls.__module__ == stand_ins.__name__ and hasattr(cls, "fit")
]


def check_adds_up(memory, model):
    roles = dict(memory.roles)
    assert sum(roles.values()) + memory.rest == memory.total == ByteCounter().add(model)
    assert memory.rest >= 0
    assert memory.pickled == len(pickle.dumps(model))
    assert all(n > 0 for n in roles.values())
    assert list(roles.values()) == sorted(roles.values(), reverse=True)
    assert len(memory.largest) <= 3
    for each in memory.largest:
        assert 0 < each.bytes <= roles[each.role]


@pytest.mark.filterwarnings("ignore::FutureWarning")
@each_estimator
def test_the_parts_are_the_total(name):
    for model, _, _ in fitted(name):
        found = summary(model, stats=True)
        if found.memory is None:
            continue
        check_adds_up(found.memory, model)
        blind = summary(model).memory
        if not isinstance(blind.total, Unknown):
            check_adds_up(blind, model)
        assert found.to_dict()["memory"]["total"] == found.memory.total


@pytest.mark.parametrize("name", STAND_INS)
def test_of_classes_without_a_spec(name):
    X, y = stand_ins.data()
    model = getattr(stand_ins, name)()
    model.fit(X, y)
    names = set(getattr(model, "__dict__", ()))
    found = summary(model, stats=True)
    assert set(getattr(model, "__dict__", ())) == names
    assert found.to_text()
    assert json.loads(found.to_json())
    memory = found.memory
    if memory is None:
        return
    if isinstance(memory.total, Unknown):
        assert "cannot be pickled" in memory.total.reason
    else:
        check_adds_up(memory, model)


def test_what_is_guessed_is_not_known():
    X, y = stand_ins.data()
    model = stand_ins.PrivateFlag().fit(X, y)
    model.order_ = np.arange(5000)
    model.also_ = np.zeros(3)
    memory = summary(model, stats=True).memory
    assert dict(memory.roles) == {"not known": 40_000, "parameter": 24 + 8 * 4}


@pytest.fixture
def X(rng):
    return rng.standard_normal((500, 4))


def test_the_largest_is_named_whatever_its_role(X):
    model = GaussianProcessRegressor(alpha=0.1).fit(X, X[:, 0])
    found = summary(model)
    assert found.memory.largest[0].path == "L_"
    assert dict(found.memory.roles)["derived"] == model.L_.nbytes
    text = found.to_text(width=200)
    assert "memory: 2.0 MB derived + 20.0 kB training rows + 4.0 kB parameters" in text
    assert "in memory, 2.0 MB pickled" in text
    assert "largest: L_ 99% (derived)" in text
    assert "largest: L_" in found.to_html()


def test_a_slimmed_copy_says_where_its_memory_is(X):
    model = RandomForestClassifier(100, random_state=0).fit(X, X[:, 0] > 0)
    small, report = slim(model, X, return_report=True)
    check_adds_up(report.memory, small)
    assert report.memory.total == report.memory_after
    assert "nothing was dropped" in str(report)
    share = dict(report.memory.roles)["structure"] / report.memory.total
    assert share > 0.5
    text = report.to_text(width=200)
    assert "largest: estimators_[…]__tree_ " in text
    assert "% (structure), estimators_[…]__tree_ " in text


def test_a_view_counts_with_what_it_keeps_alive(rng):
    model = LinearRegression().fit(np.eye(3), [1.0, 2.0, 3.0])
    model.coef_ = rng.standard_normal(9000)[:3]
    memory = summary(model).memory
    assert dict(memory.roles)["parameter"] == 72_000
    check_adds_up(memory, model)


def test_large_models_are_pickled_only_if_asked_for(rng):
    rows = rng.standard_normal((300_000, 5))
    model = KNeighborsClassifier(algorithm="brute").fit(rows, rows[:, 0] > 0)
    found = summary(model)
    assert isinstance(found.memory.total, Unknown)
    assert dict(found.memory.roles)["data"] == rows.nbytes + 8 * 300_000
    assert "in arrays; the rest is unknown: measured up to 10 MB" in found.to_text(width=200)
    check_adds_up(summary(model, stats=True).memory, model)
    guessed = stand_ins.Neighbor().fit(rows[:5000], rows[:5000, 0])
    text = summary(guessed).to_text(width=200)
    assert "stats=True measures it, which pickles a class that no Spec describes" in text


def test_bytes_of_a_tree_are_those_of_the_counted_numbers(X):
    model = DecisionTreeRegressor(max_depth=3).fit(X, X[:, 0])
    found = summary(model)
    assert found.totals.bytes == 8 * found.totals.stored
    tree = model.tree_.__getstate__()
    held = tree["nodes"].nbytes + tree["values"].nbytes
    assert sum(row.bytes for row in found.root.attributes if "tree_" in row.path) == held
