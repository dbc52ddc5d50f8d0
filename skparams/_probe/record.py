"""What probing found, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass, fields

from skparams._report import Frame, Page, Report

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


@dataclass(frozen=True, slots=True, repr=False)
class Probe(Report):
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

    def _page(self) -> Page:
        from skparams._probe.view import page

        return page(self)

    def _frame(self) -> Frame:
        names = [field.name for field in fields(Probed)]
        rows = ({name: getattr(row, name) for name in names} for row in self.rows)
        joined = ({**row, "methods": ", ".join(row["methods"])} for row in rows)
        return dict.fromkeys(names, "object"), joined
