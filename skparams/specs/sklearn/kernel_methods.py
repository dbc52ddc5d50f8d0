"""Kernel ridge regression and kernel PCA: weights of training rows, which are kept beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from skparams._records import Bounds, DataShape, between
from skparams.specs import (
    After,
    Member,
    Params,
    Rule,
    Spec,
    kernel_ridge,
    made,
    orthonormal_columns,
    parameter,
    register,
    row_of,
    targets_last,
)

Attributes = Mapping[str, Any]

register(
    "sklearn.KernelRidge",
    Spec(
        {"dual_coef_": targets_last("n_samples", "n_outputs"), "X_fit_": "data"},
        # A kernel between two rows takes about one multiply-add for each feature.
        cost=row_of(lambda data, params: data.n_samples * (data.n_features + data.n_outputs)),
        effective=kernel_ridge,
    ),
)


def _mean_of_means(attributes: Attributes, params: Params) -> Any:
    rows = attributes["K_fit_rows_"]
    return np.sum(rows) / len(rows)


register(
    "sklearn.KernelCenterer",
    Spec(
        {
            "K_fit_rows_": parameter("n_samples"),
            "K_fit_all_": Rule("derived", derive=_mean_of_means),
        },
        n_features_out="n_samples",
        keeps_float32=True,
    ),
)


def _n_components(data: DataShape, params: Params) -> int | Bounds:
    """Return the number of components: without one, that of the eigenvalues above zero."""
    n = data.n_samples if params["n_components"] is None else params["n_components"]
    most = min(n, data.n_samples)
    all_kept = params["n_components"] is not None and not params["remove_zero_eig"]
    return most if all_kept else between(0, most)


def _center(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    centerer = made("sklearn.preprocessing.KernelCenterer")
    yield Member("_centerer", centerer, replace(data, columns=data.rows, head=None))


def _projected(attributes: Attributes, params: Params) -> np.ndarray:
    """Return the training rows as ``transform`` puts them out."""
    return attributes["eigenvectors_"] * np.sqrt(attributes["eigenvalues_"])


register(
    "sklearn.KernelPCA",
    Spec(
        {
            "eigenvectors_": parameter("n_samples", "n_components", free=orthonormal_columns),
            "eigenvalues_": parameter("n_components"),
            "dual_coef_": parameter("n_samples", "n_features", when="fit_inverse_transform"),
            "_centerer": "estimator",
            "X_fit_": "data",
            "X_transformed_fit_": Rule("derived", derive=_projected),
            "gamma_": "tuned",
        },
        sizes={"n_components": _n_components},
        members=_center,
        n_features_out="n_components",
        keeps_float32=True,
    ),
)
