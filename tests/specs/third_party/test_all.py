"""What holds for each model of another package that a Spec describes."""

import copy
import pickle

import numpy as np
import pytest

from skparams import assert_same_model, count_params, fitted_params, kept_rows, plan, slim, summary
from skparams.specs import Bounds, Unknown, n_rows_known
from tests.specs.checks import check_roles
from tests.specs.third_party.models import MODELS, ROWS, fitted, made, package_of

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # those packages' own
    pytest.mark.parametrize("name", MODELS),
]
# Attributes with training rows, or parts of attributes, and how many rows are in them.
KEPT = {
    "HDBSCAN": {"_raw_data": ROWS},
    "HDBSCAN for new rows": {"_raw_data": ROWS, "_prediction_data.raw_data": ROWS},
    "HDBSCAN with branches": {"_raw_data": ROWS, "_branch_detection_data.tree.data": ROWS},
    "ABOD": {"X_train_": ROWS},
    "COPOD": {"X_train": ROWS},
    "ECOD": {"X_train": ROWS},
    "INNE": {"_centroids": 200 * 8},
    "KDE": {"kde___tree_.data": ROWS},
    "KNN": {"tree_.data": ROWS},
    "KPCA": {"kpca__X_fit_": ROWS},
    "LOF": {"detector____fit_X": ROWS},
}


@pytest.fixture(autouse=True)
def _package(name):
    pytest.importorskip(package_of(name), reason=f"{package_of(name)} is not installed")


def test_every_attribute_has_a_role(name):
    assert summary(made(name)).root.status == "not fitted"
    model, _, _ = fitted(name)
    found = summary(model)
    assert found.root.status == "fitted"
    assert found.totals.exact
    if type(model).__name__ != "SummaryEncoder":  # has no common base class with the others
        check_roles(model)
    assert found.to_text()
    assert found.to_html()


def test_rows_change_no_count(name):
    model, X, _ = fitted(name)
    alone = summary(model).totals
    assert summary(copy.deepcopy(model), X).totals == alone
    arrays = fitted_params(model)
    assert sum(np.size(array) for array in arrays.values()) >= count_params(model)


def test_the_number_of_rows_is_that_of_fit(name):
    model, X, _ = fitted(name)
    known = n_rows_known(model)
    if package_of(name) in ("hdbscan", "pygam", "pyod") or "Tree" in name or "Forest" in name:
        assert known == ROWS
    assert known in (None, ROWS)
    assert summary(copy.deepcopy(model), X[: ROWS - 1]).n_samples == known or known is None


def test_rows_kept(name):
    model, X, _ = fitted(name)
    found = kept_rows(model)
    places = {place.path: place.rows for place in found.places}
    expected = KEPT.get(name, {})
    if name == "HDBSCAN for new rows":
        expected = expected | {path: rows for path, rows in places.items() if "exemplar" in path}
        assert len(expected) > 2
    if name == "OCSVM":
        expected = {"detector___support_vectors_": len(model.detector_.support_)}
    assert places == expected
    assert found.unknown == ()
    again = kept_rows(model, X)
    assert {place.path for place in again.places} == set(expected)


def test_copies_are_the_same_and_refits_differ(name):
    model, *_ = fitted(name)
    assert_same_model(copy.deepcopy(model), model)
    assert_same_model(pickle.loads(pickle.dumps(model)), model)
    other, *_ = fitted(name, seed=1)
    if not _same_outputs(name, model, other):
        with pytest.raises(AssertionError):
            assert_same_model(other, model)


_METHODS = ("predict", "predict_proba", "decision_function", "transform", "score_samples")


def _outputs(name, model):
    """What each method returns for rows that neither model was fitted on."""
    given = MODELS[name][2](2)[1]
    found = {}
    for method in _METHODS:
        if hasattr(model, method):
            try:
                found[method] = np.asarray(getattr(copy.deepcopy(model), method)(given))
            except Exception:  # some need more, as TargetEncoder of other tables
                continue
    return found


def _same_outputs(name, one, two):
    one, two = _outputs(name, one), _outputs(name, two)
    return all(np.array_equal(one[key], two.get(key)) for key in one)


def test_slim_predicts_the_same(name):
    model, X, _ = fitted(name)
    one = _outputs(name, model)
    small = slim(model, X if one else None)
    two = _outputs(name, small)
    assert one.keys() == two.keys()
    for method, expected in one.items():
        np.testing.assert_array_equal(two[method], expected)
    assert count_params(small) == count_params(model)


def test_plan_contains_what_fit_makes(name):
    model, X, y = fitted(name)
    planned = plan(made(name), X, y if np.ndim(y) == 1 and y.dtype.names is None else None)
    stored = planned.totals.stored
    if isinstance(stored, Bounds):
        assert stored.low <= count_params(model) <= stored.high
    elif not isinstance(stored, Unknown):
        assert stored == count_params(model)


def test_no_changed_output_passes_as_the_same(name):
    model, *_ = fitted(name)
    expected = _outputs(name, model)
    for attribute, value in vars(model).items():
        places = [value] if isinstance(value, np.ndarray | float) else value
        for i, array in enumerate(places if isinstance(places, list) else ()):
            other = copy.deepcopy(model)
            if isinstance(array, np.ndarray) and array.dtype.kind == "f" and array.size:
                held = getattr(other, attribute)
                (held[i] if isinstance(value, list) else held).flat[array.size // 2] += 0.5
            elif isinstance(array, float) and not isinstance(value, list):
                setattr(other, attribute, value + 0.5)
            else:
                continue
            found = _outputs(name, other)
            if any(not np.array_equal(found.get(key), expected[key]) for key in expected):
                with pytest.raises(AssertionError):
                    assert_same_model(other, model)
