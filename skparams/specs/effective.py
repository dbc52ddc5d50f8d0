"""Effective degrees of freedom through pipelines, searches and transformed targets."""

from __future__ import annotations

from typing import Any

from skparams._records import NotKnown
from skparams.specs.context import Context
from skparams.specs.reached import final_estimator_of
from skparams.specs.registry import overridden, spec_of
from skparams.specs.smoothers import TUNED, check_pairs, lasso, lasso_lars
from skparams.specs.spec import Spec
from skparams.specs.values import attributes_of, estimators_in
from skparams.specs.view import view_of

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
    """Return the effective degrees of freedom of a fitted estimator with its training X.

    Raises NotKnown if there is no smoother or no formula for its trace, or if the estimator keeps
    its training rows and X is not they.
    """
    last = final_estimator_of(estimator)
    spec = spec_of(last.estimator)
    if spec is None or "effective" not in spec.extras:
        raise NotKnown(f"there is no formula for {type(last.estimator).__name__}")
    cls: type = type(last.estimator)
    for own in sorted(overridden(cls) & {"fit", "predict"}):
        raise NotKnown(f"{cls.__name__} has its own {own}")
    if last.searched and _is_lasso(spec):
        raise NotKnown(TUNED)
    for transformer in last.transformers:
        _check_transformer(transformer, X)
    return spec.extras["effective"](view_of(last.estimator).context(last.data(X)))


def _check_transformer(transformer: Any, X: Any) -> None:
    """Raise NotKnown unless the last step gets the same X in predict as in fit, whatever y is."""
    name, values = _known_name(transformer), attributes_of(transformer)
    if name in _OF_OTHERS:
        held = values.get("transformers_") or values.get("transformer_list") or values.get("steps")
        # A ColumnTransformer's are (name, transformer, columns).
        for _, inner in estimators_in("", [each[:2] for each in held or []]):
            _check_transformer(inner, X)
        return
    shown = type(transformer).__name__
    if name not in _NAMES:
        raise NotKnown(f"what {shown} does to X may depend on y")
    rules = spec_of(transformer).rules  # type: ignore[union-attr]  # the names are of known ones
    if any(rules[each].role == "data" for each in rules.keys() & values.keys()):
        check_pairs(X)
    if "randomized" in (values.get("_fit_svd_solver"), values.get("eigen_solver")):
        raise NotKnown(f"a randomized {shown} does not quite repeat what it put out in fit")


def _is_lasso(spec: Spec | None) -> bool:
    """Whether predictions are linear in y only as long as the same coefficients are zero."""
    formulas = (lasso, lasso_lars)
    return spec is not None and spec.extras.get("effective") in formulas


def _known_name(estimator: Any) -> str | None:
    """Return the name of a class of scikit-learn's or of this package's, but not of one derived."""
    cls = type(estimator)
    known = cls.__module__.partition(".")[0] in ("sklearn", "skparams")
    return cls.__name__ if known else None


def transformed_target(ctx: Context) -> float:
    """Return the effective degrees of freedom of the regressor behind a TransformedTargetRegressor.

    A scaler shifts and stretches y. Stretching leaves nothing in the predictions, as they are
    linear in y. Nor does shifting where the predictions for a shifted y are shifted by the same,
    as with an intercept.
    """
    transformer, regressor = ctx.values["transformer_"], ctx.values["regressor_"]
    name = _known_name(transformer)
    identity = (
        name == "FunctionTransformer" and transformer.func is transformer.inverse_func is None
    )
    if not identity and name not in _SCALERS:
        raise NotKnown(f"y goes through {type(transformer).__name__}")
    last = final_estimator_of(regressor).estimator
    if not identity and _is_lasso(spec_of(last)):
        raise NotKnown(f"y is scaled, and {type(last).__name__} is not linear in y")
    if not identity and _shifts(name, transformer) and not _follows_shifts(last):
        raise NotKnown(f"y is shifted, and {type(last).__name__} does not shift with it")
    return effective_of(regressor, ctx.X)


def _shifts(name: str | None, scaler: Any) -> bool:
    if name == "StandardScaler":
        return bool(scaler.with_mean)
    if name == "RobustScaler":
        return bool(scaler.with_centering)
    return name == "MinMaxScaler"


def _follows_shifts(regressor: Any) -> bool:
    """Whether predictions for y + c are those for y, and c."""
    if _known_name(regressor) == "KNeighborsRegressor":
        return True  # averages
    values = attributes_of(regressor)
    return bool(values.get("fit_intercept") or values.get("normalize_y"))
