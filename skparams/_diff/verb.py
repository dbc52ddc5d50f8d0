"""The verbs for two models: what changed, and whether they are the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from numbers import Real
from typing import Any

from skparams._diff.arrays import Tolerance
from skparams._diff.compare import Comparison
from skparams._diff.contents import models_of
from skparams._diff.hyperparameters import differing
from skparams._diff.view import Diff, differences, opaque
from skparams._report import plural


class ModelsNotComparable(AssertionError):
    """Raised if it cannot be known whether two models are the same.

    One of them holds an object that shows neither numbers nor a state that pickle would store, as
    objects in compiled memory. ``assert_same_model`` raises it if nothing else differs.

    See Also
    --------
    assert_same_model : What raises it.

    Examples
    --------
    >>> from skparams import ModelsNotComparable
    >>> issubclass(ModelsNotComparable, AssertionError)
    True
    """


def diff(
    before: Any,
    after: Any,
    *,
    align: bool = False,
    rtol: float = 0.0,
    atol: float = 0.0,
    ignore: Collection[str] = (),
) -> Diff:
    """Return what changed between two models.

    Parameters
    ----------
    before : estimator
        Fitted or not. It is only read.
    after : estimator
        Fitted or not, of the same class or of another one. It is only read.
    align : bool, default=False
        Whether to put components and hidden units of ``after`` in the order and the signs of
        ``before`` first, if the model stays the same in any order.
    rtol, atol : float, default=0.0
        A number has changed if it differs by more than ``atol + rtol * abs(after)``, as in
        ``numpy.testing.assert_allclose``. With a tolerance, another dtype alone is no change.
    ignore : collection of str, default=()
        Names or paths of hyperparameters and fitted attributes to leave out, such as
        ``("n_jobs", "pca__components_")``, in whatever nested estimator.

    Returns
    -------
    Diff
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``before`` or ``after`` is not an estimator, or is a class, ``align`` is not a bool, or
        ``ignore`` is not a collection of names.
    ValueError
        If a tolerance is negative or not finite, or an entry of ``ignore`` matches nothing.

    See Also
    --------
    assert_same_model : Raises an error if two models differ.
    spread : Compares more than two models.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import diff
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]
    >>> found = diff(Ridge(alpha=1.0).fit(X, y), Ridge(alpha=2.0).fit(X, y))
    >>> found.is_empty
    False
    >>> [(row.path, row.change.n_changed) for row in found.root.parameters]
    [('coef_', 1), ('intercept_', 1)]
    >>> [(each.path, each.before, each.after) for each in found.hyperparameters]
    [('alpha', '1.0', '2.0')]
    """
    return _diff("diff", {"before": before, "after": after}, align, rtol, atol, ignore)


def assert_same_model(
    actual: Any,
    desired: Any,
    *,
    rtol: float = 0.0,
    atol: float = 0.0,
    ignore: Collection[str] = (),
) -> None:
    """Raise an AssertionError if two models differ in anything that predictions may need.

    The classes, the hyperparameters, and the fitted attributes with the roles parameter, tuned,
    structure, data, random and metadata are compared, in nested estimators too; derived ones if
    predictions use them. Results for the training rows, diagnostics and training state are not
    compared. Of classes that no Spec describes, and of what a subclass adds, everything is
    compared. Two NaN at one place are the same; 0.0 and -0.0 are without a tolerance not.

    Parameters
    ----------
    actual, desired : estimator
        Fitted or not. They are only read.
    rtol, atol : float, default=0.0
        Two numbers are the same if ``abs(actual - desired) <= atol + rtol * abs(desired)``, as in
        ``numpy.testing.assert_allclose``. If both are 0, the dtypes have to be the same too.
    ignore : collection of str, default=()
        Names or paths of hyperparameters and fitted attributes that may differ, such as
        ``("n_jobs", "pca__components_")``, in whatever nested estimator.

    Raises
    ------
    AssertionError
        If they differ. The message names the path and the class of the first difference and how
        far it is, and ends with what ``diff(actual, desired)`` shows.
    ModelsNotComparable
        If no difference is found, but one of them holds an object that cannot be compared.
    TypeError
        If ``actual`` or ``desired`` is not an estimator, or is a class, or ``ignore`` is not a
        collection of names.
    ValueError
        If a tolerance is negative or not finite, or an entry of ``ignore`` matches nothing.

    See Also
    --------
    diff : Returns where two models differ.

    Examples
    --------
    >>> import pickle
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import assert_same_model
    >>> model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    >>> assert_same_model(pickle.loads(pickle.dumps(model)), model)
    """
    pair = {"actual": actual, "desired": desired}
    found = _diff("assert_same_model", pair, False, rtol, atol, ignore)
    if found.is_empty:
        return
    __tracebackhide__ = True
    tolerance, page = f"rtol={rtol:g}, atol={atol:g}", found.to_text(width=100, color=False)
    first, *others = [*differences(found)] or [""]
    more = f"; {plural(len(others), 'more difference')}" if others else ""
    if first:
        raise AssertionError(f"the models differ ({tolerance}): {first}{more}\n\n{page}")
    (path, place), *_ = opaque(found)
    raise ModelsNotComparable(
        f"the models cannot be compared: {place}, which does not show what it holds. Leave it out "
        f"with ignore=({path!r},) if predictions do not need it; otherwise give its class a "
        f"__getstate__ method, or register a Spec for the estimator.\n\n{page}"
    )


def _diff(
    function: str,
    pair: Mapping[str, Any],
    align: bool,
    rtol: float,
    atol: float,
    ignore: Collection[str],
) -> Diff:
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= value < float("inf"):
            raise ValueError(f"{function}: {name} must be a finite number >= 0, got {value!r}.")
    for name, value in pair.items():
        if isinstance(value, list | tuple):
            raise TypeError(
                f"{function}: {name} must be an estimator, got {type(value).__name__}; for a list "
                "of models use spread(models)."
            )
    before, after = models_of(function, pair, align, ignore)
    changes = tuple(differing([before.hyperparameters, after.hyperparameters]))
    n_shared = len(before.hyperparameters.keys() & after.hyperparameters.keys())
    n_same = n_shared - sum(None not in change.values for change in changes)
    tolerance = Tolerance(float(rtol), float(atol))
    changed = {change.path.rpartition("__")[2] for change in changes}
    comparison = Comparison(before, after, align, tolerance, changed)
    root = comparison.node(before.walk.root, after.walk.root)
    return Diff(root, changes, n_same, *tolerance, aligned=align)
