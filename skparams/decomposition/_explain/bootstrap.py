"""How sure a PCA is: intervals of eigenvalues, shares and loadings over resampled rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skparams.decomposition._explain.features import FeatureTables
from skparams.decomposition._explain.limits import check_share
from skparams.decomposition._explain.resamples import Resamples, reflected, resample, rotated
from skparams.decomposition._explain.supplementary import SupplementaryTables
from skparams.decomposition._explain.tables import feature_names, pandas_for
from skparams.decomposition._pca.blocks import over_blocks

ALIGNMENTS = {"signs": reflected, "procrustes": rotated}
KINDS = ("eigenvalues", "ratios", "loadings")


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap:
    """What a model's numbers were in resamples of its rows.

    Parameters
    ----------
    estimates : Resamples
        The model's own ``eigenvalues``, ``ratios`` and ``loadings``.
    resamples : Resamples
        The same of each resample, along a first axis more.
    alignment : str
        How loadings were aligned.
    feature_names, component_names : tuple
        Names of the features and of the components.
    """

    estimates: Resamples
    resamples: Resamples
    alignment: str
    feature_names: tuple[Any, ...]
    component_names: tuple[str, ...]

    def interval(self, kind: str = "eigenvalues", confidence_level: float = 0.95) -> np.ndarray:
        """Return percentile intervals.

        Parameters
        ----------
        kind : {'eigenvalues', 'ratios', 'loadings'}, default='eigenvalues'
            Of which numbers.
        confidence_level : float, default=0.95
            Share of the resamples inside, in (0, 1).

        Returns
        -------
        interval : ndarray of shape (2, n_components) or (2, n_features, n_components)
            Lower and upper ends.

        Raises
        ------
        ValueError
            If there is no such kind, or the level is not in (0, 1).

        References
        ----------
        .. [1] Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
        """
        check_share(confidence_level, "Bootstrap.interval: confidence_level")
        tail = (1 - confidence_level) / 2
        return np.quantile(self._of(kind), [tail, 1 - tail], axis=0)

    def standard_error(self, kind: str = "eigenvalues") -> np.ndarray:
        """Return standard deviations over the resamples.

        Parameters
        ----------
        kind : {'eigenvalues', 'ratios', 'loadings'}, default='eigenvalues'
            Of which numbers.

        Returns
        -------
        error : ndarray of shape (n_components,) or (n_features, n_components)
            One for each number.
        """
        return self._of(kind).std(axis=0, ddof=1)

    def to_frame(self, kind: str = "eigenvalues", confidence_level: float = 0.95) -> Any:
        """Return a frame of estimates and intervals.

        Parameters
        ----------
        kind : {'eigenvalues', 'ratios', 'loadings'}, default='eigenvalues'
            Of which numbers.
        confidence_level : float, default=0.95
            As in `interval`.

        Returns
        -------
        frame : DataFrame
            Columns ``estimate``, ``low``, ``high`` and ``standard_error``; a row a component, or
            a row each component and feature.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pd = pandas_for("Bootstrap.to_frame")
        low, high = self.interval(kind, confidence_level)
        columns = {
            "estimate": getattr(self.estimates, kind),
            "low": low,
            "high": high,
            "standard_error": self.standard_error(kind),
        }
        index = pd.Index(self.component_names, name="component")
        if kind == "loadings":
            levels = (self.component_names, self.feature_names)
            index = pd.MultiIndex.from_product(levels, names=["component", "feature"])
        return pd.DataFrame({name: table.T.ravel() for name, table in columns.items()}, index)

    def __repr__(self) -> str:
        low, high = self.interval("ratios")
        lines = [f"{len(self.resamples.ratios):,} resamples: share of the variance, 95 % interval"]
        width = max(map(len, self.component_names), default=0)
        for name, share, a, b in zip(
            self.component_names, self.estimates.ratios, low, high, strict=True
        ):
            lines.append(f"{name.rjust(width)}  {share:.3f}  [{a:.3f}, {b:.3f}]")
        return "\n".join(lines)

    def _of(self, kind: str) -> np.ndarray:
        if kind not in KINDS:
            raise ValueError(f"Bootstrap: kind must be one of {list(KINDS)}, got {kind!r}.")
        return getattr(self.resamples, kind)


