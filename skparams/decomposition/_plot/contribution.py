"""Which features make a component."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._explain.tables import feature_names
from skparams.decomposition._plot.display import (
    FONT,
    axes_of,
    check_count,
    component_index,
    finish,
    halo,
    model_of,
    note,
    percent,
    short,
)


class ContributionDisplay:
    """Contributions of the features to one component, the largest first.

    Features that grow with the component and those that fall with it differ in colour, and in
    the sign at their names. The line is what each would contribute if all did the same. Make it
    with `from_estimator`.

    Parameters
    ----------
    contributions : ndarray of shape (n_features,)
        Shares of the features in the component.
    signs : ndarray of shape (n_features,)
        Of their entries.
    feature_names : sequence of str
        Names of the features.
    component_name : str
        Name of the component.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn in.
    figure_ : matplotlib Figure
        Its figure.
    bars_ : matplotlib BarContainer
        One bar a feature that is shown, from the top.
    even_ : matplotlib Line2D
        The contribution of a feature if all were the same.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skparams import PCA, ContributionDisplay
    >>> X = load_wine(as_frame=True).data
    >>> pca = PCA(n_components=2, scale=True).fit(X)
    >>> display = ContributionDisplay.from_estimator(pca, component="pca1")
    >>> display.ax_.get_yticklabels()[0].get_text()
    'color_intensity +'
    """

    def __init__(self, *, contributions, signs, feature_names, component_name):
        self.contributions = contributions
        self.signs = signs
        self.feature_names = feature_names
        self.component_name = component_name

    @classmethod
    def from_estimator(cls, estimator, X=None, *, component=0, n_features=15, ax=None):
        """Draw the contributions to a component of a fitted PCA.

        Parameters
        ----------
        estimator : PCA or RotatedPCA, or an estimator with one inside it
            Fitted; see `explain` for where it is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows, needed only where the PCA is inside another estimator.
        component : int or str, default=0
            Which one, by position or by name.
        n_features : int, default=15
            How many features have a bar, 1 or more, the largest ones.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        display : ContributionDisplay
            What was drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_count(n_features, f"{what}: n_features")
        pca, _ = model_of(estimator, X, what, rotated=True)
        names = pca.get_feature_names_out()
        i = component_index(names, component, what)
        display = cls(
            contributions=pca.feature_table("contributions", as_frame=False)[:, i],
            signs=np.sign(pca.feature_table("loadings", as_frame=False)[:, i]),
            feature_names=feature_names(pca),
            component_name=names[i],
        )
        return display.plot(ax, n_features=n_features)

    def plot(self, ax=None, *, n_features=15):
        """Draw it.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        n_features : int, default=15
            How many features have a bar, 1 or more, the largest ones.

        Returns
        -------
        display : ContributionDisplay
            Itself.
        """
        check_count(n_features, "ContributionDisplay: n_features")
        p = len(self.contributions)
        order = np.argsort(-np.asarray(self.contributions), kind="stable")
        shown = order[:n_features]
        rest = p - len(shown)
        shares = 100 * self.contributions[shown]
        names = [f"{short(self.feature_names[j])} {_sign(self.signs[j])}" for j in shown]
        colors = [LIGHT.above if self.signs[j] >= 0 else LIGHT.below for j in shown]
        self.ax_ = ax = axes_of(ax, (6, 1.2 + 0.21 * len(names)), type(self).__name__)
        self.figure_ = ax.figure
        self.bars_ = ax.barh(range(len(names)), shares, height=0.72, color=colors)
        words = [percent(share / 100) for share in shares]
        for text in ax.bar_label(self.bars_, words, padding=3, fontsize=FONT - 1):
            halo(text)
        self.even_ = ax.axvline(100 / p, color=LIGHT.ink, lw=0.9, ls=(0, (4, 3)))
        ax.set_yticks(range(len(names)), names, fontsize=FONT)
        ax.set(ylim=(len(names) - 0.4, -0.6), xlim=(0, 1.14 * max(shares.max(), 100 / p)))
        ax.set_xlabel("share of the component (%); dashed: all features the same")
        if rest:
            note(ax, f"{rest} others make {percent(1 - shares.sum() / 100)}")
        finish(ax, self._title(order), spines=("bottom",))
        ax.tick_params(axis="y", length=0)
        return self

    def _title(self, order: np.ndarray) -> str:
        """Say how few features make the larger half."""
        sums = np.cumsum(self.contributions[order])
        n = int(np.searchsorted(sums, 0.5)) + 1
        name, noun = short(self.component_name), "feature makes" if n == 1 else "features make"
        return f"{n} of {len(order)} {noun} {percent(sums[n - 1])} of {name}"


def _sign(sign: Any) -> str:
    return "+" if sign > 0 else "−" if sign < 0 else ""
