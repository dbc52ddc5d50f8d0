"""A page of sections and rows, and how it is written: text, HTML, frame, JSON, figure."""

from skparams._report.bars import Bar, Bars, longest
from skparams._report.base import Drawn, Shown
from skparams._report.figure import (
    FONT,
    name_rows,
    new_axes,
    points,
    points_wide,
    rows_that_fit,
    set_title,
    short,
    wrapped,
)
from skparams._report.layout import Column, cut
from skparams._report.page import Report, Section
from skparams._report.palette import DARK, LIGHT, Theme
from skparams._report.terminal import Row, Terminal
from skparams._report.words import (
    UNKNOWN,
    amount,
    clean,
    few,
    number,
    plural,
    rate,
    shape,
    size,
    value,
)

__all__ = [
    "DARK",
    "FONT",
    "LIGHT",
    "UNKNOWN",
    "Bar",
    "Bars",
    "Column",
    "Drawn",
    "Report",
    "Row",
    "Section",
    "Shown",
    "Terminal",
    "Theme",
    "amount",
    "clean",
    "cut",
    "few",
    "longest",
    "name_rows",
    "new_axes",
    "number",
    "plural",
    "points",
    "points_wide",
    "rate",
    "rows_that_fit",
    "set_title",
    "shape",
    "short",
    "size",
    "value",
    "wrapped",
]
