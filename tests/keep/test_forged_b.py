"""A forged file never reaches compiled code: it is refused, or a method raises.

Nothing here is found by a checksum: those of a forged file are right.
"""

import warnings
from itertools import islice

import numpy as np
import pytest
from sklearn.cluster import Birch, BisectingKMeans, KMeans
from sklearn.ensemble import (
    BaggingRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.naive_bayes import CategoricalNB
from sklearn.neighbors import (
    KernelDensity,
    KNeighborsClassifier,
    LocalOutlierFactor,
    RadiusNeighborsClassifier,
)
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, SplineTransformer
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skparams._keep import ParamsFileError, load_params, save_params
from skparams._keep.checks import check_attributes as check_layout
from skparams._keep.kinds import KINDS
from skparams.specs import estimators_in
from tests.all_estimators import each_estimator, fitted
from tests.keep.forging_b import (
    contents,
    lies,
    other_dtypes,
    other_indices,
    other_numbers,
    other_shapes,
    outcomes,
    predictions,
)

N, P = 60, 4
TREE = "sklearn.tree._tree.Tree"
PREDICTOR = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"


def _data():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N, P)).round(2)
    X[:, 3] = np.arange(N) % 5
    return X, (X[:, 0] + X[:, 1] > 0).astype(int) + (X[:, 2] > 0)


X, Y = _data()
TWO = (Y > 0).astype(int)
# Models, and of each the arrays that compiled code uses as indices or lengths.
MODELS = {
    "tree": (DecisionTreeClassifier(max_depth=3), Y, "left_child right_child feature"),
    "outputs": (DecisionTreeRegressor(max_depth=3), np.c_[X[:, 0], Y], "left_child right_child"),
    "forest": (RandomForestClassifier(3, max_depth=3), Y, "left_child right_child feature"),
    "isolation": (
        IsolationForest(n_estimators=3, max_samples=16, max_features=3),
        Y,
        "left_child right_child feature estimators_features_ _decision_path_lengths",
    ),
    "boosting": (GradientBoostingClassifier(n_estimators=2, max_depth=2), Y, "left_child feature"),
    "histogram": (
        HistGradientBoostingClassifier(
            max_iter=3, max_depth=3, min_samples_leaf=3, categorical_features=[3]
        ),
        Y,
        "left right feature_idx bitset_idx _bin_mapper__is_categorical_ n_bins_non_missing_",
    ),
    "SVC": (SVC(probability=True), Y, "support_ _n_support"),
    "two classes": (SVC(kernel="linear"), TWO, "support_ _n_support"),
    "SVR": (SVR(), X[:, 0], "support_ _n_support"),
    "brute": (KNeighborsClassifier(algorithm="brute"), Y, "_y"),
    "kd_tree": (KNeighborsClassifier(algorithm="kd_tree"), Y, "_y"),
    "radius": (RadiusNeighborsClassifier(9.0, algorithm="brute"), Y, "_y"),
    "outliers": (LocalOutlierFactor(n_neighbors=5, novelty=True), Y, ""),
    "density": (KernelDensity(), None, ""),
    "means": (KMeans(3, n_init=1), None, ""),
    "bisecting": (BisectingKMeans(3), None, ""),
    "birch": (Birch(), None, ""),
    "bag": (BaggingRegressor(n_estimators=2, max_features=2), Y, "estimators_features_"),
    "one hot": (
        OneHotEncoder(max_categories=3, handle_unknown="ignore", sparse_output=False),
        None,
        "_infrequent_indices _default_to_infrequent_mappings",
    ),
    "ordinal": (
        OrdinalEncoder(max_categories=3),
        None,
        "_infrequent_indices _default_to_infrequent_mappings",
    ),
    "bins": (KBinsDiscretizer(3), None, "n_bins_"),
    "splines": (SplineTransformer(), None, ""),
    "categories": (CategoricalNB(), Y, ""),
}


def model(name):
    estimator, y, indices = MODELS[name]
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = np.abs(X).round() if name == "categories" else X
        return (estimator.fit(given) if y is None else estimator.fit(given, y)), indices.split()


