"""Bagging, voting and stacking: others' estimators, fitted on the same rows or on draws of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from numbers import Integral
from typing import Any

from sklearn.utils.validation import has_fit_parameter

from skparams._records import DataShape, NotKnown, Unknown, between
from skparams.specs import After, Member, Params, Spec, dropped, made, register


def _drawn(data: DataShape, params: Params, estimator: Any) -> DataShape:
    """Return the shape of what an estimator in a bag sees.

    One that takes ``sample_weight`` sees all rows with weights, others see the rows drawn, which
    may lack a class.
    """
    most = params["max_features"]
    columns: Any = data.columns
    if not (isinstance(most, float) and most == 1.0):
        columns = max(most if isinstance(most, Integral) else int(most * data.n_features), 1)
    rows, classes = data.rows, data.classes
    weighted = has_fit_parameter(estimator, "sample_weight")
    most = params["max_samples"]
    if isinstance(rows, int) and most is not None:
        n = int(most) if isinstance(most, Integral) else max(int(most * rows), 1)
        rows = between(min(rows, n), max(rows, n))
    if not weighted and isinstance(classes, int):
        classes = between(1, classes)
    return replace(data, rows=rows, columns=columns, classes=classes, head=None)


def _bagged(params: Params, data: DataShape, after: After, *, tree: str) -> Iterator[Member]:
    estimator = params["estimator"]
    if estimator is None:
        estimator = made(f"sklearn.tree.{tree}")
    yield Member("estimators_", estimator, _drawn(data, params, estimator), params["n_estimators"])


for _kind in ("Classifier", "Regressor"):
    register(
        f"sklearn.Bagging{_kind}",
        Spec(
            {
                "estimators_": "estimator",
                "estimator_": "structure",  # a template, not fitted
                "estimator_params": "structure",
                "estimators_features_": "structure",
                "oob_score_": "diagnostic",
                "_n_samples": "metadata",
                "_max_samples": "structure",
                "_max_features": "structure",
                "_sample_weight": "metadata",
                "_seeds": "random",
            },
            decides={
                "n_estimators": ("estimators_",),
                "max_features": ("estimators_",),
            },
            members=partial(_bagged, tree=f"DecisionTree{_kind}"),
        ),
    )


def _beside_each_other(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    kept = [each for _, each in params["estimators"] if not dropped(each)]
    for i, estimator in enumerate(kept):
        fitted = isinstance(params.get("cv"), str) and params["cv"] == "prefit"
        yield Member(f"estimators_[{i}]", estimator, data, fitted=fitted)


def _n_votes(params: Params, data: DataShape, after: After) -> int | Unknown:
    n = sum(not dropped(each) for _, each in params["estimators"])
    if params.get("voting") != "soft":
        return n
    if not params["flatten_transform"]:
        return Unknown("has three axes with flatten_transform=False")
    return n * data.n_classes


register(
    "sklearn._BaseVoting",
    Spec(
        {
            "estimators_": "estimator",
            "named_estimators_": "structure",  # the same estimators by name
            "le_": "structure",
        },
        decides={"estimators": ("estimators_",)},
        members=_beside_each_other,
        columns_out=_n_votes,
        passes_float32=False,
    ),
)


def _n_scores(estimator: Any, method: str, data: DataShape) -> int:
    """Return how many columns an estimator's predictions have for the final one."""
    if method == "auto":
        methods = ("predict_proba", "decision_function", "predict")
        method = next(name for name in methods if hasattr(estimator, name))
    if isinstance(data.targets, Unknown) or data.n_outputs > 1:
        raise NotKnown("depends on the predictions for several targets")
    if method == "predict":
        return 1
    if getattr(estimator, "decision_function_shape", None) == "ovo":
        raise NotKnown("depends on the columns of decision_function")
    return 1 if data.n_classes <= 2 else data.n_classes


def _n_meta_features(params: Params, data: DataShape, after: After) -> int:
    n = sum(
        _n_scores(estimator, params.get("stack_method", "predict"), data)
        for _, estimator in params["estimators"]
        if not dropped(estimator)
    )
    return n + (data.n_features if params["passthrough"] else 0)


def _stacked(params: Params, data: DataShape, after: After, *, final: str) -> Iterator[Member]:
    yield from _beside_each_other(params, data, after)
    columns: int | Unknown
    try:
        columns = _n_meta_features(params, data, after)
    except NotKnown as error:
        columns = Unknown(str(error))
    estimator = params["final_estimator"]
    if estimator is None:
        estimator = made(f"sklearn.linear_model.{final}")
    yield Member("final_estimator_", estimator, replace(data, columns=columns, head=None))


for _kind, _final in (("Classifier", "LogisticRegression"), ("Regressor", "RidgeCV")):
    register(
        f"sklearn.Stacking{_kind}",
        Spec(
            {
                "estimators_": "estimator",
                "final_estimator_": "estimator",
                "named_estimators_": "structure",  # the same estimators by name
                "stack_method_": "structure",
                "_n_feature_outs": "structure",
                "_label_encoder": "structure",
                **({"stack_method": "structure"} if _kind == "Regressor" else {}),
            },
            decides={
                "estimators": ("estimators_", "final_estimator_"),
                "passthrough": ("final_estimator_",),
            },
            members=partial(_stacked, final=_final),
            columns_out=_n_meta_features,
            passes_float32=False,
        ),
    )
