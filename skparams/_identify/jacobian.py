"""What the derivatives of each form of predictions have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import helmert
from scipy.sparse import issparse

from skparams._report import clean, few

_MIN_VECTORS = 256


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the derivatives at all rows show of the columns of the Jacobian.

    ``triangle`` has the same singular values as the scaled Jacobian, and is zero where it is. They
    count above the tolerance, which is ``relative`` to the largest.
    """

    triangle: np.ndarray
    rank: int
    tolerance: float
    relative: float

    @property
    def max_vectors(self) -> int:
        """How many vectors may be made of a cause, so that they take little memory beside."""
        return max(len(self.triangle) // 4, _MIN_VECTORS)

    @property
    def zero(self) -> np.ndarray:
        """The columns that are zero: parameters that change no prediction."""
        return np.logical_not(self.triangle.any(axis=0))


@dataclass(frozen=True, slots=True)
class Cause:
    """Why directions are lost, and the directions.

    They are a mask of columns that are zero, vectors that the Jacobian maps to zero, or only their
    number, where no other cause has part in them.
    """

    text: str
    mask: np.ndarray | None = None
    vectors: np.ndarray | None = None
    n: int = 0


class Jacobian(ABC):
    """Derivatives of outputs in parameters, for some rows of X at a time.

    ``spans`` are the columns of each attribute's array, ``n_outputs`` the rows for each sample. The
    whole matrix has the block ``n_repeats`` times on its diagonal. Columns are to be multiplied by
    ``scales``, powers of two, so that the units of X do not matter. Entries are differences of
    numbers as large as ``magnitude`` says, as a norm of a column.
    """

    n_outputs = 1
    n_repeats = 1
    magnitude = 0.0

    def __init__(self, X: Any, sizes: Mapping[str, int], names: Sequence[str] = ()) -> None:
        self.X = X
        self.names = names
        self.spans: dict[str, slice] = {}
        self.n_columns = 0
        for name, size in sizes.items():
            self.spans[name] = slice(self.n_columns, self.n_columns + size)
            self.n_columns += size
        self.scales = np.ones(self.n_columns)

    @abstractmethod
    def outputs(self) -> np.ndarray:
        """The outputs for all rows, a column for each."""

    @abstractmethod
    def terms(self) -> float:
        """The size of the numbers that outputs are sums of, which have rounding errors."""

    @abstractmethod
    def block(self, rows: slice) -> np.ndarray:
        """The derivatives at some rows, of shape (rows * n_outputs, n_columns)."""

    @abstractmethod
    def causes(self, evidence: Evidence) -> Iterator[Cause]:
        """Yield why directions are lost, where that is certain."""

    def column_scales(self) -> np.ndarray:
        """The powers of two that bring the columns of X to a size of about 1."""
        if issparse(self.X):
            largest = np.abs(self.X).max(axis=0).toarray().ravel()
        else:
            largest = np.abs(self.X).max(axis=0, initial=0.0)
        return np.ldexp(1.0, np.where(largest > 0, -np.frexp(largest)[1], 0))

    def is_zero(self) -> np.ndarray:
        """The columns of X that are zero in all rows."""
        used = (self.X != 0).sum(axis=0)
        return np.asarray(used).ravel() == 0

    def of_columns(self, indices: Any, limit: int = 3) -> str:
        """The names of columns of X: "column 3", "columns 'age', 'height'"."""
        names = [clean(repr(self.names[i])) if len(self.names) else str(i) for i in indices]
        return f"column{'s' * (len(names) > 1)} {few(names, limit)}"


def rows_of(X: Any, rows: slice) -> np.ndarray:
    """Some rows as a dense array."""
    return X[rows].toarray() if issparse(X) else X[rows]


def contrasts(n_outputs: int, *, shifts: bool) -> np.ndarray:
    """The matrix from outputs to what is predicted: orthonormal contrasts if a shift is lost."""
    return helmert(n_outputs) if shifts else np.eye(n_outputs)
