"""Compiled hidden layers that scikit-learn's network has not.

They have activations of `activation_kernels.py`, normalization or dropout. Names are those of
`kernels.py`. All take `special`, the arrays below, or None in a network that needs none of this:
for it nothing here is compiled.
"""

from collections import namedtuple

import numpy as np

from skparams._runtime.decorators import exact, helper
from skparams.neural_network.activation_kernels import activate_with_slopes
from skparams.neural_network.unit_kernels import RELU, activate, multiply_derivative

BATCH, LAYER = 1, 2  # codes of normalization; 0 is none

# What a pass is for. Only TRAINS updates running moments, and only PREDICTS uses them.
PREDICTS, DIFFERENTIATES, TRAINS = range(3)

# `slopes` has, for each unit of a batch, the derivative of its value in the activation's input,
# dropout included; `centered` what normalization makes of it before the gain; `scales` what it
# multiplies by, for each unit (BATCH) or row (LAYER); `moments` room for two numbers of each unit
# of a layer. In the network's flat buffer gains start at `gains`, and running means and variances,
# which are not trained, at `means` and `variances`. `dropout` has a rate for the input and each
# hidden layer; `seed` one number.
Special = namedtuple(
    "Special",
    "slopes normalization centered scales moments gains means variances dropout seed",
)

# As in PyTorch: added to variances, and the share of a running statistic that a batch replaces.
EPSILON, SHARE = 1e-5, 0.1

# Of SplitMix64 (Steele, Lea and Flood, 2014).
GAMMA = np.uint64(0x9E3779B97F4A7C15)
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
SHIFT_1, SHIFT_2, SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)


@helper
def is_plain(special):
    """Whether the network is one of scikit-learn's."""
    return special is None


@helper
def is_normalized(special):
    """Whether hidden layers are."""
    if special is None:
        return False
    return special.normalization != 0


@helper
def joins_last_row(special):
    """Whether a batch of one row, which has no variance, joins the one before it."""
    if special is None:
        return False
    return special.normalization == BATCH


@exact
def _drop(values, slopes, rate, seed, counter):
    """Set values and their slopes to 0 with probability rate; scale the others up.

    Number k of the random stream decides about element k - counter.
    """
    T = values.dtype.type
    zero, kept = T(0), T(1.0 / (1.0 - rate))
    threshold = np.uint64(rate * 9007199254740992.0)  # 2^53
    for k in range(values.size):
        bits = seed + GAMMA * np.uint64(counter + k)
        bits = (bits ^ (bits >> SHIFT_1)) * MIX_1
        bits = (bits ^ (bits >> SHIFT_2)) * MIX_2
        bits ^= bits >> SHIFT_3
        factor = kept if (bits >> np.uint64(11)) >= threshold else zero
        values[k] *= factor
        if slopes.size > 0:
            slopes[k] *= factor


@helper
def drop_inputs(special, a, counter, mode):
    """Dropout of the network's input."""
    if special is not None:
        rate = special.dropout[0]
        if rate > 0.0 and mode != PREDICTS:
            _drop(a, a[:0], rate, special.seed[0], counter)


@exact
def _normalize_units(special, params, layer, values, n, weight, mode):
    """Batch normalization (Ioffe and Szegedy, 2015) by the weighted moments of the batch."""
    _, n_out, _, b, unit = layer
    T, z0 = values.dtype.type, n * unit
    centered, mean, var = special.centered, special.moments[0], special.moments[1]
    means, variances = special.means + unit, special.variances + unit
    if mode == PREDICTS:
        for j in range(n_out):
            mean[j], var[j] = params[means + j], params[variances + j]
    else:
        total = 0.0
        for i in range(n):
            total += weight[i]
        part, share = T(1.0 / total), T(SHARE if mode == TRAINS else 0.0)
        mean[:n_out] = T(0)
        var[:n_out] = T(0)
        for i in range(n):
            z, w = values[z0 + i * n_out : z0 + (i + 1) * n_out], weight[i] * part
            for j in range(n_out):
                mean[j] += w * z[j]
        for i in range(n):
            z, w = values[z0 + i * n_out : z0 + (i + 1) * n_out], weight[i] * part
            for j in range(n_out):
                var[j] += w * (z[j] - mean[j]) * (z[j] - mean[j])
        for j in range(n_out):
            params[means + j] += share * (mean[j] - params[means + j])
            params[variances + j] += share * (var[j] - params[variances + j])
    gain, shift = params[special.gains + unit :], params[b : b + n_out]
    scale = special.scales[unit : unit + n_out]
    for j in range(n_out):
        scale[j] = T(1) / np.sqrt(var[j] + T(EPSILON))
    for i in range(n):
        z, x = values[z0 + i * n_out : z0 + (i + 1) * n_out], centered[z0 + i * n_out :]
        for j in range(n_out):
            x[j] = (z[j] - mean[j]) * scale[j]
            z[j] = gain[j] * x[j] + shift[j]


