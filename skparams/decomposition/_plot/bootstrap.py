"""How certain a PCA is: intervals over resampled rows."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skparams._lazy import refuse_lazy
from skparams._report import LIGHT
from skparams.decomposition._explain import (
    KINDS,
    check_count,
    check_option,
    check_probability,
    index_of,
)
from skparams.decomposition._plot.display import (
    FEW_ROWS,
    LABEL_LENGTH,
    Display,
    check_label_length,
    counted,
    height_of,
    note,
    percent,
    warnings_of,
)

# Components that have names below the axes, and the characters of these.
MAX_NAMED, MAX_CHARACTERS = 10, 60
NOUNS = {"ratios": "share of the variance (%)", "eigenvalues": "eigenvalue"}


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
    warnings_ : list of matplotlib Text
        What the bootstrap warns of, if it does, below the axes.

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
        label_length=LABEL_LENGTH,
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
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : BootstrapDisplay
            The display that is drawn.
        """
        what = f"{cls.__name__}.from_estimator"
        _check(kind, n_features, confidence_level, label_length, what)
        found = cls._explain(estimator, X)
        refuse_lazy(f"{cls.__name__}.from_estimator", FEW_ROWS, sample_weight=sample_weight)
        if kind == "loadings":
            index_of(component, found.component_names, what, "component")
        resampled = found.bootstrap(
            n_resamples, sample_weight=sample_weight, random_state=random_state
        )
        return cls(bootstrap=resampled)._draw(
            ax, kind, component, n_features, confidence_level, label_length
        )

    @classmethod
    def from_bootstrap(
        cls,
        bootstrap,
        *,
        kind="ratios",
        component=0,
        n_features=30,
        confidence_level=0.95,
        label_length=LABEL_LENGTH,
        ax=None,
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
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.
        ax : matplotlib Axes, default=None
            The axes to draw in; by default those of a new figure.

        Returns
        -------
        display : BootstrapDisplay
            The display that is drawn.
        """
        return cls(bootstrap=bootstrap)._draw(
            ax, kind, component, n_features, confidence_level, label_length
        )

    def plot(
        self,
        ax=None,
        *,
        kind="ratios",
        component=0,
        n_features=30,
        confidence_level=0.95,
        label_length=LABEL_LENGTH,
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
        label_length : int, default=24
            How many characters of a name are shown, at least 4; the middle of longer ones is left
            out.

        Returns
        -------
        display : BootstrapDisplay
            The display.
        """
        return self._draw(ax, kind, component, n_features, confidence_level, label_length)

    def _draw(
        self, ax: Any, kind: Any, component: Any, n_features: Any, level: Any, label_length: Any
    ) -> Self:
        what = type(self).__name__
        _check(kind, n_features, level, label_length, what)
        low, high = self.bootstrap.interval(kind, level)
        estimates = getattr(self.bootstrap.estimates, kind)
        texts = warnings_of(self.bootstrap)
        more = height_of(texts)
        if kind == "loadings":
            i = index_of(component, self.bootstrap.component_names, what, "component")
            order = np.argsort(-np.abs(estimates[:, i]), kind="stable")[:n_features]
            ax = self._start(ax, (6, 1.5 + 0.2 * len(order) + more), label_length)
            self._draw_loadings(estimates[:, i], low[:, i], high[:, i], order, i)
        else:
            ax = self._start(ax, (6, 3.8 + more), label_length)
            self._draw_spectrum(estimates, low, high, kind)
        n = len(self.bootstrap.resamples.ratios)
        note(self.ax_, f"{percent(level)} intervals of {n:,} resamples")
        self._draw_warnings(texts)
        return self._finish()

    def _draw_spectrum(self, estimates: Any, low: Any, high: Any, kind: str) -> None:
        """Draw a vertical interval for each component."""
        ax, unit = self.ax_, 100 if kind == "ratios" else 1
        places = np.arange(len(estimates))
        thick = float(np.clip(220 / len(estimates), 1.0, 7.0))
        style = {"color": LIGHT.above, "lw": thick, "alpha": 0.4, "capstyle": "butt"}
        self.intervals_ = ax.vlines(places, unit * low, unit * high, **style)
        marks = {"ms": min(12.0, 1.8 * thick), "mew": 1.2, "color": LIGHT.ink}
        # Marks at 0 are whole.
        (self.estimates_,) = ax.plot(places, unit * estimates, "_", clip_on=False, **marks)
        top = unit * float(max(high.max(initial=0.0), estimates.max(initial=0.0)))
        ax.set(xlim=(-0.6, len(estimates) - 0.4), ylim=(0, 1.06 * top or 1.0), ylabel=NOUNS[kind])
        names = self._texts(self.bootstrap.component_names)
        if len(names) <= MAX_NAMED and sum(map(len, names)) <= MAX_CHARACTERS:
            ax.set_xticks(places, names)
            ax.set_xlabel("component")
        else:
            ax.xaxis.get_major_locator().set_params(integer=True)
            ax.set_xlabel("component, counted from 0")
        # Neighbors whose intervals overlap may swap.
        n = int((low[:-1] <= high[1:]).sum())
        few = {0: "no neighbors overlap", 1: "1 pair of neighbors overlaps"}
        what = "Eigenvalues" if kind == "eigenvalues" else "Shares of the components"
        self._style(f"{what}: {few.get(n, f'{n} pairs of neighbors overlap')}")

    def _draw_loadings(self, estimates: Any, low: Any, high: Any, order: Any, i: int) -> None:
        """Draw a horizontal interval for each feature, the largest loading on top."""
        ax = self.ax_
        order = order[np.argsort(-estimates[order], kind="stable")]
        uncertain = (low <= 0) & (high >= 0)
        colors = [LIGHT.quiet if uncertain[j] else LIGHT.above for j in order]
        places = np.arange(len(order))
        ax.axvline(0, color=LIGHT.ink, lw=0.8, zorder=0)
        self.intervals_ = ax.hlines(
            places, low[order], high[order], colors=colors, lw=5, alpha=0.45, capstyle="butt"
        )
        (self.estimates_,) = ax.plot(estimates[order], places, "o", color=LIGHT.ink, ms=4)
        ax.set_yticks(places, self._texts(self.bootstrap.feature_names[j] for j in order))
        ax.set(ylim=(len(order) - 0.4, -0.6))
        ax.margins(x=0.04)
        left = len(estimates) - len(order)
        name = self._text(self.bootstrap.component_names[i])
        more = f"; {left} smaller ones are not shown" if left else ""
        ax.set_xlabel(f"loading on {name}{more}")
        title = counted(int(uncertain.sum()), len(estimates), "loading", "may be 0", "may be 0")
        self._style(title.replace(" may", f" on {name} may"), spines=("bottom",))
        ax.tick_params(axis="y", length=0)


def _check(kind: Any, n_features: Any, confidence_level: Any, label_length: Any, what: str) -> None:
    """Raise an error for arguments that are not allowed, before rows are resampled."""
    check_option(kind, KINDS, f"{what}: kind")
    check_count(n_features, f"{what}: n_features")
    check_probability(confidence_level, f"{what}: confidence_level")
    check_label_length(label_length, what)
