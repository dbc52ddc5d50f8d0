r"""Training of one member in NumPy and float64, as the paper writes it: obvious and slow.

The paper (Holzmüller et al., 2024, arXiv 2407.04491) has the NTK parametrization: each layer
computes ``a W / sqrt(n_in) + b``, and the first one ``(a * scale) W / sqrt(n_in) + b``. Estimators
store the effective weights ``V = W / sqrt(n_in)`` instead.

**Adam in both forms.** With :math:`s = \sqrt{n_{in}}` the gradient in W is that in V divided by s,
so that Adam's first moment is divided by s too, and its second one by :math:`s^2`. A step in W of
rate r, :math:`\Delta W = -r (m_V / s) / (\sqrt{v_V} / s + \epsilon)`, is one in V of

.. math:: \Delta V = \Delta W / s = -\frac{r}{s} \cdot \frac{m_V}{\sqrt{v_V} + s \epsilon}

which is Adam with rate r / s and epsilon s :math:`\epsilon`. So an epsilon of the paper's form
belongs to that of a layer's effective weights divided by sqrt(n_in). Scale and biases are the same
numbers in both forms, and so are their rates and epsilons.

**Which epsilon of Adam.** PyTorch, and with it the paper, adds epsilon to the root of the corrected
second moment. The kernels add it to the root of the moment as it is (Kingma and Ba, 2014, end of
section 2); ``uncorrected_epsilon=True`` does that here. Step t of one form is step t of the other
with epsilon times sqrt(1 - beta_2**t).

**Weight decay** is decoupled and only for weights: before its step a weight shrinks to the share
``1 - rate * weight_decay``. The rate is that of weights in the NTK form, as in PyTorch's AdamW with
the weights as a group of their own. A factor of W is the same factor of V, so the effective form
must use that rate too, not its own one, which is divided by sqrt(n_in).
"""

import numpy as np
from scipy.special import expit, softmax

SCALE_FACTOR, WEIGHT_FACTOR, BIAS_FACTOR = 6.0, 1.0, 0.1
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def _selu(Z):
    return _SELU_SCALE * np.where(Z > 0, Z, _SELU_ALPHA * np.expm1(np.minimum(Z, 0)))


def _selu_slope(Z):
    return _SELU_SCALE * np.where(Z > 0, 1, _SELU_ALPHA * np.exp(np.minimum(Z, 0)))


def _mish(Z):
    return Z * np.tanh(np.logaddexp(0, Z))


def _mish_slope(Z):
    gate = np.tanh(np.logaddexp(0, Z))
    return gate + Z * (1 - gate**2) * expit(Z)


ACTIVATIONS = {
    "selu": (_selu, _selu_slope),
    "mish": (_mish, _mish_slope),
    "relu": (lambda Z: np.maximum(Z, 0), lambda Z: (Z > 0) * 1.0),
}
"""Each activation and its derivative, at a kink the left one."""


def loss_slope(loss, Z, Y, label_smoothing=0.0, loss_parameters=None):
    """The derivative of each row's loss in its outputs; 0 at a kink of the loss.

    As in the kernels it is the sum over outputs, also of squared errors: a gradient is not divided
    by their number. ``loss_parameters`` are the delta of Huber's loss or the ascending levels of
    quantiles, of which each output but the first adds its softplus to the one before.
    """
    n_outputs = Z.shape[1]
    if loss == "log_loss":
        target = np.eye(n_outputs)[Y[:, 0].astype(int)]
        return softmax(Z, axis=1) - target * (1 - label_smoothing) - label_smoothing / n_outputs
    if loss == "binary_log_loss":
        return expit(Z) - Y * (1 - label_smoothing) - label_smoothing / 2
    if loss == "squared_error":
        return Z - Y
    if loss == "absolute_error":
        return np.sign(Z - Y)
    if loss == "huber":
        (delta,) = loss_parameters
        return np.clip(Z - Y, -delta, delta)
    if loss == "quantile":
        quantiles = np.cumsum(np.column_stack([Z[:, :1], np.logaddexp(0, Z[:, 1:])]), axis=1)
        levels, error = np.array(loss_parameters), quantiles - Y
        slope = np.where(error > 0, 1 - levels, np.where(error < 0, -levels, 0))
        slope = slope[:, ::-1].cumsum(axis=1)[:, ::-1]  # an output moves all later quantiles
        return slope * np.column_stack([np.ones(len(Z)), expit(Z[:, 1:])])
    raise ValueError(f"unknown loss {loss!r}")


