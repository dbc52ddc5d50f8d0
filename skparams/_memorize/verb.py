"""The verb that finds the rows whose labels a model learns by heart."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.model_selection import ShuffleSplit
from sklearn.utils import check_random_state

from skparams._escape import clean
from skparams._folds import (
    check_metadata,
    check_n_jobs,
    check_target,
    checked_rows,
    routed,
    splitter_of,
)
from skparams._memorize.fits import Job, Study, Sums, fit_all
from skparams._memorize.record import Memorization, ShuffledLabels
from skparams._memorize.scores import labels_of, score_of
from skparams._memorize.splits import training_rows
from skparams._records import between
from skparams._report import number, plural
from skparams._walk import check_estimator

N_FITS, TRAIN_SIZE = 20, 0.7
# Of fits on shuffled labels: their scores are means over rows, which vary little between fits.
MAX_SHUFFLED = 5


def memorization(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    groups: Any = None,
    cv: Any = None,
    score: Any = None,
    shuffled_labels: bool = False,
    params: Mapping[str, Any] | None = None,
    n_jobs: int | None = None,
    random_state: Any = 0,
) -> Memorization:
    """Return how much of each row's label a model knows only because it was trained on it.

    The estimator is fitted on many subsets of the rows. The memorization of a row is the mean
    score of its label over the fits that had the row in training, minus the mean over the fits
    that had not ([1]_, by subsamples). It is near 1 where the label is learned by heart, and near
    0 where the other rows tell it too, or where the model does not learn it at all.

    Parameters
    ----------
    estimator : estimator
        A classifier or a regressor, or with a function as ``score`` any estimator. Clones of it
        are fitted: 20 with the default ``cv``, and no model is kept.
    X : array-like, sparse matrix, DataFrame or list
        The rows.
    y : array-like
        Their labels or targets, with a column for each output if there are several.
    groups : array-like, default=None
        Passed to the splitter, as in ``cross_validate``. With metadata routing, pass them in
        ``params``.
    cv : int, splitter or iterable, default=None
        The fits: each has the training rows of a split, and all other rows count as out, those
        in no test set too. By default ``ShuffleSplit(20, train_size=0.7,
        random_state=random_state)``; with more splits the standard errors become smaller. Folds,
        as of an int, leave each row out once, which gives no standard error.
    score : {"probability", "accuracy", "squared_error"} or callable, default=None
        The score of a row. For classifiers the probability of its label by ``predict_proba`` (the
        default), or 1 where ``predict`` is right and 0 where not; for regressors minus the squared
        error. The mean over the outputs, if there are several. A function of ``(estimator, X, y)``
        returns one number for each row, larger for better.
    shuffled_labels : bool, default=False
        Whether to fit on shuffled labels too, on the first 5 splits, to see how well the estimator
        fits labels that mean nothing.
    params : dict, default=None
        Passed to ``fit``, such as ``{"sample_weight": w}``; what has a value for each row is
        split as the rows are. With metadata routing, passed to what requests it.
    n_jobs : int, default=None
        Number of fits at a time, as in ``cross_validate``.
    random_state : int, RandomState or None, default=0
        For the default splits and the order of shuffled labels. The estimator has its own.

    Returns
    -------
    Memorization
        With arrays of one number for each row: ``values``, ``std_errors``, ``in_scores``,
        ``out_scores``, ``n_in``, ``n_out``. They are NaN where they are not known: a row that is in
        the training rows of every fit, or of none, has no value. ``top(n)`` returns the rows with
        the largest values. Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator or is a class, or is no classifier and no regressor
        and ``score`` no function, or another argument is of the wrong type.
    ValueError
        If an argument has a wrong value, no split leaves any row out, the training rows of a
        split have a single class, or a fit or its score fails; the error names the split.

    See Also
    --------
    capacity_curve : Scores against the number of parameters.
    compare : Compares models by cross-validation.

    Notes
    -----
    The standard error is that of a difference of two means over fits, ``sqrt(var_in / n_in +
    var_out / n_out)``, with variances between the fits (``ddof=1``). It is not known with a single
    fit on a side.

    After Ctrl-C, the fits that are done are returned, if they have rows both in and out.

    References
    ----------
    .. [1] V. Feldman, C. Zhang (2020). What neural networks memorize and why: discovering the long
       tail via influence estimation. NeurIPS 33.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skparams import memorization
    >>> X, y = load_iris(return_X_y=True)
    >>> y[10] = 2
    >>> found = memorization(KNeighborsClassifier(1), X, y)
    >>> float(found.values[10])
    1.0
    >>> int(found.n_in[10]), int(found.n_out[10])
    (17, 3)
    """
    check_estimator("memorization", estimator)
    if not isinstance(shuffled_labels, bool | np.bool_):
        raise TypeError(
            "memorization: shuffled_labels must be True or False, got "
            f"{clean(repr(shuffled_labels))}."
        )
    check_metadata("memorization", params, groups)
    check_n_jobs("memorization", n_jobs)
    if y is None:
        raise ValueError("memorization: y must be labels or targets, got None.")
    X, y, groups = checked_rows("memorization", X, y, groups)
    rule = score_of(estimator, score)
    if rule.of_labels:
        check_target("memorization", estimator, y)
    labels = labels_of(y, rule)
    if cv is None:
        cv = ShuffleSplit(N_FITS, train_size=TRAIN_SIZE, random_state=random_state)
    cv = splitter_of("memorization", cv, y, classifier=rule.of_labels)
    receivers = {"estimator": (estimator, "fit"), "splitter": (cv, "split")}
    metadata = routed("memorization", receivers, params, groups)
    trains = training_rows(cv, X, y, metadata["splitter"], classes=rule.of_labels)
    study = Study(
        estimator=estimator,
        X=X,
        y=y,
        targets=y if callable(score) else labels,
        score=rule.function,
        score_name=rule.name,
        metadata=metadata["estimator"],
        n_rows=len(labels),
    )
    jobs = _jobs(trains)
    shuffled = _shuffled_jobs(trains, len(labels), random_state) if shuffled_labels else []
    name = type(estimator).__name__
    sizes = between(min(map(len, trains)), max(map(len, trains)))
    _announce(name, jobs, shuffled, f"{number(sizes)} of {plural(len(labels), 'row')}")
    sums = fit_all(study, [*jobs, *shuffled], n_jobs)
    return _record(
        name, rule.name, labels, sums, n_train=sizes, n_planned=len(jobs) + len(shuffled)
    )


def _jobs(trains: list[np.ndarray]) -> list[Job]:
    fits = enumerate(trains)
    return [Job(f"the fit of split {i} of cv", train, counts=i == 0) for i, train in fits]


def _shuffled_jobs(trains: list[np.ndarray], n: int, random_state: Any) -> list[Job]:
    """Fits on labels in random order among the training rows, where the shares of classes stay.

    The others keep theirs: a model of meaningless labels can only guess these.
    """
    rng = check_random_state(random_state)
    jobs: list[Job] = []
    for i, train in enumerate(trains):
        order, inside = np.arange(n), np.unique(train)
        if len(inside) < n and len(jobs) < MAX_SHUFFLED:
            order[inside] = rng.permutation(inside)
            name = f"the fit on shuffled labels of split {i} of cv"
            jobs.append(Job(name, train, order))
    return jobs


def _announce(name: str, jobs: list[Job], shuffled: list[Job], rows: str) -> None:
    """Say how many fits there will be, on a terminal, where a progress bar follows."""
    if sys.stderr is not None and sys.stderr.isatty():
        more = f", and {len(shuffled)} on shuffled labels" if shuffled else ""
        text = f"memorization: {plural(len(jobs), 'fit')} of {clean(name)} on {rows} each{more}"
        print(text, file=sys.stderr, flush=True)


def _record(name: str, score: str, labels: np.ndarray, sums: Sums, **about: Any) -> Memorization:
    inside, outside = sums.inside, sums.outside
    variances = inside.variances_of_means + outside.variances_of_means
    assert sums.held is not None  # of the first fit, which is done
    shuffled = None
    if sums.shuffled:
        in_score, out_score = np.mean(sums.shuffled, axis=0).tolist()
        shuffled = ShuffledLabels(in_score, out_score, len(sums.shuffled))
    return Memorization(
        class_name=name,
        score=score,
        values=inside.means - outside.means,
        std_errors=np.sqrt(variances),
        in_scores=inside.means,
        out_scores=outside.means,
        n_in=inside.n,
        n_out=outside.n,
        labels=labels,
        n_fits=sums.n_fits,
        n_params=sums.held.n_params,
        keeps_rows=sums.held.keeps_rows,
        shuffled_labels=shuffled,
        **about,
    )
