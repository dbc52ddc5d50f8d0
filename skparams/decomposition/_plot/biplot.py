"""The biplot: rows and features of a PCA in one figure."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d

from skparams._report import LIGHT
from skparams.decomposition._plot.display import (
    FONT,
    PlaneDisplay,
    check_max_labels,
    component_pair,
    outline_text,
    short,
)
from skparams.decomposition._plot.labels import draw_arrows, label_arrows, move_apart

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
MAX_GROUPS = 12
# Length of the longest arrow over the largest score.
LONGEST_ARROW = 0.95
# Width of the axes over their height.
SHAPE = 1.2


@dataclass(eq=False, repr=False, kw_only=True)
class BiplotDisplay(PlaneDisplay):
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
        Groups of the rows, at most 12.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    points_ : list of matplotlib PathCollection
        The rows, of each group.
    groups_ : list of matplotlib Text
        Names of the groups, each in the middle of its rows, or near it if names would overlap.
    arrows_ : matplotlib Quiver
        One arrow a feature.
    labels_ : list of matplotlib Annotation
        Names of the features, of the longest arrows first, as far as there is room.
    factor_ : float
        The factor of the arrows.

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

    @classmethod
    def from_estimator(
        cls, estimator, X=None, y=None, *, components=(0, 1), max_labels=None, ax=None
    ) -> Self:
        """Draw rows and features of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The rows, of training or others; needed unless an Explanation has them.
        y : array-like of shape (n_samples,), default=None
            Groups of the rows, such as classes: each has a color and a marker. At most 12 of one
            type, none missing.
        components : pair of int or str, default=(0, 1)
            The horizontal and the vertical component, by position or by name.
        max_labels : int, default=None
            Maximum number of features that are named; by default all that there is room for.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : BiplotDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_max_labels(max_labels, what)
        found = cls._explain(estimator, X)
        pair = component_pair(found.component_names, components, what)
        if y is not None:
            y = column_or_1d(y)
            check_consistent_length(found.X, y)
            _check_groups(y, what)
        display = cls(
            coordinates=found.coordinates()[:, pair],
            directions=found.pca.components_[pair].T,
            feature_names=found.feature_names,
            component_names=[found.component_names[i] for i in pair],
            ratios=found.pca.explained_variance_ratio_[pair],
            y=y,
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
        display : BiplotDisplay
            The display.
        """
        check_max_labels(max_labels, type(self).__name__)
        ax = self._start_plane(ax, (6.4, 5.4))
        lengths = np.hypot(*self.directions.T)
        furthest = float(np.abs(self.coordinates).max(initial=0.0)) or 1.0
        self.factor_ = LONGEST_ARROW * furthest / (float(lengths.max(initial=0.0)) or 1.0)
        tips = self.directions * self.factor_
        self.points_, self.groups_ = self._draw_rows()
        # Room for names; units are equally long on both axes, so that angles are right.
        both = np.vstack([self.coordinates, 1.1 * tips])
        middle = (both.min(axis=0) + both.max(axis=0)) / 2
        height = max(np.ptp(both[:, 0]) * 1.2 / SHAPE, np.ptp(both[:, 1]) * 1.08)
        reach = np.array([SHAPE, 1.0]) * height / 2
        (left, bottom), (right, top) = middle - reach, middle + reach
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
        self.arrows_ = draw_arrows(ax, tips)
        self._name_axes("Rows and features on two components")
        self._move_groups_apart()
        self.labels_ = label_arrows(self.arrows_, tips, self.feature_names, max_labels, LIGHT.ink)
        return self

    def _draw_rows(self) -> tuple[list[Any], list[Any]]:
        size = float(np.clip(4000 / max(1, len(self.coordinates)), 4, 20))
        style: dict[str, Any] = {"s": size, "color": LIGHT.above, "lw": 0, "zorder": 1}
        if self.y is None:
            return [self.ax_.scatter(*self.coordinates.T, alpha=0.5, **style)], []
        points, texts = [], []
        name_style: dict[str, Any] = {"fontsize": FONT + 3, "fontweight": "bold", "zorder": 4}
        for i, group in enumerate(np.unique(self.y)):
            rows = self.coordinates[self.y == group]
            style["color"] = name_style["color"] = LIGHT.groups[i % len(LIGHT.groups)]
            marker = MARKERS[(i + i // len(MARKERS)) % len(MARKERS)]
            points.append(self.ax_.scatter(*rows.T, marker=marker, alpha=0.45, **style))
            middle = np.median(rows, axis=0)
            text = self.ax_.text(*middle, short(group), ha="center", va="center", **name_style)
            texts.append(outline_text(text, 4))  # arrows meet where many groups are
        return points, texts

    def _move_groups_apart(self) -> None:
        """Move names of groups outwards, so that they do not overlap."""
        if not self.groups_:
            return
        at = np.array([text.get_position() for text in self.groups_])
        angles = np.arctan2(*(at - at.mean(axis=0)).T[::-1])
        move_apart(self.ax_, self.groups_, angles)


def _check_groups(y: np.ndarray, what: str) -> None:
    """Raise an error if groups have no order, are missing, or are too many."""
    try:
        groups = np.unique(y)
    except TypeError as error:  # None, and text beside numbers, have no order
        kinds = sorted({type(group).__name__ for group in y})
        raise ValueError(
            f"{what}: y must have values of one type, none missing, got {' and '.join(kinds)}."
        ) from error
    if (groups != groups).any():  # NaN
        raise ValueError(f"{what}: y must have no missing values, got {groups[-1]}.")
    if len(groups) > MAX_GROUPS:
        raise ValueError(
            f"{what}: y must have at most {MAX_GROUPS} different values, the groups, got "
            f"{len(groups)}."
        )
