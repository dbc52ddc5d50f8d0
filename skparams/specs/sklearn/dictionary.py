"""Sparse components, and dictionaries that rows are coded with.

The components of a sparse PCA are free where they are not zero, but for their lengths, which are 1.
The atoms of a dictionary are of length 1 at most, which binds none of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skparams._compat import CODES_ARE_FLOAT32
from skparams._records import DataShape, between
from skparams.specs import Params, Part, Rule, Said, Spec, parameter, register
from skparams.specs.sklearn.decomposition import n_or_all

_AXES = ("n_components", "n_features")


def _sparse_rows(components: np.ndarray) -> Iterator[Part]:
    """Yield components of length 1, or all zero, with what is free in them."""
    nonzero = np.count_nonzero(components, axis=1)
    yield Part("", components, _AXES, free=int(nonzero.sum() - np.count_nonzero(nonzero)))


def _sparse_before(data: DataShape, params: Params) -> Iterator[Part]:
    k, p = n_or_all(data, params), data.n_features
    yield Part("", dims=_AXES, free=between(0, k * (p - 1)))


def _within_rank(data: DataShape, params: Params) -> bool:
    """Say whether all components start from the data: zeros beyond their rank are float64."""
    return n_or_all(data, params) <= min(data.n_samples, data.n_features)


def _beyond_rank(data: DataShape, params: Params) -> bool:
    return not _within_rank(data, params)


def _sparse_pca(float64: Said | bool, passes_float32: Said | bool) -> Spec:
    components = Rule(
        "parameter", _AXES, parts=_sparse_rows, before=_sparse_before, float64=float64
    )
    return Spec(
        {
            "components_": components,
            "mean_": parameter("n_features"),
            "n_components_": "structure",
            "error_": "diagnostic",
        },
        sizes={"n_components": n_or_all},
        n_features_out="n_components",
        keeps_float32=True,
        passes_float32=passes_float32,
    )


register("sklearn.SparsePCA", _sparse_pca(_beyond_rank, _within_rank))
register("sklearn.MiniBatchSparsePCA", _sparse_pca(float64=False, passes_float32=True))


def _n_codes(data: DataShape, params: Params) -> int:
    """Count a column for each atom, or one for each sign of it."""
    return (2 if params["split_sign"] else 1) * n_or_all(data, params)


def _pursues(params: Params) -> bool:
    """Say whether codes are float32 where rows are, whatever the dictionary is."""
    return params["transform_algorithm"] == "omp" and CODES_ARE_FLOAT32


def _learned_codes(data: DataShape, params: Params) -> bool:
    return not params["split_sign"] and (_pursues(params) or _within_rank(data, params))


def _dictionary(keeps_float32: Said | bool, passes_float32: Said | bool) -> Spec:
    return Spec(
        {
            "components_": parameter("n_components", "n_features"),
            "error_": "diagnostic",
            **dict.fromkeys(("_n_components", "_fit_algorithm", "_batch_size"), "structure"),
            **dict.fromkeys(
                ("_A", "_B", "_ewa_cost", "_ewa_cost_min", "_no_improvement", "n_steps_"), "state"
            ),
            "_random_state": "random",
        },
        sizes={"n_components": n_or_all, "n_codes": _n_codes},
        n_features_out="n_codes",
        keeps_float32=keeps_float32,
        passes_float32=passes_float32,
    )


register("sklearn.DictionaryLearning", _dictionary(_within_rank, _learned_codes))
register(
    "sklearn.MiniBatchDictionaryLearning",
    _dictionary(True, lambda data, params: not params["split_sign"]),
)


def _n_given_codes(data: DataShape, params: Params) -> int:
    return (2 if params["split_sign"] else 1) * len(params["dictionary"])


def _given_codes(data: DataShape, params: Params) -> bool:
    is_float32 = getattr(params["dictionary"], "dtype", None) == np.float32
    return not params["split_sign"] and (_pursues(params) or is_float32)


# The dictionary is a hyperparameter.
register(
    "sklearn.SparseCoder",
    Spec(
        {"n_components_": "structure"},
        sizes={"n_codes": _n_given_codes},
        n_features_out="n_codes",
        passes_float32=_given_codes,
    ),
)
