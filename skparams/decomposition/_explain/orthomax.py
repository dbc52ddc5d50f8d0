"""Rotations to simple structure: Kaiser's planar sweeps from several starts, and promax."""

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skparams.decomposition._explain.diagnostics import quotient

# Weight of the columns' means in the criterion that each method maximizes; promax starts from
# varimax.
METHODS = {"varimax": 1.0, "quartimax": 0.0, "promax": 1.0}
# The criterion has local maxima: the best of this many starts is taken, of fewer if a sweep of all
# has more products than this. The random ones have this seed.
MAX_STARTS, MIN_STARTS, MAX_PRODUCTS, SEED = 30, 2, 2**18, 0
# Sweeps without a gain above rounding, relative to the largest possible criterion, that end a
# rotation. The criterion is flat at a maximum: the first leaves half of the digits.
SETTLED, ROUNDING = 3, 1e-13
# With many components the last digits take long: gains from the second on are worth a warning.
MAX_SWEEPS, MAX_GAIN = 200, 1e-7
# Share of a plane's fourth powers below which no angle in it is better than others.
FLAT = 1e-13
# A gain by which another start is better than that without a rotation.
BETTER = 1e-9
# The power of the loadings that promax fits.
POWER = 4


def rotation_of(loadings: np.ndarray, method: str) -> np.ndarray:
    """The matrix that loadings are multiplied by, for rows of a communality of 1 (Kaiser, 1958)."""
    rows = quotient(loadings, np.sqrt((loadings**2).sum(axis=1, keepdims=True)))
    rotation = _orthomax(rows, METHODS[method], method)
    return _promax(loadings @ rotation, rotation) if method == "promax" else rotation


def criterion_of(rows: np.ndarray, weight: float) -> np.ndarray:
    """The orthomax criterion of one or several tables of loadings."""
    squares = rows**2
    means = squares.sum(axis=-2) ** 2 / max(1, rows.shape[-2])
    return ((squares**2).sum(axis=-2) - weight * means).sum(axis=-1)


def _orthomax(rows: np.ndarray, weight: float, method: str) -> np.ndarray:
    """The orthogonal matrix of the largest criterion, by planar sweeps of all starts at once."""
    p, k = rows.shape
    if k < 2:
        return np.eye(k)
    n_starts = min(MAX_STARTS, max(MIN_STARTS, MAX_PRODUCTS // (p * k**2)))
    rotations = np.random.RandomState(SEED).standard_normal((n_starts, k, k))
    rotations = np.linalg.qr(rotations)[0]
    rotations[0] = np.eye(k)
    rotations = rotations.transpose(0, 2, 1).copy()  # columns are contiguous
    turned = rotations @ rows.T
    gain, rounds, settled, found = (
        np.inf,
        list(_rounds(k)),
        0,
        criterion_of(turned.transpose(0, 2, 1), weight),
    )
    for _ in range(MAX_SWEEPS):
        for i, j in rounds:
            cos, sin = _angles(turned[:, i], turned[:, j], weight)
            for each in (turned, rotations):
                x, y = each[:, i], each[:, j]
                each[:, i], each[:, j] = x * cos + y * sin, y * cos - x * sin
        before, found = found, criterion_of(turned.transpose(0, 2, 1), weight)
        gain = (found - before).max() / p
        settled = settled + 1 if gain <= ROUNDING else 0
        if settled == SETTLED:
            break
    if gain > MAX_GAIN:
        warnings.warn(
            f"RotatedPCA: {method} did not converge within {MAX_SWEEPS} sweeps; the last one "
            f"raised the criterion by {gain:.1e} of the largest possible.",
            ConvergenceWarning,
            stacklevel=3,
        )
    best = int(found.argmax())
    return rotations[best if found[best] > found[0] + BETTER * p else 0].T


def _rounds(k: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield columns of pairs without a common one, until each pair was there once."""
    circle = list(range(k + k % 2))
    for _ in range(len(circle) - 1):
        half = len(circle) // 2
        pairs = [
            (i, j)
            for i, j in zip(circle[:half], circle[: half - 1 : -1], strict=True)
            if max(i, j) < k
        ]
        yield np.array([min(pair) for pair in pairs]), np.array([max(pair) for pair in pairs])
        circle = [circle[0], circle[-1], *circle[1:-1]]


def _angles(x: np.ndarray, y: np.ndarray, weight: float) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines of the angles that maximize the criterion in planes of two columns."""
    u, v, p = x * x - y * y, 2 * x * y, x.shape[-1]
    sum_u, sum_v = u.sum(axis=-1), v.sum(axis=-1)
    squares_u, squares_v = np.einsum("sij,sij->si", u, u), np.einsum("sij,sij->si", v, v)
    along = squares_u - squares_v - weight * (sum_u**2 - sum_v**2) / p
    across = 2 * (np.einsum("sij,sij->si", u, v) - weight * sum_u * sum_v / p)
    scale = squares_u + squares_v
    angle = np.where(np.hypot(along, across) > FLAT * scale, np.arctan2(across, along) / 4, 0.0)
    angle = angle[:, :, np.newaxis]
    return np.cos(angle), np.sin(angle)


def _promax(loadings: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """The oblique matrix after a varimax that fits its loadings to their powers, signs kept."""
    target = loadings * np.abs(loadings) ** (POWER - 1)
    oblique = np.linalg.lstsq(loadings, target, rcond=None)[0]
    return rotation @ oblique * np.sqrt(np.diag(np.linalg.inv(oblique.T @ oblique)))
