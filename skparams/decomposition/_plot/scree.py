"""The scree: how much each component explains, and how many are worth keeping."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._lazy import refuse_lazy
from skparams._report import LIGHT
from skparams.decomposition._explain import check_count, check_option
from skparams.decomposition._plot.display import (
    FEW_ROWS,
    Display,
    counted,
    font_of,
    note,
    percent,
)
from skparams.decomposition._plot.labels import free_place

KINDS = ("ratios", "eigenvalues")
# Components that have a bar by default.
MAX_COMPONENTS = 40
# As many components have wide bars, with the names of the rules above them.
MAX_FEW = 6
# Heights of the names of rules that are tried, over the height of the axes.
HEIGHTS = np.linspace(0.97, 0.1, 30)


@dataclass(eq=False, repr=False, kw_only=True)
class ScreeDisplay(Display):
    """Scree plot: the variance of each component, what rules keep, and the band of chance.

    Bars are the components, those that the model keeps in full color. The curve is what the first
    of them explain together.

    `from_estimator` makes one.

    Parameters
    ----------
    eigenvalues : ndarray of shape (n_values,)
        Variances along the components, falling: all of the data, or those of the model.
    total_variance : float
        The variance of all features.
    n_components : int
        How many components the model keeps.
    rules : dict of str to int, default=None
        How many components each rule keeps.
    band : ndarray of shape (2, n_values), default=None
        Quantiles 0.05 and 0.95 of the eigenvalues of independent normal features: the band of the
        parallel analysis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    bars_ : matplotlib BarContainer
        One bar a component that is shown.
    cumulative_ : matplotlib Line2D
        Cumulative share of the variance in percent, in axes of its own.
    band_ : matplotlib FillBetweenPolyCollection or None
        The band of the parallel analysis.
    rules_ : list of matplotlib Text
        What rules keep, one text for those that agree.

    See Also
    --------
    PCA.component_table : The rules as a table.

    References
    ----------
    .. [1] Cattell, "The scree test for the number of factors", Multivariate Behavioral Research 1,
       1966.
    .. [2] Horn, "A rationale and test for the number of factors in factor analysis", Psychometrika
       30, 1965.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skparams import PCA, ScreeDisplay
    >>> X = load_wine().data
    >>> pca = PCA(n_components=3, scale=True, random_state=0).fit(X)
    >>> display = ScreeDisplay.from_estimator(pca, X)
    >>> display.rules["parallel"]
    3
    """

    eigenvalues: Any
    total_variance: Any
    n_components: Any
    rules: Any = None
    band: Any = None

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        *,
        sample_weight=None,
        kind="ratios",
        max_components=MAX_COMPONENTS,
        ax=None,
    ) -> Self:
        """Draw the eigenvalues of a fitted PCA.

        Parameters
        ----------
        estimator : PCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The training rows. Without them, only the model's own eigenvalues are drawn, without
            rules and band.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, the same as in ``fit``.
        kind : {'ratios', 'eigenvalues'}, default='ratios'
            What is drawn.
        max_components : int or None, default=40
            Maximum number of components that are shown, the first ones; None for all.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : ScreeDisplay
            The display that is drawn.
        """
        _check(kind, max_components, f"{cls.__name__}.from_estimator")
        found = cls._explain(estimator, X, needs_rows=False)
        refuse_lazy(f"{cls.__name__}.from_estimator", FEW_ROWS, sample_weight=sample_weight)
        pca, rules, band = found.pca, None, None
        values, total = pca.explained_variance_, pca._total_variance
        if found.X is not None:
            spectrum, counts, band = pca._compare_rules(found.X, sample_weight)
            values, total = spectrum.values, spectrum.total
            rules = dict(sorted(counts.items(), key=lambda item: item[1]))
        display = cls(
            eigenvalues=np.asarray(values, np.float64),
            total_variance=float(total),
            n_components=pca.n_components_,
            rules=rules,
            band=band,
        )
        return display.plot(ax, kind=kind, max_components=max_components)

    def plot(self, ax=None, *, kind="ratios", max_components=MAX_COMPONENTS) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        kind : {'ratios', 'eigenvalues'}, default='ratios'
            What is drawn.
        max_components : int or None, default=40
            Maximum number of components that are shown, the first ones; None for all.

        Returns
        -------
        display : ScreeDisplay
            The display.
        """
        _check(kind, max_components, type(self).__name__)
        ax = self._start(ax, (6, 3.8))
        unit = 1.0
        if kind == "ratios":
            unit = 100 / self.total_variance if self.total_variance > 0 else 0.0
        heights = self.eigenvalues[:max_components] * unit
        n, k = len(heights), self.n_components
        faces = [(LIGHT.above, 1.0 if i < k else 0.35) for i in range(n)]
        self.bars_ = ax.bar(np.arange(n), heights, width=0.8, color=faces, lw=0)
        self.band_ = self._draw_band(unit, n)
        drawn = heights if self.band is None else np.append(heights, self.band[1][:n] * unit)
        # Bars of few components leave no room for the rules beside them.
        room = 1.08 if n > MAX_FEW or not self.rules else 1.35
        top = room * max(drawn.max(initial=0.0), 0.0) or 1.0
        ax.set(xlim=(-0.6, n - 0.4), ylim=(0, top))
        ax.set_xlabel("component, counted from 0")
        ax.set_ylabel("eigenvalue" if kind == "eigenvalues" else "share of the variance (%)")
        ax.xaxis.get_major_locator().set_params(integer=True)
        self.cumulative_ = self._draw_cumulative(n)
        if self.band is not None:
            note(ax, "gray: eigenvalues of independent features, 5 to 95 %")
        if left := len(self.eigenvalues) - n:
            note(ax, f"{left:,} smaller one{'s are' if left != 1 else ' is'} not shown")
        share = self.eigenvalues[:k].sum() / (self.total_variance or 1.0)
        total = len(self.eigenvalues)
        how_many = counted(k, total, "component", "explains", "explain")
        if total == k:
            how_many = how_many.split(" of ")[1]
        self._style(f"{how_many} {percent(share)} of the variance")
        self._fit()
        self.rules_ = self._draw_rules(n, unit)
        return self._finish()

    def _draw_band(self, unit: float, n: int) -> Any:
        if self.band is None:
            return None
        low, high = self.band[:, :n] * unit
        style = {"color": LIGHT.quiet, "alpha": 0.45, "lw": 0, "zorder": 2}
        return self.ax_.fill_between(np.arange(n), low, high, **style)

    def _draw_cumulative(self, n: int) -> Any:
        """Draw the curve in axes of its own, whose unit is the whole."""
        ax, twin = self.ax_, self.ax_.twinx()
        self._own_axes.append(twin)
        shares = 100 * np.cumsum(self.eigenvalues[:n]) / (self.total_variance or 1.0)
        marker = {"marker": "o", "ms": 3} if n <= MAX_COMPONENTS else {}
        (line,) = twin.plot(np.arange(n), shares, color=LIGHT.quiet, lw=1, **marker)
        twin.set(ylim=(0, 106), ylabel="together (%)")
        twin.tick_params(labelsize=font_of(ax), colors=LIGHT.quiet)
        twin.yaxis.label.set(size=font_of(ax), color=LIGHT.quiet)
        for side, spine in twin.spines.items():
            spine.set_visible(side == "right")
            spine.set_color(LIGHT.quiet)
        return line

    def _draw_rules(self, n: int, unit: float) -> list[Any]:
        """Name the rules beside a line behind the last component that they keep."""
        agreed: dict[int, list[str]] = {}
        for rule, count in (self.rules or {}).items():
            agreed.setdefault(count, []).append(rule)
        points = self._occupied(n, unit)
        box = {"facecolor": LIGHT.paper, "edgecolor": "none", "pad": 1}
        style = {"fontsize": font_of(self.ax_), "color": LIGHT.below, "bbox": box, "va": "top"}
        texts: list[Any] = []
        for count, rules in agreed.items():
            at = min(count, n) - 0.5
            text = f"{', '.join(rules)}: {count}" + (" →" if count > n else "")
            artist, height = free_place(self.ax_, text, at, HEIGHTS, texts, points, **style)
            if count <= n:
                line = {"color": LIGHT.below, "lw": 1, "ls": (0, (2, 2)), "zorder": 3}
                self.ax_.plot([at, at], [0, height], **line)
            texts.append(artist)
        return texts

    def _occupied(self, n: int, unit: float) -> np.ndarray:
        """Points of bars, curve and band, in pixels, that names cover as few of as there can be."""
        curve = _fine(np.asarray(self.cumulative_.get_ydata(), np.float64))
        steps = np.linspace(-0.4, 0.4, max(2, 60 // n))
        bars = [
            np.column_stack([np.full(12, i + step), np.linspace(0, bar.get_height(), 12)])
            for i, bar in enumerate(self.bars_)
            for step in steps
        ]
        if self.band is not None:
            bars.append(_fine(self.band[1][:n] * unit))
        points = self.ax_.transData.transform(np.vstack(bars))
        return np.vstack([points, self.cumulative_.axes.transData.transform(curve)])


def _fine(heights: np.ndarray) -> np.ndarray:
    """Points along a line through heights at 0, 1, …"""
    places = np.linspace(0, len(heights) - 1, 12 * len(heights))
    return np.column_stack([places, np.interp(places, np.arange(len(heights)), heights)])


def _check(kind: Any, max_components: Any, what: str) -> None:
    """Raise an error for arguments that are not allowed."""
    check_option(kind, KINDS, f"{what}: kind")
    check_count(max_components, f"{what}: max_components", or_none=True)
