"""What ``compare`` returns: competitors and pairs of them, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skparams._compare.words import LEVEL
from skparams._records import Count, Unknown
from skparams._report import Frame, Page, Plotted, data_frame

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long a step took in the folds, without the first one of each process.

    ``first`` is the median of those first ones, which load, compile and import. All are None where
    there are none.
    """

    median: float | None = None
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    first: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """The first error of a competitor, and the number of folds without a score."""

    type: str
    message: str
    n_folds: int

    @property
    def text(self) -> str:
        """The error in one line, as Python writes it."""
        first = next(iter(self.message.strip().splitlines()), "")
        return ": ".join(filter(None, [self.type, first]))


@dataclass(frozen=True, slots=True)
class Competitor:
    """What was measured of one competitor.

    ``scores`` has a number for each fold, NaN where the competitor failed. ``mean`` and ``std``
    (ddof=1) are over all folds, None where it failed in some. ``guessed`` tells whether
    ``parameters`` counts attributes that no Spec describes.
    """

    name: str
    class_name: str
    scores: tuple[float, ...]
    mean: float | None
    std: float | None
    fit_seconds: Seconds
    predict_seconds: Seconds
    row_seconds: float | None
    parameters: Count
    guessed: bool
    bytes: Count
    peak_memory: Count | None
    failure: Failure | None
    warnings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """The difference of two competitors: the mean over folds of first minus second.

    ``low`` and ``high`` are the ends of its 95 % interval, ``adjusted_p`` is Holm's over all pairs.
    They are None where the scores are ``identical`` in each fold, and where there is ``no_test``,
    for the reason that it gives. ``probabilities`` are that the first is worse than the second by
    more than ``rope``, that they differ by less, and that the first is better by more.
    """

    first: str
    second: str
    difference: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    adjusted_p: float | None = None
    identical: bool = False
    no_test: str | None = None
    probabilities: tuple[float, float, float] | None = None

    @property
    def significant(self) -> bool:
        """Whether the test finds a difference."""
        return self.adjusted_p is not None and self.adjusted_p <= LEVEL

    @property
    def finding(self) -> str:
        """What the test says of the first, in words."""
        if self.identical:
            return "identical scores"
        if self.adjusted_p is None:
            return "no test"
        if not self.significant:
            return "not significant"
        return "better" if self.difference > 0 else "worse"


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Plotted):
    """Competitors on the same folds: scores, times, sizes, and tests of the differences.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    competitors : tuple of Competitor
        In the order in which they were given; ``comparison["name"]`` is one of them.
    pairs : tuple of Pair
        All pairs of those with a score in each fold, or the pairs with the baseline.
    scoring : str
        The name of the score. Greater is better.
    cv : str
        The splitter.
    n_folds : int
        Number of folds that are done.
    n_splits : int
        Number of folds of the splitter; there are fewer ``n_folds`` after Ctrl-C.
    n_samples : int
        Number of rows.
    test_train_ratio : float or Unknown
        Test rows for each training row, which the test needs.
    baseline : str or None
        The competitor that the others are tested against.
    rope : float or None
        Differences up to this one do not matter.
    n_jobs : int
        How many folds ran at once.
    interrupted : bool
        Whether Ctrl-C ended the comparison.
    """

    competitors: tuple[Competitor, ...]
    pairs: tuple[Pair, ...]
    scoring: str
    cv: str
    n_folds: int
    n_splits: int
    n_samples: int
    test_train_ratio: float | Unknown
    baseline: str | None
    rope: float | None
    n_jobs: int
    interrupted: bool

    def __getitem__(self, name: str) -> Competitor:
        for each in self.competitors:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def ranking(self) -> tuple[Competitor, ...]:
        """The competitors by their mean score, the highest first; those that failed are last."""
        complete = [each for each in self.competitors if each.mean is not None]
        complete.sort(key=lambda each: -(each.mean or 0.0))
        return (*complete, *(each for each in self.competitors if each.mean is None))

    def pairs_frame(self) -> pd.DataFrame:
        """Return the pairs as a DataFrame, one a row.

        Returns
        -------
        DataFrame
            What is not known is NA.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        from skparams._compare.frames import of_pairs

        return data_frame(of_pairs(self))

    def _page(self) -> Page:
        from skparams._compare.view import page

        return page(self)

    def _frame(self) -> Frame:
        from skparams._compare.frames import of_competitors

        return of_competitors(self)

    def _draw(self, ax: Axes | None) -> Axes:
        from skparams._compare.plot import draw

        return draw(self, ax)
