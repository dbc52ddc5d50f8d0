"""Sparse components, and dictionaries that rows are coded with.

The components of a sparse PCA are free where they are not zero, but for their lengths, which are 1.
The atoms of a dictionary are of length 1 at most, which binds none of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skparams._compat import CODES_ARE_FLOAT32
from skparams.inspection._counts import between
from skparams.inspection._sizes import DataShape
from skparams.inspection._spec import Params, Part, Rule, Spec, parameter, register
from skparams.inspection._specs._decomposition import n_or_all

_AXES = ("n_components", "n_features")


def _sparse_rows(components: np.ndarray) -> Iterator[Part]:
    """Yield components of length 1, or all zero, with what is free in them."""
    nonzero = np.count_nonzero(components, axis=1)
    yield Part("", components, _AXES, free=int(nonzero.sum() - np.count_nonzero(nonzero)))


def _sparse_before(data: DataShape, params: Params) -> Iterator[Part]:
    k, p = n_or_all(data, params), data.n_features
    yield Part("", dims=_AXES, free=between(0, k * (p - 1)))


_SPARSE = Spec(
    {
        "components_": Rule("parameter", _AXES, parts=_sparse_rows, before=_sparse_before),
        "mean_": parameter("n_features"),
        "n_components_": "structure",
        "error_": "diagnostic",
    },
    sizes={"n_components": n_or_all},
    n_features_out="n_components",
    keeps_float32=True,
)
register("sklearn.SparsePCA", _SPARSE)
register("sklearn.MiniBatchSparsePCA", _SPARSE)

_DICTIONARY_STATE = dict.fromkeys(
    ("_A", "_B", "_ewa_cost", "_ewa_cost_min", "_no_improvement", "n_steps_"), "state"
)


def _n_codes(data: DataShape, params: Params) -> int:
    """Count a column for each atom, or one for each sign of it."""
    return (2 if params["split_sign"] else 1) * n_or_all(data, params)


_DICTIONARY = Spec(
    {
        "components_": parameter("n_components", "n_features"),
        "error_": "diagnostic",
        **dict.fromkeys(("_n_components", "_fit_algorithm", "_batch_size"), "structure"),
        **_DICTIONARY_STATE,
        "_random_state": "random",
    },
    sizes={"n_components": n_or_all, "n_codes": _n_codes},
    n_features_out="n_codes",
    keeps_float32=True,
    passes_float32=lambda data, params: not params["split_sign"],
)
register("sklearn.DictionaryLearning", _DICTIONARY)
register("sklearn.MiniBatchDictionaryLearning", _DICTIONARY)


def _n_given_codes(data: DataShape, params: Params) -> int:
    return (2 if params["split_sign"] else 1) * len(params["dictionary"])


def _codes_are_float32(data: DataShape, params: Params) -> bool:
    if params["split_sign"]:
        return False
    pursuit = params["transform_algorithm"] == "omp" and CODES_ARE_FLOAT32
    return pursuit or getattr(params["dictionary"], "dtype", None) == np.float32


# The dictionary is a hyperparameter.
register(
    "sklearn.SparseCoder",
    Spec(
        {"n_components_": "structure"},
        sizes={"n_codes": _n_given_codes},
        n_features_out="n_codes",
        passes_float32=_codes_are_float32,
    ),
)
