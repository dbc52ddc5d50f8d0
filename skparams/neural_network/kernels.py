"""Compiled training of the multi-layer perceptron: one call per epoch.

All parameters of a network stand in one flat buffer: the weight matrices layer by layer, then the
biases. Gradients and moments have the same layout. Names: ``A`` holds a layer's activations for one
batch, shape (n, n_units); ``D`` the derivative of the loss with respect to a layer's input; ``W``
and ``G`` a layer's weights and their gradient; ``T`` the network's scalar type. Constants are cast
to T because a Python float would turn float32 loops into float64.

Everything compiled stands in this file, because numba's cache does not see edits in other files.
"""

from collections import namedtuple

import numpy as np
from numba import njit

# Codes: small integers, so that one compiled epoch serves every activation, loss and solver.
IDENTITY, LOGISTIC, TANH, RELU, EXP, SOFTMAX = ACTIVATION_CODES = range(6)
SQUARED_ERROR, POISSON, BINARY_LOG_LOSS, LOG_LOSS = LOSS_CODES = range(4)
ADAM, SGD, NESTEROV, GRADIENT = range(4)

# Elements that _transform and its scratch arrays take at a time, so that they stay in cache.
CHUNK = 256

# cache: compile once per machine. nogil: threads can fit side by side. error_model: a division by
# zero gives inf or NaN, as in NumPy. fastmath: no flag lets the compiler assume that numbers are
# finite; `sums` may reorder additions, so that they vectorize, and `exact` may not, as _transform
# subtracts the large number that it has just added. inline: the caller's code is as if it had not
# been split, which compiles faster.
FLAGS = {"cache": True, "nogil": True, "error_model": "numpy"}
kernel = njit(**FLAGS)
inlined = njit(inline="always", **FLAGS)
exact = njit(fastmath={"contract", "arcp", "nsz"}, **FLAGS)
sums = njit(fastmath={"contract", "arcp", "nsz", "reassoc"}, **FLAGS)


# The network: `layout` is that of network.Network; the last three are codes.
Layers = namedtuple("Layers", "params layout activation out_activation loss")

# The training samples: rows of X or, if indptr is not empty, of a CSR matrix.
Samples = namedtuple("Samples", "X data indices indptr Y weight order batch_size")

# The solver's code, its moments, the sum of the squared weights, the number of steps so far, and
# hyperparameters. GRADIENT adds the gradients, without penalty, to `first`.
Optimizer = namedtuple(
    "Optimizer",
    "solver first second squared_norm t learning_rate alpha beta_1 beta_2 epsilon momentum",
)

# Memory for one batch; `inputs` is empty unless the activation's derivative needs them.
Work = namedtuple("Work", "grads batch inputs values deltas scratch scratch_bits")


@exact
def _transform(values, kind, scratch, scratch_bits):
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
def _add_bias(A, bias, activation):
    """Add the bias to each row; RELU is applied in the same pass."""
    zero = A.dtype.type(0)
    if activation == RELU:
        for i in range(A.shape[0]):
            for j in range(A.shape[1]):
                z = A[i, j] + bias[j]
                A[i, j] = zero if z < zero else z  # NaN stays NaN
    else:
        for i in range(A.shape[0]):
            for j in range(A.shape[1]):
                A[i, j] += bias[j]


@kernel
def _copy(a, out):
    for i in range(a.size):
        out[i] = a[i]


@exact
def _activate(A, activation, scratch, scratch_bits):
    """Replace inputs A, to which _add_bias was applied, by the values of the activation.

    SOFTMAX is left without the division by the sum of a row, which _loss_and_delta does.
    """
    if activation == SOFTMAX:
        _subtract_row_maxima(A)
    if activation != IDENTITY and activation != RELU:
        _transform(A.reshape(A.size), activation, scratch, scratch_bits)


