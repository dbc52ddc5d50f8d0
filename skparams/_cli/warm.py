"""Compile all kernels ahead, for instance into the image of a container."""

import logging
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp

import skparams
from skparams._cli.console import CommandError
from skparams._runtime import SUFFIX, folder_to_write, save_errors


def run() -> None:
    """Compile what is not kept yet; print a line for each estimator and dtype, and the folder."""
    try:
        folder = folder_to_write()
    except OSError as error:
        raise CommandError(f"no folder can be written: {error}") from error
    logging.getLogger("skparams").setLevel(logging.ERROR)  # what it has to say is said here
    for name, fit_all in {"MLP": _fit_networks, "PCA": _fit_components}.items():
        for dtype in (np.float64, np.float32):
            start = time.perf_counter()
            with warnings.catch_warnings(action="ignore"):
                fit_all(np.random.RandomState(0).standard_normal((24, 3)).astype(dtype))
            print(f"{name} {np.dtype(dtype)} {time.perf_counter() - start:6.1f} s", flush=True)
    if save_errors:
        raise CommandError(f"cannot keep kernels in {folder}: {save_errors[0]}")
    n_bytes = sum(file.stat().st_size for file in folder.glob(f"*{SUFFIX}"))
    print(f"{folder} {n_bytes / 1e6:.1f} MB")


def _forms(X: np.ndarray) -> Iterator[Any]:
    """X in each form that fit takes."""
    yield from (X, np.asfortranarray(X), sp.csr_array(X), sp.csc_array(X))


def _fit_networks(X: np.ndarray) -> None:
    for form in _forms(X):
        for solver in ("adam", "sgd", "lbfgs"):
            options: Any = {"hidden_layer_sizes": 2, "max_iter": 1, "solver": solver}
            skparams.MLPRegressor(**options).fit(form, X[:, 0])
            skparams.MLPClassifier(**options).fit(form, X[:, 0] > 0)


def _fit_components(X: np.ndarray) -> None:
    for form in _forms(X):
        skparams.PCA(2).fit(form)
        skparams.PCA(2).partial_fit(form).partial_fit(form)
