"""Every benchmark one after the other, each in a process of its own."""

import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks._results import write

LAST_LINES = 20  # of standard error, which the JSON keeps of a benchmark that failed


def run_one(name: str, flags: Sequence[str]) -> dict:
    """Run one benchmark and return its JSON, with its seconds and, if it failed, its ``error``.

    What it measured before it failed is there, too. A process of its own has its own pools of
    threads and its own high-water mark of memory, and may be killed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.json"
        command = [sys.executable, "-m", "benchmarks", name, "--json", str(path), *flags]
        started = time.perf_counter()
        last: deque[str] = deque(maxlen=LAST_LINES)
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            for line in process.stderr:
                sys.stderr.write(line)
                last.append(line)
        code = process.returncode
        found = {"benchmark": name, "quick": "--quick" in flags, "machine": None, "tables": []}
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
    found["seconds"] = time.perf_counter() - started
    return found | ({"error": f"exit code {code}\n{''.join(last)}"} if code else {})


def run_all(
    names: Sequence[str],
    flags: Sequence[str],
    path: Path,
    machine: dict,
    run: Callable[[str, Sequence[str]], dict] = run_one,
) -> Iterator[dict]:
    """Run the benchmarks, write one JSON after each of them, and yield what each returned."""
    done: list[dict] = []
    for name in names:
        done.append(run(name, flags))
        write(path, {"machine": machine, "quick": "--quick" in flags, "benchmarks": done})
        yield done[-1]
