"""T² against SPE, with the outliers named."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._plot.display import (
    LABEL_LENGTH,
    Display,
    annotate,
    check_label_length,
    check_max_labels,
    counted,
    height_of,
    note,
    warnings_of,
)
from skparams.decomposition._plot.labels import FAR, Label, place

# From this ratio of the furthest row to the limit, the axis is logarithmic beyond the limit.
LOG_SCALE_RATIO = 12.0
# Outliers whose labels are tried, for each that may have one.
MAX_TRIED = 10


@dataclass(eq=False, repr=False, kw_only=True)
class OutlierDisplay(Display):
    """T² of the rows against their SPE, with the limits of both and the outliers named.

    Right of the vertical limit rows are far from the mean within the components; above the
    horizontal one they are off the components. `from_estimator` makes one.

    Parameters
    ----------
    hotelling_t2, spe : ndarray of shape (n_samples,)
        T² and squared prediction error of the rows, which is the leave-one-out one of training
        rows.
    outliers : Outliers
        The rows beyond a limit.
    alpha : float
        The share of normal rows that each limit excludes.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    points_ : matplotlib PathCollection
        Rows within both limits.
    odd_ : matplotlib PathCollection
        Rows beyond a limit.
    limits_ : tuple of two matplotlib Line2D
        The limits of T² and of SPE.
    warnings_ : list of matplotlib Text
        What the outliers warn of, if they do, below the axes.
    labels_ : list of matplotlib Annotation
        Labels of outliers and the feature that contributes most, in the order of `outliers`, as
        far as there is room.

    See Also
    --------
    explain : The outliers as a table, by ``outliers()``.

    References
    ----------
    .. [1] Hubert, Rousseeuw and Vanden Branden, "ROBPCA: a new approach to robust principal
       component analysis", Technometrics 47, 2005: the outlier map.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skparams import PCA, OutlierDisplay
    >>> X = load_wine(as_frame=True).data
    >>> pca = PCA(n_components=3, scale=True).fit(X)
    >>> display = OutlierDisplay.from_estimator(pca, X, alpha=0.005)
    >>> display.labels_[0].get_text()
    '121: ash'
    """

    hotelling_t2: Any
    spe: Any
    outliers: Any
    alpha: Any

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        *,
        alpha=0.05,
        max_labels=10,
        label_length=LABEL_LENGTH,
        ax=None,
    ) -> Self:
        """Draw T² and SPE of rows.

        Parameters
        ----------
        estimator : PCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The rows, of training or others; needed unless an Explanation has them.
        alpha : float, default=0.05
            The share of normal rows that each limit excludes, in (0, 1).
        max_labels : int or None, default=10
            Maximum number of outliers that are named; None for all that there is room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : OutlierDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        check_max_labels(max_labels, what)
        check_label_length(label_length, what)
        found = cls._explain(estimator, X)
        outliers = found.outliers(alpha=alpha)
        t2, spe = outliers.compared.T
        display = cls(outliers=outliers, hotelling_t2=t2, spe=spe, alpha=alpha)
        return display.plot(ax, max_labels=max_labels, label_length=label_length)

    def plot(self, ax=None, *, max_labels=10, label_length=LABEL_LENGTH) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        max_labels : int or None, default=10
            Maximum number of outliers that are named; None for all that there is room for.
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.

        Returns
        -------
        display : OutlierDisplay
            The display.
        """
        check_max_labels(max_labels, type(self).__name__)
        found, texts = self.outliers, warnings_of(self.outliers)
        ax = self._start(ax, (6, 4.4 + height_of(texts)), label_length)
        t2_limit, spe_limit = found.limit_values
        normal = np.ones(len(self.spe), dtype=bool)
        normal[found.rows] = False
        size = float(np.clip(4000 / max(1, len(normal)), 4, 18))
        self.points_ = ax.scatter(
            self.hotelling_t2[normal], self.spe[normal], s=size, color=LIGHT.above, alpha=0.5, lw=0
        )
        self.odd_ = ax.scatter(
            found.hotelling_t2, found.spe, s=size + 6, color=LIGHT.below, marker="D", lw=0, zorder=3
        )
        style = {"color": LIGHT.ink, "lw": 0.9, "ls": (0, (4, 3))}
        self.limits_ = (ax.axvline(t2_limit, **style), ax.axhline(spe_limit, **style))
        _scale(ax.set_xscale, ax.set_xlim, self.hotelling_t2, t2_limit)
        _scale(ax.set_yscale, ax.set_ylim, self.spe, spe_limit)
        ax.set_xlabel("T²: distance from the mean within the components →")
        ax.set_ylabel("SPE: distance off the components →")
        if spe_limit == 0 and not self.spe.any():
            ax.set_ylabel("SPE is 0: all of each row is in the components")
        note(ax, f"each limit excludes {100 * self.alpha:g} % of normal rows")
        self._name_limits(t2_limit, spe_limit)
        self._style(f"{counted(len(found), len(normal), 'row', 'is', 'are')} beyond a limit")
        self._draw_warnings(texts)
        visible = np.column_stack([found.hotelling_t2, found.spe])
        self.labels_ = list(
            place(ax, self._names(max_labels), visible, max_labels, distances=FAR).values()
        )
        return self._finish()

    def _name_limits(self, t2: float, spe: float) -> None:
        """Name the limits beside their lines; there is no line at 0."""
        if t2 > 0:
            style: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "va": "top"}
            annotate(self.ax_, f"limit {t2:.3g}", (t2, 1), (3, -2), **style)
        if spe > 0:
            style = {"xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom"}
            annotate(self.ax_, f"limit {spe:.3g}", (1, spe), (-2, 3), **style)

    def _names(self, max_labels: int | None) -> list[Label]:
        """Labels of the outliers, each with the feature that contributes most."""
        found, names = self.outliers, []
        t2_limit, spe_limit = found.limit_values
        n = len(found) if max_labels is None else MAX_TRIED * max_labels
        for i, (t2, spe) in enumerate(zip(found.hotelling_t2[:n], found.spe[:n], strict=True)):
            by_spe = not np.isfinite(t2_limit) or spe * t2_limit > t2 * spe_limit
            contributions = found.spe_contributions if by_spe else found.hotelling_t2_contributions
            names.append(found.feature_names[int(contributions[i].argmax())])
        texts = zip(self._texts(found.labels[:n]), self._texts(names), strict=True)
        points = zip(found.hotelling_t2, found.spe, texts, strict=False)
        return [Label(t2, spe, f"{row}: {name}", 0) for t2, spe, (row, name) in points]


def _scale(set_scale: Any, set_limits: Any, values: np.ndarray, limit: float) -> None:
    """Scale an axis from 0, logarithmic beyond the limit if rows are far away."""
    furthest = max(float(values.max(initial=0.0)), limit) or 1.0
    if limit > 0 and furthest > LOG_SCALE_RATIO * limit:
        set_scale("symlog", linthresh=limit, linscale=1.5)
        set_limits(0, 1.6 * furthest)
    else:
        set_limits(-0.015 * furthest, 1.1 * furthest)
