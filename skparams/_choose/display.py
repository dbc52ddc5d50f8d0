"""The figure of score against parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._choose.candidates import Candidates, Request, compare_candidates
from skparams._choose.counting import is_exact, reason_of
from skparams._params import Kind
from skparams._report import (
    LIGHT,
    few,
    lay_out,
    new_axes,
    number,
    plural,
    scale_counts,
    set_title,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAME = "ParetoDisplay.from_search"
_FONT = 9.0
_MARGIN = 0.08  # on both sides of the counts
_EDGE = 0.2  # of the axis: from here to its end, names are on the other side of their points
_MANY = 60  # points, from where error bars hide them
_NOUNS = {
    "free": "free parameters",
    "stored": "stored parameters",
    "nonzero": "nonzero parameters",
    "effective": "effective degrees of freedom",
}


@dataclass(eq=False, repr=False, kw_only=True)
class ParetoDisplay:
    """The score of each setting of a search against the number of its parameters.

    A line joins the settings on the Pareto front: no other has a higher score and no more
    parameters. `from_search` makes the display.

    Parameters
    ----------
    counts : ndarray of shape (n_settings,)
        Number of parameters of each setting that is drawn.
    scores : ndarray of shape (n_settings,)
        Mean test scores.
    standard_errors : ndarray of shape (n_settings,)
        Standard errors of the scores, NaN if they are not known.
    front : ndarray of bool of shape (n_settings,)
        Whether a setting is on the Pareto front.
    best : int or None
        Which of the settings has the best score; None if it is not drawn.
    chosen : int or None
        Which of the settings has the fewest parameters within the tolerance; None if it is not
        known.
    lowest : float
        The lowest score within the tolerance.
    tolerance : "1se", float or str, default="1se"
        The tolerance.
    kind : {"free", "stored", "nonzero", "effective"}, default="free"
        What is counted.
    score_name : str, default="score"
        The metric.
    n_left_out : int, default=0
        Number of settings that are not drawn, as their count is not known.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    points_ : matplotlib PathCollection
        The settings.
    front_ : matplotlib Line2D
        The Pareto front.

    See Also
    --------
    params_frame : The same as a DataFrame.

    Examples
    --------
    >>> import numpy as np
    >>> from skparams import ParetoDisplay
    >>> display = ParetoDisplay(
    ...     counts=np.array([30, 300, 3000]),
    ...     scores=np.array([0.90, 0.95, 0.96]),
    ...     standard_errors=np.array([0.02, 0.02, 0.02]),
    ...     front=np.array([True, True, True]),
    ...     best=2,
    ...     chosen=1,
    ...     lowest=0.94,
    ... ).plot()
    >>> display.ax_.get_xlabel()
    'free parameters'
    """

    counts: np.ndarray
    scores: np.ndarray
    standard_errors: np.ndarray
    front: np.ndarray
    best: int | None
    chosen: int | None
    lowest: float
    tolerance: Any = "1se"
    kind: Kind = "free"
    score_name: str = "score"
    n_left_out: int = 0
    points_: Any = field(default=None, init=False)
    front_: Any = field(default=None, init=False)
    ax_: Any = field(default=None, init=False)
    figure_: Any = field(default=None, init=False)

    @classmethod
    def from_search(
        cls,
        search: Any,
        X: Any = None,
        y: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        tolerance: Any = None,
        kind: Kind | None = None,
        scoring: str | None = None,
        fit: bool = False,
        n_jobs: int | None = None,
        ax: Axes | None = None,
    ) -> ParetoDisplay:
        """Draw the settings of a fitted search.

        Parameters
        ----------
        search : estimator
            A fitted search, as in `params_frame`.
        X, y : array-like, default=None
            The data that the search was fitted on, as in `params_frame`.
        params : dict, default=None
            As in `params_frame`.
        tolerance : "1se", float or str, default=None
            As in `params_frame`.
        kind : {"free", "stored", "nonzero", "effective"}, default=None
            As in `params_frame`.
        scoring : str, default=None
            As in `params_frame`.
        fit : bool, default=False
            Whether to fit each setting whose count is not known before fit once, on X and y.
        n_jobs : int, default=None
            Number of these fits at the same time.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        ParetoDisplay
            The figure.
        """
        request = Request(X, y, params, tolerance, kind, scoring, fit, n_jobs)
        found = compare_candidates(_NAME, search, request)
        return _of(cls, found).plot(ax=ax)

    def plot(self, *, ax: Axes | None = None) -> ParetoDisplay:
        """Draw the figure.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        ParetoDisplay
            The display itself.
        """
        ax = new_axes() if ax is None else ax
        self.ax_, self.figure_ = ax, ax.figure
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=_FONT)
        self._draw_points(ax)
        ax.margins(x=_MARGIN)
        scale_counts(ax, self.counts)
        self._mark(ax, self.best, LIGHT.below, "best")
        self._mark(ax, self.chosen, LIGHT.above, "chosen")
        below = _NOUNS[self.kind]
        if self.n_left_out:
            below += f"\n{plural(self.n_left_out, 'setting')} left out, whose count is not known"
        ax.set_xlabel(below, fontsize=_FONT)
        name = "score" if self.score_name == "score" else short(self.score_name)
        ax.set_ylabel(f"mean test {name}" if name == "score" else name, fontsize=_FONT)
        lay_out(ax)
        set_title(ax, self._title())
        return self

    def _draw_points(self, ax: Axes) -> None:
        if len(self.counts) <= _MANY and np.isfinite(self.standard_errors).any():
            ax.errorbar(
                self.counts, self.scores, self.standard_errors,
                fmt="none", ecolor=LIGHT.quiet, elinewidth=0.8, alpha=0.5, zorder=1,
            )  # fmt: skip
        self.points_ = ax.scatter(self.counts, self.scores, s=14, color=LIGHT.quiet, zorder=2)
        order = np.lexsort((self.scores, self.counts))
        order = order[self.front[order]]
        (self.front_,) = ax.plot(
            self.counts[order], self.scores[order],
            color=LIGHT.above, lw=1.4, marker="o", ms=4, drawstyle="steps-post", zorder=3,
        )  # fmt: skip
        ax.axhline(self.lowest, color=LIGHT.below, lw=0.8, ls=(0, (4, 3)), zorder=0)

    def _mark(self, ax: Axes, i: int | None, color: str, name: str) -> None:
        """Draw a setting that matters as a larger point with its name above."""
        if i is None or (name == "best" and i == self.chosen):
            return
        at = self.counts[i], self.scores[i]
        ax.errorbar(*at, self.standard_errors[i], color=color, fmt="o", ms=7, lw=1.4, zorder=4)
        low, at_point, high = ax.xaxis.get_transform().transform([*ax.get_xbound(), at[0]])[
            [0, 2, 1]
        ]
        place = (at_point - low) / (high - low)
        # The best has more parameters than the chosen one, which keeps their names apart.
        right = place < 1 - _EDGE if name == "best" else place < _EDGE
        if i == self.best == self.chosen:
            name = "best and chosen"
            right = place < 0.5
        ax.annotate(
            name, at, (5 if right else -5, 6), textcoords="offset points",
            ha="left" if right else "right", color=color, fontsize=_FONT, zorder=5,
        )  # fmt: skip

    def _title(self) -> str:
        within = {"1se": "one standard error"}.get(self.tolerance, str(self.tolerance))
        noun, low = _NOUNS[self.kind], self.counts.min()
        if self.chosen is None:
            return f"Which setting within {within} of the best has the fewest {noun} is not known"
        count, one = self.counts[self.chosen], noun.endswith("parameters")
        one = one and count == 1
        fewest = f"{_amount(count)} {noun.removesuffix('s') if one else noun}"
        if self.chosen == self.best:
            if len(self.counts) > 1 and low == self.counts.max() and not self.n_left_out:
                return f"All settings have {fewest}, and the best score is chosen"
            if count == 0:
                return f"The best setting has {fewest}"
            return f"No setting within {within} of the best has fewer than its {fewest}"
        than_best = "" if self.best is None else f", which has {_amount(self.counts[self.best])}"
        return f"{fewest} score{'s' if one else ''} within {within} of the best{than_best}"


def _amount(count: float) -> str:
    return number(int(count)) if float(count).is_integer() else f"{count:.1f}"


def _of(cls: type[ParetoDisplay], found: Candidates) -> ParetoDisplay:
    """A display of the settings that are compared and whose count is known."""
    counts = {i: found.counts[i].ranked for i in found.front}
    drawn = [i for i, count in counts.items() if is_exact(count)]
    if not drawn:
        reasons = few(dict.fromkeys(filter(None, map(reason_of, counts.values()))))
        raise ValueError(
            f"{_NAME}: no setting has a count that is known: {reasons}. Pass X and y, and "
            "fit=True to count settings on a fit."
        )
    places = {i: place for place, i in enumerate(drawn)}
    best = found.scores.best
    return cls(
        counts=np.array([float(counts[i]) for i in drawn]),  # type: ignore[arg-type]
        scores=found.scores.means[drawn],
        standard_errors=found.scores.standard_errors[drawn],
        front=np.array([found.front[i] is True for i in drawn]),
        best=places.get(best),
        chosen=None if found.chosen is None else places.get(found.chosen),
        lowest=float(found.lowest),
        tolerance=found.request.tolerance,
        kind=found.request.kind,
        score_name=found.scores.name,
        n_left_out=len(counts) - len(drawn),
    )
