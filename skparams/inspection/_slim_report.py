"""What a slimmed copy goes without, and how much smaller it is, as a frozen record."""

from __future__ import annotations

from dataclasses import dataclass

from skparams.inspection._record import Memorised

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
    """What was dropped from an estimator, and the bytes before and after."""

    class_name: str
    rows: tuple[SlimRow, ...]
    pickled_before: int | None
    pickled_after: int | None
    memory_before: int
    memory_after: int
    n_samples: int | None = None
    compared: tuple[str, ...] = ()
    unsteady: tuple[str, ...] = ()
    memorised: tuple[Memorised, ...] = ()
    guessed: tuple[str, ...] = ()
