"""What a slimmed copy goes without, and how much smaller it is, as a frozen record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skparams.inspection._record import Memorised

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SlimReport", "SlimRow"]


@dataclass(frozen=True, slots=True)
class SlimRow:
    """Something that went: where, what it was, and the bytes in memory that it took.

    ``role`` is one of ``skparams.inspection.ROLES``, ``"retained"`` for what a view kept alive
    beside its own numbers, or ``"search"`` for all of a search but its best estimator.
    """

    path: str
    role: str
    bytes: int


@dataclass(frozen=True, slots=True)
class SlimReport:
    """What was dropped from an estimator, and the bytes before and after.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        The estimator's class.
    rows : tuple of SlimRow
        What was dropped, the largest first.
    pickled_before, pickled_after : int or None
        Bytes of ``pickle.dumps``; None where it raises.
    memory_before, memory_after : int
        Bytes of all arrays, each buffer once and with all of it that a view keeps alive, and of
        all else as it is pickled.
    n_samples : int or None
        The number of rows that predictions were compared on.
    compared : tuple of str
        Methods that gave the same, bit for bit, on the estimator and the copy.
    unsteady : tuple of str
        Those among them that do not give the same on two calls: they were compared with a seed.
    probed : tuple of str
        Paths of what was dropped and ``probe`` changed, after which all methods gave the same.
    memorised : tuple of Memorised
        The training rows that are still in the copy.
    guessed : tuple of str
        Names of the classes that no Spec describes, of which nothing was dropped.
    """

    class_name: str
    rows: tuple[SlimRow, ...]
    pickled_before: int | None
    pickled_after: int | None
    memory_before: int
    memory_after: int
    n_samples: int | None = None
    compared: tuple[str, ...] = ()
    unsteady: tuple[str, ...] = ()
    probed: tuple[str, ...] = ()
    memorised: tuple[Memorised, ...] = ()
    guessed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dictionaries, lists, strings, numbers and None.

        Returns
        -------
        dict
            The attributes of the report by name, and ``"schema"``.
        """
        from skparams.rendering._json import record_to_dict

        return record_to_dict(self)

    def to_json(self, indent: int | None = None) -> str:
        """Return everything as JSON.

        Parameters
        ----------
        indent : int, default=None
            Spaces for each level; by default all is in one line.

        Returns
        -------
        str
            What ``to_dict`` returns.
        """
        from skparams.rendering._json import record_to_json

        return record_to_json(self, indent=indent)

    def to_frame(self) -> pd.DataFrame:
        """Return what was dropped as a DataFrame, one attribute a row.

        Returns
        -------
        DataFrame
            With the columns ``path``, ``role`` and ``bytes``.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        from skparams.rendering._slim import to_frame

        return to_frame(self)

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
        from skparams.rendering._report import to_text
        from skparams.rendering._slim import report_of

        return to_text(report_of(self), width=width, color=color)

    def to_html(self) -> str:
        """Return the report as a piece of HTML that needs nothing else.

        Returns
        -------
        str
            A ``<div>`` with its own style.
        """
        from skparams.rendering._report import to_html
        from skparams.rendering._slim import report_of

        return to_html(report_of(self))

    def __str__(self) -> str:
        return self.to_text(color=False)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()
