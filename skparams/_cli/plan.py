"""``skparams plan``: what a model would learn, before it is fitted."""

import argparse
from typing import Any

import skparams
from skparams._cli.console import CommandError, Output, verb_errors
from skparams._cli.models import make_estimator, set_hyperparameters
from skparams._cli.tables import Dataset, Limits, prepared, read_csv, read_features
from skparams._report import plural

_ALL_ROWS = Limits(min_rows=1, min_rows_per_class=1, max_rows=None)
_SHAPE = {
    "samples": "n_samples",
    "features": "n_features",
    "classes": "n_classes",
    "outputs": "n_outputs",
}


def run(args: argparse.Namespace) -> None:
    """Print the plan of a model for a table, or for data of a shape."""
    output = Output("plan", args.json, args.out, () if args.data is None else (args.data,))
    given = {name: getattr(args, name) for name in _SHAPE if getattr(args, name) is not None}
    data = None if args.data is None else _table(args, given, output)
    if data is not None:
        classes = None if data.y is None else data.classes is not None
    else:
        if args.target is not None:
            raise CommandError("--target needs --data FILE, the table that has this column")
        if "classes" in given and "outputs" in given:
            classes = True  # a classifier of several targets
        else:
            classes = "classes" in given or (False if "outputs" in given else None)
    with output.warnings_as_notes(), verb_errors("plan"):
        estimator = make_estimator(args.model, classes=classes, any_task=True)
        set_hyperparameters(estimator, args.set)
        if data is None:
            found = skparams.plan(estimator, **{_SHAPE[name]: n for name, n in given.items()})
        else:
            found = skparams.plan(estimator, _prepare(data, output), data.y)
    output.deliver(args.model, found, *([] if data is None else [data]))


def _table(args: argparse.Namespace, given: dict[str, int], output: Output) -> Dataset:
    """Read the table, which says what the options of its shape would."""
    if given:
        raise CommandError(f"--data has what --{next(iter(given))} says: leave one of them out")
    if args.target is None:
        data = read_features(args.data)
    else:
        data = read_csv(args.data, args.target, _ALL_ROWS)
    for text in data.notes:
        output.note(text)
    return data


def _prepare(data: Dataset, output: Output) -> Any:
    """The features as the model gets them: numbers only."""
    X = prepared(data)
    n_columns, n_features = data.X.shape[1], X.shape[1]
    if n_features != n_columns:
        data.notes.append(f"{plural(n_columns, 'column')} become {plural(n_features, 'feature')}")
        output.note(data.notes[-1])
    return X
