"""Trees, forests and boosting: counts against scikit-learn's own arrays, and bounds before fit."""

import copy
import sys
import warnings

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    RandomTreesEmbedding,
)
from sklearn.linear_model import LinearRegression
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)

from skparams import count_params, diff, fitted_params, plan, summary
from skparams._walk.walk import Walk
from skparams.specs import Bounds
from tests.specs.checks import check_roles
from tests.sweep import sweep

SEEDS = sweep(range(6), 1)
TREES = [DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor]
FORESTS = [
    RandomForestClassifier,
    RandomForestRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
]
GRADIENT = [GradientBoostingClassifier, GradientBoostingRegressor]
HISTOGRAM = [HistGradientBoostingClassifier, HistGradientBoostingRegressor]


def data(rng, cls, outputs=1):
    """X and y with a random number of rows, columns and classes, few of them alike."""
    n, k = rng.integers(20, 200), rng.integers(2, 5)
    X = rng.standard_normal((n, rng.integers(1, 6)))
    if "Classifier" in cls.__name__:
        y = np.stack([rng.permutation(np.arange(n) % k) for _ in range(outputs)], axis=1)
    else:
        y = rng.standard_normal((n, outputs))
    return X, y[:, 0] if outputs == 1 else y


def limits(rng):
    """Random limits of a tree's size, most of them left out."""
    drawn = {
        "max_depth": int(rng.integers(1, 8)),
        "max_leaf_nodes": int(rng.integers(2, 20)),
        "min_samples_leaf": rng.choice([1, 2, 5, 0.03, 0.1, 0.4]).item(),
        "min_samples_split": rng.choice([2, 3, 10, 0.05, 0.5]).item(),
        "min_weight_fraction_leaf": rng.choice([0.02, 0.1, 0.3, 0.5]),
    }
    for name in ("min_samples_leaf", "min_samples_split"):
        if drawn[name] >= 1:
            drawn[name] = int(drawn[name])
    return {name: value for name, value in drawn.items() if rng.random() < 0.35}


def of_tree(tree, *, classes):
    """Stored and free counts, from the public arrays of one tree."""
    inner = int((tree.children_left != -1).sum())
    leaves = int((tree.children_left == -1).sum())
    values = np.broadcast_to(tree.n_classes, tree.n_outputs)
    stored = inner + leaves * int(values.sum())
    return stored, inner + leaves * int((values - 1).sum()) if classes else stored


def of_trees(trees, *, classes):
    return tuple(map(sum, zip(*(of_tree(t.tree_, classes=classes) for t in trees), strict=True)))


def totals(estimator):
    found = summary(estimator).totals
    return found.stored, found.free


def assert_planned(estimator, X, y):
    """Fit, and hold what was planned against what came."""
    planned = plan(estimator, X, y).totals
    estimator.fit(X, y)
    check_roles(estimator)
    for before, after in zip((planned.stored, planned.free), totals(estimator), strict=True):
        low, high = before if isinstance(before, Bounds) else (before, before)
        assert low <= after <= high, estimator
    return planned


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("cls", TREES)
@pytest.mark.parametrize("seed", SEEDS)
def test_trees(cls, seed, outputs):
    rng = np.random.default_rng(seed)
    tree = cls(**limits(rng), ccp_alpha=rng.choice([0, 0.01]), random_state=seed)
    X, y = data(rng, cls, outputs)
    assert_planned(tree, X, y)
    assert totals(tree) == of_tree(tree.tree_, classes="Classifier" in cls.__name__)


@pytest.mark.parametrize("cls", TREES)
def test_bounds_of_trees_are_reached(cls):
    X = np.arange(64.0)[:, None]
    y = np.arange(64) if "Regressor" in cls.__name__ else np.arange(64) % 2
    for given in ({}, {"min_samples_leaf": 1, "min_samples_split": 2}):
        tree = cls(splitter="best", random_state=0, **given)
        planned = plan(tree, X, y).totals.stored
        assert planned.high == count_params(tree.fit(X, y))
    constant = cls().fit(X, np.zeros(64, dtype=int))
    assert count_params(constant) == plan(cls(), X, np.zeros(64, dtype=int)).totals.stored.low


def test_columns_of_y_with_different_classes_are_not_padded():
    X = np.random.default_rng(0).standard_normal((60, 3))
    y = np.stack([np.arange(60) % 2, np.arange(60) % 5], axis=1)
    tree = DecisionTreeClassifier().fit(X, y)
    leaves = tree.get_n_leaves()
    assert totals(tree) == (leaves - 1 + leaves * (2 + 5), leaves - 1 + leaves * (1 + 4))


