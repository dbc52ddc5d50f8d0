"""The figure of a capacity curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._capacity.plot import check_style, draw
from skparams._capacity.record import CapacityCurve
from skparams._capacity.verb import capacity_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False, repr=False)
class CapacityCurveDisplay:
    """Scores or losses of the training and the validation rows against the learned parameters.

    A line is the mean over the folds, a band one standard deviation around it, as far as any fold
    reaches. The dotted line is where the parameters are as many as the training rows times the
    outputs: from there on a model may fit all of them. The ring is the best validation value. If
    the number of parameters is not known, or is the same for all settings, the settings are drawn
    in their order. `from_estimator` makes one.

    Parameters
    ----------
    curve : CapacityCurve
        What `capacity_curve` returns.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    lines_ : list of matplotlib Line2D
        The means.
    fill_between_ : list of matplotlib PolyCollection, or None
        The bands, with `std_display_style="fill_between"`.
    errorbar_ : list of matplotlib ErrorbarContainer, or None
        The bars, with `std_display_style="errorbar"`.
    threshold_ : matplotlib Polygon, or None
        Where the parameters are as many as the training rows times the outputs.

    See Also
    --------
    capacity_curve : Computes what is drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skparams import CapacityCurveDisplay
    >>> X, y = load_diabetes(return_X_y=True)
    >>> display = CapacityCurveDisplay.from_estimator(
    ...     DecisionTreeRegressor(random_state=0),
    ...     X, y, param_name="max_leaf_nodes", param_range=[2, 8, 200],
    ... )
    >>> display.ax_.get_title(loc="left")
    'Validation R² is best at 15 parameters; more overfit'
    """

    curve: CapacityCurve
    lines_: list[Any] = field(default_factory=list, init=False)
    fill_between_: list[Any] | None = field(default=None, init=False)
    errorbar_: list[Any] | None = field(default=None, init=False)
    threshold_: Any = field(default=None, init=False)
    ax_: Any = field(default=None, init=False)
    figure_: Any = field(default=None, init=False)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        param_name: str,
        param_range: Iterable[Any],
        groups: Any = None,
        cv: Any = None,
        scoring: Any = None,
        loss: Any = None,
        kind: str = "stored",
        n_jobs: int | None = None,
        error_score: Any = np.nan,
        params: Mapping[str, Any] | None = None,
        ax: Axes | None = None,
        metric: str = "score",
        negate_score: bool = False,
        score_name: str | None = None,
        score_type: str = "both",
        std_display_style: str | None = "fill_between",
        line_kw: Mapping[str, Any] | None = None,
        fill_between_kw: Mapping[str, Any] | None = None,
        errorbar_kw: Mapping[str, Any] | None = None,
    ) -> CapacityCurveDisplay:
        """Compute a capacity curve and draw it.

        Parameters
        ----------
        estimator : estimator
            It is cloned for each fit.
        X : array-like of shape (n_samples, n_features)
            The rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            The targets.
        param_name : str
            Name of the hyperparameter that varies.
        param_range : iterable
            Its values.
        groups : array-like of shape (n_samples,), default=None
            As in `capacity_curve`.
        cv : int, cross-validation generator or iterable, default=None
            As in `capacity_curve`.
        scoring : str or callable, default=None
            As in `capacity_curve`.
        loss : str or callable, default=None
            As in `capacity_curve`.
        kind : {"stored", "free", "nonzero", "effective"}, default="stored"
            As in `capacity_curve`.
        n_jobs : int, default=None
            As in `capacity_curve`.
        error_score : "raise" or float, default=nan
            As in `capacity_curve`.
        params : dict, default=None
            As in `capacity_curve`.
        ax : matplotlib Axes, default=None
            As in `plot`.
        metric : {"score", "loss"}, default="score"
            As in `plot`.
        negate_score : bool, default=False
            As in `plot`.
        score_name : str, default=None
            As in `plot`.
        score_type : {"test", "train", "both"}, default="both"
            As in `plot`.
        std_display_style : {"errorbar", "fill_between"} or None, default="fill_between"
            As in `plot`.
        line_kw : dict, default=None
            As in `plot`.
        fill_between_kw : dict, default=None
            As in `plot`.
        errorbar_kw : dict, default=None
            As in `plot`.

        Returns
        -------
        CapacityCurveDisplay
            The figure; its `curve` has the numbers.
        """
        check_style(metric, score_type, std_display_style)
        curve = capacity_curve(
            estimator, X, y, param_name=param_name, param_range=param_range, groups=groups, cv=cv,
            scoring=scoring, loss=loss, kind=kind, n_jobs=n_jobs, error_score=error_score,
            params=params,
        )  # fmt: skip
        return cls(curve).plot(
            ax, metric=metric, negate_score=negate_score, score_name=score_name,
            score_type=score_type, std_display_style=std_display_style, line_kw=line_kw,
            fill_between_kw=fill_between_kw, errorbar_kw=errorbar_kw,
        )  # fmt: skip

    def plot(
        self,
        ax: Axes | None = None,
        *,
        metric: str = "score",
        negate_score: bool = False,
        score_name: str | None = None,
        score_type: str = "both",
        std_display_style: str | None = "fill_between",
        line_kw: Mapping[str, Any] | None = None,
        fill_between_kw: Mapping[str, Any] | None = None,
        errorbar_kw: Mapping[str, Any] | None = None,
    ) -> CapacityCurveDisplay:
        """Draw the figure.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        metric : {"score", "loss"}, default="score"
            What to draw.
        negate_score : bool, default=False
            Whether to draw the scores with the opposite sign, as for a scorer whose name begins
            with "neg".
        score_name : str, default=None
            What to write at the axis; by default the name of the score or the loss.
        score_type : {"test", "train", "both"}, default="both"
            Whose values to draw: those of the validation rows, of the training rows, or both.
        std_display_style : {"errorbar", "fill_between"} or None, default="fill_between"
            How to draw the standard deviation over the folds.
        line_kw : dict, default=None
            Arguments for the lines.
        fill_between_kw : dict, default=None
            Arguments for the bands.
        errorbar_kw : dict, default=None
            Arguments for the error bars.

        Returns
        -------
        CapacityCurveDisplay
            The display itself.
        """
        drawn = draw(
            self.curve, ax, metric=metric, negate_score=negate_score, score_name=score_name,
            score_type=score_type, std_display_style=std_display_style, line_kw=line_kw,
            fill_between_kw=fill_between_kw, errorbar_kw=errorbar_kw,
        )  # fmt: skip
        self.ax_, self.figure_ = drawn.ax, drawn.ax.figure
        self.lines_, self.fill_between_, self.errorbar_ = drawn.lines, drawn.bands, drawn.bars
        self.threshold_ = drawn.threshold
        return self
