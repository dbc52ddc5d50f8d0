"""Trees and ensembles of them, which pass X on without checking it again."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from skparams._keep.checks.values import indices, instance, n_features_of, number

_TREE = "sklearn.tree._classes.BaseDecisionTree"
_LARGEST = np.iinfo(np.int64).max
_REGRESSOR = "sklearn.tree._classes.DecisionTreeRegressor"


def _check_tree(estimator: Any) -> None:
    """Check that the nodes are of as many features and classes as the estimator says."""
    tree = instance(estimator.tree_, "tree_", "sklearn.tree._tree.Tree")
    if tree.n_features != n_features_of(estimator):
        raise ValueError(f"tree_ has {tree.n_features} features, not {n_features_of(estimator)}")
    number(estimator, "n_outputs_", tree.n_outputs, tree.n_outputs)
    classes = vars(estimator).get("classes_")
    if classes is None:
        expected = [1] * tree.n_outputs
    else:
        expected = [len(each) for each in (classes if tree.n_outputs > 1 else [classes])]
        if not np.array_equal(np.atleast_1d(estimator.n_classes_), expected):
            raise ValueError(f"n_classes_ must be {expected}")
    if tree.n_classes.tolist() != expected:
        raise ValueError(f"tree_ has {tree.n_classes.tolist()} classes, not {expected}")


def _check_forest(estimator: Any) -> None:
    n_features = n_features_of(estimator)
    for member in estimator.estimators_:
        instance(member, "a member of estimators_", _TREE)
        if member.tree_.n_features != n_features:
            raise ValueError(f"each tree must have {n_features} features")
        if member.n_outputs_ != estimator.n_outputs_:
            raise ValueError(f"each tree must have {estimator.n_outputs_} outputs")
        if not np.array_equal(
            getattr(member, "n_classes_", 1), getattr(estimator, "n_classes_", 1)
        ):
            raise ValueError("each tree must have the classes of the forest")


def _check_boosting(estimator: Any) -> None:
    """Check the trees of gradient boosting, which write a column each."""
    n_features = n_features_of(estimator)
    n_columns = number(estimator, "n_trees_per_iteration_", 1, 1 << 30)
    trees = estimator.estimators_
    if not isinstance(trees, np.ndarray) or trees.ndim != 2 or trees.shape[1] != n_columns:
        raise ValueError(f"estimators_ must have {n_columns} columns, got {np.shape(trees)}")
    for member in trees.flat:
        tree = instance(member, "a member of estimators_", _REGRESSOR).tree_
        if tree.n_features != n_features or tree.value.shape[1:] != (1, 1):
            raise ValueError(f"each tree must have {n_features} features and one output")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            start = estimator._raw_predict_init(np.zeros((1, n_features), np.float32))
        except Exception as error:  # whatever an estimator raises that is forged itself
            raise ValueError(f"init_ does not predict: {error}") from error
    if start.shape != (1, n_columns) or start.dtype != np.float64:
        raise ValueError(f"init_ must predict {n_columns} columns, not {start.shape[1:]}")


def _check_isolation(estimator: Any) -> None:
    """Check the columns of each tree, and what is kept for each of its nodes."""
    trees, columns = estimator.estimators_, estimator.estimators_features_
    lengths, depths = estimator._average_path_length_per_tree, estimator._decision_path_lengths
    if not len(trees) == len(columns) == len(lengths) == len(depths):
        raise ValueError("there must be as many estimators_features_ and path lengths as trees")
    for member, each, *numbers in zip(trees, columns, lengths, depths, strict=True):
        tree = instance(member, "a member of estimators_", _TREE).tree_
        indices(each, "estimators_features_", 0, n_features_of(estimator), (tree.n_features,))
        for of_nodes in numbers:
            if np.shape(of_nodes) != (tree.node_count,):
                raise ValueError(f"path lengths must be of {tree.node_count} nodes")


def _check_voting(estimator: Any) -> None:
    """Check that no member can predict a number for which NumPy writes outside an array.

    ``np.bincount``, which counts the votes, does so for the largest integer (NumPy 2.4).
    """
    for member in estimator.estimators_:
        if _holds_largest(member, {}):
            raise ValueError(f"a member of estimators_ must not hold the number {_LARGEST}")


def _holds_largest(value: Any, visited: dict[int, Any]) -> bool:
    """Whether the largest integer is in a value, in whatever holds it there."""
    if id(value) in visited:
        return False
    visited[id(value)] = value
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return value.dtype.kind in "iu" and bool((value == _LARGEST).any())
    if isinstance(value, int | np.integer):
        return int(value) == _LARGEST
    if isinstance(value, dict):
        inner = [*value, *value.values()]
    elif isinstance(value, np.ndarray | list | tuple | set | frozenset):
        inner = list(value.flat if isinstance(value, np.ndarray) else value)
    else:
        inner = [] if isinstance(value, type) else list(getattr(value, "__dict__", {}).values())
    return any(_holds_largest(each, visited) for each in inner)


ENSEMBLES: dict[str, Callable[[Any], None]] = {
    "sklearn.tree.BaseDecisionTree": _check_tree,
    "sklearn.ensemble.BaseForest": _check_forest,
    "sklearn.ensemble.BaseGradientBoosting": _check_boosting,
    "sklearn.ensemble.IsolationForest": _check_isolation,
    "sklearn.ensemble.VotingClassifier": _check_voting,
}
