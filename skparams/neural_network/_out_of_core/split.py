"""The samples that early stopping sets aside of each block."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from sklearn.model_selection import train_test_split

from skparams._blocks import naming_block
from skparams.neural_network import Data, zero_weights_of_part
from skparams.neural_network._out_of_core.batches import BlockSource

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


def set_aside(mlp: BaseMLP, source: BlockSource, generator: np.random.RandomState) -> Data:
    """The share `validation_fraction` of the samples, in memory; the others are trained on.

    Each block gives about this share. Rounding carries over to the next block.
    """
    parts: list[Data] = []
    n_samples, n_aside, is_trained = 0, 0, False
    for number, (X, Y, weight) in source.read("when validation samples are set aside"):
        n_samples += len(Y)
        with naming_block(number):
            n_more = max(0, ceil(mlp.validation_fraction * n_samples) - n_aside)
            rows, aside = _split_rows(mlp, Y, min(n_more, len(Y) - 1), generator)
        n_aside += len(aside)
        source.rows[number] = rows
        parts.append((X[aside], Y[aside], None if weight is None else weight[aside]))
        is_trained |= weight is None or bool(weight[rows].any())
        del X, Y, weight
    held_out = _joined(parts)
    if n_aside < 2:
        raise ValueError(
            f"The validation set is too small: early stopping sets aside {n_aside} of "
            f"{n_samples} samples in {len(parts)} blocks. At least one of each block is trained "
            "on. Give larger blocks, or X_val and y_val, or set a larger validation_fraction."
        )
    has_weight = held_out[2] is None or held_out[2].any()
    for part, has_any in (("training", is_trained), ("validation", has_weight)):
        if not has_any:
            size = n_aside if part == "validation" else n_samples - n_aside
            raise zero_weights_of_part(part, size)
    return held_out


def _split_rows(
    mlp: BaseMLP, Y: np.ndarray, n_aside: int, generator: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Sorted rows to train on and to set aside, stratified where there are samples enough."""
    n_samples = len(Y)
    rows = np.arange(n_samples)
    if not n_aside:
        return rows, rows[:0]
    strata = mlp._strata(Y)
    if strata is not None:
        counts = np.unique(strata, return_counts=True)[1]
        if counts.min() < 2 or min(n_aside, n_samples - n_aside) < counts.size:
            strata = None
    parts = train_test_split(rows, random_state=generator, test_size=n_aside, stratify=strata)
    trained, aside = map(np.sort, parts)
    return trained, aside


def _joined(parts: list[Data]) -> Data:
    Xs, Ys, weights = zip(*parts, strict=True)
    X = sp.vstack(Xs, format="csr") if sp.issparse(Xs[0]) else np.concatenate(Xs)
    weight = None
    if any(each is not None for each in weights):
        pairs = zip(weights, Ys, strict=True)
        weight = np.concatenate([np.ones(len(Y)) if w is None else w for w, Y in pairs])
        weight = weight.astype(next(w.dtype for w in weights if w is not None))
    return X, np.concatenate(Ys), weight
