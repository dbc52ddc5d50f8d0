"""Which columns are numbers, which are categories, and what the target asks for."""

import numpy as np

from skparams._cli.errors import DemoError, printable

MAX_CLASSES_OF_NUMBERS = 20
TOO_LARGE = 1e100  # infinite, or once squared: taken as missing


def decide_task(y, target: str) -> tuple[np.ndarray, tuple[str, ...] | None, str]:
    """Return the target's values, its classes or None for regression, and why.

    Parameters
    ----------
    y : Series
        The target, without gaps.
    target : str
        Its name.
    """
    if y.dtype.kind not in "iuf":
        values = y.astype(str).to_numpy(dtype=object).astype(str)
        distinct = np.unique(values)
        return values, tuple(distinct), f"{target!r} holds {len(distinct)} words, not numbers"
    values = y.to_numpy(dtype=float)
    distinct = np.unique(values)
    if len(distinct) == 1:
        raise DemoError(f"the target {target!r} has one value only: {distinct[0]:g}")
    whole = bool((distinct == np.round(distinct)).all())
    if len(distinct) == 2 or (whole and len(distinct) <= MAX_CLASSES_OF_NUMBERS):
        kind = "whole numbers" if whole else "numbers"
        # As text where they have decimals, which scikit-learn takes for a regression's.
        labels = values.astype(np.int64) if whole else values.astype(str)
        return labels, tuple(map(str, distinct)), f"{target!r} holds only {len(distinct)} {kind}"
    return values, None, f"{target!r} holds {len(distinct):,} different numbers"


def choose_columns(frame, notes: list[str]):
    """Return the features as floats and strings, and the names of both kinds.

    A column that cannot help is left out, with a note: an empty one, a count of the rows, text
    that is different in most rows.
    """
    numbers, categories = {}, {}
    for name, column in frame.items():
        if column.isna().all():
            notes.append(f"column {name!r} is left out: it is empty")
        elif column.dtype.kind in "iufb":
            values = column.to_numpy(dtype=float, na_value=np.nan)
            if name.startswith("Unnamed:") and (np.diff(values) == 1).all():
                notes.append(f"column {name!r} is left out: it counts the rows")
                continue
            numbers[name] = np.where(np.abs(values) < TOO_LARGE, values, np.nan)
        elif column.nunique() > max(20, len(column) / 2):
            notes.append(f"column {name!r} is left out: its text differs in most rows")
        else:
            known = column.notna()
            categories[name] = column.astype(object).where(known, np.nan).map(printable, "ignore")
    if not numbers and not categories:
        raise DemoError("; ".join(["the table has no column to learn from", *notes]))
    chosen = frame[[*numbers, *categories]].copy()
    for name, values in (numbers | categories).items():
        chosen[name] = values
    return chosen, list(numbers), list(categories)
