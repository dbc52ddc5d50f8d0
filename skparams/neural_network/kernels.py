"""Compiled training of the multi-layer perceptron: one call per epoch.

All parameters of a network stand in one flat buffer: the weight matrices layer by layer, then the
biases. Gradients and moments have the same layout. Names: ``A`` holds a layer's activations for one
batch, shape (n, n_units); ``D`` the derivative of the loss with respect to a layer's input; ``W``
and ``G`` a layer's weights and their gradient; ``T`` the network's scalar type. Constants are cast
to T because a Python float would turn float32 loops into float64. Most functions take flat arrays,
and where in them a matrix starts (``a0``, ``d0``): a view of each matrix would take as long as the
products of a small batch.
"""

from collections import namedtuple

import numpy as np

from skparams._runtime.decorators import exact, helper, inlined, kernel, sums
from skparams._runtime.tiles import multiply
from skparams.neural_network.unit_kernels import (
    CHUNK as CHUNK,
    IDENTITY,
    RELU,
    SQUARED_ERROR,
    activate,
    add_bias,
    loss_and_delta,
    multiply_derivative,
)

# Solvers, by small integers, so that one compiled epoch serves all.
ADAM, SGD, NESTEROV, GRADIENT, DECISION = range(5)

# Weights of a layer above which BLAS computes its products, with as many threads as it may use.
WIDE = 10_000

# The network: `layout` is that of network.Network; the last three are codes.
Layers = namedtuple("Layers", "params layout activation out_activation loss")

# The training samples: rows of X (of its transpose, if `by_feature`) or, if indptr is not empty, of
# a CSR matrix. Y and weight have a row for each element of the order that `epoch` gets.
Samples = namedtuple("Samples", "X by_feature data indices indptr Y weight batch_size")

# The solver's code, its moments, and hyperparameters. GRADIENT adds the gradients, without penalty,
# to `first`; DECISION trains nothing and writes the outputs there.
Optimizer = namedtuple(
    "Optimizer", "solver first second learning_rate alpha beta_1 beta_2 epsilon momentum"
)

# Memory for one batch. `inputs` is empty unless the activation's derivative needs them; `zeros` are
# as many as the widest layer has inputs or units; `turned` has room for weights that are not WIDE.
Work = namedtuple("Work", "grads batch inputs values deltas zeros ones turned scratch scratch_bits")


@helper
def _copy(a, out):
    for i in range(a.size):
        out[i] = a[i]


@helper
def _matrix(a, start, n_rows, n_columns):
    return a[start : start + n_rows * n_columns].reshape(n_rows, n_columns)


@helper
def _multiply_wide(a, a0, a_turned, b, b0, b_turned, c, c0, m, n, n_sum):
    """The product of a and b by BLAS; one of them may be stored as its transpose."""
    out = _matrix(c, c0, m, n)
    if a_turned:
        np.dot(_matrix(a, a0, n_sum, m).T, _matrix(b, b0, n_sum, n), out)
    elif b_turned:
        np.dot(_matrix(a, a0, m, n_sum), _matrix(b, b0, n, n_sum).T, out)
    else:
        np.dot(_matrix(a, a0, m, n_sum), _matrix(b, b0, n_sum, n), out)


@helper
def _turn(params, w, n_in, n_out, out):
    """Write the transpose of a layer's weights."""
    for i in range(n_in):
        for j in range(n_out):
            out[j * n_in + i] = params[w + i * n_out + j]


@exact
def _adam(p, g, m, v, decay, total_weight, step, beta_1, beta_2, epsilon):
    """One step of Adam (Kingma and Ba, 2014, end of section 2)."""
    T = p.dtype.type
    decay, scale, step, eps = T(decay), T(1.0 / total_weight), T(step), T(epsilon)
    b1, c1, b2, c2 = T(beta_1), T(1.0 - beta_1), T(beta_2), T(1.0 - beta_2)
    for i in range(p.size):
        gi = (g[i] + decay * p[i]) * scale
        mi = b1 * m[i] + c1 * gi
        vi = b2 * v[i] + c2 * (gi * gi)
        m[i] = mi
        v[i] = vi
        p[i] -= step * mi / (np.sqrt(vi) + eps)


