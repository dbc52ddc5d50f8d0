"""The command line: arguments in, exit code out."""

import argparse
import sys
import traceback
from contextlib import suppress

from skparams._cli.interrupt import Stopped, stopped_by_interrupt
from skparams._cli.parser import make_parser

_TROUBLE, _STOPPED = 2, 130


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    program = "skparams"
    try:
        with stopped_by_interrupt():
            args = _arguments(argv)
            program += f" {args.command}"
            code, message = _run(args)
    except (Stopped, KeyboardInterrupt):
        code, message = _STOPPED, "stopped"
    except Exception:  # an error of ours: Python's exit code 1 would say that models differ
        traceback.print_exc()
        return _TROUBLE
    if message is not None and sys.stderr is not None:
        with suppress(OSError):  # nobody reads it
            print(f"{program}: {message}", file=sys.stderr, flush=True)
    return code


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    try:
        return make_parser().parse_args(argv)
    except SystemExit:  # after the help too
        if sys.stdout is not None:
            try:
                sys.stdout.flush()
            except OSError:  # its reader has left, or the disk is full
                from skparams._cli.console import discard_output

                discard_output()
        raise


def _run(args: argparse.Namespace) -> tuple[int, str | None]:
    """Run a command; return its exit code, and what is wrong if anything is."""
    # Imported here: scikit-learn and the rest take a second, which --help should not.
    from concurrent.futures import BrokenExecutor

    from skparams._cli.console import CommandError, reason

    try:
        return _command(args), None
    except CommandError as error:
        message = str(error)
    except (MemoryError, BrokenExecutor):  # or the system stopped a process
        message = "there is not enough memory"
        if args.command in ("demo", "compare"):
            message += " for this table: take a part of its rows"
    except OSError as error:  # such as a full disk where joblib's workers keep their arrays
        message = reason(error)
    return _TROUBLE, message


def _command(args: argparse.Namespace) -> int:
    """Import a command, each of which needs other packages, and run it."""
    match args.command:
        case "demo":
            from skparams._cli import demo

            demo.run(args.data, args.target, out=args.out, quick=args.quick)
        case "compare":
            from skparams._cli import compare

            compare.run(args)
        case "plan":
            from skparams._cli import plan

            plan.run(args)
        case "summary":
            from skparams._cli import summary

            summary.run(args)
        case "diff":
            from skparams._cli import diff

            return diff.run(args)
        case "warm":
            from skparams._cli import warm

            warm.run()
    return 0
