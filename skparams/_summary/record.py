"""What a summary or a plan found, as one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from skparams._records import Candidate, Cost, Finding, KeptPlace, Node, Probing, Totals
from skparams._report import Shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Summary"]

_RENDERERS = {"to_text": "text", "to_html": "html", "to_dict": "json", "to_json": "json"}


@dataclass(frozen=True, slots=True, repr=False)
class Summary(Shown):
    """What was chosen and what was learned, for an estimator and those in it.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    root : Node
        The estimator.
    n_samples : int or None
        Number of training rows, where the caller gave it.
    depth : int or None
        Levels of nested estimators to show; it changes no total.
    planned : bool
        Whether it tells what fit will learn, rather than what it learned.
    effective : float or None
        The effective number of parameters, where it is known.
    effective_reason : str or None
        Why it is not.
    cost : Cost or None
        Of a plan.
    candidates : tuple of Candidate
        Of the plan of a search.
    findings : tuple of Finding
        What to look at.
    probed : Probing or None
        What ``probe`` saw, where a class is guessed and X was given.
    """

    root: Node
    n_samples: int | None = None
    depth: int | None = None
    planned: bool = False
    effective: float | None = None
    effective_reason: str | None = None
    cost: Cost | None = None
    candidates: tuple[Candidate, ...] = ()
    findings: tuple[Finding, ...] = ()
    probed: Probing | None = None

    @property
    def totals(self) -> Totals:
        """Counts and bytes of all fitted parameters."""
        return self.root.totals

    @property
    def kept(self) -> dict[str, int]:
        """Bytes of the arrays kept beside the parameters, by role, the largest first."""
        kept: dict[str, int] = {}
        for node in self.root.walk():
            for row in node.attributes:
                if row.role == "parameter" or row.alias_of is not None or not row.shape:
                    continue
                if isinstance(row.bytes, int) and row.bytes:
                    kept[row.role] = kept.get(row.role, 0) + row.bytes
        return dict(sorted(kept.items(), key=lambda item: -item[1]))

    @property
    def kept_places(self) -> tuple[KeptPlace, ...]:
        """The arrays that hold training rows as they were given, in all estimators."""
        return tuple(each for node in self.root.walk() for each in node.kept_places)

    @property
    def guessed(self) -> tuple[str, ...]:
        """Names of the classes that no Spec describes."""
        return tuple(dict.fromkeys(n.class_name for n in self.root.walk() if n.guessed))

    @staticmethod
    def _renderer(name: str) -> Callable[..., Any]:
        return getattr(import_module(f"skparams._summary.{_RENDERERS[name]}"), name)

    def to_frame(self) -> pd.DataFrame:
        """Return the fitted attributes as a DataFrame, one a row.

        Returns
        -------
        DataFrame
            Counts that are not known are NA. Before fit, ``count_low`` and ``count_high`` bound
            them; with statistics, each has a column.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        from skparams._summary.frame import to_frame

        return to_frame(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw where the parameters are.

        Of an estimator with others in it, rows of blocks as wide as their counts, the estimators
        above what is in them. Of any other, a bar for each array. With statistics, the range of
        the numbers in each array instead.

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
            If there is nothing to draw, as before fit.
        """
        from skparams._summary.plot import plot

        return plot(self, ax=ax)
