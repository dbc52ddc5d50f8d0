"""A network of a given size that nobody has to train."""

from itertools import pairwise

import numpy as np
from sklearn.neural_network import MLPRegressor

from benchmarks._task import Task

WIDTH = 4096  # a layer of float64 has 134 MB


def network_of(n_bytes: int) -> MLPRegressor:
    """Return a regressor whose weights have about so many bytes, as if it had been fitted."""
    rng = np.random.default_rng(0)
    width = min(WIDTH, int((n_bytes / 8) ** 0.5))
    n_hidden = max(1, round(n_bytes / 8 / width**2))
    X = rng.standard_normal((5, width))
    network = MLPRegressor(hidden_layer_sizes=(1,) * n_hidden).partial_fit(X, X[:, 0])
    network.set_params(hidden_layer_sizes=(width,) * n_hidden)
    sizes = [*(width,) * (n_hidden + 1), 1]
    network.coefs_ = [rng.standard_normal(shape) / width for shape in pairwise(sizes)]
    network.intercepts_ = [np.zeros(size) for size in sizes[1:]]
    return network


def n_bytes(task: Task) -> int:
    """Return how large the models are."""
    return 10**8 if task.quick else 10**9
