"""Bootstrap intervals of eigenvalues, explained-variance ratios and loadings."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_random_state

from skparams._escape import escape_frame
from skparams._runtime import Progress
from skparams.decomposition._explain.checks import check_count, check_option, check_probability
from skparams.decomposition._explain.diagnostics import quotient
from skparams.decomposition._explain.labels import feature_names, pandas_for
from skparams.decomposition._explain.resamples import Resamples, reflected, resample, rotated
from skparams.decomposition._explain.trust import (
    bounded,
    interval_of,
    largest_eigenvalues,
    unbounded,
    warnings_of,
)
from skparams.decomposition._pca import FittedPCA

ALIGNMENTS = {"signs": reflected, "procrustes": rotated}
KINDS = ("eigenvalues", "ratios", "loadings")


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap:
    """Numbers of a model in resamples of its rows.

    Parameters
    ----------
    estimates : Resamples
        The model's own ``eigenvalues``, ``ratios`` and ``loadings``.
    resamples : Resamples
        The same for each resample, along an additional first axis.
    alignment : str
        How loadings were aligned.
    feature_names, component_names : tuple
        Names of the features and of the components.
    normal_error : float
        The standard error of the logarithm of an eigenvalue of as many normal rows; 0 with `scale`,
        where it depends on the correlations.
    warnings : tuple of str
        Sentences that say where the intervals are not to be trusted; empty if nowhere.
    """

    estimates: Resamples
    resamples: Resamples
    alignment: str
    feature_names: tuple[Any, ...]
    component_names: tuple[str, ...]
    normal_error: float
    warnings: tuple[str, ...]

    def interval(self, kind: str = "eigenvalues", confidence_level: float = 0.95) -> np.ndarray:
        """Return intervals.

        They are normal intervals, less the bias of the resamples: of the logarithms of eigenvalues,
        of the logarithms of the odds of ratios, and of loadings. Components at a bound have
        percentile intervals. See `warnings`.

        Parameters
        ----------
        kind : {'eigenvalues', 'ratios', 'loadings'}, default='eigenvalues'
            Which numbers.
        confidence_level : float, default=0.95
            Share of samples whose interval covers the number of the population, in (0, 1).

        Returns
        -------
        interval : ndarray of shape (2, n_components) or (2, n_features, n_components)
            Lower and upper bounds.

        Raises
        ------
        ValueError
            If `kind` is unknown, or `confidence_level` is not in (0, 1).

        References
        ----------
        .. [1] Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 14.
        """
        check_probability(confidence_level, "Bootstrap.interval: confidence_level")
        tail = (1 - confidence_level) / 2
        found, free = np.quantile(self._of(kind), [tail, 1 - tail], axis=0), ~self._at_bound
        estimates, resamples = (
            unbounded(getattr(each, kind)[..., free], kind)
            for each in (self.estimates, self.resamples)
        )
        stretch = 1.0 if kind == "loadings" else self._stretch(free)
        bounds = interval_of(estimates, resamples, confidence_level, stretch)
        found[..., free] = bounded(bounds, kind)
        # The loadings of scaled features are correlations.
        return found.clip(-1, 1) if kind == "loadings" and self.normal_error == 0 else found

    def _stretch(self, free: np.ndarray) -> np.ndarray:
        """How much wider than in the resamples intervals are, as normal rows vary more."""
        errors = np.log(self.resamples.eigenvalues[:, free]).std(axis=0, ddof=1)
        return np.maximum(1.0, quotient(np.full_like(errors, self.normal_error), errors))

    def standard_error(self, kind: str = "eigenvalues") -> np.ndarray:
        """Return standard deviations over the resamples.

        Parameters
        ----------
        kind : {'eigenvalues', 'ratios', 'loadings'}, default='eigenvalues'
            Which numbers.

        Returns
        -------
        error : ndarray of shape (n_components,) or (n_features, n_components)
            One standard error for each number.
        """
        return self._of(kind).std(axis=0, ddof=1)

    def to_frame(self, kind: str = "eigenvalues", confidence_level: float = 0.95) -> Any:
        """Return a frame of estimates, intervals and standard errors.

        Parameters
        ----------
        kind : {'eigenvalues', 'ratios', 'loadings'}, default='eigenvalues'
            Which numbers.
        confidence_level : float, default=0.95
            As in `interval`.

        Returns
        -------
        frame : DataFrame
            Columns ``estimate``, ``low``, ``high`` and ``standard_error``; one row a component, or
            one a component and feature.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pd = pandas_for("Bootstrap.to_frame")
        low, high = self.interval(kind, confidence_level)
        columns = {"estimate": getattr(self.estimates, kind), "low": low, "high": high}
        columns["standard_error"] = self.standard_error(kind)
        index = pd.Index(self.component_names, name="component")
        if kind == "loadings":
            levels = (self.component_names, self.feature_names)
            index = pd.MultiIndex.from_product(levels, names=["component", "feature"])
        found = {name: table.T.ravel() for name, table in columns.items()}
        return escape_frame(pd.DataFrame(found, index))

    def __repr__(self) -> str:
        low, high = self.interval("ratios")
        lines = [f"{len(self.resamples.ratios):,} resamples: share of the variance, 95 % interval"]
        width = max(map(len, self.component_names), default=0)
        for i, ratio in enumerate(self.estimates.ratios):
            name = self.component_names[i].rjust(width)
            lines.append(f"{name}  {ratio:.3f}  [{low[i]:.3f}, {high[i]:.3f}]")
        return "\n".join([*lines, *self.warnings])

    @property
    def _at_bound(self) -> np.ndarray:
        """Which components have no variance, or all of it, in the data or in a resample."""
        ratios = np.vstack([self.estimates.ratios, self.resamples.ratios])
        values = np.vstack([self.estimates.eigenvalues, self.resamples.eigenvalues])
        return np.any((values <= 0) | (ratios >= 1), axis=0)

    def _of(self, kind: str) -> np.ndarray:
        check_option(kind, KINDS, "Bootstrap: kind")
        return getattr(self.resamples, kind)


