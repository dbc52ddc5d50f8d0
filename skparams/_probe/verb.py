"""Which fitted attributes an estimator's methods depend on: change each one and compare."""

from __future__ import annotations

import copy
import zlib
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils import resample

from skparams._probe.comparison import Comparison
from skparams._probe.record import Probe, ProbedAttribute
from skparams._probe.targets import Target, targets_in, without_indices
from skparams._probe.values import NotSafe, other_values
from skparams._walk import (
    Walk,
    check_columns,
    check_estimator,
    check_fitted,
    compact_copy,
    copy_or_raise,
    method_of,
    n_rows,
)

METHODS = (
    "predict",
    "predict_proba",
    "decision_function",
    "transform",
    "score_samples",
    "kneighbors",
)
_MAX_SAMPLES = 500
_MAX_VALUES = 2  # tried for an attribute


def probe(
    estimator: Any,
    X: Any,
    *,
    max_calls: int = 200,
    random_state: int | np.random.RandomState = 0,
) -> Probe:
    """Find out which fitted attributes predictions depend on.

    In a copy of the estimator, each fitted attribute gets another value in turn, and its methods
    are called. If one returns something else, or raises, the attribute is used: that is proof.
    If none does, nothing is proved: other rows, methods or values might show that it is used.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator. It is not changed.
    X : array-like of shape (n_samples, n_features)
        Samples for its methods. If there are more than 500, 500 are drawn.
    max_calls : int, default=200
        The largest number of calls of a method with a changed attribute. The attributes to try
        are chosen before the first call: the first of similar ones, such as the trees of a forest,
        before the second, and small arrays before large ones. An attribute takes up to two calls
        for each method.
    random_state : int or RandomState instance, default=0
        Decides which rows are drawn, which values are tried, and the random numbers of methods that
        draw some. An instance is not changed.

    Returns
    -------
    Probe
        Shown as text by ``print`` and as HTML in notebooks. The same call returns the same.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, is a class, or cannot be copied, X has no rows, or
        ``max_calls`` is not an int.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If it has no method to call with X, none of them takes X, X has another number of columns
        than the estimator was fitted on, ``max_calls`` is not positive, or
        ``random_state`` is no seed.

    See Also
    --------
    summary : Calls it for classes that no Spec describes.
    slim : Drops what predictions do not need.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import probe
    >>> X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, 2.0, 3.0]
    >>> found = probe(LinearRegression().fit(X, y), X)
    >>> [each.path for each in found.used]
    ['coef_', 'intercept_', 'n_features_in_']
    >>> [each.path for each in found.unused]
    ['rank_', 'singular_']
    """
    check_estimator("probe", estimator)
    if not _is_int(max_calls) or max_calls < 1:
        error = ValueError if _is_int(max_calls) else TypeError
        raise error(f"probe: max_calls must be a positive int, got {max_calls!r}.")
    seed = _seed_of(random_state)
    walk = Walk(estimator)
    check_fitted("probe", walk)
    name = type(estimator).__name__
    methods = [method for method in METHODS if method_of(estimator, method)]
    if not methods:
        raise ValueError(f"probe: {name} has none of the methods {', '.join(METHODS)}.")
    n_samples = n_rows("probe", X)
    check_columns("probe", estimator, X)
    if n_samples > _MAX_SAMPLES:
        X = resample(X, replace=False, n_samples=_MAX_SAMPLES, random_state=seed)
    inner = Walk(copy_or_raise("probe", estimator, compact_copy))
    targets = targets_in(inner)
    comparison = Comparison(inner, X, methods, seed)
    n_tried = max_calls // (_MAX_VALUES * len(comparison.expected))
    _limit(targets, n_tried, f"max_calls={max_calls} allows no more")
    with np.errstate(all="ignore"):  # values that are tried may overflow
        attributes = tuple(
            ProbedAttribute(target.path, target.estimator, target.role, *_try(target, comparison))
            for target in targets
        )
    return Probe(
        class_name=name,
        attributes=attributes,
        methods=tuple(comparison.expected),
        nondeterministic=comparison.nondeterministic,
        failed=tuple(comparison.failed.items()),
        n_samples=n_samples,
        n_samples_used=min(n_samples, _MAX_SAMPLES),
        max_calls=int(max_calls),
        restored=not comparison.changed()[0],
        guessed=tuple(dict.fromkeys(n.class_name for n in walk.root.walk() if n.guessed)),
    )


def _limit(targets: list[Target], n: int, reason: str) -> None:
    """Leave n targets to try: the first of each kind before the second, then small ones first."""
    n_before: Counter[str] = Counter()
    keys = []
    for i, target in enumerate(targets):
        if target.reason is None:
            kind = without_indices(target.path)
            size = target.value.nbytes if isinstance(target.value, np.ndarray) else 0
            keys.append((n_before[kind] > 0, size, n_before[kind], i))
            n_before[kind] += 1
    for *_, i in sorted(keys)[n:]:
        targets[i] = replace(targets[i], reason=reason)


def _try(target: Target, comparison: Comparison) -> tuple[str, tuple[str, ...], str | None]:
    """Verdict, methods and reason, after other values until one shows that the target is used."""
    # Seeded by its path, so that its values do not depend on what else is tried.
    rng = np.random.RandomState([comparison.seed, zlib.crc32(target.path.encode())])
    if target.reason is not None:
        return "not tried", (), target.reason
    try:
        for value in other_values(target.value, rng, ordered=target.name == "categories_"):
            before = target.value if target.write is None else copy.deepcopy(target.value)
            try:
                target.put(value)
                methods, error = comparison.changed()
            finally:
                target.put(before)
                comparison.restore()
            if methods:
                return "used", methods, error
    except NotSafe as error:
        return "not tried", (), str(error)
    return "unused", (), None


def _is_int(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _seed_of(random_state: Any) -> int:
    if isinstance(random_state, np.random.RandomState):
        return int(copy.deepcopy(random_state).randint(2**31))
    if _is_int(random_state) and 0 <= random_state < 2**32:
        return int(random_state)
    raise ValueError(
        "probe: random_state must be an int from 0 to 2**32 - 1 or a RandomState instance, "
        f"got {random_state!r}."
    )
