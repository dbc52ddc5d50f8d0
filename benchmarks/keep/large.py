"""A large model: saved and loaded with checksums, against copying the file and other formats."""

import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np

from benchmarks._alternate import alternate, ratio, typical
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from benchmarks.keep.models import n_bytes, network_of
from skparams import load_params, save_params

_BAR = 2.0  # at most, of the time of a copy


def _timed(work: Callable[[], object], size: int) -> float:
    """Time a work that needs so many bytes of memory.

    They are used once before: a virtual machine gives memory that it does not use back to its host,
    and getting it again took ten times as long as the work.
    """
    np.ones(size, np.uint8)
    start = time.perf_counter()
    result = work()  # freed after the time is taken
    seconds = time.perf_counter() - start
    del result
    return seconds


def _saved(save: Callable[[Path], object], path: Path, size: int) -> float:
    """Time a save to a path where nothing is, with the data on the disk at the end."""
    path.unlink(missing_ok=True)

    def save_and_sync() -> None:
        save(path)
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)

    return _timed(save_and_sync, size)


def copying(task: Task) -> Table:
    """Time saving, loading and copying alternately in one process."""
    size = n_bytes(task)
    table = Table(
        "copying",
        f"save_params and load_params: a network of {size / 1e9:g} GB",
        [
            Column("what", "", left=True),
            Column("ours_s", "skparams", time_text),
            Column("theirs_s", "copy of the file,\nwith fsync", time_text),
            Column("ratio", "ratio", ratio_text(2)),
            Column("bar", "at most", number(1)),
            Column("met", "met", yes_no),
        ],
        note=RATIOS,
    )
    network = network_of(size)
    with tempfile.TemporaryDirectory() as folder:
        kept, copied, saved = (Path(folder, name) for name in ("kept", "copied", "saved"))
        save_params(network, kept)
        sides = {
            "copy": lambda: _saved(lambda path: shutil.copyfile(kept, path), copied, size),
            "save_params": lambda: _saved(lambda path: save_params(network, path), saved, size),
            "load_params(verify=True)": lambda: _timed(lambda: load_params(kept), size),
        }
        for side in sides.values():
            side()
        runs = alternate(sides, seconds=0, least=5, most=5)
    for what in list(sides)[1:]:
        found = ratio(runs, what, "copy", "other")
        row = {"what": what, "ours_s": found["slow_s"], "theirs_s": found["fast_s"]}
        table.rows.append(row | {"ratio": found, "bar": _BAR, "met": found["median"] <= _BAR})
    return table


def formats(task: Task) -> Table:
    """Time each format in turn, in one process."""
    import skops.io

    size = n_bytes(task)
    table = Table(
        "formats",
        f"formats: a network of {size / 1e9:g} GB",
        [
            Column("what", "", left=True),
            Column("save_s", "save, with fsync", time_text),
            Column("load_s", "load", time_text),
            Column("file_mb", "file", number(1, " MB")),
        ],
        note="Medians of alternating runs, with the file in the system's memory.",
    )
    network = network_of(size)

    def dump(path: Path) -> None:
        with path.open("wb") as file:
            pickle.dump(network, file, protocol=5)

    def load(path: Path) -> object:
        with path.open("rb") as file:
            return pickle.load(file)

    works: dict[str, tuple[Callable[[Path], object], Callable[[Path], object]]] = {
        "skparams": (lambda path: save_params(network, path), load_params),
        "pickle": (dump, load),
        "joblib": (lambda path: joblib.dump(network, path), joblib.load),
        "skops.io": (
            lambda path: skops.io.dump(network, path),
            lambda path: skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path)),
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        paths = {what: Path(folder, what) for what in works}
        sides: dict[tuple[str, str], Callable[[], float]] = {}
        for what, (save, read) in works.items():
            sides[what, "save"] = lambda save=save, path=paths[what]: _saved(save, path, size)
            sides[what, "load"] = lambda read=read, path=paths[what]: _timed(
                lambda: read(path), size
            )
        for side in sides.values():
            side()
        runs = alternate(sides, seconds=0, least=2, most=2)
        for what, path in paths.items():
            row = {"what": what, "file_mb": path.stat().st_size / 1e6}
            row |= {f"{work}_s": typical(runs, (what, work)) for work in ("save", "load")}
            table.rows.append(row)
    return table
