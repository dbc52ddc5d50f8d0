"""Calibration: an estimator or one for each fold, and for each class what corrects its scores."""

from __future__ import annotations

from collections.abc import Iterator

from skparams._records import between, multiply
from skparams.specs import Context, Member, Part, Rule, Spec, members, parameter, roles

SPECS: dict[str, Spec] = {}


def _prefit(ctx: Context) -> bool:
    return isinstance(ctx.params["cv"], str) and ctx.params["cv"] == "prefit"  # scikit-learn < 1.8


def _n_pairs(ctx: Context) -> int:
    """Return how many pairs of an estimator and its calibrators there will be."""
    ensemble = ctx.params["ensemble"]
    if isinstance(ensemble, str):
        ensemble = type(ctx.params["estimator"]).__name__ != "FrozenEstimator"
    return members.n_folds(ctx.params["cv"]) if ensemble and not _prefit(ctx) else 1


def _calibrated(ctx: Context) -> Iterator[Member]:
    data = ctx.data
    estimator = members.made(
        "sklearn.svm.LinearSVC", {"random_state": 0}, given=ctx.params["estimator"]
    )
    n = _n_pairs(ctx)
    data = members.in_folds(data) if n > 1 else data
    path = "calibrated_classifiers_[…]__estimator"
    yield Member(path, estimator, data, n, fitted=_prefit(ctx))


def _calibrators(ctx: Context) -> Iterator[Part]:
    scores = ctx.data.n_classes if ctx.data.n_classes > 2 else 1
    each = {
        "sigmoid": lambda: 2 * scores,
        "temperature": lambda: 1,
        # Two numbers for each threshold, of which there are as many as rows at most.
        "isotonic": lambda: between(2 * scores, 2 * scores * ctx.data.n_samples),
    }[ctx.params["method"]]()
    yield Part("[…]__calibrators", count=multiply(_n_pairs(ctx), each))


SPECS["CalibratedClassifierCV"] = Spec(
    {"calibrated_classifiers_": Rule("estimator", before=_calibrators)},
    decides=dict.fromkeys(("estimator", "method", "cv"), ("calibrated_classifiers_",)),
    members=_calibrated,
)
SPECS["_CalibratedClassifier"] = Spec(
    {"estimator": "estimator", "calibrators": "estimator", **roles(structure="classes method")}
)
SPECS["_SigmoidCalibration"] = Spec({"a_": parameter(), "b_": parameter()})
SPECS["_TemperatureScaling"] = Spec({"beta_": parameter()})
