"""Numbers that are used as columns of sparse matrices, which nothing checks again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skparams._keep.checks.values import floats, indices, n_features_of, number
from skparams._keep.kinds import array


def _check_codes(codes: Any, name: str, n_columns: int) -> None:
    """Raise ValueError unless some codes are the columns, each once."""
    if type(codes) is not dict or len(codes) != n_columns:
        raise ValueError(f"{name} must be a dict of {n_columns} columns")
    places = np.array(list(codes.values()), object)
    if not all(isinstance(place, int | np.integer) for place in places) or not np.array_equal(
        np.sort(places), np.arange(n_columns)
    ):
        raise ValueError(f"{name} must have the columns from 0 to {n_columns - 1}, each once")


def _check_vocabulary(estimator: Any) -> None:
    if "vocabulary_" in vars(estimator):  # one that is a hyperparameter is checked when it is used
        _check_codes(estimator.vocabulary_, "vocabulary_", len(estimator.vocabulary_))


def _check_names(estimator: Any) -> None:
    names = estimator.feature_names_
    _check_codes(estimator.vocabulary_, "vocabulary_", len(names))
    if any(estimator.vocabulary_.get(name) != place for place, name in enumerate(names)):
        raise ValueError("vocabulary_ must have the columns of feature_names_")


def _check_labels(estimator: Any) -> None:
    cached = vars(estimator).get("_cached_dict")
    if cached is not None:
        _check_codes(cached, "_cached_dict", len(estimator.classes_))


def _check_categories(estimator: Any) -> None:
    """Check that values are found among the categories by their order."""
    categories = estimator.categories_
    n_features = n_features_of(estimator)
    if type(categories) is not list or len(categories) != n_features:
        raise ValueError(f"categories_ must be a list of {n_features} arrays")
    for i, each in enumerate(categories):
        name = f"categories_[{i}]"
        array({name: each}, name, getattr(each, "dtype", None), (None,))
        numbers = each[~np.isnan(each)] if each.dtype.kind == "f" else each
        if each.dtype.kind not in "OUS" and not (
            (numbers[:-1] < numbers[1:]).all() and np.array_equal(numbers, each[: len(numbers)])
        ):
            raise ValueError(f"{name} must be sorted, and NaN the last")
    if "_infrequent_enabled" in vars(estimator):
        _check_infrequent(estimator)


def _check_infrequent(estimator: Any) -> None:
    """Check the categories that are taken together."""
    if type(estimator._infrequent_enabled) is not bool:
        raise ValueError("_infrequent_enabled must be a bool")
    if not estimator._infrequent_enabled:
        return
    categories = estimator.categories_
    merged, codes = estimator._infrequent_indices, estimator._default_to_infrequent_mappings
    if len(merged) != len(categories) or len(codes) != len(categories):
        raise ValueError(f"there must be infrequent categories for {len(categories)} features")
    missing = vars(estimator).get("_missing_indices", {})  # these are not among the infrequent
    for i, (each, rare, mapping) in enumerate(zip(categories, merged, codes, strict=True)):
        if (rare is None) != (mapping is None):
            raise ValueError("_infrequent_indices must be of those that are mapped")
        if rare is None:
            continue
        n = len(each) - (i in missing)
        indices(rare, "_infrequent_indices", 0, n, (None,))
        n_rare = len(np.unique(rare))
        if n_rare != len(rare) or not n_rare:
            raise ValueError("_infrequent_indices must be one or more, each once")
        expected = np.full(n, n - n_rare)
        expected[np.setdiff1d(np.arange(n), rare)] = np.arange(n - n_rare)
        indices(mapping, "_default_to_infrequent_mappings", 0, n, (n,))
        if not np.array_equal(mapping, expected):
            raise ValueError("_default_to_infrequent_mappings must follow from _infrequent_indices")


def _check_one_hot(estimator: Any) -> None:
    """Check which columns a category gets."""
    n_features = n_features_of(estimator)
    dropped = estimator._drop_idx_after_grouping
    for name in ("drop_idx_", "_drop_idx_after_grouping"):
        value = vars(estimator)[name]
        if value is None:
            continue
        array({name: value}, name, object, (n_features,))
        for place, each in zip(value, estimator.categories_, strict=True):
            if place is not None:
                number_in(place, name, len(each))
    if (dropped is None) != (estimator.drop_idx_ is None):
        raise ValueError("drop_idx_ must be None if none is dropped")
    if estimator.drop is None and dropped is not None:
        raise ValueError("drop_idx_ must be None, as drop is None")
    expected = estimator._compute_n_features_outs()
    if list(estimator._n_features_outs) != expected:
        raise ValueError(f"_n_features_outs must be {expected}")


def number_in(value: Any, name: str, n: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < n:
        raise ValueError(f"{name} must be from 0 to {n - 1}, got {value!r:.40}")


def _check_polynomial(estimator: Any) -> None:
    """Check the number of columns, as memory for them is read that nothing was written to."""
    degree = estimator.degree
    low, high = (0, degree) if isinstance(degree, int | np.integer) else degree
    n_features = n_features_of(estimator)
    number(estimator, "_min_degree", int(low), int(low))
    number(estimator, "_max_degree", int(high), int(high))
    for name, least in (("n_output_features_", low), ("_n_out_full", 0)):
        n_columns = estimator._num_combinations(
            n_features, least, high, estimator.interaction_only, estimator.include_bias
        )
        number(estimator, name, n_columns, n_columns)


def _check_topics(estimator: Any) -> None:
    shape = (estimator.n_components, n_features_of(estimator))
    for name in ("components_", "exp_dirichlet_component_"):
        floats(estimator, name, shape)


def _check_agglomeration(estimator: Any) -> None:
    n_clusters = number(estimator, "n_clusters_", 1, n_features_of(estimator))
    indices(estimator.labels_, "labels_", 0, n_clusters, (n_features_of(estimator),))


INDICES: dict[str, Callable[[Any], None]] = {
    "sklearn.feature_extraction.CountVectorizer": _check_vocabulary,
    "sklearn.feature_extraction.DictVectorizer": _check_names,
    "sklearn.preprocessing.MultiLabelBinarizer": _check_labels,
    "sklearn.preprocessing._BaseEncoder": _check_categories,
    "sklearn.preprocessing.OneHotEncoder": _check_one_hot,
    "sklearn.preprocessing.PolynomialFeatures": _check_polynomial,
    "sklearn.cluster.FeatureAgglomeration": _check_agglomeration,
    "sklearn.decomposition.LatentDirichletAllocation": _check_topics,
}
