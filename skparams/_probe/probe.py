"""Which fitted attributes an estimator's methods depend on: change each one, and see."""

from __future__ import annotations

import copy
import re
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from skparams._probe.calls import METHODS, Calls, Raised
from skparams._probe.record import Probe, Probed
from skparams._probe.targets import Target, targets_in
from skparams._probe.values import GONE, NotSafe, others, shifted
from skparams._walk import (
    Walk,
    check_columns,
    check_estimator,
    method_of,
    n_rows,
    same,
    same_numbers,
)

__all__ = ["probe"]

_MOST_ROWS = 500
_GENERATORS = (np.random.RandomState, np.random.Generator)


def probe(
    estimator: Any,
    X: Any,
    *,
    methods: str | Sequence[str] | None = None,
    random_state: int | np.random.RandomState | None = None,
    max_seconds: float = 10.0,
) -> Probe:
    """Find out which fitted attributes predictions depend on.

    In a copy of the estimator, each fitted attribute gets another value in turn, and its methods
    are called. Where one returns something else, or raises, the attribute is used: that is proof.
    Where none does, nothing is proved: other rows, methods or values might show that it is used.

    Parameters
    ----------
    estimator : estimator
        A fitted one, with others in it or not. Neither it nor X is changed.
    X : array-like of shape (n_samples, n_features)
        What its methods take. Of many rows, 500 are used that are evenly apart.
    methods : str or sequence of str, default=None
        The methods to call with X. By default those that the estimator has of ``predict``,
        ``predict_proba``, ``decision_function``, ``transform``, ``score_samples`` and
        ``kneighbors``.
    random_state : int, RandomState instance or None, default=None
        For the values that are tried, and the seed at which methods are compared that draw random
        numbers. Pass an int for reproducible results; an instance is copied.
    max_seconds : float, default=10.0
        When to stop trying. What there is no time for is listed; it is what costs most, and
        what repeats, as the second tree of a forest repeats the first. The time is looked at
        between changes: calls that have begun are waited for.

    Returns
    -------
    Probe
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, is a class, or cannot be copied, X has no rows, or
        ``methods`` is neither text nor a sequence.
    NotFittedError
        If it is not fitted.
    ValueError
        If it has none of the methods, none of them takes X, X has another number of columns than
        the estimator was fitted on, or ``max_seconds`` is not positive.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import probe
    >>> X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, 2.0, 3.0]
    >>> found = probe(LinearRegression().fit(X, y), X, random_state=0)
    >>> [row.path for row in found.used]
    ['coef_', 'intercept_', 'n_features_in_']
    >>> [row.path for row in found.unused]
    ['rank_', 'singular_']
    """
    begun = time.perf_counter()
    check_estimator("probe", estimator)
    names = _methods_of(estimator, methods)
    if not isinstance(max_seconds, Real) or isinstance(max_seconds, bool) or not max_seconds > 0:
        raise ValueError(f"probe: max_seconds must be a positive number, got {max_seconds!r}.")
    seed = _seed(random_state)
    walk = Walk(estimator)
    if not walk.root.fitted:
        raise NotFittedError(
            f"probe: this {type(estimator).__name__} is not fitted, so it has learned nothing "
            "yet. Call fit first."
        )
    if not names:
        raise ValueError(
            f"probe: {type(estimator).__name__} has no method to call with X, none of "
            f"{', '.join(METHODS)}."
        )
    rows, n_samples = _rows(X)
    check_columns("probe", estimator, X)
    try:
        copied = copy.deepcopy(estimator)
    except Exception as error:  # of any class's own __deepcopy__ or __reduce__
        raise TypeError(
            f"probe: this {type(estimator).__name__} cannot be copied, and the given one must not "
            f"be changed: {type(error).__name__}: {error}"
        ) from error
    inner = Walk(copied)
    targets = targets_in(inner)
    _keep_shared(targets, targets_in(walk))
    calls = Calls(copied, names, rows, _generators(inner))
    with calls.quietly():
        trials = _Trials(calls, inner, seed)
        found = trials.run(targets, begun + float(max_seconds))
        restored = trials.restored()
    return Probe(
        class_name=type(estimator).__name__,
        rows=tuple(found),
        methods=trials.methods,
        failed=trials.failed,
        random=trials.random,
        unstable=trials.unstable,
        n_rows=min(n_samples, _MOST_ROWS),
        n_samples=n_samples,
        seconds=time.perf_counter() - begun,
        restored=restored,
        guessed=tuple(dict.fromkeys(n.class_name for n in walk.root.walk() if n.guessed)),
    )


