"""Boosting: trees that follow one another, and the weights or the model that they start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from skparams._records import NO_CLASSES, DataShape, between
from skparams.specs import After, Member, Params, Part, Rule, Spec, made, register
from skparams.specs.sklearn.tree import LIMITS

__all__ = ["weights", "weights_before"]


def _gradient_boosted(
    params: Params, data: DataShape, after: After, *, dummy: str, classes: bool
) -> Iterator[Member]:
    init = params["init"]
    if not isinstance(init, str):  # else "zero"
        yield Member("init_", made(f"sklearn.dummy.{dummy}") if init is None else init, data)
    limits = {name: params[name] for name in LIMITS}
    tree = made("sklearn.tree.DecisionTreeRegressor", limits)
    of_tree = replace(data, targets=1, classes=NO_CLASSES)
    per_stage = data.n_classes if classes and data.n_classes > 2 else 1
    most = params["n_estimators"]
    least = most if params["n_iter_no_change"] is None else 1
    yield Member("estimators_", tree, of_tree, between(least * per_stage, most * per_stage))


for _kind, _dummy in (("Classifier", "DummyClassifier"), ("Regressor", "DummyRegressor")):
    register(
        f"sklearn.GradientBoosting{_kind}",
        Spec(
            {
                "init_": "estimator",
                "estimators_": "estimator",
                "_loss": "structure",
                "_raw_predict_init": "structure",
                "max_features_": "structure",
                "n_estimators_": "structure",
                "n_trees_per_iteration_": "structure",
                "train_score_": "diagnostic",
                "oob_improvement_": "diagnostic",
                "oob_score_": "diagnostic",
                "oob_scores_": "diagnostic",
                "_rng": "random",
                **({"alpha": "structure"} if _kind == "Classifier" else {}),
            },
            decides=dict.fromkeys(("n_estimators", *LIMITS), ("estimators_",)),
            members=partial(_gradient_boosted, dummy=_dummy, classes=_kind == "Classifier"),
        ),
    )


def weights(value: Any) -> Iterator[Part]:
    """Yield the estimators' weights. Boosting that ends early leaves zeros behind them."""
    n = max(len(np.trim_zeros(value, "b")), 1)
    yield Part("", value, ("n_estimators",), count=n, used=lambda: value[:n])


def weights_before(data: DataShape, params: Params) -> Iterator[Part]:
    yield Part("", dims=("n_estimators",), count=between(1, params["n_estimators"]))


def _boosted(params: Params, data: DataShape, after: After, *, tree: str, depth: int) -> Any:
    estimator = params["estimator"]
    if estimator is None:
        estimator = made(f"sklearn.tree.{tree}", {"max_depth": depth})
    return [Member("estimators_", estimator, data, between(1, params["n_estimators"]))]


for _kind, _depth in (("Classifier", 1), ("Regressor", 3)):
    register(
        f"sklearn.AdaBoost{_kind}",
        Spec(
            {
                "estimator_weights_": Rule("parameter", parts=weights, before=weights_before),
                "estimators_": "estimator",
                "estimator_": "structure",  # a template, not fitted
                "estimator_params": "structure",
                "estimator_errors_": "diagnostic",
            },
            decides={"n_estimators": ("estimators_", "estimator_weights_")},
            members=partial(_boosted, tree=f"DecisionTree{_kind}", depth=_depth),
        ),
    )