@exact
def _multiply_derivative(D, Z, A, activation):
    """Multiply D by the derivative of the activation, given its input Z and its value A."""
    T = D.dtype.type
    zero, one = T(0), T(1)
    d, a = D.reshape(D.size), A.reshape(A.size)
    if activation == RELU:
        for i in range(d.size):
            d[i] = zero if a[i] == zero else d[i]
    elif activation == TANH:
        for i in range(d.size):
            d[i] *= one - a[i] * a[i]
    elif activation == LOGISTIC:
        for i in range(d.size):
            d[i] *= a[i] * (one - a[i])


@sums
def _sum_rows(D, out):
    out[:] = 0
    for i in range(D.shape[0]):
        for j in range(D.shape[1]):
            out[j] += D[i, j]


@exact
def _subtract_row_maxima(A):
    """Shift each row to a maximum of 0: softmax stays the same and its exponentials are finite."""
    for i in range(A.shape[0]):
        top = A[i, 0]
        for j in range(1, A.shape[1]):
            top = A[i, j] if A[i, j] > top else top
        for j in range(A.shape[1]):
            A[i, j] -= top


@exact
def _loss_and_delta(A, Y, weight, rows, loss):
    """Replace predictions A by D; return the weighted sum of the loss.

    Each loss has its canonical output activation, so that D is prediction minus target. With
    LOG_LOSS, A is not yet divided by the sums of its rows, and Y holds class indices; otherwise Y
    has one column per output. Probabilities are clipped in the loss, as in scikit-learn, not in D.
    """
    T = A.dtype.type
    one, zero = T(1), T(0)
    eps = T(2.220446049250313e-16) if A.itemsize == 8 else T(1.1920929e-7)
    total = 0.0
    for i in range(A.shape[0]):
        r = rows[i]
        w, norm = weight[r], one
        if loss == LOG_LOSS:
            norm = zero
            for j in range(A.shape[1]):
                norm += A[i, j]
        for j in range(A.shape[1]):
            p = A[i, j] / norm
            if loss == LOG_LOSS:
                y = one if j == Y[r, 0] else zero
            else:
                y = Y[r, j]
            if loss == SQUARED_ERROR:
                d = float(p) - float(y)  # float32 could not hold the square of a large one
                total += 0.5 * float(w) * d * d
            elif loss == POISSON:  # half the deviance, where 0 log 0 is 0
                total += w * (p - y + (y * np.log(y / p) if y > zero else zero))
            elif loss == BINARY_LOG_LOSS or y == one:
                q = p if y == one else one - p
                q = eps if q < eps else q  # NaN stays NaN
                q = one - eps if q > one - eps else q
                total -= w * np.log(q)
            A[i, j] = w * (p - y)
    return total


@kernel
def _product(a, b, out):
    np.dot(a, b, out)


@sums
def _times_vector(A, w, out):
    """A @ w for a layer of one unit, for which a call of BLAS costs more than the loop."""
    for i in range(A.shape[0]):
        total = A.dtype.type(0)
        for j in range(A.shape[1]):
            total += A[i, j] * w[j]
        out[i] = total


@sums
def _backward_single_output(A, w, d, grad, below):
    """Gradient A.T @ d of the weights of such a layer, and the outer product of d and w."""
    grad[:] = 0
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            grad[j] += A[i, j] * d[i]
            below[i, j] = d[i] * w[j]


@kernel
def _matrix(buffer, start, n_rows, n_columns):
    return buffer[start : start + n_rows * n_columns].reshape(n_rows, n_columns)


@sums
def _adam(p, g, m, v, decay, total_weight, step, beta_1, beta_2, epsilon):
    """One step of Adam (Kingma and Ba, 2014, end of section 2); return the sum of the new p²."""
    T = p.dtype.type
    decay, scale, step, eps = T(decay), T(1.0 / total_weight), T(step), T(epsilon)
    b1, c1, b2, c2 = T(beta_1), T(1.0 - beta_1), T(beta_2), T(1.0 - beta_2)
    squared_norm = T(0)
    for i in range(p.size):
        gi = (g[i] + decay * p[i]) * scale
        mi = b1 * m[i] + c1 * gi
        vi = b2 * v[i] + c2 * (gi * gi)
        pi = p[i] - step * mi / (np.sqrt(vi) + eps)
        m[i] = mi
        v[i] = vi
        p[i] = pi
        squared_norm += pi * pi
    return float(squared_norm)


