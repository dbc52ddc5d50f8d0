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

from skparams._runtime.decorators import allocating, helper, inlined, kernel
from skparams._runtime.tiles import multiply
from skparams.neural_network._kernels.layer_kernels import (
    DIFFERENTIATES,
    PREDICTS,
    STEP,
    TRAINS,
    Special as Special,
    drop_inputs,
    finish_hidden,
    input_factor,
    input_scale_gradient,
    is_normalized,
    is_plain,
    joins_last_row,
    normalization_delta,
    scale_inputs,
    unit_delta,
)
from skparams.neural_network._kernels.loss_kernels import SQUARED_ERROR, loss_and_delta
from skparams.neural_network._kernels.optimizer_kernels import (
    ADAM as ADAM,
    DECISION,
    GRADIENT,
    NESTEROV as NESTEROV,
    SGD as SGD,
    Optimizer as Optimizer,
    mean_gradient,
    update,
)
from skparams.neural_network._kernels.unit_kernels import (
    CHUNK as CHUNK,
    IDENTITY,
    RELU,
    activate,
    add_bias,
)

# The network: `layout` is that of network.Network; `activations` has the code of each hidden layer,
# and the next two are codes. `loss_parameters` is None for scikit-learn's losses. Products of a
# layer of more than `wide` weights are BLAS's, with as many threads as it may use. The learned
# scale of the inputs starts at `input_scale` in params, where `Work.scaled` has room.
Layers = namedtuple(
    "Layers",
    "params layout activations out_activation loss loss_parameters wide input_scale",
)

# The training samples: rows of X (of its transpose, if `by_feature`) or, if indptr is not empty, of
# a CSR matrix. Y and weight have a row for each element of the order that `epoch` gets.
Samples = namedtuple("Samples", "X by_feature data indices indptr Y weight batch_size")

# Memory for one batch. `zeros` are as many as the widest layer has inputs or units; `turned` has
# room for weights that are not wide; `scaled` for those of the first layer times the scale of their
# inputs, none if the network learns no scale; `special` is None or that of `layer_kernels`.
Work = namedtuple(
    "Work", "grads batch values deltas zeros ones turned scaled scratch scratch_bits special"
)


@helper
def _copy(a, out):
    for i in range(a.size):
        out[i] = a[i]


@allocating
def _matrix(a, start, n_rows, n_columns):
    return a[start : start + n_rows * n_columns].reshape(n_rows, n_columns)


@allocating
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
    """Write the transpose of a layer's weights; a place without a sign needs no check of it."""
    width, height = np.uint64(n_in), np.uint64(n_out)
    for i in range(width):
        row = params[w : w + n_out]
        for j in range(height):
            out[j * width + i] = row[j]
        w += n_out


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
def _sparse_product(data, indices, indptr, rows, w, n_out, out, special, counter, mode):
    """Rows of a CSR matrix times weights."""
    n_in = w.size // n_out
    for i in range(rows.size):
        row = out[i * n_out : (i + 1) * n_out]
        row[:] = 0
        for k in range(indptr[rows[i]], indptr[rows[i] + 1]):
            c, x = indices[k], w.dtype.type(data[k])
            if special is not None:
                x *= w.dtype.type(input_factor(special, counter + i * n_in + c, mode))
            weights = w[c * n_out : (c + 1) * n_out]
            for j in range(n_out):
                row[j] += x * weights[j]


@helper
def _sparse_gradient(data, indices, indptr, rows, d, n_out, out, special, counter, mode):
    """Those rows transposed, times D."""
    n_in = out.size // n_out
    out[:] = 0
    for i in range(rows.size):
        row = d[i * n_out : (i + 1) * n_out]
        for k in range(indptr[rows[i]], indptr[rows[i] + 1]):
            c, x = indices[k], d.dtype.type(data[k])
            if special is not None:
                x *= d.dtype.type(input_factor(special, counter + i * n_in + c, mode))
            gradient = out[c * n_out : (c + 1) * n_out]
            for j in range(n_out):
                gradient[j] += x * row[j]


