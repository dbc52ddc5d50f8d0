"""A copy of an estimator that predicts the same and keeps less."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal, TypeVar, overload

from skparams._lazy import refuse_lazy
from skparams._slim.compare import Predictions
from skparams._slim.drop import Droppable, drop_plan, is_kept_whole, names_by_owner
from skparams._slim.lossy import Narrowed, check_lossy, derived_plan, narrow
from skparams._slim.record import DroppedAttribute, SlimReport
from skparams._walk import (
    SOME_ROWS,
    ByteCounter,
    Walk,
    check_estimator,
    check_fitted,
    check_names,
    compact_copy,
    copy_or_raise,
    hooks_in,
    measured_memory,
    n_rows,
    pickled_size,
    sharing_copy,
)
from skparams.specs import HOOKS

E = TypeVar("E")


@overload
def slim(
    estimator: E,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    lossy: Collection[str] = (),
    return_report: Literal[False] = False,
) -> E: ...


@overload
def slim(
    estimator: E,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    lossy: Collection[str] = (),
    return_report: Literal[True],
) -> tuple[E, SlimReport]: ...


def slim(
    estimator: E,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    lossy: Collection[str] = (),
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
    lossy : collection of str, default=()
        What the copy may lose beyond that, which needs X. ``"derived"``: attributes that are
        computed from parameters and that no method reads when called without options, such as
        ``L_`` of a Gaussian process; ``predict(return_std=True)`` then raises. ``"float32"``:
        arrays of parameters become float32 instead of float64, unless predictions then raise, or
        are no longer finite. Trees stay as they are. The report has the calls that raise and how
        much predictions change.
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
        or ``keep`` or ``lossy`` is no collection of names.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If ``keep`` has a name that no estimator has, ``lossy`` has an entry that does not exist or
        is given without X, no method takes X, or the copy predicts something else.

    See Also
    --------
    kept_rows : The training rows that a model keeps.
    save_params : Writes a model to a file without pickle.

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
    check_names("slim", "lossy", lossy)
    check_lossy(lossy, X)
    refuse_lazy("slim", SOME_ROWS, X=X)
    hooks = list(hooks_in(estimator))
    # Inspected and called instead of the estimator, because both may change it.
    before = copy_or_raise("slim", estimator, sharing_copy)
    _remove_hooks(before, hooks)
    walk = Walk(before)
    check_fitted("slim", walk)
    for each in walk.fitted:  # attributes that are computed on access; their source may be dropped
        if hasattr(type(each.estimator), "__skparams_ready__"):
            stored = vars(each.estimator)
            stored.update({k: value for k, value in each.values.items() if k not in stored})
    plan = drop_plan(walk, keep)
    slimmed: E = compact_copy(before, names_by_owner(plan))
    failing: tuple[str, ...] = ()
    narrowed = Narrowed()
    if X is not None:
        expected = Predictions(before, X)
        _check_the_same(before, slimmed, plan, expected)
        if "derived" in lossy:
            plan += derived_plan(walk, plan, keep, expected)
            slimmed = compact_copy(before, names_by_owner(plan))
            failing = expected.failing(slimmed)
        if "float32" in lossy:
            narrowed = narrow(slimmed, keep, expected, failing)
    if not return_report:
        return slimmed
    compared: dict[str, Any] = {}
    if X is not None:
        different = {*failing, *(each.method for each in narrowed.changes)}
        compared = {
            "n_samples": n_rows("slim", X),
            "compared": tuple(call for call in expected.working if call not in different),
            "nondeterministic": expected.nondeterministic(),
        }
    walk_after = Walk(slimmed)
    whole = (type(v.estimator).__name__ for v in walk_after.fitted if is_kept_whole(v))
    callbacks = [DroppedAttribute(path, "callback", _bytes_of(value)) for path, _, value in hooks]
    report = SlimReport(
        class_name=walk.root.class_name,
        dropped=(*_dropped(before, walk, plan), *callbacks),
        pickled_before=pickled_size(estimator),
        pickled_after=pickled_size(slimmed),
        memory_before=ByteCounter().add(estimator) + sum(each.bytes or 0 for each in callbacks),
        memory_after=ByteCounter().add(slimmed),
        kept_places=tuple(p for node in walk_after.root.walk() for p in node.kept_places),
        guessed=tuple(dict.fromkeys(whole)),
        lossy=tuple(lossy),
        failing=failing,
        memory=measured_memory(walk_after, always=True),
        **narrowed._asdict(),
        **compared,
    )
    return slimmed, report


def _remove_hooks(copy: Any, hooks: Sequence[tuple[str, Any, Any]]) -> None:
    """Remove the callbacks that a class with its own way to be pickled has copied."""
    originals = {id(owner) for _, owner, _ in hooks}  # a copy may share some of them
    for _, owner, _ in [*hooks_in(copy)] if hooks else ():
        if id(owner) not in originals:
            for name in HOOKS:
                vars(owner).pop(name, None)


def _check_the_same(
    before: Any, slimmed: Any, plan: Sequence[Droppable], expected: Predictions
) -> None:
    """Raise ValueError if predictions of the copy differ."""
    name = expected.name
    if changed := expected.first_difference(slimmed):
        for each in plan:
            copy = compact_copy(before, names_by_owner([each]))
            if used := expected.first_difference(copy):
                raise ValueError(
                    f"slim: {name}.{used} needs {each.path}, which has the role {each.role} and "
                    f"would be dropped. Keep it: keep=({each.path!r},)."
                )
        raise ValueError(f"slim: {name}.{changed} gives something else on a copy of the estimator.")


def _bytes_of(value: Any) -> int | None:
    try:
        return ByteCounter().add(value)
    except Exception:  # any class's own __reduce__ may raise anything
        return None


def _dropped(before: Any, walk: Walk, plan: Sequence[Droppable]) -> tuple[DroppedAttribute, ...]:
    """Everything that was dropped with its bytes, the largest first."""
    counter = ByteCounter(names_by_owner(plan))
    counter.add(before)
    found = [(each.path, each.role, counter.add(each.value)) for each in plan]
    found += [
        (each.path, "retained", each.retained)
        for node in walk.root.walk()
        for each in node.attributes
        if each.retained
    ]
    return tuple(DroppedAttribute(*each) for each in sorted(found, key=lambda each: -each[2]))
