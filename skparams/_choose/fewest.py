"""The rule for ``refit``: of the settings that are about as good as the best, the smallest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sklearn.base import clone
from sklearn.utils import get_tags

from skparams._choose.counting import (
    candidate,
    counted_on_a_fit,
    is_exact,
    named,
    planned,
    reason_of,
)
from skparams._choose.ranking import AnyCount, fewest
from skparams._choose.scores import check_scoring_name, check_tolerance, scores_of
from skparams._escape import clean
from skparams._folds import check_metadata
from skparams._lazy import refuse_lazy
from skparams._params import Kind, check_kind
from skparams._plan import plan
from skparams._report import plural
from skparams._walk import SOME_ROWS, check_estimator, n_rows
from skparams.specs import final_estimator_of

_NAME = "fewest_params"


@dataclass(frozen=True, eq=False, repr=False)
class FewestParams:
    """What `fewest_params` returns: called with ``cv_results_``, it returns ``best_index_``.

    It never changes, so that its copies are itself, with the same data.
    """

    estimator: Any
    X: Any
    y: Any
    params: Mapping[str, Any] | None
    tolerance: Any
    kind: Kind
    scoring: str | None

    def __call__(self, cv_results: Mapping[str, Any]) -> int:
        """Return the number of the setting with the fewest parameters within the tolerance."""
        try:
            return self._chosen(cv_results)
        except BaseException as error:
            # The search raises this before it keeps its results, which took all the time.
            error.cv_results_ = cv_results  # type: ignore[attr-defined]
            error.add_note(
                f"{_NAME}: the attribute cv_results_ of this error has the results of the search."
            )
            raise

    def _chosen(self, cv_results: Mapping[str, Any]) -> int:
        scores = scores_of(_NAME, cv_results, self.scoring)
        within = scores.within(scores.lowest(_NAME, self.tolerance)).nonzero()[0].tolist()
        params = cv_results["params"]
        settings = {i: candidate(_NAME, self.estimator, i, params[i]) for i in within}
        counts: dict[int, AnyCount] = {
            i: planned(each, self.kind, self.X, self.y).ranked for i, each in settings.items()
        }
        while True:
            i, decided = fewest(counts, scores.means)
            if decided:
                return i
            counts[i] = self._after_fit(settings[i], named(i, params[i]))

    def _after_fit(self, estimator: Any, name: str) -> AnyCount:
        data = self.X, self.y, self.params
        count = counted_on_a_fit(_NAME, estimator, self.kind, *data).ranked
        if not is_exact(count):
            raise ValueError(
                f"{_NAME}: the {self.kind} parameters of {name} cannot be counted: "
                f"{reason_of(count)}."
            )
        return count

    def __copy__(self) -> FewestParams:
        return self

    def __deepcopy__(self, memo: Any) -> FewestParams:
        return self

    def __repr__(self) -> str:
        kind = "" if self.kind == "free" else f"kind={self.kind!r}, "
        scoring = "" if self.scoring is None else f"scoring={clean(repr(self.scoring))}, "
        rows = plural(n_rows(_NAME, self.X), "row")
        # The tolerance last, as scikit-learn's HTML cuts out the middle.
        return (
            f"{_NAME}({type(self.estimator).__name__}, X of {rows}, {kind}{scoring}"
            f"tolerance={self.tolerance!r})"
        )


def fewest_params(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    params: Mapping[str, Any] | None = None,
    tolerance: Any = "1se",
    kind: Kind = "free",
    scoring: str | None = None,
) -> FewestParams:
    """Return a rule for ``refit``: the fewest parameters among settings that score about the best.

    Pass it as ``refit`` to ``GridSearchCV`` or ``RandomizedSearchCV``. Of the settings whose mean
    test score is within the tolerance of the best, it chooses the one that learns the fewest
    parameters; of equal counts, the one with the higher score, then the first.

    Parameters
    ----------
    estimator : estimator
        The one that the search gets. As the search tells the rule nothing but its results, another
        one with the same hyperparameters, or other data, is not noticed and gives other counts.
    X : array-like
        The rows that the search is fitted on; inside a pipeline, what the steps before the search
        make of them. They are kept, not copied. Where `plan` knows the count of a setting, only
        the shapes of X and y, the dtype and the named columns of X, and for classifiers the classes
        are used; any other setting that may be chosen is fitted on them once.
    y : array-like, default=None
        Their targets.
    params : dict, default=None
        What else goes to ``fit``, such as ``{"sample_weight": weights}``: what the search's own
        ``fit`` gets for the estimator. Only fits that count use it.
    tolerance : "1se", float or str, default="1se"
        How far below the best mean score a setting may be: one standard error of the best
        setting's mean, a float in the unit of the score (of accuracy, 0.02 is two of 100 rows), or
        a share of the best score such as ``"2%"``.
    kind : {"free", "stored", "nonzero", "effective"}, default="free"
        What is counted, as in `count_params`. ``"nonzero"`` and ``"effective"`` need a fit.
    scoring : str, default=None
        The name in ``cv_results_`` of the metric to compare settings by, if there are several.

    Returns
    -------
    FewestParams
        A callable that takes ``cv_results_`` and returns the number of the setting.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, X has no rows, ``params`` is not a dict, or
        ``scoring`` is not a str.
    ValueError
        If an argument is not one of those that are allowed, X and y differ in their rows, the
        estimator needs y, or no Spec describes it. When a search calls the rule: if no score is
        finite, a single split has no standard error, ``scoring`` does not name a metric, or the
        count of a setting that may be chosen is not known. The error then has ``cv_results_`` as
        an attribute.

    See Also
    --------
    params_frame : The counts and scores of all settings of a fitted search.

    Notes
    -----
    The standard error is the standard deviation (with ``ddof=1``) of the scores of the splits,
    divided by the square root of their number. Settings whose score is not finite are left out.
    A search with a callable ``refit`` has no ``best_score_``. Halving searches of scikit-learn
    ignore a callable ``refit``; `params_frame` marks the row for them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.neighbors import NeighborhoodComponentsAnalysis
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.pipeline import make_pipeline
    >>> from skparams import fewest_params
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(PCA(), GaussianNB())
    >>> grid = {"pca__n_components": [1, 2, 3, 4]}
    >>> GridSearchCV(model, grid).fit(X, y).best_params_
    {'pca__n_components': 4}
    >>> GridSearchCV(model, grid, refit=fewest_params(model, X, y)).fit(X, y).best_params_
    {'pca__n_components': 1}
    """
    check_estimator(_NAME, estimator)
    check_tolerance(_NAME, tolerance)
    check_kind(_NAME, kind)
    check_scoring_name(_NAME, scoring)
    check_metadata(_NAME, params, None)
    _check_data(estimator, X, y)
    return FewestParams(clone(estimator), X, y, params, tolerance, kind, scoring)


def _check_data(estimator: Any, X: Any, y: Any) -> None:
    """Raise what would be raised after the search otherwise, as far as it is known before."""
    n_rows(_NAME, X)
    refuse_lazy(_NAME, SOME_ROWS, y=y)
    if y is None and needs_y(estimator):
        raise ValueError(f"{_NAME}: {type(estimator).__name__} needs y, got None.")
    try:
        root = plan(estimator, X, y).root
    except ValueError as error:
        raise ValueError(str(error).replace("plan:", f"{_NAME}:", 1)) from None
    if root.guessed:  # which no hyperparameter changes
        raise ValueError(
            f"{_NAME}: the parameters of {root.class_name} cannot be counted: no Spec describes "
            "it. Register one with skparams.specs.register."
        )


def needs_y(estimator: Any) -> bool:
    """Whether an estimator declares that fit needs y."""
    try:
        return bool(get_tags(final_estimator_of(estimator).estimator).target_tags.required)
    except Exception:  # of classes that have no tags, or steps that do not
        return False
