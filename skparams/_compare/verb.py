"""``compare``: which estimator is better, at what cost, and whether the folds can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joblib import effective_n_jobs
from sklearn.base import is_classifier
from sklearn.utils import check_random_state

from skparams._compare.checks import (
    check_apart,
    check_cv,
    check_estimators,
    check_options,
    check_scores,
)
from skparams._compare.engine import competitors_of, run_folds
from skparams._compare.fold import Task
from skparams._compare.folds import test_train_ratio as ratio_of
from skparams._compare.pairs import pairs_of
from skparams._compare.record import Comparison
from skparams._folds import check_metadata, check_target, checked_rows, routed, splits_of
from skparams._walk import n_rows


def compare(
    estimators: Mapping[str, Any],
    X: Any,
    y: Any = None,
    *,
    cv: Any = None,
    scoring: Any = None,
    groups: Any = None,
    params: Mapping[str, Any] | None = None,
    n_jobs: int | None = None,
    baseline: str | None = None,
    rope: float | None = None,
    memory: bool = False,
    random_state: Any = None,
) -> Comparison:
    """Compare estimators by cross-validation: scores, times, sizes, and tests of differences.

    All competitors get the same folds. In each fold they run one after the other in one process,
    in an order that is drawn anew, so that their times can be compared. Each pair gets the t test
    that is corrected for overlapping training sets, with p-values that are adjusted for the number
    of pairs. Learned parameters, pickled bytes and the time for one row are those of every fifth
    fold.

    Parameters
    ----------
    estimators : dict of str to estimator
        The competitors by name. They are cloned for each fold and never changed.
    X : array-like of shape (n_samples, n_features)
        The rows.
    y : array-like, default=None
        The target.
    cv : int, splitter or list of (train, test), default=None
        How to split the rows. None is 5 folds, repeated 3 times and shuffled with
        ``random_state``, stratified for classifiers; an int is another number of folds, repeated
        likewise. Whether there is a test depends on it: the correction is known for shuffled
        folds, not for groups or time series.
    scoring : str or callable, default=None
        The name of a metric, or ``scorer(estimator, X, y)``; greater is better. By default the
        estimators' own score, if it is of one kind.
    groups : array-like of shape (n_samples,), default=None
        Group of each row, for a ``cv`` that keeps groups together.
    params : dict, default=None
        What else goes to ``fit``, such as ``{"sample_weight": weights}``; if metadata routing is
        enabled, to whatever requests it. What has a value for each row is split as X is.
    n_jobs : int, default=None
        How many folds run at once, as in ``cross_validate``. Their times are those of a busy
        machine.
    baseline : str, default=None
        A competitor. With it, only pairs with this one are tested, which finds more.
    rope : float, default=None
        The largest difference of the score that does not matter. With it, each pair has the
        probabilities that the difference matters, one way or the other, and that it does not.
    memory : bool, default=False
        Whether to measure the peak memory of ``fit``: one more fit on the training rows of the
        first fold, each in a process of its own. What counts is how far the peak of that process
        is above what it had before this fit. Known on Linux only.
    random_state : int, RandomState instance or None, default=None
        Draws the default folds and the order of the competitors. Those of the estimators are
        their own.

    Returns
    -------
    Comparison
        Shown as text by ``print`` and as HTML in notebooks; ``plot()`` draws the scores. An
        estimator that fails has its error there, and the others go on. After Ctrl-C it has the
        folds that are done.

    Raises
    ------
    TypeError
        If ``estimators`` is not a dict of estimators by name, or another argument is of a wrong
        type.
    ValueError
        If an argument is not one of those listed, the estimators have scores of different kinds,
        or the training rows of a fold have one class only.
    KeyboardInterrupt
        At Ctrl-C before the first fold is done.

    See Also
    --------
    fewest_params : Chooses the smallest model that scores about the best.
    memorization : Reports which rows a model learns by heart.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skparams import compare
    >>> X, y = load_iris(return_X_y=True)
    >>> models = {"bayes": GaussianNB(), "constant": DummyClassifier()}
    >>> found = compare(models, X, y, random_state=0)
    >>> found["bayes"].parameters, round(found["bayes"].mean, 2)
    (27, 0.96)
    >>> [(pair.first, pair.finding, pair.second) for pair in found.pairs]
    [('bayes', 'better', 'constant')]
    """
    estimators = check_estimators(estimators)
    check_options(estimators, baseline, rope, n_jobs, memory)
    check_metadata("compare", params, groups)
    X, y, groups = checked_rows("compare", X, y, groups)
    for estimator in estimators.values():
        check_target("compare", estimator, y)
    name_of_score, scorers = check_scores(estimators, scoring)
    name_of_cv, splitter = check_cv(cv, estimators, y, groups, random_state)
    receivers = {
        **{f"fit of {name}": (each, "fit") for name, each in estimators.items()},
        **{f"score of {name}": (each, "score") for name, each in scorers.items()},
        "splitter": (splitter, "split"),
    }
    metadata = routed("compare", receivers, params, groups)
    classes = any(map(is_classifier, estimators.values()))
    splits = splits_of("compare", splitter, X, y, metadata["splitter"], classes=classes)
    check_apart(splits)
    task = Task(estimators, scorers, metadata, X, y)
    folds, peaks, interrupted = run_folds(
        task, splits, n_jobs=n_jobs, memory=bool(memory), rng=check_random_state(random_state)
    )
    competitors = competitors_of(task, folds, peaks)
    ratio = ratio_of(splitter, splits)
    return Comparison(
        competitors=competitors,
        pairs=pairs_of(competitors, baseline, ratio, rope),
        scoring=name_of_score,
        cv=name_of_cv,
        n_folds=len(folds),
        n_splits=len(splits),
        n_samples=n_rows("compare", X),
        test_train_ratio=ratio,
        baseline=baseline,
        rope=None if rope is None else float(rope),
        n_jobs=min(effective_n_jobs(n_jobs), len(splits)),
        interrupted=interrupted,
    )
