"""interpret: explainable boosting machines, a step function for each feature and pair."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, parameter, roles

SPECS: dict[str, Spec] = {}

_CENTERED = Unknown("each term is centered, by how many constraints is not known")


def _scores(ctx: Context) -> Iterator[Part]:
    """Yield each term's scores. The bin of missing values is the first, of unknown ones the last.

    Where the training rows had none, the score there is a constant, and is not counted.
    """
    for i, (scores, weights) in enumerate(zip(ctx.value, ctx.values["bin_weights_"], strict=True)):
        used = _used(scores, weights)
        n_axes = np.ndim(weights)
        dims = ("n_bins",) * n_axes + ("n_outputs",) * (scores.ndim - n_axes)
        yield Part(
            f"[{i}]",
            scores,
            dims,
            count=used.size,
            free=_CENTERED,
            used=partial(np.asarray, used),
        )


def _used(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    seen: list[slice] = []
    for axis in range(weights.ndim):
        in_bins = weights.sum(axis=tuple(k for k in range(weights.ndim) if k != axis))
        seen.append(slice(int(in_bins[0] == 0), -1 if in_bins[-1] == 0 else None))
    return scores[tuple(seen)]


def _bins(ctx: Context) -> Iterator[Part]:
    """Yield the cuts of each feature, fewer of them for pairs; categories are no numbers."""
    used = {(f, len(term)) for term in ctx.values["term_features_"] for f in term}
    for feature, resolutions in enumerate(ctx.value):
        needed = {min(order, len(resolutions)) - 1 for f, order in used if f == feature}
        for level, cuts in enumerate(resolutions):
            role = "parameter" if level in needed else "auxiliary"
            path = f"[{feature}][{level}]"
            if isinstance(cuts, dict):
                numbers = np.array([*cuts.values()])
                yield Part(path, numbers, ("n_categories",), role="structure")
            else:
                yield Part(path, cuts, ("n_cuts",), role=role)


def _of_softmax(ctx: Context) -> int:
    """Count all but one of several classes, as a constant added to all of them changes nothing."""
    n = int(np.prod(ctx.shape, dtype=int))
    return n - (n > 1)


SPECS["glassbox.EBMModel"] = Spec(
    {
        "term_scores_": Rule("parameter", parts=_scores),
        "intercept_": parameter("n_outputs", free=_of_softmax),
        "bins_": Rule("parameter", parts=_bins),
        **roles(
            # Explanations show these.
            auxiliary="bagged_scores_ bagged_intercept_ standard_deviations_ bag_weights_ "
            "histogram_edges_ histogram_weights_ histogram_counts_ unique_val_counts_",
            diagnostic="best_iteration_ breakpoint_iteration_ noise_scale_binning_ "
            "noise_scale_boosting_",
            metadata="has_fitted_ feature_bounds_ min_target_ max_target_ n_samples_ term_names_ "
            "zero_val_counts_",
            structure="bin_weights_ term_features_ feature_types_in_ link_ link_param_",
        ),
    },
    decides={
        **dict.fromkeys(("max_bins", "max_interaction_bins"), ("bins_", "term_scores_")),
        "interactions": ("term_scores_",),
    },
    members=Unknown("depends on the bins that the data give"),
    extras={"fitted": lambda ctx: "has_fitted_" in ctx.values},
)
