"""How far several models are apart, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skparams._report import Frame, Page, Plotted, draw_bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ParameterSpread", "Spread", "Varied"]


@dataclass(frozen=True, slots=True)
class ParameterSpread:
    """How far one fitted parameter is apart in several models.

    ``n_models`` have it, in ``shapes``; where these are not one, the rest is None. Of all its
    numbers, ``mean`` is the mean over the models and ``std`` the root mean square of each one's
    standard deviation over the models; ``largest`` is the largest of those. ``relative`` is
    ``std`` over the root mean square of each number's mean, None where that is 0. ``turned`` are
    the numbers that are positive in one model and negative in another. ``nonfinite`` are not
    finite in some model, and left out.
    """

    path: str
    role: str
    dims: tuple[str, ...] | None
    n_models: int
    shapes: tuple[tuple[int, ...], ...]
    mean: float | None = None
    std: float | None = None
    relative: float | None = None
    largest: float | None = None
    turned: int | None = None
    nonfinite: int = 0


@dataclass(frozen=True, slots=True)
class Varied:
    """A hyperparameter, or what fit chose itself, that is not the same in all models.

    ``values`` has a short text for each model, None where it is not there. ``chosen`` says that
    some value is not the default.
    """

    path: str
    role: str
    values: tuple[str | None, ...]
    chosen: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Spread(Plotted):
    """How far several models are apart, as those of cross-validation's folds.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    classes : tuple of str
        The class of each model, as ``"sklearn.Ridge"``.
    n_fitted : int
        How many of them are fitted.
    parameters : tuple of ParameterSpread
        Each fitted parameter, and the sizes of trees.
    varied : tuple of Varied
        What was chosen otherwise.
    aligned : bool
        Whether units were put in the order and the signs of the first model.
    unlike : tuple of str
        What parameters are laid out by, as ``classes_``, where all models have it and it is not
        the same: the numbers at one place need not mean the same.
    """

    classes: tuple[str, ...]
    n_fitted: int
    parameters: tuple[ParameterSpread, ...]
    varied: tuple[Varied, ...]
    aligned: bool = False
    unlike: tuple[str, ...] = ()

    def _page(self) -> Page:
        from skparams._diff.spread_view import page

        return page(self)

    def _frame(self) -> Frame:
        from skparams._diff.spread_view import COLUMNS, rows

        return COLUMNS, rows(self)

    def _draw(self, ax: Axes | None) -> Axes:
        from skparams._diff.spread_view import bars

        return draw_bars(bars(self), ax)