@sums
def _sgd(p, g, velocity, decay, total_weight, step, momentum, nesterov):
    """One step of gradient descent with momentum; return the sum of the new p²."""
    T = p.dtype.type
    decay, scale, step, momentum = T(decay), T(1.0 / total_weight), T(step), T(momentum)
    ahead, direct = (momentum, step) if nesterov else (T(1), T(0))
    squared_norm = T(0)
    for i in range(p.size):
        gi = (g[i] + decay * p[i]) * scale
        vi = momentum * velocity[i] - step * gi
        pi = p[i] + (ahead * vi - direct * gi)
        velocity[i] = vi
        p[i] = pi
        squared_norm += pi * pi
    return float(squared_norm)


@inlined
def _update(params, grads, n_coefs, optimizer, t, total_weight):
    """Take step t with the gradients of one batch; return the sum of the squared new weights."""
    first, second, step, is_adam = (
        optimizer.first, optimizer.second, optimizer.learning_rate, optimizer.solver == ADAM
    )  # fmt: skip
    beta_1, beta_2, epsilon = optimizer.beta_1, optimizer.beta_2, optimizer.epsilon
    if is_adam:
        step *= np.sqrt(1.0 - beta_2 ** float(t)) / (1.0 - beta_1 ** float(t))
    squared_norm, start, stop, decay = 0.0, n_coefs, params.size, 0.0
    for _ in range(2):  # first the biases, which do not decay, then the weights
        p, g, m = params[start:stop], grads[start:stop], first[start:stop]
        if is_adam:
            v = second[start:stop]
            squared_norm = _adam(p, g, m, v, decay, total_weight, step, beta_1, beta_2, epsilon)
        else:
            momentum, nesterov = optimizer.momentum, optimizer.solver == NESTEROV
            squared_norm = _sgd(p, g, m, decay, total_weight, step, momentum, nesterov)
        start, stop, decay = 0, n_coefs, optimizer.alpha
    return squared_norm


@kernel
def _gather(X, rows, out):
    """Copy rows of X, cast to the network's type."""
    for i in range(rows.size):
        r = rows[i]
        for j in range(X.shape[1]):
            out[i, j] = X[r, j]


@kernel
def _sparse_product(data, indices, indptr, rows, W, out):
    """Rows of a CSR matrix times W."""
    for i in range(rows.size):
        for j in range(W.shape[1]):
            out[i, j] = 0
        for k in range(indptr[rows[i]], indptr[rows[i] + 1]):
            c = indices[k]
            x = W.dtype.type(data[k])
            for j in range(W.shape[1]):
                out[i, j] += x * W[c, j]


@kernel
def _sparse_gradient(data, indices, indptr, rows, D, out):
    """Those rows transposed, times D."""
    out[:] = 0
    for i in range(rows.size):
        for k in range(indptr[rows[i]], indptr[rows[i] + 1]):
            c = indices[k]
            x = D.dtype.type(data[k])
            for j in range(D.shape[1]):
                out[c, j] += x * D[i, j]


@kernel
def _is_finite(a):
    finite = True
    for i in range(a.size):
        finite &= np.isfinite(a[i])
    return finite


@inlined
def _layer(layout, i):
    """Units in, units out, and where weights, biases and units of layer i start."""
    return layout[i, 0], layout[i, 1], layout[i, 2], layout[i, 3], layout[i, 4]


