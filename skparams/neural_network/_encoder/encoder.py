"""Makes a matrix of float32 of a table: what a network takes in place of a frame."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skparams._compat import (
    Interval,
    StrOptions,
    check_feature_names_in,
    fit_context,
)
from skparams._runtime import unchanged_on_error, validate_data
from skparams.neural_network._encoder import categories as _categories, numbers as _numbers
from skparams.neural_network._encoder.columns import (
    Table,
    declared_categories,
    read_sparse,
    read_table,
)


class InputCounts(NamedTuple):
    """How many inputs a network has for a table, by kind."""

    n_numbers: int
    n_indicators: int
    category_sizes: tuple[int, ...]  # inputs for each categorical column

    @property
    def total(self) -> int:
        """All inputs."""
        return self.n_numbers + self.n_indicators + sum(self.category_sizes)


class TableEncoder(TransformerMixin, BaseEstimator):
    """Encode a table as a matrix of float32 for a network.

    The columns of the result are, in this order:

    - one for each number: minus the median, divided by the interquartile range (by half the range
      where that is 0), then x / sqrt(1 + (x / 3)²), which keeps outliers within ±3. Missing numbers
      become 0, as the median does. A constant column becomes 0.
    - one for each column of numbers that has missing ones in ``fit``: +1 if missing, else -1.
    - those of each categorical column: one for each category, 1 in rows that have it, else 0; for
      two categories a single one, +1 for the second and -1 for the first. Missing values, and those
      that ``fit`` did not see, are 0 in all of them. If there is only one category, it has a column
      where values are missing in ``fit``, and none otherwise, as it says nothing.

    Categories are sorted. They are the same if they are equal in Python, whatever container they
    come in: ``3``, ``3.0`` and ``np.int8(3)`` are, and so are ``True`` and ``1``, but not ``"3"``.

    Of sparse X all columns are numbers, and in ``fit`` the median is taken as 0, so that zeros stay
    zeros and the result is sparse. An encoder that is fitted to dense X takes sparse X too.

    Parameters
    ----------
    categorical_features : array-like of {bool, int, str} or "from_dtype" or None, \
