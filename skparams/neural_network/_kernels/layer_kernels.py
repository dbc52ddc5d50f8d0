"""Compiled hidden layers that scikit-learn's network has not.

They have activations of `activation_kernels.py`, normalization or dropout. Names are those of
`kernels.py`. All take `special`, the arrays below, or None in a network that needs none of this:
for it nothing here is compiled.
"""

from collections import namedtuple

import numpy as np

from skparams._runtime.decorators import exact, helper, inlined, sums
from skparams.neural_network._kernels.activation_kernels import activate_with_slopes
from skparams.neural_network._kernels.unit_kernels import RELU, activate, multiply_derivative

BATCH, LAYER = 1, 2  # codes of normalization; 0 is none

# What a pass is for. Only TRAINS updates running moments, and only PREDICTS uses them.
PREDICTS, DIFFERENTIATES, TRAINS = range(3)

# `slopes` has, for each unit of a batch, the derivative of its value in the activation's input,
# dropout included; `centered` what normalization makes of it before the gain; `scales` what it
# multiplies by, for each unit (BATCH) or row (LAYER); `moments` room for two numbers of each unit
# of a layer, in double precision. In the network's flat buffer gains start at `gains`, and running
# means and variances, which are not trained, at `means` and `variances`. `dropout` has a rate for
# the input and each hidden layer; `seed` one number.
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
RANGE = 2.0**53  # of the bits that are compared
STEP = 2**36  # numbers of the stream that a batch may use, which are more than memory has room for


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


@inlined
def _is_kept(seed, number, threshold):
    """Whether number ``number`` of the random stream is at least threshold, of 53 bits."""
    bits = seed + GAMMA * np.uint64(number)
    bits = (bits ^ (bits >> SHIFT_1)) * MIX_1
    bits = (bits ^ (bits >> SHIFT_2)) * MIX_2
    bits ^= bits >> SHIFT_3
    return (bits >> np.uint64(11)) >= threshold


@exact
def _drop(values, slopes, rate, seed, first):
    """Set values and their slopes to 0 with probability rate; scale the others up.

    Number first + k of the random stream decides about element k. `slopes` may be empty.
    """
    T = values.dtype.type
    zero, scale, threshold = T(0), T(1.0 / (1.0 - rate)), np.uint64(rate * RANGE)
    if slopes.size > 0:
        for k in range(values.size):
            factor = scale if _is_kept(seed, first + k, threshold) else zero
            values[k] *= factor
            slopes[k] *= factor
    else:
        for k in range(values.size):
            values[k] *= scale if _is_kept(seed, first + k, threshold) else zero


@helper
def drop_inputs(special, a, counter, mode):
    """Dropout of the network's input."""
    if special is not None:
        rate = special.dropout[0]
        if rate > 0.0 and mode != PREDICTS:
            _drop(a, a[:0], rate, special.seed[0], counter)


@inlined
def input_factor(special, number, mode):
    """What dropout multiplies the number of an input by."""
    if special is None:
        return 1.0
    rate = special.dropout[0]
    if rate == 0.0 or mode == PREDICTS:
        return 1.0
    is_kept = _is_kept(special.seed[0], number, np.uint64(rate * RANGE))
    return 1.0 / (1.0 - rate) if is_kept else 0.0


@helper
def _total(weight):
    total = 0.0
    for i in range(weight.size):
        total += weight[i]
    return total


@exact
def _batch_moments(z, n_out, weight, mean, var):
    """Weighted moments of each unit, in double precision."""
    share = 1.0 / _total(weight)
    mean[:] = 0.0
    var[:] = 0.0
    for i in range(weight.size):
        row, w = z[i * n_out : (i + 1) * n_out], weight[i] * share
        for j in range(n_out):
            mean[j] += w * row[j]
    for i in range(weight.size):
        row, w = z[i * n_out : (i + 1) * n_out], weight[i] * share
        for j in range(n_out):
            d = row[j] - mean[j]
            var[j] += w * (d * d)


@helper
def _unit_moments(special, params, z, n_out, unit, weight, mode):
    """Mean and variance of each unit: of the batch, which move the running ones, or these."""
    mean, var = special.moments[0, :n_out], special.moments[1, :n_out]
    means = params[special.means + unit : special.means + unit + n_out]
    variances = params[special.variances + unit : special.variances + unit + n_out]
    if mode == PREDICTS:
        for j in range(n_out):
            mean[j], var[j] = means[j], variances[j]
    else:
        _batch_moments(z, n_out, weight, mean, var)
        share = SHARE if mode == TRAINS else 0.0
        for j in range(n_out):
            means[j] += share * (mean[j] - means[j])
            variances[j] += share * (var[j] - variances[j])
    return mean, var


@exact
def _scale_units(z, x, n_out, mean, var, scale, gain, shift):
    """Normalize each unit, keep that in x, then apply gain and shift."""
    T = z.dtype.type
    for j in range(n_out):
        scale[j] = T(1.0 / np.sqrt(var[j] + EPSILON))
    for start in range(0, z.size, n_out):
        Z, X = z[start : start + n_out], x[start : start + n_out]
        for j in range(n_out):
            X[j] = (Z[j] - T(mean[j])) * scale[j]
        for j in range(n_out):
            Z[j] = gain[j] * X[j] + shift[j]


