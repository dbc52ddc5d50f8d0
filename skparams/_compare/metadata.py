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


def routed(
    estimators: Mapping[str, Any], scorers: Mapping[str, Any], cv: Any, params: Any, groups: Any
) -> tuple[dict[str, Any], dict[str, Metadata]]:
    """The arguments of the splitter, and those of each competitor, as in ``cross_validate``.

    With metadata routing each gets what it requests; else every fit gets all of it.
    """
    if params is not None and not isinstance(params, Mapping):
        raise TypeError(f"compare: params must be None or a dict, got {type(params).__name__}.")
    params = dict(params or {})
    if not get_config()["enable_metadata_routing"]:
        return {"groups": groups}, {name: (params, {}) for name in estimators}
    if groups is not None:
        raise ValueError(
            "compare: groups must be passed as params={'groups': groups} if metadata routing is "
            "enabled."
        )
    to_splitter: dict[str, Any] = {}
    found: dict[str, Metadata] = {}
    for name, estimator in estimators.items():
        router = (
            MetadataRouter(owner="compare")
            .add(estimator=estimator, method_mapping=_calls("fit"))
            .add(scorer=scorers[name], method_mapping=_calls("score"))
        )
        if hasattr(cv, "get_metadata_routing"):
            router.add(splitter=cv, method_mapping=_calls("split"))
        parts = process_routing(router, "fit", **params)
        found[name] = dict(parts.estimator.fit), dict(parts.scorer.score)
        if "splitter" in parts:
            to_splitter = dict(parts.splitter.split)
    return to_splitter, found


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
