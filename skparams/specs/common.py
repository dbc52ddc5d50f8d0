"""What Specs of several families share: outputs, lengths of axes, free counts, multiply-adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from skparams._records import Bounds, Cost, Count, NotKnown, Unknown, multiply
from skparams.specs.context import Context
from skparams.specs.spec import Free, Part, Rule, Size, Spec, parameter


def roles(**names: str) -> dict[str, Rule | str]:
    """Return attributes that are no parameters: ``roles(state="t_ n_steps_")``."""
    return {name: role for role, text in names.items() for name in text.split()}


def _of_classifier(ctx: Context) -> int:
    """Count the scores that a classifier computes: one if there are two classes."""
    return 1 if ctx.data.n_classes <= 2 else ctx.data.n_classes


def _of_labels(ctx: Context) -> int:
    """Count them where each column of y may be a label of its own."""
    targets = ctx.data.targets
    return targets if isinstance(targets, int) and targets > 1 else _of_classifier(ctx)


BINARY = {"n_outputs": _of_classifier}
MULTILABEL = {"n_outputs": _of_labels}
ONE = {"n_outputs": 1}


def n_or_all(ctx: Context) -> int:
    """Return ``n_components``, by default the number of features."""
    n = ctx.params["n_components"]
    return ctx.data.n_features if n is None else int(n)


def if_known(count: Callable[[], Count]) -> Count:
    """Return a count, Unknown if it needs what is not known of the data."""
    try:
        return count()
    except NotKnown as error:
        return Unknown(str(error))


def itemsize(dtype: str | None) -> int | Bounds:
    """Return the bytes of a number of a dtype, which may be one of two where it is not known."""
    return {"float32": 4, "float64": 8}.get(dtype or "", Bounds(4, 8))


def predict_cost(multiply_adds: Callable[[Context], Count]) -> Callable[[Context], Cost]:
    """Return a cost with only the prediction of one sample known."""
    return lambda ctx: Cost(predict_macs_per_sample=if_known(lambda: multiply_adds(ctx)))


def orthonormal(ctx: Context) -> int:
    """Count what is free in orthonormal rows or columns: their lengths and angles are fixed."""
    k, p = sorted(ctx.shape)
    return k * p - k * (k + 1) // 2


def at_most(
    name: str, *sizes: str, less: Callable[[Context], bool] = lambda ctx: False
) -> Callable[[Context], Mapping[str, int]]:
    """Return the limit of a hyperparameter: the least of the data's sizes, or one less.

    Of ``"rows"``, ``"columns"``, ``"targets"`` and ``"classes"``; one that is not known sets none.
    """

    def limits(ctx: Context) -> Mapping[str, int]:
        known = [n for n in (getattr(ctx.data, size) for size in sizes) if isinstance(n, int)]
        return {name: min(known) - less(ctx)} if known else {}

    return limits


def interchangeable(
    dim: str = "n_components", *turning: str
) -> Callable[[Context], Mapping[str, tuple[tuple[str, ...], ...]]]:
    """Units whose places may change, each with its sign in the attributes that turn."""
    return lambda ctx: {dim: (turning,) if turning else ()}


def decomposition(
    attributes: Mapping[str, Rule | str],
    n_components: Size | None = None,
    *,
    free: Free = None,
    projects: bool = False,
    **more: Any,
) -> Spec:
    """Return the Spec of a transformer to components; it ``projects`` if it multiplies by them."""

    def macs(ctx: Context) -> Count:
        n = ctx.params["n_components"] if n_components is None else n_components
        return multiply(n(ctx) if callable(n) else n, ctx.data.n_features)

    return Spec(
        {"components_": parameter("n_components", "n_features", free=free), **attributes},
        sizes={} if n_components is None else {"n_components": n_components},
        columns_out="n_components",
        cost=predict_cost(macs) if projects else None,
        **more,
    )


def simplex(ctx: Context) -> int:
    """Count all but one number of each distribution along the last axis: they sum to one."""
    return prod(ctx.shape[:-1]) * (ctx.shape[-1] - 1)


def search_tree(tree: Any) -> Iterator[Part]:
    """Yield the rows in a search tree of neighbors, and the tree; nothing of other objects."""
    if hasattr(tree, "get_arrays"):
        rows, indices, nodes, bounds = tree.get_arrays()
        yield Part(".data", np.asarray(rows), role="data")
        for name, array in (("idx_array", indices), ("node_data", nodes), ("bounds", bounds)):
            yield Part(f".{name}", np.asarray(array), role="structure")


def copied(path: str, numbers: Any, dims: tuple[str, ...], **more: Any) -> Part:
    """Return numbers that are a copy: read-only, as writing into them changes no model."""
    array = np.array(numbers)
    array.flags.writeable = False
    return Part(path, array, dims, **more)


def targets_last(*dims: str) -> Rule:
    """Return the rule of an array whose last axis, the targets, is missing if y has one axis."""

    def parts(ctx: Context) -> Iterator[Part]:
        yield Part("", ctx.value, dims[: np.ndim(ctx.value)])

    return Rule("parameter", dims, parts=parts)


def resolve(name: str, sizes: Mapping[str, Size], ctx: Context) -> Count:
    """Return how long an axis will be.

    A Spec's own size comes first, then what the data's shape says, then the hyperparameter of that
    name; digits are themselves.
    """
    try:
        if name in sizes:
            size = sizes[name]
            return size(ctx) if callable(size) else size
        if name in ("n_samples", "n_features", "n_outputs", "n_classes"):
            return int(getattr(ctx.data, name))
    except NotKnown as error:
        return Unknown(str(error))
    value = int(name) if name.isdigit() else ctx.params.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return Unknown(f"{name} is known after fit")
