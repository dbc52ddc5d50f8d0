"""The circle of correlations: how features correlate with two components and one another."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._plot.display import PlaneDisplay, check_max_labels, component_pair
from skparams.decomposition._plot.labels import draw_arrows, label_arrows


@dataclass(eq=False, repr=False, kw_only=True)
class CorrelationCircleDisplay(PlaneDisplay):
    """Correlations of the features with two components, as arrows in the unit circle.

    The squared length of an arrow is the share of the feature's variance that both components
    explain. They show features near the circle well, and the cosine of the angle between two such
    arrows is near the correlation of the features. `from_estimator` makes one.

    Parameters
    ----------
    correlations : ndarray of shape (n_features, 2)
        Correlations with both components.
    feature_names : sequence of str
        Names of the features.
    component_names : sequence of str
        Names of both components.
    ratios : ndarray of shape (2,)
        Their explained-variance ratios.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
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

    correlations: Any
    feature_names: Any
    component_names: Any
    ratios: Any

    @classmethod
    def from_estimator(
        cls, estimator, X=None, *, components=(0, 1), max_labels=None, ax=None
    ) -> Self:
        """Draw the correlations of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, RotatedPCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows, from which features without names in the estimator get theirs.
        components : pair of int or str, default=(0, 1)
            The horizontal and the vertical component, by position or by name.
        max_labels : int, default=None
            Maximum number of features that are named; by default all that there is room for.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : CorrelationCircleDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_max_labels(max_labels, what)
        found = cls._explain(estimator, X, rotated=True, needs_rows=False)
        pair = component_pair(found.component_names, components, what)
        display = cls(
            correlations=found.correlations[:, pair],
            feature_names=found.feature_names,
            component_names=[found.component_names[i] for i in pair],
            ratios=found.pca.explained_variance_ratio_[pair],
        )
        return display.plot(ax, max_labels=max_labels)

    def plot(self, ax=None, *, max_labels=None) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        max_labels : int, default=None
            Maximum number of features that are named; by default all that there is room for.

        Returns
        -------
        display : CorrelationCircleDisplay
            The display.
        """
        check_max_labels(max_labels, type(self).__name__)
        ax = self._start_plane(ax, (6, 5.3))
        turn = np.linspace(0, 2 * np.pi, 200)
        ax.plot(np.cos(turn), np.sin(turn), color=LIGHT.quiet, lw=0.8)
        ticks = [-1, -0.5, 0, 0.5, 1]
        ax.set(xlim=(-1.4, 1.4), ylim=(-1.15, 1.15), aspect="equal", xticks=ticks, yticks=ticks)
        self.arrows_ = draw_arrows(ax, self.correlations)
        self._name_axes("Correlations with two components", spines=())
        self.labels_ = label_arrows(
            self.arrows_, self.correlations, self.feature_names, max_labels, LIGHT.above
        )
        return self
