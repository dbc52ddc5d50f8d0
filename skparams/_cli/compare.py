"""``skparams compare``: models on the same folds of a table."""

import argparse
import importlib.util
import io
import warnings
from typing import Any

import joblib
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

import skparams
from skparams._cli.console import (
    CommandError,
    Output,
    Picture,
    others_on_stderr,
    reason,
    show,
    start_workers,
    verb_errors,
)
from skparams._cli.interrupt import Stopped, left_to_python
from skparams._cli.models import listed, make_estimator
from skparams._cli.tables import Dataset, Limits, make_model, read_csv
from skparams._compare import Comparison
from skparams._report import plural

_MIN_ROWS = 20
_ROWS_PER_FOLD = 2  # fewer have no R²


def run(args: argparse.Namespace) -> None:
    """Read the table, compare the models, and print what was found."""
    output = Output("compare", args.json, args.out, (args.data,))
    names = _names(args.models, args.baseline)
    min_rows = max(_MIN_ROWS, _ROWS_PER_FOLD * args.folds)
    limits = Limits(min_rows, args.folds, args.max_rows, f" for {args.folds} folds")
    data = read_csv(args.data, args.target, limits)
    _check_scoring(args.scoring, data)
    with others_on_stderr():  # as modules that are imported print
        models = {name: _model(name, data, args.seed) for name in names}
    n_folds = args.folds * args.repeats
    n_models = plural(len(models), "model")
    data.notes.append(f"{n_models} × {n_folds} folds = {len(models) * n_folds:,} fits")
    if args.json:
        for text in data.notes:
            output.note(text)
    else:
        show(f"{data.to_text()}\n")
    folds = RepeatedKFold if data.classes is None else RepeatedStratifiedKFold
    n_jobs = min(joblib.effective_n_jobs(args.jobs), n_folds)  # each is a process
    with output.warnings_as_notes(), verb_errors("compare"), left_to_python():
        start_workers(n_jobs)
        found = skparams.compare(
            models,
            data.X,
            data.y,
            cv=folds(n_splits=args.folds, n_repeats=args.repeats, random_state=args.seed),
            scoring=args.scoring,
            n_jobs=n_jobs,
            baseline=args.baseline,
            rope=args.rope,
            random_state=args.seed,
        )
    picture = None if args.out is None else _picture(found)
    output.deliver(data.name, found, data, picture=picture, footer=", measured on this machine")
    if found.interrupted:
        raise Stopped
    failures = [each.failure.text for each in found.competitors if each.failure is not None]
    if len(failures) == len(models):
        raise CommandError(f"no model has a score in each fold: {failures[0]}")


def _names(text: str, baseline: str | None) -> list[str]:
    """The names of the models, each of which is there once."""
    names = [name.strip() for name in text.split(",")]
    if "" in names:
        raise CommandError(f"--models takes names with commas between them, got {text!r}")
    for name in names:
        if names.count(name) > 1:
            raise CommandError(f"--models has {name!r} more than once")
    if baseline is not None and baseline not in names:
        raise CommandError(f"--baseline is none of the models; {listed(baseline, names)}")
    return names


def _check_scoring(name: str | None, data: Dataset) -> None:
    """Raise CommandError for a score that is none, or that the target does not have."""
    if name is None:
        return
    names = get_scorer_names()
    if name not in names:
        raise CommandError(f"scikit-learn has no score {name!r}; {listed(name, names)}")
    constant = DummyRegressor() if data.classes is None else DummyClassifier()
    try:
        with warnings.catch_warnings(action="ignore"):  # of classes that are never predicted
            get_scorer(name)(constant.fit(data.X, data.y), data.X, data.y)
    except (ValueError, TypeError, AttributeError) as error:
        like = [other for other in names if other.startswith(f"{name}_")]
        more = f"; like it: {', '.join(like)}" if like else ""
        why = reason(error).removesuffix(".")
        raise CommandError(f"--scoring {name} does not fit the target: {why}{more}") from error


def _model(name: str, data: Dataset, seed: int) -> Any:
    """The pipeline of a model, its random numbers fixed."""
    estimator = make_estimator(name, classes=data.classes is not None)
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=seed)
    return make_model(data, estimator, "model")


def _picture(found: Comparison) -> Picture | None:
    """The figure of the scores, if matplotlib is installed and there are any."""
    if importlib.util.find_spec("matplotlib") is None or all(
        each.mean is None for each in found.competitors
    ):
        return None
    from matplotlib.figure import Figure  # not pyplot, whose window system is the user's choice

    figure = Figure((6, 1.2 + 0.5 * len(found.competitors)), layout="constrained")
    found.plot(figure.subplots())
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=160)
    return Picture(content.getvalue(), None, "The scores of each model in the folds")
