"""Temperature scaling: one number that calibrates the probabilities of a classifier."""

import math
from collections.abc import Callable, Iterator

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

# The temperature is between 1 / MAX_TEMPERATURE and MAX_TEMPERATURE.
MAX_TEMPERATURE = 20.0
# Decision values that are converted to float64 at a time, so that they stay in the cache.
BLOCK_SIZE = 2**15


def fit_temperature(
    Z: np.ndarray,
    targets: np.ndarray,
    weight: np.ndarray | None,
    out_activation: str,
    *,
    prior: float = 0.0,
) -> float:
    """Fit the temperature T that minimizes the mean log-loss of the decision values ``Z / T``.

    The log-loss is convex in 1 / T. The zero of its derivative is searched for 1 / T between 1/20
    and 20; if it is beyond, the nearer limit is taken. T is 1/20 if all samples are classified
    correctly, so that the loss falls as long as T does, and 20 if decision values tell nothing or
    less about the class. T is 1 if the loss does not depend on T: all decision values are equal, or
    so large that the loss is zero, or there is no sample.

    Where few samples are misclassified, T is determined by few numbers and can be far too small. A
    prior avoids that: ``prior * (1 / T - 1 + log(T))`` is added to the sum of the losses, which is
    still convex in 1 / T. Of any `prior`, the mean log-loss is at most that at T = 1, to rounding.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_outputs)
        Decision values; one column with 'logistic'. Samples with a value that is not finite are
        left out: NaN stands for those that no member predicts.
    targets : ndarray of shape (n_samples,) or (n_samples, 1)
        The class of each sample, from 0.
    weight : ndarray of shape (n_samples,) or None
        Sample weights; None for equal ones.
    out_activation : {'logistic', 'softmax'}
        The function that gives probabilities.
    prior : float, default=0.0
        The weight of T = 1, as a number of samples of mean weight: the deviation of log(T) from 0
        is expected to be about ``prior ** -0.5``. 1 / T has a gamma distribution of mode 1.

    Returns
    -------
    temperature : float
        The temperature, by which decision values are to be divided.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    Three of four samples are classified correctly, all at odds of 9 to 1; odds of 3 to 1 are right.

    >>> import numpy as np
    >>> from skparams.neural_network._tabular.temperature import fit_temperature
    >>> Z = np.log([[9.0], [9.0], [9.0], [9.0]])
    >>> T = fit_temperature(Z, np.array([[1], [1], [1], [0]]), None, "logistic")
    >>> round(float(np.exp(Z[0, 0] / T)), 6)
    3.0
    """
    slope_of = {"logistic": _logistic_slopes, "softmax": _softmax_slopes}[out_activation]
    data = _finite_samples(Z, targets.reshape(-1).astype(np.intp), weight)

    used_weight = data[2]
    prior *= 1.0 if used_weight is None else used_weight.sum() / max(used_weight.size, 1)

    def slope(log_inverse: float) -> float:
        """Derivative with respect to 1 / T, which never falls as 1 / T rises."""
        inverse = math.exp(log_inverse)
        slopes = (_total(slope_of, inverse, *block) for block in _blocks(*data))
        return math.fsum(slopes) + prior * (1 - 1 / inverse)

    at_one = slope(0.0)
    limit = math.copysign(math.log(MAX_TEMPERATURE), -at_one)
    if slope(limit) * math.copysign(1.0, at_one) > 0:
        return 1 / MAX_TEMPERATURE if limit > 0 else MAX_TEMPERATURE
    return math.exp(-brentq(slope, 0.0, limit, xtol=1e-10))


def _finite_samples(
    Z: np.ndarray, targets: np.ndarray, weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    finite = np.isfinite(Z).all(axis=1)
    if finite.all():
        return Z, targets, weight
    return Z[finite], targets[finite], None if weight is None else weight[finite]


def _blocks(
    Z: np.ndarray, targets: np.ndarray, weight: np.ndarray | None
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
    step = max(BLOCK_SIZE // Z.shape[1], 1)
    for start in range(0, len(Z), step):
        rows = slice(start, start + step)
        yield Z[rows].astype(np.float64), targets[rows], None if weight is None else weight[rows]


def _total(
    slope_of: Callable[..., np.ndarray],
    inverse: float,
    Z: np.ndarray,
    targets: np.ndarray,
    weight: np.ndarray | None,
) -> float:
    slopes = slope_of(inverse, Z, targets)
    return float(np.sum(slopes if weight is None else slopes * weight))


def _logistic_slopes(inverse: float, Z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Derivatives of ``log(1 + exp(-inverse * margin))``."""
    margin = np.where(targets == 1, Z[:, 0], -Z[:, 0])
    return -margin * expit(-inverse * margin)


def _softmax_slopes(inverse: float, Z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Derivatives of the log-loss: the expected decision value minus that of the true class.

    With the largest at 0 no exponential overflows, and slopes of correct samples do not cancel.
    """
    Z -= Z.max(axis=1, keepdims=True)
    P = np.exp(inverse * Z)
    expected = np.einsum("ij,ij->i", P, Z) / P.sum(axis=1)
    return expected - Z[np.arange(len(Z)), targets]
