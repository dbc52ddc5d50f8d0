"""The course of training as a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skparams._report import LIGHT, clean, new_axes

FONT = 9.0
# Axes of this width, in inches, have a legend of two columns.
TWO_COLUMNS = 3.5
# Losses are drawn on a logarithmic axis from this ratio between the largest and the smallest.
WIDE_RANGE = 20
# Attributes by which estimators hold the network that they fitted.
INNER = ("best_estimator_", "regressor_", "estimator_")


@dataclass(eq=False, repr=False, kw_only=True)
class LossCurveDisplay:
    """Loss curve: the loss of each epoch in training and validation, and the validation score.

    `from_estimator` makes one.

    Parameters
    ----------
    history : dict of str to array-like of shape (n_epochs,)
        The columns of `history_` of `MLPClassifier` and `MLPRegressor`: 'loss', and optionally
        'epoch', 'validation_loss' and 'validation_score'. NaN is not drawn.
    best_epoch : int, default=None
        The epoch that is marked as the best.
    score_name : str, default=None
        What the validation score is. None leaves it away, as where it is the negative loss.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes of the losses.
    score_ax_ : matplotlib Axes or None
        The axes of the score, at the right.
    figure_ : matplotlib Figure
        The figure of the axes.
    training_loss_, validation_loss_, validation_score_ : matplotlib Line2D or None
        The curves.
    best_epoch_ : matplotlib Line2D or None
        The vertical line at the best epoch.
    legend_ : matplotlib Legend
        The legend, above the axes.

    See Also
    --------
    MLPClassifier : Its attribute `history_` is what is drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skparams import LossCurveDisplay, MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier(
    ...     early_stopping=True, scoring="loss", learning_rate_init=0.01, random_state=0
    ... ).fit(X, y)
    >>> display = LossCurveDisplay.from_estimator(clf)
    >>> display.ax_.get_xlabel(), display.ax_.get_ylabel()
    ('epoch', 'loss')
    """

    history: Any
    best_epoch: Any = None
    score_name: Any = None

    @classmethod
    def from_estimator(cls, estimator, *, ax=None) -> Self:
        """Draw the course of the training of a network.

        The epoch with the best validation score of the last fit is marked; with `early_stopping`
        these are the weights that the network has. Of an ensemble for tables the means over its
        members are drawn, and no epoch is marked, as each member has a best one of its own.

        Parameters
        ----------
        estimator : MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor, \
