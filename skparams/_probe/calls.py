"""Calling the methods of a copy again and again under the same conditions, and comparing."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from skparams._walk import Walk, results_of, same, same_numbers, seed_global

__all__ = ["Baseline", "Calls", "baseline", "changed"]


class Calls:
    """The methods of a copy, which are called at one seed."""

    def __init__(self, walk: Walk, X: Any, seed: int) -> None:
        self.seed = seed
        self._estimator, self._X = walk.fitted[0].estimator, X
        stored = (vars(f.estimator) for f in walk.fitted if hasattr(f.estimator, "__dict__"))
        self._stored = [(each, dict(each)) for each in stored]
        values = (value for f in walk.fitted for value in f.values.values())
        self._resets = [reset for each in values if (reset := _reset_of(each))]

    def results(self, methods: Sequence[str], draws: int = 0) -> dict[str, Any]:
        """Return what methods give; ``draws`` above 0 gives them other random numbers."""

        def reset() -> None:
            seed_global((self.seed + draws) % 2**32)
            for each in self._resets:
                each(draws)

        return results_of(self._estimator, self._X, methods, reset)

    def restore(self) -> None:
        """Take back what the methods themselves set, such as a cache."""
        for attributes, before in self._stored:
            attributes.clear()
            attributes.update(before)


class Baseline(NamedTuple):
    """What the methods give unchanged; which are nondeterministic, and which left out, and why."""

    expected: dict[str, Any]
    nondeterministic: tuple[str, ...]
    failed: dict[str, str]


def baseline(calls: Calls, methods: Sequence[str]) -> Baseline:
    """Call the methods unchanged; raise a ValueError if none can be compared."""
    first, second = calls.results(methods), calls.results(methods)
    other = calls.results(methods, draws=1)
    failed = {}
    for name, result in first.items():
        if isinstance(result, Exception):
            failed[name] = _text_of(result)
        elif not _same(result, second[name]):
            failed[name] = "gives something else on each call, at one seed too"
    expected = {name: result for name, result in first.items() if name not in failed}
    if not expected:
        reasons = "; ".join(f"{name}: {why}" for name, why in failed.items())
        raise ValueError(f"probe: no method can be compared on this X: {reasons}")
    calls.restore()
    random = tuple(name for name, result in expected.items() if not _same(result, other[name]))
    return Baseline(expected, random, failed)


def changed(calls: Calls, expected: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None]:
    """Return the methods that give something else or raise now, and the first error."""
    results = calls.results([*expected])
    names = tuple(name for name, result in results.items() if not _same(result, expected[name]))
    errors = (results[name] for name in names)
    return names, next((_text_of(each) for each in errors if isinstance(each, Exception)), None)


def _reset_of(generator: Any) -> Callable[[int], Any] | None:
    """Return what sets a generator back to its present state and draws some numbers from it."""
    if isinstance(generator, np.random.RandomState):
        back = partial(generator.set_state, generator.get_state())
    elif isinstance(generator, np.random.Generator):
        bits = generator.bit_generator
        back = partial(setattr, bits, "state", copy.deepcopy(bits.state))
    else:
        return None
    return lambda draws: (back(), generator.random(draws))


def _same(a: Any, b: Any) -> bool:
    return same(a, b, same_numbers)


def _text_of(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
