"""The table to learn from: scikit-learn's digits, or a user's CSV file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from skparams._cli.columns import TOO_LARGE, choose_columns
from skparams._cli.errors import DemoError, need
from skparams._cli.target import decide_task, in_common_class
from skparams._report import Page, Report, clean, few

_MIN_ROWS = 20
_MAX_ROWS = 5000  # keeps the search within minutes
_MAX_LISTED_COLUMNS = 12


@dataclass(frozen=True, repr=False)
class Dataset(Report):
    """Features and target, and notes on what was decided about them.

    An array has neither numeric nor categorical columns by name.
    """

    name: str
    X: Any
    y: np.ndarray
    classes: tuple[str, ...] | None  # None for regression
    notes: list[str] = field(default_factory=list)
    numeric: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    image_shape: tuple[int, int] | None = None

    def _page(self) -> Page:
        rows, columns = self.X.shape
        task = "regression" if self.classes is None else f"{len(self.classes)} classes"
        return Page((self.name, f"{rows:,} rows × {columns} columns", task), [], self.notes)


def load_images() -> Dataset:
    """The handwritten digits of scikit-learn, 8 by 8 pixels each."""
    X, y = load_digits(return_X_y=True)
    return Dataset("digits", X, y, tuple("0123456789"), image_shape=(8, 8))


def read_csv(path: Path, target: str | None) -> Dataset:
    """Read the table in a CSV file and note every decision about it."""
    frame = _read_frame(path)
    if target is None:
        raise DemoError(f"--data needs --target, one of: {_list(frame.columns)}")
    if target not in frame:
        raise DemoError(f"{path} has no column {target!r}; it has: {_list(frame.columns)}")
    if frame.empty:
        raise DemoError(f"{path} has no rows")

    notes: list[str] = []
    frame, y = _rows_with_target(frame, target, notes)
    values, is_classes = decide_task(y, target, notes)
    classes = None
    if is_classes:
        keep = in_common_class(values, target, notes)
        frame, values = frame[keep], values[keep]
        classes = tuple(map(str, np.unique(values)))
    X, numeric, categorical = choose_columns(frame, notes)
    return Dataset(clean(path.name), X, values, classes, notes, numeric, categorical)


def _rows_with_target(frame, target: str, notes: list[str]):
    """Features and target of the rows whose target is known, or of a sample of them."""
    y = frame.pop(target)
    if y.dtype.kind == "f":
        y = y.where(y.abs() < TOO_LARGE)
    known = y.notna().to_numpy()
    if not known.any():
        raise DemoError(f"the target {target!r} has no value in any row")
    if not known.all():
        notes.append(f"{(~known).sum():,} rows without a value of {target!r} are left out")
    rows = np.flatnonzero(known)
    if len(rows) > _MAX_ROWS:
        notes.append(f"{_MAX_ROWS:,} of {len(rows):,} rows, drawn at random")
        rows = np.random.RandomState(0).permutation(rows)[:_MAX_ROWS]
    if len(rows) < _MIN_ROWS:
        raise DemoError(f"{len(rows)} rows with a target are too few; needs at least {_MIN_ROWS}")
    return frame.iloc[rows], y.iloc[rows]


def _read_frame(path: Path):
    """Read a file whose separator is a comma, a semicolon or a tab."""
    pandas = need("pandas")
    try:
        with path.open(encoding="utf-8-sig") as file:
            header = file.readline()
        separator = max(",;\t", key=header.count)
        frame = pandas.read_csv(path, sep=separator, encoding="utf-8-sig", low_memory=False)
    except pandas.errors.EmptyDataError:
        raise DemoError(f"{path} is empty") from None
    except OSError as error:
        raise DemoError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:  # a decoding or a parser error
        raise DemoError(f"{path} is not a CSV file in UTF-8: {error}") from error
    return frame.rename(columns=lambda name: clean(str(name)))


def _list(names) -> str:
    """List the first names."""
    return few(map(repr, names), _MAX_LISTED_COLUMNS)
