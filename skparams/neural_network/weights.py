"""Weights of samples, and of the classes by which they are multiplied."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._compat import check_sample_weight

if TYPE_CHECKING:
    from skparams.neural_network.classifier import MLPClassifier

# Share of the largest weight below which a sample is left out, as those of weight 0 are: the sum of
# the weights of a minibatch, in float32, has no finite inverse if all are as small as 1e-40.
MIN_WEIGHT = 1e-30


def weights_of_classes(
    mlp: MLPClassifier, Y: np.ndarray, incremental: bool, counts: np.ndarray | None = None
) -> list[np.ndarray] | None:
    """The weight of each class, or for several labels per sample of the two values of each label.

    Y are the encoded targets of training: a column of class indices, or an indicator of each label.
    ``counts`` are those of all targets, where Y does not have all.
    """
    given, multilabel = mlp.class_weight, Y.dtype == bool
    if given is None:
        return None
    if isinstance(given, str):
        if incremental:
            raise ValueError(  # in scikit-learn's words
                "class_weight 'balanced' is not supported for partial_fit. In order to use "
                "'balanced' weights, use compute_class_weight('balanced', classes=classes, y=y). "
                "In place of y you can use a large enough sample of the full training set target "
                "to properly estimate the class frequency distributions. Pass the resulting "
                "weights as the class_weight parameter."
            )
        n_values = 2 if multilabel else len(mlp.classes_)
        return _balanced(value_counts(Y, n_values) if counts is None else counts)
    if not multilabel and isinstance(given, dict):
        return [_from_dict(mlp, given, mlp.classes_)]
    is_list = isinstance(given, list) and all(isinstance(each, dict) for each in given)
    if multilabel and is_list and len(given) == Y.shape[1]:
        return [_from_dict(mlp, each, np.arange(2)) for each in given]
    allowed, kind = "a dict", "one label"
    if multilabel:
        allowed, kind = f"a list of {Y.shape[1]} dicts (one for each label)", "several labels"
    raise ValueError(
        f"The 'class_weight' parameter of {type(mlp).__name__} must be {allowed}, 'balanced' or "
        f"None, because y has {kind} per sample. Got {given!r} instead."
    )


def value_counts(Y: np.ndarray, n_values: int) -> np.ndarray:
    """How many rows of each column of encoded targets have each value."""
    columns = Y.T.astype(np.intp)
    return np.array([np.bincount(column, minlength=n_values) for column in columns])


def _balanced(counts: np.ndarray) -> list[np.ndarray]:
    """Weights inversely proportional to counts, as scikit-learn's; 1 for values of no row."""
    weights = []
    for of_values in counts:
        found = of_values > 0
        of_found = of_values[found].astype(np.float64)
        weights.append(np.ones(of_values.size))
        weights[-1][found] = of_found.sum() / (of_found.size * of_found)
    return weights


def _from_dict(mlp: MLPClassifier, given: dict, classes: np.ndarray) -> np.ndarray:
    """The weights that a dict has, 1 for classes that it lacks."""
    name, labels = f"The 'class_weight' parameter of {type(mlp).__name__}", classes.tolist()
    absent = [key for key in given if key not in set(labels)]
    if absent:
        raise ValueError(
            f"{name} must have weights of the classes {labels} only. Got a weight of {absent}."
        )
    for label, weight in given.items():
        is_weight = isinstance(weight, Real) and 0 <= float(weight) < np.inf  # NaN is not
        if not is_weight:
            raise ValueError(
                f"{name} must have finite numbers >= 0. Got {weight!r} for class {label!r}."
            )
    return np.array([float(given.get(label, 1.0)) for label in labels])


def sample_weights(
    X: Any,
    Y: np.ndarray,
    sample_weight: Any,
    weights_of_classes: list[np.ndarray] | None,
    dtype: np.dtype,
    *,
    may_be_zero: bool = False,
) -> np.ndarray | None:
    """Checked sample weights times class weights; None where each is 1.

    Products are those of scikit-learn's ``compute_sample_weight``, rounded once to the dtype. That
    all are zero is an error, unless they ``may_be_zero``.
    """
    if weights_of_classes is not None:
        values = np.ascontiguousarray(Y.T, dtype=np.intp)
        pairs = zip(weights_of_classes, values, strict=True)
        factors = np.prod([weights[value] for weights, value in pairs], axis=0)
        if not (may_be_zero or factors.any()):
            raise ValueError("class_weight is 0 for each sample.")
        if sample_weight is not None:
            factors *= check_sample_weight(sample_weight, X, np.dtype(np.float64), may_be_zero)
        sample_weight = factors
    if sample_weight is None:
        return None
    return check_sample_weight(sample_weight, X, dtype, may_be_zero)


def weighted_rows(weight: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The rows to train on, None for all, and their weights of mean 1, None if equal."""
    if weight is None:
        return None, None
    if (weight < 0).any():
        raise ValueError("Negative values in data passed to `sample_weight`.")
    rows, weight = None, weight / weight.max()
    is_kept = weight >= MIN_WEIGHT
    if not is_kept.all():
        rows = np.flatnonzero(is_kept)
        weight = weight[rows]
    return rows, None if (weight == weight[0]).all() else weight / weight.mean()
