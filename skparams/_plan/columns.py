"""What the data are behind a transformer, before fit: how many columns, and their dtype."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from skparams._plan.rows import After, Plans, both_ends, evaluate
from skparams._records import Count, DataShape, Unknown, span
from skparams._walk import join
from skparams.specs import EstimatorView, templates_in, view_of


def at_both_ends(data: DataShape) -> list[DataShape]:
    """Return the data's shape, or the smallest and the largest if it has Bounds."""
    sizes = (data.rows, data.columns, data.targets, data.classes)
    return [
        replace(data, rows=rows, columns=columns, targets=targets, classes=classes)
        for rows, columns, targets, classes in both_ends(sizes)
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
            return data.with_columns(0)
        view = view_of(transformer, where.get(id(transformer), type(transformer).__name__))
        found = [_behind(view, each) for each in at_both_ends(data)]
        columns = span(each for each, _ in found)
        start = "n_features behind "
        if isinstance(columns, Unknown) and columns != data.columns:
            reason = columns.reason
            if not reason.startswith(start):
                columns = Unknown(f"{start}{view.path}: {reason}")
        return replace(data.with_columns(columns), dtype=found[0][1])

    return behind


def _behind(view: EstimatorView, data: DataShape) -> tuple[Count, str | None]:
    """Return how many columns a transformer will return, and their dtype if it is known."""
    if view.guessed:
        return Unknown(f"no Spec describes {type(view.estimator).__name__}"), None
    behind, dtypes = after(view.params, view.path), {data.dtype}

    def noted(each: Any, its_data: DataShape) -> DataShape:
        result = behind(each, its_data)
        dtypes.add(result.dtype)
        return result

    plans = Plans(view, data, noted)
    columns_out = view.spec.columns_out
    if callable(columns_out):
        columns = evaluate(columns_out, plans.ctx)
        return columns, "float64" if dtypes == {"float64"} else None
    dtype = plans.dtype
    if view.params.get("dtype") is not None:  # an encoder's, of what it returns
        dtype = "float32" if evaluate(np.dtype, view.params["dtype"]) == np.float32 else "float64"
    if columns_out is None:
        return Unknown("known after fit"), dtype
    return plans.axis(columns_out), dtype
