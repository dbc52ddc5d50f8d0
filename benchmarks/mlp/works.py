"""The work that both sides do: data, architecture, epochs, and the ratio each should reach."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from sklearn.datasets import load_digits, make_classification
from sklearn.model_selection import train_test_split

DTYPES = ("float64", "float32")
_TEST = 0.2  # held out beside the rows that are trained on


@dataclass(frozen=True)
class Work:
    """One architecture on one data set, with a fixed number of epochs."""

    label: str
    rows: int
    features: int
    classes: int
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    goals: tuple[float, float]  # at least so many times as fast, in float64 and float32
    fits: int = 1  # fits in one timed run, where one is too short to time
    params: dict = field(default_factory=dict)
    digits: bool = False
    heavy: bool = False

    def short(self) -> "Work":
        """Return the same work with fewer epochs, for a quick look."""
        return replace(self, epochs=max(1, self.epochs // 4), fits=1)

    def goal(self, dtype: str) -> float:
        """Return the ratio to scikit-learn that this work should reach."""
        return self.goals[DTYPES.index(dtype)]

    def data(self, dtype: str) -> tuple[np.ndarray, ...]:
        """Return X, y to train on and X, y held out, contiguous and in one dtype."""
        X, X_test, y, y_test = _split(
            self.digits, self.rows, self.features, self.classes, self.batch
        )
        return (
            np.ascontiguousarray(X, dtype),
            y,
            np.ascontiguousarray(X_test, dtype),
            y_test,
        )

    def arguments(self, epochs: int | None = None) -> dict:
        """Return the estimator's arguments: the epochs are fixed, nothing stops early."""
        return {
            "hidden_layer_sizes": self.hidden,
            "batch_size": self.batch,
            "max_iter": epochs or self.epochs,
            "tol": 0,
            "n_iter_no_change": np.inf,
            "random_state": 0,
            **self.params,
        }

    def gflop(self) -> float:
        """Return the arithmetic of one timed run's matrix products, in 10^9.

        Forward and the weights' gradient for each layer, and the error passed back for each
        layer but the first; two operations for a multiply and an add.
        """
        outputs = self.classes if self.classes > 2 else 1
        widths = [self.features, *self.hidden, outputs]
        layers = [a * b for a, b in pairwise(widths)]
        per_row = 2 * (3 * sum(layers) - layers[0])
        return per_row * self.rows * self.epochs * self.fits / 1e9


@lru_cache(maxsize=1)
def _split(digits: bool, rows: int, features: int, classes: int, seed: int) -> list[np.ndarray]:
    """Return the data in float64; kept, since both dtypes of a work come one after the other."""
    if digits:
        X, y = load_digits(return_X_y=True)
        X = X / 16.0
    else:
        X, y = make_classification(
            n_samples=round(rows * (1 + _TEST)),
            n_features=features,
            n_informative=min(20, features),
            n_redundant=0,
            n_classes=classes,
            n_clusters_per_class=1,
            class_sep=0.7,
            random_state=seed,
        )
    return train_test_split(X, y, train_size=rows, stratify=y, random_state=0)


WORKS = {
    "small": Work("10k×20 (32,) batch 200", 10_000, 20, 2, (32,), 200, 30, (10, 15)),
    "tiny-batch": Work("10k×20 (32,16) batch 32", 10_000, 20, 2, (32, 16), 32, 6, (25, 40)),
    "digits": Work("digits (100,) batch 200", 1_437, 64, 10, (100,), 200, 100, (4, 6), digits=True),
    "wide": Work("20k×784 (256,128) batch 200", 20_000, 784, 10, (256, 128), 200, 4, (1.6, 2.0)),
    "widest": Work(
        "20k×784 (1024,1024) batch 256",
        20_000,
        784,
        10,
        (1024, 1024),
        256,
        1,
        (1.4, 1.6),
        heavy=True,
    ),
    "tanh-sgd": Work(
        "4k×30 (64,64) tanh sgd batch 64",
        4_000,
        30,
        2,
        (64, 64),
        64,
        20,
        (2.5, 3.5),
        params={"activation": "tanh", "solver": "sgd"},
    ),
    "tiny": Work("150×10 (100,) 200 epochs", 150, 10, 3, (100,), 200, 200, (5, 7), fits=5),
}
