"""A comparison of models as text, HTML, a frame, JSON and a figure."""

from __future__ import annotations

import json
from dataclasses import fields
from types import ModuleType
from typing import TYPE_CHECKING, Any

from skparams.inspection._diff_record import Diff
from skparams.rendering import _diff_view, _report, _spread_view
from skparams.rendering._frame import imported_pandas
from skparams.rendering._json import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["SCHEMA", "plot", "to_dict", "to_frame", "to_html", "to_json", "to_text"]

# One more where a key goes, or means something else. New keys leave it as it is.
SCHEMA = 1
_WHOLE = ("n", "moved", "turned", "nonfinite", "models")
_REAL = ("largest", "relative", "cosine", "mean", "std")


def to_text(record: Any, width: int | None = None, color: bool | None = None) -> str:
    """Return a comparison as text; width and colours are as for a summary."""
    return _report.to_text(_view(record).report(record), width, color)


def to_html(record: Any) -> str:
    """Return a comparison as a piece of HTML that needs nothing else."""
    return _report.to_html(_view(record).report(record))


def to_frame(record: Any) -> pd.DataFrame:
    """Return a comparison as a DataFrame, one row an attribute or a hyperparameter."""
    pandas, view = imported_pandas(), _view(record)
    frame = pandas.DataFrame(list(view.rows(record)), columns=list(view.COLUMNS), dtype=object)
    for name in frame:
        if name in _WHOLE:
            frame[name] = frame[name].astype("Int64")
        elif name in _REAL:
            frame[name] = frame[name].astype(float)
    return frame


def to_dict(record: Any) -> dict[str, Any]:
    """Return a comparison as dictionaries, lists, strings, numbers and None."""
    shown = {field.name: plain(getattr(record, field.name)) for field in fields(record)}
    if isinstance(record, Diff):
        shown["estimator"] = shown.pop("root")
        shown["is_empty"] = record.is_empty
    return {"schema": SCHEMA, "kind": type(record).__name__.lower(), **shown}


def to_json(record: Any, indent: int | None = None) -> str:
    """Return a comparison as JSON, without NaN and infinity: they are null."""
    return json.dumps(to_dict(record), indent=indent, allow_nan=False)


def plot(record: Any, ax: Axes | None = None) -> Axes:
    """Draw a bar for each parameter.

    Raises
    ------
    ValueError
        If there is nothing to draw.
    """
    from skparams.rendering._bars import draw_bars

    return draw_bars(_view(record).bars(record), ax)


def _view(record: Any) -> ModuleType:
    return _diff_view if isinstance(record, Diff) else _spread_view