def test_fitted_parameters_are_views_and_bytes_are_those_of_the_tree():
    rng = np.random.default_rng(0)
    forest = RandomForestClassifier(3, random_state=0).fit(*data(rng, RandomForestClassifier))
    found = fitted_params(forest)
    assert set(found) == {
        f"estimators_[{i}]__tree_.{name}" for i in range(3) for name in ("threshold", "value")
    }
    for i, tree in enumerate(forest.estimators_):
        for name in ("threshold", "value"):
            array = found[f"estimators_[{i}]__tree_.{name}"]
            assert np.shares_memory(array, getattr(tree.tree_, name))
            np.testing.assert_array_equal(array, getattr(tree.tree_, name))
    rows = [row for node in summary(forest).root.walk() for row in node.attributes]
    of_trees = sum(row.bytes for row in rows if "__tree_" in row.path)
    assert of_trees == sum(
        sum(array.nbytes for array in tree.tree_.__getstate__().values() if np.ndim(array))
        for tree in forest.estimators_
    )
    assert not any(row.retained for row in rows)


def test_what_leaves_keep_for_inner_nodes_is_in_no_statistic():
    tree = DecisionTreeRegressor().fit(np.arange(1.0, 9.0)[:, None], np.arange(1.0, 9.0))
    leaf = tree.tree_.children_left == -1
    rows = {row.path: row for row in Walk(tree, measure=np.copy).root.parameters}
    thresholds, values = tree.tree_.threshold, tree.tree_.value  # thresholds of leaves are -2
    np.testing.assert_array_equal(rows["tree_.threshold"].stats, thresholds[~leaf])
    np.testing.assert_array_equal(rows["tree_.value"].stats, values[leaf])
    assert count_params(tree, kind="nonzero") == count_params(tree)


