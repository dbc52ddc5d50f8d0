"""The biplot: rows and features of a PCA in one figure."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._plot.circle import MAX_FEATURES, check_arrows
from skparams.decomposition._plot.display import LABEL_LENGTH, component_pair, note
from skparams.decomposition._plot.labels import (
    about_left_out,
    along,
    best_features,
    draw_arrows,
    label_arrows,
)
from skparams.decomposition._plot.rows import RowsDisplay, checked_names, checked_y

# Length of the longest arrow over the largest score.
LONGEST_ARROW = 0.95
# Width of the axes over their height.
SHAPE = 1.2


@dataclass(eq=False, repr=False, kw_only=True)
class BiplotDisplay(RowsDisplay):
    """Rows as points and features as arrows, on two components.

    Points are scores, and arrows are the features' entries in both components, times one factor.
    The projection of a row on the line of an arrow is proportional to the row's deviation in that
    feature, as far as both components show it. `from_estimator` makes one.

    Parameters
    ----------
    coordinates : ndarray of shape (n_samples, 2)
        Scores of the rows.
    directions : ndarray of shape (n_features, 2)
        Entries of the features.
    feature_names : sequence of str
        Names of the features.
    component_names : sequence of str
        Names of both components.
    ratios : ndarray of shape (2,)
        Their explained-variance ratios.
    y : ndarray of shape (n_samples,), default=None
        Groups of the rows, at most 12, or numbers.
    y_name : str, default=None
        Name of the numbers.
    row_names : sequence of str, default=None
        Names of the rows.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    points_ : list of matplotlib PathCollection
        The rows, of each group.
    colorbar_ : matplotlib Colorbar or None
        The colors of numbers.
    ellipses_ : list of matplotlib Line2D
        An ellipse around each group that has enough rows.
    row_labels_ : list of matplotlib Annotation
        Names of the rows that are furthest from the mean, as far as there is room.
    groups_ : list of matplotlib Text
        Names of the groups, each in the middle of its rows, or near it if names would overlap.
    arrows_ : matplotlib Quiver
        One arrow a feature that is drawn, the best represented first.
    labels_ : list of matplotlib Annotation
        Their names in the same order, as far as there is room.
    factor_ : float
        The factor of the arrows.

    See Also
    --------
    ScoreDisplay : Draws the rows only.
    CorrelationCircleDisplay : Draws the features only.

    References
    ----------
    .. [1] Gabriel, "The biplot graphic display of matrices with application to principal component
       analysis", Biometrika 58, 1971.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skparams import PCA, BiplotDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> pca = PCA(n_components=2, scale=True).fit(X)
    >>> display = BiplotDisplay.from_estimator(pca, X, y)
    >>> [text.get_text() for text in display.groups_]
    ['0', '1', '2']
    """

    coordinates: Any
    directions: Any
    feature_names: Any
    component_names: Any
    ratios: Any
    y: Any = None
    y_name: Any = None
    row_names: Any = None

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        y=None,
        *,
        components=(0, 1),
        n_features=MAX_FEATURES,
        row_names=None,
        ellipses=False,
        max_labels=None,
        label_length=LABEL_LENGTH,
        ax=None,
    ) -> Self:
        """Draw rows and features of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The rows, of training or others; needed unless an Explanation has them.
        y : array-like of shape (n_samples,), default=None
            Colors of the rows. At most 12 different values are groups, such as classes, each with
            a color and a marker; more different numbers have a color bar. None may be missing.
        components : pair of int or str, default=(0, 1)
            The horizontal and the vertical component, by position or by name.
        n_features : int, default=25
            Maximum number of features that are drawn, the best represented: those of whose
            variance both components explain most. A note counts the others.
        row_names : array-like of shape (n_samples,), default=None
            Names of the rows, such as ``X.index``, of which those furthest from the mean are shown
            as far as there is room; by default none.
        ellipses : bool, default=False
            Whether to draw an ellipse around each group, which 95 % of the rows of a normal group
            are within.
        max_labels : int, default=None
            Maximum number of features that are named; by default all that there is room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : BiplotDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_arrows(n_features, max_labels, label_length, what)
        found = cls._explain(estimator, X)
        pair = component_pair(found.component_names, components, what)
        y, y_name = checked_y(y, found.X, ellipses, what)
        row_names = checked_names(row_names, found.X, what)
        display = cls(
            coordinates=found.coordinates()[:, pair],
            directions=found.pca.components_[pair].T,
            feature_names=found.feature_names,
            component_names=[found.component_names[i] for i in pair],
            ratios=found.pca.explained_variance_ratio_[pair],
            y=y,
            y_name=y_name,
            row_names=row_names,
        )
        return display.plot(
            ax,
            n_features=n_features,
            ellipses=ellipses,
            max_labels=max_labels,
            label_length=label_length,
        )

    def plot(
        self,
        ax=None,
        *,
        n_features=MAX_FEATURES,
        ellipses=False,
        max_labels=None,
        label_length=LABEL_LENGTH,
    ) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        n_features : int, default=25
            Maximum number of features that are drawn, the best represented: those of whose
            variance both components explain most. A note counts the others.
        ellipses : bool, default=False
            Whether to draw an ellipse around each group, which 95 % of the rows of a normal group
            are within.
        max_labels : int, default=None
            Maximum number of features that are named; by default all that there is room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.

        Returns
        -------
        display : BiplotDisplay
            The display.
        """
        check_arrows(n_features, max_labels, label_length, type(self).__name__)
        ax = self._start_plane(ax, (6.4, 5.4), label_length)
        directions = np.asarray(self.directions)
        # What both components explain of the variance of each feature.
        drawn = best_features(directions**2 @ np.asarray(self.ratios), n_features)
        directions, left = directions[drawn], len(directions) - len(drawn)
        longest = float(np.hypot(*directions.T).max(initial=0.0)) or 1.0
        furthest = float(np.abs(self.coordinates).max(initial=0.0)) or 1.0
        self.factor_ = LONGEST_ARROW * furthest / longest
        tips = directions * self.factor_
        self._draw_rows(ellipses)
        self._set_frame(np.vstack([self._reached(), 1.1 * tips]))
        self.arrows_ = draw_arrows(ax, tips)
        self._name_axes(f"Rows and features on two components, {self._share()}")
        self._fit()
        notes = [about_left_out(left)] if left else []
        notes += self._about_rows(ellipses)
        reserve = "\n".join([*notes, " "])
        self._move_groups_apart(along(tips), reserve)
        names = self._texts(self.feature_names[j] for j in drawn)
        self.labels_, pale = label_arrows(self.arrows_, tips, names, max_labels, reserve, LIGHT.ink)
        self.row_labels_ = []
        if self.row_names is not None:
            order = np.argsort(-np.hypot(*self.coordinates.T), kind="stable")
            visible = np.vstack([self.coordinates, along(tips)])
            self.row_labels_ = self._name_rows(order, None, visible, self.row_names, LIGHT.quiet)
        note(ax, "\n".join([*notes, pale] if pale else notes))
        return self._finish()

    def _set_frame(self, points: np.ndarray) -> None:
        """Leave room for names; units are equally long on both axes, so that angles are right."""
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        height = max(np.ptp(points[:, 0]) * 1.2 / SHAPE, np.ptp(points[:, 1]) * 1.08)
        reach = np.array([SHAPE, 1.0]) * height / 2
        (left, bottom), (right, top) = middle - reach, middle + reach
        self.ax_.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
