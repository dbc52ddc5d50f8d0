"""What changed between two models: each kind of change, and that nothing given is changed."""

import copy
import json
import pickle
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.decomposition import NMF, PCA, FastICA
from sklearn.ensemble import (
    BaggingRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    VotingRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import Bunch

import skparams
from skparams import assert_same_model, diff, fitted_params, probe, slim, spread, summary
from skparams._report.base import SCHEMA

X, Y = make_classification(80, 6, n_informative=4, n_classes=3, random_state=0)

MODELS = [
    LinearRegression(),
    Lasso(alpha=0.1),
    LogisticRegression(),
    PCA(3),
    NMF(2, random_state=0, max_iter=2000),
    KMeans(3, n_init=1, random_state=0),
    GaussianMixture(2, random_state=0),
    SVC(probability=False),
    KNeighborsClassifier(algorithm="kd_tree"),
    GaussianProcessRegressor(),
    OneHotEncoder(handle_unknown="ignore"),
    DecisionTreeClassifier(random_state=0),
    RandomForestClassifier(4, random_state=0),
    GradientBoostingClassifier(n_estimators=3, random_state=0),
    HistGradientBoostingClassifier(max_iter=3, random_state=0),
    IsolationForest(n_estimators=5, random_state=0),
    BaggingRegressor(Ridge(), 5, random_state=0),
    MLPClassifier((4, 3), max_iter=5, random_state=0),
    MLPRegressor(hidden_layer_sizes=(4,), max_iter=5, random_state=0, solver="lbfgs"),
    skparams.PCA(3),
    make_pipeline(StandardScaler(), PCA(2), LogisticRegression()),
    GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, cv=2),
]


def fit(model, rows=80):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clone(model).fit(np.abs(X[:rows]), Y[:rows])


@pytest.fixture(params=MODELS, ids=lambda model: type(model).__name__)
def model(request):
    return request.param


def test_two_fits_alike_are_the_same_and_others_are_not(model):
    one, again, other = fit(model), fit(model), fit(model, 70)
    assert diff(one, again).is_empty
    assert_same_model(one, again)
    loaded = pickle.loads(pickle.dumps(one))
    assert diff(one, loaded).is_empty
    found = diff(one, other)
    assert not found.is_empty
    with pytest.raises(AssertionError, match="the models differ"):
        assert_same_model(one, other)
    for shown in (found, spread([one, again, other])):
        assert shown.to_text(width=60)
        assert shown.to_html()
        assert json.loads(shown.to_json())["schema"] == SCHEMA


def test_nothing_given_is_changed(model):
    one, other = fit(model), fit(model, 70)
    before = pickle.dumps((one, other))
    diff(one, other, align=True).to_html()
    spread([one, other, one], align=True).to_text()
    assert pickle.dumps((one, other)) == before


def test_each_fitted_parameter_that_moves_is_seen(model):
    """A number changed in any array of the copy is one value that moved, at its path."""
    one = fit(model)
    for path in fitted_params(one):
        changed = copy.deepcopy(one)
        array = fitted_params(changed)[path]
        if not array.size or not array.flags.writeable or (array.base is None and not array.ndim):
            continue  # a number of Python's, of which an array is made
        array.flat[-1] += 1.0  # the last node of a tree is a leaf, whose threshold nobody asks
        if path.endswith((".threshold", "['num_threshold']")):
            continue
        found = diff(one, changed)
        assert not found.is_empty, path
        assert sum(change.n_changed for change in found.root.changes()) == 1 or "dual" in path, path


def test_hyperparameters_are_added_removed_and_changed():
    one = Pipeline([("a", StandardScaler()), ("b", Ridge(alpha=1.0))])
    two = Pipeline([("a", StandardScaler()), ("b", Lasso(alpha=2.0, positive=True))])
    found = {each.path: (each.before, each.after) for each in diff(one, two).hyperparameters}
    assert found["b"] if "b" in found else found["steps"]
    assert found["b__alpha"] == ("1.0", "2.0")
    assert found["b__solver"] == ("'auto'", None)
    assert found["b__selection"] == (None, "'cyclic'")
    assert "a__with_mean" not in found
    assert not diff(one, clone(one)).hyperparameters


