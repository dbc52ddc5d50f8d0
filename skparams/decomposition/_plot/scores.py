"""The score plot: rows on two components, and those that are far from the mean."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._lazy import refuse_lazy
from skparams._report import LIGHT
from skparams.decomposition._explain import check_probability, is_training, rank_of, row_index
from skparams.decomposition._plot.display import (
    FEW_ROWS,
    LABEL_LENGTH,
    check_label_length,
    check_max_labels,
    component_pair,
    counted,
    note,
)
from skparams.decomposition._plot.rows import (
    RowsDisplay,
    checked_names,
    checked_y,
    circle,
    plane_limit,
)


@dataclass(eq=False, repr=False, kw_only=True)
class ScoreDisplay(RowsDisplay):
    """Rows on two components, with the ellipse that normal rows are within.

    The ellipse is the limit of Hotelling's T² in the plane of both components. Rows beyond it are
    named. Supplementary rows, which the PCA was not fitted on, are drawn apart and have a larger
    ellipse of their own, as the mean and the variances do not depend on them. `from_estimator`
    makes one.

    Parameters
    ----------
    coordinates : ndarray of shape (n_samples, 2)
        Scores of the training rows.
    variances : ndarray of shape (2,)
        Variances of both components.
    n_samples : float
        How many rows the PCA was fitted on, or the sum of their weights.
    alpha : float
        The share of normal rows that an ellipse excludes.
    component_names : sequence of str
        Names of both components.
    ratios : ndarray of shape (2,)
        Their explained-variance ratios.
    y : ndarray of shape (n_samples,), default=None
        Groups of the rows, at most 12, or numbers.
    y_name : str, default=None
        Name of the numbers.
    row_names : sequence of str, default=None
        Names of the rows; by default their positions.
    supplementary : ndarray of shape (n_supplementary, 2), default=None
        Scores of supplementary rows.
    supplementary_names : sequence of str, default=None
        Their names; by default their positions.
    training : bool, default=True
        Whether the rows are known to be those that the PCA was fitted on; if not, their ellipse is
        that of new rows.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    points_ : list of matplotlib PathCollection
        The rows, of each group.
    supplementary_ : matplotlib PathCollection or None
        The supplementary rows.
    beyond_ : matplotlib PathCollection
        Rings around the rows beyond their ellipse.
    limits_ : list of matplotlib Line2D
        The ellipse of the training rows, and that of the supplementary ones if there are some.
        There is none where T² has no limit: for fewer than 4 rows, or a component without variance.
    groups_ : list of matplotlib Text
        Names of the groups.
    ellipses_ : list of matplotlib Line2D
        An ellipse around each group that has enough rows.
    colorbar_ : matplotlib Colorbar or None
        The colors of numbers.
    labels_ : list of matplotlib Annotation
        Names of the rows beyond their ellipse, the furthest first, as far as there is room.

    See Also
    --------
    OutlierDisplay : T² of all components, and what is off the components.
    BiplotDisplay : Rows and features.

    References
    ----------
    .. [1] Tracy, Young and Mason, "Multivariate control charts for individual observations",
       Journal of Quality Technology 24, 1992: the limits of training rows and of new ones.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skparams import PCA, ScoreDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> pca = PCA(n_components=2, scale=True).fit(X)
    >>> display = ScoreDisplay.from_estimator(pca, X, y)
    >>> display.ax_.get_title("left")
    '2 of 178 rows are beyond the ellipse of 95 %'
    """

    coordinates: Any
    variances: Any
    n_samples: Any
    alpha: Any
    component_names: Any
    ratios: Any
    y: Any = None
    y_name: Any = None
    row_names: Any = None
    supplementary: Any = None
    supplementary_names: Any = None
    training: Any = True

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        y=None,
        *,
        supplementary=None,
        components=(0, 1),
        alpha=0.05,
        row_names=None,
        ellipses=False,
        max_labels=10,
        label_length=LABEL_LENGTH,
        ax=None,
    ) -> Self:
        """Draw rows of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The training rows; needed unless an Explanation has them.
        y : array-like of shape (n_samples,), default=None
            Colors of the training rows. At most 12 different values are groups, such as classes,
            each with a color and a marker; more different numbers have a color bar. None may be
            missing.
        supplementary : {array-like, sparse matrix} of shape (n_supplementary, n_features), \
