"""Labels of a table, and whether it has any: a pandas frame, or an array."""

from __future__ import annotations

from typing import Any

import numpy as np


def wants_frame(model: Any, as_frame: bool | None, method: str) -> bool:
    """Say whether a table is a frame, by default where the model saw names and pandas is there."""
    if not (as_frame is None or isinstance(as_frame, bool | np.bool_)):
        raise ValueError(
            f"{type(model).__name__}.{method}: as_frame must be True, False or None, got "
            f"{as_frame!r}."
        )
    if as_frame is None:
        return hasattr(model, "feature_names_in_") and has_pandas()
    return bool(as_frame)


def has_pandas() -> bool:
    """Say whether pandas is installed."""
    try:
        import pandas  # noqa: F401
    except ImportError:
        return False
    return True


def pandas_for(what: str) -> Any:
    """Return pandas, or say how to get it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            f'{what} needs pandas. Install it with pip install "skparams[frame]".'
        ) from error
    return pandas


def feature_names(model: Any) -> list[Any]:
    """Return the names that a model saw, else x0, x1, … as scikit-learn has them."""
    names = getattr(model, "feature_names_in_", None)
    return [f"x{j}" for j in range(model.n_features_in_)] if names is None else list(names)


def feature_index(model: Any, feature: Any, method: str) -> int:
    """Return which feature a name or a position means."""
    p = model.n_features_in_
    whole = isinstance(feature, int | np.integer) and not isinstance(feature, bool | np.bool_)
    if whole and -p <= feature < p:
        return int(feature) % p
    names = feature_names(model)
    if isinstance(feature, str) and feature in names:
        return names.index(feature)
    raise ValueError(
        f"{type(model).__name__}.{method}: feature must be one of the {p} features, by name "
        f"({_some(names)}) or by position, got {feature!r}."
    )


def _some(names: list[Any]) -> str:
    return ", ".join(map(repr, names[:5])) + (", …" if len(names) > 5 else "")


def row_index(X: Any) -> Any:
    """Return the index of a pandas object, else None."""
    index = getattr(X, "index", None)
    return None if callable(index) else index
