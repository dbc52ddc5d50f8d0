"""Whether iterations to a tolerance stopped before they got there, by family.

Reaching ``max_iter`` says so only where fit stops as soon as a tolerance is met. It is how fit ends
where ``max_iter`` is the number of steps, as in histogram gradient boosting, LDA or TSNE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np

from skparams.specs.registry import nearest

__all__ = ["not_converged"]

Values = Mapping[str, Any]
Check = Callable[[Values, Values], str | None]  # from attributes and hyperparameters


def not_converged(cls: type, values: Values, params: Values) -> str | None:
    """Return what shows that a fit did not converge, or None where nothing does.

    Parameters
    ----------
    cls : type
        The estimator's class.
    values, params : mapping
        Its attributes, and its hyperparameters with those that a base class has.

    Returns
    -------
    str or None
        One sentence.
    """
    check = _check_of(cls)
    return check(values, params) if check else None


@lru_cache(maxsize=4096)
def _check_of(cls: type) -> Check | None:
    return nearest(cls, _CHECKS)


def _iterations(values: Values, params: Values) -> str | None:
    """Compare the iterations of each fit, of which there may be several, with the limit."""
    limit = params.get("max_iter")
    n_iter: Any = values.get("n_iter_")
    used = [n for n in np.ravel(n_iter) if n is not None]
    if limit is None or limit < 0 or not used:
        return None
    return _said(sum(bool(n >= limit) for n in used), len(used), limit)


def _said(reached: int, n: int, limit: int) -> str | None:
    if not reached:
        return None
    who = "uses" if n == 1 else f"{reached:,} of {n:,} fits use"
    plural = "" if limit == 1 else "s"
    return f"{who} all of max_iter={limit:,} iteration{plural}: may not have converged"


def _medians(values: Values, params: Values) -> str | None:
    """Count the last iteration in; for a single coefficient there are none."""
    n_coefs, limit = np.size(values["coef_"]) + params["fit_intercept"], params["max_iter"]
    return _said(int(n_coefs > 1 and values["n_iter_"] + 1 >= limit), 1, limit)


def _with_tolerance(values: Values, params: Values) -> str | None:
    """Do so unless the tolerance is switched off."""
    tol = params.get("tol")
    return None if tol is None or tol == -inf else _iterations(values, params)


def _with_positive_tolerance(values: Values, params: Values) -> str | None:
    return _iterations(values, params) if params["tol"] > 0 else None


def _perceptron(values: Values, params: Values) -> str | None:
    """Tell the last epoch's stop, for want of improvement, from the limit; partial_fit has none."""
    if params["solver"] == "lbfgs":
        return _iterations(values, params)
    stopped = values.get("_no_improvement_count", 0) > params["n_iter_no_change"]
    at_limit = values["n_iter_"] == params["max_iter"]
    return _said(1, 1, params["max_iter"]) if at_limit and not stopped else None


def _components(values: Values, params: Values) -> str | None:
    """Count the first evaluation out, which the number of iterations includes."""
    limit = params["max_iter"]
    return _said(int(values["n_iter_"] > limit), 1, limit)


def _covariance(values: Values, params: Values) -> str | None:
    """Leave out a dual gap, the second of each pair of costs, that got below the tolerance."""
    costs = values.get("costs_")
    return None if costs and abs(costs[-1][1]) < params["tol"] else _iterations(values, params)


def _factors(values: Values, params: Values) -> str | None:
    """Leave out a likelihood that rose by less than the tolerance in the last iteration."""
    likelihoods = values["loglike_"]
    settled = len(likelihoods) > 1 and likelihoods[-1] - likelihoods[-2] < params["tol"]
    return None if settled else _iterations(values, params)


def _imputer(values: Values, params: Values) -> str | None:
    """Leave out draws from the posterior, which do not settle."""
    return None if params["sample_posterior"] else _iterations(values, params)


def _mixture(values: Values, params: Values) -> str | None:
    if values["converged_"]:
        return None
    return f"converged_ is False after n_iter_={values['n_iter_']:,} iterations"


def _libsvm(values: Values, params: Values) -> str | None:
    if not np.any(values.get("fit_status_")):
        return None
    return f"fit_status_ is 1: stopped at max_iter={params['max_iter']:,} before it converged"


_TO_A_TOLERANCE = """
    ARDRegression AffinityPropagation BaseLabelPropagation _BaseRidge
    BayesianRidge DictionaryLearning ElasticNet FastICA
    _GeneralizedLinearRegressor HuberRegressor KMeans LinearModelCV LinearSVC LinearSVR
    LogisticRegression MDS MeanShift _PLS SparsePCA
"""
_CHECKS: dict[str, Check] = {
    **{f"sklearn.{name}": _iterations for name in _TO_A_TOLERANCE.split()},
    "sklearn.BaseSGD": _with_tolerance,
    "sklearn.SGDOneClassSVM": _with_tolerance,
    "sklearn._BaseNMF": _with_positive_tolerance,
    "sklearn.BaseGraphicalLasso": _covariance,
    "sklearn.FactorAnalysis": _factors,
    "sklearn.IterativeImputer": _imputer,
    "sklearn.TheilSenRegressor": _medians,
    "sklearn.NeighborhoodComponentsAnalysis": _components,
    "sklearn.BaseMixture": _mixture,
    "sklearn.BaseLibSVM": _libsvm,
    "sklearn.BaseMultilayerPerceptron": _perceptron,
    "skparams.MLPClassifier": _perceptron,
    "skparams.MLPRegressor": _perceptron,
}
