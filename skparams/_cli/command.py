"""The command line: arguments in, exit code out."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from skparams._cli.interrupt import Stopped, stopped_by_interrupt
from skparams._version import __version__

_DESCRIPTION = """\
Search the hyperparameters of a neural network by cross-validation and show
what the best one learned. The same search runs with scikit-learn's network on
the same folds; scores and times of both are printed side by side. Without
--data, the table is scikit-learn's handwritten digits.
"""
_EPILOG = """\
Rows without a target are left out, other missing values are filled, and text
columns are one-hot encoded. The values of the target decide between
classification and regression. Two files are written: report.html, which needs
no other file, and learned.png. The exit code is 0, or 2 with one line that
says what is wrong.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m skparams",
        description="See what a scikit-learn model learned.",
    )
    parser.add_argument("--version", action="version", version=f"skparams {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    demo = commands.add_parser(
        "demo",
        help="search, compare with scikit-learn, explain the winner; on digits or on your table",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    demo.add_argument("--data", type=Path, metavar="FILE", help="a table: CSV or Parquet")
    demo.add_argument("--target", metavar="COLUMN", help="the column of the table to predict")
    demo.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="folder to write into (default: .)"
    )
    demo.add_argument("--quick", action="store_true", help="a small search, about ten seconds")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        with stopped_by_interrupt():
            return _demo(args)
    except (Stopped, KeyboardInterrupt):
        _print_error("stopped")
        return 130


def _demo(args: argparse.Namespace) -> int:
    # Imported here: scikit-learn and the rest take a second, which --help should not.
    from concurrent.futures import BrokenExecutor

    from skparams._cli.demo import run
    from skparams._cli.errors import DemoError, reason

    try:
        run(args.data, args.target, out=args.out, quick=args.quick)
    except DemoError as error:
        _print_error(str(error))
    except (MemoryError, BrokenExecutor):  # or the system stopped a process
        _print_error("there is not enough memory for this table: take a part of its rows")
    except OSError as error:  # such as a full disk where joblib's workers keep their arrays
        _print_error(reason(error))
    else:
        return 0
    return 2


def _print_error(message: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):  # nobody reads it
            print(f"skparams demo: {message}", file=sys.stderr, flush=True)
