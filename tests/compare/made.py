"""Comparisons that were not run: of scores, and with times that are the same everywhere."""

import numpy as np

from skparams._compare.pairs import pairs_of
from skparams._compare.record import Comparison, Competitor, Failure, Seconds
from skparams._records import Bounds, Unknown
from tests.report.made import NASTY


def competitor(name, scores, place=0, **others):
    """A competitor; the one at a place in the list has other times and sizes."""
    scores = np.asarray(scores, dtype=float)
    complete = np.isfinite(scores).all()
    missing = int((~np.isfinite(scores)).sum())
    seconds = Seconds(0.0123 * 4**place, 0.01 * 4**place, 0.02 * 4**place, 0.4 * 2**place)
    known = {
        "class_name": "Model",
        "mean": float(scores.mean()) if complete else None,
        "std": float(scores.std(ddof=1)) if complete and len(scores) > 1 else None,
        "fit_seconds": seconds,
        "predict_seconds": Seconds(0.00021 * 3**place, 0.0002 * 3**place, 0.0003 * 3**place, 0.001),
        "row_seconds": 0.00015 * 2**place,
        "parameters": 7**place,
        "guessed": False,
        "bytes": Bounds(900 * 7**place, 1000 * 7**place),
        "peak_memory": None,
        "failure": None if complete else Failure("ValueError", "it\nfailed", missing),
        "warnings": (),
    }
    return Competitor(name=name, scores=tuple(scores.tolist()), **(known | others))


def comparison(competitors, baseline=None, rope=None, ratio=0.25, **others):
    """A comparison of these competitors."""
    n_folds = len(competitors[0].scores)
    known = {
        "competitors": tuple(competitors),
        "pairs": pairs_of(competitors, baseline, ratio, rope),
        "scoring": "accuracy",
        "cv": "RepeatedStratifiedKFold",
        "n_folds": n_folds,
        "n_splits": n_folds,
        "n_samples": 150,
        "test_train_ratio": ratio,
        "baseline": baseline,
        "rope": rope,
        "n_jobs": 1,
        "interrupted": False,
    }
    return Comparison(**(known | others))


def usual(**others):
    """Four competitors: one that is better than most, two alike, one that fails."""
    rng = np.random.RandomState(0)
    base = np.round(rng.normal(0.9, 0.02, 15), 3)
    return comparison(
        [
            competitor("logistic", base - 0.05 + np.round(rng.normal(0, 0.01, 15), 3), 1),
            competitor("boosting", base, 4, warnings=(("ConvergenceWarning", 15),)),
            competitor("boosting again", base, 4, guessed=True),
            competitor("a name that is so long that it cannot stay", [np.nan] * 15, 0),
            competitor("neighbors", base - 0.002 + np.round(rng.normal(0, 0.02, 15), 3), 2),
        ],
        **others,
    )


def anything(rng):
    """A comparison with names, scores and numbers of any kind."""
    n_folds = int(rng.choice([1, 2, 5, 15]))
    names = [name for name in NASTY if name] + ["a", "b c", "1"]
    names = [names[i] for i in rng.permutation(len(names))[: rng.randint(1, 9)]]
    scale, spread = 10.0 ** rng.randint(-6, 9), 10.0 ** rng.randint(-4, 1)
    base = rng.normal(0, spread, n_folds)
    competitors = []
    for i, name in enumerate(names):
        scores = scale * (base + rng.choice([0, 0, spread]) * rng.normal(i, 1, n_folds))
        if rng.rand() < 0.15:
            scores[rng.randint(n_folds)] = np.nan
        others = {"parameters": Unknown(NASTY[rng.randint(len(NASTY))])} if rng.rand() < 0.2 else {}
        others |= {"warnings": ((NASTY[rng.randint(len(NASTY))], 1),)} if rng.rand() < 0.2 else {}
        competitors.append(competitor(name, scores, rng.randint(6), **others))
    return comparison(
        competitors,
        baseline=names[rng.randint(len(names))] if rng.rand() < 0.3 else None,
        rope=scale * spread if rng.rand() < 0.3 else None,
        ratio=Unknown("groups differ") if rng.rand() < 0.2 else 0.25,
        n_jobs=rng.randint(1, 3),
        scoring=NASTY[rng.randint(len(NASTY))] or "score",
        n_splits=n_folds + rng.randint(2),
    )
