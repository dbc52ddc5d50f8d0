"""PCA: derivatives of the scores, along changes that leave the components orthonormal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from skparams._identify.jacobian import Cause, Evidence, Jacobian, rows_of
from skparams._records import NotKnown, Projection
from skparams._report import plural


class ProjectionJacobian(Jacobian):
    """Turns of two components, turns of one to what is left out, and the mean.

    With the scores T of all directions, those kept and those left out, a turn of the components i
    and j adds a multiple of T_j to the scores of i and takes one of T_i from those of j. A turn of
    i to the direction m, which is left out, adds a multiple of T_m.
    """

    def __init__(self, form: Projection, X: Any, names: Sequence[str]) -> None:
        k, p = form.components.shape
        sizes = {"components_": k * p - k * (k + 1) // 2}
        if form.mean is not None:
            sizes["mean_"] = p
        if form.scale is not None:
            sizes["scale_"] = p
        if form.variances is not None:
            sizes["explained_variance_"] = k
        super().__init__(X, sizes, names)
        self.form, self.n_outputs = form, k
        self.pairs = np.array(list(combinations(range(k), 2)), dtype=int).reshape(-1, 2)
        self.units = np.ones(p) if form.scale is None else form.scale
        self.deviations = np.ones(k) if form.variances is None else np.sqrt(form.variances)
        # Rows minus the mean have the rounding errors of numbers as large as the rows.
        largest = np.abs(X).max(axis=0)
        largest = largest.toarray().ravel() if hasattr(largest, "toarray") else largest
        size = np.linalg.norm(largest / self.units) * np.sqrt(X.shape[0])
        self.magnitude = float(size / self.deviations.min(initial=np.inf)) if k else 0.0

    @cached_property
    def basis(self) -> np.ndarray:
        """The components and what completes them to an orthonormal basis."""
        return _basis(self.form.components)

    def outputs(self) -> np.ndarray:
        """The scores."""
        k, scaled = self.n_outputs, self.basis / self.units
        scores = self.X @ scaled[:k].T
        if self.form.mean is not None:
            scores = scores - scaled[:k] @ self.form.mean
        return scores / self.deviations

    def terms(self) -> float:
        """What the scores are differences of."""
        return self.magnitude

    def block(self, rows: slice) -> np.ndarray:
        """Derivatives of some rows' scores."""
        form, k, p = self.form, self.n_outputs, len(self.basis)
        X = rows_of(self.X, rows)
        X = (X if form.mean is None else X - form.mean) / self.units
        n, T = len(X), X @ self.basis.T
        J = np.zeros((n, k, self.n_columns))
        turns = np.arange(len(self.pairs))
        i, j = self.pairs.T
        J[:, i, turns] = T[:, j] / np.sqrt(2)
        J[:, j, turns] = -T[:, i] / np.sqrt(2)
        for c in range(k):
            start = len(turns) + c * (p - k)
            J[:, c, start : start + p - k] = T[:, k:]
        if form.mean is not None:
            J[:, :, self.spans["mean_"]] = -self.basis[:k] / self.units
        if form.scale is not None:
            J[:, :, self.spans["scale_"]] = -(X / self.units)[:, np.newaxis] * self.basis[:k]
        J /= self.deviations[:, np.newaxis]
        if form.variances is not None:
            found = J[:, :, self.spans["explained_variance_"]]
            diagonal = np.arange(k)
            found[:, diagonal, diagonal] = -T[:, :k] / (2 * self.deviations * form.variances)
        return J.reshape(n * k, -1)

    def causes(self, evidence: Evidence) -> Iterator[Cause]:
        """Yield the constraints, moves that no score sees, and turns to where no row varies."""
        k, p = self.n_outputs, len(self.basis)
        yield Cause("components_: rows of length 1, orthogonal", n=k * (k + 1) // 2)
        if self.form.mean is not None and p > k:
            vectors = np.zeros((p - k, self.n_columns))
            vectors[:, self.spans["mean_"]] = self.basis[k:] * self.units
            yield Cause("mean_: moves at right angles to all components", vectors=vectors)
        if p > k:
            starts = len(self.pairs) + np.arange(k) * (p - k)
            turns = evidence.triangle[:, starts[0] : starts[0] + p - k]
            triangle = np.linalg.qr(turns, mode="r")
            _, sizes, directions = np.linalg.svd(triangle)
            constant = directions[int((sizes > evidence.tolerance).sum()) :]
            if not 0 < k * len(constant) <= evidence.max_vectors:
                return
            vectors = np.zeros((k, len(constant), self.n_columns))
            for of_component, start in zip(vectors, starts, strict=True):
                of_component[:, start : start + p - k] = constant
            what = plural(len(constant), "direction")
            text = f"components_: turns to {what} in which no row varies"
            yield Cause(text, vectors=vectors.reshape(-1, self.n_columns))


def _basis(components: np.ndarray) -> np.ndarray:
    """The components and, below them, directions that complete them to an orthonormal basis."""
    k = len(components)
    if np.abs(components @ components.T - np.eye(k)).max(initial=0.0) > 1e-4:  # of float32
        raise NotKnown("components_ is not orthonormal")
    Q = np.linalg.qr(components.T, mode="complete")[0]
    return np.vstack([components, Q[:, k:].T])
