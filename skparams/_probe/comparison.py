"""Compare what the methods of a copy return with what they returned at first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from skparams._escape import escape_controls
from skparams._walk import Walk, results_equal, results_of


class Comparison:
    """The methods of a copy, called with the same random numbers each time.

    ``expected`` has the result of each method that can be compared, ``nondeterministic`` the names
    of those that return something else with another seed, and ``failed`` why others are left out.
    """

    def __init__(self, walk: Walk, X: Any, methods: Sequence[str], seed: int) -> None:
        self.seed = seed
        self._estimator, self._X = walk.fitted[0].estimator, X
        stored = (vars(f.estimator) for f in walk.fitted if hasattr(f.estimator, "__dict__"))
        self._stored = [(attributes, dict(attributes)) for attributes in stored]
        values = (value for f in walk.fitted for value in f.values.values())
        self._resets = [reset for value in values if (reset := _reset_of(value))]
        first, second = self._results(methods), self._results(methods)
        other = self._results(methods, draws=1)
        self.failed = {}
        for name, result in first.items():
            if isinstance(result, Exception):
                self.failed[name] = _text_of(result)
            elif not _equal(result, second[name]):
                self.failed[name] = "gives something else on each call, at one seed too"
        self.expected = {name: first[name] for name in methods if name not in self.failed}
        if not self.expected:
            reasons = "; ".join(f"{name}: {why}" for name, why in self.failed.items())
            raise ValueError(
                f"probe: no method can be compared on this X: {escape_controls(reasons)}"
            )
        self.nondeterministic = tuple(n for n in self.expected if not _equal(first[n], other[n]))
        self.restore()

    def changed(self) -> tuple[tuple[str, ...], str | None]:
        """The methods that return something else or raise now, and the first error."""
        results = self._results([*self.expected])
        names = tuple(n for n, result in results.items() if not _equal(result, self.expected[n]))
        errors = (results[name] for name in names)
        return names, next((_text_of(e) for e in errors if isinstance(e, Exception)), None)

    def restore(self) -> None:
        """Undo what the methods themselves set, such as a cache."""
        for attributes, before in self._stored:
            attributes.clear()
            attributes.update(before)

    def _results(self, methods: Sequence[str], draws: int = 0) -> dict[str, Any]:
        """What the methods return; ``draws`` above 0 gives them other random numbers."""
        seed = (self.seed + draws) % 2**32
        return results_of(
            self._estimator, self._X, methods, seed, lambda: [r(draws) for r in self._resets]
        )


def _reset_of(generator: Any) -> Callable[[int], Any] | None:
    """A function that restores a generator's present state and draws some numbers from it."""
    if isinstance(generator, np.random.RandomState):
        restore = partial(generator.set_state, generator.get_state())
    elif isinstance(generator, np.random.Generator):
        bits = generator.bit_generator
        restore = partial(setattr, bits, "state", bits.state)
    else:
        return None
    return lambda draws: (restore(), generator.random(draws))


def _equal(a: Any, b: Any) -> bool:
    return results_equal(a, b, bits=False)


def _text_of(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
