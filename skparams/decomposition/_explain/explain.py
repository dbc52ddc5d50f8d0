"""A PCA inside a pipeline or a search, with the rows and the names that reach it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA as SklearnPCA
from sklearn.decomposition import IncrementalPCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import check_is_fitted

from skparams._compat import safe_indexing
from skparams.decomposition._explain.leading import leading
from skparams.decomposition._explain.rotation import RotatedPCA
from skparams.decomposition._explain.row_tables import RowTables
from skparams.decomposition._explain.tables import feature_names, has_pandas, pandas_for, row_index

# From rows and the names of their features to what the next step gets; names may be unknown.
Stage = Callable[[Any, Any], tuple[Any, Any]]
# Attributes of meta-estimators that hold the one fitted estimator that stands for all.
INNER = ("best_estimator_", "estimator_", "regressor_")
# PCAs of scikit-learn, which keep too little for tables.
FOREIGN = SklearnPCA | IncrementalPCA
# Components that are printed.
MOST_COMPONENTS = 8


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """A PCA with the rows that reach it, and the names that its features have there.

    All tables are those of `pca`, of the same names; tables of rows are those of `X`. A RotatedPCA
    has tables of features only: those of rows raise TypeError.

    Parameters
    ----------
    pca : PCA or RotatedPCA
        The fitted PCA, with the names of its features. It shares its arrays with the one that was
        found, which does not change.
    X : DataFrame, ndarray or sparse matrix of shape (n_samples, n_features)
        The rows as they reach it: after the steps before it.
    path : str
        Where it was found, as ``set_params`` writes it; empty where it is the estimator itself.
    """

    pca: Any
    X: Any
    path: str

    @property
    def feature_names(self) -> list[Any]:
        """Names of the PCA's features."""
        return feature_names(self.pca)

    @property
    def loadings(self) -> Any:
        """``pca.loadings_``."""
        return self.pca.loadings_

    @property
    def correlations(self) -> Any:
        """``pca.correlations_``."""
        return self.pca.correlations_

    @property
    def contributions(self) -> Any:
        """``pca.contributions_``: shares of the features in the components."""
        return self.pca.contributions_

    @property
    def communalities(self) -> Any:
        """``pca.communalities_``."""
        return self.pca.communalities_

    @property
    def coordinates(self) -> Any:
        """``pca.coordinates(X)``."""
        return self._of_rows("coordinates")(self.X)

    @property
    def row_contributions(self) -> Any:
        """``pca.contributions(X)``: shares of the rows in the components' variances."""
        return self._of_rows("contributions")(self.X)

    @property
    def cos2(self) -> Any:
        """``pca.cos2(X)``."""
        return self._of_rows("cos2")(self.X)

    @property
    def hotelling_t2(self) -> Any:
        """``pca.hotelling_t2(X)``."""
        return self._of_rows("hotelling_t2")(self.X)

    @property
    def spe(self) -> Any:
        """``pca.spe(X)``."""
        return self._of_rows("spe")(self.X)

    def explained_by(self, feature: Any) -> Any:
        """Return ``pca.explained_by(feature)``."""
        return self.pca.explained_by(feature)

    def limits(self, alpha: float = 0.05) -> Any:
        """Return ``pca.limits(alpha, X)``."""
        return self._of_rows("limits")(alpha, self.X)

    def outliers(self, alpha: float = 0.05) -> Any:
        """Return ``pca.outliers(X, alpha)``."""
        return self._of_rows("outliers")(self.X, alpha)

    def bootstrap(self, n_resamples: int = 1000, **arguments: Any) -> Any:
        """Return ``pca.bootstrap(X, n_resamples, ...)``: what is before it is not fitted again."""
        return self._of_rows("bootstrap")(self.X, n_resamples, **arguments)

    def _of_rows(self, method: str) -> Any:
        """Return a method of the PCA that takes rows."""
        if isinstance(self.pca, RotatedPCA):
            raise TypeError(
                f"Explanation: pca must be a PCA for {method} of rows, got a RotatedPCA; its pca_ "
                f"is one: explanation.pca.pca_.{method}."
            )
        return getattr(self.pca, method)

    def __repr__(self) -> str:
        k, p = self.pca.components_.shape
        ratios = self.pca.explained_variance_ratio_
        where = f" at {self.path}" if self.path else ""
        lines = [
            f"{type(self.pca).__name__}{where}: {k} components of {p} features explain "
            f"{100 * ratios.sum():.0f} % of the variance; {self.X.shape[0]:,} rows"
        ]
        names, components = self.pca.get_feature_names_out(), self.pca.components_
        width = max(map(len, names[:MOST_COMPONENTS]), default=0)
        for name, ratio, entries in zip(names[:MOST_COMPONENTS], ratios, components, strict=False):
            said = ", ".join(
                f"{f} {entry:.2f}" for f, entry in leading(entries, self.feature_names)
            )
            lines.append(f"{name:>{width}}  {100 * ratio:4.1f} %  {said}")
        if k > MOST_COMPONENTS:
            left = k - MOST_COMPONENTS
            lines.append(f"{left} more component{'s' * (left > 1)}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Found:
    """A PCA, where it is, and what happens to rows on the way to it."""

    path: str
    pca: Any
    before: tuple[Stage, ...]


def explain(estimator, X, *, step=None):
    """Find the PCA inside an estimator, and return its tables for rows and with feature names.

    It looks into pipelines, column transformers, feature unions, and what a search or another
    meta-estimator fitted. Rows pass the steps before the PCA, and their names do through
    ``get_feature_names_out``.

    Parameters
    ----------
    estimator : estimator
        Fitted: a `PCA` or `RotatedPCA`, or a Pipeline, ColumnTransformer, FeatureUnion, search or
        the like that has one inside it.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Rows, as the estimator takes them.
    step : str, default=None
        Which PCA, where there are several: its path, such as ``'preprocess__pca'``, or the end of
        one.

    Returns
    -------
    explanation : Explanation
        Tables of the features (``loadings``, ``correlations``, ``contributions``,
        ``communalities``) and of the rows (``coordinates``, ``cos2``, ``hotelling_t2``, ``spe``,
        ``outliers()``; not of a RotatedPCA). ``pca`` and ``X`` are what the displays take.

    Raises
    ------
    ValueError
        If there is no PCA, several and no step, or none at that step; or X has other features.
    TypeError
        If there are only PCAs of scikit-learn, which do not keep what the tables need.
    NotFittedError
        If the PCA, or what holds it, is not fitted.

    See Also
    --------
    summary : What any estimator learned.

    Notes
    -----
    Where a step before the PCA cannot tell the names of what it puts out, as a FunctionTransformer
    without ``feature_names_out``, features are x0, x1, … from there on. Frames need pandas.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skparams import PCA, explain
    >>> X = load_wine(as_frame=True).data
    >>> pipeline = make_pipeline(StandardScaler(), PCA(3)).fit(X)
    >>> explain(pipeline, X)
    PCA at pca: 3 components of 13 features explain 67 % of the variance; 178 rows
    pca0  36.2 %  flavanoids 0.42, total_phenols 0.39, od280/od315_of_diluted_wines 0.38
    pca1  19.2 %  color_intensity 0.53, alcohol 0.48, proline 0.36
    pca2  11.1 %  ash 0.63, alcalinity_of_ash 0.61, alcohol -0.21
    >>> explain(pipeline, X).outliers(alpha=0.001).labels
    array([ 95,  69, 110, 121,  59])
    """
    found, index, names = _chosen(estimator, step), row_index(X), _columns(X)
    if names is None:
        names = getattr(estimator, "feature_names_in_", None)
    for stage in found.before:
        X, names = stage(X, names)
    pca = fitted = copy.copy(found.pca)  # what a fit holds is replaced and never written into
    if isinstance(pca, RotatedPCA):  # which has the names of the PCA that it turned
        fitted = pca.pca_ = copy.copy(pca.pca_)
    if not hasattr(pca, "feature_names_in_") and not _generic(names) and has_pandas():
        fitted.feature_names_in_ = np.asarray(names, dtype=object)
    if hasattr(pca, "feature_names_in_") and _columns(X) is None and has_pandas():
        X = _framed(X, pca.feature_names_in_, index)
    fitted._checked(X, accept_sparse="csr")  # X of another width, before a table asks for it
    return Explanation(pca, X, found.path)


def _generic(names: Any) -> bool:
    """Say whether names say nothing: x0, x1, … or none."""
    return names is None or list(names) == [f"x{j}" for j in range(len(names))]


def _framed(X: Any, names: Any, index: Any) -> Any:
    """Return rows as a frame, which is how rows have names."""
    pd = pandas_for("explain")
    if sp.issparse(X):
        return pd.DataFrame.sparse.from_spmatrix(X, index, names)
    return pd.DataFrame(X, index, names, copy=False)


def _chosen(estimator: Any, step: str | None) -> Found:
    """Return the fitted PCA that is meant."""
    name = type(estimator).__name__
    every = list(_walk(estimator, "", ()))
    found = [each for each in every if isinstance(each.pca, RowTables | RotatedPCA)]
    if not found and every:
        where = f"{_listed(every)} of {name}" if every[0].path else "estimator"
        kinds = " and ".join(sorted({type(each.pca).__name__ for each in every}))
        raise TypeError(
            f"explain: {where} is scikit-learn's {kinds}, which does not keep what the tables "
            "need. Fit with skparams.PCA in its place."
        )
    if not found:
        _check_search(estimator)
        raise ValueError(f"explain: there is no PCA in {name}.")
    if step is not None:
        fits = [each for each in found if each.path == step]
        fits = fits or [each for each in found if f"__{each.path}".endswith(f"__{step}")]
        if len(fits) != 1:
            several = "several PCAs" if fits else "no PCA"
            raise ValueError(
                f"explain: {name} has {several} at step={step!r}. Its PCAs are at {_listed(found)}."
            )
        found = fits
    if len(found) > 1:
        raise ValueError(
            f"explain: {name} has several PCAs: choose with step, one of {_listed(found)}."
        )
    check_is_fitted(found[0].pca)
    return found[0]


def _listed(found: list[Found]) -> str:
    return ", ".join(repr(each.path) for each in found)


def _walk(estimator: Any, path: str, before: tuple[Stage, ...]) -> Iterator[Found]:
    """Yield the PCAs inside an estimator."""
    if isinstance(estimator, RowTables | RotatedPCA | FOREIGN):
        yield Found(path, estimator, before)
    elif isinstance(estimator, Pipeline):
        for name, inner in estimator.steps:
            if inner is None or isinstance(inner, str):
                continue
            yield from _walk(inner, _joined(path, name), before)
            before = (*before, partial(_transformed, inner))
    elif isinstance(estimator, ColumnTransformer):
        fitted = getattr(estimator, "transformers_", estimator.transformers)
        for name, inner, columns in fitted:
            if not isinstance(inner, str):
                stage = partial(_picked, estimator, columns)
                yield from _walk(inner, _joined(path, name), (*before, stage))
    elif isinstance(estimator, FrozenEstimator):
        yield from _walk(estimator.estimator, path, before)
    elif isinstance(estimator, FeatureUnion):
        for name, inner in estimator.transformer_list:
            if not isinstance(inner, str):
                yield from _walk(inner, _joined(path, name), before)
    elif not hasattr(estimator, "estimators_"):  # whose estimator_ is a template
        for name in INNER:
            if name in getattr(estimator, "__dict__", {}):
                yield from _walk(getattr(estimator, name), path, before)
                return


def _check_search(estimator: Any) -> None:
    """Say what is missing where a search could have a PCA."""
    if hasattr(estimator, "estimator") and next(_walk(estimator.estimator, "", ()), None):
        raise NotFittedError(
            f"explain: this {type(estimator).__name__} holds no fitted estimator. Call 'fit' "
            "first, a search with refit=True."
        )


def _joined(path: str, name: str) -> str:
    return f"{path}__{name}" if path else name


def _transformed(step: Any, X: Any, names: Any) -> tuple[Any, Any]:
    """Return what a step makes of rows, and the names, None where it cannot tell them."""
    X = step.transform(X)
    if (columns := _columns(X)) is not None:
        return X, columns
    try:
        return X, step.get_feature_names_out(names)
    except (AttributeError, ValueError, TypeError):
        return X, None


def _picked(compose: ColumnTransformer, columns: Any, X: Any, names: Any) -> tuple[Any, Any]:
    """Return the columns that a ColumnTransformer gives to one of its transformers."""
    check_is_fitted(compose)
    n = X.shape[1] if hasattr(X, "shape") else np.asarray(X).shape[1]
    if _columns(X) is None and n != compose.n_features_in_:
        raise ValueError(
            f"X has {n} features, but ColumnTransformer is expecting {compose.n_features_in_} "
            "features as input."
        )
    X = safe_indexing(X, columns, axis=1)
    if (found := _columns(X)) is not None or names is None:
        return X, found
    return X, np.asarray(names, dtype=object)[columns]


def _columns(X: Any) -> Any:
    """Return the names of a frame's columns, None where they are not all strings."""
    columns = getattr(X, "columns", None)
    if columns is None or not all(isinstance(name, str) for name in columns):
        return None
    return np.asarray(columns, dtype=object)