default="from_dtype"
        Which columns are categorical: a mask, indices, or names of columns. With ``"from_dtype"``
        those of a dataframe that are strings, booleans or of a categorical dtype, and none of an
        array. With None there are none.
    max_categories : int, default=255
        A categorical column with more categories than this is an error in ``fit``.

    Attributes
    ----------
    is_categorical_ : ndarray of shape (n_features,)
        Which columns are categorical.
    medians_ : ndarray of shape (n_numbers,)
        Median of each column of numbers; 0 for sparse X.
    scales_ : ndarray of shape (n_numbers,)
        What numbers are divided by; 0 for constant columns, and where all numbers are missing.
    has_missing_ : ndarray of shape (n_numbers,)
        Which columns of numbers have missing ones, and so an indicator.
    categories_ : list of ndarray
        Sorted categories of each categorical column: strings, booleans, int64, uint64 or float64.
        Strings that would take more than 1 MiB at one width are objects. No category where it
        would have no column.
    n_inputs_ : int
        Number of columns of the result.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns of X, if all of them are strings.

    Examples
    --------
    >>> from skparams.neural_network._encoder.encoder import TableEncoder
    >>> X = [[1.0, "a"], [2.0, "b"], [4.0, "a"], [None, None]]
    >>> encoder = TableEncoder(categorical_features=[1]).fit(X)
    >>> encoder.get_feature_names_out().tolist()
    ['x0', 'x0_missing', 'x1_b']
    >>> encoder.transform(X).round(2)
    array([[-0.65, -1.  , -1.  ],
           [ 0.  , -1.  ,  1.  ],
           [ 1.22, -1.  , -1.  ],
           [ 0.  ,  1.  ,  0.  ]], dtype=float32)
    """

    _parameter_constraints: dict = {
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "max_categories": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, categorical_features="from_dtype", max_categories=255):
        self.categorical_features = categorical_features
        self.max_categories = max_categories

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Find categories, medians and scales.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The table.
        y : None
            Ignored.

        Returns
        -------
        self : TableEncoder
            The fitted encoder.
        """
        with unchanged_on_error(self):
            if sp.issparse(X):
                return self._fit_sparse(X)
            table = self._read(X, self, reset=True)
            self.is_categorical_, self.categories_ = self._find_categories(table)
            columns = np.flatnonzero(~self.is_categorical_)
            self.medians_, self.scales_, self.has_missing_ = _numbers.find_scales(
                table.numbers(columns), lambda k: table.label(int(columns[k]))
            )
        return self

    def _fit_sparse(self, X):
        X = self._read_sparse(X, self, reset=True)
        self.is_categorical_, self.categories_ = self._no_categories(X), []
        self.scales_ = _numbers.find_sparse_scales(X)
        self.medians_ = np.zeros_like(self.scales_)
        self.has_missing_ = np.zeros(X.shape[1], dtype=bool)
        return self

    def transform(self, X):
        """Encode a table.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The table, with the columns of ``fit``.

        Returns
        -------
        encoded : ndarray or CSR matrix of shape (n_samples, n_inputs_), float32
            The inputs of a network; sparse if X is, and if the encoding of zeros is zeros.
        """
        check_is_fitted(self)
        return self.encode(X, self)

    def encode(self, X, estimator):
        """Encode a table as ``transform`` does, for an estimator that this is a part of.

        Errors and warnings about names and number of columns are about the estimator.
        """
        if sp.issparse(X):
            X = self._read_sparse(X, estimator, reset=False)
            if not (self.is_categorical_.any() or self.has_missing_.any() or self.medians_.any()):
                return _numbers.encode_sparse(X, self.scales_)
            X = X.toarray()
        table = self._read(X, estimator, reset=False)
        encoded = np.zeros((table.shape[0], self.n_inputs_), dtype=np.float32)
        columns = np.flatnonzero(~self.is_categorical_)
        _numbers.encode(
            table.numbers(columns),
            self.medians_,
            self.scales_,
            self.has_missing_,
            encoded,
            lambda k: table.label(int(columns[k])),
        )
        start = len(columns) + np.count_nonzero(self.has_missing_)
        for j, categories in zip(
            np.flatnonzero(self.is_categorical_).tolist(), self.categories_, strict=True
        ):
            stop = start + _categories.n_columns(categories)
            out = encoded[:, start:stop]
            _categories.encode(table.factorize(j), categories, out, table.label(j))
            start = stop
        return encoded

    def count_inputs(self, X):
        """Count the inputs that a network has for a table, without fitting the encoder to it.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        counts : InputCounts
            Number of columns for numbers, for indicators of missing ones, and for each
            categorical column; ``counts.total`` is what ``n_inputs_`` is after ``fit``.
        """
        if sp.issparse(X):
            self._no_categories(X)
            return InputCounts(X.shape[1], 0, ())
        table = read_table(X, self, has_categories=self._declares_categories())
        is_categorical, categories = self._find_categories(table)
        numbers = table.numbers(np.flatnonzero(~is_categorical))
        n_indicators = np.count_nonzero(_numbers.any_missing(numbers))
        sizes = tuple(map(_categories.n_columns, categories))
        return InputCounts(numbers.shape[1], int(n_indicators), sizes)

    @property
    def n_inputs_(self):
        """Number of columns of the result."""
        n_numbers = len(self.medians_) + np.count_nonzero(self.has_missing_)
        return int(n_numbers + sum(map(_categories.n_columns, self.categories_)))

    def get_feature_names_out(self, input_features=None):
        """Names of the columns of the result: "age", "age_missing", "sex_male", "port_C".

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of X; by default those in ``fit``, or x0, x1 and so on.

        Returns
        -------
        names : ndarray of str objects
            One name a column. Where a name is taken already, the later one ends with ``_``.
        """
        check_is_fitted(self)
        features = check_feature_names_in(self, input_features)
        numbers = features[~self.is_categorical_]
        names = [*numbers, *(f"{name}_missing" for name in numbers[self.has_missing_])]
        columns = zip(features[self.is_categorical_], self.categories_, strict=True)
        for name, categories in columns:
            names += _categories.names(name, categories)
        return np.array(_distinct(names), dtype=object)

    def _read(self, X: Any, estimator: Any, *, reset: bool) -> Table:
        """The table that X is, of which scikit-learn checks names and number of columns."""
        has_categories = self._declares_categories() if reset else any(self.is_categorical_)
        table = read_table(X, estimator, has_categories=has_categories)
        validate_data(estimator, table.X, skip_check_array=True, reset=reset)
        return table

    def _read_sparse(self, X: Any, estimator: Any, *, reset: bool) -> sp.csr_matrix:
        """A copy of sparse X in canonical form, checked as `_read` checks others."""
        X = read_sparse(X, estimator)
        validate_data(estimator, X, skip_check_array=True, reset=reset)
        return X

    def _declares_categories(self) -> bool:
        declared = self.categorical_features
        return not (declared is None or isinstance(declared, str))

    def _no_categories(self, X: Any) -> np.ndarray:
        """The mask of the categorical columns of sparse X, which must have none."""
        is_categorical = np.zeros(X.shape[1], dtype=bool)
        if self._declares_categories():
            is_categorical = declared_categories(self.categorical_features, X.shape)
        if is_categorical.any():
            raise ValueError(
                f"categorical_features={self.categorical_features!r} lists columns of X, which is "
                "sparse, but columns of sparse X are numbers. Pass X.toarray(), or None."
            )
        return is_categorical

    def _find_categories(self, table: Table) -> tuple[np.ndarray, list[np.ndarray]]:
        """Which columns are categorical, and the categories of each."""
        if self._declares_categories():
            is_categorical = declared_categories(
                self.categorical_features, table.shape, table.names
            )
        elif self.categorical_features is None:
            is_categorical = np.zeros(table.shape[1], dtype=bool)
        else:
            is_categorical = table.categorical_by_dtype()
        return is_categorical, [
            _categories.find_categories(table.factorize(j), self.max_categories, table.label(j))
            for j in np.flatnonzero(is_categorical).tolist()
        ]

    def __skparams__(self):
        from skparams.neural_network._encoder.spec import encoder_spec

        return encoder_spec(TableEncoder)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _distinct(names: list[str]) -> list[str]:
    """Names of which no two are equal: underscores are appended to those that are taken."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        while name in taken:
            name += "_"
        taken.add(name)
        distinct.append(name)
    return distinct
