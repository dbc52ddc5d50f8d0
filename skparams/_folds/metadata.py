"""What goes to fits, scores and the splitter beside X and y, as in ``cross_validate``."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from skparams._compat import check_method_params
from skparams._lazy import refuse_lazy
from skparams._walk import SOME_ROWS

# What requests metadata, and the method that gets it.
Receiver = tuple[Any, str]


def check_metadata(function: str, params: Any, groups: Any) -> None:
    """Raise for metadata in another form than that of ``cross_validate``, or not in memory."""
    if params is not None and not isinstance(params, Mapping):
        raise TypeError(
            f"{function}: params must be None or a dict, such as {{'sample_weight': w}}, got "
            f"{type(params).__name__}: {reprlib.repr(params)}."
        )
    for name, value in (params or {}).items():
        refuse_lazy(function, SOME_ROWS, **{f"params[{name!r}]": value})
    if groups is not None and get_config()["enable_metadata_routing"]:
        raise ValueError(
            f"{function}: groups must be in params with metadata routing: "
            "params={'groups': groups}."
        )


def routed(
    function: str, receivers: Mapping[str, Receiver], params: Mapping[str, Any] | None, groups: Any
) -> dict[str, dict[str, Any]]:
    """What each receiver gets: with metadata routing what it requests.

    Without, each fit gets all of ``params`` and the splitter gets the groups.
    """
    params = dict(params or {})
    if not get_config()["enable_metadata_routing"]:
        of_method = {"fit": params, "split": {"groups": groups}}
        return {name: of_method.get(method, {}) for name, (_, method) in receivers.items()}
    router = MetadataRouter(owner=function)
    for name, (receiver, method) in receivers.items():
        # A splitter, or a scorer that is a function, may request nothing.
        if hasattr(receiver, "get_metadata_routing"):
            mapping = MethodMapping().add(caller="fit", callee=method)
            router.add(method_mapping=mapping, **{name: receiver})
    try:
        found = process_routing(router, "fit", **params)
    except UnsetMetadataPassedError as error:  # which speaks of a method fit of the function
        raise UnsetMetadataPassedError(
            message=str(error).replace(f"{function}.fit", function),
            unrequested_params=error.unrequested_params,
            routed_params=error.routed_params,
        ) from None
    return {
        name: dict(found[name][method]) if name in found else {}
        for name, (_, method) in receivers.items()
    }


def rows_of(X: Any, metadata: Mapping[str, Any], rows: np.ndarray) -> dict[str, Any]:
    """Metadata of some rows of X; what has no value for each row stays whole."""
    return dict(check_method_params(X, dict(metadata), rows))
