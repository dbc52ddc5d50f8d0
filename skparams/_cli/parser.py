"""The arguments of all commands and their help. Imports nothing that takes time."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from skparams._cli import texts
from skparams._cli.model_names import DEFAULT_MODELS
from skparams._version import __version__

_MAX_SEED = 2**32 - 1  # of numpy.random.RandomState


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        from skparams._escape import clean

        self.exit(2, f"{self.prog}: {clean(message)}; see {self.prog} --help\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = _Parser(prog="skparams", description="See what a scikit-learn model learned.")
    parser.add_argument("--version", action="version", version=f"skparams {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)

    def add(name: str, summary: str, description: str, more: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description=description,
            epilog=more,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    _add_demo(
        add(
            "demo",
            "search, compare with scikit-learn, explain the winner; on digits or on your table",
            texts.DEMO,
            texts.DEMO_MORE,
        )
    )
    _add_compare(add("compare", "compare models on your table", texts.COMPARE, texts.COMPARE_MORE))
    _add_plan(add("plan", "what a model would learn, before fit", texts.PLAN, texts.PLAN_MORE))
    _add_summary(
        add("summary", "what the model in a file learned", texts.SUMMARY, texts.SUMMARY_MORE)
    )
    _add_diff(
        add("diff", "what differs between the models in two files", texts.DIFF, texts.DIFF_MORE)
    )
    add("warm", "compile all kernels ahead", texts.WARM, texts.WARM_MORE)
    return parser


def _add_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--data", type=Path, metavar="FILE", help="a table: CSV or Parquet")
    demo.add_argument("--target", metavar="COLUMN", help="the column of the table to predict")
    demo.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="folder to write into (default: .)"
    )
    demo.add_argument("--quick", action="store_true", help="a small search, about ten seconds")


def _add_compare(compare: argparse.ArgumentParser) -> None:
    compare.add_argument("data", type=Path, metavar="DATA", help="a table: CSV or Parquet")
    compare.add_argument("--target", metavar="COLUMN", help="the column of the table to predict")
    compare.add_argument(
        "--models",
        default=DEFAULT_MODELS,
        metavar="NAMES",
        help="models, with commas between them (default: %(default)s)",
    )
    compare.add_argument(
        "--baseline", metavar="NAME", help="compare all with this one only, instead of all pairs"
    )
    compare.add_argument(
        "--folds", type=_whole(2), default=5, metavar="N", help="folds (default: %(default)s)"
    )
    compare.add_argument(
        "--repeats",
        type=_whole(1),
        default=2,
        metavar="N",
        help="how often the rows are cut into folds anew (default: %(default)s)",
    )
    compare.add_argument(
        "--rope",
        type=_number("> 0", lambda value: value > 0),
        metavar="X",
        help="differences of the score up to this do not matter; adds how likely larger ones are",
    )
    compare.add_argument(
        "--scoring",
        metavar="NAME",
        help="a score of scikit-learn (default: accuracy, of a regression r2)",
    )
    compare.add_argument(
        "--max-rows",
        type=_whole(20),
        default=5000,
        metavar="N",
        help="rows to use; of more, so many are drawn at random (default: %(default)s)",
    )
    compare.add_argument(
        "--jobs",
        type=_jobs,
        default=1,
        metavar="N",
        help="fits at a time, -1 for one on each core (default: %(default)s)",
    )
    compare.add_argument(
        "--seed",
        type=_whole(0, _MAX_SEED),
        default=0,
        metavar="N",
        help="of all random numbers (default: 0)",
    )
    _add_output(compare)


def _add_plan(plan: argparse.ArgumentParser) -> None:
    plan.add_argument("model", metavar="MODEL", help="a short name or the import path of a class")
    plan.add_argument("--data", type=Path, metavar="FILE", help="a table: CSV or Parquet")
    plan.add_argument("--target", metavar="COLUMN", help="the column of the table to predict")
    shape = {
        "samples": "rows",
        "features": "features",
        "classes": "classes",
        "outputs": "columns of the target",
    }
    for name, what in shape.items():
        plan.add_argument(
            f"--{name}", type=_whole(1), metavar="N", help=f"number of {what}, instead of --data"
        )
    plan.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a hyperparameter, its value as Python writes it; may be repeated",
    )
    _add_output(plan)


def _add_summary(summary: argparse.ArgumentParser) -> None:
    summary.add_argument("file", type=Path, metavar="FILE", help="of save_params or skops")
    summary.add_argument(
        "--data", type=Path, metavar="FILE", help="the training rows: CSV or Parquet"
    )
    _add_classes(summary)
    _add_output(summary)


def _add_diff(diff: argparse.ArgumentParser) -> None:
    diff.add_argument("before", type=Path, metavar="BEFORE", help="of save_params or skops")
    diff.add_argument("after", type=Path, metavar="AFTER", help="of save_params or skops")
    for name in ("rtol", "atol"):
        diff.add_argument(
            f"--{name}",
            type=_number(">= 0", lambda value: value >= 0),
            default=0.0,
            metavar="X",
            help="as in numpy.allclose",
        )
    diff.add_argument(
        "--align",
        action="store_true",
        help="put components and hidden units into the same order first",
    )
    diff.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="NAME",
        help="a hyperparameter or fitted attribute to leave out; may be repeated",
    )
    _add_classes(diff)
    _add_output(diff)


def _add_classes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="CLASS",
        help="a class of another package that a file of save_params may hold: its code is run",
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="TYPE",
        help="a type that a file of skops may hold: its code is run",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write an HTML page too, which needs no other file"
    )


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    def whole(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            allowed = f">= {least}" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"must be a whole number {allowed}, got {text!r}")
        return value

    return whole


def _jobs(text: str) -> int:
    return -1 if text == "-1" else _whole(1)(text)


def _number(allowed: str, is_allowed: Callable[[float], bool]) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and is_allowed(value)):
            raise argparse.ArgumentTypeError(f"must be a number {allowed}, got {text!r}")
        return value

    return number
