"""How odd rows are: the numbers of all tables of rows, from one projection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from skparams.decomposition._pca.blocks import over_blocks
from skparams.decomposition._pca.model import PCAModel

# What there is of each row, and along what it has columns. The last two write residuals over the
# deviations that the others need.
DIAGNOSTICS = {
    "coordinates": "components",
    "contributions": "components",
    "cos2": "components",
    "hotelling_t2": None,
    "hotelling_t2_contributions": "features",
    "spe": None,
    "spe_contributions": "features",
}

Fill = Callable[[np.ndarray, np.ndarray, np.ndarray], Any]


class Diagnostics(PCAModel):
    """What a fitted PCA computes of rows, in blocks and in float64."""

    def _diagnose(self, X: Any, kinds: Sequence[str], dtype: Any) -> list[np.ndarray]:
        """Return some of the diagnostics, in their order above, of rows that were checked."""
        if self.missing == "em" and not sp.issparse(X) and np.isnan(X).any():
            X = self._filled(X)
        width = {"components": self.components_.shape[:1], "features": X.shape[1:], None: ()}
        tables = [np.empty(X.shape[:1] + width[DIAGNOSTICS[kind]], dtype) for kind in kinds]
        fill = [getattr(self, f"_fill_{kind}")() for kind in kinds]
        axes = self.components_.T.astype(np.float64)
        inverse = 1.0 / self.scale_ if self.scale else None

        def diagnose(rows: slice, z: np.ndarray) -> None:
            if inverse is not None:
                z *= inverse
            scores = z @ axes
            for write, table in zip(fill, tables, strict=True):
                write(z, scores, table[rows])

        over_blocks(X, self.mean_, np.float64, diagnose)
        return tables

    # Each returns what writes a block's numbers: of deviations and scores, into the table's rows.

    def _fill_coordinates(self) -> Fill:
        def fill(z: np.ndarray, scores: np.ndarray, out: np.ndarray) -> None:
            out[:] = scores

        return fill

    def _fill_contributions(self) -> Fill:
        inverse = np.sqrt(self._inverse_variances() / (self._weight_sum - 1))

        def fill(z: np.ndarray, scores: np.ndarray, out: np.ndarray) -> None:
            unit = scores * inverse
            np.multiply(unit, unit, out=out, casting="same_kind")

        return fill

    def _fill_cos2(self) -> Fill:
        def fill(z: np.ndarray, scores: np.ndarray, out: np.ndarray) -> None:
            norms = np.einsum("ij,ij->i", z, z)
            norms[norms == 0] = 1.0  # the mean has scores of 0
            np.divide(scores**2, norms[:, np.newaxis], out=out, casting="same_kind")

        return fill

    def _fill_hotelling_t2(self) -> Fill:
        inverse = self._inverse_variances()

        def fill(z: np.ndarray, scores: np.ndarray, out: np.ndarray) -> None:
            out[:] = scores**2 @ inverse

        return fill

    def _fill_hotelling_t2_contributions(self) -> Fill:
        slopes = self._inverse_variances()[:, np.newaxis] * self.components_.astype(np.float64)
        return lambda z, scores, out: np.multiply(z, scores @ slopes, out=out, casting="same_kind")

    def _fill_spe(self) -> Fill:
        residuals = self._residuals()

        def fill(z: np.ndarray, scores: np.ndarray, out: np.ndarray) -> None:
            left = residuals(z, scores)
            out[:] = np.einsum("ij,ij->i", left, left)

        return fill

    def _fill_spe_contributions(self) -> Fill:
        residuals = self._residuals()

        def fill(z: np.ndarray, scores: np.ndarray, out: np.ndarray) -> None:
            left = residuals(z, scores)
            np.multiply(left, left, out=out, casting="same_kind")

        return fill

    def _residuals(self) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """Return what leaves of deviations, in place, what is not in the components."""
        rank, p = self._rank(), self.components_.shape[1]
        components = self.components_[:rank].astype(np.float64)

        def residuals(z: np.ndarray, scores: np.ndarray) -> np.ndarray:
            if rank == p:  # nothing is left, not even rounding errors
                z[:] = 0.0
            else:
                z -= scores[:, :rank] @ components
            return z

        return residuals

    def _rank(self) -> int:
        """Return how many components have a variance that is more than rounding error."""
        return int((self.explained_variance_ > self._least()).sum())

    def _least(self) -> float:
        """Return the rounding error of a variance."""
        eps, p = np.finfo(self.components_.dtype).eps, self.components_.shape[1]
        return float(eps * p * self.explained_variance_.max(initial=0.0))

    def _inverse_variances(self) -> np.ndarray:
        """Return the inverse of each component's variance, and 0 where it has none."""
        inverse = np.zeros(len(self.components_))
        rank = self._rank()
        inverse[:rank] = 1.0 / self.explained_variance_[:rank].astype(np.float64)
        return inverse
