"""Cross-validated errors of each number of components, by leaving out rows and features."""

from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from skparams._runtime import NO_TASKS, Progress, Tasks
from skparams.decomposition._pca.moments import EPS, Moments, moments_of
from skparams.decomposition._pca.solvers import Spectrum, from_moments, from_rows, units

# Groups of rows that are left out in turn.
N_FOLDS = 10
# Seconds after which a bar is shown.
PROGRESS_AFTER = 2.0
# Share of a feature outside the components below which the other features do not determine it.
MIN_OUTSIDE = 1e-8


class _Fold(NamedTuple):
    """Products of rows that are left out, about the mean and in the units of the others."""

    squares: np.ndarray  # sum of the squares of each feature
    with_scores: np.ndarray  # sums of the products of features and scores
    of_scores: np.ndarray


def cross_validated_errors(
    X: Any, weight: np.ndarray | None, scaled: bool, name: str, tasks: Tasks = NO_TASKS
) -> np.ndarray:
    """Mean squared error of a value's prediction by 0, 1, … components.

    Components are those of nine tenths of the rows. Each value of the other rows is predicted by
    least squares from the other features of its row (Bro, Kjeldahl, Smilde and Kiers, 2008; the
    "eigenvector" method), which takes no fit of its own: it is the residual over the share of the
    feature outside the components.
    """
    X = X.toarray() if sp.issparse(X) and X.shape[0] < X.shape[1] else X
    rows = np.arange(X.shape[0]) if weight is None else np.flatnonzero(weight)
    if len(rows) < 3:
        raise ValueError(
            f"{name}: n_components='cv' needs at least 3 rows with a weight, got {len(rows)}."
        )
    n_folds = min(N_FOLDS, len(rows))
    folds = [rows[i::n_folds] for i in range(n_folds)]
    wide = len(rows) < X.shape[1]
    # without the rows' own moments where the smaller side are the rows
    parts = [] if wide else [_moments(X, weight, fold) for fold in folds]
    bar, errors = Progress(f"{name}: cross-validation", n_folds, after=PROGRESS_AFTER), []
    for i, fold in enumerate(folds):
        with tasks.task("fold"):
            if wide:
                others = np.concatenate(folds[:i] + folds[i + 1 :])
                spectrum = _of_rows(X, weight, scaled, others, name)
                left_out = _products_of_rows(X, weight, fold, spectrum)
            else:
                moments = reduce(Moments.merged, parts[:i] + parts[i + 1 :])
                size = min(len(rows) - len(fold), X.shape[1])
                spectrum = from_moments(moments, scaled, size, size)
                left_out = _products_of_moments(parts[i], spectrum)
            errors.append(_errors(left_out, spectrum))
        bar(1)
    n_errors = min(map(len, errors))
    total = float(len(rows) if weight is None else weight.sum())
    return np.sum([each[:n_errors] for each in errors], axis=0) / (total * X.shape[1])


def _moments(X: Any, weight: np.ndarray | None, rows: np.ndarray) -> Moments:
    return moments_of(X[rows], None if weight is None else weight[rows], np.float64)


def _of_rows(
    X: Any, weight: np.ndarray | None, scaled: bool, rows: np.ndarray, name: str
) -> Spectrum:
    size = min(len(rows), X.shape[1])
    return from_rows(X[rows], None if weight is None else weight[rows], scaled, size, name)


def _kept(spectrum: Spectrum) -> np.ndarray:
    """Components with a variance, as columns; one fewer than there are features."""
    p = len(spectrum.mean)
    rank = int((spectrum.values > spectrum.eps * p * spectrum.values[0]).sum())
    return spectrum.vectors[: min(rank, p - 1)].T


def _unit(spectrum: Spectrum) -> np.ndarray:
    return units(spectrum.deviations) if spectrum.scaled else np.ones(len(spectrum.mean))


def _products_of_rows(
    X: Any, weight: np.ndarray | None, rows: np.ndarray, spectrum: Spectrum
) -> _Fold:
    z = (X[rows].astype(np.float64) - spectrum.mean) / _unit(spectrum)
    if weight is not None:
        z *= np.sqrt(weight[rows])[:, np.newaxis]
    scores = z @ _kept(spectrum)
    return _Fold((z**2).sum(axis=0), z.T @ scores, scores.T @ scores)


def _products_of_moments(moments: Moments, spectrum: Spectrum) -> _Fold:
    unit, axes = _unit(spectrum), _kept(spectrum)
    off = moments.mean - spectrum.mean
    scatter = moments.scatter + moments.n * np.multiply.outer(off, off)
    scatter /= np.multiply.outer(unit, unit)
    with_scores = scatter @ axes
    return _Fold(scatter.diagonal(), with_scores, axes.T @ with_scores)


def _errors(fold: _Fold, spectrum: Spectrum) -> np.ndarray:
    """Sum of the squared errors of left-out values, by 0, 1, … components."""
    axes = _kept(spectrum)
    # residuals of each feature: squares, less twice the fitted part, plus its square
    fitted = axes**2 * fold.of_scores.diagonal() + 2 * axes * (axes @ np.triu(fold.of_scores, 1))
    change = np.cumsum(fitted - 2 * axes * fold.with_scores, axis=1)
    squares = fold.squares[:, np.newaxis]
    residuals = np.maximum(squares + change, EPS * len(axes) * squares)
    outside = 1 - np.cumsum(axes**2, axis=1)
    determined = outside > MIN_OUTSIDE  # else by its mean, as nothing else tells of it
    errors = np.where(determined, residuals / np.maximum(outside, MIN_OUTSIDE) ** 2, squares)
    return np.append(fold.squares.sum(), errors.sum(axis=0))


def best_number(errors: np.ndarray) -> int:
    """Number of components with the smallest error, at least one."""
    return 1 + int(np.argmin(errors[1:])) if len(errors) > 1 else 1
