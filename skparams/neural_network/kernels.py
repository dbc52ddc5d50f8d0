"""Compiled loops of the multi-layer perceptron: one call an epoch.

All numbers of a network stand in one flat buffer, first the weight matrices layer by layer, then
the biases; gradients and moments share that layout. Names: ``A`` holds the activations of a layer
for one batch, shape (b, n_units); ``D`` the derivative of the loss by a layer's input; ``W``, ``G``
a layer's weights and their gradient; ``T`` the scalar type of the network, to which constants are
cast because a Python float would turn float32 loops into float64.

Everything jitted stands in this file, as numba's cache does not see edits in other files.
"""

import numpy as np
from numba import njit

# Codes of activations and losses: small integers, so that one compiled kernel serves them all.
IDENTITY, LOGISTIC, TANH, RELU, EXP = range(5)
SQUARED_ERROR, POISSON, BINARY_LOG_LOSS, LOG_LOSS = range(4)
ADAM, SGD, NESTEROV, GRADIENT = range(4)

# Elements that _transform and its scratch arrays take at a time, so that they stay in cache.
CHUNK = 256

# Neither lets the compiler assume that numbers are finite. Sums may be reordered, so that they
# vectorise; those of _transform must not be, as it subtracts the large number that it just added.
EXACT = {"contract", "arcp", "nsz"}
SUMS = {"contract", "arcp", "nsz", "reassoc"}


@njit(cache=True, nogil=True, error_model="numpy", fastmath=EXACT)
def _transform(values, kind, e, scale, bits):
    """Replace values by their exponential, logistic function or hyperbolic tangent.

    exp(v) = 2^n exp(r) with n the integer next to v / ln 2 and r = v - n ln 2, at most ln(2) / 2,
    where the Taylor polynomial of degree 13 is exact to rounding: relative error below 1e-15 in
    float64. Adding 1.5 times 2^52 (float32: 2^23) rounds to an integer and leaves it in the lowest
    bits, from where a shift makes it the exponent of 2^n; `scale` and `bits` are the same memory,
    seen as floats and as integers. Near 0, tanh is the rational function of Moshier's Cephes
    library (tanh.c). No loop has a branch, so that all of them vectorise.
    """
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
            p = c13 * r + c12
            p = p * r + c11
            p = p * r + c10
            p = p * r + c9
            p = p * r + c8
            p = p * r + c7
            p = p * r + c6
            p = p * r + c5
            p = p * r + c4
            p = p * r + c3
            p = p * r + c2
            p = p * r + one
            e[i] = p * r + one
            scale[i] = t
        for i in range(x.size):
            bits[i] = bits[i] << shift
        if kind == EXP:
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath=EXACT)
def _add_bias(A, bias, activation):
    """Add the bias to each row, and where the activation is RELU, apply it at once."""
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath=EXACT)
def _multiply_derivative(D, A, activation):
    """Multiply D by the derivative of the activation, a function of the activation's value A."""
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath=SUMS)
def _sum_rows(D, out):
    out[:] = 0
    for i in range(D.shape[0]):
        for j in range(D.shape[1]):
            out[j] += D[i, j]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=EXACT)
def _subtract_row_maxima(A):
    """Softmax does not change, and its exponentials cannot overflow."""
    for i in range(A.shape[0]):
        top = A[i, 0]
        for j in range(1, A.shape[1]):
            top = A[i, j] if A[i, j] > top else top
        for j in range(A.shape[1]):
            A[i, j] -= top


@njit(cache=True, nogil=True, error_model="numpy", fastmath=EXACT)
def _loss_and_delta(A, Y, weight, rows, loss):
    """Turn predictions A into D in place; return the weighted sum of the loss.

    Each loss goes with its canonical output activation, so that D is prediction minus target.
    Where the loss is LOG_LOSS, A still lacks the normalisation of softmax and Y holds the class
    index; else Y has a column an output. Probabilities are clipped by the machine epsilon in the
    loss, as scikit-learn's are, and not in D.
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


@njit(cache=True, nogil=True, error_model="numpy")
def _product(a, b, out):
    np.dot(a, b, out)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=SUMS)
def _times_vector(A, w, out):
    """A @ w for a layer of one unit, where BLAS spends more on being called than on numbers."""
    for i in range(A.shape[0]):
        total = A.dtype.type(0)
        for j in range(A.shape[1]):
            total += A[i, j] * w[j]
        out[i] = total


@njit(cache=True, nogil=True, error_model="numpy", fastmath=SUMS)
def _back_from_one_unit(A, w, d, grad, below):
    """The gradient A.T @ d of that layer's weights; d times w goes to the layer below."""
    grad[:] = 0
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            grad[j] += A[i, j] * d[i]
            below[i, j] = d[i] * w[j]


