"""PCA: a drop-in for scikit-learn's that is exact, on streams too."""

import copy
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from skparams._compat import Interval, RealNotInt, StrOptions, fit_context
from skparams._lazy import is_lazy
from skparams._runtime import NO_TASKS, Tasks, fit_tasks, unchanged_on_error
from skparams.decomposition._pca.by_blocks import fit_blocks, n_subtasks, solver_of_blocks
from skparams.decomposition._pca.crossval import N_FOLDS, best_number, cross_validated_errors
from skparams.decomposition._pca.em import em_moments
from skparams.decomposition._pca.fingerprint import fingerprint_of
from skparams.decomposition._pca.lazy_rows import OF_STREAM, by_rows, refuse_frames
from skparams.decomposition._pca.model import ASSIGNABLE
from skparams.decomposition._pca.moments import EPS, moments_of
from skparams.decomposition._pca.rows import (
    check_freedom,
    count_positive_weights,
    dtype_of,
    finite_moments,
    is_in_file,
    n_rows_of,
)
from skparams.decomposition._pca.rules import (
    RULES,
    compare_rules,
    component_table,
    needs_all,
    resolve,
)
from skparams.decomposition._pca.solvers import (
    Spectrum,
    from_moments,
    from_rows,
    is_resolved,
    tied_signs,
    truncated,
)
from skparams.decomposition._pca.stream import FROM_SCATTER, StreamingPCA

# Attributes that a fit has with some arguments or data only.
OF_SOLVER = ("cv_errors_", "eigenvalue_errors_")