@exact
def _sgd(p, g, velocity, decay, total_weight, step, momentum, nesterov):
    """One step of gradient descent with momentum."""
    T = p.dtype.type
    decay, scale, step, momentum = T(decay), T(1.0 / total_weight), T(step), T(momentum)
    ahead, direct = (momentum, step) if nesterov else (T(1), T(0))
    for i in range(p.size):
        gi = (g[i] + decay * p[i]) * scale
        vi = momentum * velocity[i] - step * gi
        velocity[i] = vi
        p[i] += ahead * vi - direct * gi


@sums
def _squared_norm(p):
    total = p.dtype.type(0)
    for i in range(p.size):
        total += p[i] * p[i]
    return float(total)


@inlined
def _update(params, grads, n_coefs, optimizer, t, total_weight):
    """Take step t with the gradients of one batch; return the sum of the squared new weights."""
    first, second, step, is_adam = (
        optimizer.first, optimizer.second, optimizer.learning_rate, optimizer.solver == ADAM
    )  # fmt: skip
    beta_1, beta_2, epsilon = optimizer.beta_1, optimizer.beta_2, optimizer.epsilon
    if is_adam:
        step *= np.sqrt(1.0 - beta_2**t) / (1.0 - beta_1**t)
    start, stop, decay = n_coefs, params.size, 0.0
    for _ in range(2):  # first the biases, which do not decay, then the weights
        p, g, m = params[start:stop], grads[start:stop], first[start:stop]
        if is_adam:
            v = second[start:stop]
            _adam(p, g, m, v, decay, total_weight, step, beta_1, beta_2, epsilon)
        else:
            momentum, nesterov = optimizer.momentum, optimizer.solver == NESTEROV
            _sgd(p, g, m, decay, total_weight, step, momentum, nesterov)
        start, stop, decay = 0, n_coefs, optimizer.alpha
    return _squared_norm(params[:n_coefs])


@helper
def _gather(X, by_feature, rows, out):
    """Copy rows of X."""
    p = X.shape[0] if by_feature else X.shape[1]
    for i in range(rows.size):
        r, row = rows[i], out[i * p : (i + 1) * p]
        if by_feature:
            for j in range(p):
                row[j] = X[j, r]
        else:
            for j in range(p):
                row[j] = X[r, j]


@helper
def _sparse_product(data, indices, indptr, rows, w, n_out, out):
    """Rows of a CSR matrix times weights."""
    for i in range(rows.size):
        row = out[i * n_out : (i + 1) * n_out]
        row[:] = 0
        for k in range(indptr[rows[i]], indptr[rows[i] + 1]):
            c, x = indices[k], w.dtype.type(data[k])
            weights = w[c * n_out : (c + 1) * n_out]
            for j in range(n_out):
                row[j] += x * weights[j]


@helper
def _sparse_gradient(data, indices, indptr, rows, d, n_out, out):
    """Those rows transposed, times D."""
    out[:] = 0
    for i in range(rows.size):
        row = d[i * n_out : (i + 1) * n_out]
        for k in range(indptr[rows[i]], indptr[rows[i] + 1]):
            c, x = indices[k], d.dtype.type(data[k])
            gradient = out[c * n_out : (c + 1) * n_out]
            for j in range(n_out):
                gradient[j] += x * row[j]


@inlined
def _layer(layout, i):
    """Units in, units out, and where weights, biases and units of layer i start."""
    return layout[i, 0], layout[i, 1], layout[i, 2], layout[i, 3], layout[i, 4]


@inlined
def _forward(layers, out_activation, samples, rows, work):
    """Fill work.values with the activations of a batch, layer by layer."""
    # Taking an array out of a tuple counts a reference, so it is done once.
    params, layout, last = layers.params, layers.layout, layers.layout.shape[0] - 1
    values, inputs, scratch, bits = work.values, work.inputs, work.scratch, work.scratch_bits
    is_sparse, n, a, a0 = samples.indptr.size > 0, rows.size, work.batch, 0
    if not is_sparse:
        _gather(samples.X, samples.by_feature, rows, a)
    for i in range(last + 1):
        n_in, n_out, w, b, unit = _layer(layout, i)
        z0, activation = n * unit, layers.activation if i < last else out_activation
        relu, z = activation == RELU, values[z0 : z0 + n * n_out]
        if i == 0 and is_sparse:
            data, indices, indptr = samples.data, samples.indices, samples.indptr
            _sparse_product(data, indices, indptr, rows, params[w : w + n_in * n_out], n_out, z)
            add_bias(values, z0, n, n_out, params, b, relu)
        elif n_in * n_out > WIDE:
            _multiply_wide(a, a0, False, params, w, False, values, z0, n, n_out, n_in)
            add_bias(values, z0, n, n_out, params, b, relu)
        else:
            multiply(
                a, a0, n_in, 1, params, w, n_out, values, z0, n_out, n, n_out, n_in, params, b, relu
            )  # fmt: skip
        if i < last and inputs.size > 0:
            _copy(z, inputs[z0 : z0 + n * n_out])
        if not relu:
            activate(z, n_out, activation, scratch, bits)
        a, a0 = values, z0