def test_estimators_as_values_are_compared_by_class_and_then_inside():
    one, two = BaggingRegressor(Ridge(alpha=1.0)), BaggingRegressor(Ridge(alpha=3.0))
    found = diff(one, two).hyperparameters
    assert [(each.path, each.before, each.after) for each in found] == [
        ("estimator__alpha", "1.0", "3.0")
    ]
    found = diff(one, BaggingRegressor(Lasso())).hyperparameters
    assert ("estimator", "Ridge", "Lasso") in [(e.path, e.before, e.after) for e in found]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (np.nan, np.nan, True),
        (1, 1.0, False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), False),
        ({"a": [1, 2]}, {"a": [1, 2]}, True),
        ({"a": [1, 2]}, {"a": [1, 2], "b": 0}, False),
        (np.random.RandomState(0), np.random.RandomState(1), True),
        (10**400, 10**400 + 1, False),
        (max, min, False),
        (lambda x: x + 1, lambda x: x + 2, False),
        ({1, 2}, {2, 1}, True),
        (None, 0, False),
        ("a", b"a", False),
    ],
)
def test_values_of_hyperparameters(one, two, same):
    before, after = Ridge(alpha=one), Ridge(alpha=two)
    assert diff(before, after).is_empty is same


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (np.float64(0.1), 0.1, True),
        (np.float32(0.5), 0.5, True),
        (np.float32(0.1), 0.1, False),
        (np.int64(3), 3, True),
        (np.int64(3), 3.0, False),
        (np.bool(True), True, True),
        (np.bool(True), 1, False),
        (np.str_("a"), "a", True),
        ((np.int64(3),), (3,), True),
        (np.datetime64("2020-01-01"), np.datetime64("2020-01-02"), False),
    ],
)
def test_numbers_of_numpys_are_those_of_pythons(one, two, same):
    for pair in ((one, two), (two, one)):
        models = [Ridge(alpha=value) for value in pair]
        assert diff(*models).is_empty is same


def test_the_winner_of_a_search_is_the_model_with_its_value():
    search = GridSearchCV(Ridge(), {"alpha": np.logspace(-2, 2, 3)}, cv=2).fit(X, Y)
    alpha = float(search.best_params_["alpha"])
    assert_same_model(search.best_estimator_, Ridge(alpha=alpha).fit(X, Y))


TENS = np.arange(10.0)


@pytest.mark.parametrize(
    ("one", "two", "before", "after"),
    [
        (
            RBF(1.0, (1e-5, 1e5)) * 2.0,
            RBF(1.0, (1e-3, 1e5)) * 2.0,
            "k1.length_scale_bounds[0]: 1e-05",
            "k1.length_scale_bounds[0]: 0.001",
        ),
        (
            TENS,
            np.where(TENS > 6, 0.0, TENS),
            "array of float64, shape (10,)",
            "array of float64, shape (10,): 3 of 10 differ",
        ),
        ([0.5, 0.5], np.array([0.5, 0.5]), "[0.5, 0.5] (list)", "[0.5, 0.5] (ndarray)"),
        ([*range(30)], [*range(29), 0], "[29]: 29", "[29]: 0"),
        (
            {"a": TENS},
            {"a": TENS + 1},
            None,
            "['a']: array of float64, shape (10,): 10 of 10 differ",
        ),
        ("a" * 500, "a" * 250 + "b" + "a" * 249, None, f"…{20 * 'a'}b{19 * 'a'}…"),
        (
            [("a", PCA())],
            [("a", skparams.PCA())],
            "[0][1]: sklearn.decomposition._pca.PCA",
            "[0][1]: skparams.decomposition._pca.estimator.PCA",
        ),
        (Bunch(a=1, **{f"b{i:02}": 0 for i in range(25)}), Bunch(a=1), None, None),
    ],
)
def test_values_that_differ_have_different_texts(one, two, before, after):
    found = diff(Ridge(alpha=one), Ridge(alpha=two)).hyperparameters[0]
    assert found.before != found.after
    assert before in (None, found.before)
    assert after in (None, found.after)


