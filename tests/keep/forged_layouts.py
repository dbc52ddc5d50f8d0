"""Models whose learned numbers reach compiled code, and how each field of them is forged."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from tests.keep.forging import doubled, dtypes, infinite, nan, number, order, outside, shapes

N, P = 60, 5


class Layout(NamedTuple):
    """A model, the part of its file that is forged, and kinds of forgeries by pattern of places.

    A place that no pattern matches fails the test, so that no new field is forgotten. Patterns
    without kinds are of what may be anything: no compiled code trusts it, or it is legal data.
    """

    model: Callable[[], Any]
    within: str
    fields: dict[str, tuple]
    state: bool = False
    training: bool = False


def data(model):
    """X and y for a model."""
    rng = np.random.RandomState(0)
    y = np.arange(N) % 3
    X = np.abs(rng.standard_normal((N, P))) + y[:, None]
    return X, y


def _fit(module, name, X=None, y=None, **params):
    def made():
        from importlib import import_module

        mine = data(None)
        cls = getattr(import_module(module), name)
        rows, target = mine[0] if X is None else X(mine[0]), mine[1] if y is None else y(mine[1])
        return cls(**params).fit(rows, target), rows, target

    return made


def _table_network(kind, **params):
    """An ensemble for a table with a missing number and two columns of categories."""

    def made():
        import skparams

        X, y = data(None)
        table = X[:, :4].astype(object)
        table[3, 1] = None
        table[:, 2] = np.array(["red", "green", "blue"])[np.arange(N) % 3]
        table[:, 3] = np.arange(N) % 2 == 0
        settings = {"n_members": 2, "hidden_layer_sizes": 4, "max_iter": 2, "random_state": 0}
        cls = getattr(skparams, f"TabularMLP{kind}")
        return cls(**settings, categorical_features=[2, 3], **params).fit(table, y), table, y

    return made


def _two(y):
    return np.column_stack([y, y > 0]).astype(int)


TREE = {
    "n_features": (number,),
    "n_classes/.*": (number,),
    "value": (shapes, dtypes),
    "(left|right)_child": (shapes, dtypes, order, outside(-1, N), doubled),
    "feature": (shapes, dtypes, outside(-2, P)),
    "threshold": (shapes, dtypes, nan),
    "impurity|weighted_n_node_samples": (shapes, dtypes),
    "n_node_samples": (shapes, dtypes, outside(0, 1 << 63)),
    "missing_go_to_left": (shapes, dtypes, outside(0, 2)),
}
PREDICTOR = {
    "left|right": (shapes, dtypes, order, outside(0, N), doubled),
    "feature_idx": (shapes, dtypes, outside(0, P)),
    "num_threshold": (shapes, dtypes, nan),
    "value|count|gain": (shapes, dtypes),
    "is_leaf|is_categorical|missing_go_to_left": (shapes, dtypes, outside(0, 2)),
    "bin_threshold": (shapes, dtypes),
    "bitset_idx": (shapes, dtypes, outside(0, 1)),
    "(binned|raw)_left_cat_bitsets": (dtypes,),
}


def _under(prefix, fields):
    return {f"{prefix}/({pattern})": kinds for pattern, kinds in fields.items()}


_HEAD = {"attributes/n_features_in_": (number,), "attributes/feature_names_in_": ()}
_ENSEMBLE = "sklearn.ensemble"
_COLUMNS = (shapes, dtypes, nan)
_SVM = {
    **_HEAD,
    "attributes/support_": (shapes, dtypes, outside(0, N)),
    "attributes/_n_support": (shapes, dtypes, outside(0, N + 1)),
    "attributes/(support_vectors_|_?dual_coef_|_intercept_)": (shapes, dtypes, nan, infinite),
    "attributes/intercept_": (shapes, nan),
    "attributes/_prob[AB]": (shapes, dtypes, nan),
    "attributes/classes_": (shapes,),
    "attributes/shape_fit_/@tuple/0": (),  # larger is legal; smaller than an index is not
    "attributes/(shape_fit_.*|class_weight_|_num_iter|n_iter_|fit_status_)": (),
    "attributes/_sparse": (number,),
    "attributes/_effective_probability": (number,),
    "attributes/(_gamma|offset_).*": (),
    # what the constructors of all of these set, whatever they take
    "attributes/(C|nu|epsilon|probability|class_weight|random_state)": (),
}
_ROWS = {
    **_HEAD,
    "attributes/_fit_X": (shapes,),
    "attributes/_y": (shapes, dtypes, outside(0, 3)),
    "attributes/classes_": (shapes,),
    "attributes/outputs_2d_": (number,),
    "attributes/n_samples_fit_": (number,),
    "attributes/_fit_method": (number,),
    "attributes/_tree": (number,),
    "attributes/effective_metric_": (number,),
    "attributes/(radius|n_neighbors)": (),
    "attributes/effective_metric_params_.*": (),
}
_SEARCH_TREE = {
    **_ROWS,
    "attributes/_fit_X": (shapes, nan, order),
    "attributes/_tree/fields/data": (shapes, dtypes, nan, order),
    "attributes/_tree/fields/metric": (number,),
    "attributes/_tree/fields/sample_weight|attributes/_tree/fields/leaf_size": (),
    "attributes/_tree/fields/arguments/.*": (),
}
_TABLE = {
    "attributes/(encoder_/attributes/)?n_features_in_": (number,),
    "attributes/encoder_/attributes/(is_categorical_|has_missing_)": (shapes, dtypes),
    "attributes/encoder_/attributes/(medians_|scales_)": (shapes, dtypes, nan, infinite),
    "attributes/encoder_/attributes/categories_/1": (order,),  # one of two is legal
    "attributes/encoder_/attributes/categories_/.*": (shapes, order),
    "attributes/members_/[0-9]/attributes/(input_scale_|coefs_|intercepts_).*": (shapes, dtypes),
    "attributes/members_/[0-9]/params/activation": (number,),
    "attributes/classes_": (shapes,),
    "attributes/.*": (),
}
_CATEGORIES = {
    **_HEAD,
    "attributes/categories_/.*": (shapes, order),
    "attributes/_n_features_outs/.*": (number,),
    "attributes/(drop_idx_|_drop_idx_after_grouping).*": (),
    "attributes/_infrequent_indices/[0-9]": (shapes, dtypes, outside(0, 6), doubled),
    "attributes/_default_to_infrequent_mappings/[0-9]": (shapes, dtypes, outside(0, 6), order),
    "attributes/_infrequent_enabled": (),
}


def _categories(X):
    return np.arange(3 * N).reshape(N, 3) * 7 % 5 + (np.arange(3 * N).reshape(N, 3) % 11 == 0)


def _vectorizer():
    from sklearn.feature_extraction.text import CountVectorizer

    texts = [f"one{i % 7} two{i % 3} three" for i in range(N)]
    return CountVectorizer().fit(texts), texts, None


def _dicts():
    from sklearn.feature_extraction import DictVectorizer

    rows = [{"a": 1.0, f"b{i % 9}": 2.0} for i in range(N)]
    return DictVectorizer().fit(rows), rows, None


def _labels():
    from sklearn.preprocessing import MultiLabelBinarizer

    rows = [(i % 3, i % 11) for i in range(N)]
    model = MultiLabelBinarizer(sparse_output=True).fit(rows)
    model.transform(rows)  # which keeps a dict
    return model, rows, None


def _sparse(X):
    return sparse.csr_matrix(np.where(X > 1, X, 0))


def _categories_boosted():
    """Histogram boosting of categories that are codes already."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    X, _ = data(None)
    X[:, 0] = np.arange(N) * 7 % 5
    y = 10 * (X[:, 0] % 2) + X[:, 1]
    params = {"max_iter": 2, "min_samples_leaf": 2, "categorical_features": [0]}
    model = HistGradientBoostingRegressor(**params).fit(X, y)
    model._preprocessor = None  # it has a function, which a file cannot hold
    return model, X, y


