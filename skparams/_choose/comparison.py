"""The candidates of a fitted search, with their scores, counts and the one that the rule picks."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from skparams._choose.counting import (
    Counts,
    Kind,
    candidate,
    check_kind,
    counted,
    counted_on_a_fit,
    is_exact,
    planned,
)
from skparams._choose.fewest import FewestParams, needs_y
from skparams._choose.ranking import ends, fewest, pareto_front
from skparams._choose.scores import Scores, check_scoring_name, check_tolerance, scores_of
from skparams._choose.training_sizes import training_sizes
from skparams._records import Unknown
from skparams._report import number
from skparams._runtime import in_parallel


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What is known of the candidates of a search, by their number in ``cv_results_``."""

    results: Mapping[str, Any]
    scores: Scores
    tolerance: Any
    kind: Kind
    lowest: float
    counts: Sequence[Counts]
    within: np.ndarray
    front: Mapping[int, bool | None]
    chosen: int | None


def compare_candidates(
    function: str,
    search: Any,
    X: Any,
    y: Any,
    *,
    tolerance: Any,
    kind: Kind | None,
    scoring: str | None,
    fit: bool,
    n_jobs: int | None,
) -> Comparison:
    """Compare the candidates of a fitted search; an argument that is None is that of its rule."""
    results = _results_of(function, search)
    rule = search.refit if isinstance(getattr(search, "refit", None), FewestParams) else None
    if tolerance is None:
        tolerance = rule.tolerance if rule else "1se"
    if kind is None:
        kind = rule.kind if rule else "free"
    if scoring is None:
        refit = getattr(search, "refit", None)
        scoring = rule.scoring if rule else refit if isinstance(refit, str) else None
        if scoring is not None and f"mean_test_{scoring}" not in results:
            scoring = None  # a search of one metric ignores the name that refit has
    if X is None and y is None and rule:
        X, y = rule.X, rule.y
    check_tolerance(function, tolerance)
    check_kind(function, kind)
    check_scoring_name(function, scoring)
    if fit and X is None:
        raise ValueError(f"{function}: fit=True needs X and y, the data of the search; got None.")
    if fit and y is None and needs_y(search.estimator):
        raise ValueError(f"{function}: fit=True needs y for {type(search.estimator).__name__}.")
    scores = scores_of(function, results, scoring)
    lowest = scores.lowest(function, tolerance)
    within = scores.within(lowest)
    counts = _counts_before_fit(function, search, results["params"], kind, X, y)
    if fit:
        _count_on_fits(function, search, results["params"], kind, X, y, scores, counts, n_jobs)
    ranked = {i: counts[i].ranked for i in range(len(counts)) if scores.comparable[i]}
    chosen, decided = fewest({i: n for i, n in ranked.items() if within[i]}, scores.means)
    front = pareto_front(ranked, scores.means)
    return Comparison(
        results, scores, tolerance, kind, lowest, counts, within, front, chosen if decided else None
    )


def _results_of(function: str, search: Any) -> Mapping[str, Any]:
    if not hasattr(search, "estimator") or isinstance(search, type):
        raise TypeError(
            f"{function}: search must be a fitted search such as GridSearchCV, "
            f"got {type(search).__name__}: {reprlib.repr(search)}."
        )
    results = getattr(search, "cv_results_", None)
    if results is None:
        raise NotFittedError(
            f"{function}: this {type(search).__name__} has no cv_results_. Call fit first."
        )
    return results


def _counts_before_fit(
    function: str, search: Any, params: Sequence[Any], kind: Kind, X: Any, y: Any
) -> list[Counts]:
    """The counts that are known without a fit, of all candidates."""
    best = getattr(search, "best_estimator_", None)
    sizes: dict[str, int] | Unknown = {} if X is not None else training_sizes(best)
    counts = []
    for each in params:
        if isinstance(sizes, Unknown):
            counts.append(Counts.unknown(sizes.reason))
        else:
            counts.append(planned(candidate(search.estimator, each), kind, X, y, **sizes))
    i = getattr(search, "best_index_", None)
    if best is None or i is None:
        return counts
    found = counted(function, best, kind, X)
    (low, high), (n, _) = ends(counts[i].stored), ends(found.stored)
    if is_exact(found.stored) and not low <= n <= high:
        if X is not None:
            raise ValueError(
                f"{function}: X and y must be the data of the search: best_estimator_ has "
                f"{n:,} stored parameters, and with them it would have "
                f"{number(counts[i].stored)}."
            )
        counts = [Counts.unknown("the data have other sizes: pass X and y")] * len(counts)
    if is_exact(found.ranked) or not is_exact(counts[i].ranked):
        counts[i] = found
    return counts


def _count_on_fits(
    function: str,
    search: Any,
    params: Sequence[Any],
    kind: Kind,
    X: Any,
    y: Any,
    scores: Scores,
    counts: list[Counts],
    n_jobs: int | None,
) -> None:
    """Count each candidate that is compared and not known after a fit of its own."""
    open_ = [
        i for i, each in enumerate(counts) if scores.comparable[i] and not is_exact(each.ranked)
    ]
    calls = [(function, candidate(search.estimator, params[i]), kind, X, y) for i in open_]
    found = in_parallel(counted_on_a_fit, calls, n_jobs=n_jobs, label="counting")
    for i, each in zip(open_, found, strict=True):
        counts[i] = each
