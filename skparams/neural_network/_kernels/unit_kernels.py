"""Compiled activations that scikit-learn has, and their derivatives.

Names are those of `kernels.py`.
"""

from skparams._runtime.decorators import exact

# Codes: small integers, so that one compiled epoch serves every activation.
IDENTITY, LOGISTIC, TANH, RELU, EXP, SOFTMAX = range(6)
LEAKY_RELU, SELU, GELU, SILU, MISH = range(6, 11)

# Elements that transform and its scratch arrays take at a time, so that they stay in cache.
CHUNK = 256


@exact
def transform(values, kind, scratch, scratch_bits):
    """Replace values by their exponential, logistic function or hyperbolic tangent.

    exp(v) = 2^n exp(r), where n is the integer next to v / ln 2 and |r| = |v - n ln 2| is at most
    ln(2) / 2. There the Taylor polynomial of degree 13 has a relative error below 1e-15. Adding 1.5
    times 2^52 (float32: 2^23) rounds to an integer and leaves it in the lowest bits; a shift makes
    it the exponent of 2^n. `scratch_bits` shows the memory of scratch[1] as integers. Near 0, tanh
    is the rational function of Moshier's Cephes library (tanh.c). No loop has a branch, so all
    vectorize.
    """
    e, scale = scratch[0], scratch[1]
    T = values.dtype.type
    if values.itemsize == 8:
        shift, magic, low, high = 52, T(6755399441055744.0 + 1023.0), T(-708.39), T(709.79)
    else:
        shift, magic, low, high = 23, T(12582912.0 + 127.0), T(-87.33), T(88.73)
    log2_e, ln2_high, ln2_low = T(1.4426950408889634), T(0.693359375), T(-2.1219444005469057e-4)
    c2, c3, c4, c5, c6 = T(1 / 2), T(1 / 6), T(1 / 24), T(1 / 120), T(1 / 720)
    c7, c8, c9, c10 = T(1 / 5040), T(1 / 40320), T(1 / 362880), T(1 / 3628800)
    c11, c12, c13 = T(1 / 39916800), T(1 / 479001600), T(1 / 6227020800)
    p0, p1, p2 = T(-9.6439917942505223e-1), T(-9.9287723100191858e1), T(-1.6146876844170845e3)
    q0, q1, q2 = T(1.1281167849163293e2), T(2.2354883906010045e3), T(4.8440630532512549e3)
    zero, near, one = T(0), T(0.625), T(1)
    sign, even = (T(-2), True) if kind == TANH else (T(1), False)
    if kind == LOGISTIC:
        sign = T(-1)
    for start in range(0, values.size, CHUNK):
        x = values[start : start + CHUNK]
        for i in range(x.size):
            v = sign * (abs(x[i]) if even else x[i])
            v = low if v < low else v  # written so that NaN stays NaN
            v = high if v > high else v
            t = v * log2_e + magic
            n = t - magic
            r = (v - n * ln2_high) - n * ln2_low
            p = (((c13 * r + c12) * r + c11) * r + c10) * r + c9
            p = (((p * r + c8) * r + c7) * r + c6) * r + c5
            p = (((p * r + c4) * r + c3) * r + c2) * r + one
            e[i] = p * r + one
            scale[i] = t
        for i in range(x.size):
            scratch_bits[i] = scratch_bits[i] << shift
        if kind == EXP or kind == SOFTMAX:
            for i in range(x.size):
                x[i] = e[i] * scale[i]
        elif kind == LOGISTIC:
            for i in range(x.size):
                x[i] = one / (one + e[i] * scale[i])
        else:
            for i in range(x.size):
                v, u = x[i], e[i] * scale[i]
                far = (one - u) / (one + u)
                far = -far if v < zero else far
                z = v * v
                z = one if z > one else z  # unused there, but must not overflow
                small = v + v * z * ((p0 * z + p1) * z + p2) / (((z + q0) * z + q1) * z + q2)
                x[i] = small if abs(v) < near else far


@exact
def add_bias(z, z0, n, n_out, params, b, relu):
    """Add the bias to each row, and then replace negative numbers by 0 if ``relu`` is true."""
    zero, bias = z.dtype.type(0), params[b : b + n_out]
    for i in range(n):
        row = z[z0 + i * n_out : z0 + (i + 1) * n_out]
        for j in range(n_out):
            x = row[j] + bias[j]
            row[j] = zero if relu and x < zero else x  # NaN stays NaN


@exact
def activate(z, n_out, activation, scratch, scratch_bits):
    """Replace inputs, biases added, by the values of an activation other than RELU.

    SOFTMAX is left without the division by the sum of a row, which loss_and_delta does.
    """
    if activation == SOFTMAX:
        _subtract_row_maxima(z, n_out)
    if activation != IDENTITY:
        transform(z, activation, scratch, scratch_bits)


@exact
def multiply_derivative(d, a, activation):
    """Multiply d by the derivative of the activation, given its value a."""
    T = d.dtype.type
    zero, one = T(0), T(1)
    if activation == RELU:
        for i in range(d.size):
            d[i] = zero if a[i] == zero else d[i]
    elif activation == TANH:
        for i in range(d.size):
            d[i] *= one - a[i] * a[i]
    elif activation == LOGISTIC:
        for i in range(d.size):
            d[i] *= a[i] * (one - a[i])


@exact
def _subtract_row_maxima(z, n_out):
    """Shift each row to a maximum of 0: softmax stays the same and its exponentials are finite."""
    for start in range(0, z.size, n_out):
        row = z[start : start + n_out]
        top = row[0]
        for j in range(1, n_out):
            top = row[j] if row[j] > top else top
        for j in range(n_out):
            row[j] -= top
