"""How long an axis will be."""

from __future__ import annotations

from collections.abc import Mapping

from skparams._records import Count, NotKnown, Unknown
from skparams.specs.context import Context
from skparams.specs.spec import Size


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
