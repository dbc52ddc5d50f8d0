"""Selectors in front of a model use a mask; the estimator behind it counts where it predicts."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.feature_selection import (
    RFE,
    RFECV,
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFromModel,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
    VarianceThreshold,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skparams import assert_same_model, count_params, fitted_params, plan, slim, summary
from skparams._walk import results_equal
from tests.plan.plan_against_fit import differences
from tests.sweep import sweep

INNER = {
    "linear": LogisticRegression(max_iter=50),
    "sgd": SGDClassifier(random_state=0),
    "svm": LinearSVC(random_state=0),
    "tree": DecisionTreeClassifier(random_state=0),
    "forest": RandomForestClassifier(5, random_state=0),
}
PREDICTING = {
    "rfe": lambda inner: RFE(inner, n_features_to_select=3),
    "rfecv": lambda inner: RFECV(inner, cv=2),
    "stacking": lambda inner: StackingClassifier([("a", inner)], inner, cv=2),
}
SELECTORS = {
    **PREDICTING,
    "model": SelectFromModel,
    "few": lambda inner: SelectFromModel(inner, threshold=-np.inf, max_features=2),
    "sequential": lambda inner: SequentialFeatureSelector(inner, n_features_to_select=2, cv=2),
}
PLACES = {
    "pipeline": lambda selector, last: make_pipeline(StandardScaler(), selector, last),
    "search": lambda selector, last: GridSearchCV(make_pipeline(selector, last), {}, cv=2),
    "union": lambda selector, last: make_pipeline(FeatureUnion([("a", selector)]), last),
    "nested": lambda selector, last: make_pipeline(make_pipeline(selector), last),
    "transforms": lambda selector, last: make_pipeline(selector, StandardScaler()),
}


@pytest.fixture
def data(rng):
    X = rng.standard_normal((80, 6))
    return X, (X[:, 0] + X[:, 1] > 0).astype(int)


def inner_of(selector):
    """The estimator that a selector would not use to transform."""
    name = "final_estimator_" if isinstance(selector, StackingClassifier) else "estimator_"
    return vars(selector).get(name)


def nested_in(model, cls):
    """The nested estimator of a class."""
    found = []

    def look(value):
        if isinstance(value, cls):
            found.append(value)
        elif hasattr(value, "best_estimator_"):
            look(value.best_estimator_)
        elif hasattr(value, "steps"):
            [look(step) for _, step in value.steps]
        elif hasattr(value, "transformer_list"):
            [look(step) for _, step in value.transformer_list]

    look(model)
    return found[0]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SELECTORS)
@pytest.mark.parametrize("inner", sweep(INNER, ("linear", "forest")))
def test_in_front_of_a_model_only_the_mask_is_used(inner, name, place, data):
    X, y = data
    selector = SELECTORS[name](INNER[inner])
    model = clone(PLACES[place](selector, LogisticRegression()))
    planned = plan(model, X, y)
    model.fit(X, y)
    found = summary(model)
    assert not differences(planned, found)
    fitted = nested_in(model, type(selector))
    behind = inner_of(fitted)
    used = sum(
        row.count for node in found.root.walk() for row in node.parameters if row.alias_of is None
    )
    assert used == found.totals.stored
    assert not any("final_estimator_" in path for path in fitted_params(model))
    if name != "stacking":
        assert not any(
            "estimator___" in p.removeprefix("best_estimator_") for p in fitted_params(model)
        )
    if behind is None:
        return
    nodes = [node for node in found.root.walk() if node.role != "parameter"]
    assert nodes
    assert all(node.totals.stored == node.totals.free == node.totals.bytes == 0 for node in nodes)
    assert not any(row.role == "parameter" for node in nodes for row in node.attributes)
    roles = {node.role for node in nodes}
    assert roles == {"structure" if isinstance(fitted, SelectFromModel) else "auxiliary"}


@pytest.mark.parametrize("name", SELECTORS)
def test_auxiliary_is_what_transform_does_not_read(name, data):
    X, y = data
    selector = clone(SELECTORS[name](INNER["linear"])).fit(X, y)
    model = make_pipeline(StandardScaler(), clone(selector), LogisticRegression()).fit(X, y)
    expected = model.predict_proba(X)
    inner = inner_of(model[1])
    if inner is None:
        return
    inner.coef_ = -100 * np.roll(inner.coef_, 1)
    read = not results_equal(model.predict_proba(X), expected)
    roles = {n.role for n in summary(model).root.walk() if n.class_name == type(inner).__name__}
    assert ("structure" in roles) == read
    assert ("auxiliary" in roles) == (not read)


@pytest.mark.parametrize("name", PREDICTING)
def test_alone_it_counts_as_it_predicts(name, data):
    X, y = data
    selector = clone(PREDICTING[name](INNER["linear"]))
    planned = plan(selector, X, y)
    selector.fit(X, y)
    assert not differences(planned, summary(selector))
    assert count_params(selector) >= count_params(inner_of(selector)) > 0
    last = make_pipeline(StandardScaler(), clone(selector)).fit(X, y)
    assert count_params(last) >= count_params(inner_of(last[-1])) + 12


def test_the_count_of_the_issue_and_no_false_alarm(data):
    X, y = data
    model = make_pipeline(
        SelectFromModel(RandomForestClassifier(20, random_state=0), max_features=3),
        LogisticRegression(),
    ).fit(X, y)
    n = model[-1].coef_.size + 1
    assert count_params(model) == n
    found = summary(model, X)
    assert "SKP001" not in {each.code for each in found.findings}
    assert "structure" in str(found)


def test_the_same_estimator_used_elsewhere_counts_there(data):
    X, y = data
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    union = FeatureUnion([("all", "passthrough"), ("some", SelectFromModel(frozen))])
    selector = RFE(frozen, n_features_to_select=6)
    model = make_pipeline(selector, frozen).fit(X, y)
    model.steps[0][1].estimator_ = frozen
    assert count_params(model) == 7
    assert count_params(make_pipeline(union, LogisticRegression()).fit(X, y)) == 6 + 1 + sum(
        np.abs(frozen.coef_[0]) >= np.abs(frozen.coef_).mean()
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SELECTORS)
def test_slim_drops_what_transform_does_not_read(name, place, data):
    X, y = data
    selector = SELECTORS[name](INNER["forest"])
    model = clone(PLACES[place](selector, LogisticRegression())).fit(X, y)
    before = pickle.dumps(model)
    small, report = slim(model, X, return_report=True)
    assert pickle.dumps(model) == before
    fitted = nested_in(small, type(selector))
    dropped = [each for each in report.dropped if each.role == "auxiliary"]
    assert bool(dropped) == (name in PREDICTING)
    assert (inner_of(fitted) is None) == (name not in ("model", "few"))
    assert results_equal(
        nested_in(model, type(selector)).get_feature_names_out(), fitted.get_feature_names_out()
    )
    assert_same_model(model, small)
    assert_same_model(small, model)
    assert summary(small).totals == summary(model).totals
    if dropped:
        assert "not used to predict" in report.to_text(width=200)
        kept = slim(model, X, keep=["auxiliary"])
        assert inner_of(nested_in(kept, type(selector))) is not None
        assert inner_of(nested_in(slim(model), type(selector))) is None


def test_slim_keeps_it_where_it_predicts(data):
    X, y = data
    for make in PREDICTING.values():
        model = make_pipeline(StandardScaler(), clone(make(INNER["tree"]))).fit(X, y)
        assert inner_of(slim(model, X)[-1]) is not None


MODES = {"percentile": 30, "k_best": 2, "fpr": 0.1, "fdr": 0.1, "fwe": 0.1}
FILTERS = {
    "best": SelectKBest(k=2),
    "percentile": SelectPercentile(percentile=30),
    "fpr": SelectFpr(),
    "fdr": SelectFdr(),
    "fwe": SelectFwe(),
    "variance": VarianceThreshold(0.5),
    **{
        f"generic {mode}": GenericUnivariateSelect(mode=mode, param=param)
        for mode, param in MODES.items()
    },
}


@pytest.mark.parametrize("name", FILTERS)
def test_scores_have_the_role_that_they_play(name, data):
    X, y = data
    model = clone(FILTERS[name]).fit(X, y)
    expected = model.get_support()
    roles = {row.path: row.role for row in summary(model).root.attributes}
    for attribute in {"scores_", "pvalues_", "variances_"} & roles.keys():
        other = clone(FILTERS[name]).fit(X, y)
        value = getattr(other, attribute)
        changed = False
        for new in (np.zeros_like(value), np.full_like(value, 1e6), value[::-1], value - 1):
            setattr(other, attribute, new)
            changed |= not np.array_equal(other.get_support(), expected)
        assert roles[attribute] == ("structure" if changed else "auxiliary"), attribute
    assert count_params(model) == 0


@pytest.mark.parametrize("name", SELECTORS)
def test_two_models_are_the_same_if_their_masks_are(name, data):
    X, y = data
    model = make_pipeline(clone(SELECTORS[name](INNER["linear"])), LogisticRegression()).fit(X, y)
    other = pickle.loads(pickle.dumps(model))
    inner = inner_of(other[0])
    if inner is None:
        return
    inner.coef_ = inner.coef_ * 1.5
    if isinstance(other[0], SelectFromModel):  # whose mask follows from the coefficients
        with pytest.raises(AssertionError):
            assert_same_model(model, other)
    else:
        assert_same_model(model, other)