@njit(cache=True, nogil=True, error_model="numpy")
def _matrix(buffer, start, n_rows, n_columns):
    return buffer[start : start + n_rows * n_columns].reshape(n_rows, n_columns)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=SUMS)
def _adam(p, g, m, v, decay, total_weight, step, beta_1, beta_2, epsilon):
    """One step of Adam (Kingma and Ba, 2014, algorithm 1, its efficient form without epsilon hat).

    Returns the sum of the squares of the new p.
    """
    T = p.dtype.type
    decay, scale, step, eps = T(decay), T(1.0 / total_weight), T(step), T(epsilon)
    b1, c1, b2, c2 = T(beta_1), T(1.0 - beta_1), T(beta_2), T(1.0 - beta_2)
    squares = T(0)
    for i in range(p.size):
        gi = (g[i] + decay * p[i]) * scale
        mi = b1 * m[i] + c1 * gi
        vi = b2 * v[i] + c2 * (gi * gi)
        pi = p[i] - step * mi / (np.sqrt(vi) + eps)
        m[i] = mi
        v[i] = vi
        p[i] = pi
        squares += pi * pi
    return float(squares)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=SUMS)
def _sgd(p, g, velocity, decay, total_weight, step, momentum, nesterov):
    """One step of gradient descent with momentum; returns the sum of the squares of the new p."""
    T = p.dtype.type
    decay, scale, step, momentum = T(decay), T(1.0 / total_weight), T(step), T(momentum)
    ahead, direct = (momentum, step) if nesterov else (T(1), T(0))
    squares = T(0)
    for i in range(p.size):
        gi = (g[i] + decay * p[i]) * scale
        vi = momentum * velocity[i] - step * gi
        pi = p[i] + (ahead * vi - direct * gi)
        velocity[i] = vi
        p[i] = pi
        squares += pi * pi
    return float(squares)


@njit(cache=True, nogil=True, error_model="numpy")
def _update(params, grads, first, second, n_coefs, total_weight, t, solver, settings):
    """Step from the gradients of one batch; returns the sum of the squares of the new weights."""
    alpha, step, beta_1, beta_2, epsilon, momentum = settings
    if solver == ADAM:
        step *= np.sqrt(1.0 - beta_2 ** float(t)) / (1.0 - beta_1 ** float(t))
    squares, start, stop, decay = 0.0, n_coefs, params.size, 0.0
    for _ in range(2):  # first the biases, which do not decay, then the weights
        p, g, m = params[start:stop], grads[start:stop], first[start:stop]
        if solver == ADAM:
            v = second[start:stop]
            squares = _adam(p, g, m, v, decay, total_weight, step, beta_1, beta_2, epsilon)
        else:
            squares = _sgd(p, g, m, decay, total_weight, step, momentum, solver == NESTEROV)
        start, stop, decay = 0, n_coefs, alpha
    return squares


@njit(cache=True, nogil=True, error_model="numpy")
def _gather(X, rows, out):
    """Copy rows of X, cast to the network's type."""
    for i in range(rows.size):
        r = rows[i]
        for j in range(X.shape[1]):
            out[i, j] = X[r, j]


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def _sparse_gradient(data, indices, indptr, rows, D, out):
    """Those rows transposed, times D."""
    out[:] = 0
    for i in range(rows.size):
        for k in range(indptr[rows[i]], indptr[rows[i] + 1]):
            c = indices[k]
            x = D.dtype.type(data[k])
            for j in range(D.shape[1]):
                out[c, j] += x * D[i, j]


