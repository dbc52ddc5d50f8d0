"""Objects whose attributes are all that they are, and those made by constructors that check."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any

from skparams._keep.kinds.kind import Kind

_KERNELS = (
    *("CompoundKernel", "ConstantKernel", "DotProduct", "ExpSineSquared", "Exponentiation"),
    *("Matern", "PairwiseKernel", "Product", "RBF", "RationalQuadratic", "Sum", "WhiteKernel"),
)
_SPLITTERS = (
    *("GroupKFold", "GroupShuffleSplit", "KFold", "LeaveOneGroupOut", "LeaveOneOut"),
    *("LeavePGroupsOut", "LeavePOut", "PredefinedSplit", "ShuffleSplit", "StratifiedGroupKFold"),
    *("StratifiedKFold", "StratifiedShuffleSplit", "TimeSeriesSplit"),
)


def _attributes(value: Any) -> dict[str, Any]:
    return dict(vars(value))


def _with_attributes(cls: type, fields: Mapping[str, Any]) -> Any:
    made: Any = object.__new__(cls)
    made.__dict__.update(fields)
    return made


def _arguments(value: Any) -> dict[str, Any]:
    return dict(value.get_params(deep=False))


def _called(cls: type, fields: Mapping[str, Any]) -> Any:
    return cls(**fields)


def _arguments_of_scorer(value: Any) -> dict[str, Any]:
    """What its constructor takes; the metadata that a scorer requests are training's alone."""
    return {name: getattr(value, f"_{name}") for name in signature(type(value)).parameters}


def _items(value: Any) -> dict[str, Any]:
    return {"items": dict(value)}


def _mapping(cls: type, fields: Mapping[str, Any]) -> Any:
    made = cls()
    made.update(fields["items"])
    return made


def _spline(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in ("t", "c", "k", "extrapolate", "axis")}


PLAIN = [
    Kind(
        (
            "sklearn.calibration._CalibratedClassifier",
            *(f"sklearn.model_selection.{name}" for name in _SPLITTERS),
            "sklearn.compose.make_column_selector",
            "sklearn.cluster._bisect_k_means._BisectingTree",
        ),
        _attributes,
        _with_attributes,
    ),
    Kind(
        tuple(f"sklearn.gaussian_process.kernels.{name}" for name in _KERNELS), _arguments, _called
    ),
    Kind(
        ("sklearn.metrics._scorer._CurveScorer", "sklearn.metrics._scorer._Scorer"),
        _arguments_of_scorer,
        _called,
    ),
    Kind(("sklearn.utils.Bunch", "collections.OrderedDict"), _items, _mapping),
    Kind(("scipy.interpolate.BSpline",), _spline, _called),
    Kind(("sklearn.impute._iterative._ImputerTriplet",), lambda value: value._asdict(), _called),
]
