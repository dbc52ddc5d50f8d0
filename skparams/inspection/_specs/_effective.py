"""The effective number of parameters through pipelines, searches and transformed targets."""

from __future__ import annotations

from typing import Any

from skparams.inspection._sizes import NotKnown
from skparams.inspection._spec import registered
from skparams.inspection._specs._reached import last_of
from skparams.inspection._specs._values import attributes_of, estimators_in

__all__ = ["effective_of", "transformed_target"]

# Transformers of scikit-learn whose fit ignores y, and whose transform of the training rows is what
# fit_transform returned. Only behind these do predictions depend on y through the last step alone.
_IGNORE_Y = """
    AdditiveChi2Sampler Binarizer BisectingKMeans CountVectorizer DictVectorizer FactorAnalysis
    FastICA FeatureAgglomeration FeatureHasher FunctionTransformer GaussianRandomProjection
    HashingVectorizer IncrementalPCA KBinsDiscretizer KMeans KNNImputer KernelCenterer KernelPCA
    MaxAbsScaler MinMaxScaler MiniBatchKMeans MissingIndicator Normalizer Nystroem OneHotEncoder
    OrdinalEncoder PCA PolynomialCountSketch PolynomialFeatures PowerTransformer
    QuantileTransformer RBFSampler RandomTreesEmbedding RobustScaler SimpleImputer
    SkewedChi2Sampler SparseRandomProjection SplineTransformer StandardScaler TfidfTransformer
    TfidfVectorizer TruncatedSVD VarianceThreshold
"""
_NAMES = frozenset(_IGNORE_Y.split())
_OF_OTHERS = frozenset(["ColumnTransformer", "FeatureUnion", "Pipeline"])
_SCALERS = frozenset(["MaxAbsScaler", "MinMaxScaler", "RobustScaler", "StandardScaler"])


def effective_of(estimator: Any, X: Any) -> float:
    """Return the effective number of parameters of a fitted estimator.

    Parameters
    ----------
    estimator : estimator
        A fitted one.
    X : array-like
        Its training rows.

    Returns
    -------
    float
        The trace of the matrix that takes y to the predictions for these rows.

    Raises
    ------
    NotKnown
        If there is no such matrix, or no formula for its trace.
    ValueError
        If the estimator keeps its training rows, and X is not they.
    """
    last = last_of(estimator)
    spec = registered(last.estimator)
    if spec is None or spec.effective is None:
        raise NotKnown(f"there is no formula for {type(last.estimator).__name__}")
    for transformer in last.transformers:
        if not _ignores_y(transformer):
            raise NotKnown(f"what {type(transformer).__name__} does to X may depend on y")
    return spec.effective(last.estimator, last.data(X))


def _ignores_y(transformer: Any) -> bool:
    name = _known_name(transformer)
    if name in _OF_OTHERS:
        values = attributes_of(transformer)
        held = values.get("transformers_") or values.get("transformer_list") or values.get("steps")
        # A ColumnTransformer's are (name, transformer, columns).
        return all(_ignores_y(inner) for _, inner in estimators_in("", [h[:2] for h in held or []]))
    return name in _NAMES


def _known_name(estimator: Any) -> str | None:
    """Return the name of a class of scikit-learn's or of this package's, but not of one derived."""
    cls = type(estimator)
    known = cls.__module__.partition(".")[0] in ("sklearn", "skparams")
    return cls.__name__ if known else None


def transformed_target(estimator: Any, X: Any) -> float:
    """Return the effective number of the regressor behind a TransformedTargetRegressor.

    A scaler shifts and stretches y. Where the predictions for a shifted y are shifted by the same,
    as with an intercept, nothing of that is left in the predictions.
    """
    transformer, regressor = estimator.transformer_, estimator.regressor_
    name = _known_name(transformer)
    identity = (
        name == "FunctionTransformer" and transformer.func is transformer.inverse_func is None
    )
    last = last_of(regressor).estimator
    shifts = getattr(last, "fit_intercept", _known_name(last) == "KNeighborsRegressor")
    if identity or (name in _SCALERS and shifts):
        return effective_of(regressor, X)
    if name in _SCALERS:
        raise NotKnown(f"y is scaled, and {type(last).__name__} fits no intercept")
    raise NotKnown(f"y goes through {type(transformer).__name__}")
