"""Covariances: a location and a symmetric matrix.

The inverse is derived, but for the graphical lasso: there it is what a penalty holds at zero, and
what is free in it are the numbers on and above the diagonal that are not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skparams._records import between
from skparams.specs import Context, Part, Rule, Spec, convergence, parameter, roles

SPECS: dict[str, Spec] = {}


def _symmetric(ctx: Context) -> int:
    """Count the upper triangle."""
    return ctx.shape[0] * (ctx.shape[0] + 1) // 2


def _precision(ctx: Context) -> np.ndarray | None:
    from scipy.linalg import pinvh

    keeps = ctx.params.get("store_precision", True)
    return pinvh(ctx.values["covariance_"], check_finite=False) if keeps else None


_AXES = ("n_features", "n_features")
_COMMON: dict[str, Rule | str] = {
    "location_": parameter(
        "n_features", when=lambda ctx: not ctx.params.get("assume_centered"), otherwise="structure"
    ),
    "precision_": Rule("derived", derive=_precision),
}
_OUTLYING: dict[str, Rule | str] = roles(
    auxiliary="raw_location_ raw_covariance_", output="raw_support_ support_ dist_"
)
_DECIDES = {"assume_centered": ("location_",)}


def _covariance(more: dict[str, Rule | str]) -> Spec:
    covariance = Rule("parameter", _AXES, free=_symmetric)
    return Spec({**_COMMON, "covariance_": covariance, **more}, decides=_DECIDES)


# EmpiricalCovariance is the base class of all of them.
SPECS["EmpiricalCovariance"] = _covariance({"shrinkage_": "tuned"})
SPECS["MinCovDet"] = _covariance(_OUTLYING)
SPECS["EllipticEnvelope"] = _covariance({**_OUTLYING, "offset_": parameter("1")})


def _gap(ctx: Context) -> str | None:
    """Leave out a dual gap, the second of each pair of costs, that got below the tolerance."""
    costs = ctx.values.get("costs_")
    return None if costs and abs(costs[-1][1]) < ctx.params["tol"] else convergence.iterations(ctx)


def _penalized(ctx: Context) -> Iterator[Part]:
    yield Part("", ctx.value, _AXES, free=int(np.count_nonzero(np.triu(ctx.value))))


def _penalized_before(ctx: Context) -> Iterator[Part]:
    p = ctx.data.n_features
    yield Part("", dims=_AXES, free=between(p, p * (p + 1) // 2))


SPECS["BaseGraphicalLasso"] = Spec(
    {
        **_COMMON,
        **roles(
            derived="covariance_", diagnostic="cv_results_ costs_", structure="store_precision"
        ),
        "precision_": Rule("parameter", _AXES, parts=_penalized, before=_penalized_before),
        "alpha_": "tuned",
    },
    decides=_DECIDES,
    extras={"convergence": _gap},
)
