"""The PCA inside a pipeline, a search or another estimator, and the rows and names on the way."""

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA as SklearnPCA, IncrementalPCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import RFE
from sklearn.frozen import FrozenEstimator
from sklearn.multioutput import ClassifierChain, RegressorChain
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import check_is_fitted

from skparams._compat import safe_indexing
from skparams._escape import escaped_errors
from skparams._lazy import is_lazy, is_stored, refuse_lazy
from skparams.decomposition._explain.explanation import Explanation
from skparams.decomposition._explain.labels import has_pandas, pandas_for, row_index
from skparams.decomposition._explain.rotation import RotatedPCA
from skparams.decomposition._pca import BasePCA

# Maps rows, None if there are none, and the names of their features, None if unknown, to those that
# the next step of the estimator gets.
Stage = Callable[[Any, Any], tuple[Any, Any]]
# Attributes of meta-estimators that contain the one fitted estimator that stands for all.
INNER = ("best_estimator_", "estimator_", "regressor_")
# Attributes of ensembles that contain all fitted estimators.
MEMBERS = ("named_estimators_", "estimators_", "calibrated_classifiers_")
MAX_LISTED = 6
# PCAs of scikit-learn, which keep too little for tables.
FOREIGN = SklearnPCA | IncrementalPCA


def explanation_of(estimator: Any, X: Any, step: str | None, as_frame: bool | None) -> Explanation:
    """Explain the PCA inside an estimator; the arguments are those of ``explain``."""
    if not (as_frame is None or isinstance(as_frame, bool | np.bool_)):
        raise ValueError(f"explain: as_frame must be True, False or None, got {as_frame!r}.")
    located = _located(estimator, step)
    _check_lazy(located.before, X)
    names = _columns(X)
    if names is None:
        names = getattr(estimator, "feature_names_in_", None)
    rows, names = _passed(located.before, X, names)
    pca = _with_names(located.pca, names)
    if as_frame is None:
        as_frame = hasattr(pca, "feature_names_in_") and has_pandas()
    elif as_frame:
        pandas_for("explain: as_frame=True")
    if X is not None:
        rows = _checked(pca, rows, None if is_lazy(X) else row_index(X))
    reach = partial(_reach, located.before, pca)
    return Explanation(pca, rows, located.path, bool(as_frame), reach)


class LocatedPCA(NamedTuple):
    """A PCA, its path, and the steps before it."""

    path: str
    pca: Any
    before: tuple[Stage, ...]


def _located(estimator: Any, step: str | None) -> LocatedPCA:
    """The fitted PCA that is meant."""
    name = type(estimator).__name__
    every = list(_pcas_in(estimator))
    found = [each for each in every if not isinstance(each.pca, FOREIGN)]
    if not found and every:
        where = f"{_listed(every)} of {name}" if every[0].path else "estimator"
        kinds = " and ".join(sorted({type(each.pca).__name__ for each in every}))
        raise TypeError(
            f"explain: {where} is scikit-learn's {kinds}, which does not keep what the tables "
            "need. Fit with skparams.PCA in its place."
        )
    if not found:
        raise _nothing_in(estimator)
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
    found[0].pca._check_fitted()
    return found[0]


def _nothing_in(estimator: Any) -> Exception:
    """The error that says why no fitted PCA is found."""
    name, params = type(estimator).__name__, {}
    if hasattr(estimator, "get_params"):
        params = estimator.get_params()
    if not any(next(_pcas_in(value), None) for value in params.values()):
        return ValueError(f"explain: there is no PCA in {name}.")
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return NotFittedError(f"explain: this {name} is not fitted. Call 'fit' first.")
    if params.get("refit") is False:
        return NotFittedError(
            f"explain: this {name} keeps no fitted estimator, as refit=False. Fit it with "
            "refit=True."
        )
    return ValueError(
        f"explain: {name} is fitted, but none of its attributes {_words([*INNER, *MEMBERS])} "
        "contains its PCA. Pass the fitted PCA itself, or the fitted pipeline that has it."
    )