def test_functions_of_one_name_have_different_texts():
    one, two = (FunctionTransformer(f) for f in (lambda x: x, lambda x: x + 1))
    (found,) = diff(one, two).hyperparameters
    assert found.after == "another function"
    assert found.before.endswith("<lambda>")


def test_objects_beside_parameters_have_different_texts_too():
    class Own(BaseEstimator):
        def fit(self, bounds):
            self.held_ = RBF(1.0, bounds)
            return self

    assert "held_" in str(diff(Own().fit((1e-5, 1e5)), Own().fit((1e-3, 1e5))))
    found = diff(Own().fit((1e-5, 1e5)), Own().fit((1e-3, 1e5)))
    assert "held_" in str(found)


def test_a_value_that_holds_itself_ends():
    one, two = [1], [1]
    one.append(one)
    two.append(two)
    assert diff(Ridge(alpha=one), Ridge(alpha=two)).is_empty
    two.append(3)
    assert not diff(Ridge(alpha=one), Ridge(alpha=two)).is_empty


def test_many_models_of_one_class_are_one_line_that_opens():
    one, two = (BaggingRegressor(Ridge(), 5, random_state=seed).fit(X, Y) for seed in (0, 1))
    assert "estimators_[0 … 4]  5 × Ridge" in str(diff(one, two))
    assert "estimators_[3]" not in str(diff(one, two))
    assert "estimators_[3]" in diff(one, two).to_html()


def test_shapes_and_classes_that_differ_are_shown():
    found = diff(fit(PCA(2)), fit(PCA(3)))
    row = found.root.parameters[0]
    assert (row.path, row.before.shape, row.after.shape, row.change) == (
        *("components_", (2, 6), (3, 6)),
        None,
    )
    assert "(2, 6) → (3, 6)" in str(found)
    found = diff(fit(LogisticRegression()), fit(RandomForestClassifier(5)))
    assert (found.root.before, found.root.after) == (
        *("sklearn.LogisticRegression", "sklearn.RandomForestClassifier"),
    )
    assert "LogisticRegression → RandomForestClassifier" in str(found)
    found = diff(PCA(2), skparams.PCA(2))
    assert "sklearn.PCA → skparams.PCA" in str(found)


def test_defaults_that_only_one_class_has_are_counted():
    found = diff(KNeighborsRegressor().fit(X, Y), Ridge().fit(X, Y))
    n = len(found.hyperparameters)
    assert n > 10
    assert f"{n} hyperparameters at default, not in all models" in str(found)
    gone = [row for row in found.root.others if None in (row.before, row.after)]
    assert f"{len(gone)} other attributes not in both models" in str(found)
    text = str(diff(KNeighborsRegressor(3).fit(X, Y), Ridge().fit(X, Y)))
    assert f"{n - 1} hyperparameters at default, not in all models" in text
    assert "n_neighbors" in text


def test_unfitted_models_have_hyperparameters_only():
    found = diff(Ridge(), Ridge(alpha=2.0))
    assert not found.root.parameters
    assert [each.path for each in found.hyperparameters] == ["alpha"]
    assert diff(Ridge(), Ridge()).is_empty
    found = diff(Ridge(), fit(Ridge()))
    assert not found.is_empty
    assert {row.path for row in found.root.parameters} == {"coef_", "intercept_"}
    assert all(row.before is None for row in found.root.parameters)


def test_dtypes_count_where_there_is_no_tolerance():
    one = fit(LinearRegression())
    two = copy.deepcopy(one)
    one.coef_ = one.coef_.astype(np.float32)
    two.coef_ = one.coef_.astype(np.float64)
    assert not diff(one, two).is_empty
    assert "float32" in str(diff(one, two))
    assert diff(one, two, rtol=1e-9).is_empty
    assert_same_model(one, two, rtol=1e-7)
    with pytest.raises(AssertionError, match=r"coef_ of LinearRegression: .*float32.*float64"):
        assert_same_model(one, two)


