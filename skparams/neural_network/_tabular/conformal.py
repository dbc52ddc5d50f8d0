"""Conformalized quantile regression: offsets by which predicted quantiles reach their levels."""

import numpy as np
from numpy.typing import ArrayLike

# Relative rounding error of a level times a number of samples.
TOLERANCE = 1e-12


def quantile_offsets(
    quantiles: np.ndarray,
    y: np.ndarray,
    levels: ArrayLike,
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """Compute the number to add to each predicted quantile so that it reaches its level.

    For n samples whose residuals ``y - quantile`` are exchangeable with that of a new sample, the
    offset of a level above 1/2 is the ceil((n + 1) level)-th smallest residual: the target is at or
    below the quantile plus the offset with a probability of at least the level. Of a level below
    1/2 it is the floor((n + 1) level)-th smallest: the target is at or above with a probability of
    at least 1 - level. So an interval from level a to level b has a coverage of at least b - a. Of
    the level 1/2 it is the median of the residuals, the mean of the middle two if n is even.

    If there are too few samples for a level, fewer than level / (1 - level) above 1/2, no finite
    offset has this guarantee. It is infinity, or minus infinity below 1/2; the caller clips the
    quantiles to the range that targets have. The offset of the median is 0 without samples.

    Parameters
    ----------
    quantiles : ndarray of shape (n_samples, n_quantiles)
        Quantiles predicted for samples that the model was not trained on. Samples with a NaN in
        their quantiles or target are left out.
    y : ndarray of shape (n_samples,) or (n_samples, 1)
        Targets.
    levels : array-like of shape (n_quantiles,)
        The level of each column, between 0 and 1, in any order.
    weight : ndarray of shape (n_samples,), default=None
        Sample weights, of which only ratios matter. The new sample is taken to have their mean.
        Equal weights give the same offsets as None; samples of weight 0 are left out.

    Returns
    -------
    offsets : ndarray of float64 of shape (n_quantiles,)
        The number to add to each quantile.

    References
    ----------
    Romano, Patterson and Candès, "Conformalized quantile regression", NeurIPS 2019, theorem 2.
    Weights: Tibshirani, Barber, Candès and Ramdas, "Conformal prediction under covariate shift",
    NeurIPS 2019.

    Examples
    --------
    With 9 samples, the 0.1-quantile is moved to the smallest residual, the 0.9-quantile to the
    largest, and there are too few for the level 0.95.

    >>> import numpy as np
    >>> from skparams.neural_network._tabular.conformal import quantile_offsets
    >>> y = np.arange(1.0, 10.0)
    >>> quantile_offsets(np.zeros((9, 4)), y, [0.1, 0.5, 0.9, 0.95])
    array([ 1.,  5.,  9., inf])
    """
    residuals = y.astype(np.float64).reshape(-1, 1) - quantiles
    used = ~np.isnan(residuals).any(axis=1)
    if weight is not None:
        used &= weight > 0
        weight = weight[used].astype(np.float64)
    residuals = residuals[used]
    if weight is None or np.all(weight == weight[:1]):
        weight = np.ones(len(residuals))  # for which all sums below are exact
    columns = zip(residuals.T, np.asarray(levels), strict=True)
    return np.array([_offset(column, level, weight) for column, level in columns], np.float64)


def _offset(residuals: np.ndarray, level: float, weight: np.ndarray) -> float:
    if level > 0.5:
        return _upper(residuals, level, weight)
    lower = -_upper(-residuals, 1 - level, weight)
    if level < 0.5:
        return lower
    return (lower + _upper(residuals, level, weight)) / 2 if residuals.size else 0.0


def _upper(residuals: np.ndarray, level: float, weight: np.ndarray) -> float:
    """The smallest residual that has `level` of all weight, a new sample's included, up to it."""
    if not residuals.size:
        return np.inf
    order = np.argsort(residuals)
    cumulated = np.cumsum(weight[order])
    needed = level * (cumulated[-1] + weight.mean()) * (1 - TOLERANCE)
    place = np.searchsorted(cumulated, needed)
    return float(residuals[order[place]]) if place < len(order) else np.inf


def apply_offsets(quantiles: np.ndarray, offsets: np.ndarray, levels: ArrayLike) -> np.ndarray:
    """Add the offsets to predicted quantiles, and move outwards those that cross.

    From the median on, each quantile of a level above 1/2 becomes at least that of the level
    before, and each of a level below 1/2 at most that of the level after. Without a column of the
    median, the two columns nearest to it exchange their values where they cross. So quantiles above
    1/2 only rise and those below only fall, and the coverage of none of the levels is less than
    without this; sorting a row would not ensure that.

    Parameters
    ----------
    quantiles : ndarray of shape (n_samples, n_quantiles)
        Predicted quantiles.
    offsets : ndarray of shape (n_quantiles,)
        The result of :func:`quantile_offsets`.
    levels : array-like of shape (n_quantiles,)
        The level of each column, in any order.

    Returns
    -------
    quantiles : ndarray of shape (n_samples, n_quantiles)
        New array, of the dtype of `quantiles`, with columns in the order of `levels`. A row with a
        NaN has NaN in the columns that its value is compared with.

    Examples
    --------
    >>> import numpy as np
    >>> from skparams.neural_network._tabular.conformal import apply_offsets
    >>> apply_offsets(np.array([[1.0, 2.0, 3.0]]), np.array([0.0, 2.5, 0.5]), [0.1, 0.5, 0.9])
    array([[1. , 4.5, 4.5]])
    """
    levels = np.asarray(levels)
    order = np.argsort(levels)
    moved = (quantiles + offsets).astype(np.result_type(quantiles, np.float32))
    columns = moved[:, order]
    n_below, n_to_median = int(np.sum(levels < 0.5)), int(np.sum(levels <= 0.5))
    # Each run starts at the median, or at the nearest column on the other side of it.
    start, end = max(n_to_median - 1, 0), n_below + 1
    rising = np.maximum.accumulate(columns[:, start:], axis=1)[:, n_to_median - start :]
    falling = np.minimum.accumulate(columns[:, :end][:, ::-1], axis=1)[:, ::-1]
    moved[:, order[n_to_median:]] = rising
    moved[:, order[:n_below]] = falling[:, :n_below]
    return moved