@inlined
def _layer(layout, i):
    """Units in, units out, and where weights, biases and units of layer i start."""
    return layout[i, 0], layout[i, 1], layout[i, 2], layout[i, 3], layout[i, 4]


@inlined
def _forward(layers, out_activation, samples, rows, weight, work, counter, mode):
    """Fill work.values with the activations of a batch, layer by layer."""
    # Taking an array out of a tuple counts a reference, so it is done once.
    params, layout, last = layers.params, layers.layout, layers.layout.shape[0] - 1
    values, zeros, scratch, bits = work.values, work.zeros, work.scratch, work.scratch_bits
    special, activations = work.special, layers.activations
    is_sparse, n, a, a0 = samples.indptr.size > 0, rows.size, work.batch, 0
    scaled, wide = work.scaled, layers.wide
    if scaled.size > 0:
        scale_inputs(params, layers.input_scale, layout[0, 2], layout[0, 1], scaled)
    if not is_sparse:
        _gather(samples.X, samples.by_feature, rows, a)
        drop_inputs(special, a[: n * layout[0, 0]], counter, mode)
    for i in range(last + 1):
        layer = n_in, n_out, w, b, unit = _layer(layout, i)
        z0, activation = n * unit, activations[i] if i < last else out_activation
        relu = is_plain(special) and activation == RELU
        bias, b0 = (zeros, 0) if i < last and is_normalized(special) else (params, b)
        z = values[z0 : z0 + n * n_out]
        matrix, w0 = (scaled, 0) if i == 0 and scaled.size > 0 else (params, w)
        if i == 0 and is_sparse:
            data, indices, indptr = samples.data, samples.indices, samples.indptr
            weights = matrix[w0 : w0 + n_in * n_out]
            _sparse_product(data, indices, indptr, rows, weights, n_out, z, special, counter, mode)
            add_bias(values, z0, n, n_out, bias, b0, relu)
        elif n_in * n_out > wide:
            _multiply_wide(a, a0, False, matrix, w0, False, values, z0, n, n_out, n_in)
            add_bias(values, z0, n, n_out, bias, b0, relu)
        else:
            multiply(
                a, a0, n_in, 1, matrix, w0, n_out, values, z0, n_out, n, n_out, n_in, bias, b0, relu
            )  # fmt: skip
        if i < last:
            finish_hidden(
                special, params, i, layer, activation, values, n, weight,
                counter + n * layout[0, 0], mode, scratch, bits,
            )  # fmt: skip
        else:
            activate(z, n_out, activation, scratch, bits)
        a, a0 = values, z0


@inlined
def _backward(layers, samples, rows, weight, work, counter, mode):
    """Fill work.grads; the units of the output layer in work.values are its D."""
    params, layout, grads, n = layers.params, layers.layout, work.grads, rows.size
    values, deltas, zeros, ones = work.values, work.deltas, work.zeros, work.ones
    special, last = work.special, layout.shape[0] - 1
    d, d0 = values, n * layout[last, 4]
    for i in range(last, -1, -1):
        layer = n_in, n_out, w, b, unit = _layer(layout, i)
        is_wide = n_in * n_out > layers.wide
        a, a0 = values, n * (unit - n_in)
        if i == 0:
            a, a0 = work.batch, 0
        multiply(ones, 0, 0, 0, d, d0, n_out, grads, b, n_out, 1, n_out, n, zeros, 0, False)
        if i < last:
            normalization_delta(special, params, layer, d, n, weight, grads)
        if i == 0 and samples.indptr.size > 0:
            data, indices, indptr = samples.data, samples.indices, samples.indptr
            D, G = d[d0 : d0 + n * n_out], grads[w : w + n_in * n_out]
            _sparse_gradient(data, indices, indptr, rows, D, n_out, G, special, counter, mode)
        elif is_wide:
            _multiply_wide(a, a0, True, d, d0, False, grads, w, n_in, n_out, n)
        elif n_out == 1:  # the same sums, with the vectors along the inputs
            multiply(d, d0, 0, 1, a, a0, n_in, grads, w, n_in, 1, n_in, n, zeros, 0, False)
        else:
            multiply(a, a0, 1, n_in, d, d0, n_out, grads, w, n_out, n_in, n_out, n, zeros, 0, False)
        if i == 0:
            if work.scaled.size > 0:
                input_scale_gradient(params, layers.input_scale, w, n_in, n_out, grads)
            break
        if is_wide:
            _multiply_wide(d, d0, False, params, w, True, deltas, a0, n, n_in, n_out)
        else:
            turned = work.turned
            _turn(params, w, n_in, n_out, turned)
            multiply(
                d, d0, n_out, 1, turned, 0, n_in, deltas, a0, n_in, n, n_in, n_out, zeros, 0, False
            )
        unit_delta(special, deltas, values, slice(a0, a0 + n * n_in), layers.activations[i - 1])
        d, d0 = deltas, a0


