"""The candidates of a fitted search, with their scores, counts and the one that the rule picks."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from skparams._choose.counting import (
    Counts,
    candidate,
    counted,
    counted_on_a_fit,
    is_exact,
    planned,
)
from skparams._choose.fewest import FewestParams, needs_y
from skparams._choose.ranking import ends, fewest, pareto_front
from skparams._choose.scores import Scores, check_scoring_name, check_tolerance, scores_of
from skparams._choose.training_sizes import training_sizes
from skparams._folds import check_metadata
from skparams._lazy import refuse_lazy
from skparams._params import check_kind
from skparams._records import Unknown
from skparams._report import number
from skparams._runtime import in_parallel
from skparams._walk import SOME_ROWS, check_columns


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """By what the candidates of a search are compared, and with which data."""

    X: Any = None
    y: Any = None
    params: Any = None
    tolerance: Any = None
    kind: Any = None
    scoring: Any = None
    fit: bool = False
    n_jobs: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What is known of the candidates of a search, by their number in ``cv_results_``."""

    results: Mapping[str, Any]
    request: Request
    scores: Scores
    lowest: float
    within: np.ndarray
    counts: Sequence[Counts]
    front: Mapping[int, bool | None]
    chosen: int | None


def compare_candidates(function: str, search: Any, request: Request) -> Candidates:
    """Compare the candidates of a fitted search."""
    results = _results_of(function, search)
    request = _with_defaults(search, results, request)
    _check(function, search, request)
    scores = scores_of(function, results, request.scoring)
    lowest = scores.lowest(function, request.tolerance)
    within = scores.within(lowest)
    counts = _counts_before_fit(function, search, results["params"], request)
    if request.fit:
        _count_on_fits(function, search, scores, counts, request)
    ranked = {i: counts[i].ranked for i in range(len(counts)) if scores.comparable[i]}
    i, decided = fewest({i: n for i, n in ranked.items() if within[i]}, scores.means)
    chosen = i if decided else _chosen_by_its_rule(search, request)
    front = pareto_front(ranked, scores.means)
    return Candidates(results, request, scores, lowest, within, counts, front, chosen)


def _with_defaults(search: Any, results: Mapping[str, Any], request: Request) -> Request:
    """The request with what the search's own rule, or else the default, says."""
    rule = getattr(search, "refit", None)
    named = isinstance(rule, str) and f"mean_test_{rule}" in results
    if not isinstance(rule, FewestParams):
        rule = Request(tolerance="1se", kind="free", scoring=rule if named else None)
    names = ["tolerance", "kind", "scoring"]
    if request.X is rule.X or (request.X is None and request.y is None):
        names += ["X", "y", "params"]
    missing = (name for name in names if getattr(request, name) is None)
    return replace(request, **{name: getattr(rule, name) for name in missing})


def _chosen_by_its_rule(search: Any, request: Request) -> int | None:
    """The candidate that the search's own rule chose, if it is the same rule."""
    rule = getattr(search, "refit", None)
    # Searches that do not call the rule have a best score.
    if not isinstance(rule, FewestParams) or hasattr(search, "best_score_"):
        return None
    theirs = (rule.tolerance, rule.kind, rule.scoring)
    same = theirs == (request.tolerance, request.kind, request.scoring)
    same = same and rule.X is request.X and rule.params is request.params
    return getattr(search, "best_index_", None) if same else None


def _check(function: str, search: Any, request: Request) -> None:
    check_tolerance(function, request.tolerance)
    check_kind(function, request.kind)
    check_scoring_name(function, request.scoring)
    check_metadata(function, request.params, None)
    refuse_lazy(function, SOME_ROWS, X=request.X, y=request.y)
    if request.fit and request.X is None:
        raise ValueError(f"{function}: fit=True needs X and y, the data of the search; got None.")
    if request.fit and request.y is None and needs_y(search.estimator):
        raise ValueError(f"{function}: fit=True needs y for {type(search.estimator).__name__}.")


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
    function: str, search: Any, params: Sequence[Any], request: Request
) -> list[Counts]:
    """The counts that are known without a fit, of all candidates."""
    X, kind = request.X, request.kind
    best = getattr(search, "best_estimator_", None)
    if best is not None and X is not None:
        check_columns(function, best, X)
    sizes: dict[str, int] | Unknown = {} if X is not None else training_sizes(best)
    if isinstance(sizes, Unknown):
        counts = [Counts.unknown(sizes.reason)] * len(params)
    else:
        estimators = (
            candidate(function, search.estimator, i, each) for i, each in enumerate(params)
        )
        counts = [planned(estimator, kind, X, request.y, **sizes) for estimator in estimators]
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
    function: str, search: Any, scores: Scores, counts: list[Counts], request: Request
) -> None:
    """Count each candidate that is compared and not known after a fit of its own."""
    places = [
        i for i, each in enumerate(counts) if scores.comparable[i] and not is_exact(each.ranked)
    ]
    params = search.cv_results_["params"]
    data = request.X, request.y, request.params
    calls = [
        (function, candidate(function, search.estimator, i, params[i]), request.kind, *data)
        for i in places
    ]
    found = in_parallel(counted_on_a_fit, calls, n_jobs=request.n_jobs, label="counting")
    for i, each in zip(places, found, strict=True):
        counts[i] = each
