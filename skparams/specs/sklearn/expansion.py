"""Transformers that make several columns of one: polynomials, splines, bins.

The knots of splines and the edges of bins are parameters. Where they are evenly spaced, two numbers
of each feature are free; those of splines beyond the data follow from the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb
from typing import Any

from skparams._records import Bounds, DataShape, between
from skparams.specs import Params, Part, Rule, Spec, register


def _n_terms(data: DataShape, params: Params) -> int:
    """Count the monomials of the allowed degrees."""
    degree: Any = params["degree"]
    low, high = (0, degree) if isinstance(degree, int) else degree
    p = data.n_features
    if params["interaction_only"]:
        return sum(
            comb(p, d) for d in range(low, min(high, p) + 1) if d or params["include_bias"]
        ) + (1 if params["include_bias"] and low > 0 else 0)
    counts = {d: comb(p + d - 1, d) for d in range(max(low, 1), high + 1)}
    return sum(counts.values()) + (1 if params["include_bias"] else 0)


register(
    "sklearn.PolynomialFeatures",
    Spec(
        {
            **dict.fromkeys(("_min_degree", "_max_degree", "_n_out_full"), "structure"),
            "n_output_features_": "structure",
        },
        sizes={"n_terms": _n_terms},
        n_features_out="n_terms",
        passes_float32=True,
    ),
)


def _knots(bsplines: Any) -> Iterator[Part]:
    """Yield each feature's knots; the coefficients of a basis are an identity matrix."""
    for i, spline in enumerate(bsplines):
        yield Part(f"[{i}].t", spline.t)
        yield Part(f"[{i}].c", spline.c, role="structure")


def _places_knots(params: Params) -> bool:
    return isinstance(params.get("knots", "uniform"), str)


def _n_knots(params: Params) -> int:
    """Count the knots that are asked for, or given."""
    return params["n_knots"] if _places_knots(params) else len(params["knots"])


def _free_knots(shape: tuple[int, ...], params: Params) -> int:
    """Count what is free: the range of the data, or its quantiles."""
    return params["n_knots"] if params.get("knots") == "quantile" else 2


def _knots_before(data: DataShape, params: Params) -> Iterator[Part]:
    n = _n_knots(params) + 2 * params["degree"]
    for i in range(data.n_features):
        yield Part(f"[{i}].t", count=n, free=_free_knots((n,), params))


def _n_splines(data: DataShape, params: Params) -> int:
    n = _n_knots(params)
    each = n - 1 if params["extrapolation"] == "periodic" else n + params["degree"] - 1
    return data.n_features * (each - (not params["include_bias"]))


register(
    "sklearn.SplineTransformer",
    Spec(
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
        n_features_out="n_splines",
        passes_float32=True,
    ),
)


def _n_bins(data: DataShape, params: Params) -> list[int]:
    n: Any = params["n_bins"]
    return [n] * data.n_features if isinstance(n, int) else [int(each) for each in n]


def _free_edges(shape: tuple[int, ...], params: Params) -> int:
    return 2 if params.get("strategy") == "uniform" else shape[0]


def _edges_before(data: DataShape, params: Params) -> Iterator[Part]:
    """Yield each feature's edges: two where it is constant, or where all of them coincide."""
    for i, bins in enumerate(_n_bins(data, params)):
        free = 2 if params["strategy"] == "uniform" else between(2, bins + 1)
        yield Part(f"[{i}]", count=between(2, bins + 1), free=free)


def _n_binned(data: DataShape, params: Params) -> int | Bounds:
    if params["encode"] == "ordinal":
        return data.n_features
    bins = _n_bins(data, params)
    return between(len(bins), sum(bins))


register(
    "sklearn.KBinsDiscretizer",
    Spec(
        {
            "bin_edges_": Rule("parameter", free=_free_edges, before=_edges_before),
            "n_bins_": "structure",
            "_encoder": "structure",  # of categories that are the numbers of the bins
        },
        decides={"n_bins": ("bin_edges_",)},
        sizes={"n_binned": _n_binned},
        n_features_out="n_binned",
        keeps_float32=lambda data, params: params["strategy"] != "quantile",
        passes_float32=True,
    ),
)
