"""Support vector machines: a weight for each support vector in each pair of classes.

The weights of a pair of classes sum to zero, and those of a one-class machine to what ``nu`` says.
The support vectors are training rows. What Platt's method adds gives probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import floor
from typing import Any

import numpy as np

from skparams._records import Bounds, Count, between, multiply
from skparams.specs import (
    CoefficientTable,
    Context,
    Rule,
    Spec,
    column_labels,
    common,
    linear,
    nonzero_if_l1,
    pairs_of,
    parameter,
    roles,
)

SPECS: dict[str, Spec] = {}


def _balanced(ctx: Context) -> int:
    """Count the weights but for one sum in each pair of classes."""
    others, n_vectors = ctx.shape
    return max(others * n_vectors - others * (others + 1) // 2, 0)


def _n_pairs(ctx: Context) -> int:
    return ctx.data.n_classes * (ctx.data.n_classes - 1) // 2


def _with_platt(ctx: Context) -> bool:
    return ctx.params["probability"] is True


def _inside_weights(ctx: Context) -> Any:
    """Return the weights as libsvm takes them, which counts the first of two classes positive."""
    weights = ctx.values["dual_coef_"]
    return -weights if _is_binary(ctx.values) else weights


def _inside_intercept(ctx: Context) -> Any:
    intercept = ctx.values["intercept_"]
    return -intercept if _is_binary(ctx.values) else intercept.copy()


def _is_binary(values: Mapping[str, Any]) -> bool:
    return len(values.get("classes_", ())) == 2


_LIBSVM: dict[str, Rule | str] = {
    "_dual_coef_": Rule("derived", derive=_inside_weights),
    "_intercept_": Rule("derived", derive=_inside_intercept),
    **roles(data="support_vectors_", diagnostic="fit_status_ _num_iter", metadata="shape_fit_"),
    **roles(
        tuned="_gamma",
        # The last line has arguments that some of these classes fix.
        structure="support_ _n_support class_weight_ _sparse _effective_probability "
        "C nu epsilon probability class_weight random_state",
    ),
}
_DECIDES = dict.fromkeys(("C", "nu", "epsilon", "kernel", "gamma"), ("dual_coef_",))


def _stopped(ctx: Context) -> str | None:
    if not np.any(ctx.values.get("fit_status_")):
        return None
    return f"fit_status_ is 1: stopped at max_iter={ctx.params['max_iter']:,} before it converged"


def _of_linear_kernel(ctx: Context) -> CoefficientTable | None:
    """What ``coef_`` computes; with several classes, of each pair, the first one positive."""
    if ctx.params["kernel"] != "linear" or "dual_coef_" not in ctx.values:
        return None
    coef = ctx.estimator.coef_
    several = len(ctx.values.get("classes_", ())) > 2
    columns = pairs_of(ctx) if several else column_labels(ctx, 1, "coef_")
    return CoefficientTable("coef_", coef.T, ctx.values["intercept_"], columns=columns)


def _libsvm(
    more: Mapping[str, Rule | str],
    n_vectors: Callable[[Context], Count],
    n_others: Callable[[Context], int] = lambda ctx: 1,
) -> Spec:
    """Return a Spec; ``n_others`` is the number of classes but one."""

    def multiply_adds(ctx: Context) -> Count:
        """Count a kernel with each support vector as one for each feature."""
        return multiply(n_vectors(ctx), ctx.data.n_features + n_others(ctx))

    return Spec(
        {
            "dual_coef_": parameter("n_classes-1", "n_support_vectors", free=_balanced),
            **more,
            **_LIBSVM,
        },
        decides=_DECIDES,
        sizes={"n_classes-1": n_others, "n_support_vectors": n_vectors, "n_pairs": _n_pairs},
        cost=common.predict_cost(multiply_adds),
        extras={
            "convergence": _stopped,
            "coefficients": _of_linear_kernel,
            "n_samples": lambda ctx: ctx.values["shape_fit_"][0],
        },
    )


def _of_classes(ctx: Context) -> int | Bounds:
    """Return the bounds: at the optimum each class has a support vector."""
    least = ctx.data.n_classes if ctx.params["max_iter"] == -1 else 0
    return between(min(least, ctx.data.n_samples), ctx.data.n_samples)


SPECS["BaseSVC"] = _libsvm(
    {
        "intercept_": parameter("n_pairs"),
        "_probA": parameter("n_pairs", when=_with_platt),
        "_probB": parameter("n_pairs", when=_with_platt),
    },
    _of_classes,
    lambda ctx: ctx.data.n_classes - 1,
)

_UNUSED = dict.fromkeys(("_probA", "_probB"), "structure")  # both are empty
SPECS["SVR"] = SPECS["NuSVR"] = _libsvm(
    {"intercept_": parameter("1"), **_UNUSED}, lambda ctx: between(0, ctx.data.n_samples)
)


def _of_one_class(ctx: Context) -> int | Bounds:
    """Return the bounds: weights of at most one sum to ``nu`` times the rows."""
    n = ctx.data.n_samples
    return between(min(floor(ctx.params["nu"] * n), n), n)


SPECS["OneClassSVM"] = _libsvm(
    {
        "intercept_": parameter("1"),
        "offset_": Rule("derived", derive=lambda ctx: -ctx.values["intercept_"]),
        **_UNUSED,
    },
    _of_one_class,
)

# liblinear takes an intercept as a coefficient, and penalizes it.
SPECS["LinearSVC"] = linear(sizes=common.BINARY, free=nonzero_if_l1, free_intercept=nonzero_if_l1)
SPECS["LinearSVR"] = linear(sizes=common.ONE)