@exact
def _normalize_rows(special, params, layer, values, n):
    """Layer normalization (Ba, Kiros and Hinton, 2016)."""
    _, n_out, _, b, unit = layer
    T, z0 = values.dtype.type, n * unit
    gain, shift = params[special.gains + unit :], params[b : b + n_out]
    scale, part = special.scales[z0 : z0 + n], T(1.0 / n_out)
    for i in range(n):
        z, x = values[z0 + i * n_out : z0 + (i + 1) * n_out], special.centered[z0 + i * n_out :]
        mean, var = T(0), T(0)
        for j in range(n_out):
            mean += z[j] * part
        for j in range(n_out):
            var += (z[j] - mean) * (z[j] - mean) * part
        scale[i] = T(1) / np.sqrt(var + T(EPSILON))
        for j in range(n_out):
            x[j] = (z[j] - mean) * scale[i]
            z[j] = gain[j] * x[j] + shift[j]


@helper
def finish_hidden(
    special, params, i, layer, activation, values, n, weight, counter, mode, scratch, scratch_bits
):
    """Turn the products of hidden layer i into its values, and write their slopes.

    Biases are added already, without normalization. ``counter`` is where in the random stream the
    hidden units of the batch start.
    """
    n_out, unit = layer[1], layer[4]
    part = slice(n * unit, n * (unit + n_out))
    if special is None:
        if activation != RELU:
            activate(values[part], n_out, activation, scratch, scratch_bits)
    else:
        if special.normalization == BATCH:
            _normalize_units(special, params, layer, values, n, weight, mode)
        elif special.normalization == LAYER:
            _normalize_rows(special, params, layer, values, n)
        z, slopes = values[part], special.slopes[part]
        activate_with_slopes(z, slopes, n_out, activation, scratch, scratch_bits)
        rate = special.dropout[i + 1]
        if rate > 0.0 and mode != PREDICTS:
            _drop(z, slopes, rate, special.seed[0], counter + n * unit)


@exact
def unit_delta(special, d, values, part, activation):
    """Multiply d by the derivatives of a hidden layer's values in the activation's input."""
    if special is None:
        multiply_derivative(d[part], values[part], activation)
    else:
        D, slopes = d[part], special.slopes[part]
        for k in range(D.size):
            D[k] *= slopes[k]


@exact
def _through_units(special, d, layer, n, weight, gain, shift_grads, gain_grads):
    """Differentiate batch normalization, its moments as well."""
    _, n_out, _, _, unit = layer
    T, z0, total = d.dtype.type, n * unit, 0.0
    scale = special.scales[unit : unit + n_out]
    for i in range(n):
        total += weight[i]
    part = T(1.0 / total)
    for i in range(n):
        D, x = d[z0 + i * n_out : z0 + (i + 1) * n_out], special.centered[z0 + i * n_out :]
        w = weight[i] * part
        for j in range(n_out):
            D[j] = gain[j] * scale[j] * (D[j] - w * (shift_grads[j] + x[j] * gain_grads[j]))


@exact
def _through_rows(special, d, layer, n, gain):
    """Differentiate layer normalization, its moments as well."""
    _, n_out, _, _, unit = layer
    T, z0 = d.dtype.type, n * unit
    scale, part = special.scales[z0 : z0 + n], T(1.0 / n_out)
    for i in range(n):
        D, x = d[z0 + i * n_out : z0 + (i + 1) * n_out], special.centered[z0 + i * n_out :]
        mean, along = T(0), T(0)
        for j in range(n_out):
            mean += gain[j] * D[j] * part
            along += gain[j] * D[j] * x[j] * part
        for j in range(n_out):
            D[j] = scale[i] * (gain[j] * D[j] - mean - x[j] * along)


@helper
def normalization_delta(special, params, layer, d, n, weight, grads):
    """Turn the derivative in what normalization returns into that in its input.

    The gradient of the shifts is in `grads`; that of the gains is written.
    """
    if special is not None and special.normalization != 0:
        _, n_out, _, b, unit = layer
        z0, start = n * unit, special.gains + unit
        gain, gain_grads = params[start : start + n_out], grads[start : start + n_out]
        gain_grads[:] = d.dtype.type(0)
        for i in range(n):
            D, x = d[z0 + i * n_out : z0 + (i + 1) * n_out], special.centered[z0 + i * n_out :]
            for j in range(n_out):
                gain_grads[j] += D[j] * x[j]
        if special.normalization == BATCH:
            _through_units(special, d, layer, n, weight, gain, grads[b : b + n_out], gain_grads)
        else:
            _through_rows(special, d, layer, n, gain)
