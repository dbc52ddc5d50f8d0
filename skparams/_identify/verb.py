"""How many directions of the parameters the data can see: the rank of a Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np

from skparams._identify.derivatives import (
    check_predictions,
    finite_rows,
    form_of,
    jacobian_of,
    names_of,
)
from skparams._identify.jacobian import Evidence, Jacobian
from skparams._identify.rank import (
    EPS,
    bytes_needed,
    explained,
    singular_values,
    triangle_of,
)
from skparams._identify.record import Identifiability, LostDirections, SeenArray
from skparams._records import NotKnown, Unknown
from skparams._report import plural, size
from skparams._walk import (
    Leaf,
    Walk,
    check_columns,
    check_estimator,
    check_fitted,
    join,
    method_of,
    n_rows,
)
from skparams.specs import final_estimator_of

MAX_BYTES = 2**30


def identifiable(estimator: Any, X: Any, *, max_bytes: int = MAX_BYTES) -> Identifiability:
    """Count the directions of the learned parameters that change predictions for given rows.

    It is the rank of the Jacobian: the derivatives of the predictions for all rows of X in all
    parameters, at their fitted values. A direction that is lost is a change of the parameters that
    changes no prediction for these rows, to first order: the data cannot tell its size.

    Derivatives are analytic and in float64. They are known for multi-layer perceptrons
    (scikit-learn's and ours), for linear models with ``coef_`` and ``intercept_``, and for PCA. The
    derivatives of probabilities are taken on the scale of log-odds, and those of a logarithmic link
    on the scale of the logarithm, where the rank is the same and large values do not hide it. In a
    pipeline or a search, the parameters are those of the estimator that predicts, and X is what
    reaches it.

    Parameters
    ----------
    estimator : estimator
        Fitted. It is only read.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The rows, as its ``predict`` takes them.
    max_bytes : int, default=2**30
        The largest memory to take. The square of the number of parameters decides what is needed;
        the number of rows does not.

    Returns
    -------
    Identifiability
        Shown as text by ``print`` and as HTML in notebooks. Of other estimators, and of subclasses
        with methods of their own for predictions, its ``rank`` is Unknown, with the reason.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class, or ``max_bytes`` is no int.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If X has no rows, other columns than the estimator was fitted on or values that are not
        finite, or if more than ``max_bytes`` are needed.

    See Also
    --------
    probe : Reports which attributes predictions use.
    count_params : Counts the parameters.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import identifiable
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> X = np.hstack([X, 2 * X[:, :1]])  # the last column has nothing new
    >>> found = identifiable(LinearRegression().fit(X, X[:, 1]), X)
    >>> found.n_params, found.rank, found.n_lost
    (5, 4, 1)
    >>> found.lost[0].cause
    'columns 0, 3 of X: proportional'
    """
    check_estimator("identifiable", estimator)
    _check_bytes(max_bytes)
    check_fitted("identifiable", Walk(estimator))
    n_samples = n_rows("identifiable", X)
    if n_samples == 0:
        raise ValueError("identifiable: X must have at least one row, got none.")
    check_columns("identifiable", estimator, X)
    last = final_estimator_of(estimator)
    walk = Walk(last.estimator)
    about: dict[str, Any] = {
        "class_name": type(last.estimator).__name__,
        "path": last.path,
        "n_samples": n_samples,
        "n_params": walk.root.totals.stored,
    }
    try:
        form = form_of(estimator, last.estimator)
        data = finite_rows(last.data(X))
        jacobian = jacobian_of(form, data, walk.leaves, last.estimator, names_of(last))
        needed = bytes_needed(jacobian, n_samples)
        if needed > max_bytes:
            raise ValueError(
                f"identifiable: {jacobian.n_columns:,} parameters of "
                f"{type(last.estimator).__name__} need {size(needed)} for their derivatives, more "
                f"than max_bytes={max_bytes:,}. Give max_bytes={needed}, or a smaller model."
            )
        call = method_of(estimator, form.method)  # which not all are that hold the last one
        returned = call(X) if call else getattr(last.estimator, form.method)(data)
        check_predictions(form, jacobian, returned, walk.leaves)
        return _found(jacobian, walk.leaves, method=form.method, **about)
    except NotKnown as error:
        unknown = Unknown(str(error))
        return Identifiability(method="", n_values=unknown, rank=unknown, **about)


def _check_bytes(max_bytes: Any) -> None:
    is_int = isinstance(max_bytes, int | np.integer) and not isinstance(max_bytes, bool)
    if not is_int or max_bytes < 1:
        error = ValueError if is_int else TypeError
        raise error(f"identifiable: max_bytes must be a positive int, got {max_bytes!r}.")


def _found(jacobian: Jacobian, leaves: list[Leaf], **about: Any) -> Identifiability:
    """The rank, and what explains it."""
    triangle = triangle_of(jacobian, about["n_samples"])
    n_values = about["n_samples"] * jacobian.n_outputs * jacobian.n_repeats
    values = singular_values(triangle, jacobian)
    largest = max(values.max(initial=0.0), jacobian.magnitude)
    rounding = EPS * largest
    longer = max(n_values, about["n_params"])
    tolerance = rounding * longer
    rank = int((values > tolerance).sum())
    evidence = Evidence(triangle, rank // jacobian.n_repeats, tolerance, EPS * longer)
    lost = explained(jacobian.causes(evidence), jacobian, evidence.zero)
    rest = about["n_params"] - rank - sum(n for _, n in lost)
    if rest:
        text = "other changes that cancel out for these rows"
        if n_values < about["n_params"]:
            text += f", which have {plural(n_values, 'prediction')} for more parameters"
        lost.append((text, rest))
    arrays = []
    for leaf in leaves:
        of_array = triangle[:, jacobian.spans[leaf.local]]
        seen = int((singular_values(of_array, jacobian) > tolerance).sum())
        path = join(about["path"], leaf.local)
        arrays.append(SeenArray(path, leaf.numbers.shape, int(leaf.numbers.size), seen))
    return Identifiability(
        **about,
        n_values=n_values,
        rank=rank,
        singular_values=tuple(values.tolist()),
        tolerance=float(tolerance),
        rounding=float(rounding),
        arrays=tuple(arrays),
        lost=tuple(LostDirections(*each) for each in lost),
    )