@sums
def _scale_rows(z, x, n_out, scale, gain, shift):
    """Normalize each row, keep that in x, then apply gain and shift."""
    T = z.dtype.type
    one, share = T(1), T(1.0 / n_out)
    for i in range(scale.size):
        Z, X = z[i * n_out : (i + 1) * n_out], x[i * n_out : (i + 1) * n_out]
        mean, var = T(0), T(0)
        for j in range(n_out):
            mean += Z[j]
        mean *= share
        for j in range(n_out):
            d = Z[j] - mean
            X[j] = d
            var += d * d
        scale[i] = one / np.sqrt(var * share + T(EPSILON))
        for j in range(n_out):
            X[j] *= scale[i]
            Z[j] = gain[j] * X[j] + shift[j]


@helper
def _normalize(special, params, layer, values, n, weight, mode):
    """Replace a layer's products by normalized ones times the gain plus the shift.

    Of each unit over the rows (Ioffe and Szegedy, 2015), or of each row over the units (Ba, Kiros
    and Hinton, 2016).
    """
    n_out, b, unit = layer[1], layer[3], layer[4]
    part = slice(n * unit, n * (unit + n_out))
    z, x = values[part], special.centered[part]
    gains = special.gains + unit
    gain, shift = params[gains : gains + n_out], params[b : b + n_out]
    if special.normalization == BATCH:
        mean, var = _unit_moments(special, params, z, n_out, unit, weight, mode)
        scale = special.scales[unit : unit + n_out]
        _scale_units(z, x, n_out, mean, var, scale, gain, shift)
    else:
        _scale_rows(z, x, n_out, special.scales[n * unit : n * unit + n], gain, shift)


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
        if special.normalization != 0:
            _normalize(special, params, layer, values, n, weight, mode)
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
def scale_inputs(params, start, w, n_out, out):
    """Write the weights of the first layer times the scale of their inputs: (X s) W = X (s W)."""
    for i in range(out.size // n_out):
        scale, row = params[start + i], params[w + i * n_out : w + (i + 1) * n_out]
        scaled = out[i * n_out : (i + 1) * n_out]
        for j in range(n_out):
            scaled[j] = scale * row[j]


@sums
def input_scale_gradient(params, start, w, n_in, n_out, grads):
    """Turn the gradient in the scaled weights of the first layer into those in scale and weights.

    It takes a sum for each input, where the gradient in the inputs would take one for each sample.
    """
    for i in range(n_in):
        scale, total = params[start + i], params.dtype.type(0)
        row, gradient = params[w : w + n_out], grads[w : w + n_out]
        for j in range(n_out):
            total += gradient[j] * row[j]
            gradient[j] *= scale
        grads[start + i] = total
        w += n_out


@exact
def _gain_gradient(d, x, gradient):
    n_out = gradient.size
    gradient[:] = d.dtype.type(0)
    for start in range(0, d.size, n_out):
        D, X = d[start : start + n_out], x[start : start + n_out]
        for j in range(n_out):
            gradient[j] += D[j] * X[j]


@exact
def _through_units(d, x, weight, scale, gain, shift_gradient, gain_gradient):
    """Differentiate batch normalization, its moments as well."""
    T, n_out = d.dtype.type, gain.size
    share = T(1.0 / _total(weight))
    for i in range(weight.size):
        D, X = d[i * n_out : (i + 1) * n_out], x[i * n_out : (i + 1) * n_out]
        w = weight[i] * share
        for j in range(n_out):
            D[j] = gain[j] * scale[j] * (D[j] - w * (shift_gradient[j] + X[j] * gain_gradient[j]))


@sums
def _through_rows(d, x, scale, gain):
    """Differentiate layer normalization, its moments as well."""
    T, n_out = d.dtype.type, gain.size
    share = T(1.0 / n_out)
    for i in range(scale.size):
        D, X = d[i * n_out : (i + 1) * n_out], x[i * n_out : (i + 1) * n_out]
        mean, along = T(0), T(0)
        for j in range(n_out):
            D[j] *= gain[j]
            mean += D[j]
            along += D[j] * X[j]
        mean, along = mean * share, along * share
        for j in range(n_out):
            D[j] = scale[i] * (D[j] - mean - X[j] * along)


@helper
def normalization_delta(special, params, layer, d, n, weight, grads):
    """Turn the derivative in what normalization returns into that in its input.

    The gradient of the shifts is in `grads`; that of the gains is written.
    """
    if special is not None and special.normalization != 0:
        n_out, b, unit = layer[1], layer[3], layer[4]
        gains, part = special.gains + unit, slice(n * unit, n * (unit + n_out))
        D, x, gain = d[part], special.centered[part], params[gains : gains + n_out]
        gain_gradient = grads[gains : gains + n_out]
        _gain_gradient(D, x, gain_gradient)
        if special.normalization == BATCH:
            scale, shift_gradient = special.scales[unit : unit + n_out], grads[b : b + n_out]
            _through_units(D, x, weight, scale, gain, shift_gradient, gain_gradient)
        else:
            _through_rows(D, x, special.scales[n * unit : n * unit + n], gain)