def forward(params, X, activation):
    """The inputs of each layer, and what each computes before its activation."""
    inputs, outputs, A = [], [], X * params["scale"]
    for W, b in zip(params["weights"], params["biases"], strict=True):
        inputs.append(A)
        outputs.append(A @ W / np.sqrt(len(W)) + b)
        A = ACTIVATIONS[activation][0](outputs[-1])
    return inputs, outputs


def gradient(params, X, Y, weight, *, activation, loss, label_smoothing=0.0, loss_parameters=None):
    """The gradient of ``sum(weight * losses) / sum(weight)``, in the form of ``params``."""
    inputs, outputs = forward(params, X, activation)
    D = loss_slope(loss, outputs[-1], Y, label_smoothing, loss_parameters)
    D = D * weight[:, None] / weight.sum()
    weights, biases = [], []
    for i in range(len(inputs) - 1, -1, -1):
        W = params["weights"][i]
        weights.insert(0, inputs[i].T @ D / np.sqrt(len(W)))
        biases.insert(0, D.sum(axis=0))
        D = D @ W.T / np.sqrt(len(W))
        if i > 0:
            D = D * ACTIVATIONS[activation][1](outputs[i - 1])
    return {"scale": (D * X).sum(axis=0), "weights": weights, "biases": biases}


def flat(params):
    """All arrays in one list: the scale, the weights layer by layer, the biases."""
    return [params["scale"], *params["weights"], *params["biases"]]


def naive_train(
    X,
    Y,
    weight,
    params,
    batches,
    learning_rates,
    *,
    activation,
    loss,
    weight_decay=0.0,
    label_smoothing=0.0,
    beta_1=0.9,
    beta_2=0.95,
    epsilon=1e-8,
    loss_parameters=None,
    uncorrected_epsilon=False,
):
    """The parameters after one step of Adam for each batch of rows and its base learning rate.

    ``weight`` may be None; ``Y`` has a row for each sample, class numbers for 'log_loss'.
    """
    X, Y = np.asarray(X, float), np.asarray(Y, float).reshape(len(X), -1)
    weight = np.ones(len(X)) if weight is None else np.asarray(weight, float)
    params = {
        "scale": np.array(params["scale"], float),
        "weights": [np.array(W, float) for W in params["weights"]],
        "biases": [np.array(b, float) for b in params["biases"]],
    }
    arrays, n_layers = flat(params), len(params["weights"])
    factors = [SCALE_FACTOR] + [WEIGHT_FACTOR] * n_layers + [BIAS_FACTOR] * n_layers
    decays = [0.0] + [weight_decay] * n_layers + [0.0] * n_layers
    first, second = ([np.zeros_like(p) for p in arrays] for _ in range(2))
    settings = {"label_smoothing": label_smoothing, "loss_parameters": loss_parameters}
    for step, (rows, rate) in enumerate(zip(batches, learning_rates, strict=True), start=1):
        G = gradient(
            params, X[rows], Y[rows], weight[rows], activation=activation, loss=loss, **settings
        )
        added = epsilon / np.sqrt(1 - beta_2**step) if uncorrected_epsilon else epsilon
        for i, (p, g) in enumerate(zip(arrays, flat(G), strict=True)):
            first[i] = beta_1 * first[i] + (1 - beta_1) * g
            second[i] = beta_2 * second[i] + (1 - beta_2) * g**2
            mean, square = first[i] / (1 - beta_1**step), second[i] / (1 - beta_2**step)
            p *= 1 - factors[i] * rate * decays[i]
            p -= factors[i] * rate * mean / (np.sqrt(square) + added)
    return params


def effective(params):
    """``(input_scale, coefs, intercepts)``: the weights have 1 / sqrt(n_in) multiplied in."""
    coefs = [W / np.sqrt(len(W)) for W in params["weights"]]
    return params["scale"].copy(), coefs, [b.copy() for b in params["biases"]]


def from_effective(input_scale, coefs, intercepts):
    """The inverse of ``effective``."""
    weights = [W * np.sqrt(len(W)) for W in coefs]
    return {"scale": input_scale.copy(), "weights": weights, "biases": [*intercepts]}
