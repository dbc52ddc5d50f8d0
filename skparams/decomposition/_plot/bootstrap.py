"""How certain a PCA is: intervals over resampled rows."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._report import LIGHT
from skparams.decomposition._explain import (
    KINDS,
    check_count,
    check_option,
    check_probability,
    index_of,
)
from skparams.decomposition._plot.display import Display, percent, short, style_axes


@dataclass(eq=False, repr=False, kw_only=True)
class BootstrapDisplay(Display):
    """Eigenvalues, explained-variance ratios or loadings of a PCA with bootstrap intervals.

    `from_estimator` makes one, and `from_bootstrap` does of a bootstrap that exists.

    Parameters
    ----------
    bootstrap : Bootstrap
        What ``explain(pca, X).bootstrap()`` returns.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    estimates_ : matplotlib Line2D
        The model's own numbers.
    intervals_ : matplotlib LineCollection
        An interval for each.

    See Also
    --------
    explain : The numbers, by ``bootstrap()``.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skparams import PCA, BootstrapDisplay
    >>> X = load_wine(as_frame=True).data
    >>> pca = PCA(n_components=3, scale=True).fit(X)
    >>> display = BootstrapDisplay.from_estimator(pca, X, n_resamples=200, random_state=0)
    >>> len(display.intervals_.get_segments())
    3
    """

    bootstrap: Any

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X=None,
        *,
        n_resamples=1000,
        sample_weight=None,
        random_state=None,
        kind="ratios",
        component=0,
        n_features=30,
        confidence_level=0.95,
        ax=None,
    ) -> Self:
        """Resample the rows of a fitted PCA, and draw intervals.

        Parameters
        ----------
        estimator : PCA, an estimator with one inside it, or Explanation
            A fitted one; `explain` says where the PCA is looked for. Steps before it are not
            fitted again.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            The training rows; needed unless an Explanation has them.
        n_resamples : int, default=1000
            How many resamples.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, the same as in ``fit``.
        random_state : int, RandomState instance or None, default=None
            Draws of the rows.
        kind : {'ratios', 'eigenvalues', 'loadings'}, default='ratios'
            Which numbers.
        component : int or str, default=0
            Which component, by position or by name, if `kind` is 'loadings'.
        n_features : int, default=30
            Maximum number of features, the largest loadings, if `kind` is 'loadings'.
        confidence_level : float, default=0.95
            Share of the resamples in an interval, in (0, 1).
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : BootstrapDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        _check(kind, n_features, confidence_level, what)
        found = cls._explain(estimator, X)
        if kind == "loadings":
            index_of(component, found.component_names, what, "component")
        resampled = found.bootstrap(
            n_resamples, sample_weight=sample_weight, random_state=random_state
        )
        return cls(bootstrap=resampled)._draw(ax, kind, component, n_features, confidence_level)

    @classmethod
    def from_bootstrap(
        cls, bootstrap, *, kind="ratios", component=0, n_features=30, confidence_level=0.95, ax=None
    ) -> Self:
        """Draw intervals of a bootstrap.

        Parameters
        ----------
        bootstrap : Bootstrap
            What ``explain(pca, X).bootstrap()`` returns.
        kind : {'ratios', 'eigenvalues', 'loadings'}, default='ratios'
            Which numbers.
        component : int or str, default=0
            Which component, by position or by name, if `kind` is 'loadings'.
        n_features : int, default=30
            Maximum number of features, the largest loadings, if `kind` is 'loadings'.
        confidence_level : float, default=0.95
            Share of the resamples in an interval, in (0, 1).
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : BootstrapDisplay
            The display that is drawn.
        """
        return cls(bootstrap=bootstrap)._draw(ax, kind, component, n_features, confidence_level)

    def plot(
        self, ax=None, *, kind="ratios", component=0, n_features=30, confidence_level=0.95
    ) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.
        kind : {'ratios', 'eigenvalues', 'loadings'}, default='ratios'
            Which numbers.
        component : int or str, default=0
            Which component, by position or by name, if `kind` is 'loadings'.
        n_features : int, default=30
            Maximum number of features, the largest loadings, if `kind` is 'loadings'.
        confidence_level : float, default=0.95
            Share of the resamples in an interval, in (0, 1).

        Returns
        -------
        display : BootstrapDisplay
            The display.
        """
        return self._draw(ax, kind, component, n_features, confidence_level)

    def _draw(self, ax: Any, kind: Any, component: Any, n_features: Any, level: Any) -> Self:
        what = type(self).__name__
        _check(kind, n_features, level, what)
        low, high = self.bootstrap.interval(kind, level)
        estimates = getattr(self.bootstrap.estimates, kind)
        if kind == "loadings":
            names = self.bootstrap.component_names
            i = index_of(component, names, what, "component")
            columns = estimates[:, i], low[:, i], high[:, i]
            self._draw_loadings(ax, *columns, names[i], n_features, level)
        else:
            self._draw_spectrum(ax, estimates, low, high, kind, level)
        return self

    def _draw_spectrum(
        self, ax: Any, estimates: Any, low: Any, high: Any, kind: str, level: float
    ) -> None:
        """Draw a vertical interval for each component."""
        ax = self._start(ax, (6, 3.8))
        unit, noun = (100, "share of the variance (%)") if kind == "ratios" else (1, "eigenvalue")
        places = np.arange(len(estimates))
        thick = 7 if len(estimates) <= 30 else 2
        self.intervals_ = ax.vlines(
            places, unit * low, unit * high, color=LIGHT.above, lw=thick, alpha=0.4
        )
        (self.estimates_,) = ax.plot(places, unit * estimates, "_", color=LIGHT.ink, ms=12, mew=1.2)
        ax.set(xlim=(-0.6, len(estimates) - 0.4), ylim=(0, None), ylabel=noun)
        counted = ""
        if len(estimates) <= 10:
            ax.set_xticks(places, [short(name) for name in self.bootstrap.component_names])
        else:
            ax.xaxis.get_major_locator().set_params(integer=True)
            counted = ", counted from 0"
        ax.set_xlabel(f"component{counted}; {self._caption(level)}")
        # Neighbors whose intervals overlap may swap.
        n = int((low[:-1] <= high[1:]).sum())
        few = {0: "no neighbors overlap", 1: "1 pair of neighbors overlaps"}
        what = "Eigenvalues" if kind == "eigenvalues" else "Shares of the components"
        style_axes(ax, f"{what}: {few.get(n, f'{n} pairs overlap')}")

    def _draw_loadings(
        self, ax: Any, estimates: Any, low: Any, high: Any, name: str, n_features: int, level: float
    ) -> None:
        """Draw a horizontal interval for each feature, the largest loading on top."""
        order = np.argsort(-np.abs(estimates), kind="stable")[:n_features]
        order = order[np.argsort(-estimates[order], kind="stable")]
        ax = self._start(ax, (6, 1.2 + 0.2 * len(order)))
        uncertain = (low <= 0) & (high >= 0)
        colors = [LIGHT.quiet if uncertain[j] else LIGHT.above for j in order]
        places = np.arange(len(order))
        ax.axvline(0, color=LIGHT.ink, lw=0.8, zorder=0)
        self.intervals_ = ax.hlines(
            places, low[order], high[order], colors=colors, lw=5, alpha=0.45
        )
        (self.estimates_,) = ax.plot(estimates[order], places, "o", color=LIGHT.ink, ms=4)
        ax.set_yticks(places, [short(self.bootstrap.feature_names[j]) for j in order])
        ax.set(ylim=(len(order) - 0.4, -0.6))
        left = len(estimates) - len(order)
        more = f"; {left} smaller ones are not shown" if left else ""
        ax.set_xlabel(f"loading on {short(name)}, {self._caption(level)}{more}")
        n = int(uncertain.sum())
        title = f"{n} of {len(estimates)} loadings on {short(name)} may be 0"
        style_axes(ax, title, spines=("bottom",))
        ax.tick_params(axis="y", length=0)

    def _caption(self, level: float) -> str:
        return f"{percent(level)} intervals of {len(self.bootstrap.resamples.ratios):,} resamples"


def _check(kind: Any, n_features: Any, confidence_level: Any, what: str) -> None:
    """Raise an error for arguments that are not allowed, before rows are resampled."""
    check_option(kind, KINDS, f"{what}: kind")
    check_count(n_features, f"{what}: n_features")
    check_probability(confidence_level, f"{what}: confidence_level")
