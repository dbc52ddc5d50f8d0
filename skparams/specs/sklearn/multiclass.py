"""One estimator for each class, pair of classes or bit of a code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skparams._records import between
from skparams.specs import (
    CoefficientTable,
    Context,
    Member,
    Spec,
    classes_of,
    members,
    pairs_of,
    stacked,
)

SPECS: dict[str, Spec] = {}

_DECIDES = {"estimator": ("estimators_",)}


def _each_class(ctx: Context) -> Iterator[Member]:
    if isinstance(ctx.data.targets, int) and ctx.data.targets > 1:  # columns of labels
        n = ctx.data.n_outputs
    else:
        n = ctx.data.n_classes if ctx.data.n_classes > 2 else 1
    yield Member("estimators_", ctx.params["estimator"], members.two_classes(ctx.data), n)


def _a_column_each(ctx: Context) -> CoefficientTable | None:
    classes = classes_of(ctx)
    return stacked(ctx, lambda tables: classes if len(tables) > 1 else classes[-1:])


SPECS["OneVsRestClassifier"] = Spec(
    {"estimators_": "estimator", "label_binarizer_": "structure"},
    decides=_DECIDES,
    members=_each_class,
    extras={"coefficients": _a_column_each},
)


def _each_pair(ctx: Context) -> Iterator[Member]:
    n = ctx.data.n_classes
    rows = ctx.data.rows
    if isinstance(rows, int):  # each class has one of them
        rows = between(min(2, rows), max(rows - (n - 2), 2))
    of_pair = replace(members.two_classes(members.as_array(ctx.data)), rows=rows)
    yield Member("estimators_", ctx.params["estimator"], of_pair, n * (n - 1) // 2)


def _a_column_each_pair(ctx: Context) -> CoefficientTable | None:
    """The second class of a pair is the positive one."""
    return stacked(ctx, lambda tables: tuple(pair[::-1] for pair in pairs_of(ctx)))


SPECS["OneVsOneClassifier"] = Spec(
    {"estimators_": "estimator", "pairwise_indices_": "structure"},
    decides=_DECIDES,
    members=_each_pair,
    extras={"coefficients": _a_column_each_pair},
)


def _each_bit(ctx: Context) -> Iterator[Member]:
    # A bit that is drawn alike for all classes needs no estimator.
    n = between(0, int(ctx.data.n_classes * ctx.params["code_size"]))
    yield Member("estimators_", ctx.params["estimator"], members.two_classes(ctx.data), n)


SPECS["OutputCodeClassifier"] = Spec(
    {"estimators_": "estimator", "code_book_": "random"},
    decides={**_DECIDES, "code_size": ("estimators_",)},
    members=_each_bit,
)

# What stands in for a class that all rows, or none, belong to: the answer itself.
SPECS["_ConstantPredictor"] = Spec({"y_": "structure"})
