"""Models that do not look at X."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import DataShape, Unknown
from skparams.specs import Params, Part, Rule, Spec, parameter, register


def _classes(i: int, n: int) -> tuple[str, ...]:
    """Name the number of classes; columns of y have their own."""
    return ("n_classes",) if n == 1 else (f"n_classes[{i}]",)


def _priors(data: DataShape, params: Params) -> Iterator[Part]:
    n = 1 if isinstance(data.targets, Unknown) else data.n_outputs
    for i in range(n):
        free = data.n_classes - 1 if n == 1 else None
        yield Part("" if n == 1 else f"[{i}]", dims=_classes(i, n), free=free)


register(
    "sklearn.DummyClassifier",
    Spec(
        {
            "class_prior_": Rule(
                "parameter",
                _classes,
                free=lambda shape, params: shape[0] - 1,
                when=lambda params: params["strategy"] not in ("uniform", "constant"),
                otherwise="structure",
                before=_priors,
            ),
            "sparse_output_": "structure",
            "_strategy": "structure",
        },
        decides={"strategy": ("class_prior_",)},
    ),
)
register(
    "sklearn.DummyRegressor",
    Spec(
        {
            "constant_": parameter(
                "1",
                "n_outputs",
                when=lambda params: params["strategy"] != "constant",
                otherwise="structure",
            )
        },
        decides={"strategy": ("constant_",)},
    ),
)
