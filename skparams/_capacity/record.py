"""What ``capacity_curve`` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._capacity.marks import best_of, mean_size, simplest_of
from skparams._capacity.plot import draw
from skparams._capacity.view import frame, page
from skparams._records import Count, Unknown, between, span
from skparams._report import Frame, Page, Plotted
from skparams.specs import short_repr

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class CapacityCurve(Plotted):
    """Scores and losses of an estimator against the number of parameters that it learned.

    Shown as text by ``print`` and as HTML in notebooks. Settings are the values of the
    hyperparameter, in the order that they were given in.

    Parameters
    ----------
    class_name : str
        The estimator's class.
    param_name : str
        The hyperparameter that varies.
    param_range : tuple
        Its values.
    counted : str
        What is counted: "stored", "free", "nonzero" or "effective".
    fold_n_params : tuple of tuple
        The number of parameters of each setting in each fold, or ``Unknown`` with a reason.
    score_name : str
        What the score is.
    train_scores, test_scores : ndarray of shape (n_settings, n_folds)
        Scores on the training rows and on the validation rows.
    loss_name : str or Unknown
        What the loss is, or why there is none.
    train_losses, test_losses : ndarray of shape (n_settings, n_folds)
        Losses on the same rows; NaN where there is none.
    n_samples : int
        Number of rows.
    n_train : tuple of int
        Number of training rows of each fold.
    n_outputs : int or None
        Number of targets, or of classes where there are more than two; None for other estimators.
    errors : tuple of tuple of str
        The last line of the error of each fit that failed, an empty text for the others.
    score_errors : tuple of tuple of str, default=()
        Why a score or a loss of a fit is not known, an empty text where both are.
    guessed : bool, default=False
        Whether counts are a guess in part, as no Spec describes a class.
    """

    class_name: str
    param_name: str
    param_range: tuple[Any, ...]
    counted: str
    fold_n_params: tuple[tuple[Count, ...], ...]
    score_name: str
    train_scores: np.ndarray
    test_scores: np.ndarray
    loss_name: str | Unknown
    train_losses: np.ndarray
    test_losses: np.ndarray
    n_samples: int
    n_train: tuple[int, ...]
    n_outputs: int | None
    errors: tuple[tuple[str, ...], ...]
    score_errors: tuple[tuple[str, ...], ...] = ()
    guessed: bool = False
    _in_json = ("n_params", "threshold", "best", "simplest")

    @property
    def n_params(self) -> tuple[Count, ...]:
        """The number of parameters of each setting.

        ``Bounds`` where folds differ, over the fits that did not fail.
        """
        fitted = self._fitted()
        return tuple(span(counts) if counts else Unknown("all fits failed") for counts in fitted)

    def _fitted(self) -> list[list[Count]]:
        """The counts of each setting in the folds whose fit did not fail."""
        return [
            [n for n, error in zip(counts, errors, strict=True) if not error]
            for counts, errors in zip(self.fold_n_params, self.errors, strict=True)
        ]

    @property
    def threshold(self) -> Count:
        """Number of training rows times outputs; from there on a model may fit all of them."""
        if self.n_outputs is None:
            return Unknown(f"{self.class_name} has no target")
        return between(min(self.n_train) * self.n_outputs, max(self.n_train) * self.n_outputs)

    @property
    def best(self) -> int | None:
        """The setting with the best mean validation score, of equals with fewest parameters."""
        return best_of(self.test_scores, self.sizes)

    @property
    def simplest(self) -> int | None:
        """The setting with fewest parameters within one standard error of the best score."""
        return simplest_of(self.test_scores, self.sizes)

    @property
    def sizes(self) -> np.ndarray:
        """The number of parameters of each setting, the mean over the folds; NaN if not known."""
        return np.array([mean_size(counts) for counts in self._fitted()])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dictionaries, lists, strings, numbers and None.

        Returns
        -------
        dict
            In the layout of the page :doc:`JSON of reports </reference/schema>`; values of the
            hyperparameter are text.
        """
        texts = [short_repr(value) for value in self.param_range]
        return {**super().to_dict(), "param_range": texts}

    def plot(self, ax: Axes | None = None, *, metric: str = "score") -> Axes:
        """Draw the scores or the losses, as `CapacityCurveDisplay` does.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        metric : {"score", "loss"}, default="score"
            What to draw.

        Returns
        -------
        matplotlib Axes
            That was drawn in.
        """
        return draw(self, ax, metric=metric).ax

    def _draw(self, ax: Axes | None) -> Axes:
        return self.plot(ax)

    def _page(self) -> Page:
        return page(self)

    def _frame(self) -> Frame:
        return frame(self)