def test_text_of_another_kind_counts_in_both_directions():
    names = np.array(["a", "b"])
    fixed, free = (LabelEncoder().fit(each) for each in (names, names.astype(object)))
    longer = copy.deepcopy(fixed)
    longer.classes_ = fixed.classes_.astype("<U9")
    for pair in ((fixed, free), (free, fixed)):
        with pytest.raises(AssertionError):
            assert_same_model(*pair)
        assert_same_model(*pair, rtol=1e-7)
    for pair in ((fixed, longer), (longer, fixed)):
        assert_same_model(*pair)


def test_sparse_parameters_are_compared_with_dense_ones():
    one = fit(LogisticRegression())
    two = copy.deepcopy(one).sparsify()
    assert sparse.issparse(two.coef_)
    assert diff(one, two, rtol=1e-12).is_empty
    two.coef_.data[0] += 1
    assert diff(one, two).root.parameters[0].change.n_changed == 1


def test_nan_at_one_place_is_no_change():
    one = fit(Ridge())
    one.coef_[1] = np.nan
    two = copy.deepcopy(one)
    assert diff(one, two).is_empty
    two.coef_[2] = np.nan
    change = diff(one, two).root.parameters[0].change
    assert (change.n_changed, change.nonfinite) == (1, 1)
    assert "NaN" in str(diff(one, two))


def test_what_predictions_need_beside_parameters_is_compared():
    one = fit(KNeighborsClassifier())
    two = copy.deepcopy(one)
    two._fit_X[3, 1] += 1
    changed = {row.path for row in diff(one, two).root.others if not row.same}
    assert "_fit_X" in changed <= {"_fit_X", "_tree", "_tree.data"}  # it keeps the same rows
    two = fit(LogisticRegression())
    two.classes_ = np.array(["a", "b", "c"])
    assert [row.path for row in diff(fit(LogisticRegression()), two).root.others if not row.same]
    two = copy.deepcopy(fit(PCA(2)))
    two.noise_variance_ += 1  # transform does not need it, score_samples does
    assert [row.path for row in diff(fit(PCA(2)), two).root.others if not row.same]


def test_what_predictions_do_not_read_is_not_compared():
    one = fit(MLPClassifier((4,), max_iter=3, random_state=0))
    two = copy.deepcopy(one)
    two.loss_curve_[0] = 7.0
    two._optimizer.ms[0] += 1
    assert diff(one, two).is_empty


def test_a_class_that_nobody_described():
    class Holder:
        def __init__(self, numbers):
            self.numbers = numbers

    class Own(BaseEstimator):
        def fit(self, X, y=None):
            self.words_ = np.array(["a", None, 1.5], dtype=object)
            self.holder_ = Holder(np.arange(3.0))
            self.empty_ = np.empty((0, 4))
            self.means_ = np.arange(4.0)
            return self

    one, two = Own().fit(X), Own().fit(X)
    assert diff(one, two).is_empty
    two.holder_.numbers[1] = 9
    assert [r.path for r in diff(one, two).root.parameters if not r.same] == ["holder_.numbers"]
    two.words_[2] = 1.0
    assert "words_" in str(diff(one, two))


