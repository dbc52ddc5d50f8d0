"""Put what a file holds into an estimator that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from skparams._keep.contents import Refused
from skparams._keep.encode import Encoder, Item
from skparams._keep.table import pack
from skparams._params import fitted_params
from skparams._walk import Walk, check_estimator, owners_of
from skparams.specs import HOOKS, EstimatorView, short_repr


def put_into(into: Any, loaded: Any) -> Any:
    """Give an estimator the attributes of a loaded one; ValueError if it is not of its kind."""
    check_estimator("load_params", into, "into")
    held, owners = owners_of(loaded), owners_of(into)
    _check_classes(into, owners, held)
    _check_hyperparameters(into, loaded)
    _check_shapes(into, loaded)
    for path, old in owners.items():
        attributes = {n: value for n, value in held[path].values.items() if n not in old.params}
        kept = {n: v for n, v in vars(old.estimator).items() if n in old.params or n in HOOKS}
        old.estimator.__dict__ = kept | attributes  # at once, whatever interrupts
    return into


def _check_classes(
    into: Any, mine: Mapping[str, EstimatorView], theirs: Mapping[str, EstimatorView]
) -> None:
    """Compare the estimators that are fitted in place, such as the steps of a pipeline."""
    for path in (*mine, *theirs):
        classes = [type(each[path].estimator) if path in each else None for each in (mine, theirs)]
        if classes[0] is not classes[1]:
            where = f"at {path} of the {type(into).__name__}, " if path else ""
            into_has, file_has = (f"a {cls.__name__}" if cls else "nothing" for cls in classes)
            raise ValueError(f"load_params: {where}into has {into_has}, the file {file_has}.")


def _check_hyperparameters(into: Any, loaded: Any) -> None:
    mine, theirs = into.get_params(), loaded.get_params()
    # Those of nested estimators first, as these are hyperparameters too.
    for name in sorted(mine.keys() & theirs.keys(), key=lambda name: (-name.count("__"), name)):
        if _kept(mine[name]) != _kept(theirs[name]):
            raise ValueError(
                f"load_params: into has {name}={short_repr(mine[name])}, the file "
                f"{name}={short_repr(theirs[name])}; hyperparameters must be the same."
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
