"""pyGAM: coefficients of splines, and where each spline begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, roles

SPECS: dict[str, Spec] = {}

_PENALIZED = Unknown("each spline contains a constant, which penalties alone tell from the others")


def _knots(ctx: Context) -> Iterator[Part]:
    """Yield the range of the data of each spline; those of factors are categories."""
    for path, term in _terms("", ctx.value):
        knots = getattr(term, "edge_knots_", None)
        if knots is not None:
            spline = type(term).__name__ == "SplineTerm" and term.dtype == "numerical"
            role = "parameter" if spline else "structure"
            yield Part(f"{path}.edge_knots_", np.asarray(knots), ("2",), role=role)


def _terms(path: str, term: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(term, "_terms", None)
    if inner is None:
        yield path, term
    for i, each in enumerate(inner or ()):
        yield from _terms(f"{path}[{i}]", each)


SPECS["pygam.GAM"] = Spec(
    {
        "coef_": Rule("parameter", ("n_coefs",), _PENALIZED),
        "terms": Rule("parameter", parts=_knots),
        **roles(
            diagnostic="logs_",
            # predict reads the number of features in statistics_, and intervals the covariances.
            structure="statistics_ distribution link _constraint_lam _constraint_l2 "
            "_constraint_l2_max",
            metadata="_term_location _name _line_width _line_offset _exclude _include _opt",
        ),
    },
    decides={"terms": ("coef_",), "fit_intercept": ("coef_",)},
    members=Unknown("depends on the terms, which pyGAM makes in fit"),
    extras={
        # The trace of the smoother that pyGAM computes in fit, given its penalties.
        "effective": lambda ctx: float(ctx.values["statistics_"]["edof"]),
        "n_samples": lambda ctx: ctx.values["statistics_"]["n_samples"],
        "fitted": lambda ctx: "coef_" in ctx.values,
        "coefficients": lambda ctx: None,  # they are of splines
    },
)
