"""The methods that all records have which are shown as pages."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from skparams._escape import escape_frame
from skparams._records import Bounds, Unknown
from skparams._report.page import Page
from skparams._report.text import to_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


# One more where a key goes, or means something else. New keys leave it as it is.
SCHEMA = 3
# The columns of a DataFrame with their dtypes, and its rows.
Frame = tuple[Mapping[str, str], Iterable[Mapping[str, Any]]]
_LARGEST = 2**63 - 1


class Report:
    """Give a record its text, HTML, frame and JSON, from the page and the frame that it makes."""

    __slots__ = ()
    _in_json: ClassVar[tuple[str, ...]] = ()  # properties, beside the fields

    def _page(self) -> Page:
        raise NotImplementedError

    def _frame(self) -> Frame:
        raise NotImplementedError

    def to_text(self, width: int | None = None, color: bool | None = None) -> str:
        """Return the report as text.

        Parameters
        ----------
        width : int, default=None
            Number of columns, at least 20. By default those of the terminal, at most 120, and 80
            where the output is no terminal.
        color : bool, default=None
            Whether to use the terminal's colors. By default only on a terminal, and not if the
            environment variable NO_COLOR is set.

        Returns
        -------
        str
            Lines that are no longer than ``width``.

        Raises
        ------
        ValueError
            If ``width`` is not an int of at least 20.
        """
        return to_text(self._page(), width, color)

    def to_html(self) -> str:
        """Return the report as a piece of HTML that needs nothing else.

        Returns
        -------
        str
            A ``<div>`` with its own style; what is folded opens without JavaScript.
        """
        from skparams._report.html import to_html

        return to_html(self._page())

    def to_markdown(self, level: int = 2) -> str:
        """Return the report as GitHub-flavored Markdown, for the card of a model.

        Parameters
        ----------
        level : int, default=2
            Level of the report's heading, from 1 to 5; tables and lists have headings one below.

        Returns
        -------
        str
            Headings, tables, lists and paragraphs, with an end of line. Names and values mean
            nothing in Markdown or HTML, whatever is in them. What HTML folds is left out.

        Raises
        ------
        ValueError
            If ``level`` is not an int from 1 to 5.
        """
        from skparams._report.markdown import to_markdown

        return to_markdown(self._page(), level)

    def to_frame(self) -> pd.DataFrame:
        """Return all that was found as a DataFrame, one attribute or hyperparameter a row.

        Returns
        -------
        DataFrame
            What is not known is NA.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return data_frame(self._frame())

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dictionaries, lists, strings, numbers and None.

        Returns
        -------
        dict
            In the layout of the page :doc:`JSON of reports </reference/schema>`, its version under
            ``"schema"`` and the record's name under ``"kind"``.
        """
        names = [*_names(self), *self._in_json]
        found = {"estimator" if n == "root" else n: _plain(getattr(self, n)) for n in names}
        return {"schema": SCHEMA, "kind": type(self).__name__.lower(), **found}

    def to_json(self, indent: int | None = None) -> str:
        """Return everything as JSON.

        Parameters
        ----------
        indent : int, default=None
            Spaces for each level; by default all is in one line.

        Returns
        -------
        str
            What ``to_dict`` returns. NaN and infinity, which JSON does not have, are null.
        """
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    def __str__(self) -> str:
        # Without color: what str() returns ends up in files and logs as often as on the screen.
        return self.to_text(color=False)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        return mime_bundle(self, include, exclude)


class Plotted(Report):
    """Give a record a figure too, which it draws itself."""

    __slots__ = ()

    def _draw(self, ax: Axes | None) -> Axes:
        raise NotImplementedError

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the report's figure.

        A summary or a plan of an estimator with others in it has rows of blocks as wide as their
        counts, the estimators above what is in them; of any other, a bar for each array. With
        statistics, a summary has the range of the numbers in each array instead. A difference or a
        spread has a bar for each parameter, as long as it changed relative to its norm. A
        comparison has the scores of each competitor over the folds, with their mean, and an
        identifiability its singular values.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        matplotlib Axes
            That was drawn in.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there is nothing to draw, as where no parameter is known.
        """
        return self._draw(ax)


def mime_bundle(
    shown: Any, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
) -> dict[str, str]:
    """What a notebook shows: HTML, and text where it shows none."""
    writers = {"text/plain": shown.__repr__, "text/html": shown._repr_html_}
    kinds = set(writers if include is None else include) - set(exclude or ())
    return {kind: write() for kind, write in writers.items() if kind in kinds}


def data_frame(content: Frame) -> pd.DataFrame:
    """A DataFrame whose texts are safe to print."""
    pandas = import_pandas()
    columns, rows = content
    frame = pandas.DataFrame(list(rows), columns=list(columns), dtype=object)
    for name, dtype in columns.items():
        # Integers that are too long for 64 bits stay Python's.
        whole = dtype == "Int64"
        if not whole or all(pandas.isna(n) or abs(n) <= _LARGEST for n in frame[name]):
            frame[name] = frame[name].astype(dtype)
    return escape_frame(frame)


def import_pandas(function: str = "to_frame") -> Any:
    """The module pandas. Raises ImportError that says which function needs it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            f'{function}: needs pandas. Install it with pip install "skparams[frame]".'
        ) from error
    return pandas


def _names(record: Any) -> list[str]:
    return [field.name for field in fields(record) if not field.name.startswith("_")]


def _plain(value: Any) -> Any:
    """Return records, tuples and numbers as what JSON has."""
    if isinstance(value, Bounds):
        return {"from": value.low, "to": value.high}
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in _names(value)}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
