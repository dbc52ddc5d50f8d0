"""Label propagation, which keeps training rows and learns a distribution over the classes for each,
and self-training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skparams._records import Bounds, Unknown, between
from skparams.specs import Context, Member, Spec, convergence, members, parameter, roles

SPECS: dict[str, Spec] = {}


def _n_labels(ctx: Context) -> int | Bounds:
    """Return the number of classes: one less than in y where rows without a label have -1."""
    return between(max(ctx.data.n_classes - 1, 1), ctx.data.n_classes)


def _search(ctx: Context) -> Iterator[Member]:
    if isinstance(ctx.params["kernel"], str) and ctx.params["kernel"] == "knn":
        yield Member("nn_fit", members.made("sklearn.neighbors.NearestNeighbors"), ctx.data)


# Of LabelPropagation and LabelSpreading.
SPECS["BaseLabelPropagation"] = Spec(
    {
        "label_distributions_": parameter(
            "n_samples", "n_classes", free=lambda ctx: ctx.shape[0] * (ctx.shape[1] - 1)
        ),
        **roles(data="X_", output="transduction_", structure="alpha"),
        "nn_fit": "estimator",
    },
    sizes={"n_classes": _n_labels},
    extras={"convergence": convergence.iterations},
    members=_search,
)


def _on_labeled(ctx: Context) -> Iterator[Member]:
    rows = Unknown("depends on the rows that get a label")
    yield Member("estimator_", ctx.params["estimator"], replace(ctx.data, rows=rows))


SPECS["SelfTrainingClassifier"] = Spec(
    {
        "estimator_": "estimator",
        **roles(output="transduction_ labeled_iter_", diagnostic="termination_condition_"),
    },
    members=_on_labeled,
)
