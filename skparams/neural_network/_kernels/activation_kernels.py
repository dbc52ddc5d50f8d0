"""Compiled activations with their slopes, for networks that scikit-learn does not have.

Names are those of `kernels.py`. A slope is the derivative of a unit's value in the activation's
input; at a kink, that of the left side. NaN stays NaN, and infinite inputs give the limits.
"""

from math import pi, sqrt

from skparams._runtime.decorators import exact
from skparams.neural_network._kernels.unit_kernels import (
    EXP,
    GELU,
    LEAKY_RELU,
    LOGISTIC,
    MISH,
    RELU,
    SELU,
    SILU,
    activate,
    multiply_derivative,
    transform,
)

LEAK = 0.01

# Constants of Klambauer et al. (2017).
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805

# The density of the normal distribution at 0.
PEAK = 1.0 / sqrt(2.0 * pi)

# Input times a gate that vanishes there is 0, but infinity times 0 would be NaN.
FAR = 1000.0


@exact
def _rectify(z, slopes):
    zero, one = z.dtype.type(0), z.dtype.type(1)
    for k in range(z.size):
        slopes[k] = one if z[k] > zero else zero
        z[k] = zero if z[k] <= zero else z[k]


@exact
def _leaky_relu(z, slopes):
    T = z.dtype.type
    zero, one, leak = T(0), T(1), T(LEAK)
    for k in range(z.size):
        slope = one if z[k] > zero else leak
        slopes[k] = slope
        z[k] *= slope


@exact
def _selu(z, slopes, scratch, scratch_bits):
    T = z.dtype.type
    zero, one, scale, alpha = T(0), T(1), T(SELU_SCALE), T(SELU_SCALE * SELU_ALPHA)
    for k in range(z.size):
        slopes[k] = zero if z[k] > zero else z[k]
    transform(slopes, EXP, scratch, scratch_bits)
    for k in range(z.size):
        is_positive, e = z[k] > zero, slopes[k]
        z[k] = scale * z[k] if is_positive else alpha * (e - one)
        slopes[k] = scale if is_positive else alpha * e


@exact
def _gelu(z, slopes, scratch, scratch_bits):
    """The normal distribution function is approximation 5666 of Hart et al. (1968), by West (2005).

    Below 0 it is exp(-v^2 / 2) times this ratio of polynomials in -v, with an absolute error below
    1e-15 for all v. Where the exponential is subnormal, which is slow, it is taken as 0.
    """
    T = z.dtype.type
    zero, half, one, most = T(0), T(0.5), T(1), T(37.0 if z.itemsize == 8 else 12.5)
    p0, p1, p2, p3 = (
        T(220.206867912376),
        T(221.213596169931),
        T(112.079291497871),
        T(33.912866078383),
    )
    p4, p5, p6, peak = T(6.37396220353165), T(0.700383064443688), T(0.0352624965998911), T(PEAK)
    q0, q1, q2, q3 = (
        T(440.413735824752),
        T(793.826512519948),
        T(637.333633378831),
        T(296.564248779674),
    )
    q4, q5, q6 = T(86.7807322029461), T(16.064177579207), T(1.75566716318264)
    q7 = T(0.0883883476483184)
    for k in range(z.size):
        slopes[k] = z[k]
        z[k] = -half * z[k] * z[k]
    transform(z, EXP, scratch, scratch_bits)
    for k in range(z.size):
        v, y = slopes[k], abs(slopes[k])
        y = most if y > most else y
        e = zero if y == most else z[k]
        p = ((p6 * y + p5) * y + p4) * y + p3
        p = ((p * y + p2) * y + p1) * y + p0
        q = ((q7 * y + q6) * y + q5) * y + q4
        q = (((q * y + q3) * y + q2) * y + q1) * y + q0
        tail = e * p / q
        low = -most if v < -most else v
        gate = tail if v < zero else one - tail
        z[k] = low * gate
        slopes[k] = gate + (y if v > zero else low) * peak * e


@exact
def _silu(z, slopes, scratch, scratch_bits):
    one, far = z.dtype.type(1), z.dtype.type(FAR)
    for k in range(z.size):
        slopes[k] = z[k]
    transform(z, LOGISTIC, scratch, scratch_bits)
    for k in range(z.size):
        v, gate = slopes[k], z[k]
        v = -far if v < -far else v
        z[k] = v * gate
        v = far if v > far else v
        slopes[k] = gate * (one + v * (one - gate))


@exact
def _mish(z, slopes, scratch, scratch_bits):
    """With u = exp(v), tanh(log(1 + u)) is u (u + 2) / (u (u + 2) + 2); above v = 20 it is 1."""
    T = z.dtype.type
    one, two, four, most, far = T(1), T(2), T(4), T(20), T(FAR)
    for k in range(z.size):
        slopes[k] = z[k]
        z[k] = most if z[k] > most else z[k]
    transform(z, EXP, scratch, scratch_bits)
    for k in range(z.size):
        v, u = slopes[k], z[k]
        v = -far if v < -far else v
        w = u * (u + two)
        share = one / (w + two)
        gate = w * share
        z[k] = v * gate
        v = most if v > most else v
        slopes[k] = gate + v * (four * u * (one + u) * share) * share


@exact
def activate_with_slopes(z, slopes, n_out, activation, scratch, scratch_bits):
    """Any activation of a hidden layer: replace inputs by values, and write the slopes."""
    if activation == RELU:
        _rectify(z, slopes)
    elif activation == LEAKY_RELU:
        _leaky_relu(z, slopes)
    elif activation == SELU:
        _selu(z, slopes, scratch, scratch_bits)
    elif activation == GELU:
        _gelu(z, slopes, scratch, scratch_bits)
    elif activation == SILU:
        _silu(z, slopes, scratch, scratch_bits)
    elif activation == MISH:
        _mish(z, slopes, scratch, scratch_bits)
    else:
        activate(z, n_out, activation, scratch, scratch_bits)
        slopes[:] = z.dtype.type(1)
        multiply_derivative(slopes, z, activation)