def _words(items: Sequence[str]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _listed(located: Sequence[LocatedPCA]) -> str:
    paths = ", ".join(repr(each.path) for each in located[:MAX_LISTED])
    left = len(located) - MAX_LISTED
    return f"{paths} and {left} more" if left > 0 else paths


def _pcas_in(
    estimator: Any, path: str = "", before: tuple[Stage, ...] = ()
) -> Iterator[LocatedPCA]:
    """Yield the PCAs inside an estimator."""
    if isinstance(estimator, BasePCA | FOREIGN):
        yield LocatedPCA(path, estimator, before)
        return
    for name, inner, stages in _children(estimator):
        inner_path = f"{path}__{name}" if path and name else path or name
        yield from _pcas_in(inner, inner_path, before + stages)


def _children(estimator: Any) -> Iterator[tuple[str, Any, tuple[Stage, ...]]]:
    """Yield the name of each estimator inside another, itself, and the steps before it."""
    if isinstance(estimator, Pipeline):
        before: tuple[Stage, ...] = ()
        for name, inner in estimator.steps:
            if inner is not None and not isinstance(inner, str):
                yield name, inner, before
                before = (*before, partial(_transformed, inner))
    elif isinstance(estimator, ColumnTransformer):
        fitted = getattr(estimator, "transformers_", estimator.transformers)
        for name, inner, columns in fitted:
            yield name, inner, (partial(_selected, estimator, name, columns),)
    elif isinstance(estimator, FeatureUnion):
        for name, inner in estimator.transformer_list:
            yield name, inner, ()
    elif isinstance(estimator, FrozenEstimator):
        yield "", estimator.estimator, ()
    else:
        yield from _members(estimator)


def _members(estimator: Any) -> Iterator[tuple[str, Any, tuple[Stage, ...]]]:
    """Yield what a meta-estimator fitted: all estimators of an ensemble, else the only one."""
    fitted = getattr(estimator, "__dict__", {})
    attribute = next((name for name in MEMBERS if name in fitted), None)
    if attribute is None:
        stages = (partial(_transformed, estimator),) if isinstance(estimator, RFE) else ()
        yield from [("", fitted[name], stages) for name in INNER if name in fitted][:1]
        return
    members = fitted[attribute]
    if attribute == "named_estimators_":
        named = list(members.items())
    else:
        named = [(f"{attribute}[{i}]", inner) for i, inner in enumerate(_flat(members))]
    if attribute == "calibrated_classifiers_":
        named = [(f"{name}__estimator", each.estimator) for name, each in named]
    for i, (name, inner) in enumerate(named):
        yield name, inner, _stages_to_member(estimator, i)
    if "final_estimator_" in fitted:  # its features are the predictions of the others
        yield "final_estimator", fitted["final_estimator_"], (partial(_transformed, estimator),)


def _flat(members: Any) -> Iterator[Any]:
    """Estimators in nested lists or arrays. A Pipeline, which has a length, is no list."""
    for inner in members:
        if isinstance(inner, list | tuple | np.ndarray):
            yield from _flat(inner)
        else:
            yield inner


def _stages_to_member(estimator: Any, i: int) -> tuple[Stage, ...]:
    """The steps from the rows of an ensemble to those of a member."""
    if "estimators_features_" in vars(estimator):
        return (partial(_some_columns, estimator.estimators_features_[i]),)
    if i and isinstance(estimator, ClassifierChain | RegressorChain):
        return (partial(_refused, f"estimators_[{i}] of {type(estimator).__name__}"),)
    return ()


def _some_columns(columns: Any, X: Any, names: Any) -> tuple[Any, Any]:
    """The columns, and their names, that a member of an ensemble was fitted on."""
    names = None if names is None else np.asarray(names, dtype=object)[columns]
    return None if X is None else safe_indexing(X, columns, axis=1), names


def _refused(where: str, X: Any, names: Any) -> tuple[Any, Any]:
    """No rows: the member was fitted on predictions beside the features."""
    if X is not None:
        raise ValueError(
            f"explain: rows reach {where} with predictions of other estimators beside them, "
            "which are not known here. Leave out X, or explain that estimator with its own rows."
        )
    return None, None


def _passed(before: tuple[Stage, ...], X: Any, names: Any) -> tuple[Any, Any]:
    """Rows and names after the steps before the PCA."""
    with escaped_errors():
        for stage in before:
            X, names = stage(X, names)
    return X, names


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


def _selected(
    compose: ColumnTransformer, name: str, columns: Any, X: Any, names: Any
) -> tuple[Any, Any]:
    """The columns of rows, and their names, that a ColumnTransformer gives to a transformer."""
    check_is_fitted(compose)
    if names is not None:
        names = np.asarray(names, dtype=object)[compose._transformer_to_input_indices[name]]
    if X is None:
        return X, names
    n = np.shape(X)[1]
    if _columns(X) is None and n != compose.n_features_in_:
        raise ValueError(
            f"X has {n} features, but ColumnTransformer is expecting {compose.n_features_in_} "
            "features as input."
        )
    X = safe_indexing(X, columns, axis=1)
    found = _columns(X)
    return X, names if found is None else found


def _check_lazy(before: tuple[Stage, ...], X: Any) -> None:
    """TypeError for rows that are not in memory, unless they are Dask's at the PCA itself."""
    if is_stored(X):
        hint = "A Dask array of it is taken as it is: dask.array.from_array(X)"
        refuse_lazy("explain", hint, X=X)
    if before:
        hint = "Its steps before the PCA do: explain the PCA itself, with the rows that reach it"
        refuse_lazy("explain", hint, X=X)


def _reach(before: tuple[Stage, ...], pca: Any, X: Any) -> Any:
    """Rows as they reach the PCA."""
    _check_lazy(before, X)
    return _checked(pca, _passed(before, X, None)[0], None if is_lazy(X) else row_index(X))


def _checked(pca: Any, X: Any, index: Any) -> Any:
    """Rows at the PCA, in a frame if it has names; raises if there are other features."""
    if is_lazy(X):  # blocks are checked when they are computed
        _checked(pca, np.zeros((1, X.shape[1])), None)
        return X
    names = getattr(pca, "feature_names_in_", None)
    fits = names is not None and np.shape(X)[1:] == names.shape
    if fits and _columns(X) is None and has_pandas():
        import pandas as pd

        if sp.issparse(X):
            X = pd.DataFrame.sparse.from_spmatrix(X, index, names)
        else:
            X = pd.DataFrame(X, index, names, copy=False)
    getattr(pca, "pca_", pca)._checked(X)
    return X


def _with_names(pca: Any, names: Any) -> Any:
    """A copy of the PCA that has the names of its features, unless they are x0, x1, …"""
    pca = fitted = copy.copy(pca)  # a fit replaces its arrays and never writes into them
    if isinstance(pca, RotatedPCA):
        fitted = pca.pca_ = copy.copy(pca.pca_)
    default = names is None or list(names) == [f"x{j}" for j in range(len(names))]
    if not hasattr(pca, "feature_names_in_") and not default and has_pandas():
        fitted.feature_names_in_ = np.asarray(names, dtype=object)
    return pca


def _columns(X: Any) -> Any:
    """Names of a frame's columns, None if they are not all strings."""
    columns = getattr(X, "columns", None)
    if columns is None or not all(isinstance(name, str) for name in columns):
        return None
    return np.asarray(columns, dtype=object)
