"""Compiled losses, with the output layer's D.

Names are those of `kernels.py`.
"""

import numpy as np

from skparams._runtime.decorators import allocating, exact, helper

SQUARED_ERROR, POISSON, BINARY_LOG_LOSS, LOG_LOSS = range(4)
ABSOLUTE_ERROR, HUBER, GAMMA, QUANTILE = range(4, 8)

# Products of likelihoods below it end in a logarithm, so that no factor makes them 0.
SMALL = 1e-200


@exact
def _clipped(a, p):
    """A probability as scikit-learn's log losses take it, which depends on the dtype of ``a``."""
    T = a.dtype.type
    eps = T(2.220446049250313e-16) if a.itemsize == 8 else T(1.1920929e-7)
    p = eps if p < eps else p  # NaN stays NaN
    return T(1) - eps if p > T(1) - eps else p


@exact
def _log_loss(a, n_out, Y, weight):
    """_canonical of LOG_LOSS: a is not yet divided by the sums of its rows, Y holds class indices.

    Rows of one weight share a logarithm: that of the product of their likelihoods.
    """
    T = a.dtype.type
    one, total, product, last = T(1), 0.0, 1.0, T(0)
    for i in range(weight.size):
        row, w, norm, c = a[i * n_out : (i + 1) * n_out], weight[i], T(0), int(Y[i, 0])
        for j in range(n_out):
            norm += row[j]
        p = row[c] / norm
        for j in range(n_out):
            row[j] = w * (row[j] / norm)
        row[c] = w * (p - one)
        if w != last or product < SMALL:
            total -= last * np.log(product)
            product, last = 1.0, w
        product *= float(_clipped(a, p))
    return total - last * np.log(product)


@exact
def _binary_log_loss(a, n_out, Y, weight):
    """_canonical of BINARY_LOG_LOSS; logarithms are shared as in _log_loss."""
    one, total, product, last = a.dtype.type(1), 0.0, 1.0, a.dtype.type(0)
    for i in range(weight.size):
        row, w = a[i * n_out : (i + 1) * n_out], weight[i]
        for j in range(n_out):
            p, y = row[j], Y[i, j]
            row[j] = w * (p - y)
            if w != last or product < SMALL:
                total -= last * np.log(product)
                product, last = 1.0, w
            product *= float(_clipped(a, p if y == one else one - p))
    return total - last * np.log(product)


@exact
def _canonical(a, n_out, Y, weight, loss):
    """Replace predictions a by D; return the weighted sum of the loss.

    Each loss has its canonical output activation, so that D is prediction minus target. Y has one
    column per output.
    """
    zero = a.dtype.type(0)
    total = 0.0  # plus a float32, it would be a float32 where nothing is compiled
    for i in range(weight.size):
        row, w = a[i * n_out : (i + 1) * n_out], weight[i]
        for j in range(n_out):
            p, y = row[j], Y[i, j]
            if loss == SQUARED_ERROR:
                d = float(p) - float(y)  # float32 could not hold the square of a large one
                total += 0.5 * float(w) * d * d
            else:  # POISSON: half the deviance, where 0 log 0 is 0
                total += float(w * (p - y + (y * np.log(y / p) if y > zero else zero)))
            row[j] = w * (p - y)
    return total


