"""Put what a file holds into an estimator that is there."""

from __future__ import annotations

import json
from typing import Any

from skparams._keep.contents import Refused
from skparams._keep.encode import Encoder, Item
from skparams._keep.table import pack
from skparams._params import fitted_params
from skparams._walk import Walk, check_estimator, owners_of
from skparams.specs import HOOKS


def put_into(into: Any, loaded: Any) -> Any:
    """Give an estimator the attributes of a loaded one; ValueError if it is not of its kind."""
    check_estimator("load_params", into, "into")
    if type(into) is not type(loaded):
        raise ValueError(
            f"load_params: into is a {type(into).__name__}, the file is of a "
            f"{type(loaded).__name__}."
        )
    _check_hyperparameters(into, loaded)
    _check_shapes(into, loaded)
    held, owners = owners_of(loaded), owners_of(into)
    if held.keys() != owners.keys():
        raise ValueError(
            f"load_params: into has estimators at {', '.join(owners)}, the file at "
            f"{', '.join(held)}."
        )
    for path, old in owners.items():
        attributes = {n: value for n, value in held[path].values.items() if n not in old.params}
        kept = {n: v for n, v in vars(old.estimator).items() if n in old.params or n in HOOKS}
        old.estimator.__dict__ = kept | attributes  # at once, whatever interrupts
    return into


def _check_hyperparameters(into: Any, loaded: Any) -> None:
    mine, theirs = into.get_params(), loaded.get_params()
    # Those of nested estimators first, as these are hyperparameters too.
    for name in sorted(mine.keys() & theirs.keys(), key=lambda name: (-name.count("__"), name)):
        if _kept(mine[name]) != _kept(theirs[name]):
            raise ValueError(
                f"load_params: into has {name}={mine[name]!r}, the file {name}={theirs[name]!r}; "
                "hyperparameters must be the same."
            )


def _kept(value: Any) -> Any:
    """A hyperparameter as it would be saved, to be compared."""
    try:
        tree = Encoder(state=False, templates=True).encode(value, "")
    except Refused:
        return None
    tables, arrays = pack(Item({"fields": {"value": tree}}, ""))
    return json.dumps(tables), {name: array.tobytes() for name, array in arrays.items()}


def _check_shapes(into: Any, loaded: Any) -> None:
    if not Walk(into).root.fitted:
        return
    mine = {path: array.shape for path, array in fitted_params(into).items()}
    theirs = {path: array.shape for path, array in fitted_params(loaded).items()}
    for path in sorted(mine.keys() | theirs.keys()):
        if mine.get(path) != theirs.get(path):
            raise ValueError(
                f"load_params: {path} of into has the shape {mine.get(path)}, that in the file "
                f"{theirs.get(path)}. Clone into to load other shapes."
            )
