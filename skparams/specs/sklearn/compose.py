"""Estimators that send columns, or the target, to others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from skparams._records import Count, DataShape, NotKnown, Unknown, add
from skparams.specs import (
    Context,
    Input,
    Member,
    Spec,
    chosen_from,
    members,
    roles,
    transformed_target,
)

SPECS: dict[str, Spec] = {}


def _columns(chosen: Any, data: DataShape) -> list[Any]:
    """Return the columns that a transformer gets: their places, or names where only names are.

    Raises NotKnown where that depends on X.
    """
    if callable(chosen):
        if data.head is None:
            raise NotKnown("depends on the columns that a function chooses from X")
        chosen = chosen(data.head)
    if isinstance(chosen, str) or np.isscalar(chosen):
        chosen = [chosen]
    if isinstance(chosen, slice):
        names = [end for end in (chosen.start, chosen.stop) if isinstance(end, str)]
        if not names:
            return list(range(data.n_features))[chosen]
        if data.head is None:
            raise NotKnown("depends on the names of X's columns")
        return list(range(data.n_features))[
            data.head.columns.slice_indexer(chosen.start, chosen.stop, chosen.step)
        ]
    chosen = list(chosen)
    if chosen and all(isinstance(each, bool | np.bool) for each in chosen):
        return [i for i, each in enumerate(chosen) if each]
    if data.head is not None:
        names = list(data.head.columns)
        return [names.index(each) if isinstance(each, str) else int(each) for each in chosen]
    return chosen


def _sent(ctx: Context) -> Iterator[tuple[str, Any, DataShape]]:
    """Yield name, transformer and the shape of its columns, the remainder last."""
    rest: Count
    data = ctx.data
    places: set[Any] = set()
    unknown: NotKnown | None = None
    for name, transformer, chosen in ctx.params["transformers"]:
        try:
            found = _columns(chosen, data)
        except NotKnown as error:
            unknown = error
            yield name, transformer, data.with_columns(Unknown(str(error)))
            continue
        places |= {_place(each, data) for each in found}
        head = data.head.iloc[:, found] if data.head is not None else None
        yield name, transformer, replace(data, columns=len(found), head=head, X=None)
    try:
        if unknown is not None:
            raise unknown
        if len({isinstance(each, str) for each in places}) > 1:
            raise NotKnown("depends on the names of X's columns")
        rest = data.n_features - len(places)
    except NotKnown as error:
        rest = Unknown(str(error))
    head = None
    if data.head is not None and isinstance(rest, int):
        head = data.head.iloc[:, [i for i in range(data.n_features) if i not in places]]
    yield "remainder", ctx.params["remainder"], replace(data, columns=rest, head=head, X=None)


def _place(column: Any, data: DataShape) -> Any:
    """Return where a column is, counted from the first; its name where only that is known."""
    if isinstance(column, str):
        return column
    return int(column) if column >= 0 else data.n_features + int(column)


def _some_columns(ctx: Context) -> dict[str, Input]:
    places = ctx.values.get("_transformer_to_input_indices", {})
    return {name: Input(partial(chosen_from, places=chosen)) for name, chosen in places.items()}


SPECS["ColumnTransformer"] = Spec(
    {
        "transformers_": "estimator",
        **roles(
            structure="output_indices_ sparse_output_ _columns _remainder "
            "_transformer_to_input_indices _transformers_feature_names_out",
            metadata="_n_features",
        ),
        "_name_to_fitted_passthrough": "estimator",
    },
    route="parallel",
    decides={"transformers": ("transformers_",), "remainder": ("transformers_",)},
    members=lambda ctx: [
        Member(*sent)
        for sent in _sent(ctx)
        if not members.dropped(sent[1]) and sent[2].columns != 0
    ],
    columns_out=lambda ctx: add(
        ctx.after(transformer, data).columns for _, transformer, data in _sent(ctx)
    ),
    extras={"inputs": _some_columns},
)


def _of_target(ctx: Context) -> Iterator[Member]:
    transformer = ctx.params["transformer"]
    target = DataShape(rows=ctx.data.rows, columns=ctx.data.targets)
    targets = ctx.data.targets
    if transformer is None:
        transformer = members.made("sklearn.preprocessing.FunctionTransformer")
    else:
        targets = ctx.after(transformer, target).columns
    yield Member("transformer_", transformer, target)
    regressor = members.made("sklearn.linear_model.LinearRegression", given=ctx.params["regressor"])
    yield Member("regressor_", regressor, replace(ctx.data, targets=targets))


def _another_target(ctx: Context) -> dict[str, Input]:
    transformer, function = ctx.params["transformer"], ctx.params["func"]
    if transformer is None and function is None:
        return {}
    name = getattr(function, "__name__", "a function") if transformer is None else ""
    target = f"the target as {name or type(transformer).__name__} returns it"
    return {"regressor_": Input(target=target)}


SPECS["TransformedTargetRegressor"] = Spec(
    {"regressor_": "estimator", "transformer_": "estimator", "_training_dim": "structure"},
    members=_of_target,
    extras={"effective": transformed_target, "inputs": _another_target},
)
