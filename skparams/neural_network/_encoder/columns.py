"""Reads the columns of a table: of a frame of pandas or polars, or of an array.

Frames are recognized by their own methods, so that neither package is imported.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array

from skparams._compat import check_categorical_features
from skparams._lazy import refuse_lazy
from skparams.neural_network._encoder.categories import (
    Factorized,
    factorize_codes,
    factorize_numbers,
    factorize_objects,
)
from skparams.neural_network._encoder.values import (
    holds_categories,
    infinite,
    to_numbers,
    unsupported,
)

# Kinds of dtypes that are read as numbers where a column is not categorical.
NUMBERS = "biuf"


def read_table(X: Any, estimator: Any, *, has_categories: bool) -> "Table":
    """The table that X is, which has to be in memory; errors about its shape are scikit-learn's."""
    refuse_lazy(type(estimator).__name__, X=X)
    for is_kind, kind in ((_is_pandas, PandasTable), (_is_polars, PolarsTable)):
        if is_kind(X):
            if 0 in X.shape:
                check_array(np.empty(X.shape), estimator=estimator, input_name="X")  # raises
            return kind(X)
    # An array of a list would hold numbers as strings if the list has a string anywhere.
    dtype = object if has_categories and not hasattr(X, "dtype") else None
    array = check_array(
        X, dtype=dtype, ensure_all_finite=False, estimator=estimator, input_name="X"
    )
    if array.dtype.kind not in NUMBERS + "OUT":
        raise unsupported(f"dtype {array.dtype}")
    return ArrayTable(array)


def read_sparse(X: Any, estimator: Any) -> sp.csr_matrix:
    """A copy of sparse X as float64, with one number a place, all of them finite."""
    X = check_array(
        X, accept_sparse="csr", ensure_all_finite=False, estimator=estimator, input_name="X"
    )
    X = X.astype(np.float64)
    X.sum_duplicates()
    for place in np.flatnonzero(~np.isfinite(X.data))[:1]:
        label = f"column {X.indices[place]}"
        if np.isinf(X.data[place]):
            raise infinite(label)
        raise ValueError(
            f"Input X contains NaN, in {label}. Missing numbers are encoded only if X is dense: "
            "pass X.toarray()."
        )
    return X


def declared_categories(
    declared: Any, shape: tuple[int, ...], names: list[Any] | None = None
) -> np.ndarray:
    """The mask of the columns that a mask, indices or names declare as categorical."""
    columns = {} if names is None else {"columns": names}
    mask = check_categorical_features(SimpleNamespace(shape=shape, **columns), declared)
    if mask is None:
        return np.zeros(shape[1], dtype=bool)
    if mask.ndim != 1:
        raise ValueError(
            "categorical_features set as a boolean mask must have shape (n_features,), got: "
            f"{mask.shape}"
        )
    return mask.copy()


def _is_pandas(X: Any) -> bool:
    return hasattr(X, "iloc") and hasattr(X, "dtypes") and getattr(X, "ndim", None) == 2


def _is_polars(X: Any) -> bool:
    return hasattr(X, "get_columns") and hasattr(X, "schema")


