"""Whether the target asks for classification or regression."""

import numpy as np

from skparams._cli.console import CommandError, quoted
from skparams._report import plural

_MAX_NUMERIC_CLASSES = 20
_MAX_INT = 2**53  # from which on floats skip whole numbers


def decide_task(y, name: str, notes: list[str]) -> tuple[np.ndarray, bool]:
    """The values of a target without gaps, and whether they are classes; note why."""
    if y.dtype.kind not in "iuf":
        # As objects: one long word would make an array of strings large.
        values = y.map(str).to_numpy(dtype=object)
        n_words = len(np.unique(values))
        notes.append(f"classification, since {quoted(name)} holds {n_words} words, not numbers")
        return values, True
    values = y.to_numpy()
    distinct = np.unique(values)
    whole = bool((distinct == np.round(distinct)).all())
    if len(distinct) <= 2 or (whole and len(distinct) <= _MAX_NUMERIC_CLASSES):
        kind = "whole numbers" if whole else "numbers"
        notes.append(f"classification, since {quoted(name)} holds only {len(distinct)} {kind}")
        # scikit-learn takes floats with decimals for a regression target, so they become text.
        # Whole numbers may be too large for an int.
        as_int = whole and max(abs(float(distinct[0])), abs(float(distinct[-1]))) < _MAX_INT
        return values.astype(np.int64 if as_int else str), True
    notes.append(f"regression, since {quoted(name)} holds {len(distinct):,} different numbers")
    return values.astype(float), False


def in_common_class(y: np.ndarray, name: str, notes: list[str], min_rows: int) -> np.ndarray:
    """Which rows belong to a class that is large enough for every fold."""
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if len(classes) == 1:
        raise CommandError(
            f"the target {quoted(name)} has one value only: {quoted(str(classes[0]))}"
        )
    common = counts >= min_rows
    if common.sum() < 2:
        raise CommandError(
            f"the target {quoted(name)} has {len(classes):,} classes, "
            f"but not two of them have {min_rows} rows each"
        )
    if not common.all():
        rows = plural(int(counts[~common].sum()), "row")
        rare = plural(int((~common).sum()), "class", "classes")
        notes.append(f"left out: {rows} of {rare} with fewer than {min_rows} rows")
    return common[codes]
