"""Memorization, one row at a time."""

import math
import statistics

import numpy as np
from sklearn.base import clone


def probability_of(model, x, label):
    """The probability of the label of one row."""
    (found,) = model.predict_proba([x])
    return dict(zip(model.classes_, found, strict=True)).get(label, 0.0)


def right(model, x, label):
    return float(model.predict([x])[0] == label)


def squared(model, x, target):
    return -((float(model.predict([x])[0]) - target) ** 2)


def memorized(estimator, X, y, splits, score):
    """The value, the standard error and both numbers of fits of each row, NaN where not known."""
    models = [clone(estimator).fit(X[train], y[train]) for train, _ in splits]
    rows = []
    for i in range(len(y)):
        inside, outside = [], []
        for (train, _), model in zip(splits, models, strict=True):
            (inside if i in list(train) else outside).append(score(model, X[i], y[i]))
        value = error = math.nan
        if inside and outside:
            value = sum(inside) / len(inside) - sum(outside) / len(outside)
        if len(inside) > 1 and len(outside) > 1:
            variances = [statistics.variance(side) / len(side) for side in (inside, outside)]
            error = math.sqrt(sum(variances))
        rows.append((value, error, len(inside), len(outside)))
    return np.array(rows).T
