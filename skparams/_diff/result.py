"""What ``diff`` and ``spread`` return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from skparams._diff.record import HyperparameterChange, NodeChange, ParameterSpread
from skparams._report import Frame, Page, Plotted, draw_bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Diff", "Spread"]


@dataclass(frozen=True, slots=True, repr=False)
class Diff(Plotted):
    """What changed between two models.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    root : NodeChange
        The estimator.
    hyperparameters : tuple of HyperparameterChange
        Those that were added, removed or changed.
    n_same : int
        How many hyperparameters are the same.
    rtol, atol : float
        A number has changed if it differs by more than ``atol + rtol * abs(after)``.
    aligned : bool
        Whether units of ``after`` were put in the order and the signs of ``before``.
    """

    _in_json: ClassVar = ("is_empty",)

    root: NodeChange
    hyperparameters: tuple[HyperparameterChange, ...]
    n_same: int
    rtol: float = 0.0
    atol: float = 0.0
    aligned: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no difference was found."""
        return not self.hyperparameters and self.root.same

    def _page(self) -> Page:
        from skparams._diff.view import page

        return page(self)

    def _frame(self) -> Frame:
        from skparams._diff.view import COLUMNS, rows

        return COLUMNS, rows(self)

    def _draw(self, ax: Axes | None) -> Axes:
        from skparams._diff.view import bars

        return draw_bars(bars(self), ax)


@dataclass(frozen=True, slots=True, repr=False)
class Spread(Plotted):
    """How much several models vary, as those of cross-validation's folds.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    classes : tuple of str
        The class of each model, as ``"sklearn.Ridge"``.
    n_fitted : int
        How many of them are fitted.
    parameters : tuple of ParameterSpread
        Each fitted parameter, and the sizes of trees.
    hyperparameters : tuple of HyperparameterChange
        Those that differ, and what fit chose differently.
    aligned : bool
        Whether units were put in the order and the signs of the first model.
    different_structure : tuple of str
        Attributes such as ``classes_`` that all models have and that differ, so that numbers at
        one place of a parameter may mean different things.
    """

    classes: tuple[str, ...]
    n_fitted: int
    parameters: tuple[ParameterSpread, ...]
    hyperparameters: tuple[HyperparameterChange, ...]
    aligned: bool = False
    different_structure: tuple[str, ...] = ()

    def _page(self) -> Page:
        from skparams._diff.spread_view import page

        return page(self)

    def _frame(self) -> Frame:
        from skparams._diff.spread_view import COLUMNS, rows

        return COLUMNS, rows(self)

    def _draw(self, ax: Axes | None) -> Axes:
        from skparams._diff.spread_view import bars

        return draw_bars(bars(self), ax)
