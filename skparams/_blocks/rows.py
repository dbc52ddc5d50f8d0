"""Blocks of rows of X, y and weights, whatever holds them."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_consistent_length

# X, y and weights of a block in memory; None for what was not given.
Block = tuple[Any, Any, Any]
# Work on a block: its number, rows, weights, and what is common to all blocks.
Work = Callable[[int, Any, Any, Any], Any]
Merge = Callable[[Any, Any], Any]


class Declared(NamedTuple):
    """What each block has to be: what X as a whole says of itself."""

    where: str
    n_features: int
    dtype: np.dtype

    def checked(self, number: int, X: Any, y: Any, weight: Any) -> Block:
        """The arrays of a block; TypeError or ValueError, which names it, if it is another."""
        with naming_block(number):
            X = X if sp.issparse(X) else np.asarray(X)
            if X.ndim != 2 or X.shape[1] != self.n_features:
                raise ValueError(
                    f"{self.where}: X has the shape {X.shape} here, but X as a whole has "
                    f"{self.n_features} features."
                )
            if X.dtype.kind not in "biuf":
                raise ValueError(
                    f"{self.where}: X must have numbers, but has the dtype {X.dtype}. Convert it "
                    "by X.astype."
                )
            if _is_single(X.dtype) != _is_single(self.dtype):
                raise ValueError(
                    f"{self.where}: X has the dtype {X.dtype} here, but X as a whole has "
                    f"{self.dtype}. Convert it by X.astype."
                )
            y, weight = (None if v is None else np.asarray(v) for v in (y, weight))
            check_consistent_length(X, y, weight)
        return X, y, weight


class RowBlocks(Sequence[Block]):
    """Rows in the order of their blocks, which are numbered from 0.

    Attributes
    ----------
    declared : Declared
        Number of features and dtype of X.
    feature_names : ndarray or None
        Names of the columns, of a frame whose names are all texts.
    """

    declared: Declared
    feature_names: np.ndarray | None = None

    @property
    def n_features(self) -> int:
        return self.declared.n_features

    @property
    def dtype(self) -> np.dtype:
        return self.declared.dtype

    @abstractmethod
    def reduce(self, work: Work, merge: Merge, common: Any = None) -> Any:
        """Merge what ``work(number, X, weight, common)`` returns for each block, where it is.

        It may return None, of rows that do not count. Results are merged as a binary tree of
        neighbors, which the number of blocks decides alone: the same blocks give the same bits. The
        result is None if all are.
        """


def _is_single(dtype: np.dtype) -> bool:
    return dtype == np.float32


@contextmanager
def naming_block(number: int) -> Iterator[None]:
    """Say in errors in which block they are."""
    try:
        yield
    except Exception as error:
        if getattr(error, "_names_block", False):
            raise
        is_text = len(error.args) == 1 and isinstance(error.args[0], str)
        if isinstance(error, TypeError | ValueError) and is_text:
            error.args = (f"block {number}: {error.args[0]}",)
        else:  # the arguments of others mean something to who catches them
            error.add_note(f"in block {number}")
        error._names_block = True  # type: ignore[attr-defined]
        raise


def merged(merge: Merge, a: Any, b: Any) -> Any:
    """Merge two results, of which either may be None."""
    if a is None or b is None:
        return b if a is None else a
    return merge(a, b)
