"""Which estimator predicts in the end, inside pipelines and searches, and which X gets to it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from skparams.specs.context import Context
from skparams.specs.guess import N_SAMPLES
from skparams.specs.registry import spec_of
from skparams.specs.values import attributes_of, estimators_in


class FinalEstimator(NamedTuple):
    """The estimator that predicts, its path, the transformers before it, whether of a search."""

    path: str
    estimator: Any
    transformers: tuple[Any, ...]
    searched: bool

    def data(self, X: Any) -> Any:
        """Return X as it gets to the estimator."""
        for transformer in self.transformers:
            X = transformer.transform(X)
        return X


def final_estimator_of(estimator: Any) -> FinalEstimator:
    """Return the last step of a pipeline, the winner of a search, or the estimator itself."""
    path, before, visited, searched = "", [], set(), False
    while id(estimator) not in visited and (inner := _next_inside(estimator)):
        visited.add(id(estimator))  # a pipeline may hold itself
        searched = searched or getattr(spec_of(estimator), "winner", None) is not None
        *transformers, (name, estimator) = inner
        before += [transformer for _, transformer in transformers]
        path = f"{path}__{name}" if path else name
    return FinalEstimator(path, estimator, tuple(before), searched)


def _next_inside(estimator: Any) -> list[tuple[str, Any]]:
    """Return what X passes inside an estimator, by name; nothing where it sends X elsewhere."""
    spec = spec_of(estimator)
    if spec is None or not (spec.chained or spec.winner):
        return []
    values = attributes_of(estimator)
    names = (
        [spec.winner]
        if spec.winner
        else [n for n, r in spec.rules.items() if r.role == "estimator"]
    )
    return [step for name in names for step in estimators_in(name, values.get(name))]


def n_rows_known(estimator: Any) -> int | None:
    """Return how many rows an estimator was fitted on, or None if it does not say.

    In a pipeline, all steps are fitted on the same rows, unless one samples them.
    """
    last = final_estimator_of(estimator)
    chain = (last.estimator, *last.transformers)
    if any(hasattr(type(each), "fit_resample") for each in chain):
        return None
    return next((n for n in map(_n_rows, chain) if n is not None), None)


def _n_rows(estimator: Any) -> int | None:
    """Return what an attribute tells: a count, a Spec's ``n_samples``, an axis of that name."""
    spec, values = spec_of(estimator), attributes_of(estimator)
    if spec is None:
        return None
    if "n_samples" in spec.extras:
        try:
            found = spec.extras["n_samples"](Context(values, values=values, estimator=estimator))
        except KeyError:  # a step of a pipeline that is not fitted
            return None
        return None if found is None else int(found)
    for name in N_SAMPLES:
        if isinstance(values.get(name), int | np.integer):  # sums of weights are floats
            return int(values[name])
    for name, rule in spec.rules.items():
        if isinstance(rule.dims, tuple) and "n_samples" in rule.dims and name in values:
            return int(np.shape(values[name])[rule.dims.index("n_samples")])
    # Without labels of a batch only, as partial_fit leaves them.
    per_row = "labels_" in values and "labels_" not in spec.rules
    return len(values["labels_"]) if per_row and not hasattr(estimator, "partial_fit") else None


def n_columns_expected(estimator: Any) -> int | None:
    """Return how many columns an estimator was fitted on, or None if it does not say."""
    visited = set()
    while id(estimator) not in visited:
        visited.add(id(estimator))
        n = attributes_of(estimator).get("n_features_in_")
        inner = _next_inside(estimator)
        if n is not None or not inner:
            return None if n is None else int(n)
        estimator = inner[0][1]
    return None