@kernel
def epoch(layers, samples, order, optimizer, work, state):
    """Train on each batch of ``order`` in turn; with GRADIENT and DECISION, see Optimizer.

    A batch whose weights sum to zero has no mean loss and is skipped. ``state`` holds the number of
    steps so far, the sum of the squared weights, the sum over samples of the batches' mean losses
    with penalty (GRADIENT, DECISION: the weighted sum of the loss, over outputs too, without
    penalty), the number of samples trained on, and the norm of the last batch's gradient, which
    work.grads then holds. It goes on from there, so that the batches of an epoch may come in any
    number of calls.
    """
    params, layout, special = layers.params, layers.layout, work.special
    n_coefs, last, loss_code = layout[0, 3], layout.shape[0] - 1, layers.loss
    n_out = layout[last, 1]
    n_outputs = n_out if loss_code == SQUARED_ERROR else 1
    decides, sums_gradients = optimizer.solver == DECISION, optimizer.solver == GRADIENT
    out_activation = IDENTITY if decides else layers.out_activation
    mode = PREDICTS if decides else DIFFERENTIATES if sums_gradients else TRAINS
    start, batch = 0, 0
    end = order.size  # of the rows that are trained on
    while end > 0 and samples.weight[end - 1] == 0:
        end -= 1
    while start < order.size:
        stop = start + samples.batch_size
        if joins_last_row(special) and order.size - stop == 1:
            stop += 1
        rows, weight = order[start:stop], samples.weight[start:stop]
        n, Y, total_weight = rows.size, samples.Y[start:stop], 0.0
        start, batch = stop, batch + 1
        for i in range(n):
            total_weight += weight[i]
        if total_weight == 0.0 and not decides:
            continue
        counter = int(state[0]) * STEP
        _forward(layers, out_activation, samples, rows, weight, work, counter, mode)
        output = n * layout[last, 4]
        predicted = work.values[output : output + n * n_out]
        if decides:
            first = int(state[3]) * n_out
            _copy(predicted, optimizer.first[first : first + n * n_out])
            activate(predicted, n_out, layers.out_activation, work.scratch, work.scratch_bits)
        loss = loss_and_delta(predicted, n_out, Y, weight, loss_code, layers.loss_parameters)
        state[3] += n
        if decides:
            state[2] += loss
            continue
        _backward(layers, samples, rows, weight, work, counter, mode)
        if sums_gradients:
            state[2] += loss
            for i in range(work.grads.size):
                optimizer.first[i] += work.grads[i]
            continue
        alpha, scale = optimizer.alpha, 1.0 / total_weight
        state[2] += n * (loss / n_outputs + 0.5 * alpha * state[1]) / total_weight
        state[0] += 1
        if stop >= end or optimizer.max_norm < np.inf:
            state[4] = mean_gradient(params, work.grads, n_coefs, alpha, scale)
            alpha, scale = 0.0, min(1.0, optimizer.max_norm / state[4]) if state[4] > 0 else 1.0
        state[1] = update(params, work.grads, n_coefs, optimizer, state[0], batch - 1, alpha, scale)
