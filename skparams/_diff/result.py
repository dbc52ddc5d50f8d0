"""What ``diff`` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from skparams._diff.record import Choice, NodeChange
from skparams._report import Frame, Page, Plotted, draw_bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Diff"]


@dataclass(frozen=True, slots=True, repr=False)
class Diff(Plotted):
    """What changed between two models.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    root : NodeChange
        The estimator.
    hyperparameters : tuple of Choice
        Those that were added, removed or changed.
    n_same : int
        How many hyperparameters are the same.
    rtol, atol : float
        A number has moved where it differs by more than ``atol + rtol * abs(after)``.
    aligned : bool
        Whether units of ``after`` were put in the order and the signs of ``before``.
    """

    _in_json: ClassVar = ("is_empty",)

    root: NodeChange
    hyperparameters: tuple[Choice, ...]
    n_same: int
    rtol: float = 0.0
    atol: float = 0.0
    aligned: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the two are the same model, as far as was compared."""
        return not self.hyperparameters and self.root.same

    def _page(self) -> Page:
        from skparams._diff.view import page

        return page(self)

    def _frame(self) -> Frame:
        from skparams._diff.rows import COLUMNS, rows

        return COLUMNS, rows(self)

    def _draw(self, ax: Axes | None) -> Axes:
        from skparams._diff.view import bars

        return draw_bars(bars(self), ax)
