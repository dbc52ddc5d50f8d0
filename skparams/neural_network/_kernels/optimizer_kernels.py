"""Compiled steps of the optimizers.

Names are those of `kernels.py`.
"""

from collections import namedtuple

import numpy as np

from skparams._runtime.decorators import exact, inlined, sums

# Solvers, by small integers, so that one compiled epoch serves all.
ADAM, SGD, NESTEROV, GRADIENT, DECISION = range(5)

# The solver's code, its moments, the learning rate of each batch, and hyperparameters. GRADIENT
# adds the gradients, without penalty, to `first`; DECISION trains nothing and writes the outputs
# there. `decay` is that of AdamW, 0 without it; `max_norm` is inf where gradients are not clipped.
# `groups` has rows of the first and last place of parameters and whether these are weights, which
# alone decay; `factors` what the learning rate of each is multiplied by.
Optimizer = namedtuple(
    "Optimizer",
    "solver first second learning_rates alpha beta_1 beta_2 epsilon momentum decay max_norm groups "
    "factors",
)


@exact
def _adam(p, g, m, v, alpha, scale, step, beta_1, beta_2, epsilon, kept):
    """One step of Adam (Kingma and Ba, 2014, end of section 2).

    Before it the parameters shrink to the share ``kept`` (Loshchilov and Hutter, 2019).
    """
    T = p.dtype.type
    alpha, scale, step, eps, kept = T(alpha), T(scale), T(step), T(epsilon), T(kept)
    b1, c1, b2, c2 = T(beta_1), T(1.0 - beta_1), T(beta_2), T(1.0 - beta_2)
    for i in range(p.size):
        gi = (g[i] + alpha * p[i]) * scale
        mi = b1 * m[i] + c1 * gi
        vi = b2 * v[i] + c2 * (gi * gi)
        m[i] = mi
        v[i] = vi
        p[i] = kept * p[i] - step * mi / (np.sqrt(vi) + eps)


@exact
def _sgd(p, g, velocity, alpha, scale, step, momentum, nesterov):
    """One step of gradient descent with momentum."""
    T = p.dtype.type
    alpha, scale, step, momentum = T(alpha), T(scale), T(step), T(momentum)
    ahead, direct = (momentum, step) if nesterov else (T(1), T(0))
    for i in range(p.size):
        gi = (g[i] + alpha * p[i]) * scale
        vi = momentum * velocity[i] - step * gi
        velocity[i] = vi
        p[i] += ahead * vi - direct * gi


@sums
def _squared_norm(p):
    total = p.dtype.type(0)
    for i in range(p.size):
        total += p[i] * p[i]
    return float(total)


@sums
def _norm(g):
    """In double precision; squares may overflow where the norm does not."""
    total, largest = 0.0, 0.0
    for i in range(g.size):
        total += float(g[i]) * float(g[i])
    if total == np.inf:
        for i in range(g.size):
            largest = max(largest, abs(float(g[i])))
        total = 0.0
        for i in range(g.size):
            total += (float(g[i]) / largest) ** 2
        return largest * np.sqrt(total)
    return np.sqrt(total)


@exact
def _add_penalty(p, g, alpha, scale):
    """Make of a batch's sums of gradients the gradient that a step takes, as _adam and _sgd do."""
    T = p.dtype.type
    alpha, scale = T(alpha), T(scale)
    for i in range(p.size):
        g[i] = (g[i] + alpha * p[i]) * scale


@inlined
def mean_gradient(params, grads, n_coefs, alpha, scale):
    """Make of sums the gradient of a batch's mean loss, penalty included; return its norm."""
    _add_penalty(params[:n_coefs], grads[:n_coefs], alpha, scale)
    _add_penalty(params[n_coefs : grads.size], grads[n_coefs:], 0.0, scale)
    return _norm(grads)


@inlined
def update(params, grads, n_coefs, optimizer, t, batch, alpha, scale):
    """Take step t with the gradients of a batch; return the sum of the squared new weights."""
    first, second, step, is_adam = (
        optimizer.first,
        optimizer.second,
        optimizer.learning_rates[batch],
        optimizer.solver == ADAM,
    )
    beta_1, beta_2, epsilon = optimizer.beta_1, optimizer.beta_2, optimizer.epsilon
    kept = 1.0 - step * optimizer.decay
    if is_adam:
        step *= np.sqrt(1.0 - beta_2**t) / (1.0 - beta_1**t)
    groups, factors = optimizer.groups, optimizer.factors
    for k in range(factors.size):
        start, stop, decays = groups[k, 0], groups[k, 1], groups[k, 2] > 0
        p, g, m = params[start:stop], grads[start:stop], first[start:stop]
        a, share, rate = alpha if decays else 0.0, kept if decays else 1.0, step * factors[k]
        if is_adam:
            v = second[start:stop]
            _adam(p, g, m, v, a, scale, rate, beta_1, beta_2, epsilon, share)
        else:
            momentum, nesterov = optimizer.momentum, optimizer.solver == NESTEROV
            _sgd(p, g, m, a, scale, rate, momentum, nesterov)
    return _squared_norm(params[:n_coefs])
