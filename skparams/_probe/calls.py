"""Calling an estimator's methods again and again under the same conditions, and comparing."""

from __future__ import annotations

import copy
import random
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["METHODS", "Calls", "Raised"]

METHODS = (
    "predict",
    "predict_proba",
    "decision_function",
    "transform",
    "score_samples",
    "kneighbors",
)


@dataclass(frozen=True, slots=True)
class Raised:
    """What a method raised."""

    said: str


class Calls:
    """An estimator's methods, called with copies of X and, where asked, at one seed.

    Parameters
    ----------
    estimator : estimator
        The copy that is changed between calls.
    methods : sequence of str
        Those that are called.
    X : array-like
        No method gets it itself: some write into it.
    generators : sequence
        The generators of random numbers that the estimator holds: each call finds them as they
        are now.
    """

    def __init__(
        self, estimator: Any, methods: Sequence[str], X: Any, generators: Sequence[Any]
    ) -> None:
        self._estimator = estimator
        self.methods = tuple(methods)
        self._X = X
        self._states = [(each, _state_of(each)) for each in generators]

    def results(self, seed: int | None = None) -> dict[str, Any]:
        """Return what each method returns or raises; None as seed goes on with the numbers."""
        return {name: self._result(name, seed) for name in self.methods}

    def _result(self, name: str, seed: int | None) -> Any:
        X = self._X.copy() if hasattr(self._X, "copy") else copy.deepcopy(self._X)
        if seed is not None:
            np.random.seed(seed)
            random.seed(seed)
            for each, state in self._states:
                _set_state(each, state)
        try:
            found = getattr(self._estimator, name)(X)
            return list(found) if isinstance(found, Iterator) else found
        except Exception as error:  # whatever it is, the change made it
            said = " ".join(str(error).split())
            return Raised(f"{type(error).__name__}: {said}")

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Keep the process's random numbers as they are, and warnings to ourselves."""
        ours, pythons = np.random.get_state(), random.getstate()
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                yield
        finally:
            np.random.set_state(ours)
            random.setstate(pythons)


def _state_of(generator: Any) -> Any:
    if isinstance(generator, np.random.RandomState):
        return generator.get_state()
    return copy.deepcopy(generator.bit_generator.state)


def _set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state
