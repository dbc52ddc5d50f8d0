"""Blocks as training takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from skparams.neural_network import Data, check_weights, sample_weights

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


def as_block(block: Any) -> tuple[Any, Any, Any]:
    """X, y and weights of what the user gave as a block; TypeError if it is no tuple of them."""
    if not (isinstance(block, tuple | list) and len(block) in (2, 3)):
        what = f"a {type(block).__name__}"
        if isinstance(block, tuple | list):
            what += f" of {len(block)}"
        raise TypeError(f"a block must be a tuple (X, y) or (X, y, sample_weight), got {what}.")
    X, y, *weight = block
    return X, y, weight[0] if weight else None


def n_samples_of(X: Any) -> int:
    """Number of rows of what may be a list."""
    return X.shape[0] if hasattr(X, "shape") and X.shape else len(X)


class Kind(NamedTuple):
    """What all blocks have to be: what the first one with samples is."""

    number: int
    n_features: int
    dtype: np.dtype
    is_sparse: bool
    n_outputs: int

    def check(self, X: Any, Y: np.ndarray) -> None:
        """TypeError or ValueError if a block is another."""
        if X.shape[1] != self.n_features:
            raise ValueError(
                f"X has {X.shape[1]} features, but block {self.number} has {self.n_features}."
            )
        if X.dtype != self.dtype:
            raise TypeError(
                f"X has the dtype {X.dtype}, but block {self.number} has {self.dtype}. Convert one "
                "of them, or set the 'dtype' parameter of the estimator, to which all are "
                "converted."
            )
        if sp.issparse(X) != self.is_sparse:
            kinds = ("dense", "sparse")[:: -1 if self.is_sparse else 1]
            raise TypeError(
                f"X is {kinds[1]}, but that of block {self.number} is {kinds[0]}. Give blocks of "
                "one kind."
            )
        if Y.shape[1] != self.n_outputs:
            raise ValueError(
                f"y has {Y.shape[1]} outputs, but block {self.number} has {self.n_outputs}."
            )


@dataclass(frozen=True)
class Preparation:
    """Makes of each block what kernels take, in passes after the first one, which checked it.

    Blocks that are not those of the first pass are an error, but for NaN in X.
    """

    mlp: BaseMLP
    kind: Kind
    lengths: list[int]
    encode: Callable[[Any], np.ndarray]
    class_weights: list[np.ndarray] | None
    dtype: np.dtype

    def __call__(self, number: int, block: Any, when: str) -> Data | None:
        """The data of a block; None if it has no samples."""
        X, y, weight = as_block(block)
        n_samples = n_samples_of(X)
        expected = self.lengths[number] if number < len(self.lengths) else None
        if n_samples != expected:
            before = "there was no such block" if expected is None else f"it had {expected}"
            raise ValueError(
                f"{when}, it has {n_samples} samples, but {before} when the blocks were checked. "
                "Each pass must give the same blocks."
            )
        if not n_samples:
            return None
        names = list(getattr(self.mlp, "feature_names_in_", ()))
        if names and hasattr(X, "columns") and list(X.columns) != names:
            raise ValueError(
                f"{when}, it has other columns, or in another order, than when the blocks were "
                "checked. Each pass must give the same blocks."
            )
        if isinstance(X, np.memmap):  # read here, and in the order of the file
            X = np.array(X)
        dtypes = (np.float64, np.float32) if self.mlp.dtype is None else self.dtype
        with np.errstate(over="ignore"):
            X = check_array(
                X,
                accept_sparse=("csr", "csc"),
                dtype=dtypes,
                ensure_all_finite=False,
            )
        y = check_array(y, accept_sparse="csr", ensure_2d=False, dtype=None, input_name="y")
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y)
        check_consistent_length(X, y)
        Y = self.encode(y)
        self.kind.check(X, Y)
        weights = sample_weights(X, Y, weight, self.class_weights, self.dtype, may_be_zero=True)
        check_weights(self.mlp, weights)
        return X, Y, weights
