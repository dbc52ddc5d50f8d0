"""The JSON of runs: written, read and merged."""

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks._tables import Table
from benchmarks._task import Task


def content(name: str, task: Task, machine: dict, tables: Iterable[Table]) -> dict:
    """Return what the JSON of one benchmark holds."""
    return {
        "benchmark": name,
        "quick": task.quick,
        "only": task.only,
        "machine": machine,
        "tables": [table.as_dict() for table in tables],
    }


def write(path: Path, what: dict) -> None:
    """Write JSON, in a folder that is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(what, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(paths: Iterable[Path]) -> list[dict]:
    """Return the benchmarks in these files, each of which has one or, from ``all``, several."""
    found = []
    for path in paths:
        what = json.loads(Path(path).read_text(encoding="utf-8"))
        found += what.get("benchmarks", [what])
    return found


def merge(contents: Iterable[dict]) -> dict[tuple[str, str], dict]:
    """Return the tables by benchmark and name, each with ``quick`` and its ``machine``.

    A later table takes the place of an earlier one, but a quick one never that of a full one. A
    table of ``all`` whose benchmark failed later was measured completely, and counts.
    """
    found: dict[tuple[str, str], dict] = {}
    for each in contents:
        for table in each["tables"]:
            key = each["benchmark"], table["name"]
            if each["quick"] and key in found and not found[key]["quick"]:
                continue
            found[key] = table | {"quick": each["quick"], "machine": each["machine"]}
    return found
