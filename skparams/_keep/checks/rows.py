"""Rows that compiled code compares with those of X: of neighbors and of clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.metrics import DistanceMetric
from sklearn.utils.extmath import row_norms

from skparams._keep.checks.values import floats, indices, instance, n_features_of, number

_TREES = {
    "kd_tree": "sklearn.neighbors._kd_tree.KDTree",
    "ball_tree": "sklearn.neighbors._ball_tree.BallTree",
}
MAX_THREADS = 4096  # more than any machine that a model comes from has
# What metrics take, and how many numbers for n features; anything else may be read without a check.
_ARGUMENTS: dict[str, Callable[[int], tuple[int, ...]]] = {
    "p": lambda n: (),
    "w": lambda n: (n,),
    "V": lambda n: (n,),
    "VI": lambda n: (n, n),
}


def _check_neighbors(estimator: Any) -> None:
    rows, method = estimator._fit_X, estimator._fit_method
    n_features = n_features_of(estimator)
    if not isinstance(rows, np.ndarray) and not issparse(rows):
        raise ValueError(f"_fit_X must be an array, got {type(rows).__name__}")
    if rows.ndim != 2 or rows.shape[1] != n_features or rows.dtype.kind not in "biuf":
        raise ValueError(f"_fit_X must have {n_features} columns of numbers, got {rows.shape}")
    number(estimator, "n_samples_fit_", rows.shape[0], rows.shape[0])
    for name in ("effective_metric_params_", "metric_params"):
        _check_arguments(getattr(estimator, name) or {}, n_features)
    if method not in ("brute", *_TREES):
        raise ValueError(f"_fit_method must be brute, kd_tree or ball_tree, got {method!r:.40}")
    # Columns of X are not counted where X is distances.
    if (estimator.metric == "precomputed") != (estimator.effective_metric_ == "precomputed"):
        raise ValueError("metric and effective_metric_ must both be 'precomputed', or none")
    if method == "brute":
        if estimator._tree is not None:
            raise ValueError("_tree must be None")
        return
    _check_tree(
        instance(estimator._tree, "_tree", _TREES[method]),
        "_tree",
        estimator.effective_metric_,
        estimator.effective_metric_params_,
    )
    if not np.array_equal(estimator._tree.data, rows):
        raise ValueError("_tree must be of the rows of _fit_X")


def _check_arguments(arguments: Any, n_features: int) -> None:
    """Check arguments of a metric, by the numbers that each has to have."""
    instance(arguments, "the arguments of the metric", "builtins.dict")
    for name, value in arguments.items():
        if value is None:
            continue
        if name in _ARGUMENTS and np.shape(value) != _ARGUMENTS[name](n_features):
            raise ValueError(f"{name} of the metric must be for {n_features} features")
        if isinstance(value, np.ndarray) and name not in _ARGUMENTS:
            raise ValueError(f"{name!r} is no argument of a metric")


def _check_tree(tree: Any, name: str, metric: Any, arguments: Any) -> None:
    """Raise ValueError unless a search tree has a metric."""
    expected = DistanceMetric.get_metric(metric, **(arguments or {}))
    found = tree.__getstate__()[11]
    if type(found) is not type(expected) or not all(
        np.array_equal(a, b)
        for a, b in zip(found.__getstate__(), expected.__getstate__(), strict=True)
    ):
        raise ValueError(f"{name} must have the metric {metric!r}")


def _check_classes(estimator: Any) -> None:
    """Check the classes of neighbors, with which votes are counted."""
    several = estimator.outputs_2d_
    if type(several) is not bool:
        raise ValueError(f"outputs_2d_ must be a bool, got {several!r:.40}")
    n_rows = estimator._fit_X.shape[0]
    classes = estimator.classes_ if several else [estimator.classes_]
    if type(classes) is not list or not all(
        isinstance(each, np.ndarray) and each.ndim == 1 and each.size for each in classes
    ):
        raise ValueError("classes_ must be an array of classes for each output")
    shape = (n_rows, len(classes)) if several else (n_rows,)
    codes = indices(estimator._y, "_y", 0, 1 << 62, shape)
    for column, each in zip(codes.reshape(n_rows, -1).T, classes, strict=True):
        indices(column, "_y", 0, len(each), (n_rows,))


def _check_targets(estimator: Any) -> None:
    if np.shape(estimator._y)[:1] != estimator._fit_X.shape[:1]:
        raise ValueError(f"_y must have a number for each row, got {np.shape(estimator._y)}")


def _check_density(estimator: Any) -> None:
    tree = instance(estimator.tree_, "tree_", *_TREES.values())
    if tree.data.shape[1] != n_features_of(estimator):
        raise ValueError(f"tree_ must have {n_features_of(estimator)} features")
    _check_tree(tree, "tree_", estimator.metric, estimator.metric_params)
    bandwidth = estimator.bandwidth_
    if not isinstance(bandwidth, int | float | np.number) or not 0 < bandwidth < np.inf:
        raise ValueError(f"bandwidth_ must be positive, got {bandwidth!r:.40}")
    weights = tree.sample_weight
    if weights is not None and not (np.isfinite(weights).all() and np.min(weights) > 0):
        raise ValueError("the weights of tree_ must be positive")


def _check_centers(estimator: Any) -> None:
    floats(estimator, "cluster_centers_", (None, n_features_of(estimator)))
    if not len(estimator.cluster_centers_):
        raise ValueError("cluster_centers_ must be one or more")
    number(estimator, "_n_threads", 1, MAX_THREADS)


def _check_counts(estimator: Any) -> None:
    if "_counts" in vars(estimator):  # which only training needs
        floats(estimator, "_counts", (len(estimator.cluster_centers_),))


def _check_averages(estimator: Any) -> None:
    """Check the coefficients that training goes on from."""
    for public in ("coef", "intercept"):
        for name in (f"_standard_{public}", f"_average_{public}"):
            value = vars(estimator).get(name)
            expected = vars(estimator).get(f"{public}_", vars(estimator).get("offset_"))
            if value is not None and np.size(value) != np.size(expected):
                raise ValueError(f"{name} must have {np.size(expected)} numbers")


def _check_bisecting(estimator: Any) -> None:
    """Check that the leaves of the tree are the clusters, each once."""
    n_features = n_features_of(estimator)
    centers = estimator.cluster_centers_
    mean = vars(estimator).get("_X_mean", 0.0)
    if np.shape(mean) not in ((), (n_features,)):
        raise ValueError(f"_X_mean must have {n_features} numbers, got {np.shape(mean)}")
    labels = []
    for node in _nodes(estimator._bisecting_tree):
        floats(node, "center", (n_features,))
        if node.left is None:
            label = number(node, "label", 0, len(centers) - 1)
            labels.append(label)
            if not np.array_equal(node.center + mean, centers[label]):
                raise ValueError(f"the center of leaf {label} must be that of the cluster")
    if sorted(labels) != list(range(len(centers))):
        raise ValueError("each cluster must be a leaf of the tree")


def _nodes(root: Any) -> Iterator[Any]:
    """Yield the nodes of a tree; ValueError if it is none."""
    seen: set[int] = set()
    nodes = [root]
    while nodes:
        node = instance(nodes.pop(), "a node", "sklearn.cluster._bisect_k_means._BisectingTree")
        if id(node) in seen or (node.left is None) != (node.right is None):
            raise ValueError("each node must be there once, and have two children or none")
        seen.add(id(node))
        yield node
        nodes.extend([] if node.left is None else [node.left, node.right])


def _check_birch(estimator: Any) -> None:
    if "subcluster_centers_" not in vars(estimator):  # no predictions without
        return
    centers = floats(estimator, "subcluster_centers_", (None, n_features_of(estimator)))
    norms = floats(estimator, "_subcluster_norms", (len(centers),))
    if not np.allclose(norms, row_norms(centers, squared=True), rtol=1e-3):
        raise ValueError("_subcluster_norms must be the squares of the rows' norms")
    if np.shape(estimator.subcluster_labels_) != (len(centers),):
        raise ValueError(f"subcluster_labels_ must be {len(centers)}")


def _check_precision(estimator: Any) -> None:
    n_features = n_features_of(estimator)
    for name in ("covariance_", "precision_"):
        if vars(estimator).get(name) is not None:
            floats(estimator, name, (n_features, n_features))
    floats(estimator, "location_", (n_features,))


ROWS: dict[str, Callable[[Any], None]] = {
    "sklearn.neighbors.NeighborsBase": _check_neighbors,
    "sklearn.neighbors.KNeighborsClassifier": _check_classes,
    "sklearn.neighbors.RadiusNeighborsClassifier": _check_classes,
    "sklearn.neighbors.KNeighborsRegressor": _check_targets,
    "sklearn.neighbors.RadiusNeighborsRegressor": _check_targets,
    "sklearn.neighbors.KernelDensity": _check_density,
    "sklearn.cluster._BaseKMeans": _check_centers,
    "sklearn.cluster.BisectingKMeans": _check_bisecting,
    "sklearn.cluster.MiniBatchKMeans": _check_counts,
    "sklearn.cluster.Birch": _check_birch,
    "sklearn.linear_model.BaseSGD": _check_averages,
    "sklearn.covariance.EmpiricalCovariance": _check_precision,
}
