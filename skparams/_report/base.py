"""How records are shown that are reports: the methods that all of them have."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Drawn", "Shown"]


class Shown:
    """Give a record its text, HTML, frame and JSON."""

    __slots__ = ()

    @staticmethod
    def _renderer(name: str) -> Callable[..., Any]:
        """Return the function of that name; its module is imported where it is needed only."""
        return getattr(import_module("skparams._report.shown"), name)

    def to_text(self, width: int | None = None, color: bool | None = None) -> str:
        """Return the report as text.

        Parameters
        ----------
        width : int, default=None
            Number of columns, at least 20. By default those of the terminal, and at most 120.
        color : bool, default=None
            Whether to use the terminal's colours. By default only on a terminal.

        Returns
        -------
        str
            Lines that are no longer than ``width``.

        Raises
        ------
        ValueError
            If ``width`` is not an int of at least 20.
        """
        return self._renderer("to_text")(self, width=width, color=color)

    def to_html(self) -> str:
        """Return the report as a piece of HTML that needs nothing else.

        Returns
        -------
        str
            A ``<div>`` with its own style; what is folded opens without JavaScript.
        """
        return self._renderer("to_html")(self)

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
        return self._renderer("to_frame")(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dictionaries, lists, strings, numbers and None.

        Returns
        -------
        dict
            In the layout that docs/schema.md describes, its version under ``"schema"``.
        """
        return self._renderer("to_dict")(self)

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
        return self._renderer("to_json")(self, indent=indent)

    def __str__(self) -> str:
        # Plain: what str() returns ends up in files and logs as often as on the screen.
        return self.to_text(color=False)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


class Drawn(Shown):
    """Give a record of a comparison a figure too."""

    __slots__ = ()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a bar for each parameter, as long as it changed relative to its norm.

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
            If there is nothing to draw, as where no parameter could be compared.
        """
        from skparams._report.shown import plot

        return plot(self, ax=ax)
