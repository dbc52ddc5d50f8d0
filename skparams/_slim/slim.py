"""A copy of an estimator that predicts the same and keeps less."""

from __future__ import annotations

import pickle
from collections.abc import Collection
from itertools import groupby
from typing import Any, Literal, NamedTuple, overload

from skparams._probe import METHODS as PROBED
from skparams._probe import probe
from skparams._slim.record import SlimReport, SlimRow
from skparams._slim.what import Loss, Losses, losses_in
from skparams._walk import (
    METHODS,
    Meter,
    Outputs,
    Walk,
    check_estimator,
    check_fitted,
    check_names,
    copied,
    join,
    method_of,
    n_rows,
    pickled_size,
    restored,
    results_of,
    same,
    twin,
)
from skparams.specs import attributes_of, estimators_in

__all__ = ["slim"]

_PROBING = 2.0  # seconds
_AROUND = 32  # bytes that pickle takes to say that something was dropped, beside what


@overload
def slim(
    estimator: Any,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    marked: bool = True,
    return_report: Literal[False] = False,
) -> Any: ...


@overload
def slim(
    estimator: Any,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    marked: bool = True,
    return_report: Literal[True],
) -> tuple[Any, SlimReport]: ...


def slim(
    estimator: Any,
    X: Any = None,
    *,
    keep: Collection[str] = (),
    marked: bool = True,
    return_report: bool = False,
) -> Any:
    """Return a copy that predicts the same and keeps less.

    What goes is what no prediction for new rows needs: the state for further training, how the
    fit went, results for the training rows, in all estimators that the given one holds. Arrays
    that are views of larger ones, or of the caller's X, become copies of their own size. What a
    class without a Spec holds is kept whole.

    Parameters
    ----------
    estimator : estimator
        A fitted one. It is not changed.
    X : array-like, default=None
        Rows to predict. With them every method that takes rows is run on the estimator and on
        the copy, and all results must be the same, bit for bit.
    keep : collection of str, default=()
        What stays: attributes by name, as ``"loss_curve_"`` in all estimators that have it, or
        by path, as ``"mlp__loss_curve_"``, or all of a role: with ``("state", "diagnostic")``
        training can go on. ``"best_estimator_"`` says that it is all of a search that stays: the
        best estimator takes the search's place.
    marked : bool, default=True
        Whether the copy says of an attribute that it was slimmed, where it is asked for one that
        was dropped. A marked copy can be unpickled only where skparams is installed; one that is
        not is as if its own class had made it.
    return_report : bool, default=False
        Whether to return a report too.

    Returns
    -------
    slimmed : estimator
        Of the same class.
    report : SlimReport
        What was dropped, and the bytes before and after. Only if ``return_report`` is True.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class, or something in it cannot be copied,
        or ``keep`` is no collection of names.
    NotFittedError
        If it is not fitted.
    ValueError
        If ``keep`` names what nothing has, no method takes X, or the copy predicts otherwise.

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
    >>> small.loss_curve_
    Traceback (most recent call last):
    AttributeError: 'MLPRegressor' object has no attribute 'loss_curve_': it was slimmed, and ...
    """
    check_estimator("slim", estimator)
    check_names("slim", "keep", keep)
    before = _twin(estimator)  # looked at and used in its place, as both may change it
    walk = Walk(before)
    check_fitted("slim", walk)
    _keep_what_was_read(walk)
    losses, rows = _worth_it(before, losses_in(before, keep), marked)
    slimmed = copied(before, losses.dropped(), losses.instead(), marked=marked)
    compared = _compared(before, slimmed, losses, X) if X is not None else Compared({}, [], [])
    if not return_report:
        return slimmed
    return slimmed, _report(estimator, walk, rows, slimmed, compared, X)


def _keep_what_was_read(walk: Walk) -> None:
    """Keep in the copy what is learned when it is read, as what it is learned from may go."""
    for each in walk.fitted:
        if hasattr(type(each.estimator), "__skparams_ready__"):
            held = vars(each.estimator)
            held.update({name: value for name, value in each.values.items() if name not in held})


def _twin(estimator: Any) -> Any:
    """Return a copy with the same arrays, or say what cannot be copied."""
    try:
        return twin(estimator)
    except Exception as error:  # of any class's own __reduce__
        where, value = _not_copied(estimator, "")
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        of = f" in {where} of {type(estimator).__name__}" if where else ""
        raise TypeError(f"slim: the {kind}{of} cannot be copied: {error}") from error


def _not_copied(estimator: Any, path: str) -> tuple[str, Any]:
    """Return the first attribute that cannot be copied, the innermost estimator's."""
    for name, value in attributes_of(estimator).items():
        try:
            twin(value)
        except Exception:  # as in _twin
            for local, inner in estimators_in(name, value):
                found = _not_copied(inner, join(path, local))
                if found[1] is not inner:
                    return found
            return join(path, name), value
    return path, estimator


