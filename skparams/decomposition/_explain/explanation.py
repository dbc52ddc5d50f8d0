"""What a fitted PCA says of features and rows, with their names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from skparams._blocks import map_rows
from skparams._escape import clean, escape_frame
from skparams._lazy import is_lazy, refuse_lazy
from skparams.decomposition._explain.bootstrap import Bootstrap, bootstrap
from skparams.decomposition._explain.categories import SupplementaryCategories, categories
from skparams.decomposition._explain.checks import check_bool, check_probability, index_of
from skparams.decomposition._explain.diagnostics import (
    COLUMNS,
    RowTables,
    Supplementary,
    diagnose,
    quotient,
    supplementary,
)
from skparams.decomposition._explain.labels import feature_names, names_of, row_index
from skparams.decomposition._explain.limits import Limits, limits_of
from skparams.decomposition._explain.outliers import Outliers, outliers_of
from skparams.decomposition._explain.rotation import RotatedPCA, rotate
from skparams.decomposition._explain.training import (
    a_sample,
    check_t2_of_training,
    is_training,
    left_out_spe,
    mean_and_variance,
)
from skparams.decomposition._pca import dtype_of

# Components that are printed, and features that are named for each.
MAX_COMPONENTS = 8
MAX_FEATURES = 3
# What to do with rows that are not in memory.
LAZY_TABLES = "hotelling_t2, spe and the other tables of rows take Dask arrays as they are"


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Tables, limits and outliers of a PCA, for the rows and feature names that reach it.

    `explain` returns one. No table is stored. Tables are pandas objects if the features have names
    and pandas is installed, else arrays; whitening changes none of them. Methods of rows take
    other rows than `X` too, as the explained estimator takes them; of a Dask array or frame their
    tables are Dask arrays, which are computed when they are needed. A `RotatedPCA` has tables of
    features only.

    Parameters
    ----------
    pca : PCA or RotatedPCA
        A copy of the fitted PCA that has the names of its features. It shares the arrays of the
        original, which does not change.
    X : DataFrame, ndarray or sparse matrix of shape (n_samples, n_features), or None
        The rows as they reach the PCA, after the steps before it.
    path : str
        Where the PCA is, as ``set_params`` writes it; empty if it is the estimator itself.
    as_frame : bool
        Whether tables are pandas objects.

    See Also
    --------
    skparams.explain : Explains a PCA, also inside a pipeline or a search.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skparams import PCA, explain
    >>> X = load_iris(as_frame=True).data
    >>> explanation = explain(PCA(n_components=2, scale=True).fit(X), X)
    >>> explanation.correlations.round(3)
                        pca0   pca1
    sepal length (cm)  0.890  0.361
    sepal width (cm)  -0.460  0.883
    petal length (cm)  0.992  0.023
    petal width (cm)   0.965  0.064
    >>> explanation.cos2()[:2].round(3)
        pca0   pca1
    0  0.954  0.043
    1  0.893  0.094
    """

    pca: Any
    X: Any
    path: str
    as_frame: bool
    _reach: Callable[[Any], Any]

    @property
    def feature_names(self) -> list[Any]:
        """Names of the features of the PCA."""
        return feature_names(self.pca)

    @property
    def component_names(self) -> list[str]:
        """Names of the components."""
        return list(self.pca.get_feature_names_out())

    @property
    def loadings(self) -> Any:
        """Covariances of the features with the components scaled to unit variance.

        They are ``components_.T * sqrt(explained_variance_)`` of the features, scaled if `scale`
        is set: a frame or array of shape (n_features, n_components).
        """
        return self._of_features(self.pca._loadings())

    @property
    def correlations(self) -> Any:
        """Correlations of the features with the components, 0 for constant features.

        They are the loadings over the features' standard deviations, times the correlations of the
        components if they have some ('promax'): a frame or array of shape (n_features,
        n_components).
        """
        return self._of_features(self._correlations())

    @property
    def contributions(self) -> Any:
        """Share of each feature in each component; those of a component sum to 1.

        They are the squares of the components' entries: a frame or array of shape
        (n_features, n_components).
        """
        return self._of_features(self.pca._contributions())

    @property
    def communalities(self) -> Any:
        """Share of each feature's variance that the components explain together.

        They are the sums of the squared correlations, or with correlated components those of the
        products with the loadings: a Series or array of shape (n_features,).
        """
        return self._of_features(np.minimum(self._communalities(), 1.0))

    def explained_by(self, feature) -> Any:
        """Return how one feature and each component are related.

        Parameters
        ----------
        feature : str or int
            The feature, by name or by position.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_components, 4)
            One row a component. Columns: the feature's ``loading``, ``correlation`` and
            ``contribution``, and ``cos2``, the squared correlation, which sums to the feature's
            communality.

        Raises
        ------
        ValueError
            If there is no such feature.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA, explain
        >>> X = load_iris(as_frame=True).data
        >>> pca = PCA(n_components=2, scale=True).fit(X)
        >>> explain(pca).explained_by("sepal width (cm)").round(3)
              loading  correlation  contribution   cos2
        pca0   -0.460       -0.460         0.073  0.212
        pca1    0.883        0.883         0.852  0.779
        """
        j = index_of(feature, self.feature_names, "Explanation.explained_by", "feature")
        loading, correlation = self.pca._loadings()[j], self._correlations()[j]
        contribution = self.pca._contributions()[j]
        table = np.column_stack([loading, correlation, contribution, correlation**2])
        table = table.astype(self.pca.components_.dtype, copy=False)
        columns = ["loading", "correlation", "contribution", "cos2"]
        return self._labeled(table, self.component_names, columns)

    def row_tables(self, X=None, *, sample_weight=None) -> RowTables:
        """Return all tables of rows, from one projection.

        This takes a fraction of the time of the five methods.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights in ``fit``, which multiply the contributions.

        Returns
        -------
        tables : RowTables
            A named tuple of ``coordinates``, ``row_contributions``, ``cos2``, ``hotelling_t2`` and
            ``spe``.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA, explain
        >>> X = load_iris().data
        >>> tables = explain(PCA(n_components=2, scale=True).fit(X), X).row_tables()
        >>> tables.hotelling_t2[:2].round(2)
        array([2.  , 1.97])
        """
        return RowTables(*self._of_rows("row_tables", RowTables._fields, X, sample_weight))

    def coordinates(self, X=None) -> Any:
        """Return the scores of rows, never whitened.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them, of training or others (supplementary ones); by
            default those of the explanation.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_components)
            In float32 if the rows are, else in float64. Those of the training rows have the
            variances ``explained_variance_``.

        Notes
        -----
        FactoMineR and prince divide by ``n``, not ``n - 1``, where they scale features; their
        coordinates of scaled data are larger by ``sqrt(n / (n - 1))``.
        """
        return self._of_rows("coordinates", ["coordinates"], X)[0]

    def row_contributions(self, X=None, *, sample_weight=None) -> Any:
        """Return the share of each row in the variance of each component.

        It is ``score ** 2 / ((n - 1) * eigenvalue)``; those of all training rows sum to 1.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights in ``fit``.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_components)
            Contributions, 0 for components without variance.
        """
        return self._of_rows("row_contributions", ["row_contributions"], X, sample_weight)[0]

    def cos2(self, X=None) -> Any:
        """Return the share of each component in the squared distance of each row from the mean.

        The shares of a row sum to 1 if there are as many components as features, and to less if
        the row is off the components.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_components)
            Squared cosines, 0 for a row at the mean.
        """
        return self._of_rows("cos2", ["cos2"], X)[0]

    def hotelling_t2(self, X=None) -> Any:
        """Return Hotelling's T²: how far each row is from the mean along the components.

        It is the sum of the squared scores, each divided by the variance of its component.
        Components without variance, up to the rounding error of the largest, are left out.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.

        Returns
        -------
        t2 : Series or ndarray of shape (n_samples,)
            T² of each row.

        References
        ----------
        .. [1] Hotelling, "Multivariate quality control", 1947.
        .. [2] Jackson, "A User's Guide to Principal Components", 1991, section 1.7.
        """
        return self._of_rows("hotelling_t2", ["hotelling_t2"], X)[0]

    def spe(self, X=None) -> Any:
        """Return the squared prediction error: how far each row is off the components.

        It is also known as Q: the squared distance between the row and what ``inverse_transform``
        makes of its scores, of scaled features if `scale` is set. Components without variance
        count as left out. It is 0 if no direction is left.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.

        Returns
        -------
        spe : Series or ndarray of shape (n_samples,)
            Squared prediction error of each row.

        References
        ----------
        .. [1] Jackson and Mudholkar, "Control procedures for residuals associated with principal
           component analysis", Technometrics 21, 1979.
        """
        return self._of_rows("spe", ["spe"], X)[0]

    def hotelling_t2_contributions(self, X=None) -> Any:
        """Return what each feature adds to the T² of each row.

        It is the feature's deviation times the sum over the components of score, entry and inverse
        variance. Those of a row sum to its T²; one may be negative.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_features)
            Contributions of the features.

        References
        ----------
        .. [1] Westerhuis, Gurden and Smilde, "Generalized contribution plots in multivariate
           statistical process monitoring", 2000.
        """
        return self._of_rows("hotelling_t2_contributions", ["hotelling_t2_contributions"], X)[0]

    def spe_contributions(self, X=None) -> Any:
        """Return what each feature adds to the SPE of each row: its squared residual.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.

        Returns
        -------
        table : DataFrame or ndarray of shape (n_samples, n_features)
            Contributions of the features, which sum to the SPE of a row.

        References
        ----------
        .. [1] Westerhuis, Gurden and Smilde, "Generalized contribution plots in multivariate
           statistical process monitoring", 2000.
        """
        return self._of_rows("spe_contributions", ["spe_contributions"], X)[0]

    def limits(self, *, alpha=0.05, training=False) -> Limits:
        """Return upper control limits of T² and SPE at significance level alpha.

        T² of training rows follows a beta distribution, ``(n - 1)² / n * B(k/2, (n - k - 1)/2)``,
        that of new rows an F distribution, ``k (n² - 1) / (n (n - k)) * F(k, n - k)``. With at
        least as many features as rows, components fit the noise of the training rows, and new rows
        vary less along them: the limit is smaller by what a model of spikes in noise expects.

        There is one limit of SPE. New rows are compared by their SPE, training rows by their
        leave-one-out SPE, `Outliers.compared`. It is Box's, that of a scaled variable with the
        mean and variance of the training rows' leave-one-out SPE. If the explanation does not have
        the training rows, the eigenvalues that are left out stand in for them.

        Parameters
        ----------
        alpha : float, default=0.05
            Share of false alarms of each limit, in (0, 1).
        training : bool, default=False
            Whether the limit of T² is that of training rows.

        Returns
        -------
        limits : Limits
            A named tuple of ``hotelling_t2`` and ``spe``. Its attribute ``warnings`` says where
            they are not reliable. The limit of SPE is 0 if no direction is left, as SPE itself.
            What cannot be known is `Unknown`, with the reason.

        Raises
        ------
        ValueError
            If alpha is not in (0, 1), or training is not a bool.

        References
        ----------
        .. [1] Tracy, Young and Mason, "Multivariate control charts for individual observations",
           Journal of Quality Technology 24, 1992: T².
        .. [2] Box, "Some theorems on quadratic forms applied in the study of analysis of variance
           problems, I", Annals of Mathematical Statistics 25, 1954.
        .. [3] Nomikos and MacGregor, "Multivariate SPC charts for monitoring batch processes",
           Technometrics 37, 1995: the mean and variance of the rows' SPE.
        .. [4] Paul, "Asymptotics of sample eigenstructure for a large dimensional spiked covariance
           model", Statistica Sinica 17, 2007.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA, explain
        >>> X = load_wine().data
        >>> t2, spe = explain(PCA(n_components=1, scale=True).fit(X), X).limits(alpha=0.05)
        >>> print(f"{t2:.2f} {spe:.2f}")
        3.92 20.11
        """
        pca = self._pca_of_rows("limits")
        check_probability(alpha, "Explanation.limits: alpha")
        check_bool(training, "Explanation.limits: training")
        return limits_of(pca, float(alpha), bool(training), self._left_out)

    def outliers(self, X=None, *, alpha=0.05, training=None) -> Outliers:
        """Return the rows beyond a limit, and the features that contribute most to each.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows as the estimator takes them; by default those of the explanation.
        alpha : float, default=0.05
            Share of normal rows that each limit excludes. Use a smaller one for many rows.
        training : bool, default=None
            Whether these are the training rows, which are compared by other statistics than new
            ones. By default they are if their number, their means and a fingerprint of some of
            them are those of the training rows. The result says so if this cannot be known: after
            a fit with weights, after `merge`, and if the rows are in another order. A part of the
            training rows counts as new.

        Returns
        -------
        outliers : Outliers
            The rows, their T² and SPE, and what the features add to both. It prints as a table;
            ``to_frame()`` returns one.

        Raises
        ------
        ValueError
            As `limits`, and if training is True and a row is farther from the mean than a training
            row can be.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA, explain
        >>> X = load_wine(as_frame=True).data
        >>> print(explain(PCA(n_components=1, scale=True).fit(X), X).outliers(alpha=0.005))
        2 of 178 training rows beyond a limit: T² 7.727, SPE 31.41
        row      T²    SPE  odd in
        121  0.3773  37.93  SPE: ash 28 %, alcalinity_of_ash 25 %, flavanoids 17 %
         59  0.1822  35.19  SPE: ash 41 %, alcalinity_of_ash 25 %, proanthocyanins 9 %
        """
        check_probability(alpha, "Explanation.outliers: alpha")
        check_bool(training, "Explanation.outliers: training", or_none=True)
        rows = self._rows_in_memory(X, "outliers")
        index, pca = row_index(rows), self.pca
        rows = pca._checked(rows)
        known = is_training(pca, rows) if training is None else bool(training)
        t2, spe = diagnose(pca, rows, ("hotelling_t2", "spe"), np.float64)
        left_out = None
        if training and pca.missing is None:
            check_t2_of_training(pca, t2)
        if known is True:
            spe = left_out_spe(pca, rows, t2, spe)
            if len(spe) == pca.n_samples_:
                left_out = mean_and_variance(spe[a_sample(len(spe))])
        left_out = left_out or self._left_out
        limits = limits_of(pca, float(alpha), known is True, left_out)
        return outliers_of(pca, rows, index, np.stack([t2, spe], axis=1), limits, known)

    def supplementary_features(self, Y, *, sample_weight=None) -> Supplementary:
        """Return how features that the PCA was not fitted on are related to its components.

        Supplementary rows need no method: `coordinates` and `cos2` take any rows.

        Parameters
        ----------
        Y : array-like of shape (n_samples,) or (n_samples, n_supplementary)
            Other quantitative features of the explanation's rows, which are the training rows. For
            categories, see `supplementary_categories`.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows in ``fit``.

        Returns
        -------
        tables : Supplementary
            A named tuple of ``coordinates``, ``correlations`` and ``cos2``. Correlations are 0 if
            a feature or a component has no variance.

        Raises
        ------
        ValueError
            If Y has another number of rows, or is not finite, or the weights sum to 1 or less.

        References
        ----------
        .. [1] Lê, Josse and Husson, "FactoMineR: an R package for multivariate analysis",
           Journal of Statistical Software 25, 2008.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA, explain
        >>> X = load_wine(as_frame=True).data
        >>> proline = X.pop("proline")
        >>> explanation = explain(PCA(n_components=2, scale=True).fit(X), X)
        >>> explanation.supplementary_features(proline).correlations.round(3)
                  pca0   pca1
        proline  0.491  0.541
        """
        what = "supplementary_features"
        rows = self._rows_in_memory(None, what, Y=Y, sample_weight=sample_weight)
        names = names_of(Y)
        tables = supplementary(self.pca, rows, Y, sample_weight)
        return Supplementary(
            *(self._labeled(table, names, self.component_names) for table in tables)
        )

    def supplementary_categories(self, Y, *, sample_weight=None) -> SupplementaryCategories:
        """Return how the levels of categories are related to the components.

        Parameters
        ----------
        Y : array-like of shape (n_samples,) or (n_samples, n_categories)
            Categories of the explanation's rows, which are the training rows: values of one type,
            none missing.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows in ``fit``.

        Returns
        -------
        tables : SupplementaryCategories
            A named tuple of ``coordinates``, ``v_tests``, ``cos2`` and ``counts`` of the levels,
            and ``eta2`` of the categories. Frames have an index of category and level, which
            arrays have in ``levels``.

        Raises
        ------
        ValueError
            If Y has another number of rows, or missing values, or the weights sum to 1 or less.

        See Also
        --------
        Explanation.supplementary_features : Features that are numbers.

        Notes
        -----
        They are FactoMineR's ``quali.sup``. Its coordinates of scaled data are larger by
        ``sqrt(n / (n - 1))``, as it divides by ``n``; the others are the same.

        References
        ----------
        .. [1] Lebart, Morineau and Piron, "Statistique exploratoire multidimensionnelle", 1995.
        .. [2] Lê, Josse and Husson, "FactoMineR: an R package for multivariate analysis",
           Journal of Statistical Software 25, 2008.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA, explain
        >>> X, y = load_wine(return_X_y=True, as_frame=True)
        >>> explanation = explain(PCA(n_components=2, scale=True).fit(X), X)
        >>> explanation.supplementary_categories(y).v_tests.round(1)
                        pca0  pca1
        category level
        target   0       9.9   5.7
                 1      -0.2 -11.3
                 2     -10.2   6.4
        """
        what = "supplementary_categories"
        rows = self._rows_in_memory(None, what, Y=Y, sample_weight=sample_weight)
        names = names_of(Y)
        found = categories(self.pca, rows, Y, names, sample_weight)
        if not self.as_frame:
            return found
        import pandas as pd

        index = pd.MultiIndex.from_tuples(found.levels, names=["category", "level"])
        return found._replace(
            coordinates=self._labeled(found.coordinates, index, self.component_names),
            v_tests=self._labeled(found.v_tests, index, self.component_names),
            cos2=self._labeled(found.cos2, index, self.component_names),
            eta2=self._labeled(found.eta2, names, self.component_names),
            counts=self._labeled(found.counts, index, "count"),
        )

    def rotate(self, method="varimax") -> RotatedPCA:
        """Return a fitted transformer whose components are rotated to be easier to name.

        Parameters
        ----------
        method : {'varimax', 'quartimax', 'promax'}, default='varimax'
            'varimax' makes the squared loadings of each component uneven, 'quartimax' those of
            each feature. 'promax' lets the components of 'varimax' correlate.

        Returns
        -------
        rotated : RotatedPCA
            The rotated model; the PCA does not change. It can be explained as well.

        Raises
        ------
        ValueError
            If there is no such method.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import PCA, explain
        >>> X = load_iris().data
        >>> rotated = explain(PCA(n_components=2, scale=True).fit(X)).rotate()
        >>> rotated.explained_variance_.round(2)
        array([2.7 , 1.13])
        """
        return rotate(self._pca_of_rows("rotate"), method)

    def bootstrap(
        self,
        n_resamples=1000,
        *,
        sample_weight=None,
        alignment="signs",
        random_state=None,
        progress=False,
    ) -> Bootstrap:
        """Resample the rows to estimate how much eigenvalues and loadings vary.

        The rows of the explanation are the training rows. Steps before the PCA are not fitted
        again; features are scaled again in each resample if `scale` is set.

        Parameters
        ----------
        n_resamples : int, default=1000
            How many resamples, each with as many rows.
        sample_weight : array-like of shape (n_samples,), default=None
            How many rows each row counts as, as in ``fit``: rows are drawn in proportion, as many
            as the weights sum to.
        alignment : {'signs', 'procrustes'}, default='signs'
            How the components of a resample, whose signs are arbitrary, are matched with the
            model's.

            - 'signs' reflects each to the same side. Intervals cover the loadings of the
              population's components.
            - 'procrustes' rotates them together to be as near as possible to the model's.
              Intervals are narrower, as they leave out how much the components rotate among one
              another: they cover the population's loadings only up to such a rotation.
        random_state : int, RandomState instance or None, default=None
            Draws the rows. Results do not depend on the number of threads.
        progress : bool, default=False
            Whether to show a progress bar.

        Returns
        -------
        bootstrap : Bootstrap
            Resampled ``eigenvalues``, ``ratios`` and ``loadings``, and their intervals. They take
            8 ``n_resamples * n_features * n_components`` bytes.

        Raises
        ------
        ValueError
            If the rows have missing values, or an argument is not allowed.

        Notes
        -----
        The j-th eigenvalue of a resample is compared with the j-th of the model. Intervals are not
        to be trusted, and ``warnings`` of the result says so, with fewer rows than features, where
        eigenvalues are so close that components may have changed places, and at a bound.

        A resample takes all eigenvalues of its covariance, whose time grows with the cube of the
        number of features: with thousands of features, each takes seconds.

        References
        ----------
        .. [1] Timmerman, Kiers and Smilde, "Estimating confidence intervals for principal component
           loadings: a comparison between the bootstrap and asymptotic results", British Journal
           of Mathematical and Statistical Psychology 60, 2007.
        .. [2] Milan and Whittaker, "Application of the parametric bootstrap to models that
           incorporate a singular value decomposition", Applied Statistics 44, 1995.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA, explain
        >>> X = load_wine().data
        >>> explanation = explain(PCA(n_components=2, scale=True).fit(X), X)
        >>> explanation.bootstrap(200, random_state=0).interval("ratios").shape
        (2, 2)
        """
        rows = self._rows_in_memory(None, "bootstrap", sample_weight=sample_weight)
        return bootstrap(
            self.pca, rows, n_resamples, sample_weight, alignment, random_state, progress
        )

    def __repr__(self) -> str:
        title, components, left = self._overview()
        width = max((len(name) for name, _, _ in components), default=0)
        lines = [f"{name:>{width}}  {share:>6}  {features}" for name, share, features in components]
        return "\n".join([title, *lines, *([left] if left else [])])

    def _repr_html_(self) -> str:
        from skparams.decomposition._explain.view import Overview

        return Overview(*self._overview()).to_html()

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        from skparams._report import mime_bundle

        return mime_bundle(self, include, exclude)

    def _overview(self) -> tuple[str, list[tuple[str, str, str]], str]:
        """What is shown: a title, components with their leading features, and what is left out."""
        k, p = self.pca.components_.shape
        ratios = self.pca.explained_variance_ratio_
        where = f" at {self.path}" if self.path else ""
        rows = "" if self.X is None else "; rows in blocks"
        if self.X is not None and not is_lazy(self.X):
            rows = f"; {self.X.shape[0]:,} rows"
        title = (
            f"{type(self.pca).__name__}{where}: {k} components of {p} features explain "
            f"{100 * ratios.sum():.0f} % of the variance{rows}"
        )
        names, features = self.component_names[:MAX_COMPONENTS], self.feature_names
        components = []
        for name, ratio, entries in zip(names, ratios, self.pca.components_, strict=False):
            order = np.argsort(-np.abs(entries), kind="stable")[:MAX_FEATURES]
            leading = ", ".join(f"{features[j]} {entries[j]:.2f}" for j in order if entries[j] != 0)
            components.append((clean(name), f"{100 * ratio:.1f} %", clean(leading)))
        left = k - MAX_COMPONENTS
        return clean(title), components, f"{left} more component{'s' * (left > 1)}" * (left > 0)

    @cached_property
    def _left_out(self) -> tuple[float, float] | None:
        """Mean and relative variance of the leave-one-out SPE, None without the training rows."""
        if self.X is None or is_lazy(self.X):
            return None
        X = self.X  # which was validated; floats need no conversion
        if not isinstance(X, np.ndarray) or X.dtype.kind != "f":
            X = self.pca._checked(X)
        if is_training(self.pca, X) is not True:
            return None
        X = X[a_sample(X.shape[0])]
        t2, spe = diagnose(self.pca, X, ("hotelling_t2", "spe"), np.float64)
        return mean_and_variance(left_out_spe(self.pca, X, t2, spe))

    def _correlations(self) -> np.ndarray:
        structure = quotient(self._structure(), self.pca._deviations[:, np.newaxis])
        # above 1 by rounding only
        return structure / np.sqrt(np.maximum(self._communalities(), 1.0))[:, np.newaxis]

    def _communalities(self) -> np.ndarray:
        deviations = self.pca._deviations[:, np.newaxis]
        loadings = quotient(self.pca._loadings(), deviations)
        return (loadings * quotient(self._structure(), deviations)).sum(axis=1)

    def _structure(self) -> np.ndarray:
        """Covariances of the features with the components of unit variance."""
        rotated = isinstance(self.pca, RotatedPCA)
        return self.pca._structure() if rotated else self.pca._loadings()

    def _of_features(self, table: np.ndarray) -> Any:
        """A table with one row a feature, in the dtype of the components."""
        table = table.astype(self.pca.components_.dtype, copy=False)
        columns = "communality" if table.ndim == 1 else self.component_names
        return self._labeled(table, self.feature_names, columns)

    def _of_rows(
        self, what: str, kinds: Sequence[str], X: Any, sample_weight: Any = None
    ) -> list[Any]:
        """Tables with one row a row."""
        X = self._rows(X, what)
        hint = "Multiply the contributions by the weights" if is_lazy(X) else LAZY_TABLES
        refuse_lazy(f"Explanation.{what}", hint, sample_weight=sample_weight)
        if is_lazy(X):
            if sample_weight is not None:
                refuse_lazy(f"Explanation.{what} with sample_weight", hint, X=X)
            arrays = replace(self, X=None, as_frame=False)
            return [map_rows(arrays, kind, X) for kind in kinds]
        index = row_index(X)
        X = self.pca._checked(X)
        weight = self.pca._weights(sample_weight, X)
        tables = diagnose(self.pca, X, kinds, dtype_of(X))
        if weight is not None:
            tables[kinds.index("row_contributions")] *= weight[:, np.newaxis]
        if not self.as_frame:
            return tables
        columns = {"components": self.component_names, "features": self.feature_names}
        return [
            self._labeled(table, index, columns.get(COLUMNS[kind] or kind, kind))
            for kind, table in zip(kinds, tables, strict=True)
        ]

    def _labeled(self, table: np.ndarray, index: Any, columns: Any) -> Any:
        """An array as a frame or a Series, unless arrays are wanted."""
        if not self.as_frame:
            return table
        import pandas as pd

        if table.ndim == 1:
            return escape_frame(pd.Series(table, index, name=columns, copy=False))
        return escape_frame(pd.DataFrame(table, index, columns, copy=False))

    def _rows(self, X: Any, what: str) -> Any:
        """Rows as they reach the PCA, by default those of the explanation."""
        self._pca_of_rows(what)
        if X is not None:
            return self._reach(X)
        if self.X is None:
            raise ValueError(f"Explanation.{what}: X must be given to explain, got None.")
        return self.X

    def _rows_in_memory(self, X: Any, what: str, **beside: Any) -> Any:
        """The same, or TypeError if they, or what is beside them, are not in memory."""
        rows = self._rows(X, what)
        refuse_lazy(f"Explanation.{what}", LAZY_TABLES, X=rows, **beside)
        return rows

    def _pca_of_rows(self, what: str) -> Any:
        if isinstance(self.pca, RotatedPCA):
            raise TypeError(
                f"Explanation.{what}: pca must be a PCA, got a RotatedPCA; its pca_ is one: use "
                f"explain(rotated.pca_, X).{what}."
            )
        return self.pca
