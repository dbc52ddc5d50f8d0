"""Random networks with data, of every activation, output, normalization and dtype."""

import numpy as np

from skparams import MLPClassifier, MLPRegressor

ACTIVATIONS = (
    *("identity", "logistic", "tanh", "relu"),
    *("leaky_relu", "selu", "gelu", "silu", "mish"),
)
LOSSES = ("squared_error", "absolute_error", "huber", "poisson", "gamma", "quantile")
TARGETS = ("binary", "text", "bool", "classes", "labels")
OFFSETS = (0.0, 1e3, 1e5)


def network(seed, n_rows=60):
    """A fitted network and X, whose dtype need not be that of training."""
    rng = np.random.default_rng(seed)

    def pick(*choices):
        return choices[rng.integers(len(choices))]

    to_predict, to_fit, dtype = (
        pick(np.float32, np.float64),
        pick(np.float32, np.float64),
        pick(None, "float32", "float64"),
    )
    in_float32 = to_predict == np.float32 and (dtype or np.dtype(to_fit).name) == "float32"
    # predict itself computes in float32 then, and has few digits left of features about 1e5
    offset = 0.0 if in_float32 else pick(*OFFSETS)
    X = rng.standard_normal((n_rows, 4)) * pick(1, 10)
    score = X[:, 0] + 0.3 * rng.standard_normal(n_rows)
    hidden = tuple(int(n) for n in rng.integers(1, 7, rng.integers(0, 4)))
    arguments = {
        "hidden_layer_sizes": hidden,
        "activation": pick(pick(*ACTIVATIONS), [pick(*ACTIVATIONS) for _ in hidden]),
        "normalization": pick(None, "batch", "layer"),
        "dropout": pick(0.0, 0.3),
        "dtype": dtype,
        "learning_rate_init": 0.01,
        "max_iter": 5,
        "random_state": 0,
    }
    normalized = bool(hidden) and arguments["normalization"] is not None
    if seed % 2:
        model, y = MLPClassifier(**arguments), _classes(pick(*TARGETS), score, X)
    else:
        loss = pick(*LOSSES)
        if loss in ("poisson", "gamma") and not normalized:
            offset = 0.0  # exp overflows
        quantile = pick(0.3, [0.5], [0.5, 0.9, 0.1], [0.25, 0.5])
        model = MLPRegressor(loss, quantile=quantile, **arguments)
        y = np.abs(score) + 0.1
        if loss != "quantile" and rng.random() < 0.5:
            y = np.column_stack([y, y * 2])
    # Training on features of 1e5 only works with normalization.
    model.fit((X + offset if normalized else X).astype(to_fit), y)
    return model, (X + offset).astype(to_predict)


def _classes(kind, score, X):
    return {
        "binary": np.where(score > 0, 7, -2),
        "text": np.where(score > 0, "ja", "né"),
        "bool": score > 0,
        "classes": np.digitize(score, [-0.5, 0.5]) * 10,
        "labels": (np.column_stack([score, -score, X[:, 1]]) > 0).astype(int),
    }[kind]