def _worth_it(before: Any, losses: Losses, marked: bool) -> tuple[Losses, list[SlimRow]]:
    """Return what it pays to drop, and the bytes of each.

    It does not where they are fewer than it takes to say so in the estimator's class.
    """
    sizes = Meter(losses.dropped(), losses.instead())
    sizes.add(before)
    kept: list[Loss] = []
    rows: list[SlimRow] = []
    for _, group in groupby(losses.attributes, key=lambda loss: id(loss.owner)):
        its, least = list(group), sizes.pickled
        if marked:
            least += _AROUND + len(
                pickle.dumps((restored, tuple((loss.name, loss.role) for loss in its)))
            )
        found = [SlimRow(loss.path, loss.role, _added(sizes, loss.value)) for loss in its]
        if sizes.pickled > least:
            kept, rows = [*kept, *its], [*rows, *found]
    for search in losses.searches:
        rows.append(SlimRow(search.path, "search", _added(sizes, attributes_of(search.owner))))
    return Losses(kept, losses.searches), rows


def _added(sizes: Meter, value: Any) -> int:
    before = sizes.memory
    sizes.add(value)
    return sizes.memory - before


class Compared(NamedTuple):
    """What methods give for the caller's X, which of them give something else each time, and the
    paths of what was dropped that ``probe`` changed.
    """

    outputs: Outputs
    unsteady: list[str]
    probed: list[str]


def _compared(before: Any, slimmed: Any, losses: Losses, X: Any) -> Compared:
    """Compare the copy with the estimator, method by method."""
    name = type(before).__name__
    outputs, unsteady = results_of(before, X)
    if not outputs:
        raise ValueError(
            f"slim: X was given to compare predictions, and {name} makes none: it has none of "
            f"{', '.join(METHODS)}."
        )
    errors = [value for value in outputs.values() if isinstance(value, Exception)]
    if len(errors) == len(outputs):
        raise ValueError(f"slim: {name} cannot predict X: {errors[0]}") from errors[0]
    other = _first_other(outputs, slimmed, X)
    if other:
        instead = losses.instead()
        for loss in losses.attributes:
            dropped = {id(loss.owner): ((loss.name, loss.role),)}
            alone = copied(before, dropped, instead, marked=True)
            found = _first_other(outputs, alone, X)
            if found:
                raise ValueError(
                    f"slim: {name}.{found} needs {loss.path}, the {loss.role} that would go. "
                    f"Keep it: keep=({loss.path!r},)."
                )
        raise ValueError(f"slim: {name}.{other} gives something else on a copy of the estimator.")
    return Compared(outputs, unsteady, _probed(before, losses, X))


def _probed(before: Any, losses: Losses, X: Any) -> list[str]:
    """Return what probe changed of what was dropped; raise where it proves that it is used."""
    if not losses.attributes or not any(method_of(before, name) for name in PROBED):
        return []
    found = probe(before, X, random_state=0, max_seconds=_PROBING)
    tried = []
    for loss in losses.attributes:
        rows = [row for row in found.rows if _is_in(row.path, loss.path)]
        used = [row for row in rows if row.verdict == "used"]
        if used:
            raise ValueError(
                f"slim: {type(before).__name__}.{used[0].methods[0]} needs {loss.path}, the "
                f"{loss.role} that would go, as probe proves. Keep it: keep=({loss.path!r},)."
            )
        if any(row.verdict == "unused" for row in rows):
            tried.append(loss.path)
    return tried


def _is_in(path: str, of: str) -> bool:
    """Say whether a path is an attribute's, or that of something in it."""
    return path == of or path.startswith((f"{of}[", f"{of}.", f"{of}__"))


def _first_other(outputs: Outputs, slimmed: Any, X: Any) -> str | None:
    """Return the first method that gives something else, if any does."""
    others, _ = results_of(slimmed, X)
    return next((key for key in outputs if not same(outputs[key], others.get(key))), None)


def _report(
    estimator: Any, walk: Walk, rows: list[SlimRow], slimmed: Any, compared: Compared, X: Any
) -> SlimReport:
    retained = [
        SlimRow(row.path, "retained", row.retained)
        for node in walk.root.walk()
        for row in node.attributes
        if row.retained
    ]
    before, after = Meter(), Meter()
    before.add(estimator)
    after.add(slimmed)
    left = Walk(slimmed).root
    nodes = list(left.walk())
    return SlimReport(
        class_name=walk.root.class_name,
        rows=tuple(sorted([*rows, *retained], key=lambda row: -row.bytes)),
        pickled_before=pickled_size(estimator),
        pickled_after=pickled_size(slimmed),
        memory_before=before.memory,
        memory_after=after.memory,
        n_samples=None if X is None else n_rows("slim", X),
        compared=tuple(
            name for name, value in compared.outputs.items() if not isinstance(value, Exception)
        ),
        unsteady=tuple(compared.unsteady),
        probed=tuple(compared.probed),
        memorised=tuple(each for node in nodes for each in node.memorised),
        guessed=tuple(dict.fromkeys(node.class_name for node in nodes if node.guessed)),
    )
