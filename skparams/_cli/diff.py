"""``skparams diff``: what changed between the models in two files."""

import argparse

import skparams
from skparams._cli.console import CommandError, Output, verb_errors
from skparams._cli.saved import load_model
from skparams._diff import differences, opaque
from skparams._report import clean

_SAME, _DIFFERENT = 0, 1  # as diff(1) has them; 2 is trouble


def run(args: argparse.Namespace) -> int:
    """Print what differs; return whether anything does."""
    paths = args.before, args.after
    output = Output("diff", args.json, args.out, paths)
    with output.warnings_as_notes(), verb_errors("diff"):
        models = [load_model(path, allow=args.allow, trust=args.trust) for path in paths]
        found = skparams.diff(
            *models, align=args.align, rtol=args.rtol, atol=args.atol, ignore=args.ignore
        )
    output.deliver(" → ".join(clean(path.name) for path in paths), found)
    if found.is_empty:
        return _SAME
    if any(differences(found)):
        return _DIFFERENT
    (path, place), *_ = opaque(found)
    raise CommandError(f"the models cannot be compared: {place}; leave it out by --ignore {path}")
