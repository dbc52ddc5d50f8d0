"""Records that are shown as reports: text, HTML, a frame, JSON and a figure of each.

What there is to say of a record is in the view of its class: a module with ``report``, with
``COLUMNS`` and ``rows`` of the frame, and with ``bars`` where there is something to draw.
"""

from __future__ import annotations

import json
from dataclasses import fields
from types import ModuleType
from typing import TYPE_CHECKING, Any

from skparams._diff import spread_view as _spread_view, view as _diff_view
from skparams._diff.record import Diff, Spread
from skparams._probe import view as _probe_view
from skparams._probe.record import Probe
from skparams._report import page as _report
from skparams._slim import kept_view as _kept_view, view as _slim_view
from skparams._slim.record import KeptRows, SlimReport
from skparams._summary.frame import imported_pandas
from skparams._summary.json import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["SCHEMA", "plot", "to_dict", "to_frame", "to_html", "to_json", "to_text"]

# One more where a key goes, or means something else. New keys leave it as it is.
SCHEMA = 1
_VIEWS: dict[type, ModuleType] = {
    Diff: _diff_view,
    KeptRows: _kept_view,
    Probe: _probe_view,
    SlimReport: _slim_view,
    Spread: _spread_view,
}
_WHOLE = ("n", "n_changed", "sign_changes", "nonfinite", "n_models", "rows", "bytes")
_REAL = ("largest", "relative", "cosine", "mean", "std")


def to_text(record: Any, width: int | None = None, color: bool | None = None) -> str:
    """Return a record as text; width and colours are as for a summary."""
    return _report.to_text(_VIEWS[type(record)].report(record), width, color)


def to_html(record: Any) -> str:
    """Return a record as a piece of HTML that needs nothing else."""
    return _report.to_html(_VIEWS[type(record)].report(record))


def to_frame(record: Any) -> pd.DataFrame:
    """Return a record as a DataFrame, one row an attribute or a hyperparameter."""
    pandas, view = imported_pandas(), _VIEWS[type(record)]
    frame = pandas.DataFrame(list(view.rows(record)), columns=list(view.COLUMNS), dtype=object)
    for name in frame:
        if name in _WHOLE:
            frame[name] = frame[name].astype("Int64")
        elif name in _REAL:
            frame[name] = frame[name].astype(float)
    return frame


def to_dict(record: Any) -> dict[str, Any]:
    """Return a record as dictionaries, lists, strings, numbers and None."""
    shown = {field.name: plain(getattr(record, field.name)) for field in fields(record)}
    if isinstance(record, Diff):
        shown["estimator"] = shown.pop("root")
        shown["is_empty"] = record.is_empty
    return {"schema": SCHEMA, "kind": type(record).__name__.lower(), **shown}


def to_json(record: Any, indent: int | None = None) -> str:
    """Return a record as JSON, without NaN and infinity: they are null."""
    return json.dumps(to_dict(record), indent=indent, allow_nan=False)


def plot(record: Any, ax: Axes | None = None) -> Axes:
    """Draw a bar for each parameter.

    Raises
    ------
    ValueError
        If there is nothing to draw.
    """
    from skparams._report.bars import draw_bars

    return draw_bars(_VIEWS[type(record)].bars(record), ax)
