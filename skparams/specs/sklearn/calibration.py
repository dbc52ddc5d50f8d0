"""Calibration: an estimator or one for each fold, and for each class what corrects its scores."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import DataShape, between, multiply
from skparams.specs import (
    After,
    Member,
    Params,
    Part,
    Rule,
    Spec,
    in_folds,
    made,
    n_folds,
    parameter,
    register,
)


def _prefit(params: Params) -> bool:
    return isinstance(params["cv"], str) and params["cv"] == "prefit"  # scikit-learn < 1.8


def _n_pairs(params: Params) -> int:
    """Return how many pairs of an estimator and its calibrators there will be."""
    ensemble = params["ensemble"]
    if isinstance(ensemble, str):
        ensemble = type(params["estimator"]).__name__ != "FrozenEstimator"
    return n_folds(params["cv"]) if ensemble and not _prefit(params) else 1


def _calibrated(params: Params, data: DataShape, after: After) -> Iterator[Member]:
    estimator = params["estimator"]
    if estimator is None:
        estimator = made("sklearn.svm.LinearSVC", {"random_state": 0})
    n = _n_pairs(params)
    data = in_folds(data) if n > 1 else data
    path = "calibrated_classifiers_[…]__estimator"
    yield Member(path, estimator, data, n, fitted=_prefit(params))


def _calibrators(data: DataShape, params: Params) -> Iterator[Part]:
    scores = data.n_classes if data.n_classes > 2 else 1
    each = {
        "sigmoid": lambda: 2 * scores,
        "temperature": lambda: 1,
        # Two numbers for each threshold, of which there are as many as rows at most.
        "isotonic": lambda: between(2 * scores, 2 * scores * data.n_samples),
    }[params["method"]]()
    yield Part("[…]__calibrators", count=multiply(_n_pairs(params), each))


register(
    "sklearn.CalibratedClassifierCV",
    Spec(
        {"calibrated_classifiers_": Rule("estimator", before=_calibrators)},
        decides=dict.fromkeys(("estimator", "method", "cv"), ("calibrated_classifiers_",)),
        members=_calibrated,
    ),
)
register(
    "sklearn._CalibratedClassifier",
    Spec(
        {
            "estimator": "estimator",
            "calibrators": "estimator",
            "classes": "structure",
            "method": "structure",
        }
    ),
)
register("sklearn._SigmoidCalibration", Spec({"a_": parameter(), "b_": parameter()}))
register("sklearn._TemperatureScaling", Spec({"beta_": parameter()}))
