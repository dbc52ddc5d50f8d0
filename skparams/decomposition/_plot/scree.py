"""The scree: how much each component explains, and how many are worth keeping."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._explain import check_option
from skparams.decomposition._plot.display import FONT, Display, annotate, percent, style_axes

KINDS = ("ratios", "eigenvalues")


@dataclass(eq=False, repr=False, kw_only=True)
class ScreeDisplay(Display):
    """Scree plot: the variance of each component, what rules keep, and the band of chance.

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
    line_ : matplotlib Line2D
        The eigenvalues.
    kept_ : matplotlib Line2D
        Those of the components that the model keeps.
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
        cls, estimator, X=None, *, sample_weight=None, kind="ratios", ax=None
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
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : ScreeDisplay
            The display that is drawn.
        """
        check_option(kind, KINDS, f"{cls.__name__}.from_estimator: kind")
        found = cls._explain(estimator, X, needs_rows=False)
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
        return display.plot(ax, kind=kind)

    def plot(self, ax=None, *, kind="ratios") -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        kind : {'ratios', 'eigenvalues'}, default='ratios'
            What is drawn.

        Returns
        -------
        display : ScreeDisplay
            The display.
        """
        check_option(kind, KINDS, f"{type(self).__name__}: kind")
        ax = self._start(ax, (6, 3.8))
        unit = 1.0
        if kind == "ratios":
            unit = 100 / self.total_variance if self.total_variance > 0 else 0.0
        heights = self.eigenvalues * unit
        places = np.arange(len(heights))
        self.band_ = self._draw_band(places, unit)
        size = 5.5 if len(heights) <= 40 else 3.5
        (self.line_,) = ax.plot(
            places, heights, "-o", color=LIGHT.above, mfc=LIGHT.paper, ms=size, lw=1.2
        )
        k = self.n_components
        (self.kept_,) = ax.plot(places[:k], heights[:k], "o", color=LIGHT.above, ms=size)
        drawn = heights if self.band is None else np.append(heights, self.band[1] * unit)
        top = max(drawn.max(initial=0.0), 0.0) or 1.0
        ax.set(xlim=(-0.6, len(heights) - 0.4), ylim=(0, 1.08 * top))
        ax.set_xlabel("component, counted from 0")
        ax.set_ylabel("eigenvalue" if kind == "eigenvalues" else "share of the variance (%)")
        ax.xaxis.get_major_locator().set_params(integer=True)
        share = self.eigenvalues[:k].sum() / (self.total_variance or 1.0)
        of = f" of {len(heights)}" if len(heights) > k else ""
        noun = "component explains" if k == 1 and not of else "components explain"
        style_axes(ax, f"{k}{of} {noun} {percent(share)} of the variance")
        self.rules_ = self._draw_rules(1.08 * top)
        return self

    def _draw_band(self, places: np.ndarray, unit: float) -> Any:
        if self.band is None:
            return None
        band = self.ax_.fill_between(
            places, *(self.band * unit), color=LIGHT.quiet, alpha=0.35, lw=0
        )
        # The band falls, so that there is room above it, to the right.
        at = len(places) // 4 if len(places) > 4 else 0
        point, style = (places[at], self.band[1][at] * unit), {"va": "bottom", "color": LIGHT.quiet}
        annotate(self.ax_, "independent features (5 to 95 %)", point, (4, 3), **style)
        return band

    def _draw_rules(self, top: float) -> list[Any]:
        """Draw a line behind the last component that rules keep, higher for fewer components."""
        agreed: dict[int, list[str]] = {}
        for rule, count in (self.rules or {}).items():
            agreed.setdefault(count, []).append(rule)
        texts = []
        for i, (count, rules) in enumerate(agreed.items()):
            at, height = count - 0.5, top * (0.97 - 0.09 * i)
            line = {"color": LIGHT.below, "lw": 1, "ls": (0, (2, 2)), "zorder": 1}
            self.ax_.plot([at, at], [0, height], **line)
            offset, side = (-4, "right") if count > 0.6 * len(self.eigenvalues) else (4, "left")
            box = {"facecolor": LIGHT.paper, "edgecolor": "none", "pad": 1}
            style = {"ha": side, "va": "top", "fontsize": FONT, "color": LIGHT.below, "bbox": box}
            text = f"{', '.join(rules)}: {count}"
            texts.append(annotate(self.ax_, text, (at, height), (offset, 0), **style))
        return texts
