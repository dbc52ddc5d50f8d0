"""The circle of correlations: how features correlate with two components and one another."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._explain import check_count
from skparams.decomposition._plot.display import (
    LABEL_LENGTH,
    PlaneDisplay,
    check_label_length,
    check_max_labels,
    component_pair,
    note,
)
from skparams.decomposition._plot.labels import (
    about_left_out,
    best_features,
    draw_arrows,
    label_arrows,
)
from skparams.decomposition._plot.rows import circle

# Features that are drawn by default.
MAX_FEATURES = 25


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
        One arrow a feature that is drawn, the longest first.
    labels_ : list of matplotlib Annotation
        Their names in the same order, as far as there is room.

    See Also
    --------
    BiplotDisplay : Draws rows and features.
    explain : Returns the correlations as a table.

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
        cls,
        estimator,
        X=None,
        *,
        components=(0, 1),
        n_features=MAX_FEATURES,
        max_labels=None,
        label_length=LABEL_LENGTH,
        ax=None,
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
        n_features : int, default=25
            Maximum number of features that are drawn, the best represented: those of whose
            variance both components explain most. A note counts the others.
        max_labels : int, default=None
            Maximum number of features that are named; by default all that there is room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : CorrelationCircleDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_arrows(n_features, max_labels, label_length, what)
        found = cls._explain(estimator, X, rotated=True, needs_rows=False)
        pair = component_pair(found.component_names, components, what)
        display = cls(
            correlations=found.correlations[:, pair],
            feature_names=found.feature_names,
            component_names=[found.component_names[i] for i in pair],
            ratios=found.pca.explained_variance_ratio_[pair],
        )
        return display.plot(
            ax, n_features=n_features, max_labels=max_labels, label_length=label_length
        )

    def plot(
        self, ax=None, *, n_features=MAX_FEATURES, max_labels=None, label_length=LABEL_LENGTH
    ) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        n_features : int, default=25
            Maximum number of features that are drawn, the best represented: those of whose
            variance both components explain most. A note counts the others.
        max_labels : int, default=None
            Maximum number of features that are named; by default all that there is room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.

        Returns
        -------
        display : CorrelationCircleDisplay
            The display.
        """
        check_arrows(n_features, max_labels, label_length, type(self).__name__)
        ax = self._start_plane(ax, (6, 5.3), label_length)
        ax.plot(*circle().T, color=LIGHT.quiet, lw=0.8)
        ticks = [-1, -0.5, 0, 0.5, 1]
        ax.set(xlim=(-1.4, 1.4), ylim=(-1.15, 1.15), aspect="equal", xticks=ticks, yticks=ticks)
        correlations = np.asarray(self.correlations)
        drawn = best_features(np.hypot(*correlations.T), n_features)
        tips, left = correlations[drawn], len(correlations) - len(drawn)
        self.arrows_ = draw_arrows(ax, tips)
        self._name_axes(f"Correlations with two components, {self._share()}", spines=())
        self._fit()
        names = self._texts(self.feature_names[j] for j in drawn)
        notes = [about_left_out(left)] if left else []
        reserve = "\n".join([*notes, " "])
        self.labels_, pale = label_arrows(
            self.arrows_, tips, names, max_labels, reserve, LIGHT.above
        )
        note(ax, "\n".join([*notes, pale] if pale else notes))
        return self._finish()


def check_arrows(n_features: Any, max_labels: Any, label_length: Any, what: str) -> None:
    """Raise an error for numbers of features, names and characters that are not allowed."""
    check_count(n_features, f"{what}: n_features")
    check_max_labels(max_labels, what)
    check_label_length(label_length, what)