def is_one_of(name, indices):
    return any(name == each or name.endswith((f".{each}", f"__{each}")) for each in indices) or any(
        f"{each}[" in name for each in indices
    )


@pytest.mark.parametrize("name", MODELS)
def test_other_indices_are_refused(name, tmp_path):
    """An index out of range on either side, or huge."""
    estimator, indices = model(name)
    text, arrays = contents(estimator)
    forged = [
        (f"{array} {what}", text, {**arrays, array: other})
        for array, value in arrays.items()
        if is_one_of(array, indices)
        for what, other in other_indices(value)
    ]
    assert bool(forged) == bool(indices)
    for what, found in outcomes(tmp_path, forged, X):
        assert found == "refused", (what, found)


@pytest.mark.parametrize("name", MODELS)
def test_other_dtypes_are_refused_or_read_as_numbers(name, tmp_path):
    estimator, _ = model(name)
    text, arrays = contents(estimator)
    forged = [
        (f"{array} {what}", text, {**arrays, array: other})
        for array, value in arrays.items()
        for what, other in other_dtypes(value)
    ]
    for what, found in outcomes(tmp_path, forged, X):
        assert found != "crash", what


@pytest.mark.parametrize("name", MODELS)
def test_arrays_of_other_shapes_are_refused(name, tmp_path):
    estimator, _ = model(name)
    text, arrays = contents(estimator)
    expected = predictions(estimator, X)
    forged = [
        (f"{array} {what}", text, {**arrays, array: np.ascontiguousarray(other)})
        for array, value in arrays.items()
        for what, other in other_shapes(value)
    ]
    for what, found in outcomes(tmp_path, forged, X):
        assert found == "refused" or not lies(found, expected), (what, found)


@pytest.mark.parametrize("name", MODELS)
def test_other_numbers_of_the_layout_are_refused_or_harmless(name, tmp_path):
    """Integers among the attributes and fields: depths, counts, lengths, shapes."""
    estimator, _ = model(name)
    text, arrays = contents(estimator)
    expected = predictions(estimator, X)

    def of_layout(place, value):
        return "params" not in place

    forged = [(what, other, arrays) for what, other in other_numbers(text, of_layout)]
    for what, found in outcomes(tmp_path, forged, X):
        assert found == "refused" or (found != "crash" and not lies(found, expected)), (what, found)


@each_estimator
def test_estimators_that_were_fitted_pass(name):
    """The checks hold for all that scikit-learn fits, and for all estimators inside."""
    for estimator, _, _ in fitted(name):
        for inner in _inside(estimator, set()):
            check_layout(inner)


def _inside(estimator, visited):
    if id(estimator) not in visited:
        visited.add(id(estimator))
        yield estimator
        for name, value in vars(estimator).items():
            for _, inner in estimators_in(name, value):
                yield from _inside(inner, visited)


@each_estimator
def test_no_forged_array_of_any_estimator_crashes_or_lies(name, tmp_path):
    for estimator, X, _ in islice(fitted(name), 1):
        try:
            text, arrays = contents(estimator)
        except TypeError:
            continue
        expected = predictions(estimator, X)
        forged = [
            (f"{array} {what}", text, {**arrays, array: np.ascontiguousarray(other)})
            for array, value in arrays.items()
            for what, other in other_shapes(value)
        ]
        for what, found in outcomes(tmp_path, forged, X):
            assert found == "refused" or not lies(found, expected), (what, found)


def _tree_fields():
    estimator = DecisionTreeClassifier(random_state=0).fit(X, Y)
    return type(estimator.tree_), KINDS[TREE].fields(estimator.tree_)


def _is_refused(cls, fields):
    with pytest.raises(ValueError):
        KINDS[TREE].build(cls, fields)