Pipeline or search
            A fitted network, scikit-learn's included, or an estimator that ends in one.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : LossCurveDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        network = _network(estimator)
        check_is_fitted(network)
        history = _history(network, what)
        best, name = None, None
        if "validation_score" in history:
            n_last = min(getattr(network, "n_iter_", np.inf), len(history["loss"]))
            scores = np.asarray(history["validation_score"])[-n_last:]
            if np.isfinite(scores).any() and not hasattr(network, "members_"):
                first = len(history["loss"]) - n_last
                best = int(history["epoch"][first + np.nanargmax(scores)])
            name = _score_name(network)
        return cls(history=history, best_epoch=best, score_name=name).plot(ax)

    def plot(self, ax=None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : LossCurveDisplay
            The display.
        """
        columns = {name: np.asarray(column) for name, column in self.history.items()}
        epochs = columns.get("epoch", np.arange(1, len(columns["loss"]) + 1))
        self.ax_: Any = new_axes() if ax is None else ax
        ax = self.ax_
        self.figure_ = ax.figure
        self.training_loss_ = _curve(
            ax, epochs, columns["loss"], color=LIGHT.above, label="training loss"
        )
        self.score_ax_: Any = None
        self.validation_loss_ = self.validation_score_ = None
        if "validation_loss" in columns:
            losses = columns["validation_loss"]
            self.validation_loss_ = _curve(
                ax, epochs, losses, color=LIGHT.below, label="validation loss"
            )
        lbfgs = np.isnan(columns.get("learning_rate", 0.0)).all()
        ax.set(xlabel="iteration" if lbfgs else "epoch", ylabel="loss")
        ax.xaxis.get_major_locator().set_params(integer=True)
        _scale(ax, [line for line in (self.training_loss_, self.validation_loss_) if line])
        if "validation_score" in columns and self.score_name is not None:
            self._draw_score(epochs, columns["validation_score"])
        self.best_epoch_ = None
        if self.best_epoch is not None:
            style: dict[str, Any] = {"color": LIGHT.ink, "lw": 0.8, "ls": (0, (1, 2)), "zorder": 1}
            style["label"] = f"best {ax.get_xlabel()}: {self.best_epoch:,}"
            self.best_epoch_ = ax.axvline(self.best_epoch, **style)
        self._style()
        return self

    def _draw_score(self, epochs: np.ndarray, scores: np.ndarray) -> None:
        """Draw the score in axes of its own, at the right."""
        self.score_ax_ = twin = self.ax_.twinx()
        name = clean(str(self.score_name)).replace("$", r"\$")
        style = {"color": LIGHT.groups[2], "label": f"validation {name}", "ls": (0, (4, 1.5))}
        self.validation_score_ = _curve(twin, epochs, scores, **style)
        twin.set_ylabel(name, color=style["color"])
        twin.tick_params(axis="y", colors=style["color"])
        twin.spines["right"].set_color(style["color"])

    def _style(self) -> None:
        """Set the fonts, hide the other spines, and place the legend above the axes."""
        axes = [axes for axes in (self.ax_, self.score_ax_) if axes is not None]
        for each, side in zip(axes, ("left", "right"), strict=False):
            each.tick_params(labelsize=FONT)
            for axis in (each.xaxis, each.yaxis):
                axis.label.set_size(FONT)
            for place, spine in each.spines.items():
                spine.set_visible(place in (side, "bottom"))
        curves = self.training_loss_, self.validation_loss_, self.validation_score_
        handles = [line for line in (*curves, self.best_epoch_) if line is not None]
        dpi = self.figure_.get_dpi()
        self.legend_ = self.ax_.legend(
            handles=handles,
            fontsize=FONT,
            frameon=False,
            ncols=2 if self.ax_.get_window_extent().width >= TWO_COLUMNS * dpi else 1,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
        )


def _curve(ax: Any, epochs: np.ndarray, values: np.ndarray, **style: Any) -> Any:
    """A line, or a point where there is only one value."""
    marker = {"marker": "o", "ms": 4} if np.isfinite(values).sum() == 1 else {}
    return ax.plot(epochs, values, lw=1.5, **marker, **style)[0]


def _scale(ax: Any, lines: list[Any]) -> None:
    """Set a logarithmic axis where losses differ in magnitude."""
    from matplotlib.ticker import LogLocator, NullFormatter

    values = np.concatenate([line.get_ydata() for line in lines])
    values = values[np.isfinite(values)]
    if not values.size or not 0 < values.min() < values.max() / WIDE_RANGE:
        return
    ax.set_yscale("log")
    # Powers of ten alone are too few labels within two decades.
    few = values.max() < 100 * values.min()
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def _network(estimator: Any) -> Any:
    """The network in a pipeline or a search, or the estimator itself."""
    found = estimator
    while found is not None:
        estimator, found = found, None
        if isinstance(estimator, Pipeline):
            found = estimator.steps[-1][1]
        for name in INNER:
            found = getattr(estimator, name, None) if found is None else found
    return estimator


def _history(network: Any, what: str) -> Mapping[str, Any]:
    """`history_` of a network, or the part of it that scikit-learn's has."""
    if hasattr(network, "history_"):
        history = network.history_
    elif hasattr(network, "loss_curve_"):
        losses = network.loss_curve_
        history = {"epoch": np.arange(1, len(losses) + 1), "loss": losses}
        scores = getattr(network, "validation_scores_", None) or []
        if len(scores) == len(losses):
            history["validation_score"] = scores
    else:
        raise TypeError(
            f"{what}: estimator must be a fitted network of skparams that has its history_ (slim "
            f"and save_params leave it out), or end in one, got {type(network).__name__}."
        )
    if not len(history["loss"]):
        raise ValueError(f"{what}: {type(network).__name__} has no complete epoch.")
    return history


def _score_name(network: Any) -> str | None:
    """What the validation score is called; None if it is the negative loss."""
    scoring = getattr(network, "scoring", None)
    if scoring is None:
        return "accuracy" if is_classifier(network) else "R²"
    if isinstance(scoring, str):
        return None if scoring == "loss" else scoring.replace("_", " ")
    return "score"
