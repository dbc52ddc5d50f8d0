"""What regressors check of their targets and of the levels of quantiles."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams.neural_network.activations import elements

# The level of the quantile that predict returns of several, and how far off it may be by rounding.
MEDIAN, TOLERANCE = 0.5, 1e-9


def real_numbers(y: Any) -> np.ndarray:
    """Targets as an array of numbers; TypeError for sparse ones, dates, texts and complex ones."""
    if sp.issparse(y):
        raise TypeError("y must be a dense array of numbers, got a sparse one.")
    arrays, kinds = [y], "MmSUV"
    if y.dtype == object:  # whose dates NumPy would convert to numbers
        arrays, kinds = [value for value in y.flat if isinstance(value, np.generic)], "Mm"
    for array in arrays:
        if array.dtype.kind in kinds:
            raise TypeError(f"y must be a dense array of numbers, got dtype {array.dtype}.")
    return y.astype(np.float64) if y.dtype == object else y


def check_one_output(estimator: Any, Y: np.ndarray) -> None:
    """ValueError if there are several outputs, of which each has quantiles of its own."""
    if Y.shape[1] > 1:
        raise ValueError(
            f"{type(estimator).__name__}: loss='quantile' needs a y of one output, got "
            f"{Y.shape[1]}. Fit a model for each, or use sklearn.multioutput.MultiOutputRegressor."
        )


def quantile_levels(estimator: Any) -> np.ndarray:
    """The levels of the hyperparameter `quantile`, checked."""
    quantile = estimator.quantile
    is_one = isinstance(quantile, Real)
    levels = [quantile] if is_one else elements(quantile)
    argument = f"The 'quantile' parameter of {type(estimator).__name__}"
    if (
        not levels
        or not all(isinstance(level, Real) and 0 < float(level) < 1 for level in levels)
        or len(set(map(float, levels))) < len(levels)
    ):
        raise ValueError(
            f"{argument} must be a number in (0, 1), or a list of different ones. Got "
            f"{quantile!r} instead."
        )
    if not is_one and min(abs(float(level) - MEDIAN) for level in levels) > TOLERANCE:
        raise ValueError(
            f"{argument} must contain {MEDIAN}, which predict returns. Got {quantile!r} instead. "
            "Add it, or give a single number to predict another quantile."
        )
    return np.array([float(level) for level in levels])


def median_column(levels: np.ndarray) -> int:
    """Which of several levels `predict` returns: the median, or the only one."""
    return int(np.abs(levels - MEDIAN).argmin())


def has_quantiles(estimator: Any) -> bool:
    """Whether `predict_quantiles` exists; AttributeError if the loss is another one."""
    if str(estimator.loss) != "quantile":
        raise AttributeError(
            "predict_quantiles is only available with loss='quantile', got "
            f"loss={estimator.loss!r}."
        )
    return True
