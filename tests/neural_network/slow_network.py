"""Training with dropout and normalization, as obvious as it gets and as slow.

The gradient is the loss's imaginary part after a tiny imaginary step in each parameter, which is
exact to rounding and needs no formula of a derivative.
"""

import numpy as np
from scipy.special import erf

STEP = 1e-30


def stream(seed, first, n):
    """Numbers of SplitMix64, in [0, 1)."""
    mask, numbers = 2**64 - 1, []
    for k in range(first, first + n):
        bits = (seed + 0x9E3779B97F4A7C15 * k) & mask
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & mask
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & mask
        numbers.append(((bits ^ (bits >> 31)) >> 11) / 2**53)
    return np.array(numbers)


def masks_of(sizes, n, rates, seed, t):
    """What dropout multiplies the inputs and hidden units of a batch by, after t steps."""
    first, factors = t * 2**36, []
    for size, rate in zip(sizes, rates, strict=False):
        kept = stream(seed, first, n * size).reshape(n, size) >= rate
        factors.append(np.where(kept, 1 / (1 - rate), 0.0))
        first += n * size
    return factors


ACTIVATIONS = {
    "identity": lambda Z: Z,
    "logistic": lambda Z: 1 / (1 + np.exp(-Z)),
    "tanh": np.tanh,
    "relu": lambda Z: np.where(Z.real > 0, Z, 0),
    "leaky_relu": lambda Z: np.where(Z.real > 0, Z, 0.01 * Z),
    "selu": lambda Z: (
        1.0507009873554805
        * np.where(Z.real > 0, Z, 1.6732632423543772 * (np.exp(np.where(Z.real > 0, 0, Z)) - 1))
    ),
    "gelu": lambda Z: Z * (1 + erf(Z / np.sqrt(2))) / 2,
    "silu": lambda Z: Z / (1 + np.exp(-Z)),
    "mish": lambda Z: Z * np.tanh(np.log(1 + np.exp(Z))),
}


def losses(Z, Y, smoothing=0.0):
    """Loss of each row: softmax for class indices, logistic for booleans, else squared error."""
    if Y.dtype.kind == "f":
        return 0.5 * ((Z - Y) ** 2).sum(axis=1)
    if Y.dtype == bool:
        target = Y * (1 - smoothing) + smoothing / 2
        return (np.log(1 + np.exp(Z)) - target * Z).sum(axis=1)
    n_classes = Z.shape[1]
    target = np.eye(n_classes)[Y[:, 0]] * (1 - smoothing) + smoothing / n_classes
    return np.log(np.exp(Z).sum(axis=1)) - (target * Z).sum(axis=1)


class SlowNetwork:
    """A copy of a fitted network, which trains on by gradient descent without momentum."""

    def __init__(self, model, t=None):
        self.model, optimizer = model, model._optimizer_state
        self.coefs = [W.astype(float) for W in model.coefs_]
        self.intercepts = [b.astype(float) for b in model.intercepts_]
        self.gains, self.means, self.variances = (
            [array.astype(float) for array in getattr(model, name, [])]
            for name in ("gains_", "running_means_", "running_variances_")
        )
        self.sizes = [W.shape[0] for W in self.coefs]
        self.seed, self.t = optimizer["seed"], optimizer["t"] if t is None else t
        rates, n_hidden = model.dropout, len(self.sizes) - 1
        self.rates = [0.0, *[rates] * n_hidden] if np.isscalar(rates) else list(rates)
        names = model.activation
        self.activations = [names] * n_hidden if isinstance(names, str) else names

    def forward(self, X, weight, *, training, masks=None):
        """Output without its activation, pre-activations, and variances of normalization."""
        share, inputs, variances, self.moments = weight / weight.sum(), [], [], []
        A = X * masks[0] if masks else X
        for i, (W, b) in enumerate(zip(self.coefs, self.intercepts, strict=True)):
            Z = A @ W
            if i == len(self.coefs) - 1:
                return Z + b, inputs, variances
            if self.model.normalization == "batch":
                mean = share @ Z if training else self.means[i]
                variance = share @ (Z - mean) ** 2 if training else self.variances[i]
                self.moments.append((mean, variance))
            elif self.model.normalization == "layer":
                mean = Z.mean(axis=1)[:, None]
                variance = ((Z - mean) ** 2).mean(axis=1)[:, None]
            if self.model.normalization:
                variances.append(variance)
                Z = self.gains[i] * (Z - mean) / np.sqrt(variance + 1e-5)
            Z = Z + b
            inputs.append(Z)
            A = ACTIVATIONS[self.activations[i]](Z)
            if masks:
                A = A * masks[i + 1]

    def objective(self, X, Y, weight, masks):
        """Mean loss, summed over outputs, with penalty."""
        Z, _, _ = self.forward(X, weight, training=True, masks=masks)
        smoothing = getattr(self.model, "label_smoothing", 0.0)
        penalty = 0.5 * self.model.alpha * sum((W**2).sum() for W in self.coefs)
        return (weight @ losses(Z, Y, smoothing) + penalty) / weight.sum()

    @property
    def trained(self):
        """All arrays that training moves."""
        return [*self.coefs, *self.intercepts, *self.gains]

    def gradient(self, X, Y, weight, masks):
        """Gradient of the objective in each array."""
        lists = self.coefs, self.intercepts, self.gains
        gradients = []
        for arrays in lists:
            for i in range(len(arrays)):
                real = arrays[i]
                gradient = np.empty_like(real)
                for at in np.ndindex(real.shape):
                    arrays[i] = real.astype(complex)
                    arrays[i][at] += STEP * 1j
                    gradient[at] = self.objective(X, Y, weight, masks).imag / STEP
                arrays[i] = real
                gradients.append(gradient)
        return gradients

    def step(self, X, Y, weight):
        """Train on a batch."""
        masks = None
        if any(self.rates):
            masks = masks_of(self.sizes, len(X), self.rates, self.seed, self.t)
        gradients = self.gradient(X, Y, weight, masks)
        self.forward(X, weight, training=True, masks=masks)
        for i, (mean, variance) in enumerate(self.moments):
            self.means[i] = 0.9 * self.means[i] + 0.1 * mean
            self.variances[i] = 0.9 * self.variances[i] + 0.1 * variance
        factor, limit = self.model.learning_rate_init, self.model.max_gradient_norm
        if limit is not None:
            norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
            factor *= min(1.0, limit / norm)
        for array, gradient in zip(self.trained, gradients, strict=True):
            array -= factor * gradient
        self.t += 1

    def epoch(self, X, Y, weight):
        """Train on all batches, in the order of the rows."""
        start, size = 0, min(self.model.batch_size, len(X))
        while start < len(X):
            stop = start + size
            if self.model.normalization == "batch" and len(X) - stop == 1:
                stop += 1
            if weight[start:stop].any():
                self.step(X[start:stop], Y[start:stop], weight[start:stop])
            start = stop

    def assert_equals(self, model, tolerance):
        """Compare all arrays with those of a model."""
        pairs = {
            "coefs_": self.coefs,
            "intercepts_": self.intercepts,
            "gains_": self.gains,
            "running_means_": self.means,
            "running_variances_": self.variances,
        }
        for name, expected in pairs.items():
            for a, b in zip(getattr(model, name, []), expected, strict=True):
                np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=name)
