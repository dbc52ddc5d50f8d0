"""``skparams summary``: what a model in a file chose and learned."""

import argparse
from typing import Any

import skparams
from skparams._cli.console import CommandError, Output, quoted, verb_errors
from skparams._cli.saved import inspect_model, load_model
from skparams._cli.tables import read_frame
from skparams._report import clean, few


def run(args: argparse.Namespace) -> None:
    """Print the summary of a model; with the training rows, the findings that need these."""
    inputs = (args.file,) if args.data is None else (args.file, args.data)
    output = Output("summary", args.json, args.out, inputs)
    with output.warnings_as_notes(), verb_errors("summary"):
        if args.data is None and not args.allow:
            found = inspect_model(args.file, trust=args.trust)
        else:
            model = load_model(args.file, allow=args.allow, trust=args.trust)
            rows = None if args.data is None else _training_rows(model, args.data, output)
            found = skparams.summary(model, rows)
    output.deliver(clean(args.file.name), found)


def _training_rows(model: Any, path: Any, output: Output) -> Any:
    """The columns of a table that a model was fitted on, by their names if it knows these."""
    notes: list[str] = []
    names, frame = read_frame(path, notes)
    for text in notes:
        output.note(text)
    wanted = getattr(model, "feature_names_in_", None)
    if wanted is None:
        return frame.to_numpy()
    if missing := [name for name in wanted if name not in names]:
        raise CommandError(
            f"{path} lacks columns that the model was fitted on: {few(map(quoted, missing))}"
        )
    frame.columns = names
    return frame[list(wanted)]