def bootstrap(
    pca: FittedPCA,
    X: Any,
    n_resamples: int,
    sample_weight: Any,
    alignment: str,
    random_state: Any,
    progress: bool,
) -> Bootstrap:
    """Resample the rows; the arguments are those of ``Explanation.bootstrap``."""
    name = "Explanation.bootstrap"
    check_option(alignment, ALIGNMENTS, f"{name}: alignment")
    check_count(n_resamples, f"{name}: n_resamples", minimum=2)
    X = pca._checked(X)
    if X.shape[0] < 2:
        raise ValueError(f"{name}: X must have at least 2 rows, got {X.shape[0]}.")
    weight = pca._weights(sample_weight, X)
    if weight is not None and round(weight.sum()) < 2:
        raise ValueError(
            f"{name}: sample_weight must sum to 2 or more, as it counts rows, got a sum of "
            f"{weight.sum():.6g}."
        )
    z = (X.toarray() if sp.issparse(X) else X) - pca.mean_
    if np.isnan(z).any():
        raise ValueError(
            f"{name}: X has missing values, for which each resample would need a fit with "
            "missing='em'. Leave out the rows or the features that have them."
        )
    z /= pca._units()
    draws, align = check_random_state(random_state), ALIGNMENTS[alignment]
    bar = Progress(name, n_resamples, shown=progress)
    resamples = resample(z, weight, pca, align, n_resamples, draws, bar)
    values, ratios = pca.explained_variance_, pca.explained_variance_ratio_
    estimates = Resamples(values.astype(np.float64), ratios.astype(np.float64), pca._loadings())
    names = tuple(feature_names(pca)), tuple(pca.get_feature_names_out())
    n, p = round(len(z) if weight is None else weight.sum()), z.shape[1]
    normal_error = 0.0 if pca._is_scaled else float(np.sqrt(2 / n))
    found = Bootstrap(estimates, resamples, alignment, *names, normal_error, ())
    at_bound, errors = found._at_bound, np.full(len(values), normal_error)
    logs = np.log(resamples.eigenvalues[:, ~at_bound])
    errors[~at_bound] = np.maximum(normal_error, logs.std(axis=0, ddof=1))
    eigenvalues = largest_eigenvalues(z, weight, len(values) + 1)
    warnings = warnings_of(n, p, eigenvalues, errors, at_bound, names[1])
    return replace(found, warnings=warnings)