default=None
            Other rows, as the estimator takes them.
        components : pair of int or str, default=(0, 1)
            The horizontal and the vertical component, by position or by name.
        alpha : float, default=0.05
            The share of normal rows that an ellipse excludes, in (0, 1).
        row_names : array-like of shape (n_samples,), default=None
            Names of the training rows; by default the index of a frame, else their positions.
        ellipses : bool, default=False
            Whether to draw an ellipse around each group, which 95 % of the rows of a normal group
            are within.
        max_labels : int or None, default=10
            Maximum number of rows beyond the ellipse that are named; None for all that there is
            room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : ScoreDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_probability(alpha, f"{what}: alpha")
        check_max_labels(max_labels, what)
        check_label_length(label_length, what)
        found = cls._explain(estimator, X)
        pair = component_pair(found.component_names, components, what)
        y, y_name = checked_y(y, found.X, ellipses, what)
        row_names = checked_names(row_names, found.X, what)
        refuse_lazy(what, FEW_ROWS, supplementary=supplementary)
        display = cls(
            coordinates=found.coordinates()[:, pair],
            variances=_variances(found.pca)[pair],
            n_samples=found.pca._weight_sum,
            alpha=alpha,
            component_names=[found.component_names[i] for i in pair],
            ratios=found.pca.explained_variance_ratio_[pair],
            y=y,
            y_name=y_name,
            row_names=row_index(found.X) if row_names is None else row_names,
            training=is_training(found.pca, found.pca._checked(found.X)) is True,
        )
        if supplementary is not None:
            display.supplementary = found.coordinates(supplementary)[:, pair]
            display.supplementary_names = row_index(supplementary)
        return display.plot(ax, ellipses=ellipses, max_labels=max_labels, label_length=label_length)

    def plot(self, ax=None, *, ellipses=False, max_labels=10, label_length=LABEL_LENGTH) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        ellipses : bool, default=False
            Whether to draw an ellipse around each group, which 95 % of the rows of a normal group
            are within.
        max_labels : int or None, default=10
            Maximum number of rows beyond the ellipse that are named; None for all that there is
            room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.

        Returns
        -------
        display : ScoreDisplay
            The display.
        """
        check_max_labels(max_labels, type(self).__name__)
        ax = self._start_plane(ax, (6.4, 4.8), label_length)
        self._draw_rows(ellipses)
        others = np.empty((0, 2)) if self.supplementary is None else self.supplementary
        self.supplementary_ = None
        if len(others):
            style = {"facecolors": "none", "edgecolors": LIGHT.ink, "marker": "s", "lw": 0.9}
            self.supplementary_ = ax.scatter(*others.T, s=20, zorder=3, **style)
        self.limits_: list[Any] = []
        notes: list[str] = []
        own = self._draw_limit(self.coordinates, new=not self.training)
        new = self._draw_limit(others, new=True)
        ratios = np.concatenate([own, new])
        beyond = np.flatnonzero(ratios > 1)
        self._set_frame()
        every = self._named_points()
        self.beyond_ = ax.scatter(
            *every[beyond].T, s=48, facecolors="none", edgecolors=LIGHT.below, lw=1.1, zorder=3
        )
        self._name_axes(self._title(own))
        self._fit()
        if len(others):
            which = counted(int((new > 1).sum()), len(others), "supplementary row", "is", "are")
            notes.append(f"squares: {which} beyond the dashed ellipse, that of new rows")
        if not self.training:
            notes.append("not known to be the training rows: the ellipse is that of new rows")
        notes += self._about_rows(ellipses)
        self._move_groups_apart(np.empty((0, 2)), "\n".join(notes) or " ")
        note(ax, "\n".join(notes))
        self._fit()
        order = beyond[np.argsort(-ratios[beyond], kind="stable")]
        self.labels_ = self._name_rows(order, max_labels, every, self._all_names(), LIGHT.ink)
        return self._finish()

    def _draw_limit(self, rows: np.ndarray, *, new: bool) -> np.ndarray:
        """Draw the ellipse of rows; return their T² in the plane over its limit."""
        limit = plane_limit(self.n_samples, 1 - self.alpha, new=new)
        if not len(rows) or limit is None or not (self.variances > 0).all():
            return np.zeros(len(rows))
        spreads = np.sqrt(np.asarray(self.variances, np.float64))
        style = {"color": LIGHT.ink, "lw": 0.9, "ls": (0, (4, 3)) if new else "-", "zorder": 2}
        self.limits_ += self.ax_.plot(*(circle() * np.sqrt(limit) * spreads).T, **style)
        return ((rows / spreads) ** 2).sum(axis=1) / limit

    def _set_frame(self) -> None:
        """Leave room for names."""
        lines = [np.column_stack(line.get_data()) for line in self.limits_]
        points = np.vstack([self._reached(), self._named_points(), *lines])
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        reach = 0.56 * np.ptp(points, axis=0)
        (left, bottom), (right, top) = middle - reach, middle + reach
        self.ax_.set(xlim=(left, right), ylim=(bottom, top))

    def _title(self, ratios: np.ndarray) -> str:
        if not self.limits_:
            return f"Rows on two components, {self._share()}"
        n = int((ratios > 1).sum())
        beyond = counted(n, len(ratios), "row", "is", "are")
        return f"{beyond} beyond the ellipse of {100 * (1 - self.alpha):g} %"

    def _named_points(self) -> np.ndarray:
        others = np.empty((0, 2)) if self.supplementary is None else self.supplementary
        return np.vstack([self.coordinates, others])

    def _all_names(self) -> list[Any]:
        names, others = self.row_names, self.supplementary_names
        names = range(len(self.coordinates)) if names is None else names
        if self.supplementary is None:
            return list(names)
        return [*names, *(range(len(self.supplementary)) if others is None else others)]


def _variances(pca: Any) -> np.ndarray:
    """Variances of the components, 0 for rounding errors."""
    variances = pca.explained_variance_.astype(np.float64)
    variances[rank_of(pca) :] = 0.0
    return variances
