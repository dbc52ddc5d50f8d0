"""A page of sections and rows, and how it is written: text, HTML, frame, JSON, figure."""

from skparams._escape import clean, clean_distinct
from skparams._report.bars import Bar, draw_bars, longest
from skparams._report.base import Frame, Plotted, Report, data_frame, import_pandas, mime_bundle
from skparams._report.choices import chosen
from skparams._report.counts_axis import scale_counts
from skparams._report.figure import (
    lay_out,
    name_lines,
    name_rows,
    new_axes,
    points,
    rows_that_fit,
    set_title,
    short,
    wrapped,
)
from skparams._report.layout import cut, cut_distinct
from skparams._report.lines import largest, learned, run_name, runs, sort_key, upper
from skparams._report.memory import memory_notes
from skparams._report.nodes import about, frame_of, guessed_classes, layers, tables
from skparams._report.page import Column, Page, Row, Section, left_out
from skparams._report.palette import DARK, LIGHT, Theme
from skparams._report.plot import draw_nodes
from skparams._report.trees import names_on_page
from skparams._report.words import (
    GUESS,
    ROLE_WORDS,
    UNKNOWN,
    amount,
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
    "GUESS",
    "LIGHT",
    "ROLE_WORDS",
    "UNKNOWN",
    "Bar",
    "Column",
    "Frame",
    "Page",
    "Plotted",
    "Report",
    "Row",
    "Section",
    "Theme",
    "about",
    "amount",
    "chosen",
    "clean",
    "clean_distinct",
    "cut",
    "cut_distinct",
    "data_frame",
    "draw_bars",
    "draw_nodes",
    "few",
    "frame_of",
    "guessed_classes",
    "import_pandas",
    "largest",
    "lay_out",
    "layers",
    "learned",
    "left_out",
    "longest",
    "memory_notes",
    "mime_bundle",
    "name_lines",
    "name_rows",
    "names_on_page",
    "new_axes",
    "number",
    "plural",
    "points",
    "rate",
    "rows_that_fit",
    "run_name",
    "runs",
    "scale_counts",
    "set_title",
    "shape",
    "short",
    "size",
    "sort_key",
    "tables",
    "upper",
    "value",
    "wrapped",
]
