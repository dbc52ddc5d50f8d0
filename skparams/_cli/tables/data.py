"""The table to learn from: scikit-learn's digits, or a user's file."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits

from skparams._cli.console import CommandError, quoted
from skparams._cli.tables.columns import TOO_LARGE, choose_columns
from skparams._cli.tables.table import read_table
from skparams._cli.tables.target import decide_task, in_common_class
from skparams._report import Page, Report, clean, clean_distinct, few, plural

_MAX_COLUMNS = 2000
_MAX_LISTED_COLUMNS = 12


@dataclass(frozen=True, repr=False)
class Dataset(Report):
    """Features and target, and notes on what was decided about them.

    An array has neither numeric nor categorical columns by name. Without a target, ``y`` is None.
    """

    name: str
    X: Any
    y: Any
    classes: tuple[str, ...] | None  # None for regression and without a target
    notes: list[str] = field(default_factory=list)
    numeric: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    image_shape: tuple[int, int] | None = None

    def _page(self) -> Page:
        rows, columns = self.X.shape
        if self.classes is not None:
            task = f"{len(self.classes)} classes"
        else:
            task = "no target" if self.y is None else "regression"
        return Page(
            (self.name, f"{plural(rows, 'row')} × {plural(columns, 'column')}", task),
            [],
            self.notes,
        )


class Limits(NamedTuple):
    """How many rows are used: at least, in each class, and at most; and what they are for."""

    min_rows: int = 20
    min_rows_per_class: int = 5
    max_rows: int | None = 5000  # which keeps a search within minutes
    purpose: str = ""


_FOR_SEARCH = Limits()  # with a row of each class to hold out, and one for each of four folds


def load_images() -> Dataset:
    """The handwritten digits of scikit-learn, 8 by 8 pixels each."""
    X, y = load_digits(return_X_y=True)
    return Dataset("digits", X, y, tuple("0123456789"), image_shape=(8, 8))


def read_csv(path: Path, target: str | None, limits: Limits = _FOR_SEARCH) -> Dataset:
    """Read the table in a CSV or Parquet file and note every decision about it."""
    notes: list[str] = []
    target = None if target is None else _as_typed(target)
    names, frame = read_frame(path, notes, target)
    if target is None:
        raise CommandError(f"the table needs --target, one of: {_list(frame.columns)}")
    name = frame.columns[_place(target, names, list(frame.columns), path)]
    read = list(notes)
    try:
        return _decide(frame, name, clean(path.name), notes, limits)
    except CommandError as error:
        raise CommandError("; ".join([str(error), *read])) from None


def read_features(path: Path) -> Dataset:
    """Read a table without a target."""
    notes: list[str] = []
    _, frame = read_frame(path, notes)
    X, numeric, categorical = choose_columns(frame, notes)
    return Dataset(clean(path.name), X, None, None, notes, numeric, categorical)


def read_frame(path: Path, notes: list[str], target: str | None = None) -> tuple[list[str], Any]:
    """The names of the columns as the file has them, and a frame with names that can be shown."""
    names, frame = read_table(path, target, notes)
    frame.columns = shown_names(names)
    if len(names) > _MAX_COLUMNS:
        raise CommandError(f"{path} has {len(names):,} columns; at most {_MAX_COLUMNS:,} are read")
    if frame.empty:
        raise CommandError(f"{path} has no rows")
    return names, frame


def _as_typed(target: str) -> str:
    """The target in UTF-8, also where the system's encoding is another."""
    try:
        return os.fsencode(target).decode()
    except UnicodeError:
        return target


def shown_names(names: Sequence[str]) -> list[str]:
    """Names of columns that can be printed and are all different.

    Where several look alike, each has its place, and none is the name of another column.
    """
    named = [clean(name) or f"Unnamed: {i}" for i, name in enumerate(names)]
    word = "column"
    while not set(placed := _placed(named, word)).isdisjoint(names):
        word += "_"
    counts = Counter(named)
    found = [a if counts[a] == 1 else b for a, b in zip(named, placed, strict=True)]
    return found if len(set(found)) == len(found) else placed


def _placed(names: Sequence[str], word: str) -> list[str]:
    return [f"{name} ({word} {i})" for i, name in enumerate(names, 1)]


def _place(target: str, names: list[str], shown: list[str], path: Path) -> int:
    """Where the target is among the names as the file has them, else as they are shown."""
    for listed in (names, shown):
        if (n := listed.count(target)) > 1:
            several = [each for name, each in zip(names, shown, strict=True) if name == target]
            raise CommandError(
                f"{path} has {n} columns {quoted(target)}; choose one of: {_list(several)}"
            )
        if n:
            return listed.index(target)
    raise CommandError(f"{path} has no column {quoted(target)}; it has: {_list(shown)}")


def _decide(frame, target: str, name: str, notes: list[str], limits: Limits) -> Dataset:
    """The features and the target of a table; the notes say what was decided."""
    frame, y = _rows_with_target(frame, target, notes, limits)
    values, is_classes = decide_task(y, target, notes)
    classes = None
    if is_classes:
        keep = in_common_class(values, target, notes, limits.min_rows_per_class)
        frame, values = frame[keep], values[keep]
        classes = tuple(clean_distinct(map(str, np.unique(values))))
    X, numeric, categorical = choose_columns(frame, notes)
    return Dataset(name, X, values, classes, notes, numeric, categorical)


def _rows_with_target(frame, target: str, notes: list[str], limits: Limits):
    """Features and target of the rows whose target is known, or of a sample of them."""
    y = frame.pop(target)
    if y.dtype.kind == "f":
        y = y.astype(float)
        y = y.where(y.abs() < TOO_LARGE)
    known = y.notna().to_numpy()
    if not known.any():
        raise CommandError(f"the target {quoted(target)} has no value in any row")
    if not known.all():
        n = int((~known).sum())
        without = f"{plural(n, 'row')} without a value of {quoted(target)}"
        notes.append(f"{without} {_are(n)} left out")
    rows = np.flatnonzero(known)
    if limits.max_rows is not None and len(rows) > limits.max_rows:
        notes.append(f"{limits.max_rows:,} of {len(rows):,} rows, drawn at random")
        rows = np.random.RandomState(0).permutation(rows)[: limits.max_rows]
    if len(rows) < limits.min_rows:
        raise CommandError(
            f"{plural(len(rows), 'row')} with a target {_are(len(rows))} too few{limits.purpose}; "
            f"needs at least {limits.min_rows}"
        )
    return frame.iloc[rows], y.iloc[rows]


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _list(names) -> str:
    """List the first names."""
    return few(map(quoted, names), _MAX_LISTED_COLUMNS)
