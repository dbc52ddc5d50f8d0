"""Label propagation: training rows, and a distribution over the classes learned for each."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import Bounds, DataShape, between
from skparams.specs import After, Member, Params, Spec, made, parameter, register


def _n_labels(data: DataShape, params: Params) -> int | Bounds:
    """Return the number of classes: one less than in y where rows without a label have -1."""
    return between(max(data.n_classes - 1, 1), data.n_classes)


def _search(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    if isinstance(params["kernel"], str) and params["kernel"] == "knn":
        yield Member("nn_fit", made("sklearn.neighbors.NearestNeighbors"), data)


# Of LabelPropagation and LabelSpreading.
register(
    "sklearn.BaseLabelPropagation",
    Spec(
        {
            "label_distributions_": parameter(
                "n_samples",
                "n_classes",
                free=lambda shape, params: shape[0] * (shape[1] - 1),
            ),
            "X_": "data",
            "transduction_": "output",
            "nn_fit": "estimator",
            "alpha": "structure",
        },
        sizes={"n_classes": _n_labels},
        members=_search,
    ),
)
