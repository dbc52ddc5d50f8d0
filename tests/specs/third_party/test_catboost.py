"""CatBoost: counts against its own figures, and what changes in a model is seen."""

import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from skparams import assert_same_model, count_params, diff, fitted_params, plan, summary
from skparams.specs import Unknown

catboost = pytest.importorskip("catboost")
pd = pytest.importorskip("pandas")
pytestmark = pytest.mark.filterwarnings("ignore")
QUIET = {"verbose": 0, "allow_writing_files": False, "thread_count": 1}


def data(seed, n=120):
    rng = np.random.RandomState(seed)
    X = rng.standard_normal((n, 4))
    return X, X @ [1.0, 2.0, 0.0, -1.0] + 0.3 * rng.standard_normal(n)


@pytest.mark.parametrize("seed", range(12))
def test_counts_of_numbers(seed):
    rng = np.random.RandomState(seed)
    X, target = data(seed)
    policy = rng.choice(["SymmetricTree", "Depthwise", "Lossguide"])
    params = {
        "iterations": int(rng.randint(1, 9)),
        "depth": int(rng.randint(1, 5)),
        "grow_policy": str(policy),
        "random_seed": seed,
    }
    kind = rng.choice(["classes", "two", "numbers", "several"])
    if kind == "numbers":
        model = catboost.CatBoostRegressor(**params, **QUIET).fit(X, target)
    elif kind == "several":
        params.pop("grow_policy")
        policy = "SymmetricTree"
        model = catboost.CatBoost({**params, **QUIET, "loss_function": "MultiRMSE"})
        model.fit(X, np.column_stack([target, X[:, 0]]))
    else:
        y = np.digitize(target, [0.0] if kind == "two" else [-1.0, 1.0])
        model = catboost.CatBoostClassifier(**params, **QUIET).fit(X, y)
    leaves = np.asarray(model.get_tree_leaf_counts())
    splits = np.log2(leaves).sum() if policy == "SymmetricTree" else (leaves - 1).sum()
    bias = np.atleast_1d(model.get_scale_and_bias()[1])
    values = model.get_leaf_values()
    found = summary(model).totals
    assert found.stored == len(values) + splits + bias.size * bias.any()
    assert found.free == found.stored
    arrays = fitted_params(model)
    np.testing.assert_array_equal(arrays["_object.leaf_values"].ravel(), values)
    used = {border for borders in model.get_borders().values() for border in borders}
    assert set(arrays["_object.borders"]) <= used


@pytest.mark.parametrize("one_hot", [2, 20])
def test_counts_of_categories(one_hot):
    rng = np.random.RandomState(0)
    X, _ = data(0)
    frame = pd.DataFrame({"a": rng.choice(list("vwxyz"), 120), "b": X[:, 0]})
    effects = frame["a"].map(dict(zip("vwxyz", [3.0, -3.0, 0.0, 1.0, 5.0], strict=True)))
    model = catboost.CatBoostRegressor(
        iterations=10, depth=2, one_hot_max_size=one_hot, simple_ctr="Borders", **QUIET
    ).fit(frame, effects + frame["b"], cat_features=["a"])
    arrays = fitted_params(model)
    n_splits = int(np.log2(model.get_tree_leaf_counts()).sum())
    pool = catboost.Pool(frame, cat_features=["a"])
    texts = [text for i in range(model.tree_count_) for text in model._get_tree_splits(i, pool)]
    assert len(texts) == n_splits
    statistics = [array for path, array in arrays.items() if "statistics" in path]
    if one_hot == 20:
        assert not statistics
        assert arrays["_object.borders"].size < n_splits  # a split by one category has none
    else:
        assert arrays["_object.borders"].size == n_splits
        # For each category, how often the target was below its border and how often above.
        assert [each.shape for each in statistics] == [(5, 2)] * len(statistics)
        sizes = frame["a"].value_counts().to_numpy()
        for each in statistics:
            assert sorted(each.sum(axis=1)) == sorted(sizes)
    expected = sum(array.size for array in arrays.values())
    assert count_params(model) == expected


def test_text_is_unknown():
    X, target = data(0)
    frame = pd.DataFrame({"t": ["good film", "bad film", "ok thing"] * 40, "n": X[:, 0]})
    model = catboost.CatBoostClassifier(iterations=2, depth=2, **QUIET)
    model.fit(frame, target > 0, text_features=["t"])
    for count in (summary(model).totals.stored, summary(model).totals.free):
        assert isinstance(count, Unknown)
        assert "text" in count.reason
    assert count_params(model) is None
    assert_same_model(model, model)
    other = catboost.CatBoostClassifier(iterations=2, depth=2, **QUIET)
    other.fit(frame, target < 0.5, text_features=["t"])
    with pytest.raises(AssertionError):
        assert_same_model(other, model)


def test_fitted_or_not():
    model = catboost.CatBoostClassifier(iterations=2, depth=1, **QUIET)
    assert summary(model).root.status == "not fitted"
    assert count_params(model) is None
    assert isinstance(plan(model, *data(0)).totals.stored, Unknown)
    X, target = data(0)
    assert summary(model.fit(X, target > 0)).root.status == "fitted"


def test_members_of_others_count():
    X, target = data(0)
    y = np.digitize(target, [-1.0, 1.0])
    boosted = catboost.CatBoostClassifier(iterations=3, depth=2, **QUIET)
    members = [("cat", boosted), ("linear", LogisticRegression())]
    vote = VotingClassifier(members).fit(X, y)
    own = count_params(vote.estimators_[0])
    assert own == 3 * (2 + 4 * 3)
    assert count_params(vote) == own + 15
    assert count_params(vote, kind="free") == own + 10
    search = GridSearchCV(boosted, {"iterations": [2, 4]}, cv=2).fit(X, y)
    assert count_params(search) == count_params(search.best_estimator_)


def _leaf(model):
    values = model.get_leaf_values()
    values[3] = np.nextafter(values[3], 9.0)
    model.set_leaf_values(values)


def _shift(model):
    scale, bias = model.get_scale_and_bias()
    model.set_scale_and_bias(scale, bias + 0.5)


def _stretch(model):
    model.set_scale_and_bias(2.0, model.get_scale_and_bias()[1])


@pytest.mark.parametrize("change", [_leaf, _shift, _stretch])
def test_a_changed_number_is_seen(change):
    X, target = data(0)
    model, other = (
        catboost.CatBoostRegressor(iterations=3, depth=2, **QUIET).fit(X, target) for _ in range(2)
    )
    assert_same_model(other, model)
    change(other)
    with pytest.raises(AssertionError):
        assert_same_model(other, model)
    assert diff(model, other)


def test_permuted_labels_are_seen():
    X, target = data(0)
    y = np.digitize(target, [-1.0, 1.0])
    one, two = (
        catboost.CatBoostClassifier(iterations=3, depth=2, **QUIET).fit(X, labels)
        for labels in (y, (y + 1) % 3)
    )
    with pytest.raises(AssertionError):
        assert_same_model(one, two)
    names = np.array(["a", "b", "c"])
    one, two = (
        catboost.CatBoostClassifier(iterations=3, depth=2, **QUIET).fit(X, labels)
        for labels in (names[y], np.array(["a", "b", "d"])[y])
    )
    with pytest.raises(AssertionError, match="structure"):  # the same numbers for other classes
        assert_same_model(one, two)
