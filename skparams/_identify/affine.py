"""Linear models: the derivatives are X itself, for each output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skparams._identify.jacobian import Cause, Evidence, Jacobian, rows_of
from skparams._records import Affine

_NEARLY = 1e-10  # by which a cosine may differ from 1, before the residual decides


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
        """Yield shifts of all classes, columns that are zero, constant or proportional."""
        if self.form.shifts:
            text = "the same change of all classes changes no probability"
            yield Cause(text, n_left_out=self.n_columns)
        zero = evidence.zero
        if zero.any():
            yield Cause(f"{self.of_columns(np.flatnonzero(zero))} of X: 0 in all rows", mask=zero)
        for first, others in proportional(evidence).items():
            vectors = np.zeros((len(others), self.n_columns))
            for vector, (i, ratio) in zip(vectors, others.items(), strict=True):
                vector[[i, first]] = self.scales[i], -ratio * self.scales[first]
            if first == self.n_features:  # the intercept
                yield Cause(f"{self.of_columns(others)} of X: the same in all rows", None, vectors)
            else:
                where = self.of_columns([first, *others])
                yield Cause(f"{where} of X: proportional", None, vectors)


def proportional(evidence: Evidence) -> dict[int, dict[int, float]]:
    """Columns that are multiples of another one, with the ratio, by that one.

    The last column, that of the intercept where there is one, is looked at first.
    """
    R, found = evidence.triangle, {}
    norms = np.linalg.norm(R, axis=0)
    left = norms > 0
    with np.errstate(invalid="ignore"):
        Q = np.where(left, R / norms, 0)
    cosines = Q.T @ Q
    for i in (R.shape[1] - 1, *range(R.shape[1] - 1)):
        left[i] = False
        near = np.flatnonzero(left & (np.abs(cosines[i]) > 1 - _NEARLY))
        residuals = np.linalg.norm(Q[:, near] - Q[:, [i]] * cosines[i, near], axis=0)
        alike = near[residuals <= evidence.rounding]
        if norms[i] and len(alike):
            found[i] = {int(j): cosines[i, j] * norms[j] / norms[i] for j in alike}
            left[alike] = False
    return found
