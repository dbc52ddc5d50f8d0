"""Eigenvalues and components: from moments, from centered rows, or only the first few."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.linalg.lapack
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator, svds
from sklearn.utils import check_random_state
from sklearn.utils.extmath import randomized_svd, svd_flip

from skparams.decomposition._pca.moments import EPS, Moments, shifted
from skparams.decomposition._pca.rows import not_finite

# A partial eigensolver is faster for up to this share of the components, from 64 features on.
FEW = 0.15
MANY_FEATURES = 64
# Features from which on LAPACK shares the work among the threads of BLAS. Below, the QR iteration
# in the least memory does not: it is the same to the bit for any number of threads, and as fast up
# to 50 features, but two thirds as fast at 80. Where other programs keep the cores busy, a shared
# eigendecomposition of 30 features took 24 ms instead of 0.05.
SHARED = 80
# Stored numbers of sparse rows that are squared at a time.
STORED = 2**12
# Deviation of a feature over the largest of all below which an eigensolver loses digits of it.
GRADED = 1e-6
# Sums in float32 leave six digits or more of an eigenvalue that is at least this over the root of
# the number of rows, beside the largest (7 shapes of 200 to 100,000 rows, 10 to 300 features).
RESOLVED = 2.0


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
    squares: float = np.nan  # sum of the squares of all eigenvalues, over the squared total
    scores: np.ndarray | None = None
    eps: float = EPS  # precision of the eigenvalues, relative to the largest

    @property
    def ratios(self) -> np.ndarray:
        return explained_ratios(self.values, self.total)

    @property
    def seen_deviations(self) -> np.ndarray:
        """Standard deviations of the features after scaling."""
        return (self.deviations > 0).astype(np.float64) if self.scaled else self.deviations

    @property
    def n_varying(self) -> int:
        """How many features are not constant."""
        return int((self.deviations > 0).sum())

    @property
    def rank(self) -> int:
        """How many eigenvalues centered rows have at most, without those of constant features."""
        return max(1, min(round(self.n) - 1, self.n_varying))

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

    def power_sums(self, k: int) -> tuple[float, float]:
        """Sum of the eigenvalues after the k-th, and that of their squares over its square.

        The second is NaN if unknown.
        """
        if self.is_complete:
            rest = self.values[k : self.max_components]
            first = float(rest.sum())
            return first, float(((rest / (first or 1.0)) ** 2).sum())
        n_left = self.max_components - k
        first = self.noise(k) * n_left
        # The difference may have lost all digits, but lies between the sum of squares of equal
        # eigenvalues and that of a single one.
        second = self.squares - float(((self.values[:k] / self.total) ** 2).sum())
        second *= (self.total / first) ** 2 if first > 0 else 0.0
        return first, float(np.clip(second, 1 / n_left, 1))


def is_resolved(spectrum: Spectrum, k: int) -> bool:
    """Whether float32 sums, whose errors average out over rows, have digits of an eigenvalue."""
    values = spectrum.values
    return k == 0 or bool(values[k - 1] * np.sqrt(spectrum.n) >= RESOLVED * values[0])


def units(deviations: np.ndarray) -> np.ndarray:
    """Divisors that scale the features; constant features are divided by 1."""
    return np.where(deviations > 0, deviations, 1.0)


def explained_ratios(variances: np.ndarray, total: float) -> np.ndarray:
    """Explained-variance ratios; all zero if the total variance is zero."""
    return variances / total if total > 0 else np.zeros_like(variances)


def from_moments(moments: Moments, scaled: bool, k: int, max_components: int) -> Spectrum:
    """The first k eigenvalues and components, or all where that costs no more."""
    variance = np.maximum(moments.scatter.diagonal(), 0) / (moments.n - 1)
    deviations = np.sqrt(variance)
    matrix, eps = moments.scatter / (moments.n - 1), moments.eps
    graded = not scaled and is_graded(deviations)
    if scaled or graded:
        unit = units(deviations)
        matrix /= unit
        matrix /= unit[:, np.newaxis]
        np.fill_diagonal(matrix, deviations > 0)
        variance = matrix.diagonal().copy() if scaled else variance
    if graded:
        values, vectors = _largest(matrix, len(matrix), max_components)
        values, vectors = _of_graded(values, vectors, eps, deviations, max_components)
        eps *= eps
    else:
        values, vectors = _largest(matrix, k, max_components)
    squares = _sum_of_squares(moments, scaled) if len(values) < max_components else np.nan
    n, mean, total = moments.n, moments.mean, float(variance.sum())
    rest = squares, None, eps
    return Spectrum(values, vectors, total, deviations, n, mean, scaled, max_components, *rest)


def _largest(matrix: np.ndarray, k: int, max_components: int) -> tuple[np.ndarray, np.ndarray]:
    """The first k eigenvalues and components of a matrix, which is overwritten, or more."""
    p = len(matrix)
    if p >= MANY_FEATURES and k <= FEW * p:
        last = (p - max(k, 1), p - 1)
        values, vectors = scipy.linalg.eigh(
            matrix, overwrite_a=True, check_finite=False, subset_by_index=last, driver="evr"
        )
    else:
        values, vectors = eigh(matrix)
        values, vectors = values[p - max_components :], vectors[:, p - max_components :]
    return np.maximum(values[::-1], 0), signed(vectors.T[::-1])


def is_graded(deviations: np.ndarray) -> bool:
    """Whether scales differ by so much that small features lose digits beside large ones."""
    seen = deviations[deviations > 0]
    return bool(seen.size and seen.min() < GRADED * seen.max())


def _of_graded(
    values: np.ndarray,
    vectors: np.ndarray,
    eps: float,
    deviations: np.ndarray,
    max_components: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and components of features of very different scales, each accurate by itself.

    They come from the eigenvalues and components of the correlations, by the Jacobi method (Drmač
    and Veselić, 2008).
    """
    rank = int((values > eps * len(deviations) * values[0]).sum())
    largest = deviations.max()  # so that nothing overflows
    rows = vectors[:rank].T * np.sqrt(values[:rank]) * (deviations / largest)[:, np.newaxis]
    singular, left, _, work, _, info = scipy.linalg.lapack.dgejsv(rows, joba=2, jobu=0, jobv=3)
    if info:
        raise np.linalg.LinAlgError(f"PCA: LAPACK's dgejsv did not converge (info = {info}).")
    values = np.zeros(max_components)
    values[:rank] = (singular[:rank] * (work[0] / work[1]) * largest) ** 2
    vectors = left[:, :rank]
    if rank < max_components:  # any directions without variance
        others = np.random.default_rng(0).standard_normal((len(rows), max_components - rank))
        basis, _ = np.linalg.qr(np.hstack([vectors, others]))
        vectors = np.hstack([vectors, basis[:, rank:]])
    return values, signed(vectors.T)


