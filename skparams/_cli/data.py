"""The table to learn from: scikit-learn's digits, or a user's CSV file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from skparams._cli.columns import TOO_LARGE, choose_columns, decide_task
from skparams._cli.errors import DemoError, need, printable

MIN_ROWS = 20
MAX_ROWS = 5000  # a first look, not a night's work
MIN_ROWS_OF_A_CLASS = 5  # one to hold out, and one for each of four folds


@dataclass(frozen=True)
class Data:
    """Features and target, and what was decided about them on the way.

    ``numbers`` and ``categories`` name the columns of a table; both are empty for an array.
    """

    name: str
    X: Any
    y: np.ndarray
    classes: tuple[str, ...] | None  # None: the target is a number
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    image_shape: tuple[int, int] | None = None

    @property
    def task(self) -> str:
        """Return what is predicted, in words."""
        return "regression" if self.classes is None else f"{len(self.classes)} classes"


def digits() -> Data:
    """Return scikit-learn's handwritten digits, 8 by 8 pixels each."""
    X, y = load_digits(return_X_y=True)
    return Data("digits", X, y, tuple("0123456789"), image_shape=(8, 8))


def from_csv(path: Path, target: str | None) -> Data:
    """Return the table in a CSV file, with every decision noted."""
    frame = _read(path)
    if target is None:
        raise DemoError(f"--data needs --target, one of: {_listed(frame.columns)}")
    if target not in frame:
        raise DemoError(f"{path} has no column {target!r}; it has: {_listed(frame.columns)}")
    if frame.empty:
        raise DemoError(f"{path} has no rows")

    notes: list[str] = []
    y = frame.pop(target)
    if y.dtype.kind == "f":
        y = y.where(y.abs() < TOO_LARGE)
    known = y.notna().to_numpy()
    if not known.any():
        raise DemoError(f"the target {target!r} has no value in any row")
    if not known.all():
        notes.append(f"{(~known).sum():,} rows without a value of {target!r} are left out")
    frame, y = frame[known], y[known]
    if len(y) > MAX_ROWS:
        notes.append(f"{MAX_ROWS:,} of {len(y):,} rows, drawn at random")
        rows = np.random.RandomState(0).permutation(len(y))[:MAX_ROWS]
        frame, y = frame.iloc[rows], y.iloc[rows]
    if len(y) < MIN_ROWS:
        raise DemoError(f"{len(y)} rows with a target are too few; needs at least {MIN_ROWS}")

    values, classes, reason = decide_task(y, target)
    if classes is not None:
        keep = _rows_of_common_classes(values, target, notes)
        frame, values = frame[keep], values[keep]
        classes = tuple(str(c) for c in np.unique(values))
    X, numbers, categories = choose_columns(frame, notes)
    return Data(path.name, X, values, classes, reason, notes, numbers, categories)


def _read(path: Path):
    """Return the file as a frame, with a column's name free of control characters."""
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
    return frame.rename(columns=printable)


def _listed(names, most: int = 12) -> str:
    """Return the first names, and how many more there are."""
    text = ", ".join(map(repr, names[:most]))
    return text if len(names) <= most else f"{text} and {len(names) - most} more"


def _rows_of_common_classes(y: np.ndarray, target: str, notes: list[str]) -> np.ndarray:
    """Return which rows belong to a class that is in every fold and in the held-out rows."""
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if len(classes) == 1:
        raise DemoError(f"the target {target!r} has one class only: {str(classes[0])!r}")
    common = counts >= MIN_ROWS_OF_A_CLASS
    if common.sum() < 2:
        raise DemoError(
            f"the target {target!r} has {len(classes):,} classes, "
            f"but not two of them have {MIN_ROWS_OF_A_CLASS} rows each"
        )
    if not common.all():
        notes.append(
            f"{counts[~common].sum():,} rows of {(~common).sum():,} classes with fewer than "
            f"{MIN_ROWS_OF_A_CLASS} rows are left out"
        )
    return common[codes]
