"""A fit as scikit-learn's callbacks see it: a task whose work is cut into at most 200 subtasks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

# scikit-learn's ProgressBar takes a time that is quadratic in the number of subtasks: 0.3 s for
# 500, 0.9 for 1,000, 4.0 for 2,000 that do nothing.
MAX_TASKS = 200

# Returns the attributes that make of an unfitted estimator one that is fitted as far as it got.
Attributes = Callable[[], Mapping[str, Any]]


def n_tasks(n_steps: int, done: int = 0) -> int:
    """How many tasks so many steps become, without those of the first steps that are done."""
    return -(-(n_steps - done) // _span(n_steps))


def _span(n_steps: int) -> int:
    """How many steps a task has, but for the last one."""
    return max(1, -(-n_steps // MAX_TASKS))


class NoTasks:
    """A fit without callbacks, which costs nothing."""

    stopped = False
    needs_state = False

    def steps(
        self, n: int, name: str, attributes: Attributes | None, done: int = 0
    ) -> Iterable[int]:
        return range(done, n)

    def task(self, name: str) -> "NoTasks":
        return self

    def close(self, *, done: bool) -> None:
        pass

    def finish(self, attributes: Attributes = dict) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


class FitTasks:
    """A fit with callbacks, from the task of the whole fit, which this begins, to its end.

    ``X``, ``y`` and ``sample_weight`` are those that the user passed, as callbacks pass them on to
    ``score``. ``max_subtasks`` returns the largest number of subtasks, by default 0, and None where
    nothing tells it. If the fit ``continues``, the estimator is a fitted one at its begin too.
    ``needs_state`` tells whether a callback wants in fitted estimators what training needs to go
    on exactly.
    """

    def __init__(
        self,
        estimator: Any,
        X: Any,
        y: Any,
        sample_weight: Any,
        *,
        max_subtasks: Callable[[], int | None] = int,
        task_name: str = "fit",
        continues: bool = False,
    ) -> None:
        self.estimator = estimator
        self.stopped = False  # whether a callback asked to leave out the rest of the steps
        self._data = {"X": X, "y": y, "metadata": None}
        if sample_weight is not None:
            self._data["metadata"] = {"sample_weight": sample_weight}
        self.needs_state = needs_state(estimator)
        self._numpy_errors = np.geterr()  # which training changes
        self._open: tuple[Any, Attributes | None] | None = None
        self._n_done = 0
        self._fit = estimator._init_callback_context(task_name, max_subtasks=max_subtasks())
        self._call(self._fit.call_on_fit_task_begin, dict if continues else None)

    def steps(
        self, n: int, name: str, attributes: Attributes | None, done: int = 0
    ) -> Iterator[int]:
        """Yield the number of each step, and leave out the rest if a callback asks to stop.

        The first steps may be ``done``.
        """
        span = _span(n)
        for start in range(done, n, span):
            self._begin(name if span == 1 else f"{name}s", attributes)
            for step in range(start, min(start + span, n)):
                yield step
                self._n_done += 1
            self.stopped = self.close(done=True)
            if self.stopped:
                return

    def task(self, name: str) -> "FitTasks":
        """A context manager for a task that the fit needs, whether a callback asks to stop or not.

        No estimator is fitted at its end.
        """
        self._begin(name, None)
        return self

    def close(self, *, done: bool) -> bool:
        """End the task that is open, if one is; ``done`` tells whether its last step was.

        Return whether a callback asks to stop.
        """
        if self._open is None:
            return False
        (task, attributes), self._open = self._open, None
        fitted = attributes if done or self._n_done else None
        return self._call(task.call_on_fit_task_end, fitted)

    def finish(self, attributes: Attributes = dict) -> None:
        """End the task of the whole fit; the estimator is fitted, but for some attributes."""
        self._call(self._fit.call_on_fit_task_end, attributes)

    def _begin(self, name: str, attributes: Attributes | None) -> None:
        task = self._fit.subcontext(task_name=name)
        self._open, self._n_done = (task, attributes), 0
        self._call(task.call_on_fit_task_begin, attributes)

    def _call(self, hooks: Callable[..., Any], attributes: Attributes | None = None) -> bool:
        with np.errstate(**self._numpy_errors):
            return bool(
                hooks(estimator=self.estimator, **self._data, reconstruction_attributes=attributes)
            )

    def __enter__(self) -> None:
        pass

    def __exit__(self, error: Any, *rest: object) -> None:
        if error is None:
            self.close(done=True)


def needs_state(estimator: Any) -> bool:
    """Whether a callback wants in fitted estimators what training needs to go on exactly."""
    callbacks = vars(estimator).get("_skl_callbacks") or ()
    return any(getattr(each, "needs_state", False) for each in callbacks)


NO_TASKS = NoTasks()
Tasks = FitTasks | NoTasks


def fit_tasks(estimator: Any, X: Any, y: Any, sample_weight: Any, **about: Any) -> Tasks:
    """Begin the task of a fit, if the estimator has callbacks; `unchanged_on_error` ends them."""
    if not vars(estimator).get("_skl_callbacks"):
        return NO_TASKS
    return FitTasks(estimator, X, y, sample_weight, **about)
