"""Tests of two models on the scores of the same cross-validation.

The scores of two splits are correlated, as their training sets overlap. Nadeau and Bengio,
Inference for the generalization error, Machine Learning 52 (2003), take
``n_test / (n_train + n_test)`` for that correlation; Bouckaert and Frank, Evaluating the
replicability of significance tests for comparing learning algorithms, PAKDD 2004, do so for
repeated k-fold. With it the variance of the mean of J differences is ``1 / J + n_test / n_train``
times their variance, and not ``1 / J`` times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from skparams._records import Unknown

CONFIDENCE = 0.95
# Scores that agree to ten digits are equal. Two fits of one model that sum in another order differ
# by 1e-16 to 1e-12 of the score; no score that counts rows has differences as small as 1e-10.
MAX_ROUNDING = 1e-10


@dataclass(frozen=True)
class TTest:
    """A corrected t test of the mean difference between the scores of two models.

    Parameters
    ----------
    mean : float
        Mean difference of the scores.
    std_error : float
        Its standard error, corrected for the overlap of the training sets.
    df : int
        Degrees of freedom, the number of splits less one.
    p_value : float
        Two-sided, not adjusted for the number of tests. 1 if `identical`.
    interval : (float, float)
        Confidence interval of the mean difference, at 95 %.
    identical : bool
        Whether the scores are equal in every split, so that there is nothing to test.
    """

    mean: float
    std_error: float
    df: int
    p_value: float
    interval: tuple[float, float]
    identical: bool = False


def score_differences(first: Any, second: Any) -> np.ndarray:
    """Return ``first - second`` of the scores in each split, without what is rounding only."""
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            "compare: scores must be one for each split, the same splits for both models, "
            f"got shapes {first.shape} and {second.shape}."
        )
    with np.errstate(invalid="ignore"):  # of two infinite scores
        differences = first - second
    if not np.isfinite(differences).all() or not differences.size:
        return differences
    sizes = np.maximum(np.abs(first), np.abs(second))
    # A score near 0 in one split, as R² may be, is rounded as those of the other splits are.
    rounding = MAX_ROUNDING * np.maximum(sizes, np.median(sizes))
    differences[np.abs(differences) <= rounding] = 0.0
    middle = np.median(differences)
    if (np.abs(differences - middle) <= rounding).all():
        differences[:] = middle
    return differences


def corrected_t_test(differences: Any, test_train_ratio: float) -> TTest | Unknown:
    """Return the corrected t test of the differences that `score_differences` gives.

    Unknown for fewer than two splits, for a difference that is not finite, and for differences that
    are all the same and not 0: their spread, which the test needs, cannot be estimated.
    """
    sample = _sample(differences, test_train_ratio)
    if isinstance(sample, Unknown):
        return sample
    if sample.identical:
        return TTest(0.0, 0.0, sample.df, 1.0, (0.0, 0.0), identical=True)
    mean, error, df = sample.mean, sample.std_error, sample.df
    half = float(special.stdtrit(df, (1 + CONFIDENCE) / 2)) * error
    scale = sample.scale
    return TTest(
        mean=mean * scale,
        std_error=error * scale,
        df=df,
        p_value=float(2 * special.stdtr(df, -abs(mean) / error)),
        interval=((mean - half) * scale, (mean + half) * scale),
    )


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return p-values adjusted for their number by Holm's method.

    A pair that belongs to the family and has no test enters with 1: left out, it would make the
    others smaller.
    """
    p = np.asarray(p_values, dtype=float)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"holm: p_values must be numbers from 0 to 1, got {p_values!r}.")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return np.minimum(adjusted, 1.0)


def rope_probabilities(
    differences: Any, test_train_ratio: float, rope: float
) -> tuple[float, float, float] | Unknown:
    """Return the probabilities that the mean difference is below -rope, between, and above rope.

    The Bayesian correlated t test of Benavoli, Corani, Demšar and Zaffalon, Time for a change, JMLR
    18 (2017): with the same correlation and without prior knowledge, the mean difference has a
    Student t distribution around the mean that was seen. Unknown where `corrected_t_test` is.
    """
    if not 0 <= rope < math.inf:
        raise ValueError(f"rope_probabilities: rope must be a finite number from 0, got {rope!r}.")
    sample = _sample(differences, test_train_ratio)
    if isinstance(sample, Unknown):
        return sample
    if sample.identical:
        return 0.0, 1.0, 0.0
    mean, error, df, limit = sample.mean, sample.std_error, sample.df, rope / sample.scale
    # From the lower tail, where small probabilities keep their digits.
    beyond = float(special.stdtr(df, (-limit - abs(mean)) / error))
    equivalent = float(special.stdtr(df, (limit - abs(mean)) / error)) - beyond
    toward = float(special.stdtr(df, (abs(mean) - limit) / error))
    return (beyond, equivalent, toward) if mean > 0 else (toward, equivalent, beyond)


@dataclass(frozen=True)
class _Sample:
    """Mean and corrected standard error of differences, both divided by `scale`."""

    mean: float
    std_error: float
    df: int
    scale: float
    identical: bool


def _sample(differences: Any, test_train_ratio: float) -> _Sample | Unknown:
    """Return what both tests need, or why there is no test."""
    if not 0 < test_train_ratio < math.inf:
        raise ValueError(f"test_train_ratio must be finite and positive, got {test_train_ratio!r}.")
    d = np.asarray(differences, dtype=float)
    if d.ndim != 1:
        raise ValueError(f"differences must be one for each split, got shape {d.shape}.")
    if missing := int((~np.isfinite(d)).sum()):
        return Unknown(f"scores are not finite in {missing} of {len(d)} folds")
    if len(d) < 2:
        return Unknown(f"needs two folds, got {len(d)}")
    df, scale = len(d) - 1, float(np.abs(d).max())
    if scale == 0:
        return _Sample(0.0, 0.0, df, 1.0, identical=True)
    # Squares of 1e-200 are 0 and those of 1e200 infinite: those of the scaled ones are neither.
    scaled = d / scale
    if np.ptp(scaled) <= MAX_ROUNDING:
        return Unknown("the difference is the same in each fold, so its spread is not known")
    factor = math.sqrt(1 / len(d) + test_train_ratio)
    error = float(scaled.std(ddof=1)) * factor
    return _Sample(float(scaled.mean()), error, df, scale, identical=False)
