"""PyOD's detectors: the estimator inside and a threshold, or arrays counted by hand."""

import copy
import importlib

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest

from skparams import assert_same_model, count_params, kept_rows, summary
from skparams.specs import Unknown

pytest.importorskip("pyod")
pytestmark = pytest.mark.filterwarnings("ignore")


def rows(seed=0, n=100, p=4):
    return np.random.RandomState(seed).standard_normal((n, p))


def detector(name, **params):
    return getattr(importlib.import_module(f"pyod.models.{name.lower()}"), name)(**params)


@pytest.mark.parametrize("name", ["IForest", "LOF", "OCSVM", "MCD", "GMM", "KDE", "KNN"])
def test_around_an_estimator(name):
    model = detector(name).fit(rows())
    inner = getattr(model, {"KDE": "kde_", "KNN": "neigh_"}.get(name, "detector_"))
    assert count_params(model) == count_params(inner) + 1  # the threshold
    assert count_params(model, kind="free") == count_params(inner, kind="free") + 1


def test_isolation_forest_as_scikit_learn_counts():
    model = detector("IForest", n_estimators=7, random_state=0).fit(rows())
    own = IsolationForest(n_estimators=7, contamination=0.1, random_state=0).fit(rows())
    assert count_params(model) == count_params(own) + 1


@pytest.mark.parametrize("name", ["ECOD", "COPOD", "ABOD", "COF", "SOD", "LOCI", "INNE"])
def test_a_threshold_alone(name):
    assert count_params(detector(name).fit(rows())) == 1


@pytest.mark.parametrize("seed", range(5))
def test_histograms(seed):
    rng = np.random.RandomState(seed)
    bins, p, cuts = (int(k) for k in rng.randint(3, 12, 3))
    X = rows(seed, p=p)
    found = summary(detector("HBOS", n_bins=bins).fit(X)).totals
    assert found.stored == p * (bins + bins + 1) + 1
    assert found.free == p * (bins - 1 + 2) + 1
    found = summary(detector("LODA", n_bins=bins, n_random_cuts=cuts).fit(X)).totals
    assert found.stored == cuts * (bins + bins + 1) + 1
    assert found.free == cuts * (bins - 1 + 2) + 1


def test_histograms_of_chosen_bins():
    model = detector("HBOS", n_bins="auto").fit(rows())
    found = summary(model).totals
    assert found.stored == sum(2 * len(each) + 1 for each in model.hist_) + 1
    assert found.free == sum(len(each) + 1 for each in model.hist_) + 1


@pytest.mark.parametrize("weighted", [True, False])
def test_components(weighted):
    X = rows(p=5)
    model = detector("PCA", n_selected_components=2, weighted=weighted).fit(X)
    assert PCA().fit(X).components_.shape == (5, 5)
    found = summary(model).totals
    assert found.stored == 2 * 5 + 2 * weighted + 2 * 5 + 1  # components, weights, scaler
    if weighted:
        assert isinstance(found.free, Unknown)
    else:
        assert found.free == (2 * 5 - 3) + 2 * 5 + 1


@pytest.mark.parametrize("use_weights", [True, False])
def test_clusters(use_weights):
    model = detector("CBLOF", n_clusters=6, use_weights=use_weights, random_state=0).fit(rows())
    assert count_params(model) == 6 * 4 + 6 * use_weights + 1


def test_median():
    assert count_params(detector("MAD").fit(rows(p=1))) == 2


@pytest.mark.parametrize("name", ["ECOD", "COPOD"])
def test_one_answer_and_no_changed_model(name):
    X = rows()
    model = detector(name).fit(X)
    before = copy.deepcopy(vars(model))
    answers = {summary(model, X).totals.stored for _ in range(5)}
    assert answers == {1}
    for key, value in before.items():
        np.testing.assert_array_equal(getattr(model, key), value)
    assert [(place.path, place.rows) for place in kept_rows(model, X).places] == [("X_train", 100)]


@pytest.mark.parametrize("name", ["decision_scores_", "threshold_", "_mu"])
def test_a_changed_number_is_seen(name):
    model = detector("ECOD").fit(rows())
    other = copy.deepcopy(model)
    assert_same_model(other, model)
    setattr(other, name, getattr(other, name) + 1.0)
    with pytest.raises(AssertionError):
        assert_same_model(other, model)