LAYOUTS = {
    "tree": Layout(
        _fit("sklearn.tree", "DecisionTreeClassifier", max_depth=4),
        "attributes",
        {
            **_HEAD,
            **_under("attributes/tree_/fields", TREE),
            "attributes/(n_outputs_|n_classes_.*)": (number,),
            "attributes/classes_": (shapes,),
            "attributes/max_features_": (),
        },
    ),
    "tree of two outputs": Layout(
        _fit("sklearn.tree", "DecisionTreeClassifier", y=_two, max_depth=4),
        "attributes/tree_",
        _under("attributes/tree_/fields", TREE),
    ),
    "forest": Layout(
        _fit(_ENSEMBLE, "RandomForestClassifier", n_estimators=3, max_depth=4),
        "attributes/estimators_/1",
        {
            **_under("attributes/estimators_/1/attributes/tree_/fields", TREE),
            "attributes/estimators_/1/attributes/(n_features_in_|n_outputs_)": (number,),
            "attributes/estimators_/1/attributes/n_classes_/.*": (number,),
            "attributes/estimators_/1/attributes/classes_": (shapes,),
            "attributes/estimators_/1/(attributes/max_features_|params/.*)": (),
        },
    ),
    "gradient boosting": Layout(
        _fit(_ENSEMBLE, "GradientBoostingClassifier", n_estimators=2),
        "attributes",
        {
            **_HEAD,
            **_under("attributes/estimators_/@objects/1/1/attributes/tree_/fields", TREE),
            "attributes/n_trees_per_iteration_": (number,),
            "attributes/estimators_/@objects/0/.*": (number,),
            "attributes/init_/attributes/(class_prior_)": (shapes,),
            "attributes/_loss/fields/.*": (),
            "attributes/(alpha|estimators_|init_|n_|classes_|max_|_n|_rng|train|_raw|oob).*": (),
        },
    ),
    "histogram boosting": Layout(
        _fit(_ENSEMBLE, "HistGradientBoostingClassifier", max_iter=2, min_samples_leaf=5),
        "attributes",
        {
            **_HEAD,
            **_under("attributes/_predictors/0/1/fields", PREDICTOR),
            "attributes/n_trees_per_iteration_": (number,),
            "attributes/_baseline_prediction": (shapes, dtypes, nan),
            "attributes/_bin_mapper/attributes/bin_thresholds_/1": (shapes, dtypes, order, nan),
            "attributes/_bin_mapper/attributes/n_bins_non_missing_": (
                shapes,
                dtypes,
                outside(1, 9),
            ),
            "attributes/_bin_mapper/attributes/is_categorical_": (shapes, dtypes, outside(0, 1)),
            "attributes/_bin_mapper/attributes/missing_values_bin_idx_": (number,),
            "attributes/(_predictors|_bin_mapper).*": (),
            "attributes/_preprocessor": (),
            "attributes/(classes_|_label|_loss|_n|_is_cat|is_cat|do_|_use|_scorer|_fitted).*": (),
            "attributes/(_in_fit|_random_seed|_feature|train|validation).*": (),
        },
    ),
    "histogram boosting of categories": Layout(
        _categories_boosted,
        "attributes/_",
        {
            "attributes/_predictors/0/0/fields/(binned|raw)_left_cat_bitsets": (dtypes, shapes),
            **_under("attributes/_predictors/0/0/fields", PREDICTOR),
            "attributes/_bin_mapper/attributes/bin_thresholds_/0": (
                *(shapes, dtypes, order, nan, infinite),
            ),
            "attributes/_bin_mapper/attributes/is_categorical_": (shapes, dtypes, outside(0, 2)),
            "attributes/.*": (),
        },
    ),
    "isolation forest": Layout(
        _fit(_ENSEMBLE, "IsolationForest", n_estimators=3, max_features=3),
        "attributes",
        {
            **_HEAD,
            "attributes/estimators_features_/1": (shapes, dtypes, outside(0, P)),
            "attributes/(_decision_path_lengths|_average_path_length_per_tree)/1": (shapes,),
            "attributes/.*": (),
        },
    ),
    "SVC": Layout(_fit("sklearn.svm", "NuSVC", nu=0.3), "attributes", _SVM),
    "SVC of sparse rows": Layout(
        _fit("sklearn.svm", "SVC", X=_sparse),
        "attributes",
        {
            **_SVM,
            "attributes/support_vectors_/@sparse/3/0": (nan,),
            "attributes/support_vectors_/@sparse/3/1": (shapes, dtypes, outside(0, P)),
            "attributes/support_vectors_/@sparse/3/2": (shapes, dtypes, outside(0, N * P)),
            "attributes/.*/@sparse/.*": (),
        },
    ),
    "SVR": Layout(_fit("sklearn.svm", "SVR", C=0.1), "attributes", _SVM),
    "OneClassSVM": Layout(_fit("sklearn.svm", "OneClassSVM"), "attributes", _SVM),
    "SVC, precomputed": Layout(
        _fit("sklearn.svm", "SVC", X=lambda X: X @ X.T, kernel="precomputed"), "attributes", _SVM
    ),
    "brute neighbors": Layout(
        _fit("sklearn.neighbors", "KNeighborsClassifier", algorithm="brute"), "attributes", _ROWS
    ),
    "neighbors in a radius": Layout(
        _fit("sklearn.neighbors", "RadiusNeighborsClassifier", algorithm="brute", radius=9.0),
        "attributes",
        {**_ROWS, "attributes/outlier_label_.*": ()},
    ),
    "ball tree": Layout(
        _fit("sklearn.neighbors", "KNeighborsClassifier", algorithm="ball_tree"),
        "attributes",
        _SEARCH_TREE,
    ),
    "KD tree": Layout(
        _fit("sklearn.neighbors", "KNeighborsClassifier", algorithm="kd_tree"),
        "attributes",
        _SEARCH_TREE,
    ),
    "density": Layout(
        _fit("sklearn.neighbors", "KernelDensity"),
        "attributes",
        {
            **_HEAD,
            "attributes/tree_/fields/data": (dtypes, nan),
            "attributes/tree_/fields/metric": (number,),
            "attributes/bandwidth_": (),
            "attributes/tree_.*": (),
        },
    ),
    "clusters": Layout(
        _fit("sklearn.cluster", "KMeans", n_clusters=3, n_init=1),
        "attributes",
        {
            **_HEAD,
            "attributes/cluster_centers_": (dtypes, nan, infinite),
            "attributes/_n_threads": (),
            "attributes/.*": (),
        },
    ),
    "bisected clusters": Layout(
        _fit("sklearn.cluster", "BisectingKMeans", n_clusters=4, random_state=0),
        "attributes",
        {
            **_HEAD,
            "attributes/cluster_centers_": (shapes, dtypes, nan, infinite, order),
            "attributes/_X_mean": (shapes, nan),
            "attributes/_bisecting_tree(/fields/(left|right))+": (number,),
            "attributes/_bisecting_tree(/fields/(left|right))*/fields/center": (
                dtypes,
                nan,
                shapes,
            ),
            "attributes/_bisecting_tree(/fields/(left|right))*/fields/label": (number,),
            "attributes/.*": (),
        },
    ),
    "Birch": Layout(
        _fit("sklearn.cluster", "Birch", threshold=0.2),
        "attributes",
        {
            **_HEAD,
            "attributes/subcluster_centers_": (shapes, dtypes, nan, order),
            "attributes/_subcluster_norms": (shapes, dtypes, nan, order),
            "attributes/subcluster_labels_": (shapes,),
            "attributes/.*": (),
        },
    ),
    "covariance": Layout(
        _fit("sklearn.covariance", "EllipticEnvelope"),
        "attributes",
        {
            **_HEAD,
            "attributes/(precision_|covariance_|location_)": (shapes, nan),
            "attributes/.*": (),
        },
    ),
    "vocabulary": Layout(
        _vectorizer,
        "attributes",
        {
            "attributes/vocabulary_/@dict/1/@list/1": (shapes, outside(0, 11), doubled),
            "attributes/vocabulary_/@dict/1/.*|attributes/.*": (),
        },
    ),
    "names": Layout(
        _dicts,
        "attributes",
        {
            "attributes/vocabulary_/@dict/1/@list/1": (shapes, order, outside(0, 10), doubled),
            "attributes/.*": (),
        },
    ),
    "labels": Layout(
        _labels,
        "attributes",
        {
            "attributes/_cached_dict/@dict/1/@list/1": (shapes, outside(0, 11), doubled),
            "attributes/.*": (),
        },
    ),
    "one-hot": Layout(
        _fit("sklearn.preprocessing", "OneHotEncoder", X=_categories, drop="first"),
        "attributes",
        _CATEGORIES,
    ),
    "one-hot, infrequent": Layout(
        _fit("sklearn.preprocessing", "OneHotEncoder", X=_categories, max_categories=3),
        "attributes",
        _CATEGORIES,
    ),
    "polynomials": Layout(
        _fit("sklearn.preprocessing", "PolynomialFeatures", degree=(1, 2)),
        "attributes",
        {
            **_HEAD,
            "attributes/(_min_degree|_max_degree|_n_out_full|n_output_features_)": (number,),
        },
    ),
    "topics": Layout(
        _fit("sklearn.decomposition", "LatentDirichletAllocation", n_components=2, max_iter=2),
        "attributes",
        {
            **_HEAD,
            "attributes/(components_|exp_dirichlet_component_)": (shapes,),
            "attributes/.*": (),
        },
    ),
    "agglomerated features": Layout(
        _fit("sklearn.cluster", "FeatureAgglomeration"),
        "attributes",
        {**_HEAD, "attributes/labels_": (shapes, dtypes, outside(0, 2)), "attributes/.*": ()},
    ),
    "table, classes": Layout(
        _table_network("Classifier"), "attributes", {"attributes/temperature_": (), **_TABLE}
    ),
    "table, quantiles": Layout(
        _table_network("Regressor", loss="quantile", quantile=[0.1, 0.5]),
        "attributes",
        {
            "attributes/quantiles_": (shapes, dtypes, nan, infinite),
            "attributes/(target_.*|quantile_offsets_)": (shapes, dtypes, nan, infinite),
            **_TABLE,
        },
    ),
}