@njit(cache=True, nogil=True, error_model="numpy")
def epoch(
    X, data, indices, indptr, Y, weight, order, batch_size, layers, activation, loss, link,
    params, grads, first, second, batch, acts, deltas, chunks, bits, squares, t, solver,
    settings,
):  # fmt: skip
    """Train on each batch of `order` in turn, or, where the solver is GRADIENT, sum up gradients.

    The rows are those of X, or, where indptr is not empty, of the CSR matrix (data, indices,
    indptr). `layers` has a row a layer: n_in, n_out, and where its weights and biases start in
    params and its units among all units. `link` is the function of the output activation; softmax
    is EXP and what is done around it. `squares` is the sum of the squared weights. `first` and
    `second` are the optimiser's moments; GRADIENT adds the gradients, without penalty, to `first`.

    A batch whose weights sum to zero has no mean loss and is passed over. Returns the sum over
    rows of the batches' mean losses with penalty (GRADIENT: the weighted sum of the loss, over
    outputs too, without penalty), the number of rows trained on, the number of steps so far, and
    the sum of the squared weights as they are now.
    """
    sparse, last = indptr.size > 0, layers.shape[0] - 1
    n_features, n_first, n_coefs = layers[0, 0], layers[0, 1], layers[0, 3]
    n_outputs = layers[last, 1] if loss == SQUARED_ERROR else 1
    origin = layers[0, 2]  # 0, but not a literal one, for which numba compiles helpers once more
    W = _matrix(params, origin, n_features, n_first)
    G = _matrix(grads, origin, n_features, n_first)
    total, n_trained = 0.0, 0
    for start in range(0, order.size, batch_size):
        rows = order[start : start + batch_size]
        n = rows.size
        total_weight = 0.0
        for i in range(n):
            total_weight += weight[rows[i]]
        if total_weight == 0.0:
            continue

        A = _matrix(acts, origin, n, n_first)
        if sparse:
            _sparse_product(data, indices, indptr, rows, W, A)
        else:
            Xb = _matrix(batch, origin, n, n_features)
            _gather(X, rows, Xb)
            _product(Xb, W, A)
        for i in range(last + 1):
            n_in, n_out, w = layers[i, 0], layers[i, 1], layers[i, 2]
            b, unit = layers[i, 3], layers[i, 4]
            kind = activation if i < last else link
            if i > 0:
                Z = _matrix(acts, n * unit, n, n_out)
                if n_out == 1:
                    _times_vector(A, params[w : w + n_in], acts[n * unit : n * (unit + 1)])
                else:
                    _product(A, _matrix(params, w, n_in, n_out), Z)
                A = Z
            _add_bias(A, params[b : b + n_out], kind)
            if i == last and loss == LOG_LOSS:
                _subtract_row_maxima(A)
            if kind != IDENTITY and kind != RELU:
                _transform(A.reshape(A.size), kind, chunks[0], chunks[1], bits)
        data_loss = _loss_and_delta(A, Y, weight, rows, loss)

        D = A
        for i in range(last, 0, -1):
            n_in, n_out, w = layers[i, 0], layers[i, 1], layers[i, 2]
            b, unit = layers[i, 3], layers[i, 4]
            _sum_rows(D, grads[b : b + n_out])
            A = _matrix(acts, n * (unit - n_in), n, n_in)
            below = _matrix(deltas, n * (unit - n_in), n, n_in)
            if n_out == 1:
                d, g = D.reshape(n), grads[w : w + n_in]
                _back_from_one_unit(A, params[w : w + n_in], d, g, below)
            else:
                _product(A.T, D, _matrix(grads, w, n_in, n_out))
                _product(D, _matrix(params, w, n_in, n_out).T, below)
            _multiply_derivative(below, A, activation)
            D = below
        _sum_rows(D, grads[n_coefs : n_coefs + n_first])
        if sparse:
            _sparse_gradient(data, indices, indptr, rows, D, G)
        else:
            _product(_matrix(batch, origin, n, n_features).T, D, G)

        n_trained += n
        if solver == GRADIENT:
            total += data_loss
            for i in range(grads.size):
                first[i] += grads[i]
        else:
            total += n * (data_loss / n_outputs + 0.5 * settings[0] * squares) / total_weight
            t += 1
            squares = _update(
                params, grads, first, second, n_coefs, total_weight, t, solver, settings
            )
    return total, n_trained, t, squares