@dataclass
class _Trials:
    """What the methods return unchanged, and what becomes of each change."""

    calls: Calls
    walk: Walk
    seed: int

    def __post_init__(self) -> None:
        held = [vars(f.estimator) for f in self.walk.fitted if hasattr(f.estimator, "__dict__")]
        self._held = [(each, dict(each)) for each in held]
        first, second = self.calls.results(), self.calls.results()
        self.failed = tuple((n, r.said) for n, r in first.items() if isinstance(r, Raised))
        if len(self.failed) == len(first):
            said = "; ".join(f"{name}: {what}" for name, what in self.failed)
            raise ValueError(f"probe: no method can be called with this X: {said}")
        fine = [name for name in first if not isinstance(first[name], Raised)]
        self.random = tuple(name for name in fine if not _same(first[name], second[name]))
        self.calls.methods = tuple(fine)
        seeded, again = self.calls.results(self.seed), self.calls.results(self.seed)
        self.unstable = tuple(name for name in fine if not _same(seeded[name], again[name]))
        self.methods = tuple(name for name in fine if name not in self.unstable)
        if not self.methods:
            raise ValueError(
                f"probe: {', '.join(self.unstable)} of this estimator return something else with "
                "each call, at one seed too, so that nothing can be compared."
            )
        self.calls.methods = self.methods
        self._expected = {name: seeded[name] for name in self.methods}
        self._restore()

    def run(self, targets: Sequence[Target], end: float) -> list[Probed]:
        """Return a row for each target, in their order, by trying the cheap and new ones first."""
        found: dict[int, Probed] = {}
        for i in _order(targets):
            target = targets[i]
            if target.reason is not None:
                found[i] = _row(target, "not tried", reason=target.reason)
            elif time.perf_counter() >= end:
                found[i] = _row(target, "left out", reason="the time was up")
            else:
                found[i] = self._try(target)
        return [found[i] for i in range(len(targets))]

    def restored(self) -> bool:
        """Say whether the methods return what they returned before the first change."""
        return not self._changed()[0]

    def _try(self, target: Target) -> Probed:
        # By its path, so that it is the same whatever else there was time for.
        rng = np.random.RandomState([self.seed, zlib.crc32(target.path.encode())])
        try:
            for value in _values(target, rng):
                changed, error = self._with(target, value)
                if changed:
                    return _row(target, "used", changed, error)
        except NotSafe as error:
            return _row(target, "not tried", reason=str(error))
        return _row(target, "unused")

    def _with(self, target: Target, value: Any) -> tuple[tuple[str, ...], str | None]:
        if target.part is not None:
            return self._written(target, value)
        try:
            target.put(value)
            return self._changed()
        finally:
            target.put(target.value)
            self._restore()

    def _written(self, target: Target, value: Any) -> tuple[tuple[str, ...], str | None]:
        """Change an object's numbers in place, and back."""
        assert target.part is not None
        write = target.part.write or _writer(target.part.array)
        before = np.array(target.part.array, copy=True)
        try:
            write(np.asarray(value))
            return self._changed()
        finally:
            write(before)
            self._restore()

    def _changed(self) -> tuple[tuple[str, ...], str | None]:
        """Return the methods that return something else or raise, and the first error."""
        results = self.calls.results(self.seed)
        changed = tuple(n for n in self.methods if not _same(results[n], self._expected[n]))
        raised = [results[n].said for n in changed if isinstance(results[n], Raised)]
        return changed, raised[0] if raised else None

    def _restore(self) -> None:
        """Take back what the methods themselves set, as a cache."""
        for held, before in self._held:
            if len(held) != len(before) or any(held.get(k) is not v for k, v in before.items()):
                held.clear()
                held.update(before)


