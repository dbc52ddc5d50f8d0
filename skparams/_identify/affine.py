"""Linear models: the derivatives are X itself, for each output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy.linalg import qr, solve_triangular

from skparams._identify.jacobian import Cause, Evidence, Jacobian, rows_of
from skparams._records import Affine

_NEARLY = 1e-10  # by which a cosine may differ from 1, before the residual decides
_AT_ONCE = 256  # columns that are compared with all others
_MAX_SETS, _MAX_COLUMNS = 20, 12  # of dependent columns that are named
_FIRST = 10.0  # the weight of a column before those of weight 1
_NOT_USED = 1e-6  # a coefficient that rounding makes of zero


class AffineJacobian(Jacobian):
    """The columns of X, and one of ones for an intercept that was learned.

    The predictions of each output depend on parameters of its own, with a softmax on differences
    of them, so that one block tells the rank of all.
    """

    def __init__(self, form: Affine, X: Any, names: Sequence[str], *, has_intercept: bool) -> None:
        self.n_features, n_outputs = form.coefs.shape
        sizes = {"coef_": self.n_features} | ({"intercept_": 1} if has_intercept else {})
        super().__init__(X, sizes, names)
        self.form = form
        self.n_repeats = n_outputs - form.shifts
        self.scales[: self.n_features] = self.column_scales()

    def outputs(self) -> np.ndarray:
        """What a linear model computes."""
        return self.X @ self.form.coefs + self.form.intercepts

    def terms(self) -> float:
        """The largest sum of absolute values in an output."""
        return float((abs(self.X) @ np.abs(self.form.coefs)).max(initial=0.0))

    def block(self, rows: slice) -> np.ndarray:
        """Rows of X, and ones."""
        X = rows_of(self.X, rows)
        return np.hstack([X, np.ones((len(X), self.n_columns - self.n_features))])

    def causes(self, evidence: Evidence) -> Iterator[Cause]:
        """Yield shifts of all classes, and columns that are zero, constant or dependent."""
        if self.form.shifts:
            text = "the same change of all classes changes no probability"
            yield Cause(text, n=self.n_columns)
        zero = evidence.zero
        if zero.any():
            yield Cause(f"{self.of_columns(np.flatnonzero(zero))} of X: 0 in all rows", zero)
        others = ~zero
        for first, alike in proportional(evidence).items():
            others[alike] = False
            n = len(alike) * self.n_repeats
            if first == self.n_features:  # the intercept
                yield Cause(f"{self.of_columns(alike)} of X: the same in all rows", n=n)
            else:
                yield Cause(f"{self.of_columns([first, *alike])} of X: proportional", n=n)
        kept = np.flatnonzero(others)
        # The intercept is part of a sum that is constant, and of no other.
        weights = np.where(kept == self.n_features, _FIRST, 1.0)
        for support in dependent(evidence, kept, weights):
            yield Cause(f"{self._shown(support)}: linearly dependent", n=self.n_repeats)

    def _shown(self, support: list[int]) -> str:
        features = [i for i in support if i < self.n_features]
        text = f"{self.of_columns(features, _MAX_COLUMNS)} of X"
        return text + " and the intercept" * (self.n_features in support)


def dependent(evidence: Evidence, kept: np.ndarray, weights: np.ndarray) -> Iterator[list[int]]:
    """Yield sets of columns of which each is a linear combination of the others.

    Columns with more weight are preferred as the ones that others are combinations of. There are no
    sets if they would be too many or too large to tell anything.
    """
    n = len(kept) - evidence.rank
    if not 0 < n <= _MAX_SETS:
        return
    columns = evidence.triangle[:, kept]
    columns = columns * (weights / np.linalg.norm(columns, axis=0))
    R, pivots = qr(columns, mode="r", pivoting=True)
    coefs = solve_triangular(R[: len(kept) - n, : len(kept) - n], R[: len(kept) - n, -n:])
    for last, column in zip(pivots[-n:], coefs.T, strict=True):
        used = np.abs(column) > _NOT_USED * np.abs(column).max(initial=0.0)
        support = sorted(kept[[last, *pivots[:-n][used]]].tolist())
        if len(support) <= _MAX_COLUMNS:
            yield support


def proportional(evidence: Evidence) -> dict[int, list[int]]:
    """Columns that are multiples of another one, by that one.

    The last column, that of the intercept where there is one, is looked at first.
    """
    R = evidence.triangle
    norms = np.linalg.norm(R, axis=0)
    Q = np.divide(R, norms, out=np.zeros_like(R), where=norms > 0)
    n_columns, left = R.shape[1], norms > 0
    found: dict[int, list[int]] = {}
    order = np.roll(np.arange(n_columns), 1)
    for start in range(0, n_columns, _AT_ONCE):
        firsts = order[start : start + _AT_ONCE]
        cosines = Q[:, firsts].T @ Q
        for i, of_column in zip(firsts.tolist(), cosines, strict=True):
            if not left[i]:
                continue
            left[i] = False
            near = np.flatnonzero(left & (np.abs(of_column) > 1 - _NEARLY))
            residuals = np.linalg.norm(Q[:, near] - Q[:, [i]] * of_column[near], axis=0)
            alike = near[residuals <= evidence.relative]
            if len(alike):
                found[i] = alike.tolist()
                left[alike] = False
    return found
