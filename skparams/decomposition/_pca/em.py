"""Moments of rows with missing values, by the EM algorithm."""

import warnings
from typing import NamedTuple, Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skparams._runtime import NO_TASKS, Tasks
from skparams.decomposition._pca.holes import expect, holes_of
from skparams.decomposition._pca.moments import Moments, moments_of
from skparams.decomposition._pca.rows import not_finite

# The change of the covariance by a step, over its largest entry, at which the iteration ends.
TOLERANCE = 1e-9
MAX_STEPS = 1000
MAX_ROUNDS = MAX_STEPS // 3  # of two steps and one from where they lead
# Minimum noise over the largest eigenvalue, so that a covariance can be inverted.
MIN_NOISE = 1e-12


def em_moments(
    X: np.ndarray, weight: np.ndarray | None, k: int, scaled: bool, tasks: Tasks = NO_TASKS
) -> Moments:
    """Expected moments of rows with NaN under a probabilistic PCA of k components, by EM.

    With k components or more for as many features, any covariance may be the model (Tipping and
    Bishop, 1999). The expected scatter includes the uncertainty of the missing values, so that
    variances are not too small, as they are with imputed means or projections.
    """
    if weight is not None:
        X, weight = X[weight > 0], weight[weight > 0]
    X = X.astype(np.float64)
    empty = np.flatnonzero(np.isnan(X).all(axis=0))
    if empty.size:
        raise ValueError(
            f"PCA: missing='em' needs a value of each feature, but feature {empty[0]} of "
            f"{X.shape[1]} has none."
        )
    first, unit = _observed(X, weight)
    if not np.isfinite(unit).all():
        raise not_finite(np.nan_to_num(X), "PCA")
    constant = unit == 0
    # Units matter only to the minimum noise if any covariance may be the model.
    plain = constant if scaled or k >= X.shape[1] else np.ones_like(constant)
    unit = np.where(plain, 1.0, unit)
    found = _maximum((X - first) / unit, weight, k, tasks)
    scatter = found.scatter * np.multiply.outer(unit, unit)
    scatter[constant] = scatter[:, constant] = 0.0  # which are known exactly
    return Moments(found.n, first, np.where(constant, 0.0, found.mean * unit), scatter)


def _maximum(rows: np.ndarray, weight: np.ndarray | None, k: int, tasks: Tasks) -> Moments:
    """Expected moments of the most likely model.

    Two steps of EM are extrapolated, unless the result is less likely (SQUAREM; Varadhan and
    Roland, 2008).
    """
    step = _Step(rows, weight, k)
    before = step.start()
    for _ in tasks.steps(MAX_ROUNDS, "em-round", None):
        one, _ = step(before)
        two, likelihood = step(one)
        if two.is_near(one):
            tasks.close(done=True)
            return two.moments
        three, its_likelihood = step(before.extrapolated(one, two, k))
        before = three if its_likelihood >= likelihood else two
    if not tasks.stopped:
        warnings.warn(
            f"PCA: the expected missing values still changed after {MAX_STEPS} steps. Fewer "
            "components, or leaving out features that are mostly missing, may help.",
            ConvergenceWarning,
            stacklevel=8,
        )
    return before.moments


class _Model(NamedTuple):
    """A normal model of k components and noise, and the moments that it was fitted to."""

    moments: Moments
    covariance: np.ndarray
    precision: np.ndarray
    log_det: float

    @classmethod
    def of(cls, moments: Moments, k: int) -> Self:
        values, vectors = np.linalg.eigh(moments.scatter / moments.n)
        min_noise = max(MIN_NOISE * values[-1], np.finfo(np.float64).tiny)
        rest = values[: max(0, len(values) - k)]
        values[: rest.size] = max(min_noise, rest.mean() if rest.size else 0.0)
        values = np.maximum(values, min_noise)
        covariance, precision = (vectors * values) @ vectors.T, (vectors / values) @ vectors.T
        return cls(moments, covariance, precision, float(np.log(values).sum()))

    def is_near(self, other: Self) -> bool:
        change = np.abs(self.covariance - other.covariance).max()
        return bool(change <= TOLERANCE * np.abs(self.covariance).max())

    def extrapolated(self, one: Self, two: Self, k: int) -> Self:
        """The model where the two steps that follow this one seem to lead."""
        first = one.moments.mean - self.moments.mean, one.covariance - self.covariance
        second = two.moments.mean - one.moments.mean, two.covariance - one.covariance
        turns = [b - a for a, b in zip(first, second, strict=True)]
        length, turn = (np.sqrt(sum((x**2).sum() for x in xs)) for xs in (first, turns))
        factor = max(1.0, length / turn) if turn > 0 else 1.0
        offset, covariance = (
            x + 2 * factor * a + factor**2 * b
            for x, a, b in zip((self.moments.mean, self.covariance), first, turns, strict=True)
        )
        n = self.moments.n
        return type(self).of(Moments(n, np.zeros_like(offset), offset, covariance * n), k)


class _Step:
    """A step of EM on some rows: a better model, and the log-likelihood of the one before."""

    def __init__(self, rows: np.ndarray, weight: np.ndarray | None, k: int) -> None:
        self.weight, self.k = weight, k
        self.missing = np.isnan(rows)
        self.rows = np.where(self.missing, 0.0, rows)
        self.holes = holes_of(self.missing, weight)

    def start(self) -> _Model:
        return _Model.of(moments_of(self.rows, self.weight), self.k)

    def __call__(self, model: _Model) -> tuple[_Model, float]:
        mean = model.moments.mean
        deviations = np.where(self.missing, 0.0, self.rows - mean)
        found = expect(deviations, self.holes, model.precision)
        moments = moments_of(found.filled, self.weight)
        scatter = moments.scatter + found.uncertain
        moments = Moments(moments.n, mean, moments.mean, scatter)
        twice = found.distances + found.log_dets + model.log_det
        likelihood = -0.5 * (twice.sum() if self.weight is None else self.weight @ twice)
        return _Model.of(moments, self.k), float(likelihood)


def _observed(X: np.ndarray, weight: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Means and deviations of the observed values; deviations of constants are exactly 0."""
    seen = ~np.isnan(X)
    start = X[seen.argmax(axis=0), np.arange(X.shape[1])]
    weights = seen * (1.0 if weight is None else weight[:, np.newaxis])
    weights /= weights.sum(axis=0)
    offset = np.nansum(weights * (X - start), axis=0)
    deviations = np.sqrt(np.nansum(weights * (X - start - offset) ** 2, axis=0))
    return start + offset, deviations
