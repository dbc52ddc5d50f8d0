"""Eigenvalues and components, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spectrum:
    """The largest eigenvalues of the covariance or of the correlations, and their components.

    The truncated solver 'randomized' returns scores beside the components, and only once it has
    converged are they the projections on them.
    """

    values: np.ndarray  # falling
    vectors: np.ndarray  # one component a row, with scikit-learn's signs
    total: float  # sum of all eigenvalues
    deviations: np.ndarray  # of the features, before scaling
    n: float  # sum of the weights
    mean: np.ndarray
    scaled: bool  # whether the eigenvalues are those of the correlations
    max_components: int  # how many eigenvalues there are
    squares: float = np.nan  # sum of the squares of all eigenvalues
    scores: np.ndarray | None = None

    @property
    def ratios(self) -> np.ndarray:
        return explained_ratios(self.values, self.total)

    @property
    def seen_deviations(self) -> np.ndarray:
        """Standard deviations of the features after scaling."""
        return (self.deviations > 0).astype(np.float64) if self.scaled else self.deviations

    @property
    def is_complete(self) -> bool:
        return len(self.values) >= self.max_components

    def noise(self, k: int) -> float:
        """Mean of the eigenvalues after the k-th."""
        if k >= self.max_components:
            return 0.0
        rest = self.values[k : self.max_components].sum() if self.is_complete else -1.0
        if rest < 0:
            rest = max(0.0, self.total - self.values[:k].sum())
        return float(rest / (self.max_components - k))

    def power_sums(self, k: int) -> tuple[float, float, float]:
        """Sums of powers 1 to 3 of the eigenvalues after the k-th, NaN where unknown."""
        if self.is_complete:
            rest = self.values[k : self.max_components]
            return float(rest.sum()), float((rest**2).sum()), float((rest**3).sum())
        n_left = self.max_components - k
        first = self.noise(k) * n_left
        # The difference may have lost all digits, but lies between the sum of squares of equal
        # eigenvalues and that of a single one.
        second = self.squares - float((self.values[:k] ** 2).sum())
        return first, float(np.clip(second, first**2 / n_left, first**2)), np.nan


def units(deviations: np.ndarray) -> np.ndarray:
    """Divisors that scale the features; constant features are divided by 1."""
    return np.where(deviations > 0, deviations, 1.0)


def explained_ratios(variances: np.ndarray, total: float) -> np.ndarray:
    """Explained-variance ratios; all zero if the total variance is zero."""
    return variances / total if total > 0 else np.zeros_like(variances)
