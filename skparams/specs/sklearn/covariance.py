"""Covariances: a location and a symmetric matrix.

The inverse is derived, but for the graphical lasso: there it is what a penalty holds at zero, and
what is free in it are the numbers on and above the diagonal that are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skparams._records import DataShape, between
from skparams.specs import Params, Part, Rule, Said, Spec, parameter, register


def _symmetric(shape: tuple[int, ...], params: Params) -> int:
    """Count the upper triangle."""
    return shape[0] * (shape[0] + 1) // 2


def _precision(attributes: Mapping[str, Any], params: Params) -> np.ndarray | None:
    from scipy.linalg import pinvh

    keeps = params.get("store_precision", True)
    return pinvh(attributes["covariance_"], check_finite=False) if keeps else None


_AXES = ("n_features", "n_features")
_COMMON: dict[str, Rule | str] = {
    "location_": parameter(
        "n_features", when=lambda params: not params.get("assume_centered"), otherwise="structure"
    ),
    "precision_": Rule("derived", derive=_precision),
}
_OUTLYING: dict[str, Rule | str] = {
    **dict.fromkeys(("raw_location_", "raw_covariance_"), "auxiliary"),
    **dict.fromkeys(("raw_support_", "support_", "dist_"), "output"),
}
_DECIDES = {"assume_centered": ("location_",)}


def _covariance(more: dict[str, Rule | str], float64: bool | Said) -> Spec:
    """Return the Spec of an estimator whose covariance may be float64 beside a float32 location."""
    covariance = Rule("parameter", _AXES, free=_symmetric, float64=float64)
    return Spec(
        {**_COMMON, "covariance_": covariance, **more}, decides=_DECIDES, keeps_float32=True
    )


# EmpiricalCovariance is the base class of all of them.
register(
    "sklearn.EmpiricalCovariance",
    _covariance({"shrinkage_": "tuned"}, lambda data, params: not params["assume_centered"]),
)
for _name in ("LedoitWolf", "OAS"):
    register(
        f"sklearn.{_name}",
        _covariance({"shrinkage_": "tuned"}, lambda data, params: bool(params["assume_centered"])),
    )
register("sklearn.MinCovDet", _covariance(_OUTLYING, float64=True))
register(
    "sklearn.EllipticEnvelope",
    _covariance({**_OUTLYING, "offset_": Rule("parameter", ("1",), float64=True)}, float64=True),
)


def _penalised(precision: np.ndarray) -> Iterator[Part]:
    yield Part("", precision, _AXES, free=int(np.count_nonzero(np.triu(precision))))


def _penalised_before(data: DataShape, params: Params) -> Iterator[Part]:
    p = data.n_features
    yield Part("", dims=_AXES, free=between(p, p * (p + 1) // 2))


register(
    "sklearn.BaseGraphicalLasso",
    Spec(
        {
            **_COMMON,
            "covariance_": "derived",
            "precision_": Rule(
                "parameter", _AXES, parts=_penalised, before=_penalised_before, float64=True
            ),
            "alpha_": "tuned",
            "cv_results_": "diagnostic",
            "costs_": "diagnostic",
            "store_precision": "structure",
        },
        decides=_DECIDES,
        keeps_float32=True,
    ),
)
