"""Classes and functions that hyperparameters may be, by name."""

from __future__ import annotations

import builtins
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from sklearn.metrics import get_scorer, get_scorer_names

TYPES: dict[type, str] = {
    **{
        getattr(builtins, name): name
        for name in ("bool", "int", "float", "complex", "str", "object")
    },
    **{
        getattr(np, name): f"numpy.{name}"
        for name in (
            *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
            *("float16", "float32", "float64", "complex64", "complex128", "str_", "object_"),
        )
    },
}

# Functions without state that are defaults or usual values of hyperparameters.
_FUNCTIONS = {
    "sklearn.feature_selection": (
        *("chi2", "f_classif", "f_oneway", "f_regression", "mutual_info_classif"),
        *("mutual_info_regression", "r_regression"),
    ),
    "sklearn.cluster._kmeans": ("_kmeans_single_elkan", "_kmeans_single_lloyd"),
    "numpy": ("max", "mean", "median", "min", "sum"),
}


@cache
def _functions() -> dict[str, Any]:
    found = {
        f"{module}.{name}": getattr(import_module(module), name)
        for module, names in _FUNCTIONS.items()
        for name in names
    }
    # Those that scikit-learn has a scorer for.
    scores = {get_scorer(name)._score_func for name in get_scorer_names()}
    return found | {f"sklearn.metrics.{score.__name__}": score for score in scores}


def function_name(value: Any) -> str | None:
    """The name of a function that may be loaded, None for all else."""
    return next((name for name, each in _functions().items() if each is value), None)


def function_called(name: Any) -> Any:
    """The function of a name; ValueError if it may not be loaded."""
    if not isinstance(name, str) or name not in _functions():
        raise ValueError(f"the function {name!r} may not be loaded")
    return _functions()[name]
