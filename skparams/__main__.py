"""``python -m skparams``: the demo, from the command line."""

import argparse
import sys
from pathlib import Path

from skparams._version import __version__

_DEMO = """\
Search a neural network's settings by cross-validation and show what the best
one learned. The same search runs with scikit-learn's network on the same
folds: score and time stand side by side, as measured in this run. Without
--data, the table is scikit-learn's handwritten digits.
"""
_FILES = """\
Rows without a target are left out, other gaps are filled, text becomes
categories, and the target's values decide whether classes or numbers are
predicted. Written are report.html, which needs no other file, and learned.png.
Exit code: 0, or 2 with one line on what is wrong.
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
        description=_DEMO,
        epilog=_FILES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    demo.add_argument("--data", type=Path, metavar="FILE.csv", help="a table of your own")
    demo.add_argument("--target", metavar="COLUMN", help="the column of it to predict")
    demo.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="folder to write into (default: .)"
    )
    demo.add_argument("--quick", action="store_true", help="a small search, about ten seconds")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    args = _parser().parse_args(argv)
    # Imported here: scikit-learn and the rest take a second, which --help should not.
    from skparams._cli.errors import DemoError
    from skparams._cli.run import run

    try:
        run(args.data, args.target, out=args.out, quick=args.quick)
    except DemoError as error:
        print(f"skparams demo: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("skparams demo: stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
