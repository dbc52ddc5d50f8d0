"""Labels of tables: names of features, the index of rows, and pandas."""

from importlib.util import find_spec
from typing import Any

import numpy as np


def has_pandas() -> bool:
    """Whether pandas is installed."""
    return find_spec("pandas") is not None


def pandas_for(what: str) -> Any:
    """The module pandas, or an error that says how to install it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            f'{what} needs pandas. Install it with pip install "skparams[frame]".'
        ) from error
    return pandas


def feature_names(model: Any) -> list[Any]:
    """Names of a model's features, x0, x1, … if it has none."""
    names = getattr(model, "feature_names_in_", None)
    return [f"x{j}" for j in range(model.n_features_in_)] if names is None else list(names)


def row_index(X: Any) -> Any:
    """The index of a pandas object, else None."""
    index = getattr(X, "index", None)
    return None if callable(index) else index


def names_of(Y: Any) -> list[Any]:
    """Names of a frame's columns or of a series, y0, y1, … if there are none."""
    if hasattr(Y, "columns"):
        return list(Y.columns)
    if getattr(Y, "name", None) is not None:
        return [Y.name]
    shape = np.shape(Y)
    return [f"y{j}" for j in range(shape[1] if len(shape) > 1 else 1)]
