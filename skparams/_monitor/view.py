"""The page of a monitor: each parameter as it was last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skparams._monitor.record import QUANTITIES, Log, TaskRecord
from skparams._report import (
    Column,
    Page,
    Report,
    Row,
    Section,
    clean,
    left_out,
    plural,
    shape,
    value as three_digits,
)
from skparams._walk import join

MAX_ROWS = 20
NUMBERS = [Column(name.replace("_", " "), right=True) for name in QUANTITIES]


@dataclass(frozen=True, repr=False)
class Overview(Report):
    """What a monitor has recorded, for its text and HTML."""

    log: Log

    def _page(self) -> Page:
        fits = self.log.ordered_fits()
        if not fits:
            return Page(["ParamMonitor", "nothing recorded"], [])
        last = max(run for run, _ in fits)
        own = [fit for run, fit in fits if run == last]
        records: dict[str, list[tuple[TaskRecord, int]]] = {}
        for fit in own:
            last_task = next((task for task in fit.tasks[::-1] if task.number), fit.tasks[-1])
            for i, name in enumerate(last_task.layout.names):
                records.setdefault(join(fit.place.prefix, name), []).append((last_task, i))
        n_tasks = sum(task.number > 0 for fit in own for task in fit.tasks)
        run = next(name for i, name in enumerate(self.log.runs.values()) if i == last)
        about = ["ParamMonitor", clean(run), plural(len(own), "fit"), plural(n_tasks, "task")]
        about.append(f"{max(task.seconds for fit in own for task in fit.tasks):.3g} s")
        columns = [Column("parameter", code=True, least=16), Column("shape", right=True), *NUMBERS]
        rows = [_row(name, found) for name, found in records.items()]
        rows[MAX_ROWS:] = left_out(len(rows) - MAX_ROWS, columns) if len(rows) > MAX_ROWS else []
        return Page(about, [Section(columns, rows)], self._notes(len(own), last))

    def _notes(self, n_fits: int, n_before: int) -> list[str]:
        notes = []
        if n_fits > 1:
            notes.append(f"medians over the last tasks of {plural(n_fits, 'fit')}")
        if n_before:
            notes.append(f"{plural(n_before, 'run')} before this one: to_frame() has all")
        if self.log.every > 1:
            notes.append(
                f"of the tasks one in {self.log.every:,} is kept, as there were more than "
                f"{self.log.max_records:,} rows"
            )
        return notes


def _row(name: str, found: list[tuple[TaskRecord, int]]) -> Row:
    task, i = found[-1]
    numbers = []
    for j in range(len(QUANTITIES)):
        known = [task.values[i, j] for task, i in found if not np.isnan(task.values[i, j])]
        numbers.append(three_digits(float(np.median(known))) if known else "")
    axes: Any = task.layout.shapes[i]
    return Row([clean(name), shape(axes), *numbers])