def _sum_of_squares(moments: Moments, scaled: bool) -> float:
    """Sum of the squares of all eigenvalues, over the square of their sum.

    It costs little beside the largest of them.
    """
    variances = np.maximum(moments.scatter.diagonal(), 0)
    if scaled:
        inverse = 1.0 / np.sqrt(units(variances))
        squares = (moments.scatter * inverse * inverse[:, np.newaxis]) ** 2
        return float(squares.sum()) / max(1, int(np.count_nonzero(variances))) ** 2
    return float(((moments.scatter / (variances.sum() or 1.0)) ** 2).sum())


def eigh(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, rising, and eigenvectors of a symmetric matrix, which is overwritten."""
    # scipy.linalg.eigh calls such routines, after checks that take longer than ten features.
    p = len(matrix)
    if p < SHARED:
        name, options = "dsyev", {"lwork": max(1, 3 * p - 1)}
    else:
        name, options = "dsyevd", {}
    solve = getattr(scipy.linalg.lapack, name)
    values, vectors, info = solve(matrix.T, overwrite_a=True, **options)
    if info:
        raise np.linalg.LinAlgError(f"PCA: LAPACK's {name} did not converge (info = {info}).")
    return values, vectors


def signed(vectors: np.ndarray) -> np.ndarray:
    """Components whose largest entry in absolute value is positive, as scikit-learn's."""
    largest = np.abs(vectors).argmax(axis=1)
    return vectors * np.sign(vectors[np.arange(len(vectors)), largest])[:, np.newaxis]


def tied_signs(vectors: np.ndarray) -> np.ndarray:
    """Whether the largest entries of a component are equal but for rounding, with both signs."""
    tie = np.sqrt(np.finfo(vectors.dtype).eps)
    return -vectors.min(axis=1, initial=0.0) >= (1 - tie) * vectors.max(axis=1, initial=0.0)


def from_rows(
    X: np.ndarray, weight: np.ndarray | None, scaled: bool, max_components: int, name: str
) -> Spectrum:
    """All eigenvalues and components by a singular value decomposition of a float64 copy."""
    rows = X.astype(np.float64)
    n, mean, deviations = _center(rows, weight)
    unit, graded = _checked_units(X, deviations, scaled, name), not scaled and is_graded(deviations)
    rows /= units(deviations) if graded else unit
    if len(rows) > rows.shape[1]:
        rows = np.asarray(np.linalg.qr(rows, mode="r"))
    elif len(rows) < max_components:  # weights that count rows several times
        rows = np.vstack([rows, np.zeros((max_components - len(rows), rows.shape[1]))])
    _, singular, vectors = scipy.linalg.svd(
        rows, full_matrices=False, overwrite_a=True, check_finite=False
    )
    values, vectors, eps = singular**2 / (n - 1), signed(vectors), EPS
    if graded:
        values, vectors = _of_graded(values, vectors, eps, deviations, max_components)
        eps *= eps
    total = float(values.sum())
    rest = np.nan, None, eps
    return Spectrum(values, vectors, total, deviations, n, mean, scaled, max_components, *rest)


def _center(rows: np.ndarray, weight: np.ndarray | None) -> tuple[float, np.ndarray, np.ndarray]:
    """Center rows in place, weight them; return the sum of weights, mean and deviations."""
    # Two steps, as one number cannot hold a large mean to the last digit of a small deviation.
    first = rows[0 if weight is None else np.flatnonzero(weight)[0]].copy()
    n = float(len(rows) if weight is None else weight.sum())
    with np.errstate(invalid="ignore", over="ignore"):  # the sums show what is not finite
        rows -= first
        offset = rows.mean(axis=0) if weight is None else np.einsum("i,ij->j", weight, rows) / n
        rows -= offset
        if weight is not None:
            rows *= np.sqrt(weight)[:, np.newaxis]
        deviations = np.sqrt(np.einsum("ij,ij->j", rows, rows) / (n - 1))
        return n, first + offset, deviations


def _checked_units(X: Any, deviations: np.ndarray, scaled: bool, name: str) -> np.ndarray:
    """Divisors of the features, or an error if the rows or their squares are not finite."""
    if not np.isfinite(deviations).all():
        raise not_finite(X, name)
    return units(deviations) if scaled else np.ones_like(deviations)


def truncated(
    X: Any, weight: np.ndarray | None, solver: str, k: int, params: dict[str, Any], name: str
) -> Spectrum:
    """The first k eigenvalues and components by scikit-learn's truncated solvers."""
    scaled, random_state = params["scale"], check_random_state(params["random_state"])
    if sp.issparse(X):
        sparse, shift = shifted(X, weight)
        n, offset, deviations = _sparse_first_moments(sparse, weight)
        mean, unit = shift + offset, _checked_units(X, deviations, scaled, name)
        rows: Any = _centered_operator(sparse, weight, offset, unit)
    else:
        rows = X.astype(np.float64)
        n, mean, deviations = _center(rows, weight)
        unit = _checked_units(X, deviations, scaled, name)
        rows /= unit
    scores = None
    if solver == "arpack":
        v0 = random_state.uniform(-1, 1, min(X.shape))
        _, singular, vectors = svds(rows, k=k, tol=params["tol"], v0=v0)
        order = np.argsort(singular)[::-1]
        singular, vectors = singular[order], signed(vectors[order])
    else:
        left, singular, vectors = randomized_svd(
            rows,
            n_components=k,
            n_oversamples=params["n_oversamples"],
            n_iter=params["iterated_power"],
            power_iteration_normalizer=params["power_iteration_normalizer"],
            flip_sign=False,
            random_state=random_state,
        )
        left, vectors = svd_flip(left, vectors, u_based_decision=False)
        scores = left * singular if weight is None else None
    spreads = deviations / unit
    small = (spreads > 0) & (spreads < GRADED * spreads.max())
    if small.any():  # their entries lost digits, which the scores have
        projected = rows @ vectors.T
        squares = np.maximum((projected**2).sum(axis=0), np.finfo(np.float64).tiny)
        vectors[:, small] = ((rows.T @ projected)[small] / squares).T
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values, total = singular**2 / (n - 1), float((spreads**2).sum())
    size = min(X.shape)
    return Spectrum(values, vectors, total, deviations, n, mean, scaled, size, scores=scores)


def _sparse_first_moments(
    X: Any, weight: np.ndarray | None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Sum of the weights, means and standard deviations of float64 rows."""
    weight = np.ones(X.shape[0]) if weight is None else weight
    n = float(weight.sum())
    with np.errstate(invalid="ignore", over="ignore"):
        mean = X.T @ weight / n
        squares = sparse_squares(X, weight) - n * mean**2
        return n, mean, np.sqrt(np.maximum(squares, 0) / (n - 1))


def sparse_squares(X: Any, weight: np.ndarray) -> np.ndarray:
    """Weighted sums of the squares of CSR or CSC features, some stored numbers at a time."""
    by_row, squares = X.format == "csr", np.zeros(X.shape[1])
    length = X.shape[0 if by_row else 1]
    step = max(1, STORED * length // max(1, X.nnz))
    for start in range(0, length, step):
        some = slice(start, start + step)
        part = X[some] if by_row else X[:, some]
        squared = type(X)((part.data**2, part.indices, part.indptr), part.shape)
        if by_row:
            squares += squared.T @ weight[some]
        else:
            squares[some] = squared.T @ weight
    return squares


def _centered_operator(
    X: Any, weight: np.ndarray | None, mean: np.ndarray, unit: np.ndarray
) -> LinearOperator:
    """Sparse rows, centered, scaled and weighted, without making them dense."""
    root = None if weight is None else np.sqrt(weight)[:, np.newaxis]

    def times(v: np.ndarray) -> np.ndarray:
        v = v.reshape(len(unit), -1) / unit[:, np.newaxis]
        product = X @ v
        product -= mean @ v
        if root is not None:
            product *= root
        return product

    def transposed_times(u: np.ndarray) -> np.ndarray:
        u = u.reshape(X.shape[0], -1) if root is None else u.reshape(X.shape[0], -1) * root
        product = X.T @ u
        product -= mean[:, np.newaxis] * u.sum(axis=0)
        product /= unit[:, np.newaxis]
        return product

    dtype = np.dtype(np.float64)
    return LinearOperator(X.shape, times, transposed_times, times, dtype, transposed_times)