def test_what_is_no_number_beside_numbers_is_compared():
    class Own(BaseEstimator):
        def fit(self, X, y=None):
            self.model_ = {"link": "log", "w": np.ones(4), "flag": True, "none": None}
            self.pairs_ = [(1.5, "a"), (2.5, "b")]
            self.names_ = {"all": ["x", "y"], "mean": 1.0}
            self.mixed_ = np.array(["a", 1.5, max], dtype=object)
            return self

    def changed(one, two):
        return [row.path for row in diff(one, two).root.others if not row.same]

    one = Own().fit(X)
    assert diff(one, Own().fit(X)).is_empty
    for name, value in (("link", "identity"), ("flag", False), ("none", "some")):
        two = Own().fit(X)
        two.model_[name] = value
        assert changed(one, two) == [f"model_[{name!r}]"]
        assert "'log'" in str(diff(one, two)) or name != "link"
        with pytest.raises(AssertionError, match=name):
            assert_same_model(one, two)
    two = Own().fit(X)
    two.pairs_[1] = (2.5, "c")
    two.names_["all"][0] = "z"
    two.mixed_[2] = min
    assert changed(one, two) == ["pairs_[1][1]", "names_['all']", "mixed_[2]"]
    del two.model_["flag"]
    assert "model_['flag']" in changed(one, two)


def test_text_that_was_learned_is_compared():
    rows = np.array([["a"], ["a"], ["b"], ["b"], ["b"]], dtype=object)
    one, two = (SimpleImputer(strategy="most_frequent").fit(rows[:n]) for n in (3, 5))
    assert [row.path for row in diff(one, two).root.others if not row.same] == ["statistics_"]


def test_estimators_that_have_a_name_too_are_compared_once():
    members = [("a", Ridge()), ("b", LinearRegression())]
    one, two = (VotingRegressor(members).fit(X[:n], Y[:n]) for n in (80, 70))
    found = diff(one, two)
    assert [child.name for child in found.root.children] == ["estimators_[0]", "estimators_[1]"]
    assert "named_estimators_" not in [row.path for row in found.root.others]


def test_what_is_ignored_is_left_out_in_whatever_nested_estimator():
    one = make_pipeline(StandardScaler(), Ridge(alpha=1.0)).fit(X, Y)
    two = make_pipeline(StandardScaler(), Ridge(alpha=1.0, copy_X=False)).fit(X, Y)
    two[0].n_samples_seen_ = 7
    assert not diff(one, two).is_empty
    assert_same_model(one, two, ignore=("copy_X", "n_samples_seen_"))
    assert_same_model(one, two, ignore=("ridge__copy_X", "standardscaler__n_samples_seen_"))
    assert not diff(one, two, ignore=("copy_X", "standardscaler__mean_")).is_empty
    assert not spread([one, two], ignore=["copy_X"]).hyperparameters
    assert [row.path for row in spread([one, two], ignore=["standardscaler"]).parameters] == [
        "ridge__coef_",
        "ridge__intercept_",
    ]
    network = fit(MLPClassifier((4,), max_iter=2, random_state=0))
    other = copy.deepcopy(network)
    other.coefs_[1] = other.coefs_[1] + 1
    for entry in ("coefs_", "coefs_[1]"):
        assert_same_model(network, other, ignore=(entry,))
    assert not diff(network, other, ignore=("coefs_[0]",)).is_empty
    replaced = make_pipeline(StandardScaler(), Lasso()).fit(X, Y)
    replaced.steps[1] = ("ridge", replaced[1])
    assert_same_model(one, replaced, ignore=("ridge", "steps"))


@pytest.mark.parametrize("entry", ["coefs", "SKP001", "", "standardscaler__coef_"])
def test_an_entry_of_ignore_that_matches_nothing_is_named(entry):
    model = make_pipeline(StandardScaler(), Ridge()).fit(X, Y)
    for call in (diff, assert_same_model, lambda a, b, **given: spread([a, b], **given)):
        with pytest.raises(ValueError, match=rf"^\w+: ignore has '{entry}', which is no name"):
            call(model, model, ignore=[entry])