class BootstrapTables(FeatureTables, SupplementaryTables):
    """A PCA that says how sure its numbers are."""

    def bootstrap(
        self,
        X,
        n_resamples=1000,
        *,
        sample_weight=None,
        alignment="signs",
        random_state=None,
        progress=False,
    ):
        """Resample the rows and look how much eigenvalues and loadings vary.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training rows. Features are scaled anew in each resample where `scale` is set.
        n_resamples : int, default=1000
            How many resamples, each of as many rows.
        sample_weight : array-like of shape (n_samples,), default=None
            How many rows each row stands for, as in ``fit``: rows are drawn in proportion, as many
            as the weights sum to.
        alignment : {'signs', 'procrustes'}, default='signs'
            How the components of a resample, which are free in sign, are matched with the
            model's.

            - 'signs' turns each to the same side: Procrustes analysis with reflections alone.
              Intervals cover the loadings of the population's components.
            - 'procrustes' rotates them together as near to the model's as they get. Intervals
              are narrower, as they leave out how unsure the components' rotation among one
              another is: they cover the population's loadings only up to such a rotation.
        random_state : int, RandomState instance or None, default=None
            Draws of the rows. Results do not depend on the number of threads.
        progress : bool, default=False
            Whether to show a progress bar.

        Returns
        -------
        bootstrap : Bootstrap
            Resampled ``eigenvalues``, ``ratios`` and ``loadings``, and their intervals. They take
            8 ``n_resamples * n_features * n_components`` bytes.

        Raises
        ------
        ValueError
            If X has missing values, whose covariance is not that of resampled rows, or an
            argument is not allowed.

        Notes
        -----
        The j-th eigenvalue of a resample is compared with the j-th of the model. On simulated
        spikes, percentile intervals covered more evenly than basic, bias-corrected and
        accelerated ones.

        A resample takes all eigenvalues of its covariance, whose time grows with the cube of the
        number of features: of thousands it is seconds each.

        References
        ----------
        .. [1] Timmerman, Kiers and Smilde, "Estimating confidence intervals for principal component
           loadings: a comparison between the bootstrap and asymptotic results", British Journal
           of Mathematical and Statistical Psychology 60, 2007.
        .. [2] Milan and Whittaker, "Application of the parametric bootstrap to models that
           incorporate a singular value decomposition", Applied Statistics 44, 1995.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> from skparams import PCA
        >>> X = load_wine().data
        >>> pca = PCA(n_components=2, scale=True).fit(X)
        >>> found = pca.bootstrap(X, n_resamples=200, random_state=0)
        >>> found.interval("ratios").shape
        (2, 2)
        """
        check_is_fitted(self)
        name = f"{type(self).__name__}.bootstrap"
        if not isinstance(alignment, str) or alignment not in ALIGNMENTS:
            raise ValueError(
                f"{name}: alignment must be one of {list(ALIGNMENTS)}, got {alignment!r}."
            )
        whole = isinstance(n_resamples, Integral) and not isinstance(n_resamples, bool)
        if not whole or n_resamples < 2:
            raise ValueError(
                f"{name}: n_resamples must be an int of at least 2, got {n_resamples!r}."
            )
        X = self._checked(X, accept_sparse="csr")
        if X.shape[0] < 2:
            raise ValueError(f"{name}: X must have at least 2 rows, got {X.shape[0]}.")
        weight = self._weights(sample_weight, X)
        if weight is not None and round(weight.sum()) < 2:
            raise ValueError(
                f"{name}: sample_weight must sum to 2 or more, as it counts rows, got a sum of "
                f"{weight.sum():.6g}."
            )
        z = np.empty(X.shape)

        def keep(rows: slice, centered: np.ndarray) -> None:
            np.divide(centered, self._unit(), out=z[rows])

        over_blocks(X, self.mean_, np.float64, keep)
        if np.isnan(z).any():
            raise ValueError(
                f"{name}: X has missing values, of which a resample would take a fit by "
                "missing='em' of its own. Leave out the rows or the features that have them."
            )
        loadings = self._loadings()
        with _progress(name, n_resamples, progress) as advance:
            resamples = resample(
                z,
                weight,
                self.scale,
                loadings,
                ALIGNMENTS[alignment],
                n_resamples,
                check_random_state(random_state),
                advance,
            )
        estimates = Resamples(
            self.explained_variance_.astype(np.float64),
            self.explained_variance_ratio_.astype(np.float64),
            loadings,
        )
        names = tuple(feature_names(self)), tuple(self.get_feature_names_out())
        return Bootstrap(estimates, resamples, alignment, *names)


@contextmanager
def _progress(name: str, total: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Give what is to be called with how many more are done, and a bar where it is shown."""
    if not shown:
        yield lambda n: None
        return
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task(name, total=total)
        yield lambda n: bar.advance(task, n)
