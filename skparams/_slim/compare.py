"""What a model's methods return for X, and how copies of it differ from that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._escape import escape_error
from skparams._slim.record import PredictionChange
from skparams._walk import METHODS, calls_of, results_equal, results_of, working_copy
from skparams.specs import columns_of

_MORE = ("sample_y",)  # a method that takes rows too, and predicts nothing


class Predictions:
    """The results of all methods of a model that take rows, on X."""

    def __init__(self, model: Any, X: Any) -> None:
        self.name, self.X = type(model).__name__, X
        self.calls = calls_of(model)
        if not self.calls:
            raise ValueError(
                f"slim: X was given to compare predictions, and {self.name} makes none: it has "
                f"none of {', '.join(METHODS)}."
            )
        self._model = working_copy(model)
        self.results = results_of(self._model, X, self.calls)
        errors = {call: e for call, e in self.results.items() if isinstance(e, Exception)}
        if len(errors) == len(self.results):
            error = errors[self.calls[0]]
            escape_error(error)
            raise ValueError(f"slim: {self.name} cannot predict X: {error}") from error
        self.working = tuple(call for call in self.calls if call not in errors)

    def nondeterministic(self) -> tuple[str, ...]:
        """The calls that return something else with another seed."""
        again = results_of(self._model, self.X, self.calls, seed=1)
        return tuple(c for c in self.calls if not results_equal(self.results[c], again[c]))

    def first_difference(self, other: Any, *, options_may_raise: bool = False) -> str | None:
        """The first call that returns something else on another model."""
        others = results_of(working_copy(other), self.X, self.calls)
        for call in self.calls:
            allowed = options_may_raise and "(" in call and isinstance(others[call], Exception)
            if not allowed and not results_equal(self.results[call], others[call]):
                return call
        return None

    def failing(self, other: Any) -> tuple[str, ...]:
        """The calls that work on the model and raise on another one."""
        more = [name for name in _MORE if hasattr(self._model, name)]
        results = self.results | results_of(self._model, self.X, more)
        calls = [call for call, result in results.items() if not isinstance(result, Exception)]
        others = results_of(working_copy(other), self.X, calls)
        return tuple(call for call in calls if isinstance(others[call], Exception))

    def changes(self, other: Any, calls: Sequence[str]) -> tuple[PredictionChange, ...] | None:
        """How much each call changes; None if one raises, or gives what cannot be compared."""
        others = results_of(working_copy(other), self.X, calls)
        found = []
        for call in calls:
            if isinstance(self.results[call], Exception):
                if not isinstance(others[call], Exception):
                    return None
            elif not results_equal(self.results[call], others[call]):
                change = change_of(call, self.results[call], others[call])
                if change is None:
                    return None
                found.append(change)
        return tuple(found)


def change_of(call: str, before: Any, after: Any) -> PredictionChange | None:
    """The largest change between two results; None if they differ in form or where not finite."""
    one, other = list(_arrays(before)), list(_arrays(after))
    if isinstance(after, Exception) or [x.shape for x in one] != [x.shape for x in other]:
        return None
    n = n_changed = 0
    absolute = largest = 0.0
    real = False
    for x, y in zip(one, other, strict=True):
        n += x.size
        if x.dtype.kind not in "fc" or y.dtype.kind not in "fc":
            n_changed += int(np.sum(x != y))
            continue
        finite = np.isfinite(x)
        if not np.isfinite(y[finite]).all() or not np.array_equal(
            x[~finite], y[~finite], equal_nan=True
        ):
            return None
        real = True
        x, y = x[finite], y[finite]
        n_changed += int(np.sum(x != y))
        absolute = max(absolute, float(np.abs(x - y).max(initial=0.0)))
        largest = max(largest, float(np.abs(x).max(initial=0.0)))
    if not real:
        return PredictionChange(call, None, None, n_changed, n)
    return PredictionChange(call, absolute, absolute / largest if largest else None, n_changed, n)


def _arrays(result: Any) -> Iterator[np.ndarray]:
    """The arrays in a result, each flat."""
    columns = columns_of(result)
    if issparse(result):
        yield result.toarray().ravel()
    elif columns is not None:
        for column in columns.values():
            yield from _arrays(column)
    elif isinstance(result, dict):
        for item in result.values():
            yield from _arrays(item)
    elif isinstance(result, list | tuple) or (
        isinstance(result, np.ndarray) and result.dtype.kind == "O" and _holds_arrays(result)
    ):
        for item in result:
            yield from _arrays(item)
    else:
        yield np.atleast_1d(np.asarray(result)).ravel()


def _holds_arrays(values: np.ndarray) -> bool:
    return any(isinstance(each, np.ndarray) for each in values.flat)
