"""Bagging, voting and stacking of any estimators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from numbers import Integral
from typing import Any

from sklearn.utils.validation import has_fit_parameter

from skparams._records import DataShape, NotKnown, Unknown, between
from skparams.specs import (
    Context,
    Input,
    Member,
    Spec,
    chosen_from,
    classes_of,
    common,
    members,
    roles,
    trees,
)

SPECS: dict[str, Spec] = {}


def _drawn(ctx: Context, estimator: Any) -> DataShape:
    """Return the shape of what an estimator in a bag sees.

    One that takes ``sample_weight`` sees all rows with weights, others see the rows drawn, which
    may lack a class.
    """
    data, most = ctx.data, ctx.params["max_features"]
    columns: Any = data.columns
    if not (isinstance(most, float) and most == 1.0):
        columns = max(most if isinstance(most, Integral) else int(most * data.n_features), 1)
    rows, classes = data.rows, data.classes
    weighted = has_fit_parameter(estimator, "sample_weight")
    most = ctx.params["max_samples"]
    if isinstance(rows, int) and most is not None:
        n = int(most) if isinstance(most, Integral) else max(int(most * rows), 1)
        rows = between(min(rows, n), max(rows, n))
    if not weighted and isinstance(classes, int):
        classes = between(1, classes)
    return replace(data.with_columns(columns), rows=rows, classes=classes, weighted=weighted)


def _bagged(ctx: Context, *, tree: str) -> Iterator[Member]:
    estimator = members.made(f"sklearn.tree.{tree}", given=ctx.params["estimator"])
    yield Member("estimators_", estimator, _drawn(ctx, estimator), ctx.params["n_estimators"])


def _drawn_columns(ctx: Context) -> dict[str, Input]:
    return {
        f"estimators_[{i}]": Input(partial(chosen_from, places=places), classes=classes_of(ctx))
        for i, places in enumerate(ctx.values.get("estimators_features_", ()))
    }


for _kind in ("Classifier", "Regressor"):
    SPECS[f"Bagging{_kind}"] = Spec(
        trees.BAGGED,
        decides={"n_estimators": ("estimators_",), "max_features": ("estimators_",)},
        members=partial(_bagged, tree=f"DecisionTree{_kind}"),
        extras={"inputs": _drawn_columns, "limits": common.at_most("max_features", "columns")},
    )


def _beside_each_other(ctx: Context) -> Iterator[Member]:
    kept = [each for _, each in ctx.params["estimators"] if not members.dropped(each)]
    for i, estimator in enumerate(kept):
        yield Member(f"estimators_[{i}]", estimator, ctx.data, fitted=members.prefit(ctx))


def _n_votes(ctx: Context) -> int | Unknown:
    n = sum(not members.dropped(each) for _, each in ctx.params["estimators"])
    if ctx.params.get("voting") != "soft":
        return n
    if not ctx.params["flatten_transform"]:
        return Unknown("has three axes with flatten_transform=False")
    return n * ctx.data.n_classes


def _coded_classes(ctx: Context) -> dict[str, Input]:
    """What the members of a vote get: classes as 0, 1 and so on, unless they are fitted before."""
    coded = Input(classes=None if members.prefit(ctx) else classes_of(ctx))
    return {f"estimators_[{i}]": coded for i in range(len(ctx.values.get("estimators_", ())))}


def _stacked_inputs(ctx: Context) -> dict[str, Input]:
    columns = "the predictions of the members"
    final = Input(ctx.estimator.get_feature_names_out, columns, classes=classes_of(ctx))
    return {**_coded_classes(ctx), "final_estimator_": final}


SPECS["_BaseVoting"] = Spec(
    {
        "estimators_": "estimator",
        "named_estimators_": "structure",  # the same estimators by name
        "le_": "structure",
    },
    decides={"estimators": ("estimators_",)},
    members=_beside_each_other,
    columns_out=_n_votes,
    extras={"inputs": _coded_classes},
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


def _n_meta_features(ctx: Context) -> int:
    n = sum(
        _n_scores(estimator, ctx.params.get("stack_method", "predict"), ctx.data)
        for _, estimator in ctx.params["estimators"]
        if not members.dropped(estimator)
    )
    return n + (ctx.data.n_features if ctx.params["passthrough"] else 0)


def _stacked(ctx: Context, *, final: str) -> Iterator[Member]:
    yield from _beside_each_other(ctx)
    data = ctx.data.with_columns(common.if_known(lambda: _n_meta_features(ctx)))
    estimator = members.made(f"sklearn.linear_model.{final}", given=ctx.params["final_estimator"])
    yield Member("final_estimator_", estimator, data)


for _kind, _final in (("Classifier", "LogisticRegression"), ("Regressor", "RidgeCV")):
    SPECS[f"Stacking{_kind}"] = Spec(
        {
            "estimators_": "estimator",
            "final_estimator_": members.PREDICTS,
            "named_estimators_": "structure",  # the same estimators by name
            **roles(structure="stack_method_ _n_feature_outs _label_encoder"),
            **({"stack_method": "structure"} if _kind == "Regressor" else {}),
        },
        decides={
            "estimators": ("estimators_", "final_estimator_"),
            "passthrough": ("final_estimator_",),
        },
        members=partial(_stacked, final=_final),
        extras={"inputs": _stacked_inputs},
        columns_out=_n_meta_features,
    )