class TestTrees:
    """Trees place by place, against a walk in plain Python."""

    @staticmethod
    def _by_hand(one, two):
        splits = changed = thresholds = leaves = values = 0
        places = [(0, 0)]
        while places:
            i, j = places.pop()
            inner = one.children_left[i] > 0, two.children_left[j] > 0
            if all(inner):
                splits += 1
                here, there = (
                    (tree.feature[k], tree.missing_go_to_left[k])
                    for tree, k in ((one, i), (two, j))
                )
                if here != there:
                    changed += 1
                else:
                    thresholds += one.threshold[i] != two.threshold[j]
                places += [
                    (one.children_left[i], two.children_left[j]),
                    (one.children_right[i], two.children_right[j]),
                ]
            elif not any(inner):
                leaves += 1
                values += (one.value[i] != two.value[j]).sum()
        return splits, changed, splits - changed, thresholds, leaves, values

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("Tree", [DecisionTreeClassifier, DecisionTreeRegressor])
    def test_against_a_walk(self, Tree, seed):
        one = Tree(random_state=seed).fit(X[:60], Y[:60])
        two = Tree(random_state=seed, max_depth=[None, 3][seed % 2]).fit(X[seed:], Y[seed:])
        (found,) = diff(one, two).root.trees
        splits, changed, shared, thresholds, leaves, values = self._by_hand(one.tree_, two.tree_)
        assert found.nodes == (one.tree_.node_count, two.tree_.node_count)
        assert found.depth == (one.get_depth(), two.get_depth())
        assert (found.splits.n, found.splits.n_changed) == (splits, changed)
        assert (found.thresholds.n, found.thresholds.n_changed) == (shared, thresholds)
        assert found.values.n == leaves * one.tree_.value[0].size
        assert found.values.n_changed == values

    def test_one_node_and_other_shapes(self):
        one = DecisionTreeClassifier(max_depth=1).fit(X, Y)
        stump = DecisionTreeClassifier(max_leaf_nodes=None, min_samples_split=100).fit(X, Y)
        (found,) = diff(one, stump).root.trees
        assert (found.nodes, found.splits.n, found.values.n) == ((3, 1), 0, 0)
        (found,) = diff(one, DecisionTreeClassifier(max_depth=1).fit(X, Y > 0)).root.trees
        assert found.values is None
        assert not found.same

    def test_a_forest_is_one_line_that_opens(self):
        one = fit(RandomForestClassifier(6, random_state=0))
        two = fit(RandomForestClassifier(8, random_state=0))
        assert all(child.same for child in diff(one, two).root.children[:6])
        assert "8 × DecisionTreeClassifier" in str(diff(one, two))
        other = diff(one, fit(RandomForestClassifier(6, random_state=1)))
        assert str(other).count("DecisionTreeClassifier") == 1
        assert other.to_html().count("<details>") == 1

    def test_boosted_trees_are_one_line_that_opens(self):
        one, two = (
            HistGradientBoostingClassifier(max_iter=n, max_depth=2).fit(X, Y) for n in (4, 6)
        )
        found = diff(one, two)
        n = len(two._predictors[0])
        assert f"{6 * n} × tree" in str(found)
        assert f"{2 * n} added" in str(found)
        assert f"{4 * n} of {4 * n} trees same" in str(found)
        assert "_predictors[2][0]" not in str(found)
        assert "_predictors[2][0]" in found.to_html()

    def test_categories_and_missing_values_are_structure(self):
        rows = np.column_stack([X[:, :2], np.arange(80) % 5]).astype(float)
        rows[::7, 0] = np.nan
        given = {"max_iter": 2, "categorical_features": [2], "random_state": 0}
        one = HistGradientBoostingClassifier(**given).fit(rows, Y)
        two = copy.deepcopy(one)
        assert diff(one, two).is_empty
        bits = next(
            p.raw_left_cat_bitsets
            for ps in two._predictors
            for p in ps
            if len(p.raw_left_cat_bitsets)
        )
        bits[0, 0] ^= 1
        assert sum(tree.splits.n_changed for tree in diff(one, two).root.trees) == 1


