"""How many directions of the parameters the data can see, as frozen records."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from skparams._records import Count, Unknown
from skparams._report import Frame, Page, Plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EPS = float(np.finfo(np.float64).eps)
CLEAR_GAP = 1000.0
"""A smaller gap leaves the rank uncertain."""


@dataclass(frozen=True, slots=True)
class SeenArray:
    """A fitted parameter, and how many directions of it alone are seen."""

    path: str
    shape: tuple[int, ...]
    stored: int
    seen: int | Unknown


@dataclass(frozen=True, slots=True)
class LostDirections:
    """Why some directions are not seen, and how many."""

    cause: str
    n_directions: int


@dataclass(frozen=True, slots=True, repr=False)
class Identifiability(Plotted):
    """How many directions of the parameters change the predictions for given rows.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        Class of the estimator whose parameters they are: the last step of a pipeline.
    path : str
        Where it is in the estimator that was given; empty if it is that one.
    method : str
        The method that returns the predictions; empty if it is not known.
    n_samples : int
        Rows of X.
    n_values : int or Unknown
        Rows of the Jacobian: numbers that the predictions have.
    n_params : int, Bounds or Unknown
        The parameters that are stored.
    rank : int or Unknown
        The directions that are seen, or why it is not known.
    singular_values : tuple of float
        Those of the Jacobian, in descending order.
    tolerance : float or None
        The singular value above which a direction counts.
    rounding : float or None
        The singular value that rounding may make of zero.
    arrays : tuple of SeenArray
        One for each parameter.
    lost : tuple of LostDirections
        Why directions are not seen, as far as that is certain.
    """

    class_name: str
    path: str
    method: str
    n_samples: int
    n_values: Count
    n_params: Count
    rank: int | Unknown
    singular_values: tuple[float, ...] = ()
    tolerance: float | None = None
    rounding: float | None = None
    arrays: tuple[SeenArray, ...] = ()
    lost: tuple[LostDirections, ...] = ()

    _in_json: ClassVar[tuple[str, ...]] = ("n_lost", "gap", "uncertain")

    @property
    def n_lost(self) -> int | Unknown:
        """The directions that no prediction depends on."""
        if isinstance(self.rank, Unknown) or not isinstance(self.n_params, int):
            return Unknown("the rank is not known")
        return self.n_params - self.rank

    @property
    def gap(self) -> float | None:
        """The smallest singular value that counts, divided by the largest that does not.

        The latter is taken for at least what rounding may make of zero. None if none counts.
        """
        if isinstance(self.rank, Unknown) or not self.rank or self.rounding is None:
            return None
        below = self.singular_values[self.rank] if self.rank < len(self.singular_values) else 0.0
        return self.singular_values[self.rank - 1] / max(below, self.rounding)

    @property
    def uncertain(self) -> bool:
        """Whether the gap is less than 1,000: another tolerance would give another rank."""
        return self.gap is not None and self.gap < CLEAR_GAP

    @property
    def rank_range(self) -> tuple[int, int] | None:
        """The ranks at a tolerance that is 1,000 times as large, and as small."""
        if isinstance(self.rank, Unknown) or self.tolerance is None or self.rounding is None:
            return None
        high = max(self.tolerance / CLEAR_GAP, self.rounding)
        counts = [
            sum(value > cut for value in self.singular_values)
            for cut in (self.tolerance * CLEAR_GAP, high)
        ]
        return counts[0], counts[1]

    @property
    def around_cut(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Up to three singular values that count, and three that do not."""
        if isinstance(self.rank, Unknown):
            return (), ()
        values, rank = self.singular_values, self.rank
        return values[max(rank - 3, 0) : rank], values[rank : rank + 3]

    def __getitem__(self, path: str) -> SeenArray:
        for each in self.arrays:
            if each.path == path:
                return each
        raise KeyError(path)

    def _page(self) -> Page:
        from skparams._identify.view import page

        return page(self)

    def _frame(self) -> Frame:
        columns = dict.fromkeys([field.name for field in fields(SeenArray)], "object")
        rows = (
            asdict(each) | {"seen": None if isinstance(each.seen, Unknown) else each.seen}
            for each in self.arrays
        )
        return columns | {"stored": "Int64", "seen": "Int64"}, rows

    def _draw(self, ax: Axes | None) -> Axes:
        from skparams._identify.plot import draw

        return draw(self, ax)
