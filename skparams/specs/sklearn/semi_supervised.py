"""Label propagation, which keeps training rows and learns a distribution over the classes for each,
and self-training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skparams._records import Unknown
from skparams.specs import Context, Member, Spec, common, convergence, members, parameter, roles

SPECS: dict[str, Spec] = {}


_UNLABELED = {"unlabeled": lambda ctx: -1}


def _search(ctx: Context) -> Iterator[Member]:
    if isinstance(ctx.params["kernel"], str) and ctx.params["kernel"] == "knn":
        yield Member("nn_fit", members.made("sklearn.neighbors.NearestNeighbors"), ctx.data)


# Of LabelPropagation and LabelSpreading.
SPECS["BaseLabelPropagation"] = Spec(
    {
        "label_distributions_": parameter("n_samples", "n_classes", free=common.simplex),
        **roles(data="X_", output="transduction_", structure="alpha"),
        "nn_fit": "estimator",
    },
    extras={"convergence": convergence.iterations, **_UNLABELED},
    members=_search,
)


def _on_labeled(ctx: Context) -> Iterator[Member]:
    rows = Unknown("depends on the rows that get a label")
    yield Member(
        "estimator_", ctx.params["estimator"], replace(members.as_array(ctx.data), rows=rows)
    )


SPECS["SelfTrainingClassifier"] = Spec(
    {
        "estimator_": "estimator",
        **roles(output="transduction_ labeled_iter_", diagnostic="termination_condition_"),
    },
    members=_on_labeled,
    extras=_UNLABELED,
)
