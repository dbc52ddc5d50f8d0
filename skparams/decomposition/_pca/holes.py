"""Rows with missing values under a normal model: expected values, what stays uncertain, density.

Given the precision matrix, what depends on which values are missing is solved once for each
pattern, in as many dimensions as values are missing.
"""

from typing import NamedTuple

import numpy as np

# Numbers of missing values that are solved together: others are filled up to the next of these.
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
# Numbers in the matrices of the rows that are solved at a time.
BATCH = 2**20


class Holes(NamedTuple):
    """Rows with about as many missing values, and their patterns."""

    rows: np.ndarray
    which: np.ndarray  # the pattern of each row
    features: np.ndarray  # the missing ones of each pattern, filled up by p, p + 1, …
    counts: np.ndarray  # sum of the weights of the rows with each pattern


class Expected(NamedTuple):
    """Deviations with expected values, and what these do not tell."""

    filled: np.ndarray
    uncertain: np.ndarray  # weighted sum of the covariances of missing values
    distances: np.ndarray  # squared Mahalanobis distances of the observed values
    log_dets: np.ndarray  # log-determinants of the precision of the missing values


def holes_of(missing: np.ndarray, weight: np.ndarray | None = None) -> list[Holes]:
    """Group rows with missing values by how many there are, and by their patterns."""
    n_missing, p = missing.sum(axis=1), missing.shape[1]
    widths = np.array([*(w for w in WIDTHS if w < p), p])
    width = widths[np.searchsorted(widths, n_missing)]
    found = []
    for w in np.unique(width[n_missing > 0]):
        rows = np.flatnonzero((width == w) & (n_missing > 0))
        patterns, which = np.unique(missing[rows], axis=0, return_inverse=True)
        which = which.ravel()  # NumPy 2.0 alone gives it another shape
        others = p - 1 + np.cumsum(~patterns, axis=1)
        features = np.sort(np.where(patterns, np.arange(p), others))[:, :w]
        order, step = np.argsort(which, kind="stable"), max(1, BATCH // w**2)
        for start in range(0, len(order), step):
            piece = order[start : start + step]
            first, last = which[piece[0]], which[piece[-1]] + 1
            of_rows = None if weight is None else weight[rows[piece]]
            counts = np.bincount(which[piece] - first, of_rows, last - first)
            found.append(Holes(rows[piece], which[piece] - first, features[first:last], counts))
    return found


def expect(deviations: np.ndarray, holes: list[Holes], precision: np.ndarray) -> Expected:
    """Fill deviations from the mean, which are 0 where values are missing."""
    n, p = deviations.shape
    width = max((each.features.shape[1] for each in holes), default=0)
    extended = np.eye(p + width)
    extended[:p, :p] = precision
    filled, slopes = np.zeros((n, p + width)), np.zeros((n, p + width))
    filled[:, :p] = deviations
    slopes[:, :p] = deviations @ precision
    distances, log_dets = np.einsum("ij,ij->i", deviations, slopes[:, :p]), np.zeros(n)
    uncertain = np.zeros((p + width) ** 2)
    for rows, which, features, counts in holes:
        blocks = extended[features[:, :, np.newaxis], features[:, np.newaxis]]
        inverse = np.linalg.inv(blocks)
        at = rows[:, np.newaxis], features[which]
        expected = -np.matmul(inverse[which], slopes[at][:, :, np.newaxis])[:, :, 0]
        filled[at] = expected
        distances[rows] += np.einsum("ij,ij->i", expected, slopes[at])
        log_dets[rows] = np.linalg.slogdet(blocks)[1][which]
        places = features[:, :, np.newaxis] * (p + width) + features[:, np.newaxis]
        inverse *= counts[:, np.newaxis, np.newaxis]
        uncertain += np.bincount(places.ravel(), inverse.ravel(), uncertain.size)
    uncertain = uncertain.reshape(p + width, -1)[:p, :p]
    return Expected(filled[:, :p], uncertain, distances, log_dets)
