"""Which columns of a table are numeric, which are categorical, and which cannot help."""

import numpy as np

from skparams._cli.console import CommandError, quoted
from skparams._report import clean_distinct

TOO_LARGE = 1e100  # taken as missing: its square overflows


def choose_columns(frame, notes: list[str]):
    """The useful columns as floats and strings, and the names of both kinds.

    A note names each column that is left out: an empty one, a row counter, text that is different
    in most rows.
    """
    numeric, categorical, left_out = {}, {}, []
    for name, column in frame.items():
        why = ""
        if column.isna().all():
            why = "it is empty"
        elif column.dtype.kind in "iufb":
            values = column.to_numpy(dtype=float, na_value=np.nan)
            if name.startswith("Unnamed:") and (np.diff(values) == 1).all():
                why = "it counts the rows"
            else:
                numeric[name] = np.where(np.abs(values) < TOO_LARGE, values, np.nan)
        else:
            text = column.astype(object).map(str, "ignore")
            words = list(text.dropna().unique())
            if len(words) > max(20, len(text) / 2):
                why = "its text differs in most rows"
            else:
                shown = dict(zip(words, clean_distinct(words), strict=True))
                categorical[name] = text.map(shown).astype(object).where(text.notna(), np.nan)
        if why:
            left_out.append(f"column {quoted(name)} is left out: {why}")
    if not numeric and not categorical:
        raise CommandError("; ".join(["the table has no column to learn from", *left_out]))
    notes.extend(left_out)
    chosen = type(frame)({**numeric, **categorical}, index=frame.index)
    return chosen, list(numeric), list(categorical)
