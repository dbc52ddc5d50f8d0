"""Which columns of a table are numeric, which are categorical, and which cannot help."""

import numpy as np

from skparams._cli.errors import DemoError
from skparams._report import clean

TOO_LARGE = 1e100  # taken as missing: its square overflows


def choose_columns(frame, notes: list[str]):
    """The useful columns as floats and strings, and the names of both kinds.

    A note names each column that is left out: an empty one, a row counter, text that is different
    in most rows.
    """
    numeric, categorical, left_out = {}, {}, []
    for name, column in frame.items():
        reason = ""
        if column.isna().all():
            reason = "it is empty"
        elif column.dtype.kind in "iufb":
            values = column.to_numpy(dtype=float, na_value=np.nan)
            if name.startswith("Unnamed:") and (np.diff(values) == 1).all():
                reason = "it counts the rows"
            else:
                numeric[name] = np.where(np.abs(values) < TOO_LARGE, values, np.nan)
        elif column.nunique() > max(20, len(column) / 2):
            reason = "its text differs in most rows"
        else:
            text = column.astype(object).where(column.notna(), np.nan)
            categorical[name] = text.map(lambda value: clean(str(value)), "ignore")
        if reason:
            left_out.append(f"column {name!r} is left out: {reason}")
    if not numeric and not categorical:
        raise DemoError("; ".join(["the table has no column to learn from", *left_out]))
    notes.extend(left_out)
    chosen = frame[[*numeric, *categorical]].assign(**numeric, **categorical)
    return chosen, list(numeric), list(categorical)
