"""Sparse components, and dictionaries that rows are coded with.

The components of a sparse PCA are free where they are not zero, but for their lengths, which are 1.
The atoms of a dictionary are of length 1 at most, which binds none of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from skparams._records import between
from skparams.specs import Context, Part, Rule, Spec, common, convergence, parameter, roles

SPECS: dict[str, Spec] = {}

_AXES = ("n_components", "n_features")


def _sparse_rows(ctx: Context) -> Iterator[Part]:
    """Yield components of length 1, or all zero, with what is free in them."""
    nonzero = np.count_nonzero(ctx.value, axis=1)
    yield Part("", ctx.value, _AXES, free=int(nonzero.sum() - np.count_nonzero(nonzero)))


def _sparse_before(ctx: Context) -> Iterator[Part]:
    k, p = common.n_or_all(ctx), ctx.data.n_features
    yield Part("", dims=_AXES, free=between(0, k * (p - 1)))


def _sparse_pca(**more: Any) -> Spec:
    return Spec(
        {
            "components_": Rule("parameter", _AXES, parts=_sparse_rows, before=_sparse_before),
            "mean_": parameter("n_features"),
            **roles(structure="n_components_", diagnostic="error_"),
        },
        sizes={"n_components": common.n_or_all},
        columns_out="n_components",
        **more,
    )


SPECS["SparsePCA"] = _sparse_pca(extras={"convergence": convergence.iterations})
SPECS["MiniBatchSparsePCA"] = _sparse_pca(float32=True)


def _n_codes(ctx: Context) -> int:
    """Count a column for each atom, or one for each sign of it."""
    return (2 if ctx.params["split_sign"] else 1) * common.n_or_all(ctx)


def _dictionary(**more: Any) -> Spec:
    return Spec(
        {
            "components_": parameter("n_components", "n_features"),
            **roles(
                diagnostic="error_",
                structure="_n_components _fit_algorithm _batch_size",
                state="_A _B _ewa_cost _ewa_cost_min _no_improvement n_steps_",
                random="_random_state",
            ),
        },
        sizes={"n_components": common.n_or_all, "n_codes": _n_codes},
        columns_out="n_codes",
        **more,
    )


SPECS["DictionaryLearning"] = _dictionary(extras={"convergence": convergence.iterations})
SPECS["MiniBatchDictionaryLearning"] = _dictionary()


def _n_given_codes(ctx: Context) -> int:
    return (2 if ctx.params["split_sign"] else 1) * len(ctx.params["dictionary"])


# The dictionary is a hyperparameter.
SPECS["SparseCoder"] = Spec(
    {"n_components_": "structure"}, sizes={"n_codes": _n_given_codes}, columns_out="n_codes"
)
