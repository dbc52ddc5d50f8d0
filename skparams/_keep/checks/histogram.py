"""Histogram boosting: its trees index into the columns of X and the sets of known categories."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from skparams._keep.checks.values import floats, indices, instance, n_features_of, number
from skparams._keep.kinds import array

_MODULE = "sklearn.ensemble._hist_gradient_boosting"
_MAX_BINS = 256


def _check(estimator: Any) -> None:
    n_features = n_features_of(estimator)
    mapper = instance(estimator._bin_mapper, "_bin_mapper", f"{_MODULE}.binning._BinMapper")
    categorical = _check_bins(mapper, n_features)
    n_columns = number(estimator, "n_trees_per_iteration_", 1, 1 << 30)
    floats(estimator, "_baseline_prediction", (1, n_columns))
    for iteration in estimator._predictors:
        if type(iteration) is not list or len(iteration) != n_columns:
            raise ValueError(f"_predictors must be lists of {n_columns} trees")
        for tree in iteration:
            nodes = instance(
                tree, "a member of _predictors", f"{_MODULE}.predictor.TreePredictor"
            ).nodes
            inner = nodes[nodes["is_leaf"] == 0]
            features = inner["feature_idx"]
            indices(features, "feature_idx", 0, n_features, (None,))
            if not np.array_equal(inner["is_categorical"], categorical[features]):
                raise ValueError("is_categorical of a node must be that of its feature")
    if estimator._preprocessor is not None:
        _check_preprocessor(estimator._preprocessor, n_features)


def _check_bins(mapper: Any, n_features: int) -> np.ndarray[Any, Any]:
    """Check the bins of each feature; return which features are categorical."""
    attributes = vars(mapper)
    categorical = array(attributes, "is_categorical_", np.uint8, (n_features,))
    indices(categorical, "is_categorical_", 0, 2, (n_features,))
    n_bins = array(attributes, "n_bins_non_missing_", np.uint32, (n_features,))
    number(mapper, "missing_values_bin_idx_", mapper.n_bins - 1, mapper.n_bins - 1)
    edges = mapper.bin_thresholds_
    if type(edges) is not list or len(edges) != n_features:
        raise ValueError(f"bin_thresholds_ must be a list of {n_features} arrays")
    for i, each in enumerate(edges):
        name = f"bin_thresholds_[{i}]"
        array({name: each}, name, np.float64, (None,))
        if np.isnan(each).any() or not (each[:-1] < each[1:]).all():
            raise ValueError(f"{name} must be sorted")
        n_edges = len(each) + (not categorical[i])
        if n_bins[i] != n_edges or n_edges >= mapper.n_bins:
            raise ValueError(f"n_bins_non_missing_[{i}] must be {n_edges} and below n_bins")
        if categorical[i] and not np.isin(each, np.arange(_MAX_BINS)).all():
            raise ValueError(f"{name} must be categories from 0 to {_MAX_BINS - 1}")
    return categorical


def _check_preprocessor(preprocessor: Any, n_features: int) -> None:
    """Check that what encodes categories gives as many columns as it gets, each once."""
    instance(preprocessor, "_preprocessor", "sklearn.compose._column_transformer.ColumnTransformer")
    (_, encoder, first), (_, rest, second), *more = preprocessor.transformers_
    instance(encoder, "the first step", "sklearn.preprocessing._encoders.OrdinalEncoder")
    instance(rest, "the other", "sklearn.preprocessing._function_transformer.FunctionTransformer")
    if any(each != "drop" for _, each, _ in more) or not isinstance(rest.func, partial):
        raise ValueError("_preprocessor must encode categories, and nothing else")
    for columns in (first, second):
        array({"columns": columns}, "columns", bool, (n_features,))
    if n_features_of(preprocessor) != n_features or not (first ^ second).all():
        raise ValueError(f"_preprocessor must give {n_features} columns")


HISTOGRAM = {"sklearn.ensemble.BaseHistGradientBoosting": _check}
