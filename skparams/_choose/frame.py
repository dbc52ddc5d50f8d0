"""The results of a search as a frame, with the counts of its candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from skparams._choose.candidates import Candidates, Request, compare_candidates
from skparams._choose.counting import is_exact, reason_of
from skparams._escape import escape_frame
from skparams._params import Kind
from skparams._report import import_pandas

if TYPE_CHECKING:
    import pandas as pd

_NAME = "params_frame"
_LARGEST = 2**63 - 1


def params_frame(
    search: Any,
    X: Any = None,
    y: Any = None,
    *,
    params: Mapping[str, Any] | None = None,
    tolerance: Any = None,
    kind: Kind | None = None,
    scoring: str | None = None,
    fit: bool = False,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Return the results of a search with the number of parameters of each setting.

    Parameters
    ----------
    search : estimator
        A fitted search: any object with ``cv_results_`` and ``estimator``, such as scikit-learn's
        grid, randomized and halving searches. It is only read.
    X, y : array-like, default=None
        The data that the search was fitted on, which it does not keep. Without them, counts are
        those that follow from the sizes that ``best_estimator_`` tells, or from the data in a
        `fewest_params` that is ``search.refit``.
    params : dict, default=None
        What else the fits with ``fit=True`` get, such as ``{"sample_weight": weights}``. By
        default that of a `fewest_params` with these data that is ``search.refit``.
    tolerance : "1se", float or str, default=None
        As in `fewest_params`. By default that of a `fewest_params` that is ``search.refit``, and
        ``"1se"`` otherwise; so are ``kind``, ``"free"`` otherwise, and ``scoring``.
    kind : {"free", "stored", "nonzero", "effective"}, default=None
        The count that settings are compared by.
    scoring : str, default=None
        The name in ``cv_results_`` of the metric to compare settings by. By default the one that
        ``search.refit`` names, or the only one.
    fit : bool, default=False
        Whether to fit each setting whose count is not known before fit once, on X and y.
    n_jobs : int, default=None
        Number of these fits at the same time, as in scikit-learn.

    Returns
    -------
    DataFrame
        A row for each setting, in the order of ``cv_results_``, with all of its columns and

        - ``n_params_stored``, ``n_params_free``, ``n_params_bytes``: its parameters, and their
          bytes; ``n_params_nonzero`` or ``n_params_effective`` if ``kind`` is one of these;
        - ``n_params_unknown``: why the count of ``kind`` is NA;
        - ``within_tolerance``: whether its score is within the tolerance of the best;
        - ``pareto``: whether no other setting is better in score or count and at least as good in
          the other; NA if that depends on a count that is not known;
        - ``chosen``: True for the setting that `fewest_params` chooses; NA for all within the
          tolerance if that depends on a count that is not known.

        Of a halving search, the settings of the last iteration are compared. The others are
        False in the last three columns, as are settings without a finite score.

    Raises
    ------
    ImportError
        If pandas is not installed.
    TypeError
        If ``search`` is not a search, or ``params`` is not a dict.
    NotFittedError
        If it is not fitted.
    ValueError
        If an argument is not one of those that are allowed, no score is finite, a single split
        has no standard error, or X and y are not the data of the search.

    See Also
    --------
    ParetoDisplay : The figure of it.
    fewest_params : The same choice made by the search itself.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.pipeline import make_pipeline
    >>> from skparams import params_frame
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(PCA(), GaussianNB())
    >>> search = GridSearchCV(model, {"pca__n_components": [1, 2, 4]}).fit(X, y)
    >>> frame = params_frame(search)
    >>> frame[["param_pca__n_components", "mean_test_score", "n_params_free", "chosen"]].round(2)
       param_pca__n_components  mean_test_score  n_params_free  chosen
    0                        1             0.93             15    True
    1                        2             0.90             23   False
    2                        4             0.95             36   False
    """
    pandas = import_pandas(_NAME)
    request = Request(X, y, params, tolerance, kind, scoring, fit, n_jobs)
    found = compare_candidates(_NAME, search, request)
    frame = pandas.DataFrame(dict(found.results))
    for name, (values, dtype) in _columns(found).items():
        column = pandas.Series(values, frame.index, dtype=object)
        whole = dtype == "Int64"
        if not whole or all(value is None or value <= _LARGEST for value in values):
            column = column.astype(dtype)
        frame[name] = column
    return escape_frame(frame)


def _columns(found: Candidates) -> dict[str, tuple[list[Any], str]]:
    """The values and the dtype of each column that is added."""
    kind = found.request.kind
    columns: dict[str, tuple[list[Any], str]] = {
        f"n_params_{name}": (_exact(found, name), "Int64") for name in ("stored", "free", "bytes")
    }
    if kind in ("nonzero", "effective"):
        dtype = "Int64" if kind == "nonzero" else "Float64"
        columns[f"n_params_{kind}"] = _exact(found, "ranked"), dtype
    undecided = found.chosen is None
    columns["n_params_unknown"] = [reason_of(each.ranked) for each in found.counts], "object"
    columns["within_tolerance"] = [bool(within) for within in found.within], "boolean"
    rows = range(len(found.counts))
    chosen = [None if undecided and found.within[i] else i == found.chosen for i in rows]
    columns["pareto"] = [found.front.get(i, False) for i in rows], "boolean"
    columns["chosen"] = chosen, "boolean"
    return columns


def _exact(found: Candidates, field: str) -> list[Any]:
    counts = [getattr(each, field) for each in found.counts]
    return [count if is_exact(count) else None for count in counts]
