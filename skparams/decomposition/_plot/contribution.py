"""Which features contribute to a component."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._explain import check_count, index_of
from skparams.decomposition._plot.display import (
    LABEL_LENGTH,
    Display,
    check_label_length,
    counted,
    font_of,
    note,
    outline_text,
    percent,
)


@dataclass(eq=False, repr=False, kw_only=True)
class ContributionDisplay(Display):
    """Contributions of the features to one component, the largest first.

    Color and sign tell features that grow with the component from those that fall with it. The line
    is the contribution of each feature if all were equal. `from_estimator` makes one.

    Parameters
    ----------
    contributions : ndarray of shape (n_features,)
        Shares of the features in the component.
    signs : ndarray of shape (n_features,)
        Signs of their entries.
    feature_names : sequence of str
        Names of the features.
    component_name : str
        Name of the component.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    bars_ : matplotlib BarContainer
        One bar a feature that is shown, from the top.
    even_ : matplotlib Line2D
        The contribution of a feature if all were equal.

    See Also
    --------
    ScreeDisplay : Draws the share of the variance of each component.
    explain : Returns the contributions as a table.

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

    contributions: Any
    signs: Any
    feature_names: Any
    component_name: Any

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        *,
        component=0,
        n_features=15,
        label_length=LABEL_LENGTH,
        ax=None,
    ) -> Self:
        """Draw the contributions to a component of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, RotatedPCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows, from which features without names in the estimator get theirs.
        component : int or str, default=0
            Which component, by position or by name.
        n_features : int, default=15
            How many features have a bar, 1 or more, the largest ones.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : ContributionDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_count(n_features, f"{what}: n_features")
        check_label_length(label_length, what)
        found = cls._explain(estimator, X, rotated=True, needs_rows=False)
        i = index_of(component, found.component_names, what, "component")
        display = cls(
            contributions=found.contributions[:, i],
            signs=np.sign(found.loadings[:, i]),
            feature_names=found.feature_names,
            component_name=found.component_names[i],
        )
        return display.plot(ax, n_features=n_features, label_length=label_length)

    def plot(self, ax=None, *, n_features=15, label_length=LABEL_LENGTH) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        n_features : int, default=15
            How many features have a bar, 1 or more, the largest ones.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.

        Returns
        -------
        display : ContributionDisplay
            The display.
        """
        check_count(n_features, f"{type(self).__name__}: n_features")
        p = len(self.contributions)
        order = np.argsort(-np.asarray(self.contributions), kind="stable")
        shown = order[:n_features]
        rest = p - len(shown)
        shares = 100 * self.contributions[shown]
        colors = [LIGHT.above if self.signs[j] >= 0 else LIGHT.below for j in shown]
        ax = self._start(ax, (6, 1.2 + 0.21 * len(shown)), label_length)
        names = self._texts(self.feature_names[j] for j in shown)
        names = [f"{name} {_sign(self.signs[j])}" for name, j in zip(names, shown, strict=True)]
        self.bars_ = ax.barh(range(len(names)), shares, height=0.72, color=colors)
        words = [percent(share / 100) for share in shares]
        for text in ax.bar_label(self.bars_, words, padding=3, fontsize=font_of(ax) - 1):
            outline_text(text)
        self.even_ = ax.axvline(100 / p, color=LIGHT.ink, lw=0.9, ls=(0, (4, 3)))
        ax.set_yticks(range(len(names)), names)
        ax.set(ylim=(len(names) - 0.4, -0.6), xlim=(0, 1.14 * max(shares.max(), 100 / p)))
        ax.set_xlabel("share of the component (%); dashed: all features the same")
        if rest:
            note(ax, f"{rest} others make {percent(1 - shares.sum() / 100)}")
        self._style(self._title(order), spines=("bottom",))
        ax.tick_params(axis="y", length=0)
        return self._finish()

    def _title(self, order: np.ndarray) -> str:
        """Title with the smallest number of features that make half of the component."""
        sums = np.cumsum(self.contributions[order])
        n = int(np.searchsorted(sums, 0.5)) + 1
        how_many = counted(n, len(order), "feature", "makes", "make")
        return f"{how_many} {percent(sums[n - 1])} of {self._text(self.component_name)}"


def _sign(sign: Any) -> str:
    return "+" if sign > 0 else "−" if sign < 0 else ""