class TestAlignment:
    @pytest.mark.parametrize("activation", ["relu", "tanh", "identity", "logistic"])
    @pytest.mark.parametrize("Model", [MLPClassifier, skparams.MLPRegressor])
    def test_hidden_units_that_were_shuffled_are_found(self, Model, activation, rng):
        one = fit(
            Model(hidden_layer_sizes=(7, 5), activation=activation, max_iter=5, random_state=0)
        )
        two, turns = copy.deepcopy(one), activation in ("tanh", "identity")
        for layer in (0, 1):
            n = len(two.intercepts_[layer])
            order, signs = rng.permutation(n), np.ones(n)
            if turns:
                signs = np.where(rng.uniform(size=n) < 0.5, -1.0, 1.0)
            two.coefs_[layer] = two.coefs_[layer][:, order] * signs
            two.intercepts_[layer] = two.intercepts_[layer][order] * signs
            two.coefs_[layer + 1] = two.coefs_[layer + 1][order] * signs[:, None]
        np.testing.assert_allclose(two.predict(X), one.predict(X))
        assert not diff(one, two).is_empty
        found = diff(one, two, align=True)
        assert found.is_empty
        assert any(each.flipped for each in found.root.aligned) is turns

    @pytest.mark.parametrize(
        "model", [PCA(5), skparams.PCA(5, whiten=True), FastICA(4, random_state=0)]
    )
    def test_components_in_another_order_and_sign(self, model, rng):
        one = model.fit(X)
        two = copy.deepcopy(one)
        order = rng.permutation(len(one.components_))
        two.components_ = -two.components_[order]
        if getattr(two, "whiten", False) is True:
            two.explained_variance_ = two.explained_variance_[order]
        assert diff(one, two, align=True, rtol=1e-12).is_empty
        assert not diff(one, two, rtol=1e-12).is_empty

    def test_signs_are_kept_where_they_mean_something(self):
        one = fit(KMeans(3, n_init=1, random_state=0))
        two = copy.deepcopy(one)
        two.cluster_centers_ = two.cluster_centers_[[2, 0, 1]]
        assert diff(one, two, align=True).is_empty
        two.cluster_centers_ *= -1
        assert not diff(one, two, align=True).is_empty

    def test_other_numbers_of_units_are_reported(self):
        one, two = (fit(MLPClassifier((n,), max_iter=3, random_state=0)) for n in (4, 5))
        found = diff(one, two, align=True)
        assert found.root.aligned[0].reason == "4 and 5 units"
        assert "not aligned: 4 and 5 units" in str(found)

    def test_numbers_that_are_not_finite_do_not_stop_it(self):
        one = fit(MLPClassifier((4, 3), max_iter=3, random_state=0))
        two = copy.deepcopy(one)
        two.coefs_[0][0, 0] = np.nan
        assert diff(one, two, align=True).root.parameters[0].change.n_changed == 1

    def test_the_same_model_stays_in_its_order(self, model):
        one = fit(model)
        found = diff(one, fit(model), align=True)
        assert found.is_empty
        assert not any(
            each.reordered or each.flipped for node in found.root.walk() for each in node.aligned
        )


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ((Ridge, Ridge()), TypeError, "before must be an instance, got the class Ridge"),
        ((Ridge(), 3), TypeError, "after must have fit and get_params, got int: 3"),
        (([Ridge(), Ridge()], Ridge()), TypeError, r"before .* list; .* use spread\(models\)"),
    ],
)
def test_what_is_no_model_is_named(arguments, error, match):
    with pytest.raises(error, match=match):
        diff(*arguments)


def _changed(**attributes):
    model = make_pipeline(StandardScaler(), Ridge()).fit(X, Y)
    for name, value in attributes.items():
        setattr(model[-1], name, value)
    return model


