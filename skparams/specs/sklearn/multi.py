"""One estimator for each class, pair of classes, bit of a code, or column of y."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skparams._records import DataShape, NotKnown, between
from skparams.specs import After, Member, Params, Spec, one_target, register, two_classes

_DECIDES = {"estimator": ("estimators_",)}


def _each_class(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    if isinstance(data.targets, int) and data.targets > 1:  # columns of labels
        n = data.n_outputs
    else:
        n = data.n_classes if data.n_classes > 2 else 1
    yield Member("estimators_", params["estimator"], two_classes(data), n)


register(
    "sklearn.OneVsRestClassifier",
    Spec(
        {"estimators_": "estimator", "label_binarizer_": "structure"},
        decides=_DECIDES,
        members=_each_class,
    ),
)


def _each_pair(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    n = data.n_classes
    rows = data.rows
    if isinstance(rows, int):  # each class has one of them
        rows = between(min(2, rows), max(rows - (n - 2), 2))
    of_pair = replace(two_classes(data), rows=rows)
    yield Member("estimators_", params["estimator"], of_pair, n * (n - 1) // 2)


register(
    "sklearn.OneVsOneClassifier",
    Spec(
        {"estimators_": "estimator", "pairwise_indices_": "structure"},
        decides=_DECIDES,
        members=_each_pair,
    ),
)


def _each_bit(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    # A bit that is drawn alike for all classes needs no estimator.
    n = between(0, int(data.n_classes * params["code_size"]))
    yield Member("estimators_", params["estimator"], two_classes(data), n)


register(
    "sklearn.OutputCodeClassifier",
    Spec(
        {"estimators_": "estimator", "code_book_": "random"},
        decides={**_DECIDES, "code_size": ("estimators_",)},
        members=_each_bit,
    ),
)

# What stands in for a class that all rows, or none, belong to: the answer itself.
register("sklearn._ConstantPredictor", Spec({"y_": "structure"}))


def _each_target(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    yield Member("estimators_", params["estimator"], one_target(data), data.n_outputs)


register(
    "sklearn._MultiOutputEstimator",
    Spec({"estimators_": "estimator"}, decides=_DECIDES, members=_each_target),
)


def _each_link(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    for i in range(data.n_outputs):
        try:
            longer = replace(one_target(data), columns=data.n_features + i, head=None)
        except NotKnown:
            longer = one_target(data)
        yield Member(f"estimators_[{i}]", params["estimator"], longer)


register(
    "sklearn._BaseChain",
    Spec(
        {"estimators_": "estimator", "order_": "structure", "chain_method_": "structure"},
        decides=_DECIDES,
        members=_each_link,
    ),
)