def _same(a: Any, b: Any) -> bool:
    return same(a, b, same_numbers)


def _values(target: Target, rng: np.random.RandomState) -> Iterable[Any]:
    """Return the values to try."""
    if target.whole:
        return [GONE]
    array = target.value
    if target.name == "categories_" and isinstance(array, np.ndarray) and array.dtype.kind in "iuf":
        # Encoders search in them, and what they find is an index into a matrix.
        return [shifted(array)]
    return others(array, rng)


def _writer(array: Any) -> Any:
    if not isinstance(array, np.ndarray) or not array.flags.writeable:
        raise NotSafe("numbers that cannot be written in place")

    def write(new: np.ndarray) -> None:
        array[...] = new

    return write


def _row(
    target: Target,
    verdict: str,
    methods: tuple[str, ...] = (),
    reason: str | None = None,
) -> Probed:
    return Probed(target.path, target.estimator, target.role, verdict, methods, reason)


def _order(targets: Sequence[Target]) -> list[int]:
    """Return in which order to try: one of each kind first, then by size."""
    met: dict[str, int] = {}
    keys = []
    for i, target in enumerate(targets):
        kind = re.sub(r"\[\d+(, \d+)*\]", "[]", target.path)
        met[kind] = met.get(kind, -1) + 1
        size = target.value.nbytes if isinstance(target.value, np.ndarray) else 0
        keys.append((min(met[kind], 1), size, met[kind], i))
    return [key[-1] for key in sorted(keys)]


def _keep_shared(targets: Iterable[Target], given: Iterable[Target]) -> None:
    """Leave alone what the copy shares with the given estimator, as some objects are not copied."""
    owners = {id(target.owner) for target in given}
    memory = [t.part.array for t in given if t.part and isinstance(t.part.array, np.ndarray)]
    for target in targets:
        part = target.part.array if target.part else None
        if id(target.owner) in owners or (
            isinstance(part, np.ndarray) and any(np.may_share_memory(part, m) for m in memory)
        ):
            target.reason = "a copy shares it with the estimator itself"


def _generators(walk: Walk) -> list[Any]:
    return [v for f in walk.fitted for v in f.values.values() if isinstance(v, _GENERATORS)]


def _methods_of(estimator: Any, methods: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the methods to call, none where there are none and none was asked for."""
    if methods is None:
        return tuple(name for name in METHODS if method_of(estimator, name))
    if not isinstance(methods, str | Iterable):
        raise TypeError(
            "probe: methods must be the name of a method, a sequence of names or None, "
            f"got {methods!r}."
        )
    asked = (methods,) if isinstance(methods, str) else tuple(methods)
    if not asked or not all(isinstance(name, str) for name in asked):
        raise ValueError(f"probe: methods must be names of methods, got {methods!r}.")
    for name in asked:
        if method_of(estimator, name) is None:
            raise ValueError(
                f"probe: {type(estimator).__name__} has no method {name!r} to call with X."
            )
    return tuple(dict.fromkeys(asked))


def _seed(random_state: Any) -> int:
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(copy.deepcopy(random_state).randint(2**31))
    whole = isinstance(random_state, int | np.integer) and not isinstance(random_state, bool)
    if whole and 0 <= random_state < 2**32:
        return int(random_state)
    raise ValueError(
        "probe: random_state must be an int from 0 to 2**32 - 1, a RandomState instance or None, "
        f"got {random_state!r}."
    )


def _rows(X: Any) -> tuple[Any, int]:
    """Return the rows to call methods with, and how many there are to choose from."""
    n = n_rows("probe", X)
    if n <= _MOST_ROWS:
        return X, n
    chosen = np.linspace(0, n - 1, _MOST_ROWS).astype(int)
    if hasattr(X, "iloc"):
        return X.iloc[chosen], n
    if hasattr(X, "shape"):
        return (X.tocsr() if hasattr(X, "tocsr") else X)[chosen], n
    return [X[i] for i in chosen], n
