"""The network of a member: a learned scale of the inputs, and learning rates by kind of parameter.

The recipe is RealMLP's (Holzmüller, Grinsztajn and Steinwart, "Better by Default", NeurIPS 2024),
with layers h = a W / sqrt(n_in) + b, of which Adam trains all W with one learning rate. Here
W / sqrt(n_in) is stored: Adam's steps do not depend on the size of gradients, so that its learning
rate divided by sqrt(n_in) gives the same training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skparams.neural_network import Network

# Learning rates of the input scale and of the biases, as multiples of that of the weights.
SCALE_FACTOR, BIAS_FACTOR = 6.0, 0.1


class ScaledNetwork(Network):
    """A network whose inputs are multiplied by a scale for each of them, which is learned.

    The scale stands at the end of the buffer. No product is BLAS's, whose last bits may depend on
    the number of threads.
    """

    wide = np.iinfo(np.int64).max

    def __init__(self, sizes: Sequence[int], activations: Sequence[str]):
        super().__init__(sizes, activations)
        self.input_scale = self.n_trained
        n_in, n_out, starts = self.layout[:, :3].T
        self.n_trained = self.n_params = self.input_scale + self.sizes[0]
        weights = np.column_stack([starts, starts + n_in * n_out, np.ones_like(starts)])
        rest = [self.n_coefs, self.input_scale, 0], [self.input_scale, self.n_trained, 0]
        self.groups = np.vstack([weights, rest])
        self.factors = np.array([*1 / np.sqrt(n_in), BIAS_FACTOR, SCALE_FACTOR])

    def views(self, buffer: np.ndarray) -> dict[str, list[np.ndarray]]:
        """The arrays of each fitted attribute, as views of the buffer."""
        return {**super().views(buffer), "input_scale_": [buffer[self.input_scale :]]}

    def start(
        self, intercepts: np.ndarray, random_state: np.random.RandomState, dtype: np.dtype
    ) -> np.ndarray:
        """A buffer to start from: all outputs are ``intercepts``, which the last layer has."""
        buffer = np.empty(self.n_params, dtype)
        views = self.views(buffer)
        *hidden, last = zip(views["coefs_"], views["intercepts_"], strict=True)
        for coef, intercept in hidden:
            coef[:] = random_state.standard_normal(coef.shape) / np.sqrt(len(coef))
            intercept[:] = random_state.standard_normal(intercept.shape)
        last[0][:], last[1][:] = 0, intercepts
        views["input_scale_"][0][:] = 1
        return buffer
