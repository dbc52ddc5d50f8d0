"""What goes to the fit and to the score of each competitor beside X and y, and to the splitter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

from skparams._compat import safe_indexing

# Of one competitor: arguments of its fit, and of its scorer.
Metadata = tuple[Mapping[str, Any], Mapping[str, Any]]


def check_metadata(params: Any, groups: Any) -> None:
    """Raise for metadata in another form than that of ``cross_validate``."""
    if params is not None and not isinstance(params, Mapping):
        raise TypeError(f"compare: params must be None or a dict, got {type(params).__name__}.")
    if groups is not None and get_config()["enable_metadata_routing"]:
        raise ValueError(
            "compare: groups must be passed as params={'groups': groups} if metadata routing is "
            "enabled."
        )


def routed(
    estimators: Mapping[str, Any], scorers: Mapping[str, Any], cv: Any, params: Any, groups: Any
) -> tuple[dict[str, Any], dict[str, Metadata]]:
    """The arguments of the splitter, and those of each competitor, as in ``cross_validate``.

    With metadata routing each gets what it requests; else every fit gets all of it.
    """
    params = dict(params or {})
    if not get_config()["enable_metadata_routing"]:
        return {"groups": groups}, {name: (params, {}) for name in estimators}
    router = MetadataRouter(owner="compare")
    for i, name in enumerate(estimators):
        router.add(**{f"fit_{i}": estimators[name]}, method_mapping=_calls("fit"))
        router.add(**{f"score_{i}": scorers[name]}, method_mapping=_calls("score"))
    if hasattr(cv, "get_metadata_routing"):
        router.add(splitter=cv, method_mapping=_calls("split"))
    parts = process_routing(router, "fit", **params)
    of_each: dict[str, Metadata] = {
        name: (dict(parts[f"fit_{i}"].fit), dict(parts[f"score_{i}"].score))
        for i, name in enumerate(estimators)
    }
    return dict(parts.splitter.split) if "splitter" in parts else {}, of_each


def _calls(method: str) -> MethodMapping:
    return MethodMapping().add(caller="fit", callee=method)


def of_rows(metadata: Mapping[str, Any], rows: np.ndarray, n_samples: int) -> dict[str, Any]:
    """Metadata with a value for each row, of some rows; what is of another kind stays whole."""
    return {
        name: safe_indexing(value, rows) if _is_for_rows(value, n_samples) else value
        for name, value in metadata.items()
    }


def _is_for_rows(value: Any, n_samples: int) -> bool:
    if isinstance(value, str | bytes | Mapping):
        return False
    shape = getattr(value, "shape", None)
    if shape is not None:
        return len(shape) > 0 and shape[0] == n_samples
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and len(value) == n_samples