class Table:
    """What the encoder asks of a table.

    Attributes
    ----------
    X : ndarray or dataframe
        What scikit-learn takes names and number of features from.
    names : list or None
        Names of the columns of a frame.
    """

    def __init__(self, X: Any, names: Sequence[Any] | None = None) -> None:
        self.X, self.shape = X, X.shape
        self.names = None if names is None else list(names)

    def label(self, j: int) -> str:
        """What errors call a column."""
        return f"column {j}" if self.names is None else f"column {self.names[j]!r}"

    def categorical_by_dtype(self) -> np.ndarray:
        """Which columns are categorical if the dtype decides: of an array none."""
        return np.zeros(self.shape[1], dtype=bool)

    def numbers(self, columns: np.ndarray) -> np.ndarray:
        """Columns as a matrix of real numbers, in which NaN is missing."""
        raise NotImplementedError

    def factorize(self, j: int) -> Factorized:
        """The distinct values of a column, and which of them each row has."""
        raise NotImplementedError

    def _gather(
        self, columns: np.ndarray, plain: np.ndarray, read: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Columns as numbers: the plain ones are read at once, others value by value."""
        if plain.all():
            return read(columns)
        numbers = np.empty((self.shape[0], len(columns)), order="F")
        if plain.any():
            numbers[:, plain] = read(columns[plain])
        for k in np.flatnonzero(~plain):
            j = int(columns[k])
            numbers[:, k] = to_numbers(self._objects(j), self.label(j))
        return numbers

    def _objects(self, j: int) -> list[Any]:
        """The values of a column as objects of Python."""
        raise NotImplementedError


class ArrayTable(Table):
    """A two-dimensional array of numbers, strings or objects."""

    def numbers(self, columns):
        plain = np.full(len(columns), self.X.dtype.kind in NUMBERS)
        return self._gather(columns, plain, self._read)

    def _read(self, columns):
        return self.X if len(columns) == self.shape[1] else self.X[:, columns]

    def factorize(self, j):
        if self.X.dtype.kind in NUMBERS:
            return factorize_numbers(self.X[:, j])
        return factorize_objects(self._objects(j), self.label(j))

    def _objects(self, j):
        return self.X[:, j].tolist()


class PandasTable(Table):
    """A frame of pandas, or of a package with its methods."""

    def __init__(self, X):
        super().__init__(X, X.columns)
        self._dtypes = list(X.dtypes)

    def categorical_by_dtype(self):
        return np.array([self._is_categorical(j) for j in range(self.shape[1])])

    def _is_categorical(self, j):
        dtype = self._dtypes[j]
        if dtype.kind in "iuf":
            return False
        if dtype.kind in "bUT" or dtype.name in ("category", "str", "string"):
            return True
        return holds_categories(self._objects(j), self.label(j))

    def numbers(self, columns):
        plain = np.array([self._dtypes[j].kind in NUMBERS for j in columns], dtype=bool)
        return self._gather(columns, plain, self._read)

    def _read(self, columns):
        X = self.X if len(columns) == self.shape[1] else self.X.iloc[:, columns]
        if all(isinstance(self._dtypes[j], np.dtype) for j in columns):
            return X.to_numpy(dtype=np.float64)
        return X.to_numpy(dtype=np.float64, na_value=np.nan)

    def factorize(self, j):
        dtype, column = self._dtypes[j], self.X.iloc[:, j]
        if dtype.name == "category":
            return factorize_codes(column.cat.codes.to_numpy(), column.cat.categories.tolist())
        if isinstance(dtype, np.dtype) and dtype.kind in NUMBERS:
            return factorize_numbers(column.to_numpy())
        return factorize_objects(self._objects(j), self.label(j))

    def _objects(self, j):
        dtype, column = self._dtypes[j], self.X.iloc[:, j]
        if dtype.kind in "Mmc":
            raise unsupported(f"dtype {dtype} in {self.label(j)}")
        return column.to_numpy(dtype=object).tolist()


class PolarsTable(Table):
    """A frame of polars."""

    def __init__(self, X):
        super().__init__(X, X.columns)
        self._columns = X.get_columns()

    def categorical_by_dtype(self):
        return np.array([self._is_categorical(j) for j in range(self.shape[1])])

    def _is_categorical(self, j):
        if self._columns[j].dtype.is_numeric():
            return False
        if self._kind(j) in ("Boolean", "String", "Categorical", "Enum"):
            return True
        return holds_categories(self._objects(j), self.label(j))

    def _kind(self, j):
        return self._columns[j].dtype.base_type().__name__

    def numbers(self, columns):
        plain = [
            self._columns[j].dtype.is_numeric() or self._kind(j) in ("Boolean", "Null")
            for j in columns
        ]
        return self._gather(columns, np.array(plain, dtype=bool), self._read)

    def _read(self, columns):
        numbers = np.empty((self.shape[0], len(columns)), order="F")
        for k, j in enumerate(columns):
            numbers[:, k] = self._columns[j].cast(float).to_numpy()
        return numbers

    def factorize(self, j):
        column = self._columns[j]
        if column.dtype.is_numeric() and not column.null_count():
            values = column.to_numpy()
            if values.dtype.kind in NUMBERS:
                return factorize_numbers(values)
        return factorize_objects(self._objects(j), self.label(j))

    def _objects(self, j):
        dtype = self._columns[j].dtype
        if dtype.is_temporal() or dtype.is_nested() or self._kind(j) == "Binary":
            raise unsupported(f"dtype {dtype} in {self.label(j)}")
        return self._columns[j].to_list()