@inlined
def _forward(layers, samples, rows, work):
    """Fill work.values with the activations of a batch; return those of the output layer."""
    # Taking an array out of a tuple counts a reference, and a reshape takes 60 ns: few in the loop.
    params, layout, last = layers.params, layers.layout, layers.layout.shape[0] - 1
    values, inputs, scratch, bits = work.values, work.inputs, work.scratch, work.scratch_bits
    is_sparse, n = samples.indptr.size > 0, rows.size
    A = work.batch[:n]
    for i in range(last + 1):
        n_in, n_out, w, b, unit = _layer(layout, i)
        Z = _matrix(values, n * unit, n, n_out)
        if i == 0 and is_sparse:
            W = _matrix(params, w, n_in, n_out)
            _sparse_product(samples.data, samples.indices, samples.indptr, rows, W, Z)
        elif i > 0 and n_out == 1:
            _times_vector(A, params[w : w + n_in], values[n * unit : n * (unit + 1)])
        else:
            if i == 0:
                _gather(samples.X, rows, A)
            _product(A, _matrix(params, w, n_in, n_out), Z)
        A = Z
        activation = layers.activation if i < last else layers.out_activation
        _add_bias(A, params[b : b + n_out], activation)
        if i < last and inputs.size > 0:
            _copy(A.reshape(n * n_out), inputs[n * unit : n * (unit + n_out)])
        _activate(A, activation, scratch, bits)
    return A


@inlined
def _backward(layers, samples, rows, D, work):
    """Fill work.grads, given the output layer's D."""
    params, layout, grads, n = layers.params, layers.layout, work.grads, rows.size
    values, deltas, inputs = work.values, work.deltas, work.inputs
    for i in range(layout.shape[0] - 1, 0, -1):
        n_in, n_out, w, b, unit = _layer(layout, i)
        start = n * (unit - n_in)  # of the units of the layer below
        A, below = _matrix(values, start, n, n_in), _matrix(deltas, start, n, n_in)
        _sum_rows(D, grads[b : b + n_out])
        if n_out == 1:
            g = grads[w : w + n_in]
            _backward_single_output(A, params[w : w + n_in], D.reshape(n), g, below)
        else:
            _product(A.T, D, _matrix(grads, w, n_in, n_out))
            _product(D, _matrix(params, w, n_in, n_out).T, below)
        Z = _matrix(inputs, start, n, n_in) if inputs.size > 0 else A
        _multiply_derivative(below, Z, A, layers.activation)
        D = below
    n_in, n_out, w, b, _ = _layer(layout, 0)
    G = _matrix(grads, w, n_in, n_out)
    _sum_rows(D, grads[b : b + n_out])
    if samples.indptr.size > 0:
        _sparse_gradient(samples.data, samples.indices, samples.indptr, rows, D, G)
    else:
        _product(work.batch[:n].T, D, G)


@kernel
def epoch(layers, samples, optimizer, work):
    """Train on each batch in turn; with the solver GRADIENT, add up the gradients instead.

    A batch whose weights sum to zero has no mean loss and is skipped. Returns the sum over samples
    of the batches' mean losses with penalty (GRADIENT: the weighted sum of the loss, over outputs
    too, without penalty), the number of samples trained on, the new `t` and `squared_norm`, and
    whether all parameters are finite.
    """
    params, layout, order, weight = layers.params, layers.layout, samples.order, samples.weight
    n_coefs, t, squared_norm = layout[0, 3], optimizer.t, optimizer.squared_norm
    n_outputs = layout[layout.shape[0] - 1, 1] if layers.loss == SQUARED_ERROR else 1
    total, n_trained = 0.0, 0
    for start in range(0, order.size, samples.batch_size):
        rows = order[start : start + samples.batch_size]
        n, total_weight = rows.size, 0.0
        for i in range(n):
            total_weight += weight[rows[i]]
        if total_weight == 0.0:
            continue
        A = _forward(layers, samples, rows, work)
        loss = _loss_and_delta(A, samples.Y, weight, rows, layers.loss)
        _backward(layers, samples, rows, A, work)
        n_trained += n
        if optimizer.solver == GRADIENT:
            total += loss
            for i in range(work.grads.size):
                optimizer.first[i] += work.grads[i]
        else:
            total += n * (loss / n_outputs + 0.5 * optimizer.alpha * squared_norm) / total_weight
            t += 1
            squared_norm = _update(params, work.grads, n_coefs, optimizer, t, total_weight)
    return total, n_trained, t, squared_norm, _is_finite(params)
