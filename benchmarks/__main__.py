"""Measure, print tables, write JSON and, on request, a docs page.

``all`` runs every benchmark, each in a process of its own, writes one JSON with their tables, and
goes on after a failure; its exit code is then 1.
"""

import argparse
import importlib
import pkgutil
import sys
import time
from pathlib import Path
from types import ModuleType

from rich.console import Console

import benchmarks
from benchmarks._machine import machine
from benchmarks._results import content, write
from benchmarks._suite import run_all
from benchmarks._tables import Table, time_text, to_markdown, to_rich
from benchmarks._task import Task

ALL = "all"
RESULTS = Path(__file__).parent / "results"  # git does not see it
DOCS = Path(__file__).parents[1] / "docs"


def _names() -> list[str]:
    modules = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.ispkg]
    return [name.replace("_", "-") for name in modules]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name.replace('-', '_')}")


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    """Return a parser of the common options and of those of the benchmark that argv names."""
    names = _names()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=[*names, ALL], help="what to measure")
    parser.add_argument("--quick", action="store_true", help="a minute's look, not for quoting")
    parser.add_argument(
        "--only", metavar="NAME", action="append", help="one part or one work (may be repeated)"
    )
    parser.add_argument(
        "--json",
        metavar="FILE",
        type=Path,
        help="write every figure here (default: benchmarks/results/NAME.json)",
    )
    parser.add_argument(
        "--write",
        metavar="FILE",
        type=Path,
        nargs="?",
        const=DOCS,
        help="put the tables between this page's markers, those of --only in place of theirs "
        "(default: the page under docs that has the markers)",
    )
    if name := next((word for word in argv if word in names), None):
        add_options = getattr(_module(name), "add_options", None)
        if add_options is not None:
            add_options(parser)
    return parser


def _marked_page(folder: Path, name: str) -> Path:
    """Return the page in a folder that has the markers of this benchmark."""
    marker = f"<!-- {name}: begin -->"
    pages = [
        page
        for page in sorted(folder.rglob("*.md"))
        if marker in page.read_text(encoding="utf-8").splitlines()
    ]
    if len(pages) != 1:
        raise SystemExit(f"the line {marker!r} must be in one page of {folder}, not {len(pages)}")
    return pages[0]


def _write_page(page: Path, name: str, head: str, tables: list[Table], whole: bool) -> None:
    """Put tables between the page's two markers for this benchmark.

    A run of some parts replaces their tables only, and says under each where it was measured.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found_begin, rest = page.read_text(encoding="utf-8").partition(begin)
    held, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise SystemExit(f"{page} needs the lines {begin!r} and {end!r}")
    blocks = {table.title: to_markdown(table) for table in tables if table.on_page}
    if whole:
        parts = [head, *blocks.values()]
    else:
        first, *others = held.strip().split("\n\n### ")
        kept = {text.partition("\n")[0]: f"### {text}" for text in others}
        kept.update({title: f"{text}\n\n{head}" for title, text in blocks.items()})
        parts = [first, *kept.values()]
    text = "\n\n".join(parts)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def _head(facts: dict, quick: bool) -> str:
    versions = ", ".join(f"{k} {v}" for k, v in facts["versions"].items())
    note = " Quick run: not for quoting." if quick else ""
    return (
        f"Measured on {facts['date']} on {facts['cpu']}, {facts['cores']} cores, "
        f"{facts['system']}, Python {facts['python']}, {versions}.{note}"
    )


def _measure(name: str, task: Task, path: Path, out: Console) -> tuple[dict, list[Table]]:
    """Run one benchmark, print its tables, and write JSON even if a later part fails."""
    started, facts, tables = time.perf_counter(), machine(), []
    out.print(f"{facts['cpu']}, {facts['cores']} cores, Python {facts['python']}")
    out.print(", ".join(f"{k} {v}" for k, v in facts["versions"].items()), style="dim")
    try:
        for table in _module(name).run(task):
            tables.append(table)
            out.print()
            out.print(to_rich(table))
    finally:
        write(path, content(name, task, facts, tables))
    out.print(f"\n{time.perf_counter() - started:.0f} s in all", style="dim")
    out.print(f"every figure: {path}", style="dim")
    return facts, tables


def _run_all(args: argparse.Namespace, path: Path, out: Console) -> int:
    """Run every benchmark, print the seconds of each, and return the exit code."""
    if args.only:
        raise SystemExit("--only belongs to one benchmark, not to all of them")
    if args.write not in (None, DOCS):
        raise SystemExit("all of them write into several pages: --write without a file")
    flags = [flag for flag in ("--quick", "--write") if getattr(args, flag[2:])]
    done = []
    for each in run_all(_names(), flags, path, machine()):
        done.append(each)
        state = each.get("error", "measured").partition("\n")[0]
        out.print(f"{each['benchmark']}: {state}, {time_text(each['seconds'])}\n", style="bold")
    failed = [each["benchmark"] for each in done if "error" in each]
    if failed:
        out.print(f"failed: {', '.join(failed)}", style="bold red")
    out.print(f"every figure: {path}", style="dim")
    return 1 if failed else 0


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = _parser(argv).parse_args(argv)
    path = args.json or RESULTS / f"{args.name}.json"
    out = Console(highlight=False)
    out.width = max(out.width, 190)  # the widest table; a narrower one would be cut, not wrapped
    if args.name == ALL:
        return _run_all(args, path, out)
    module = _module(args.name)
    task = Task(quick=args.quick, only=tuple(args.only or ()), options=vars(args))
    if unknown := sorted(set(task.only) - set(module.NAMES)):
        raise SystemExit(f"--only knows {', '.join(module.NAMES)}, not {', '.join(unknown)}")
    page = _marked_page(DOCS, args.name) if args.write == DOCS else args.write
    facts, tables = _measure(args.name, task, path, out)
    if page:
        _write_page(page, args.name, _head(facts, args.quick), tables, not task.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