@exact
def _smoothed(a, n_out, Y, weight, loss, smoothing):
    """_canonical of a log loss, with targets moved towards equal probabilities.

    Szegedy et al. (2016, section 7) for classes; a label of two values becomes y (1 - s) + s / 2.
    """
    T = a.dtype.type
    one, zero = T(1), T(0)
    eps = T(2.220446049250313e-16) if a.itemsize == 8 else T(1.1920929e-7)
    if loss == LOG_LOSS:  # small probabilities are exact there
        eps = T(2.2250738585072014e-308) if a.itemsize == 8 else T(1.1754944e-38)
    n_values = n_out if loss == LOG_LOSS else 2
    low, high = T(smoothing / n_values), T(1.0 - smoothing + smoothing / n_values)
    total = 0.0  # plus a float32, it would be a float32 where nothing is compiled
    for i in range(weight.size):
        row, w, norm = a[i * n_out : (i + 1) * n_out], weight[i], one
        logs, product, likelihood = 0.0, 1.0, 1.0
        if loss == LOG_LOSS:
            norm = zero
            for j in range(n_out):
                norm += row[j]
        for j in range(n_out):
            p = row[j] / norm
            is_true = j == Y[i, 0] if loss == LOG_LOSS else Y[i, j] == one
            y = high if is_true else low
            q = eps if p < eps else p  # NaN stays NaN
            q = one - eps if q > one - eps else q
            row[j] = w * (p - y)
            if loss == BINARY_LOG_LOSS:
                logs += y * np.log(q) + (one - y) * np.log(one - q)
                continue
            likelihood = float(q) if is_true else likelihood
            if q < SMALL:  # of float64 only; the product would be 0
                logs += low * np.log(float(q))
            else:  # classes share logarithms, as rows do in _log_loss
                product *= float(q)
            if product < SMALL:
                logs += low * np.log(product)
                product = 1.0
        logs += low * np.log(product) + (high - low) * np.log(likelihood)
        total -= float(w) * logs
    return total


@exact
def _robust(a, n_out, Y, weight, loss, delta):
    """_canonical of other losses of numbers, in double precision; the derivative at a kink is 0.

    ABSOLUTE_ERROR is what HUBER has beyond a delta of 1, without the constant.
    """
    total = 0.0
    for i in range(weight.size):
        row, w = a[i * n_out : (i + 1) * n_out], np.float64(weight[i])
        for j in range(n_out):
            p, y = np.float64(row[j]), np.float64(Y[i, j])
            r = p - y
            if loss == GAMMA:  # half the deviance; the output activation is exp
                term = y / p - 1.0 - np.log(y / p)
                d = 1.0 - y / p
            elif loss == HUBER and abs(r) <= delta:
                term, d = 0.5 * r * r, r
            else:
                d = delta if r > 0.0 else (-delta if r < 0.0 else r)  # NaN stays NaN
                term = delta * (abs(r) - 0.5 * delta if loss == HUBER else abs(r))
            total += w * term
            row[j] = w * d
    return total


@allocating
def _quantiles(a, n_out, Y, weight, levels):
    """_canonical of the sum of pinball losses, one for each level in ascending order.

    The first output is the lowest quantile; softplus of each further one is what the next quantile
    is above it. The derivative at a kink is 0.
    """
    T = a.dtype.type
    rising = np.ones(n_out, a.dtype)  # derivatives of the increments
    total = 0.0
    for i in range(weight.size):
        row, w = a[i * n_out : (i + 1) * n_out], np.float64(weight[i])
        y, q = np.float64(Y[i, 0]), 0.0
        for j in range(n_out):
            z = np.float64(row[j])
            if j > 0:
                rising[j] = 1.0 / (1.0 + np.exp(-z))
                z = max(z, 0.0) + np.log1p(np.exp(-abs(z)))
            q += z
            r = q - y
            slope = 1.0 - levels[j] if r > 0.0 else (-levels[j] if r < 0.0 else r)  # NaN stays NaN
            total += w * slope * r
            row[j] = w * slope
        slope = T(0)
        for j in range(n_out - 1, -1, -1):  # an output moves its own quantile and those above
            slope += row[j]
            row[j] = slope * rising[j]
    return total


@helper
def loss_and_delta(a, n_out, Y, weight, loss, parameters):
    """Replace predictions a by D; return the weighted sum of the loss, over outputs too.

    ``parameters`` is None for scikit-learn's losses: nothing else is compiled for them.
    """
    if parameters is None:
        if loss == LOG_LOSS:
            return _log_loss(a, n_out, Y, weight)
        if loss == BINARY_LOG_LOSS:
            return _binary_log_loss(a, n_out, Y, weight)
        return _canonical(a, n_out, Y, weight, loss)
    if loss == QUANTILE:
        return _quantiles(a, n_out, Y, weight, parameters)
    if loss == LOG_LOSS or loss == BINARY_LOG_LOSS:
        return _smoothed(a, n_out, Y, weight, loss, parameters[0])
    return _robust(a, n_out, Y, weight, loss, parameters[0])
