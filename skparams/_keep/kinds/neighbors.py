"""Search trees of neighbors, which are built again from their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams._keep.kinds.fields import array, check_names, integer
from skparams._keep.kinds.kind import Kind

# What each metric needs beside its name, and where its object has it: (p, vec, mat).
_ARGUMENTS = {"minkowski": {"p": 0, "w": 1}, "seuclidean": {"V": 1}, "mahalanobis": {"VI": 2}}


def _fields(tree: Any) -> dict[str, Any]:
    """Return the rows and how the tree was built; not the tree."""
    state = tree.__getstate__()
    metric = state[11]
    name = type(metric).__name__.rstrip("0123456789").removesuffix("Distance").lower()
    if name == "pyfunc":
        raise ValueError("a metric that is a function is not kept")
    arguments = {
        argument: metric.__getstate__()[place]
        for argument, place in _ARGUMENTS.get(name, {}).items()
    }
    if not np.size(arguments.get("w", 1)):  # no weights
        del arguments["w"]
    return {
        "data": state[0],
        "sample_weight": state[12],
        "leaf_size": int(state[4]),
        "metric": name,
        "arguments": arguments,
    }


def _build(cls: Any, fields: Mapping[str, Any]) -> Any:
    """Return a new tree of the rows; the constructor checks them."""
    check_names(fields, ("data", "sample_weight", "leaf_size", "metric", "arguments"))
    dtype = np.float32 if cls.__name__.endswith("32") else np.float64
    data = array(fields, "data", dtype, (None, None))
    weight = fields["sample_weight"]
    if weight is not None:
        weight = np.array(array(fields, "sample_weight", dtype, (len(data),)))
    leaf_size = integer(fields, "leaf_size", 1)
    metric = fields["metric"]
    if type(metric) is not str or metric == "pyfunc" or metric not in cls.valid_metrics:
        raise ValueError(f"metric must be one of {cls.__name__}.valid_metrics, got {metric!r:.40}")
    arguments = _arguments(metric, fields["arguments"], data.shape[1])
    return cls(data, leaf_size=leaf_size, metric=metric, sample_weight=weight, **arguments)


def _arguments(metric: str, arguments: Any, n_features: int) -> dict[str, Any]:
    """Return checked arguments of a metric."""
    if type(arguments) is not dict:
        raise ValueError(f"arguments must be a dict, got {type(arguments).__name__}")
    named = {**_ARGUMENTS.get(metric, {})}
    if "w" not in arguments:
        named.pop("w", None)
    check_names(arguments, named)
    checked: dict[str, Any] = {}
    for name in named:
        if name == "p":
            checked[name] = p = arguments[name]
            if type(p) is not float or not 0 < p < np.inf:
                raise ValueError(f"p must be a positive float, got {p!r:.40}")
        else:
            shape = (n_features, n_features) if name == "VI" else (n_features,)
            checked[name] = np.array(array(arguments, name, np.float64, shape))
    return checked


_MODULES = (("kd_tree", "KDTree"), ("ball_tree", "BallTree"))
NEIGHBORS = [
    Kind(
        tuple(
            f"sklearn.neighbors._{module}.{name}{dtype}"
            for module, name in _MODULES
            for dtype in ("", "32", "64")
        )
        + tuple(f"sklearn.neighbors.{name}" for _, name in _MODULES),
        _fields,
        _build,
    )
]
