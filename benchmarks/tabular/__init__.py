"""Networks for tables beside what a user would pick instead."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks._tables import Table
from benchmarks._task import Task
from benchmarks.tabular import budgets, comparison, coverage, out_of_fold, speed
from benchmarks.tabular.peers import LABELS
from benchmarks.tabular.tables import HALVES

_PARTS = {
    "comparison": comparison.comparison,
    "boosting": speed.boosting,
    "torch": speed.torch,
    "budgets": budgets.budgets,
    "out-of-fold": out_of_fold.out_of_fold,
    "coverage": coverage.coverage,
}
NAMES = tuple(_PARTS)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that only this benchmark has."""
    group = parser.add_argument_group("tables and models")
    group.add_argument("--half", choices=(*HALVES, "all"), default="all", help="which tables")
    group.add_argument("--tables", nargs="+", metavar="NAME", help="these tables only")
    group.add_argument("--models", nargs="+", choices=LABELS, help="these models only")
    group.add_argument("--jobs", type=int, help="tables at once, one thread each (default: cores)")
    group.add_argument(
        "--reuse",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="JSON of earlier runs: only other tables are measured, or with --models only those",
    )
    group.add_argument(
        "--picture",
        metavar="FILE",
        type=Path,
        help="critical differences; the half is added to the file's name",
    )


def run(task: Task) -> Iterator[Table]:
    """Yield each part's tables as soon as they are measured."""
    for name, part in _PARTS.items():
        if task.wants(name):
            task.say(name)
            yield from part(task)
