"""What probing found, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NEEDED", "VERDICTS", "Probe", "Probed"]

VERDICTS = {
    "used": "another value changed what a method returns, or made it raise: proof",
    "unused": "no other value that was tried changed anything: evidence only",
    "not tried": "another value could crash the interpreter, or there is none",
    "left out": "the time was up",
}
# The roles of what inference needs: that something else is used says that its role is wrong.
NEEDED = frozenset(
    ("parameter", "tuned", "structure", "data", "random", "metadata", "estimator", "derived")
)


@dataclass(frozen=True, slots=True)
class Probed:
    """What became of one fitted attribute, or of one array in it.

    ``methods`` are those that returned something else or raised, ``reason`` is the first error, or
    why the attribute was not tried.
    """

    path: str
    estimator: str
    role: str
    verdict: str
    methods: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """Which fitted attributes an estimator's methods depend on.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        The estimator's class.
    rows : tuple of Probed
        One for each attribute, in the estimator's order.
    methods : tuple of str
        The methods that were called.
    failed : tuple of (str, str)
        Methods that raised before anything was changed, and the error.
    random : tuple of str
        Methods that return something else with each call; they were compared at one seed.
    unstable : tuple of str
        Those that do even so, which were left out.
    n_rows : int
        Rows of X that the methods were called with.
    n_samples : int
        Rows of X.
    seconds : float
        How long it took.
    restored : bool
        Whether the methods return the same again after all changes are taken back.
    guessed : tuple of str
        Names of the classes that no Spec describes, so that roles are guessed.
    """

    class_name: str
    rows: tuple[Probed, ...]
    methods: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    random: tuple[str, ...]
    unstable: tuple[str, ...]
    n_rows: int
    n_samples: int
    seconds: float
    restored: bool
    guessed: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[Probed, ...]:
        """The attributes that are proved to be used."""
        return self._of("used")

    @property
    def unused(self) -> tuple[Probed, ...]:
        """The attributes that changed nothing, which is evidence only."""
        return self._of("unused")

    @property
    def not_tried(self) -> tuple[Probed, ...]:
        """The attributes that nothing is known about, for want of a safe change or of time."""
        return self._of("not tried") + self._of("left out")

    @property
    def left_out(self) -> tuple[Probed, ...]:
        """The attributes that there was no time for."""
        return self._of("left out")

    @property
    def surprising(self) -> tuple[Probed, ...]:
        """The attributes that are used although their role says that inference needs them not."""
        return tuple(row for row in self.used if row.role not in NEEDED)

    def _of(self, verdict: str) -> tuple[Probed, ...]:
        return tuple(row for row in self.rows if row.verdict == verdict)

    def __getitem__(self, path: str) -> Probed:
        for row in self.rows:
            if row.path == path:
                return row
        raise KeyError(path)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dictionaries, lists, strings, numbers and None.

        Returns
        -------
        dict
            The fields of this record, its rows as dictionaries, and the layout's version under
            ``"schema"``.
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
        """Return a DataFrame, one attribute a row.

        Returns
        -------
        DataFrame
            With path, estimator, role, verdict, methods and reason.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        from skparams.rendering._probe import to_frame

        return to_frame(self)

    def to_text(self, width: int | None = None, color: bool | None = None) -> str:
        """Return it as text.

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
        from skparams.rendering._probe import report_of
        from skparams.rendering._report import to_text

        return to_text(report_of(self, most=40), width=width, color=color)

    def to_html(self) -> str:
        """Return it as a piece of HTML that needs nothing else.

        Returns
        -------
        str
            A ``<div>`` with its own style.
        """
        from skparams.rendering._probe import report_of
        from skparams.rendering._report import to_html

        return to_html(report_of(self, most=300))

    def __str__(self) -> str:
        return self.to_text(color=False)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()