class PCA(StreamingPCA):
    """Principal component analysis, a drop-in for scikit-learn's that is exact on streams too.

    Rows are projected on the orthogonal directions along which they vary most. The covariance is
    summed about a shift, in blocks and in float64, so that large offsets lose no digits.

    Parameters
    ----------
    n_components : int, float or str, default=None
        How many components to keep; by default ``min(n_samples, n_features)``, one less for
        'arpack'. A float in (0, 1) keeps the smallest number that explains more than that ratio
        of the variance. A string is the name of a rule:

        - 'mle' keeps the dimension with the largest evidence in Minka's approximation.
        - 'kaiser' keeps eigenvalues above their mean.
        - 'broken_stick' keeps the leading ratios above those of a stick broken at random.
        - 'parallel' keeps the leading eigenvalues above those of 95 % of draws of independent
          normal features with the same variances.
        - 'gavish_donoho' keeps singular values above the optimal hard threshold for noise of
          unknown level.
        - 'cv' keeps the number that best predicts values of left-out rows from the other features
          of these, by ten-fold cross-validation. It needs complete rows, at once.

        Rules and ratios need all eigenvalues, so 'arpack' and 'randomized' refuse them.
    copy : bool, default=True
        As in scikit-learn; X is never changed.
    whiten : bool, default=False
        Whether scores are divided by their standard deviations.
    svd_solver : {'auto', 'full', 'covariance_eigh', 'arpack', 'randomized'}, default='auto'
        How the components are found.

        - 'auto' follows scikit-learn's policy: 'covariance_eigh' for at most 1000 features and ten
          times as many rows, 'full' for small data and if all eigenvalues are needed, else
          'randomized'; 'arpack' for sparse data.
        - 'full' is a singular value decomposition of the centered rows, in float64: each
          eigenvalue is accurate by itself.
        - 'covariance_eigh' is an eigendecomposition of the covariance: eigenvalues are accurate
          relative to the largest. It needs no copy of X.
        - 'arpack' and 'randomized' find the first components only.

        A Dask array or a dataset in a file takes 'covariance_eigh' by default up to 10,000
        features, else 'randomized', which needs an integer `n_components`, normalizes by QR, and
        reads X about as often as it iterates. 'full' and 'arpack' refuse them.
    tol : float, default=0.0
        Tolerance of 'arpack'.
    iterated_power : int or 'auto', default='auto'
        Power iterations of 'randomized'.
    n_oversamples : int, default=10
        Additional random vectors of 'randomized'.
    power_iteration_normalizer : {'auto', 'QR', 'LU', 'none'}, default='auto'
        How 'randomized' normalizes power iterations.
    random_state : int, RandomState instance or None, default=None
        Draws for 'arpack', 'randomized' and the rule 'parallel'.
    scale : bool, default=False
        Whether features are divided by their standard deviations (``ddof=1``): a PCA of the
        correlations, whose eigenvalues sum to the number of features that vary.
    missing : {'em'} or None, default=None
        How NaN is handled in ``fit`` and ``transform``. 'em' finds the components that maximize
        the likelihood of the observed values, by the EM algorithm; None refuses NaN.
    weights : {'counts', 'relative'}, default='counts'
        What `sample_weight` means.

        - 'counts': a row of weight w counts as w such rows, and the degrees of freedom are the sum
          of the weights minus 1.
        - 'relative': weights say how much rows count beside one another, as those of a survey or
          of importance sampling do. They are scaled to sum to the number of rows with a weight,
          over all batches of a stream.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features)
        Orthonormal directions, by falling variance, in the dtype of X (float32 or float64). The
        entry that is largest in absolute value is positive.
    explained_variance_ : ndarray of shape (n_components,)
        Variance along each component.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        Explained variance over the variance of all features.
    singular_values_ : ndarray of shape (n_components,)
        Norms of the scores.
    eigenvalues_ : ndarray of shape (n_components,)
        The same as `explained_variance_`.
    eigenvectors_ : ndarray of shape (n_features, n_components)
        The components as columns.
    loadings_ : ndarray of shape (n_features, n_components)
        ``components_.T * sqrt(explained_variance_)``.
    mean_ : ndarray of shape (n_features,)
        Mean of each feature, always float64.
    scale_ : ndarray of shape (n_features,)
        Divisors of the features, 1 for constant ones; only with `scale`.
    n_components_ : int
        Number of components.
    n_samples_ : int
        Number of rows.
    noise_variance_ : float
        Mean of the eigenvalues that are left out, 0 if there are none.
    cv_errors_ : ndarray of shape (n_numbers,)
        Mean squared error of left-out values with 0, 1, … components; only with the rule 'cv'.
    eigenvalue_errors_ : ndarray of shape (n_components,)
        How far the nearest eigenvalue of the covariance may be from each of
        `explained_variance_`, by the norm of its residual; only after 'randomized' on a Dask array
        or a dataset in a file.
    scatter_ : ndarray of shape (n_features, n_features)
        Sum of the products of the centered features in float64, 8 ``n_features ** 2`` bytes; only
        after ``partial_fit``.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has names that are all strings.

    See Also
    --------
    skparams.explain : Tables, limits, outliers, rotation and bootstrap of a fitted PCA.
    skparams.summary : What it learned, and how much of it.

    Notes
    -----
    This estimator differs where scikit-learn's has a bug; the page "Coming from scikit-learn" of
    the documentation lists each case.

    References
    ----------
    .. [1] Minka, "Automatic choice of dimensionality for PCA", NIPS 2000.
    .. [2] Tipping and Bishop, "Probabilistic principal component analysis", 1999.
    .. [3] Gavish and Donoho, "The optimal hard threshold for singular values is 4/sqrt(3)", 2014.
    .. [4] Bro, Kjeldahl, Smilde and Kiers, "Cross-validation of component models: a critical look
       at current methods", 2008.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skparams import PCA
    >>> X = load_iris().data
    >>> pca = PCA(n_components=2).fit(X)
    >>> pca.explained_variance_.round(3)
    array([4.228, 0.243])
    >>> pca.transform(X[:2]).round(3)
    array([[-2.684,  0.319],
           [-2.714, -0.177]])

    A stream of batches gives the same:

    >>> stream = PCA(n_components=2)
    >>> for batch in (X[:50], X[50:60], X[60:]):
    ...     stream = stream.partial_fit(batch)
    >>> stream.explained_variance_.round(3)
    array([4.228, 0.243])
    """

    _parameter_constraints: dict = {
        "n_components": [
            Interval(Integral, 0, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="neither"),
            StrOptions(set(RULES)),
            None,
        ],
        "copy": ["boolean"],
        "whiten": ["boolean"],
        "svd_solver": [StrOptions({"auto", "full", "covariance_eigh", "arpack", "randomized"})],
        "tol": [Interval(Real, 0, None, closed="left")],
        "iterated_power": [StrOptions({"auto"}), Interval(Integral, 0, None, closed="left")],
        "n_oversamples": [Interval(Integral, 1, None, closed="left")],
        "power_iteration_normalizer": [StrOptions({"auto", "QR", "LU", "none"})],
        "random_state": ["random_state"],
        "scale": ["boolean"],
        "missing": [StrOptions({"em"}), None],
        "weights": [StrOptions({"counts", "relative"})],
    }

    def __init__(
        self,
        n_components=None,
        *,
        copy=True,
        whiten=False,
        svd_solver="auto",
        tol=0.0,
        iterated_power="auto",
        n_oversamples=10,
        power_iteration_normalizer="auto",
        random_state=None,
        scale=False,
        missing=None,
        weights="counts",
    ) -> None:
        self.n_components = n_components
        self.copy = copy
        self.whiten = whiten
        self.svd_solver = svd_solver
        self.tol = tol
        self.iterated_power = iterated_power
        self.n_oversamples = n_oversamples
        self.power_iteration_normalizer = power_iteration_normalizer
        self.random_state = random_state
        self.scale = scale
        self.missing = missing
        self.weights = weights

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, sample_weight=None) -> Self:
        """Fit the model to all rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, Dask array or frame, h5py dataset} of shape \
                (n_samples, n_features)
            The rows. They are not changed, and only 'full' and the truncated solvers copy them.
            Those of Dask are summed in their blocks, where these are; those of a file block by
            block.
        y : None, default=None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows: a weight of 2 counts as that row twice, or, with
            ``weights='relative'``, as much as two rows of weight 1.

        Returns
        -------
        self : PCA
            The fitted estimator.

        Raises
        ------
        ValueError
            If an argument is not allowed or X is not finite. The estimator then does not change.
        """
        with unchanged_on_error(self):
            if is_lazy(X):
                self._fit_blocks(X, y, sample_weight)
            else:
                self._fit(X, y, sample_weight)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None, sample_weight=None) -> Any:
        """Fit the model and project the same rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, Dask array or frame, h5py dataset} of shape \
                (n_samples, n_features)
            The rows.
        y : None, default=None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        X_new : ndarray or Dask array of shape (n_samples, n_components)
            The result of ``transform``. 'randomized' returns the scores that it finds, which
            differ if more iterations would change the components.
        """
        with unchanged_on_error(self):
            if is_lazy(X):
                refuse_frames(self, X)
                self._fit_blocks(X, y, sample_weight, "fit-transform")
                return by_rows(self, "transform", X)
            X, scores = self._fit(X, y, sample_weight, "fit-transform")
            if scores is None:
                return self._project(X)
            scores = scores.astype(self._dtype, copy=False)
            return scores / self._whitener() if self.whiten else scores

    def component_table(self, X, sample_weight=None) -> Any:
        """Compare how many components each rule would keep.

        The model does not change; `scale` and `random_state` are this estimator's.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        table : DataFrame
            A row for each rule: ``n_components``, and the ratio of the variance that they
            explain. Missing if a rule does not apply.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA
        >>> X = load_iris().data
        >>> table = PCA(scale=True, random_state=0).component_table(X)
        >>> print(table["n_components"].to_string())
        rule
        mle              3
        kaiser           1
        broken_stick     1
        parallel         1
        gavish_donoho    1
        cv               1
        0.8              2
        0.9              2
        0.95             2
        0.99             3
        """
        spectrum, counts, _ = self._compare_rules(X, sample_weight)
        return component_table(spectrum, counts)

    def _compare_rules(
        self, X: Any, sample_weight: Any
    ) -> tuple[Spectrum, dict[str, int], np.ndarray]:
        """All eigenvalues of rows, how many each rule keeps, and the parallel analysis' band."""
        self._validate_params()
        model = copy.copy(self)
        model.n_components = RULES[0]  # so that the solver finds the whole spectrum
        if self.svd_solver in ("arpack", "randomized"):
            model.svd_solver = "covariance_eigh"
        X, weight, n_rows = model._checked_to_fit(X, sample_weight)
        size = min(n_rows, X.shape[1])
        solver = "covariance_eigh" if sp.issparse(X) else model._solver(X, size)
        if X.shape[0] < X.shape[1] and not self._has_holes(X):
            solver = "full"  # whose time grows with the square of the smaller side only
        spectrum = model._spectrum(X, weight, solver, size, size)
        counts, band = compare_rules(spectrum, check_random_state(self.random_state))
        if not self._has_holes(X) and count_positive_weights(X, weight) > 2:
            counts["cv"] = best_number(self._cv_errors(X, weight))
        return spectrum, counts, band

    def _cv_errors(self, X: Any, weight: np.ndarray | None, tasks: Tasks = NO_TASKS) -> np.ndarray:
        if self._has_holes(X):
            raise ValueError(
                "PCA: n_components='cv' needs complete rows, but X has NaN. Compare the scores of "
                "several numbers with missing='em', as GridSearchCV does."
            )
        return cross_validated_errors(X, weight, self.scale, type(self).__name__, tasks)

    def _checked_to_fit(self, X: Any, sample_weight: Any) -> tuple[Any, np.ndarray | None, int]:
        """Validated rows, their weights, and how many rows they count as."""
        X = self._checked(X, reset=True, min_samples=2, finite=False)
        weight = self._weights(sample_weight, X)
        if weight is not None:
            check_freedom(weight.sum())
        n_positive_weights = count_positive_weights(X, weight)
        return X, weight, n_rows_of(n_positive_weights, 0 if weight is None else weight.sum())

    def _fit(
        self, X: Any, y: Any, sample_weight: Any, task_name: str = "fit"
    ) -> tuple[Any, np.ndarray | None]:
        """Fit, and return the validated rows and the scores, if the solver found them."""
        if sp.issparse(X) and self.svd_solver not in ("auto", "arpack", "covariance_eigh"):
            raise TypeError(
                'PCA only support sparse inputs with the "arpack" and "covariance_eigh" solvers, '
                f'while "{self.svd_solver}" was passed. See TruncatedSVD for a possible '
                "alternative."
            )
        given = X, y, sample_weight
        X, weight, n_rows = self._checked_to_fit(X, sample_weight)
        solver = self._solver(X, min(n_rows, X.shape[1]))
        if solver in ("arpack", "randomized"):  # which need as many rows, not as much weight
            n_rows = X.shape[0]
        n_components, k = resolve(self.n_components, solver, n_rows, X.shape[1])
        tasks = fit_tasks(
            self,
            *given,
            max_subtasks=lambda: self._n_subtasks(X, solver),
            task_name=task_name,
        )
        spectrum = self._spectrum(X, weight, solver, k, min(n_rows, X.shape[1]), tasks)
        errors = self._cv_errors(X, weight, tasks) if n_components == "cv" else None
        self._forget(*FROM_SCATTER, *OF_STREAM, *ASSIGNABLE, *OF_SOLVER)
        if errors is not None:
            self.cv_errors_, n_components = errors, best_number(errors)
        self._fit_svd_solver = solver
        self.n_samples_ = X.shape[0]
        self._dtype = dtype_of(X).name
        self._fingerprint = fingerprint_of(X, weight)
        self._keep(spectrum, n_components)
        if weight is None and not self.scale and solver in ("full", "covariance_eigh"):
            self._take_their_signs(X)
        tasks.finish()
        return X, spectrum.scores

    def _fit_blocks(self, X: Any, y: Any, sample_weight: Any, task_name: str = "fit") -> None:
        """Fit on rows that are not in memory."""
        weighted = sample_weight is not None
        blocks = self._blocks(X, sample_weight, reset=True)
        solver = solver_of_blocks(self, X, weighted=weighted)
        tasks = fit_tasks(
            self,
            *(X, y, sample_weight),
            max_subtasks=lambda: n_subtasks(solver, blocks.dtype),
            task_name=task_name,
        )
        found = fit_blocks(self, blocks, solver, weighted, tasks)
        self._forget(*FROM_SCATTER, *OF_STREAM, *ASSIGNABLE, *OF_SOLVER)
        self._fit_svd_solver = solver
        self.n_samples_ = found.n_rows
        self._dtype = dtype_of(blocks).name
        self._fingerprint = None  # it takes rows
        self._keep(found.spectrum, found.n_components)
        if found.eigenvalue_errors is not None:
            self.eigenvalue_errors_ = found.eigenvalue_errors
        tasks.finish()

    def _n_subtasks(self, X: Any, solver: str) -> int | None:
        """The largest number of tasks of a fit; None for EM, which few rounds may end."""
        n_folds = N_FOLDS if isinstance(self.n_components, str) and self.n_components == "cv" else 0
        if self._has_holes(X):
            return None
        if solver != "covariance_eigh":
            return 1 + n_folds
        return (4 if X.dtype == np.float32 else 2) + n_folds  # float32 may sum twice

    def _take_their_signs(self, X: Any) -> None:
        """Turn components whose sign rounding decides to the side that scikit-learn's has."""
        tied = tied_signs(self.components_)
        if not tied.any() or self._has_holes(X) or sp.issparse(X) or is_in_file(X):
            return
        from sklearn.decomposition import PCA as Theirs

        with np.errstate(all="ignore"):
            model = Theirs(self.n_components_, svd_solver=self._fit_svd_solver).fit(X)
        products = np.einsum("ij,ij->i", self.components_, model.components_)
        self.components_[tied & (products < -0.5)] *= -1  # smaller ones are of other directions

    def _solver(self, X: Any, max_components: int) -> str:
        """The solver, chosen by scikit-learn's policy if it is 'auto'."""
        if self._has_holes(X):
            return "covariance_eigh"
        if self.svd_solver != "auto":
            return self.svd_solver
        if sp.issparse(X):  # scikit-learn's policy fails for rules and ratios
            ours = self.n_components is not None and needs_all(self.n_components)
            all_eigenvalues = "full" if X.shape[0] < X.shape[1] else "covariance_eigh"
            return all_eigenvalues if ours else "arpack"
        if X.shape[1] <= 1000 and X.shape[0] >= 10 * X.shape[1]:
            return "covariance_eigh"
        n_components = max_components if self.n_components is None else self.n_components
        if max(X.shape) <= 500 or isinstance(n_components, str):
            return "full"
        return "randomized" if 1 <= n_components < 0.8 * max_components else "full"

    def _spectrum(
        self,
        X: Any,
        weight: np.ndarray | None,
        solver: str,
        k: int,
        max_components: int,
        tasks: Tasks = NO_TASKS,
    ) -> Spectrum:
        """The first k eigenvalues and components, or more."""
        name = type(self).__name__
        if solver != "covariance_eigh":
            with tasks.task("decomposition"):
                if solver != "full":
                    return truncated(X, weight, solver, k, self.get_params(deep=False), name)
                # Sparse rows are fewer than their features.
                X = X.toarray() if sp.issparse(X) else X
                return from_rows(X, weight, self.scale, max_components, name)
        if self._has_holes(X):
            # A rule or a ratio chooses afterwards, from a covariance without a model.
            n_kept = X.shape[1] if needs_all(self.n_components) else k
            moments = em_moments(X, weight, n_kept, self.scale, tasks)
        else:
            with tasks.task("moments"):
                moments = finite_moments(X, weight, None, name)
        with tasks.task("decomposition"):
            spectrum = from_moments(moments, self.scale, k, max_components)
        if moments.eps == EPS or is_resolved(spectrum, k):  # float32 sums are faster
            return spectrum
        with tasks.task("moments"):
            moments = moments_of(X, weight, np.float64, moments.mean)
        with tasks.task("decomposition"):
            return from_moments(moments, self.scale, k, max_components)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        tags.input_tags.sparse = str(self.svd_solver) in ("auto", "arpack", "covariance_eigh")
        tags.input_tags.allow_nan = self.missing is not None
        return tags
