"""The circle of correlations: which features go with two components, and with one another."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._explain.tables import feature_names
from skparams.decomposition._plot.display import (
    axes_of,
    axis_label,
    check_count,
    finish,
    model_of,
    note,
    pair_of,
    percent,
    short,
)
from skparams.decomposition._plot.labels import Label, along, place

# Arrows are thinner where there are more; those without a name are pale.
MANY = 40
PALE = 0.3


class CorrelationCircleDisplay:
    """Correlations of the features with two components, as arrows in the unit circle.

    The squared length of an arrow is the share of the feature's variance that both components
    explain: near the circle, they show it well, and the angle between two such features tells
    their correlation. Make it with `from_estimator`.

    Parameters
    ----------
    correlations : ndarray of shape (n_features, 2)
        Correlations with both components.
    feature_names : sequence of str
        Names of the features.
    component_names : sequence of str
        Names of both components.
    ratios : ndarray of shape (2,)
        Their shares in the variance.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn in.
    figure_ : matplotlib Figure
        Its figure.
    arrows_ : matplotlib Quiver
        One arrow a feature.
    labels_ : list of matplotlib Annotation
        Names of the features, of the longest arrows first, as far as there is room.

    References
    ----------
    .. [1] Abdi and Williams, "Principal component analysis", WIREs Computational Statistics 2,
       2010.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skparams import PCA, CorrelationCircleDisplay
    >>> X = load_wine(as_frame=True).data
    >>> pca = PCA(n_components=2, scale=True).fit(X)
    >>> display = CorrelationCircleDisplay.from_estimator(pca)
    >>> display.labels_[0].get_text()
    'flavanoids'
    """

    def __init__(self, *, correlations, feature_names, component_names, ratios):
        self.correlations = correlations
        self.feature_names = feature_names
        self.component_names = component_names
        self.ratios = ratios

    @classmethod
    def from_estimator(cls, estimator, X=None, *, components=(0, 1), max_labels=None, ax=None):
        """Draw the correlations of a fitted PCA.

        Parameters
        ----------
        estimator : PCA or RotatedPCA, or an estimator with one inside it
            Fitted; see `explain` for where it is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows, needed only where the PCA is inside another estimator.
        components : pair of int or str, default=(0, 1)
            The horizontal and the vertical one, by position or by name.
        max_labels : int, default=None
            How many features are named at most, 0 or more; by default all that there is room for.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        display : CorrelationCircleDisplay
            What was drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_count(max_labels, f"{what}: max_labels", least=0, or_none=True)
        pca, _ = model_of(estimator, X, what, rotated=True)
        names = pca.get_feature_names_out()
        pair = list(pair_of(names, components, what))
        display = cls(
            correlations=pca.feature_table("correlations", as_frame=False)[:, pair],
            feature_names=feature_names(pca),
            component_names=[names[i] for i in pair],
            ratios=pca.explained_variance_ratio_[pair],
        )
        return display.plot(ax, max_labels=max_labels)

    def plot(self, ax=None, *, max_labels=None):
        """Draw it.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        max_labels : int, default=None
            How many features are named at most, 0 or more; by default all that there is room for.

        Returns
        -------
        display : CorrelationCircleDisplay
            Itself.
        """
        check_count(max_labels, "CorrelationCircleDisplay: max_labels", least=0, or_none=True)
        self.ax_ = ax = axes_of(ax, (6, 5.3), type(self).__name__)
        self.figure_ = ax.figure
        turn = np.linspace(0, 2 * np.pi, 200)
        ax.plot(np.cos(turn), np.sin(turn), color=LIGHT.quiet, lw=0.8)
        ax.axhline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        ax.axvline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        ax.set(xlim=(-1.4, 1.4), ylim=(-1.15, 1.15), aspect="equal")
        ticks = [-1, -0.5, 0, 0.5, 1]
        ax.set(xticks=ticks, yticks=ticks)
        self.arrows_ = draw_arrows(ax, self.correlations)
        ax.set_xlabel(axis_label(self.component_names[0], self.ratios[0]))
        ax.set_ylabel(axis_label(self.component_names[1], self.ratios[1]))
        total = percent(float(np.sum(self.ratios)))
        finish(ax, f"Correlations with two components, {total} of the variance", spines=())
        self.labels_ = label_arrows(
            self.arrows_, self.correlations, self.feature_names, max_labels, LIGHT.above
        )
        return self


def draw_arrows(ax: Any, tips: np.ndarray) -> Any:
    """Draw arrows from the origin."""
    zeros = np.zeros(len(tips))
    return ax.quiver(
        zeros,
        zeros,
        *tips.T,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.004 if len(tips) <= MANY else 0.003,
        headwidth=4.5,
        headlength=6,
        headaxislength=5.5,
        zorder=3,
    )


def label_arrows(
    arrows: Any, tips: np.ndarray, names: Any, most: int | None, color: str
) -> list[Any]:
    """Name the longest arrows first, say how many have no name, and draw those pale."""
    ax, lengths = arrows.axes, np.hypot(*tips.T)
    labels = {
        int(j): Label(tips[j, 0], tips[j, 1], short(names[j]), np.arctan2(tips[j, 1], tips[j, 0]))
        for j in np.argsort(-lengths, kind="stable")
        if lengths[j] > 0
    }
    label = ax.get_xlabel()
    note(ax, " ")  # so that the layout has room for a note
    drawn = place(ax, list(labels.values()), along(tips), most=most)
    ax.set_xlabel(label)
    named = {list(labels)[i] for i in drawn}
    alphas = [1.0 if j in named else PALE for j in range(len(names))]
    arrows.set_color([(color, alpha) for alpha in alphas])
    if len(named) < len(names):
        left = len(names) - len(named)
        note(ax, f"pale: {left} of {len(names)} features, without a name")
    return list(drawn.values())