def test_a_tree_comes_back_to_the_last_bit():
    for estimator in (
        DecisionTreeClassifier(max_leaf_nodes=9, random_state=0),
        DecisionTreeClassifier(ccp_alpha=0.01, random_state=0),
        DecisionTreeClassifier(min_samples_leaf=N),
    ):
        with_holes = X.copy()
        with_holes[::7, 0] = np.nan
        tree = estimator.fit(with_holes, np.c_[Y, TWO]).tree_
        found = KINDS[TREE].build(type(tree), KINDS[TREE].fields(tree))
        for name in ("nodes", "values"):
            assert found.__getstate__()[name].tobytes() == tree.__getstate__()[name].tobytes()
        assert (found.max_depth, found.node_count) == (tree.max_depth, tree.node_count)
        np.testing.assert_array_equal(
            found.compute_feature_importances(), tree.compute_feature_importances()
        )


@pytest.mark.parametrize("name", ["n_features", "n_classes", *"value left_child threshold".split()])
@pytest.mark.parametrize("value", [None, "x", -1, 0, 2**70, 1.5, [], [0], [-1], {}, np.ones(3)])
def test_a_field_of_any_type_is_refused(name, value):
    cls, fields = _tree_fields()
    _is_refused(cls, {**fields, name: value})
    _is_refused(cls, {key: item for key, item in fields.items() if key != name})


def test_links_that_make_no_tree_are_refused():
    cls, fields = _tree_fields()
    left, right = fields["left_child"], fields["right_child"]
    inner = np.flatnonzero(left >= 0)
    _is_refused(cls, {**fields, "left_child": right, "right_child": left})  # swapped
    for first, second in ((inner[0], inner[1]), (inner[1], inner[0])):
        for name in ("left_child", "right_child"):
            forged = fields[name].copy()
            forged[first] = forged[second]  # a node with two parents, and one with none
            _is_refused(cls, {**fields, name: forged})
            forged[first] = first  # a cycle
            _is_refused(cls, {**fields, name: forged})
            forged[first] = -1  # half a leaf
            _is_refused(cls, {**fields, name: forged})
    threshold = fields["threshold"].copy()
    threshold[inner[0]] = np.nan
    _is_refused(cls, {**fields, "threshold": threshold})
    threshold[inner[0]] = np.inf  # splits off missing values
    KINDS[TREE].build(cls, {**fields, "threshold": threshold})


def test_a_forest_with_a_tree_of_other_features_is_refused(tmp_path):
    forest = RandomForestClassifier(2, random_state=0).fit(X, Y)
    other = RandomForestClassifier(2, random_state=0).fit(np.c_[X, X], Y)
    forest.estimators_[1] = other.estimators_[1]
    with pytest.raises(TypeError, match="n_features"):
        save_params(forest, tmp_path / "forest.safetensors")


def test_what_does_not_fit_together_is_not_written(tmp_path):
    machine = SVC().fit(X, Y)
    machine._n_support[0] += 1
    path = tmp_path / "machine.safetensors"
    with pytest.raises(TypeError, match="_n_support"):
        save_params(machine, path)
    assert not path.exists()


def test_a_tree_of_neighbors_is_built_again_with_its_metric(tmp_path):
    for options in (
        {"metric": "minkowski", "p": 3.5},
        {"metric": "minkowski", "metric_params": {"w": np.arange(1.0, P + 1)}},
        {"metric": "mahalanobis", "metric_params": {"V": np.cov(X.T)}},
        {"metric": "seuclidean", "metric_params": {"V": X.var(0)}},
        {"metric": "canberra", "leaf_size": 3},
    ):
        estimator = KNeighborsClassifier(algorithm="ball_tree", **options).fit(X, Y)
        path = tmp_path / "neighbors.safetensors"
        save_params(estimator, path)
        found = load_params(path)
        for mine, theirs in zip(
            found._tree.get_arrays(), estimator._tree.get_arrays(), strict=True
        ):
            assert mine.tobytes() == theirs.tobytes()
        assert found._tree.get_arrays()[0] is found._fit_X
        for mine, theirs in zip(found.kneighbors(X), estimator.kneighbors(X), strict=True):
            np.testing.assert_array_equal(mine, theirs)
