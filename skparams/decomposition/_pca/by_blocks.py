"""A PCA of rows that are not in memory: sums of each block where it is, which are then merged."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from skparams._blocks import RowBlocks
from skparams._lazy import kind_of
from skparams._runtime import Tasks
from skparams.decomposition._pca.moments import EPS, Moments, moments_of
from skparams.decomposition._pca.range_finder import FirstMoments, first_moments, leading
from skparams.decomposition._pca.rows import (
    check_finite,
    check_freedom,
    checked_weights,
    count_positive_weights,
    finite_moments,
    merged_moments,
    n_rows_of,
)
from skparams.decomposition._pca.rules import needs_all, resolve
from skparams.decomposition._pca.solvers import Spectrum, from_moments, is_resolved

# Features up to which 'auto' takes the covariance. That of 10,000 takes 0.8 GB, of which a worker
# has three while it merges two, and its eigendecomposition minutes.
MAX_FEATURES = 10_000


class Sums(NamedTuple):
    """What some blocks add to a fit."""

    n_rows: int
    n_positive_weights: int
    moments: Any  # of the rows with a weight, None if there are none


class Fitted(NamedTuple):
    """What a fit on blocks finds."""

    n_rows: int
    n_components: Any  # a number, or the rule that chooses it
    spectrum: Spectrum
    eigenvalue_errors: np.ndarray | None = None


def solver_of_blocks(model: Any, X: Any, *, weighted: bool) -> str:
    """The solver for rows that are not in memory; ValueError if it, or a rule, needs them there."""
    name, kind, (n_rows, p) = type(model).__name__, kind_of(X), X.shape
    for argument, refused, instead in (
        ("missing", ("em",), "None, and rows without NaN"),
        ("n_components", ("cv",), "another rule"),
        ("svd_solver", ("full", "arpack"), "'auto', 'covariance_eigh' or 'randomized'"),
    ):
        value = getattr(model, argument)
        if isinstance(value, str) and value in refused:
            raise ValueError(
                f"{name}: {argument}={value!r} needs all rows in memory at once, but X is "
                f"{kind}. Set {argument} to {instead}, or pass X in memory if it fits there."
            )
    solver, n_components = model.svd_solver, model.n_components
    if solver == "auto":
        solver = "covariance_eigh" if p <= MAX_FEATURES else "randomized"
    if solver == "randomized" and needs_all(n_components):
        raise ValueError(
            f"{name}: n_components must be an int if X is {kind} and svd_solver is 'randomized', "
            f"or 'auto' with more than {MAX_FEATURES:,} features, got {n_components!r}. "
            "svd_solver='covariance_eigh' finds all eigenvalues, with a matrix of "
            f"{8 * p * p / 1e9:.3g} GB for {p:,} features."
        )
    if not isinstance(n_rows, int) or weighted:  # weights count rows several times
        n_rows = max(2, p)
    _check_n_rows(n_rows, p, 2, name)
    resolve(n_components, solver, n_rows, p)
    return solver


def moments_of_blocks(blocks: RowBlocks, name: str, *, min_rows: int = 1) -> Sums:
    """Finite moments of the rows of all blocks."""
    find = partial(finite_moments, shift=None, name=name)
    return _reduced(blocks, find, name, min_rows)


def fit_blocks(model: Any, blocks: RowBlocks, solver: str, weighted: bool, tasks: Tasks) -> Fitted:
    """The spectrum of rows in blocks, and the number of components or its rule."""
    name, p, scaled = type(model).__name__, blocks.n_features, model.scale
    with tasks.task("moments"):
        if solver == "randomized":
            found = _reduced(blocks, partial(first_moments, name=name), name, 2)
        else:
            found = moments_of_blocks(blocks, name, min_rows=2)
    n = found.moments.n
    if weighted:
        n = float(found.n_positive_weights) if model.weights == "relative" else n
        check_freedom(n)
    n_rows = found.n_rows
    if solver != "randomized":  # which needs as many rows, not as much weight
        n_rows = n_rows_of(found.n_positive_weights, n if weighted else 0)
    n_components, k = resolve(model.n_components, solver, n_rows, p)
    size = min(n_rows, p)
    with tasks.task("decomposition"):
        if solver == "randomized":
            spectrum, errors = leading(blocks, found.moments, n, k, size, model.get_params(False))
            return Fitted(found.n_rows, n_components, spectrum, errors)
        spectrum = from_moments(_weighing(found.moments, n), scaled, k, size)
    if found.moments.eps == EPS or is_resolved(spectrum, k):  # float32 sums are faster
        return Fitted(found.n_rows, n_components, spectrum)
    with tasks.task("moments"):
        moments = _reduced(blocks, _in_float64, name, 2).moments
    with tasks.task("decomposition"):
        spectrum = from_moments(_weighing(moments, n), scaled, k, size)
    return Fitted(found.n_rows, n_components, spectrum)


def n_subtasks(solver: str, dtype: np.dtype) -> int:
    """The largest number of tasks of a fit on blocks."""
    return 4 if solver == "covariance_eigh" and dtype == np.float32 else 2


def _weighing(moments: Moments, n: float) -> Moments:
    """Moments whose weights sum to n, without a copy if they do."""
    return moments if moments.n == n else moments.scaled_to(n)


def _in_float64(X: Any, weight: np.ndarray | None) -> Moments:
    return moments_of(X, weight, np.float64)


def _reduced(
    blocks: RowBlocks, find: Callable[..., Moments | FirstMoments], name: str, min_rows: int
) -> Sums:
    """The moments that ``find`` has of each block, merged."""
    found = blocks.reduce(partial(_of_block, find, name), partial(_merged, name))
    found = found or Sums(0, 0, None)
    _check_n_rows(found.n_rows, blocks.n_features, min_rows, name)
    if not found.n_positive_weights:
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return found


def _of_block(
    find: Callable[..., Any], name: str, number: int, X: Any, weight: Any, common: Any
) -> Sums:
    n_rows = X.shape[0]
    if sp.issparse(X) and X.format not in ("csr", "csc"):
        X = X.tocsr()
    if weight is not None:
        if not weight.any():
            check_finite(X, name)  # as in memory
            return Sums(n_rows, 0, None)
        weight = checked_weights(weight, X, name)
    return Sums(n_rows, count_positive_weights(X, weight), find(X, weight))


def _merged(name: str, one: Sums, other: Sums) -> Sums:
    if one.moments is None or other.moments is None:
        moments = one.moments or other.moments
    else:
        moments = merged_moments(one.moments, other.moments, name)
    n_positive_weights = one.n_positive_weights + other.n_positive_weights
    return Sums(one.n_rows + other.n_rows, n_positive_weights, moments)


def _check_n_rows(n_rows: int, p: int, minimum: int, name: str) -> None:
    """scikit-learn's error where there are too few rows."""
    if n_rows < minimum:
        raise ValueError(
            f"Found array with {n_rows} sample(s) (shape=({n_rows}, {p})) while a minimum of "
            f"{minimum} is required by {name}."
        )
