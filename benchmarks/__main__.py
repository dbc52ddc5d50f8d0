"""Measure, print tables, write JSON and, on request, a docs page."""

import argparse
import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path
from types import ModuleType

from rich.console import Console

import benchmarks
from benchmarks._machine import machine
from benchmarks._tables import Table, to_markdown, to_rich
from benchmarks._task import Task

RESULTS = Path(__file__).parent / "results"  # git does not see it


def _names() -> list[str]:
    modules = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name[0] != "_"]
    return [name.replace("_", "-") for name in modules]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name.replace('-', '_')}")


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    """Return a parser of the common options and of those of the benchmark that argv names."""
    names = _names()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=names, help="what to measure")
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
        help="put the tables between this page's markers, those of --only in place of theirs",
    )
    if name := next((word for word in argv if word in names), None):
        add_options = getattr(_module(name), "add_options", None)
        if add_options is not None:
            add_options(parser)
    return parser


def _write_page(page: Path, name: str, head: str, tables: list[Table], whole: bool) -> None:
    """Put tables between the page's two markers for this benchmark.

    A run of some parts replaces their tables only, and says under each where it was measured.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found_begin, rest = page.read_text(encoding="utf-8").partition(begin)
    held, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise SystemExit(f"{page} needs the lines {begin!r} and {end!r}")
    blocks = {table.title: to_markdown(table) for table in tables}
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


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = _parser(argv).parse_args(argv)
    module = _module(args.name)
    task = Task(quick=args.quick, only=tuple(args.only or ()), options=vars(args))
    if unknown := sorted(set(task.only) - set(module.NAMES)):
        raise SystemExit(f"--only knows {', '.join(module.NAMES)}, not {', '.join(unknown)}")

    out = Console(highlight=False)
    out.width = max(out.width, 190)  # the widest table; a narrower one would be cut, not wrapped
    started, facts, tables = time.perf_counter(), machine(), []
    out.print(f"{facts['cpu']}, {facts['cores']} cores, Python {facts['python']}")
    out.print(", ".join(f"{k} {v}" for k, v in facts["versions"].items()), style="dim")
    for table in module.run(task):
        tables.append(table)
        out.print()
        out.print(to_rich(table))
    out.print(f"\n{time.perf_counter() - started:.0f} s in all", style="dim")

    path = args.json or RESULTS / f"{args.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "benchmark": args.name,
        "quick": args.quick,
        "only": task.only,
        "machine": facts,
        "tables": [table.as_dict() for table in tables],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    out.print(f"every figure: {path}", style="dim")
    if args.write:
        _write_page(args.write, args.name, _head(facts, args.quick), tables, not task.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
