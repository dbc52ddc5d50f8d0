"""Random values of all constructor arguments of our networks, and random data for them."""

from itertools import pairwise

import numpy as np
import scipy.sparse as sp

import skparams

ACTIVATIONS = (
    *("identity", "logistic", "tanh", "relu"),
    *("leaky_relu", "selu", "gelu", "silu", "mish"),
)
LOSSES = ("squared_error", "poisson", "absolute_error", "huber", "gamma", "quantile")
RATES = (
    *("constant", "invscaling", "adaptive"),
    *("cosine", "one_cycle", "warmup"),
)


def half(share):
    """A learning rate as a callable; at the top of a module, so that it can be pickled."""
    return 0.5 + 0.5 * share


def negative_error(estimator, X, y, sample_weight=None):
    """A scorer."""
    error = np.asarray(estimator.predict(X) != y if y.dtype.kind in "iU" else y, dtype=float)
    return -float(np.abs(error).mean())


def some(rng, *choices):
    return choices[rng.integers(len(choices))]


def rarely(rng, default, *others):
    """The default in half of the cases."""
    return default if rng.random() < 0.5 else some(rng, *others)


def arguments(rng, name, n_features=4, n_outputs=1):
    """Random values of all arguments. Not all go together: fit may refuse them."""
    hidden = tuple(int(n) for n in rng.integers(1, 7, rng.integers(0, 4)))
    n_hidden = len(hidden)
    many = [some(rng, *ACTIVATIONS) for _ in hidden]
    classifies = name == "MLPClassifier"
    own = (
        {
            "class_weight": rarely(rng, None, "balanced", {}),
            "label_smoothing": rarely(rng, 0.0, 0.1, 0.9),
        }
        if classifies
        else {
            "loss": rarely(rng, "squared_error", *LOSSES),
            "quantile": some(rng, 0.5, [0.5], [0.1, 0.5, 0.9], [0.9, 0.5], (0.25, 0.5)),
            "huber_delta": some(rng, 1.0, 0.1, 5),
        }
    )
    return {
        "hidden_layer_sizes": some(rng, hidden, list(hidden), np.array(hidden, dtype=int)),
        "activation": some(rng, some(rng, *ACTIVATIONS), "relu", many, tuple(many)),
        "solver": some(rng, "adam", "adamw", "sgd", "lbfgs"),
        "alpha": some(rng, 0, 1e-4, 0.1),
        "batch_size": rarely(rng, "auto", 1, 2, 7, 13, 1000),
        "learning_rate": rarely(rng, "constant", *RATES, half),
        "learning_rate_init": some(rng, 1e-3, 1e-2),
        "power_t": 0.5,
        "max_iter": int(rng.integers(1, 6)),
        "shuffle": rarely(rng, True, False),
        "random_state": int(rng.integers(100)),
        "tol": some(rng, 1e-4, 0.0, 1.0),
        "verbose": rarely(rng, False, True),
        "warm_start": rarely(rng, False, True),
        "momentum": some(rng, 0.9, 0, 1),
        "nesterovs_momentum": rarely(rng, True, False),
        "early_stopping": rarely(rng, False, True),
        "validation_fraction": some(rng, 0.1, 0.3),
        "beta_1": some(rng, 0.9, 0.0),
        "beta_2": some(rng, 0.999, 0.5),
        "epsilon": some(rng, 1e-8, 1e-3),
        "n_iter_no_change": some(rng, 10, 1, np.inf),
        "max_fun": some(rng, 15000, 3),
        "scoring": rarely(rng, None, "loss", "accuracy" if classifies else "r2", negative_error),
        "dropout": rarely(rng, 0.0, 0.3, [0.1, *[0.5] * n_hidden], (0.0, *[0.0] * n_hidden)),
        "normalization": some(rng, None, "batch", "layer"),
        "weight_decay": some(rng, 0.01, 0, 0.5),
        "max_gradient_norm": rarely(rng, None, 0.1, 100),
        "init": rarely(rng, "auto", "he", "orthogonal", start(rng, n_features, hidden, n_outputs)),
        "dtype": rarely(rng, None, "float32", "float64"),
        **own,
    }


def start(rng, n_features, hidden, n_outputs):
    """Arrays to start from."""
    sizes = [n_features, *hidden, n_outputs]
    coefs = [rng.standard_normal(pair) * 0.3 for pair in pairwise(sizes)]
    return coefs, [rng.standard_normal(n) * 0.1 for n in sizes[1:]]


def data(rng, name, n=None, n_features=4):
    """Some X, y and other arguments of fit, and how many outputs squared error has."""
    n = int(rng.integers(30, 80)) if n is None else n
    X = rng.standard_normal((n, n_features))
    score = X[:, 0] + 0.5 * X[:, 1] + 0.3 * rng.standard_normal(n)
    if name == "MLPClassifier":
        kind = some(rng, "binary", "words", "classes", "labels")
        classes = np.digitize(score, [-0.5, 0.5])
        classes[:3] = [0, 1, 2]
        y, n_outputs = {
            "binary": ((score > 0).astype(int), 1),
            "words": (np.where(score > 0, "yes", "no"), 1),
            "classes": (classes, 3),
            "labels": ((np.column_stack([score, X[:, 2]]) > 0).astype(int), 2),
        }[kind]
    else:
        n_outputs = int(some(rng, 1, 1, 2))
        y = score if n_outputs == 1 else np.column_stack([score, X[:, 2]])
        y = np.abs(y) + 0.1
    weight = some(rng, None, rng.uniform(0.1, 2, n), np.where(rng.random(n) < 0.3, 0.0, 1.0))
    n_train = n if rng.random() < 0.7 else 2 * n // 3
    X = form(rng, X)
    rows, rest = slice(0, n_train), slice(n_train, n)
    take = (lambda part: X.iloc[part]) if hasattr(X, "iloc") else (lambda part: X[part])
    more = {} if weight is None else {"sample_weight": weight[rows]}
    if n_train < n:
        more |= {"X_val": take(rest), "y_val": y[rest]}
        if weight is not None and weight[rest].any():
            more["sample_weight_val"] = weight[rest]
    return take(rows), y[rows], more, n_outputs


def form(rng, X):
    """X in one of the forms that users have."""
    import pandas as pd

    return some(
        rng,
        lambda: X,
        lambda: X.astype(np.float32),
        lambda: np.asfortranarray(X),
        lambda: sp.csr_matrix(X),
        lambda: sp.csc_array(X.astype(np.float32)),
        lambda: pd.DataFrame(X, columns=list("abcdefgh"[: X.shape[1]])),
        lambda: (10 * X).astype(int),
    )()


def any_network(seed, name, **fixed):
    """A network with random arguments, X, y, and other arguments of fit."""
    rng = np.random.default_rng(seed)
    X, y, more, n_outputs = data(rng, name)
    chosen = arguments(rng, name, X.shape[1], n_outputs) | fixed
    if chosen.get("class_weight") == {} and y.ndim == 1:
        chosen["class_weight"] = {label: some(rng, 0.5, 2) for label in np.unique(y).tolist()}
    return getattr(skparams, name)(**chosen), X, y, more
