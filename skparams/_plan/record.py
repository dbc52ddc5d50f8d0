"""What a plan found, as one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skparams._records import Candidate, Cost, Node, Totals
from skparams._report import Frame, Page, Plotted, draw_nodes, frame_of, guessed_classes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True, repr=False)
class Plan(Plotted):
    """What was chosen and what will be learned, for an estimator and those in it.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    root : Node
        The estimator. Its counts are exact integers, ``Bounds`` where fit decides how many there
        will be, and ``Unknown`` with a reason where nothing can be said.
    n_samples : int or None
        Number of training rows, where it is known.
    cost : Cost or None
        Memory and multiply-adds.
    candidates : tuple of Candidate
        Of a search, each candidate with its totals.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from skparams import plan
    >>> plan(PCA(2), n_samples=100, n_features=5).totals.stored
    15
    """

    root: Node
    n_samples: int | None = None
    cost: Cost | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def totals(self) -> Totals:
        """Counts and bytes of all parameters that will be fitted."""
        return self.root.totals

    @property
    def guessed(self) -> tuple[str, ...]:
        """Names of the classes that no Spec describes."""
        return guessed_classes(self.root)

    def _page(self) -> Page:
        from skparams._plan.view import page

        return page(self)

    def _frame(self) -> Frame:
        return frame_of(self.root, planned=True)

    def _draw(self, ax: Axes | None) -> Axes:
        return draw_nodes(self.root, ax, planned=True)
