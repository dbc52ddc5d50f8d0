"""The biplot: rows and features of a PCA in one picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d

from skparams._report import LIGHT
from skparams.decomposition._explain.tables import feature_names
from skparams.decomposition._plot.circle import draw_arrows, label_arrows
from skparams.decomposition._plot.display import (
    FONT,
    axes_of,
    axis_label,
    check_count,
    finish,
    halo,
    model_of,
    note,
    pair_of,
    percent,
    short,
)
from skparams.decomposition._plot.labels import move_apart

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
MOST_GROUPS = 12
# How far the longest arrow reaches among the rows.
REACH = 0.95
# Width of the axes over their height.
SHAPE = 1.2


class BiplotDisplay:
    """Rows as points and features as arrows, on two components.

    Points are scores, arrows the features' entries in both components, all longer by one factor.
    A row's foot on the line of an arrow tells, up to that factor, how far the row is from the mean
    in that feature, as far as both components show it. Make it with `from_estimator`.

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
        Their shares in the variance.
    y : ndarray of shape (n_samples,), default=None
        Groups of the rows, at most 12.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn in.
    figure_ : matplotlib Figure
        Its figure.
    points_ : list of matplotlib PathCollection
        The rows, of each group.
    groups_ : list of matplotlib Text
        Names of the groups, each in the middle of its rows or, off other groups' names, near it.
    arrows_ : matplotlib Quiver
        One arrow a feature.
    labels_ : list of matplotlib Annotation
        Names of the features, of the longest arrows first, as far as there is room.
    factor_ : float
        By which arrows are longer than the entries.

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

    def __init__(self, *, coordinates, directions, feature_names, component_names, ratios, y=None):
        self.coordinates = coordinates
        self.directions = directions
        self.feature_names = feature_names
        self.component_names = component_names
        self.ratios = ratios
        self.y = y

    @classmethod
    def from_estimator(cls, estimator, X, y=None, *, components=(0, 1), max_labels=None, ax=None):
        """Draw rows and features of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, or an estimator with one inside it
            Fitted; see `explain` for where it is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows, of training or others.
        y : array-like of shape (n_samples,), default=None
            Groups of the rows, such as classes: each has a colour and a marker. At most 12 of one
            type, none missing.
        components : pair of int or str, default=(0, 1)
            The horizontal and the vertical one, by position or by name.
        max_labels : int, default=None
            How many features are named at most, 0 or more; by default all that there is room for.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        display : BiplotDisplay
            What was drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_count(max_labels, f"{what}: max_labels", least=0, or_none=True)
        pca, X = model_of(estimator, X, what)
        names = pca.get_feature_names_out()
        pair = list(pair_of(names, components, what))
        if y is not None:
            y = column_or_1d(y)
            check_consistent_length(X, y)
            _check_groups(y, what)
        coordinates = pca.coordinates(X, as_frame=False)[:, pair]
        display = cls(
            coordinates=coordinates,
            directions=pca.components_[pair].T,
            feature_names=feature_names(pca),
            component_names=[names[i] for i in pair],
            ratios=pca.explained_variance_ratio_[pair],
            y=y,
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
        display : BiplotDisplay
            Itself.
        """
        check_count(max_labels, "BiplotDisplay: max_labels", least=0, or_none=True)
        self.ax_ = ax = axes_of(ax, (6.4, 5.4), type(self).__name__)
        self.figure_ = ax.figure
        lengths = np.hypot(*self.directions.T)
        furthest = float(np.abs(self.coordinates).max(initial=0.0)) or 1.0
        self.factor_ = REACH * furthest / (float(lengths.max(initial=0.0)) or 1.0)
        tips = self.directions * self.factor_
        ax.axhline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        ax.axvline(0, color=LIGHT.quiet, lw=0.5, zorder=0)
        self.points_, self.groups_ = self._draw_rows()
        # Room for the names around; one unit is as long on both axes, so that angles are right.
        both = np.vstack([self.coordinates, 1.1 * tips])
        middle = (both.min(axis=0) + both.max(axis=0)) / 2
        height = max(np.ptp(both[:, 0]) * 1.2 / SHAPE, np.ptp(both[:, 1]) * 1.08)
        reach = np.array([SHAPE, 1.0]) * height / 2
        (left, bottom), (right, top) = middle - reach, middle + reach
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
        self.arrows_ = draw_arrows(ax, tips)
        ax.set_xlabel(axis_label(self.component_names[0], self.ratios[0]))
        ax.set_ylabel(axis_label(self.component_names[1], self.ratios[1]))
        total = percent(float(np.sum(self.ratios)))
        finish(ax, f"Rows and features on two components, {total} of the variance")
        self._move_groups_apart()
        self.labels_ = label_arrows(self.arrows_, tips, self.feature_names, max_labels, LIGHT.ink)
        return self

    def _draw_rows(self) -> tuple[list[Any], list[Any]]:
        size = float(np.clip(4000 / max(1, len(self.coordinates)), 4, 20))
        if self.y is None:
            style = {"s": size, "color": LIGHT.above, "alpha": 0.5, "lw": 0, "zorder": 1}
            return [self.ax_.scatter(*self.coordinates.T, **style)], []
        points, texts = [], []
        for i, group in enumerate(np.unique(self.y)):
            rows = self.coordinates[self.y == group]
            color = LIGHT.groups[i % len(LIGHT.groups)]
            marker = MARKERS[(i + i // len(MARKERS)) % len(MARKERS)]
            points.append(
                self.ax_.scatter(
                    *rows.T, s=size, color=color, marker=marker, alpha=0.45, lw=0, zorder=1
                )
            )
            text = self.ax_.text(
                *np.median(rows, axis=0), short(group), color=color, fontsize=FONT + 3,
                fontweight="bold", ha="center", va="center", zorder=4,
            )  # fmt: skip
            texts.append(halo(text, 4))  # arrows meet where many groups are
        return points, texts

    def _move_groups_apart(self) -> None:
        """Move names of groups off one another, outwards."""
        if not self.groups_:
            return
        at = np.array([text.get_position() for text in self.groups_])
        angles = np.arctan2(*(at - at.mean(axis=0)).T[::-1])
        label = self.ax_.get_xlabel()
        note(self.ax_, " ")  # the layout with a note, which leaves the least room
        move_apart(self.ax_, self.groups_, angles)
        self.ax_.set_xlabel(label)


def _check_groups(y: np.ndarray, what: str) -> None:
    """Refuse groups that cannot be told apart, or too many."""
    try:
        groups = np.unique(y)
    except TypeError as error:  # None, and text beside numbers, have no order
        kinds = sorted({type(group).__name__ for group in y})
        raise ValueError(
            f"{what}: y must have values of one type, none missing, got {' and '.join(kinds)}."
        ) from error
    if (groups != groups).any():  # missing ones, which are not even themselves
        raise ValueError(f"{what}: y must have no missing values, got {groups[-1]}.")
    if len(groups) > MOST_GROUPS:
        raise ValueError(
            f"{what}: y must have at most {MOST_GROUPS} different values, the groups, got "
            f"{len(groups)}."
        )
