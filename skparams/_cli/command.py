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
_WARM_DESCRIPTION = """\
Compile all kernels ahead and keep them in skparams.cache_dir(), so that no fit
has to wait: in the image of a container, for instance. The exit code is 0, or
2 with one line if no folder can be written.
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
    commands.add_parser(
        "warm",
        help="compile all kernels ahead",
        description=_WARM_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        with stopped_by_interrupt():
            message = _run(args)
    except (Stopped, KeyboardInterrupt):
        code, message = 130, "stopped"
    else:
        code = 0 if message is None else 2
    if message is not None and sys.stderr is not None:
        with suppress(OSError):  # nobody reads it
            print(f"skparams {args.command}: {message}", file=sys.stderr, flush=True)
    return code


def _run(args: argparse.Namespace) -> str | None:
    """Run a command; return what is wrong, if anything is."""
    # Imported here: scikit-learn and the rest take a second, which --help should not.
    from concurrent.futures import BrokenExecutor

    from skparams._cli import demo, warm
    from skparams._cli.errors import DemoError, reason

    try:
        if args.command == "warm":
            warm.run()
        else:
            demo.run(args.data, args.target, out=args.out, quick=args.quick)
    except DemoError as error:
        return str(error)
    except (MemoryError, BrokenExecutor):  # or the system stopped a process
        return "there is not enough memory for this table: take a part of its rows"
    except OSError as error:  # such as a full disk where joblib's workers keep their arrays
        return reason(error)
    return None