@inlined
def _backward(layers, samples, rows, work):
    """Fill work.grads; the units of the output layer in work.values are its D."""
    params, layout, grads, n = layers.params, layers.layout, work.grads, rows.size
    values, deltas, inputs, zeros, ones = (
        work.values, work.deltas, work.inputs, work.zeros, work.ones
    )  # fmt: skip
    last = layout.shape[0] - 1
    d, d0 = values, n * layout[last, 4]
    for i in range(last, -1, -1):
        n_in, n_out, w, b, unit = _layer(layout, i)
        is_wide = n_in * n_out > WIDE
        a, a0 = values, n * (unit - n_in)
        if i == 0:
            a, a0 = work.batch, 0
        multiply(ones, 0, 0, 0, d, d0, n_out, grads, b, n_out, 1, n_out, n, zeros, 0, False)
        if i == 0 and samples.indptr.size > 0:
            data, indices, indptr = samples.data, samples.indices, samples.indptr
            D, G = d[d0 : d0 + n * n_out], grads[w : w + n_in * n_out]
            _sparse_gradient(data, indices, indptr, rows, D, n_out, G)
        elif is_wide:
            _multiply_wide(a, a0, True, d, d0, False, grads, w, n_in, n_out, n)
        else:
            multiply(a, a0, 1, n_in, d, d0, n_out, grads, w, n_out, n_in, n_out, n, zeros, 0, False)
        if i == 0:
            break
        if is_wide:
            _multiply_wide(d, d0, False, params, w, True, deltas, a0, n, n_in, n_out)
        else:
            turned = work.turned
            _turn(params, w, n_in, n_out, turned)
            multiply(
                d, d0, n_out, 1, turned, 0, n_in, deltas, a0, n_in, n, n_in, n_out, zeros, 0, False
            )
        part = slice(a0, a0 + n * n_in)
        z = inputs if inputs.size > 0 else values
        multiply_derivative(deltas[part], z[part], values[part], layers.activation)
        d, d0 = deltas, a0


@kernel
def epoch(layers, samples, order, optimizer, work, state):
    """Train on each batch of ``order`` in turn; with GRADIENT and DECISION, see Optimizer.

    A batch whose weights sum to zero has no mean loss and is skipped. ``state`` holds the number of
    steps so far, the sum of the squared weights, the sum over samples of the batches' mean losses
    with penalty (GRADIENT: the weighted sum of the loss, over outputs too, without penalty), and
    the number of samples trained on. It goes on from there, so that the batches of an epoch may
    come in any number of calls.
    """
    params, layout = layers.params, layers.layout
    n_coefs, last = layout[0, 3], layout.shape[0] - 1
    n_outputs = layout[last, 1] if layers.loss == SQUARED_ERROR else 1
    decides = optimizer.solver == DECISION
    out_activation = IDENTITY if decides else layers.out_activation
    for start in range(0, order.size, samples.batch_size):
        batch = slice(start, start + samples.batch_size)
        rows, weight = order[batch], samples.weight[batch]
        n, n_out, total_weight = rows.size, layout[last, 1], 0.0
        for i in range(n):
            total_weight += weight[i]
        if total_weight == 0.0 and not decides:
            continue
        _forward(layers, out_activation, samples, rows, work)
        output = n * layout[last, 4]
        predicted = work.values[output : output + n * n_out]
        if decides:
            first = int(state[3]) * n_out
            _copy(predicted, optimizer.first[first : first + n * n_out])
            state[3] += n
            continue
        loss = loss_and_delta(predicted, n_out, samples.Y[batch], weight, layers.loss)
        _backward(layers, samples, rows, work)
        state[3] += n
        if optimizer.solver == GRADIENT:
            state[2] += loss
            for i in range(work.grads.size):
                optimizer.first[i] += work.grads[i]
        else:
            penalty = 0.5 * optimizer.alpha * state[1]
            state[2] += n * (loss / n_outputs + penalty) / total_weight
            state[0] += 1
            state[1] = _update(params, work.grads, n_coefs, optimizer, state[0], total_weight)
