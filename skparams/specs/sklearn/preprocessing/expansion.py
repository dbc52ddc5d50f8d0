"""Transformers that make several columns of one: polynomials, splines, bins.

The knots of splines and the edges of bins are parameters. Where they are evenly spaced, two numbers
of each feature are free; those of splines beyond the data follow from the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb
from typing import Any

from skparams._records import Bounds, between
from skparams.specs import Context, Part, Rule, Spec, roles

SPECS: dict[str, Spec] = {}


def _n_terms(ctx: Context) -> int:
    """Count the monomials of the allowed degrees."""
    degree: Any = ctx.params["degree"]
    low, high = (0, degree) if isinstance(degree, int) else degree
    p = ctx.data.n_features
    if ctx.params["interaction_only"]:
        return sum(
            comb(p, d) for d in range(low, min(high, p) + 1) if d or ctx.params["include_bias"]
        ) + (1 if ctx.params["include_bias"] and low > 0 else 0)
    counts = {d: comb(p + d - 1, d) for d in range(max(low, 1), high + 1)}
    return sum(counts.values()) + (1 if ctx.params["include_bias"] else 0)


SPECS["PolynomialFeatures"] = Spec(
    roles(structure="_min_degree _max_degree _n_out_full n_output_features_"),
    sizes={"n_terms": _n_terms},
    columns_out="n_terms",
    float32=True,
)


def _knots(ctx: Context) -> Iterator[Part]:
    """Yield each feature's knots; the coefficients of a basis are an identity matrix."""
    for i, spline in enumerate(ctx.value):
        yield Part(f"[{i}].t", spline.t)
        yield Part(f"[{i}].c", spline.c, role="structure")


def _places_knots(ctx: Context) -> bool:
    return isinstance(ctx.params.get("knots", "uniform"), str)


def _n_knots(ctx: Context) -> int:
    """Count the knots that are requested, or given."""
    return ctx.params["n_knots"] if _places_knots(ctx) else len(ctx.params["knots"])


def _free_knots(ctx: Context) -> int:
    """Count what is free: the range of the data, or its quantiles."""
    return ctx.params["n_knots"] if ctx.params.get("knots") == "quantile" else 2


def _knots_before(ctx: Context) -> Iterator[Part]:
    n = _n_knots(ctx) + 2 * ctx.params["degree"]
    for i in range(ctx.data.n_features):
        yield Part(f"[{i}].t", count=n, free=_free_knots(ctx))


def _n_splines(ctx: Context) -> int:
    n = _n_knots(ctx)
    each = n - 1 if ctx.params["extrapolation"] == "periodic" else n + ctx.params["degree"] - 1
    return ctx.data.n_features * (each - (not ctx.params["include_bias"]))


SPECS["SplineTransformer"] = Spec(
    {
        "bsplines_": Rule(
            "parameter",
            free=_free_knots,
            when=_places_knots,
            otherwise="structure",
            parts=_knots,
            before=_knots_before,
        ),
        "n_features_out_": "structure",
    },
    decides=dict.fromkeys(("n_knots", "degree", "knots"), ("bsplines_",)),
    sizes={"n_splines": _n_splines},
    columns_out="n_splines",
)


def _n_bins(ctx: Context) -> list[int]:
    n: Any = ctx.params["n_bins"]
    return [n] * ctx.data.n_features if isinstance(n, int) else [int(each) for each in n]


def _free_edges(ctx: Context) -> int:
    return 2 if ctx.params.get("strategy") == "uniform" else ctx.shape[0]


def _edges_before(ctx: Context) -> Iterator[Part]:
    """Yield each feature's edges: two where it is constant, or where all of them coincide."""
    for i, bins in enumerate(_n_bins(ctx)):
        free = 2 if ctx.params["strategy"] == "uniform" else between(2, bins + 1)
        yield Part(f"[{i}]", count=between(2, bins + 1), free=free)


def _n_binned(ctx: Context) -> int | Bounds:
    if ctx.params["encode"] == "ordinal":
        return ctx.data.n_features
    bins = _n_bins(ctx)
    return between(len(bins), sum(bins))


SPECS["KBinsDiscretizer"] = Spec(
    {
        "bin_edges_": Rule("parameter", free=_free_edges, before=_edges_before),
        "n_bins_": "structure",
        "_encoder": "structure",  # of categories that are the numbers of the bins
    },
    decides={"n_bins": ("bin_edges_",)},
    sizes={"n_binned": _n_binned},
    columns_out="n_binned",
)
