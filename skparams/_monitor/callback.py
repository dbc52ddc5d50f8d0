"""A callback that records what a fit does to the parameters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock, local
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from skparams._compat import HAS_CALLBACKS, installed_sklearn, open_listener
from skparams._escape import clean, escape_frame
from skparams._monitor.record import COLUMNS, FitKey, Log, Place
from skparams._monitor.recorder import FitRecorder
from skparams._monitor.transport import Remote
from skparams._report import import_pandas, mime_bundle
from skparams._walk import join

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from skparams._monitor.display import ParamMonitorDisplay

# Name of the tasks of a search that each fit one candidate on one split.
EVALUATION = "candidate-split-evaluation"
# About how many records of a fit there are by default.
N_RECORDS = 10


class _Thread(local):
    """What the fit in this thread waits for: copies of the estimator, or none."""

    is_started = False
    skips = False
    fit: Any = None
    recorder: Any = None

    def follows(self, context: Any) -> bool:
        """Whether a task is one of the fit."""
        own = context.source_estimator_name is None and context.parent is not None
        return own and context.parent is self.fit


class ParamMonitor:
    """Record what each task of a fit, such as an epoch, does to the fitted parameters.

    A callback of scikit-learn 1.9: set it with ``set_callbacks`` on any estimator that supports
    callbacks, and on a pipeline or search of such ones. It records the norm of each parameter, how
    far it moved, its gradient where the estimator reports it, and how many hidden units are dead.

    Parameters
    ----------
    every : int, default=None
        Record every so many tasks of a fit. By default each, where a fit has at most 10, and else
        about 10 of them: an estimator says before how many tasks its fit has at most. The end of a
        fit is always recorded.
    histogram_every : int or None, default=3
        Keep a histogram of each parameter with every so many records, and at the end of a fit;
        None for no histograms.
    bins : int, default=30
        Number of bins of a histogram.
    max_records : int, default=100_000
        The largest number of rows, one for each parameter after each task. When there are more,
        every second task of all fits is dropped, as often as needed; the ends of fits are kept.

    Attributes
    ----------
    max_propagation_depth : None
        Estimators are watched at all depths of nesting.

    See Also
    --------
    fitted_params : The parameters themselves.
    ParamMonitorDisplay : The figure.

    Notes
    -----
    A row takes about 150 bytes, and 8 more for each bin of a histogram. While a fit runs, two
    copies of its parameters are kept. Records of several fits, one after another or at the same
    time, are all kept until `clear` is called; ``run`` in the frame counts the calls of fit of the
    outermost estimator. Search estimators gather the records of their worker processes;
    ``cross_validate`` has no callbacks of its own, and what its worker processes record stays
    there. Callbacks are an experimental part of scikit-learn.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skparams import ParamMonitor
    >>> X, y = load_iris(return_X_y=True)
    >>> monitor = ParamMonitor()
    >>> model = LogisticRegression(C=0.1).set_callbacks(monitor).fit(X, y)
    >>> monitor.to_frame().groupby("parameter")["norm"].last().round(1)
    parameter
    coef_         1.9
    intercept_    8.9
    Name: norm, dtype: float64
    """

    max_propagation_depth = None

    def __init__(
        self,
        *,
        every: int | None = None,
        histogram_every: int | None = 3,
        bins: int = 30,
        max_records: int = 100_000,
    ) -> None:
        if not HAS_CALLBACKS:
            raise ImportError(
                "ParamMonitor needs scikit-learn 1.9 or newer, whose estimators call callbacks in "
                f"fit; {installed_sklearn} is installed. Install it with "
                'pip install "scikit-learn>=1.9".'
            )
        for argument, value in (("every", every), ("histogram_every", histogram_every)):
            if value is not None:
                _check_count(argument, value, " or None")
        _check_count("bins", bins)
        _check_count("max_records", max_records)
        self.every, self.histogram_every, self.bins = every, histogram_every, bins
        self._log = Log(max_records)
        self._remote: Remote | None = None
        self._listener: Any = None
        self._start()

    def _start(self) -> None:
        """Set what stays in this process."""
        self._lock = Lock()
        self._running: set[UUID] = set()
        # By the contexts of fits and of pipelines, which go with the fits.
        self._recorders: WeakKeyDictionary[Any, FitRecorder] = WeakKeyDictionary()
        self._steps: WeakKeyDictionary[Any, list[str]] = WeakKeyDictionary()
        self._thread = _Thread()

    @property
    def max_records(self) -> int:
        """The largest number of rows."""
        return self._log.max_records

    def __getstate__(self) -> dict[str, Any]:
        # During a fit it is pickled for worker processes, whose records come back here.
        own = {"every": self.every, "histogram_every": self.histogram_every, "bins": self.bins}
        with self._lock:
            if self._running:
                if self._listener is None:
                    self._listener = open_listener(self._log.receive, owner=self)
                handle, runs = self._listener, frozenset(self._running)
                remote = Remote(handle.address, handle.authkey, os.getpid(), runs)
                return own | {"_log": Log(self.max_records), "_remote": remote}
            log = self._log if self._remote is None else Log(self.max_records)
            return own | {"_log": log, "_remote": self._remote}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _listener=None)
        self._start()

    def setup(self, estimator: Any, context: Any) -> None:
        """Begin a run: the fit of the outermost estimator.

        Parameters
        ----------
        estimator : estimator
            The outermost estimator.
        context : CallbackContext
            Its task.
        """
        with self._lock:
            self._running.add(context.root_uuid)
        self._log.begin_run(context.root_uuid, type(estimator).__name__)

    def teardown(self, estimator: Any, context: Any) -> None:
        """End a run.

        Parameters
        ----------
        estimator : estimator
            The outermost estimator.
        context : CallbackContext
            Its task.
        """
        vars(self._thread).clear()
        with self._lock:
            self._running.discard(context.root_uuid)

    # scikit-learn reads from the signature of a hook whether to make a copy of the estimator as
    # fitted so far, which takes as long as to record it. So hooks have it only where it is used.
    @property
    def on_fit_task_begin(self) -> Callable[..., None]:
        """The hook for the begin of a task."""
        return self._begin_task if self._thread.is_started else self._begin_first_task

    @property
    def on_fit_task_end(self) -> Callable[..., None]:
        """The hook for the end of a task."""
        return self._skip_task if self._thread.skips else self._end_task

    def _begin_task(self, estimator: Any, context: Any) -> None:
        thread = self._thread
        if thread.follows(context):
            thread.skips = thread.recorder.skips_next
        else:
            self._begin_first_task(estimator, context)

    def _begin_first_task(
        self, estimator: Any, context: Any, *, fitted_estimator: Any = None
    ) -> None:
        """Note where a fit is, and the parameters that its first task starts from."""
        with _errors_named(estimator, context):
            fit, thread = _fit_of(context), self._thread
            thread.skips = False
            if context is fit:
                thread.is_started = False
                recorder = self._begin_fit(estimator, fit)
            else:
                recorder = self._recorder_of(estimator, fit)
                thread.skips = recorder.skips_next
            thread.fit, thread.recorder = fit, recorder
            if fitted_estimator is not None:
                recorder.start(fitted_estimator)
                thread.is_started = True
            n_splits = getattr(estimator, "n_splits_", None)
            if n_splits and not context.sequential_subtasks:
                key = FitKey(context.root_uuid, _path_of(context))
                self._deliver("add_search", key, n_splits, context.max_subtasks)

    def _skip_task(self, estimator: Any, context: Any) -> None:
        """Count a task that is not recorded."""
        thread = self._thread
        thread.skips, thread.is_started = False, True
        if thread.follows(context):
            thread.recorder.skip()
            return
        with _errors_named(estimator, context):
            self._recorder_of(estimator, _fit_of(context)).skip()

    def _end_task(self, estimator: Any, context: Any, *, fitted_estimator: Any = None) -> None:
        """Record the parameters after a task; without them there is nothing to record."""
        with _errors_named(estimator, context):
            fit = _fit_of(context)
            is_fit = context is fit
            recorder = self._recorder_of(estimator, fit)
            self._thread.is_started = not is_fit
            if not is_fit:
                recorder.skip()
            if fitted_estimator is None:
                return
            path = _path_of(context)
            record = recorder.record(fitted_estimator, context.task_name, path, is_fit=is_fit)
            if record is not None:
                key = FitKey(context.root_uuid, _path_of(fit))
                self._deliver("add_task", key, record)

    def _recorder_of(self, estimator: Any, fit: Any) -> FitRecorder:
        recorder = self._recorders.get(fit)
        return self._begin_fit(estimator, fit) if recorder is None else recorder

    def _begin_fit(self, estimator: Any, fit: Any) -> FitRecorder:
        if hasattr(estimator, "steps"):
            self._steps[fit] = [name for name, *_ in estimator.steps]
        place = self._place_of(fit)
        self._deliver("begin_fit", FitKey(fit.root_uuid, _path_of(fit)), place)
        every = self.every or -(-(fit.max_subtasks or 1) // N_RECORDS) or 1
        recorder = FitRecorder(every, self.histogram_every, self.bins)
        self._recorders[fit] = recorder
        return recorder

    def _place_of(self, fit: Any) -> Place:
        """The names of the steps that lead to a fit, up to the search that it is a part of."""
        prefix, context = "", fit
        while context.parent is not None:
            if context.source_task_name == EVALUATION:
                search = _path_of(context.parent)
                return Place(fit.estimator_name, prefix, search, context.task_id)
            names = self._steps.get(context.parent)
            if names is not None:
                prefix = join(names[context.task_id], prefix) if prefix else names[context.task_id]
            context = context.parent
        return Place(fit.estimator_name, prefix)

    def _deliver(self, what: str, key: FitKey, *arguments: Any) -> None:
        """Put records into the log, which may be in another process."""
        message = what, (key, *arguments)
        if self._remote is not None and self._remote.takes(key.run):
            self._remote.send(message)
        else:
            self._log.receive(message)

    def clear(self) -> None:
        """Forget all records."""
        self._log.clear()

    def to_frame(self) -> pd.DataFrame:
        """Return the records as a DataFrame, one row for each parameter after each task.

        Returns
        -------
        DataFrame
            With the columns

            - ``run``: the number of the fit of the outermost estimator, from 0
            - ``candidate``, ``split``: in a search, the row of ``cv_results_`` and the split; NA
              for the fit on all rows at its end
            - ``path``: the task ids from the outermost fit to the task
            - ``estimator``: the class that was fitted
            - ``task_name``, ``task``: the name of the task, and its number in the fit from 1; NA
              for the end of the fit, after which early stopping has restored the best weights
            - ``parameter``: its path, as `fitted_params` names it
            - ``size``: how many numbers it has
            - ``seconds``: since the fit began
            - ``norm``: Euclidean norm, as of all that follows
            - ``update``: norm of the change since the last record, which is ``span`` tasks ago
            - ``gradient``: norm of the gradient, NaN where the estimator reports none
            - ``distance``: norm of the change since the start of the fit, or since the first record
              of an estimator that does not report its start
            - ``dead_units``: of the weights ``coefs_[i]`` into a layer with the activation
              ``"relu"``, for how many of its units the gradient was zero in each of the last 5
              records; NA elsewhere
            - ``histogram``, ``low``, ``high``: counts in bins of equal width from ``low`` to
              ``high``

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pandas = import_pandas()
        rows = self._log.rows()
        frame = pandas.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)
        for name, dtype in COLUMNS.items():
            frame[name] = frame[name].astype(dtype)
        return escape_frame(frame)

    def plot(
        self,
        quantity: str = "update",
        *,
        parameters: Any = None,
        run: int = -1,
        ax: Axes | None = None,
    ) -> ParamMonitorDisplay:
        """Draw how a quantity changes from task to task.

        A line is a parameter, or in a search, if one parameter is drawn, a candidate. Of several
        fits it is their median, and the band their range.

        Parameters
        ----------
        quantity : str, default="update"
            One of "norm", "update", "gradient", "distance", "dead_units", or "histogram", which
            draws the distribution of one parameter.
        parameters : str or list of str, default=None
            Which parameters to draw, by default the largest.
        run : int, default=-1
            Which run, counted as in `to_frame`; by default the last one.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        ParamMonitorDisplay
            The figure.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If an argument is invalid, or there is nothing to draw.
        """
        from skparams._monitor.display import ParamMonitorDisplay

        return ParamMonitorDisplay.from_monitor(
            self, quantity, parameters=parameters, run=run, ax=ax
        )

    def __str__(self) -> str:
        return self._overview().to_text(color=False)

    def __repr__(self) -> str:
        return self._overview().to_text()

    def _repr_html_(self) -> str:
        return self._overview().to_html()

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        return mime_bundle(self, include, exclude)

    def _overview(self) -> Any:
        from skparams._monitor.view import Overview

        return Overview(self._log)


def _fit_of(context: Any) -> Any:
    """The task of the whole fit that a task is in, which may itself be one of another estimator."""
    while context.parent is not None and context.source_estimator_name is None:
        context = context.parent
    return context


def _path_of(context: Any) -> tuple[int, ...]:
    path = []
    while context is not None:
        path.append(context.task_id)
        context = context.parent
    return tuple(reversed(path))


def _check_count(argument: str, value: Any, alternative: str = "") -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"ParamMonitor: {argument} must be an int of at least 1{alternative}, got {value!r}."
        )


@contextmanager
def _errors_named(estimator: Any, context: Any) -> Iterator[None]:
    """Say in an error of the block that it is the callback's, and where it was."""
    try:
        yield
    except Exception as error:
        raise RuntimeError(
            f"ParamMonitor: cannot record {clean(type(estimator).__name__)} in the task "
            f"{clean(context.task_name)!r}: {type(error).__name__}: {error}"
        ) from error
