"""A large model that is mapped from its file: the time and the memory that loading takes."""

import tempfile
from pathlib import Path
from statistics import median
from textwrap import dedent

import joblib

from benchmarks._fresh import fresh
from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from benchmarks.keep.models import n_bytes, network_of
from skparams import save_params

_SECONDS, _MEGABYTES = 0.1, 20.0  # at most

_CALLS = {
    "load_params(verify=False)": ("skparams", "load_params({path!r}, verify=False)", True),
    "joblib.load(mmap_mode='r')": ("joblib", "load({path!r}, mmap_mode='r')", False),
}


def _measure(module: str, call: str, path: Path, small: Path) -> dict:
    """Load a file in a new process, after a small one, so that all is imported."""
    return fresh(
        dedent(f"""
        import json, time
        import {module}

        def resident():
            with open("/proc/self/smaps_rollup") as sizes:
                return next(int(line.split()[1]) for line in sizes if line.startswith("Rss:"))

        {module}.{call.format(path=str(small))}
        before = resident()
        start = time.perf_counter()
        model = {module}.{call.format(path=str(path))}
        seconds = time.perf_counter() - start
        print(json.dumps({{"seconds": seconds, "mb": (resident() - before) * 1024 / 1e6}}))
        """)
    )


def mapped(task: Task) -> Table:
    """Measure the time and the resident set in new processes."""
    size = n_bytes(task)
    table = Table(
        "mapped",
        f"verify=False: a network of {size / 1e9:g} GB",
        [
            Column("what", "", left=True),
            Column("seconds", "time", time_text),
            Column("mb", "resident", number(1, " MB")),
            Column("bar", "under", left=True),
            Column("met", "met", yes_no),
        ],
        note="Medians of five new processes, which have loaded a small model before.",
    )
    networks = {"large": network_of(size), "small": network_of(1000)}
    with tempfile.TemporaryDirectory() as folder:
        for what, (module, call, ours) in _CALLS.items():
            paths = {name: Path(folder, f"{name}.{module}") for name in networks}
            for name, network in networks.items():
                save_params(network, paths[name]) if ours else joblib.dump(network, paths[name])
            found = [_measure(module, call, paths["large"], paths["small"]) for _ in range(5)]
            row = {key: median(each[key] for each in found) for key in ("seconds", "mb")}
            if ours:
                row["bar"] = f"{time_text(_SECONDS)}, {_MEGABYTES:g} MB"
                row["met"] = row["seconds"] < _SECONDS and row["mb"] < _MEGABYTES
            table.rows.append({"what": what, **row})
    return table
