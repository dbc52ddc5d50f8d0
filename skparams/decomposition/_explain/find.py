"""The PCA inside a pipeline, a search or another estimator, and the rows and names on the way."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA as SklearnPCA, IncrementalPCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import check_is_fitted

from skparams._compat import safe_indexing
from skparams.decomposition._explain.explanation import Explanation
from skparams.decomposition._explain.labels import has_pandas, pandas_for, row_index
from skparams.decomposition._explain.rotation import RotatedPCA
from skparams.decomposition._pca import FittedPCA

# A step on the way: from rows, None if there are none, and the names of their features, None if
# unknown, to those that the next step gets.
Stage = Callable[[Any, Any], tuple[Any, Any]]
# Attributes of meta-estimators that hold the one fitted estimator that stands for all.
INNER = ("best_estimator_", "estimator_", "regressor_")
# PCAs of scikit-learn, which keep too little for tables.
FOREIGN = SklearnPCA | IncrementalPCA


class Found(NamedTuple):
    """A PCA, where it is, and the steps before it."""

    path: str
    pca: Any
    before: tuple[Stage, ...]


def explanation_of(estimator: Any, X: Any, step: str | None, as_frame: bool | None) -> Explanation:
    """Explain the PCA inside an estimator; the arguments are those of ``explain``."""
    if not (as_frame is None or isinstance(as_frame, bool | np.bool_)):
        raise ValueError(f"explain: as_frame must be True, False or None, got {as_frame!r}.")
    found = _chosen(estimator, step)
    names = _columns(X)
    if names is None:
        names = getattr(estimator, "feature_names_in_", None)
    rows, names = _passed(found.before, X, names)
    pca = _with_names(found.pca, names)
    if as_frame is None:
        as_frame = hasattr(pca, "feature_names_in_") and has_pandas()
    elif as_frame:
        pandas_for("explain: as_frame=True")
    if X is not None:
        rows = _checked(pca, rows, row_index(X))
    return Explanation(pca, rows, found.path, bool(as_frame), partial(_reach, found.before, pca))


def _passed(before: tuple[Stage, ...], X: Any, names: Any) -> tuple[Any, Any]:
    """Rows and names after the steps before the PCA."""
    for stage in before:
        X, names = stage(X, names)
    return X, names


def _with_names(pca: Any, names: Any) -> Any:
    """A copy of the PCA that has the names of its features, unless they are x0, x1, …"""
    pca = fitted = copy.copy(pca)  # a fit replaces its arrays and never writes into them
    if isinstance(pca, RotatedPCA):
        fitted = pca.pca_ = copy.copy(pca.pca_)
    generic = names is None or list(names) == [f"x{j}" for j in range(len(names))]
    if not hasattr(pca, "feature_names_in_") and not generic and has_pandas():
        fitted.feature_names_in_ = np.asarray(names, dtype=object)
    return pca


def _reach(before: tuple[Stage, ...], pca: Any, X: Any) -> Any:
    """Rows as they reach the PCA."""
    return _checked(pca, _passed(before, X, None)[0], row_index(X))


def _checked(pca: Any, X: Any, index: Any) -> Any:
    """Rows at the PCA, in a frame if it has names; raises if there are other features."""
    names = getattr(pca, "feature_names_in_", None)
    fits = names is not None and np.shape(X)[1:] == names.shape
    if fits and _columns(X) is None and has_pandas():
        pd = pandas_for("explain")
        if sp.issparse(X):
            X = pd.DataFrame.sparse.from_spmatrix(X, index, names)
        else:
            X = pd.DataFrame(X, index, names, copy=False)
    getattr(pca, "pca_", pca)._checked(X, accept_sparse="csr")
    return X


def _chosen(estimator: Any, step: str | None) -> Found:
    """The fitted PCA that is meant."""
    name = type(estimator).__name__
    every = list(_pcas_in(estimator, "", ()))
    found = [each for each in every if not isinstance(each.pca, FOREIGN)]
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


def _pcas_in(estimator: Any, path: str, before: tuple[Stage, ...]) -> Iterator[Found]:
    """Yield the PCAs inside an estimator."""
    if isinstance(estimator, FittedPCA | RotatedPCA | FOREIGN):
        yield Found(path, estimator, before)
    elif isinstance(estimator, Pipeline):
        for name, inner in estimator.steps:
            if inner is None or isinstance(inner, str):
                continue
            yield from _pcas_in(inner, _joined(path, name), before)
            before = (*before, partial(_transformed, inner))
    elif isinstance(estimator, ColumnTransformer):
        fitted = getattr(estimator, "transformers_", estimator.transformers)
        for name, inner, columns in fitted:
            if not isinstance(inner, str):
                stage = partial(_selected, estimator, columns)
                yield from _pcas_in(inner, _joined(path, name), (*before, stage))
    elif isinstance(estimator, FrozenEstimator):
        yield from _pcas_in(estimator.estimator, path, before)
    elif isinstance(estimator, FeatureUnion):
        for name, inner in estimator.transformer_list:
            if not isinstance(inner, str):
                yield from _pcas_in(inner, _joined(path, name), before)
    elif not hasattr(estimator, "estimators_"):  # whose estimator_ is a template
        for name in INNER:
            if name in getattr(estimator, "__dict__", {}):
                yield from _pcas_in(getattr(estimator, name), path, before)
                return


def _check_search(estimator: Any) -> None:
    """Raise NotFittedError if a search or the like has a PCA, but no fitted one."""
    if hasattr(estimator, "estimator") and next(_pcas_in(estimator.estimator, "", ()), None):
        raise NotFittedError(
            f"explain: this {type(estimator).__name__} holds no fitted estimator. Call 'fit' "
            "first, a search with refit=True."
        )


def _joined(path: str, name: str) -> str:
    return f"{path}__{name}" if path else name


def _transformed(step: Any, X: Any, names: Any) -> tuple[Any, Any]:
    """Rows and names after a step of a pipeline."""
    if X is not None:
        X = step.transform(X)
        if (columns := _columns(X)) is not None:
            return X, columns
    try:
        return X, step.get_feature_names_out(names)
    except (AttributeError, ValueError, TypeError):
        return X, None


def _selected(compose: ColumnTransformer, columns: Any, X: Any, names: Any) -> tuple[Any, Any]:
    """The columns of rows, and their names, that a ColumnTransformer gives to a transformer."""
    check_is_fitted(compose)
    if X is None:
        if names is None or not has_pandas():
            return None, None
        empty = pandas_for("explain").DataFrame(columns=names)
        return None, _columns(safe_indexing(empty, columns, axis=1))
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
    """Names of a frame's columns, None if they are not all strings."""
    columns = getattr(X, "columns", None)
    if columns is None or not all(isinstance(name, str) for name in columns):
        return None
    return np.asarray(columns, dtype=object)
