"""A copy of an estimator that predicts the same and keeps less."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal, TypeVar, overload

from skparams._slim.drop import Droppable, drop_plan, names_by_owner
from skparams._slim.record import DroppedAttribute, SlimReport
from skparams._walk import (
    METHODS,
    ByteCounter,
    Walk,
    calls_of,
    check_estimator,
    check_fitted,
    check_names,
    compact_copy,
    copy_or_raise,
    n_rows,
    pickled_size,
    results_equal,
    results_of,
    sharing_copy,
)

E = TypeVar("E")


@overload
def slim(
    estimator: E,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    return_report: Literal[False] = False,
) -> E: ...


@overload
def slim(
    estimator: E,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    return_report: Literal[True],
) -> tuple[E, SlimReport]: ...


def slim(
    estimator: E,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    return_report: bool = False,
) -> E | tuple[E, SlimReport]:
    """Return a copy that predicts the same and keeps less.

    The copy lacks attributes that are not used to predict new rows: the state for further training,
    diagnostics of the fit, and results for the training rows, in all nested estimators. Arrays that
    are views of larger ones, or of the caller's X, become copies of their own size. Classes without
    a Spec are kept whole.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator. It is not changed.
    X : array-like, default=None
        Rows to predict. With them, every method that takes rows is called on the estimator and on
        the copy, and all results must be the same, bit for bit.
    keep : collection of str, default=()
        Attributes that stay: by name, such as ``"loss_curve_"`` in all estimators that have it, by
        path, such as ``"mlp__loss_curve_"``, or all of a role: with ``("state", "diagnostic")``
        training can go on.
    return_report : bool, default=False
        Whether to return a report too.

    Returns
    -------
    slimmed : estimator
        Of the same class. A dropped attribute raises the class's own AttributeError.
    report : SlimReport
        What was dropped, and the bytes before and after. Only if ``return_report`` is True.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class, or something in it cannot be copied,
        or ``keep`` is no collection of names.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If ``keep`` has a name that no estimator has, no method takes X, or the copy predicts
        something else.

    Examples
    --------
    >>> import numpy as np
    >>> from skparams import MLPRegressor, slim
    >>> X = np.random.RandomState(0).standard_normal((200, 10))
    >>> model = MLPRegressor(early_stopping=True, learning_rate_init=0.01, random_state=0)
    >>> model = model.fit(X, X[:, 0])
    >>> small = slim(model, X)
    >>> bool((small.predict(X) == model.predict(X)).all())
    True
    >>> type(small) is MLPRegressor, hasattr(small, "loss_curve_")
    (True, False)
    """
    check_estimator("slim", estimator)
    check_names("slim", "keep", keep)
    # Inspected and called instead of the estimator, because both may change it.
    before = copy_or_raise("slim", estimator, sharing_copy)
    walk = Walk(before)
    check_fitted("slim", walk)
    for each in walk.fitted:  # attributes that are computed on access; their source may be dropped
        if hasattr(type(each.estimator), "__skparams_ready__"):
            stored = vars(each.estimator)
            stored.update({k: value for k, value in each.values.items() if k not in stored})
    plan = drop_plan(walk, keep)
    slimmed: E = compact_copy(before, names_by_owner(plan))
    compared = {} if X is None else _compare(before, slimmed, plan, X)
    if not return_report:
        return slimmed
    nodes = list(Walk(slimmed).root.walk())
    report = SlimReport(
        class_name=walk.root.class_name,
        dropped=_dropped(before, walk, plan),
        pickled_before=pickled_size(estimator),
        pickled_after=pickled_size(slimmed),
        memory_before=ByteCounter().add(estimator),
        memory_after=ByteCounter().add(slimmed),
        kept_places=tuple(each for node in nodes for each in node.kept_places),
        guessed=tuple(dict.fromkeys(node.class_name for node in nodes if node.guessed)),
        **compared,
    )
    return slimmed, report


def _compare(before: Any, slimmed: Any, plan: Sequence[Droppable], X: Any) -> dict[str, Any]:
    """The report's facts about results before and after; raise ValueError if any differ."""
    name, calls = type(before).__name__, calls_of(before)
    if not calls:
        raise ValueError(
            f"slim: X was given to compare predictions, and {name} makes none: it has none of "
            f"{', '.join(METHODS)}."
        )
    model = sharing_copy(before)
    results = results_of(model, X, calls)
    errors = {call: value for call, value in results.items() if isinstance(value, Exception)}
    if len(errors) == len(results):
        error = errors[calls[0]]
        raise ValueError(f"slim: {name} cannot predict X: {error}") from error

    def first_difference(other: Any) -> str | None:
        others = results_of(sharing_copy(other), X, calls)
        return next((c for c in calls if not results_equal(results[c], others[c])), None)

    if changed := first_difference(slimmed):
        for each in plan:
            if used := first_difference(compact_copy(before, names_by_owner([each]))):
                raise ValueError(
                    f"slim: {name}.{used} needs {each.path}, which has the role {each.role} and "
                    f"would be dropped. Keep it: keep=({each.path!r},)."
                )
        raise ValueError(f"slim: {name}.{changed} gives something else on a copy of the estimator.")
    again = results_of(model, X, calls, seed=1)
    return {
        "n_samples": n_rows("slim", X),
        "compared": tuple(call for call in calls if call not in errors),
        "nondeterministic": tuple(c for c in calls if not results_equal(results[c], again[c])),
    }


def _dropped(before: Any, walk: Walk, plan: Sequence[Droppable]) -> tuple[DroppedAttribute, ...]:
    """Everything that was dropped with its bytes, the largest first."""
    counter = ByteCounter(names_by_owner(plan))
    counter.add(before)
    dropped = [DroppedAttribute(each.path, each.role, counter.add(each.value)) for each in plan]
    dropped += [
        DroppedAttribute(each.path, "retained", each.retained)
        for node in walk.root.walk()
        for each in node.attributes
        if each.retained
    ]
    return tuple(sorted(dropped, key=lambda each: -each.bytes))