@pytest.mark.parametrize(
    ("actual", "message"),
    [
        (
            _changed(intercept_=Y.mean() + 0.25),
            r"ridge__intercept_ of Ridge: 1 of 1 values differ, by up to 0\.25",
        ),
        (
            _changed(coef_=np.ones(3)),
            r"ridge__coef_ of Ridge: \(3,\) float64 instead of \(6,\) float64",
        ),
        (_changed(alpha=7), r"hyperparameter ridge__alpha: 7 instead of 1\.0"),
        (_changed()[-1], r"estimator: sklearn\.Ridge instead of sklearn\.Pipeline"),
        (
            make_pipeline(StandardScaler(), Ridge()),
            r"estimator: sklearn\.Pipeline \(not fitted\) instead of sklearn\.Pipeline",
        ),
        (
            make_pipeline(StandardScaler(), Ridge()).fit(X + 1, Y),
            r"standardscaler__mean_ of StandardScaler: 6 of 6 values differ",
        ),
    ],
)
def test_the_message_names_the_first_difference_and_how_far_it_is(actual, message):
    with pytest.raises(AssertionError, match=rf"\(rtol=0, atol=0\): .*{message}"):
        assert_same_model(actual, _changed(intercept_=Y.mean()))


def test_tolerances_are_relative_to_what_is_desired():
    actual, desired = (copy.deepcopy(fit(Ridge())) for _ in range(2))
    actual.coef_, desired.coef_ = np.full(6, 1.1), np.full(6, 1.0)
    assert_same_model(desired, actual, rtol=0.095)
    with pytest.raises(AssertionError, match=r"6 of 6 values differ, by up to 0\.1"):
        assert_same_model(actual, desired, rtol=0.095)
    assert_same_model(actual, desired, rtol=0.05, atol=0.06)


@pytest.mark.parametrize("bad", [{"rtol": -1}, {"atol": np.inf}, {"rtol": "x"}, {"atol": np.nan}])
def test_tolerances_that_are_none(bad):
    with pytest.raises(ValueError, match="must be a finite number >= 0, got"):
        diff(Ridge(), Ridge(), **bad)
    with pytest.raises(ValueError, match="assert_same_model: "):
        assert_same_model(Ridge(), Ridge(), **bad)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: diff(m, m, ignore=5), "diff: ignore must be a collection of names, got 5"),
        (lambda m: diff(m, m, ignore=[5]), r"diff: ignore must be a collection .*, got \[5\]"),
        (lambda m: assert_same_model(m, m, ignore=None), "assert_same_model: ignore .* got None"),
        (lambda m: diff(m, m, align="no"), "diff: align must be True or False, got 'no'"),
        (lambda m: spread([m, m], align=2), "spread: align must be True or False, got 2"),
        (lambda m: spread([m, m], ignore="a"), "spread: ignore must be a collection of names"),
        (lambda m: slim(m, keep=5), "slim: keep must be a collection of names, got 5"),
        (lambda m: slim(m, keep=None), "slim: keep must be a collection of names, got None"),
        (lambda m: summary(m, ignore=5), "summary: ignore must be a collection of names, got 5"),
        (lambda m: probe(m, X, max_calls=2.5), "probe: max_calls must be a positive int, got 2.5"),
    ],
)
def test_arguments_of_another_type_are_named(call, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        call(fit(Ridge()))


def test_a_name_to_ignore_is_no_collection():
    message = r"ignore must be a collection of names, got 'n_jobs'; pass \('n_jobs',\)\."
    with pytest.raises(TypeError, match=message):
        diff(Ridge(), Ridge(), ignore="n_jobs")


def test_a_choice_is_shown_once():
    X, y = np.random.RandomState(0).standard_normal((30, 2)), np.arange(30) % 2
    found = diff(KNeighborsClassifier(5).fit(X, y), KNeighborsClassifier(3).fit(X, y))
    assert [each.path for each in found.hyperparameters] == ["n_neighbors"]
    assert [row.path for row in found.root.others if not row.same] == []


def test_a_tree_that_differs_is_not_called_the_same():
    X, y = np.random.RandomState(0).standard_normal((90, 4)), np.arange(90) % 3
    for seed in range(3):
        pair = [RandomForestClassifier(9, random_state=seed, max_depth=d).fit(X, y) for d in (3, 4)]
        learned = diff(*pair)._page().sections[1]
        rows = learned.rows[0].rows[-1].rows
        assert len(rows) == 9
        assert "same" not in {row.cells[2] for row in rows}