@pytest.mark.parametrize("cls", FORESTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_forests(cls, seed):
    rng = np.random.default_rng(seed)
    bootstrap, outputs = bool(rng.integers(2)), int(rng.integers(1, 3))
    forest = cls(
        n_estimators=int(rng.integers(1, 7)),
        bootstrap=bootstrap,
        oob_score=bootstrap and outputs == 1,
        max_samples=rng.choice([None, 10, 15]) if bootstrap else None,
        random_state=seed,
        **limits(rng),
    )
    X, y = data(rng, cls, outputs)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Some inputs do not have OOB scores")
        warnings.filterwarnings("ignore", category=RuntimeWarning)  # 0/0 of such rows
        assert_planned(forest, X, y)
    expected = of_trees(forest.estimators_, classes="Classifier" in cls.__name__)
    assert totals(forest) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_drawn_is_not_learned(seed):
    rng = np.random.default_rng(seed)
    X, _ = data(rng, RandomForestRegressor)
    embedding = RandomTreesEmbedding(4, max_depth=int(rng.integers(1, 6)), random_state=seed)
    assert totals(embedding.fit(X)) == (0, 0)
    isolation = IsolationForest(
        n_estimators=4,
        max_samples=rng.choice(["auto", "10", "0.5"]),
        contamination=rng.choice(["auto", "0.2"]),
        random_state=seed,
    )
    for name in ("max_samples", "contamination"):
        value = getattr(isolation, name)
        if value != "auto":
            isolation.set_params(**{name: float(value) if "." in value else int(value)})
    assert_planned(isolation, X, None)
    leaves = sum(tree.get_n_leaves() for tree in isolation.estimators_)
    assert count_params(isolation) == leaves + (isolation.contamination != "auto")


@pytest.mark.parametrize("cls", GRADIENT)
@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_boosting(cls, seed):
    rng = np.random.default_rng(seed)
    boosting = cls(
        n_estimators=int(rng.integers(1, 8)),
        subsample=rng.choice([1.0, 0.6]),
        n_iter_no_change=rng.choice([None, 2]),
        init=rng.choice([None, "zero"]),
        random_state=seed,
        **limits(rng),
    )
    X, y = data(rng, cls)
    assert_planned(boosting, X, y)
    trees, _ = of_trees(boosting.estimators_.ravel(), classes=False)
    start, start_free = (0, 0) if boosting.init == "zero" else totals(boosting.init_)
    assert totals(boosting) == (trees + start, trees + start_free)


def test_gradient_boosting_starts_from_any_model():
    X, y = data(np.random.default_rng(0), GradientBoostingRegressor)
    for init in (LinearRegression(), DummyRegressor()):
        boosting = GradientBoostingRegressor(n_estimators=2, init=init, random_state=0)
        assert_planned(boosting, X, y)
        trees, _ = of_trees(boosting.estimators_.ravel(), classes=False)
        assert count_params(boosting) == trees + count_params(boosting.init_)


@pytest.mark.parametrize("cls", [AdaBoostClassifier, AdaBoostRegressor])
@pytest.mark.parametrize("seed", SEEDS)
def test_adaboost(cls, seed):
    rng = np.random.default_rng(seed)
    classes = cls is AdaBoostClassifier
    tree = DecisionTreeClassifier if classes else DecisionTreeRegressor
    boosting = cls(
        rng.choice([None, tree(**limits(rng)), tree()]), n_estimators=5, random_state=seed
    )
    X, y = data(rng, cls)
    assert_planned(boosting, X, y)
    stored, free = of_trees(boosting.estimators_, classes=classes)
    weights = len(boosting.estimators_)  # boosting that ends early leaves zeros behind
    assert totals(boosting) == (stored + weights, free + weights)


@pytest.mark.parametrize("cls", HISTOGRAM)
@pytest.mark.parametrize("seed", SEEDS)
def test_histogram_gradient_boosting(cls, seed):
    rng = np.random.default_rng(seed)
    boosting = cls(
        max_iter=int(rng.integers(1, 6)),
        max_leaf_nodes=rng.choice([None, 2, 10, 31]),
        max_depth=rng.choice([None, 1, 3]),
        min_samples_leaf=int(rng.choice([1, 5, 20])),
        early_stopping=rng.choice(["auto", True, False]),
        random_state=seed,
    )
    if boosting.early_stopping != "auto":
        boosting.set_params(early_stopping=boosting.early_stopping == "True")
    X, y = data(rng, cls)
    assert_planned(boosting, X, y)
    predictors = [tree for trees in boosting._predictors for tree in trees]
    leaves = sum(tree.get_n_leaf_nodes() for tree in predictors)
    k = boosting.n_trees_per_iteration_
    trees = 2 * leaves - len(predictors)
    assert totals(boosting) == (trees + k, trees + max(k - 1, 1))
    values = fitted_params(boosting)["_predictors[0][0].nodes['value']"]
    assert np.shares_memory(values, predictors[0].nodes)


def test_a_split_by_categories_has_no_threshold():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 8, (300, 2)).astype(float)
    y = (X[:, 0] % 2) * 5 + X[:, 1]
    boosting = HistGradientBoostingRegressor(max_iter=4, categorical_features=[0], random_state=0)
    boosting.fit(X, y)
    check_roles(boosting)
    nodes = np.concatenate([tree.nodes for trees in boosting._predictors for tree in trees])
    by_category = int((nodes["is_categorical"] & ~nodes["is_leaf"].astype(bool)).sum())
    assert by_category > 0
    assert count_params(boosting) == len(nodes) - by_category + 1
    roles = {row.path: row.role for row in summary(boosting).root.attributes}
    names = [f"_bin_mapper.bin_thresholds_[{i}]" for i in range(2)]
    assert [roles[name] for name in names] == ["structure", "auxiliary"]
    other = copy.deepcopy(boosting)  # that does not know one category, which predict looks up
    known = other._bin_mapper.bin_thresholds_
    known[0] = known[0][known[0] != 2]
    assert np.any(boosting.predict(X) != other.predict(X))
    assert not diff(boosting, other).is_empty


@pytest.mark.exhaustive
def test_ten_thousand_members():
    X = np.arange(10.0)[:, None]
    bagging = BaggingRegressor(n_estimators=1, random_state=0).fit(X, X[:, 0])
    each = count_params(bagging)
    member = bagging.estimators_[0]
    for i in range(9_999):
        other = copy.copy(member)
        other.tree_ = copy.deepcopy(member.tree_) if i % 2 else member.tree_
        bagging.estimators_.append(other)
    # A tree that several members share counts once.
    assert count_params(bagging) == each * (1 + 4_999)


def test_the_work_for_one_more_tree_is_small():
    X, y = data(np.random.default_rng(0), RandomForestClassifier)
    few, many = (RandomForestClassifier(n, random_state=0).fit(X, y) for n in (10, 30))
    assert (_calls(few, many) / 20) < 400


def _calls(few, many):
    """Function calls that a summary of one makes beyond that of the other."""

    def counted(forest):
        summary(forest)
        n = 0

        def count(frame, event, argument):
            nonlocal n
            n += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            summary(forest)
        finally:
            sys.setprofile(None)
        return n

    return counted(many) - counted(few)
