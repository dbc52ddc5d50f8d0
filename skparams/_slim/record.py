"""What a slimmed copy goes without, and how much smaller it is, as a frozen record."""

from __future__ import annotations

from dataclasses import dataclass, fields

from skparams._records import Memorised
from skparams._report import Frame, Page, Report

__all__ = ["SlimReport", "SlimRow"]


@dataclass(frozen=True, slots=True)
class SlimRow:
    """Something that went: where, what it was, and the bytes in memory that it took.

    ``role`` is one of ``skparams.specs.ROLES``, ``"retained"`` for what a view kept alive
    beside its own numbers, or ``"search"`` for all of a search but its best estimator.
    """

    path: str
    role: str
    bytes: int


@dataclass(frozen=True, slots=True, repr=False)
class SlimReport(Report):
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

    def _page(self) -> Page:
        from skparams._slim.view import page

        return page(self)

    def _frame(self) -> Frame:
        names = [field.name for field in fields(SlimRow)]
        columns = {name: "Int64" if name == "bytes" else "object" for name in names}
        return columns, ({name: getattr(row, name) for name in names} for row in self.rows)
