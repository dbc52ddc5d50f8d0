"""What the data are behind a transformer, before fit: how many columns, and their dtype."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from skparams._plan.rows import Plans, asked, ends
from skparams._records import Bounds, Count, DataShape, Unknown, span
from skparams._walk import join
from skparams.specs import (
    After,
    attributes_of,
    hyperparameters_of,
    registered,
    templates_in,
    with_fixed,
)

__all__ = ["after", "at_both_ends"]


def at_both_ends(data: DataShape) -> list[DataShape]:
    """Return the data's shape, or where it has Bounds, the smallest and the largest."""
    sizes = (data.rows, data.columns, data.targets, data.classes)
    if not any(isinstance(size, Bounds) for size in sizes):
        return [data]
    return [
        replace(data, rows=rows, columns=columns, targets=targets, classes=classes)
        for rows, columns, targets, classes in ends(sizes)
    ]


def after(params: Mapping[str, Any], path: str) -> After:
    """Return the function that says which shape the data have behind a transformer.

    ``params`` and ``path`` are those of the estimator that the transformers are in.
    """
    where = {
        id(template): join(path, local)
        for name, value in params.items()
        for local, template in templates_in(name, value)
    }

    def behind(transformer: Any, data: DataShape) -> DataShape:
        if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
            return data
        if isinstance(transformer, str) and transformer == "drop":
            return replace(data, columns=0, head=None)
        its_path = where.get(id(transformer), type(transformer).__name__)
        found = [_behind(transformer, each, its_path) for each in at_both_ends(data)]
        columns = span(each for each, _ in found)
        behind = "n_features behind "
        if isinstance(columns, Unknown) and columns != data.columns:
            reason = columns.reason.removeprefix(f"{behind}{its_path}: ")
            if not reason.startswith(behind):
                columns = Unknown(f"{behind}{its_path}: {reason}")
        return replace(data, columns=columns, dtype=found[0][1], head=None)

    return behind


def _behind(transformer: Any, data: DataShape, path: str) -> tuple[Count, str]:
    """Return how many columns a transformer will put out, and their dtype."""
    spec = registered(transformer)
    if spec is None:
        return Unknown(f"no Spec describes {type(transformer).__name__}"), "float64"
    values = attributes_of(transformer)
    params = hyperparameters_of(transformer, values)
    plans = Plans(spec, data, with_fixed(params, values))
    passes = spec.passes_float32
    if spec.columns_out is not None:
        behind, dtypes = after(params, path), [data.dtype]

        def noted(each: Any, its_data: DataShape) -> DataShape:
            result = behind(each, its_data)
            dtypes.append(result.dtype)
            return result

        columns = asked(spec.columns_out, plans.params, data, noted)
        dtype = "float32" if set(dtypes) == {"float32"} else "float64"
        return columns, dtype if passes is None or plans.says(passes) else "float64"
    dtype = plans.dtype if passes is None else data.dtype if plans.says(passes) else "float64"
    if params.get("dtype") is not None:  # an encoder's, of what it puts out
        dtype = "float32" if asked(np.dtype, params["dtype"]) == np.float32 else "float64"
    if spec.n_features_out is None:
        return Unknown("known after fit"), dtype
    return plans.axis(spec.n_features_out), dtype
