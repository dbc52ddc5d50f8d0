"""What ``memorization`` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._escape import escape_frame
from skparams._memorize.plot import draw
from skparams._memorize.view import page_of
from skparams._records import Bounds, Count
from skparams._report import Page, Plotted, import_pandas

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


NEVER_OUT = "in the training rows of every fit"
NEVER_IN = "in the training rows of no fit"


@dataclass(frozen=True, slots=True)
class ShuffledLabels:
    """How well the estimator fits labels that mean nothing, as a mean over rows and fits.

    ``in_score`` is of rows that were in training, ``out_score`` of the others: what guessing gets.
    """

    in_score: float
    out_score: float
    n_fits: int


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Memorization(Plotted):
    """How much of each row's label a model knows only because it was trained on it.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        The estimator's class.
    score : str
        The name of the score.
    values : ndarray of shape (n_rows,)
        ``in_scores - out_scores``, NaN where one of them is not known.
    std_errors : ndarray of shape (n_rows,)
        Their standard errors, NaN with fewer than two fits on a side.
    in_scores, out_scores : ndarray of shape (n_rows,)
        Mean score over the fits that had the row in training, and over those that had not; NaN
        without a fit.
    n_in, n_out : ndarray of shape (n_rows,)
        Numbers of these fits.
    labels : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        The labels or targets.
    n_fits : int
        Number of fits, without those on shuffled labels.
    n_planned : int
        Number of fits that were to be done, those on shuffled labels among them; after Ctrl-C fewer
        are done.
    n_train : int or Bounds
        Number of training rows of a fit.
    n_params : int or Unknown
        Free parameters of the first fit.
    keeps_rows : bool
        Whether that model keeps training rows, as nearest neighbors do.
    shuffled_labels : ShuffledLabels or None
        The scores of fits on shuffled labels, if there were any.
    """

    class_name: str
    score: str
    values: np.ndarray
    std_errors: np.ndarray
    in_scores: np.ndarray
    out_scores: np.ndarray
    n_in: np.ndarray
    n_out: np.ndarray
    labels: np.ndarray
    n_fits: int
    n_planned: int
    n_train: int | Bounds
    n_params: Count
    keeps_rows: bool
    shuffled_labels: ShuffledLabels | None = None

    @property
    def order(self) -> np.ndarray:
        """The rows with the largest value first, and those without a value last."""
        return np.argsort(-self.values, kind="stable")

    def top(self, n: int = 10) -> pd.DataFrame:
        """Return the rows with the largest values.

        Parameters
        ----------
        n : int, default=10
            Number of rows; fewer are returned if fewer have a value.

        Returns
        -------
        DataFrame
            The first rows of ``to_frame()``.

        Raises
        ------
        ImportError
            If pandas is not installed.
        ValueError
            If ``n`` is not an int of at least 1.
        """
        if not isinstance(n, int | np.integer) or isinstance(n, bool) or n < 1:
            raise ValueError(f"top: n must be an int of at least 1, got {n!r}.")
        known = int(np.isfinite(self.values).sum())
        return self._table(self.order[: min(n, known)])

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each row of X, the largest value first.

        Returns
        -------
        DataFrame
            With the number of the row in X, its label (of several outputs a tuple), ``value``,
            ``std_error``, ``in_score``, ``out_score``, ``n_in``, ``n_out``, and in ``unknown`` why
            a row has no value. What is not known is NA.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return self._table(self.order)

    def _table(self, rows: np.ndarray) -> pd.DataFrame:
        pandas = import_pandas()
        labels: Any = self.labels
        if labels.ndim > 1:
            labels = pandas.Series(list(map(tuple, labels.tolist())), dtype=object)
        elif labels.dtype.kind not in "iufb":
            labels = pandas.Series(labels, dtype=object)
        never_out, never_in = self.n_out == 0, self.n_in == 0
        columns = {
            "row": np.arange(len(self.values)),
            "label": labels,
            "value": self.values,
            "std_error": self.std_errors,
            "in_score": self.in_scores,
            "out_score": self.out_scores,
            "n_in": self.n_in,
            "n_out": self.n_out,
            "unknown": np.select([never_out, never_in], [NEVER_OUT, NEVER_IN], "").astype(object),
        }
        frame = pandas.DataFrame(columns).iloc[rows].reset_index(drop=True)
        frame["unknown"] = frame["unknown"].where(frame["unknown"] != "", None)
        return escape_frame(frame)

    def _page(self) -> Page:
        return page_of(self)

    def _draw(self, ax: Axes | None) -> Axes:
        return draw(self, ax)
