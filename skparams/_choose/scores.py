"""The scores of a search's candidates, and which are within a tolerance of the best."""

from __future__ import annotations

import math
import re
import reprlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from skparams._escape import clean
from skparams._report import few

_PERCENT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*%\s*")
# Differences of decimals and means of the same scores in another order are off by this much.
_ROUNDING = 8 * np.finfo(float).eps


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The test scores of one metric.

    Parameters
    ----------
    name : str
        The metric, as in the keys of ``cv_results_``.
    means : ndarray of shape (n_candidates,)
        Mean test scores.
    splits : ndarray of shape (n_splits, n_candidates)
        Test scores of each split; no rows if the search keeps none.
    comparable : ndarray of bool
        Whether a candidate has a finite score that is comparable: halving searches compare those
        of the last iteration.
    """

    name: str
    means: np.ndarray
    splits: np.ndarray
    comparable: np.ndarray

    @property
    def best(self) -> int:
        """The candidate with the best mean score, the first of equal ones."""
        return int(np.argmax(np.where(self.comparable, self.means, -np.inf)))

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard error of the mean of each candidate's scores, NaN with fewer than 2 splits."""
        n_splits = len(self.splits)
        if n_splits < 2:
            return np.full(len(self.means), np.nan)
        with np.errstate(invalid="ignore"):  # infinite scores
            return np.std(self.splits, axis=0, ddof=1) / math.sqrt(n_splits)

    def lowest(self, function: str, tolerance: Any) -> float:
        """The lowest score that is within a tolerance of the best, less what rounding may do."""
        best = float(self.means[self.best])
        width = self._width(function, tolerance)
        lowest = best - width - _ROUNDING * max(abs(best), width)
        means = self.means[self.comparable]
        if (
            not isinstance(tolerance, str)
            and tolerance >= 1
            and len(means) > 1
            and np.abs(means).max() <= 1
            and means.min() >= lowest
        ):
            warnings.warn(
                f"{function}: tolerance={tolerance:g} is in the unit of the score and lets "
                f"every setting in: scores are from {means.min():.3g} to {best:.3g}. For a "
                f'share of the best score set it to "{tolerance:g}%".',
                UserWarning,
                stacklevel=2,
            )
        return lowest

    def within(self, lowest: float) -> np.ndarray:
        """Whether each candidate's score is at least the lowest."""
        return self.comparable & (self.means >= lowest)

    def _width(self, function: str, tolerance: Any) -> float:
        if tolerance == "1se":
            error = float(self.standard_errors[self.best])
            if math.isfinite(error):
                return error
            scores = self.splits[:, self.best].tolist()
            raise ValueError(
                f'{function}: tolerance="1se" needs finite scores of the best setting in at least '
                f"2 splits, got {reprlib.repr(scores)}. Set tolerance to a float in the unit of "
                'the score, or to a share of the best score such as "2%".'
            )
        if isinstance(tolerance, str):
            return abs(float(self.means[self.best])) * _share(tolerance)
        return float(tolerance)


def _share(tolerance: str) -> float:
    match = _PERCENT.fullmatch(tolerance)
    return float(match[1]) / 100 if match else math.nan


def check_tolerance(function: str, tolerance: Any) -> None:
    """Raise ValueError if a tolerance is none of those that are allowed."""
    if isinstance(tolerance, str):
        known = tolerance == "1se" or math.isfinite(_share(tolerance))
    else:
        number = isinstance(tolerance, Real) and not isinstance(tolerance, bool | np.bool_)
        known = number and math.isfinite(tolerance) and tolerance >= 0
    if not known:
        raise ValueError(
            f'{function}: tolerance must be "1se", a float of at least 0, or a share of the best '
            f'score such as "2%"; got {reprlib.repr(tolerance)}.'
        )


def scores_of(function: str, results: Any, scoring: str | None) -> Scores:
    """Return the test scores of one metric from ``cv_results_``."""
    if not isinstance(results, Mapping):
        raise TypeError(
            f"{function}: cv_results_ must be a dict, got {type(results).__name__}: "
            f"{reprlib.repr(results)}."
        )
    if "params" not in results:
        raise ValueError(
            f"{function}: cv_results_ must have the settings as params, got the keys "
            f"{_keys(results)}."
        )
    name = _metric(function, results, scoring)
    means = _numbers(results[f"mean_test_{name}"])
    keys = [key for key in results if re.fullmatch(rf"split\d+_test_{re.escape(name)}", str(key))]
    splits = np.array([_numbers(results[key]) for key in keys]).reshape(len(keys), len(means))
    if len(means) != len(results["params"]):
        raise ValueError(
            f"{function}: cv_results_ must have a score for each setting, got "
            f"{len(results['params'])} settings and {len(means)} in mean_test_{clean(name)}."
        )
    comparable = np.isfinite(means)
    if "iter" in results and len(means):
        iterations = np.asarray(results["iter"])
        comparable &= iterations == iterations.max()
    if not comparable.any():
        raise ValueError(
            f"{function}: mean_test_{clean(name)} must have a finite score that candidates can be "
            f"compared by, got {reprlib.repr(means.tolist())}. Fits or scores may have failed: "
            'set error_score="raise" in the search to see why.'
        )
    return Scores(name, means, splits, comparable)


def _numbers(values: Any) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)


def _metric(function: str, results: Mapping[str, Any], scoring: str | None) -> str:
    start = "mean_test_"
    names = [key[len(start) :] for key in results if str(key).startswith(start)]
    listed = clean(", ".join(map(repr, names)))
    if not names:
        raise ValueError(
            f"{function}: cv_results_ must have test scores such as mean_test_score, got the "
            f"keys {_keys(results)}."
        )
    if scoring is None and len(names) > 1:
        raise ValueError(
            f"{function}: scoring must name the metric to compare candidates by, as the search has "
            f"several: {listed}."
        )
    if scoring is not None and scoring not in names:
        one = " Leave scoring out, as the search has one metric." if len(names) == 1 else ""
        raise ValueError(
            f"{function}: scoring must be one of {listed}, got {clean(repr(scoring))}.{one}"
        )
    return names[0] if scoring is None else scoring


def _keys(results: Mapping[str, Any]) -> str:
    return clean(few(map(str, results), 8)) or "none"


def check_scoring_name(function: str, scoring: Any) -> None:
    """Raise TypeError if ``scoring`` is no name of a metric."""
    if scoring is not None and not isinstance(scoring, str):
        raise TypeError(
            f"{function}: scoring must be the name of a metric in cv_results_ or None, "
            f"got {type(scoring).__name__}: {reprlib.repr(scoring)}."
        )
