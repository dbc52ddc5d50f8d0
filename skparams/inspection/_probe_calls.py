"""Calling an estimator's methods again and again under the same conditions, and comparing."""

from __future__ import annotations

import copy
import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse

__all__ = ["METHODS", "Calls", "Raised", "same"]

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
        except Exception as error:
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


def same(a: Any, b: Any) -> bool:
    """Say whether two results are the same, to the last digit; NaN is NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if issparse(a):
        return bool(a.shape == b.shape) and _equal(
            lambda: _same_arrays(*map(_stored, (a, b)))  # which raises where indices are wrong
        )
    if isinstance(a, np.ndarray | np.generic):
        return _same_arrays(np.asarray(a), np.asarray(b))
    if hasattr(a, "to_numpy"):  # a table of pandas or polars
        named = list(getattr(a, "columns", ())) == list(getattr(b, "columns", ()))
        return named and _same_arrays(a.to_numpy(), b.to_numpy())
    return a is b or _equal(lambda: a == b)


def _stored(matrix: Any) -> np.ndarray:
    """Return rows, columns and values of a sparse matrix, in one order."""
    coo = matrix.tocoo()
    order = np.lexsort((coo.col, coo.row))
    return np.stack([coo.row[order], coo.col[order], coo.data[order]])


def _same_arrays(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind == "O":
        return all(same(x, y) for x, y in zip(a.ravel(), b.ravel(), strict=True))
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))


def _equal(compare: Callable[[], Any]) -> bool:
    try:
        return bool(compare())
    except Exception:  # a type that cannot say
        return False
