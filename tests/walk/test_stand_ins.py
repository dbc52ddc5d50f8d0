"""What third-party classes store: each number is true, marked as a guess, or unknown."""

import json
import pickle
import threading
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import BaggingRegressor, StackingRegressor, VotingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from skparams import count_params, fitted_params, kept_rows, plan, summary
from skparams.specs import Unknown
from tests import stand_ins

CLASSES = [
    cls
    for cls in vars(stand_ins).values()
    if isinstance(cls, type) and hasattr(cls, "fit") and cls.__module__ == stand_ins.__name__
]
X, Y = stand_ins.data()

# By hand: how many floats each keeps that may be parameters, None where that cannot be read.
STORED = {
    "Opaque": None,
    "PlainWeights": None,
    "PrivateFlag": 4,
    "Slotted": 4,
    "MyRidge": 4 + 1 + 101 * 4,
    "Tempered": 4 + 1 + 1,
    "Additive": 4 * 3 + 4 * 4,
    "Neighbor": 60 * 5,
    "ChangesItself": 120 * 4 + 60,
    "Clocked": 4 + 1,
    "RaisingProperty": None,
    "Unpickled": None,
    "RefersToItself": 4,
    "HalfFitted": 0,
    "Locked": 4,
}


def fitted(cls):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cls().fit(X, (Y > 0).astype(int) if cls is stand_ins.HalfFitted else Y)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_counts_are_by_hand_and_marked(cls):
    if cls is stand_ins.Tabled:
        pytest.importorskip("pandas")
    model = fitted(cls)
    found = summary(model)
    assert all(show(found))
    assert not found.totals.exact
    assert isinstance(found.totals.free, Unknown)
    assert count_params(model, kind="free") is None
    if cls.__name__ in STORED:
        assert count_params(model) == STORED[cls.__name__]
    if count_params(model) is not None:
        assert sum(array.size for array in fitted_params(model).values()) == count_params(model)
        assert f"~{count_params(model):,}" in str(found)
    kept = kept_rows(model)
    if cls not in (stand_ins.RefersToItself, stand_ins.HalfFitted, stand_ins.Tempered):
        assert kept.unknown or kept.places
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert str(plan(cls(), X, Y))


def score(model, X, y):
    """A pipeline's own score asks whether its last step is fitted."""
    return 0.0


def show(found):
    return str(found), found.to_html(), found.to_json(), found.to_dict()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_before_fit_nothing_is_learned(cls):
    found = summary(cls())
    assert (found.root.status, found.totals.stored) == ("not fitted", Unknown("not fitted"))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_rows_lower_no_count_and_the_answer_is_one(cls):
    model = fitted(cls)
    try:
        before = pickle.dumps(model)
    except Exception:
        before = None
    without = count_params(model)
    found = [summary(model, X).to_json() for _ in range(2)]
    assert found[0] == found[1]
    stored = json.loads(found[0])["estimator"]["totals"]["stored"]
    assert isinstance(stored, dict) if without is None else stored >= without
    assert before is None or pickle.dumps(model) == before


def test_a_busy_machine_gets_the_same_answer():
    model = fitted(stand_ins.ChangesItself)
    idle = summary(model, X).to_json()
    stop = threading.Event()

    def work():
        while not stop.is_set():
            np.linalg.svd(np.ones((100, 100)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert {summary(model, X).to_json() for _ in range(3)} == {idle}
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("inner", [stand_ins.Opaque, stand_ins.PlainWeights])
@pytest.mark.parametrize(
    "around",
    [
        lambda m: VotingRegressor([("hidden", m), ("linear", LinearRegression())]),
        lambda m: StackingRegressor([("hidden", m), ("linear", LinearRegression())]),
        lambda m: make_pipeline(StandardScaler(), m),
        lambda m: GridSearchCV(m, {}, scoring=score),
        lambda m: BaggingRegressor(m, n_estimators=2),
        lambda m: make_pipeline(
            GridSearchCV(make_pipeline(StandardScaler(), m), {}, scoring=score)
        ),
    ],
    ids=["voting", "stacking", "pipeline", "search", "bagging", "nested"],
)
def test_a_member_that_cannot_be_read_makes_all_above_it_unknown(around, inner):
    model = around(inner())
    y = np.column_stack([Y, Y]) if isinstance(model, MultiOutputRegressor) else Y
    found = summary(model.fit(X, y))
    assert isinstance(found.totals.stored, Unknown)
    assert inner.__name__ in found.totals.stored.reason
    assert found.to_dict()["estimator"]["totals"]["stored"]["unknown"]
    assert count_params(model) is None
    assert isinstance(summary(clone(model)).totals.stored, Unknown)


def test_words_for_each_status():
    assert summary(Normalizer()).root.status == "stateless"
    assert "Normalizer · stateless" in str(summary(Normalizer()))
    assert summary(StandardScaler()).root.status == "not fitted"
    assert "not known whether fitted" in str(summary(fitted(stand_ins.PlainWeights)))
    assert summary(make_pipeline(StandardScaler(), stand_ins.PrivateFlag())).root.fitted is False


@pytest.mark.parametrize(
    ("name", "value", "guessed", "exact"),
    [
        ("_added_by_a_newer_release", np.ones(3), 3, False),
        ("offset_", 1.5, 1, False),
        ("table_", {"a": [1.0, 2.0]}, 2, False),
        ("codes_", np.arange(3), 0, False),
        ("note", "text", None, True),
        ("n_calls", 3, None, True),
        ("_skl_callbacks", [object()], None, True),
    ],
)
def test_what_is_added_to_a_known_class_is_a_guess_and_the_rest_is_not(name, value, guessed, exact):
    model = LogisticRegression().fit(X, Y > 0)
    known = summary(model).totals
    setattr(model, name, value)
    totals = summary(model).totals
    assert (totals.guessed, totals.exact) == (guessed, exact)
    assert totals.stored == known.stored + (guessed or 0)
    assert (totals.free == known.free) == exact
    assert name not in [row.path for row in summary(model).root.attributes if row.guess is None]


def test_an_estimator_added_to_a_known_class_is_counted():
    model = LinearRegression().fit(X, Y)
    model.helper_ = LinearRegression().fit(X, Y)
    model.helpers = {"a": [StandardScaler().fit(X)]}
    found = summary(model)
    assert found.totals.stored == 5 + 5 + 8
    assert not found.totals.exact
