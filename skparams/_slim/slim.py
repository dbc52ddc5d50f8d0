"""A copy of an estimator that predicts the same and keeps less."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar, overload

from skparams._slim.drop import Droppable, drop_plan, names_by_owner
from skparams._slim.record import DroppedAttribute, SlimReport
from skparams._walk import (
    METHODS,
    Meter,
    Walk,
    calls_of,
    check_estimator,
    check_fitted,
    check_names,
    compact_copy,
    copy_or_raise,
    n_rows,
    pickled_size,
    results_of,
    same,
    seed_global,
    sharing_copy,
    undisturbed,
)

__all__ = ["slim"]

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

    The copy lacks what predictions for new rows do not need: the state for further training, how
    the fit went, and results for the training rows, in all estimators that the given one holds.
    Arrays that are views of larger ones, or of the caller's X, become copies of their own size.
    Classes without a Spec are kept whole.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator. It is not changed.
    X : array-like, default=None
        Rows to predict. With them, every method that takes rows is called on the estimator and on
        the copy, and all results must be the same, bit for bit.
    keep : collection of str, default=()
        What stays: attributes by name, such as ``"loss_curve_"`` in all estimators that have it,
        or by path, such as ``"mlp__loss_curve_"``, or all of a role: with ``("state",
        "diagnostic")`` training can go on.
    return_report : bool, default=False
        Whether to return a report too.

    Returns
    -------
    slimmed : estimator
        Of the same class. What it lacks raises the class's own AttributeError.
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
        If ``keep`` names what no estimator has, no method takes X, or the copy predicts
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
    # Looked at and used in its place, as both may change it.
    before = copy_or_raise("slim", estimator, sharing_copy)
    walk = Walk(before)
    check_fitted("slim", walk)
    _store_lazy_attributes(walk)
    plan = drop_plan(walk, keep)
    slimmed: E = compact_copy(before, names_by_owner(plan))
    compared = _Compared() if X is None else _compare(before, slimmed, plan, X)
    if not return_report:
        return slimmed
    return slimmed, _report(estimator, before, walk, plan, slimmed, compared)


def _store_lazy_attributes(walk: Walk) -> None:
    """Store attributes that are computed when they are read, as their source may be dropped."""
    for each in walk.fitted:
        if hasattr(type(each.estimator), "__skparams_ready__"):
            stored = vars(each.estimator)
            stored.update({k: value for k, value in each.values.items() if k not in stored})


class _Compared(NamedTuple):
    """On how many rows which calls gave the same, and which of them are nondeterministic."""

    n_samples: int | None = None
    same: tuple[str, ...] = ()
    nondeterministic: tuple[str, ...] = ()


def _compare(before: Any, slimmed: Any, plan: Sequence[Droppable], X: Any) -> _Compared:
    """Compare what all methods give before and after, or raise a ValueError if it differs."""
    name, calls = type(before).__name__, calls_of(before)
    if not calls:
        raise ValueError(
            f"slim: X was given to compare predictions, and {name} makes none: it has none of "
            f"{', '.join(METHODS)}."
        )
    used = sharing_copy(before)
    results = _results(used, X, calls, 0)
    errors = [value for value in results.values() if isinstance(value, Exception)]
    if len(errors) == len(results):
        raise ValueError(f"slim: {name} cannot predict X: {errors[0]}") from errors[0]
    if other := _first_other(results, slimmed, X):
        for each in plan:
            if found := _first_other(results, compact_copy(before, names_by_owner([each])), X):
                raise ValueError(
                    f"slim: {name}.{found} needs {each.path}, which has the role {each.role} and "
                    f"would be dropped. Keep it: keep=({each.path!r},)."
                )
        raise ValueError(f"slim: {name}.{other} gives something else on a copy of the estimator.")
    again = _results(used, X, calls, 1)
    return _Compared(
        n_rows("slim", X),
        tuple(call for call in calls if not isinstance(results[call], Exception)),
        tuple(call for call in calls if not same(results[call], again[call])),
    )


def _results(estimator: Any, X: Any, calls: Sequence[str], seed: int) -> dict[str, Any]:
    with undisturbed():
        return results_of(estimator, X, calls, partial(seed_global, seed))


def _first_other(results: dict[str, Any], slimmed: Any, X: Any) -> str | None:
    """Return the first call that gives something else, if there is one."""
    others = _results(sharing_copy(slimmed), X, [*results], 0)
    return next((call for call in results if not same(results[call], others[call])), None)


def _report(
    estimator: Any,
    before: Any,
    walk: Walk,
    plan: Sequence[Droppable],
    slimmed: Any,
    compared: _Compared,
) -> SlimReport:
    rest = Meter(names_by_owner(plan))
    rest.add(before)
    dropped = [DroppedAttribute(each.path, each.role, rest.add(each.value)) for each in plan]
    dropped += [
        DroppedAttribute(each.path, "retained", each.retained)
        for node in walk.root.walk()
        for each in node.attributes
        if each.retained
    ]
    nodes = list(Walk(slimmed).root.walk())
    return SlimReport(
        class_name=walk.root.class_name,
        dropped=tuple(sorted(dropped, key=lambda each: -each.bytes)),
        pickled_before=pickled_size(estimator),
        pickled_after=pickled_size(slimmed),
        memory_before=Meter().add(estimator),
        memory_after=Meter().add(slimmed),
        n_samples=compared.n_samples,
        compared=compared.same,
        nondeterministic=compared.nondeterministic,
        kept_places=tuple(each for node in nodes for each in node.kept_places),
        guessed=tuple(dict.fromkeys(node.class_name for node in nodes if node.guessed)),
    )
