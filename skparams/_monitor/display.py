"""The figure of what a monitor recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._escape import clean
from skparams._monitor.record import QUANTITIES
from skparams._report import LIGHT, name_lines, new_axes, plural, set_title, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._monitor.callback import ParamMonitor

LABELS = {
    "norm": "norm of the parameter",
    "update": "norm of the update",
    "gradient": "norm of the gradient",
    "distance": "distance from the start",
    "dead_units": "dead units",
}
TITLES = {
    "norm": "How large the parameters are",
    "update": "How far the parameters move",
    "gradient": "How large the gradients are",
    "distance": "How far the parameters are from their start",
    "dead_units": "How many units are dead",
}
FONT = 9.0
# From where the largest value is so many times the smallest, the axis is logarithmic.
WIDE_RANGE = 20
# Columns of the picture of a distribution have so many values.
N_VALUES = 200


@dataclass(eq=False, repr=False, kw_only=True)
class ParamMonitorDisplay:
    """How a quantity of fitted parameters changes during a fit.

    A line is a parameter, or in a search, if one parameter is drawn, a candidate. Of several fits
    it is their median, and the band their range. A distribution is drawn as an image, darker where
    more of the numbers are. `ParamMonitor.plot` and `from_monitor` make one.

    Parameters
    ----------
    quantity : str
        What is drawn: "norm", "update", "gradient", "distance", "dead_units" or "histogram".
    tasks : ndarray of shape (n_tasks,)
        Numbers of the tasks.
    values : dict of str to ndarray of shape (n_fits, n_tasks)
        The quantity of each parameter or candidate that is drawn, NaN where nothing was recorded.
    task_name : str
        What a task is.
    parameter : str, default=""
        The parameter, if the lines are candidates.
    n_left_out : int, default=0
        Number of parameters, or of candidates, that are not drawn.
    histograms : list of (counts, low, high), default=()
        For "histogram", what was recorded at each task.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure of the axes.
    lines_ : list of matplotlib Line2D
        One line a parameter or candidate.
    image_ : matplotlib QuadMesh or None
        The image of a distribution.

    See Also
    --------
    ParamMonitor : The callback that records.

    Examples
    --------
    >>> import numpy as np
    >>> from skparams import ParamMonitorDisplay
    >>> display = ParamMonitorDisplay(
    ...     quantity="norm",
    ...     tasks=np.array([1, 2, 3]),
    ...     values={"coef_": np.array([[0.5, 0.8, 0.9]])},
    ...     task_name="epoch",
    ... ).plot()
    >>> display.ax_.get_xlabel()
    'epoch'
    """

    quantity: str
    tasks: np.ndarray
    values: Mapping[str, np.ndarray]
    task_name: str
    parameter: str = ""
    n_left_out: int = 0
    histograms: Sequence[tuple[np.ndarray, float, float]] = ()
    lines_: list[Any] = field(default_factory=list, init=False)
    image_: Any = field(default=None, init=False)
    ax_: Any = field(default=None, init=False)
    figure_: Any = field(default=None, init=False)

    @classmethod
    def from_monitor(
        cls,
        monitor: ParamMonitor,
        quantity: str = "update",
        *,
        parameters: str | Sequence[str] | None = None,
        run: int = -1,
        ax: Axes | None = None,
    ) -> ParamMonitorDisplay:
        """Draw what a monitor recorded.

        Parameters
        ----------
        monitor : ParamMonitor
            With records.
        quantity : str, default="update"
            One of "norm", "update", "gradient", "distance", "dead_units" or "histogram".
        parameters : str or list of str, default=None
            Which parameters to draw: by default the largest, up to seven.
        run : int, default=-1
            Which run; by default the last one.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        ParamMonitorDisplay
            The figure.
        """
        if quantity not in (*QUANTITIES, "histogram"):
            raise ValueError(
                f"ParamMonitor.plot: quantity must be one of {', '.join(QUANTITIES)}, histogram; "
                f"got {quantity!r}."
            )
        rows = _rows_of_run(monitor, run)
        names = _chosen(rows, parameters, quantity)
        drawn = {name: [row for row in rows if row["parameter"] == name] for name in names}
        n_left_out = 0
        if parameters is None:
            n_left_out = len({row["parameter"] for row in rows}) - len(names)
        if quantity == "histogram":
            display = _with_histograms(cls, drawn, n_left_out)
        else:
            display = _with_lines(cls, quantity, drawn, n_left_out)
        return display.plot(ax=ax)

    def plot(self, *, ax: Axes | None = None) -> ParamMonitorDisplay:
        """Draw the figure.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        ParamMonitorDisplay
            The display itself.
        """
        ax = new_axes() if ax is None else ax
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_, self.image_ = [], None
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=FONT)
        if self.quantity == "histogram":
            self._draw_histograms(ax)
        else:
            self._draw_lines(ax)
        below = short(self.task_name)
        if self.n_left_out:
            what = "candidate" if self.parameter else "parameter"
            below += f"\n{plural(self.n_left_out, what)} left out"
        ax.set_xlabel(below, fontsize=FONT)
        return self

    def _draw_lines(self, ax: Axes) -> None:
        single = len(self.tasks) == 1
        for (name, values), color in zip(self.values.items(), LIGHT.groups, strict=False):
            low, middle, high = _range_of(values)
            (line,) = ax.plot(
                self.tasks, middle, color=color, lw=1.4, marker="o" if single else "", ms=4
            )
            line.set_label(short(name))
            self.lines_.append(line)
            if len(values) > 1:
                ax.fill_between(self.tasks, low, high, color=color, alpha=0.15, lw=0)
        found = np.concatenate([values.ravel() for values in self.values.values()])
        found = found[np.isfinite(found)]
        positive = found.size and self.quantity != "dead_units"
        if positive and found.max() > WIDE_RANGE * found.min() > 0:
            ax.set_yscale("log")
        ax.set_ylabel(LABELS[self.quantity], fontsize=FONT)
        if not single:
            ax.set_xlim(self.tasks[0], self.tasks[-1])
        n_fits = max(len(values) for values in self.values.values())
        about = [short(self.parameter)] if self.parameter else []
        if n_fits > 1:
            about.append(f"median and range of {plural(n_fits, 'fit')}")
        set_title(ax, ": ".join(filter(None, [TITLES[self.quantity], ", ".join(about)])))
        name_lines(ax, self.lines_)

    def _draw_histograms(self, ax: Axes) -> None:
        (name,) = self.values
        low = min(low for _, low, _ in self.histograms)
        high = max(high for *_, high in self.histograms)
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = np.linspace(low, high, N_VALUES + 1)
        image = np.array([_density(edges, *each) for each in self.histograms])
        self.image_ = ax.pcolormesh(
            _borders(self.tasks), edges, image.T, cmap="Blues", rasterized=True, shading="flat"
        )
        ax.set_ylabel("value", fontsize=FONT)
        set_title(ax, f"How the numbers of {short(name)} are distributed")


def _rows_of_run(monitor: ParamMonitor, run: int) -> list[dict[str, Any]]:
    rows = list(monitor._log.rows())
    if not rows:
        raise ValueError(
            "ParamMonitor.plot: nothing was recorded. Set the monitor with set_callbacks on an "
            "estimator that supports callbacks, and fit it."
        )
    runs = sorted({row["run"] for row in rows})
    n_runs = len(monitor._log.runs)
    number = run + n_runs if run < 0 else run
    if number not in runs:
        raise ValueError(
            f"ParamMonitor.plot: run must be one of {', '.join(map(str, runs))}, or -1 for the "
            f"last, got {run!r}."
        )
    found = [row for row in rows if row["run"] == number]
    if not any(row["task"] for row in found) and len(runs) > 1:
        # Each call of `partial_fit` is a run of one task: the runs follow each other.
        paths = {(row["path"], row["estimator"]) for row in found}
        found = [row for row in rows if (row["path"], row["estimator"]) in paths]
        return [{**row, "task": row["run"] + 1, "path": ()} for row in found if not row["task"]]
    return found


def _chosen(rows: Sequence[Mapping[str, Any]], parameters: Any, quantity: str) -> list[str]:
    """The names of the parameters to draw."""
    sizes: dict[str, int] = {}
    n_tasks: dict[str, int] = {}
    for row in rows:
        name = row["parameter"]
        sizes[name] = row["size"]
        n_tasks[name] = n_tasks.get(name, 0) + (bool(row["task"]) and _is_known(row, quantity))
    if parameters is not None:
        names = [parameters] if isinstance(parameters, str) else list(parameters)
        unknown = [name for name in names if name not in sizes]
        if unknown:
            raise ValueError(
                f"ParamMonitor.plot: parameters must be among "
                f"{', '.join(clean(name) for name in sizes)}; got {unknown[0]!r}."
            )
    else:
        most = len(LIGHT.groups) if quantity != "histogram" else 1
        shown = [name for name in sizes if n_tasks[name]]
        largest = sorted(shown, key=lambda name: -sizes[name])[:most]
        names = [name for name in sizes if name in largest]
    if not any(n_tasks[name] for name in names):
        raise ValueError(
            f"ParamMonitor.plot: {quantity} of {clean(', '.join(names or sizes))} was not recorded "
            "after any task."
        )
    return names[: len(LIGHT.groups)]


def _is_known(row: Mapping[str, Any], quantity: str) -> bool:
    value = row.get(quantity)
    return value is not None and (quantity == "histogram" or not np.isnan(value))


def _with_lines(
    cls: type[ParamMonitorDisplay],
    quantity: str,
    drawn: Mapping[str, list[dict[str, Any]]],
    n_left_out: int,
) -> ParamMonitorDisplay:
    """A display of values by fit and task."""
    rows = [row for rows in drawn.values() for row in rows]
    rows = [row for row in rows if row["task"] and row[quantity] is not None]
    candidates = {row["candidate"] for row in rows} - {None}
    parameter = rows[0]["parameter"] if len(drawn) == 1 and len(candidates) > 1 else ""
    if parameter:
        n_left_out = max(0, len(candidates) - len(LIGHT.groups))
        first = sorted(candidates)[: len(LIGHT.groups)]
        rows = [row for row in rows if row["candidate"] in first]
    tasks = sorted({row["task"] for row in rows})
    column = {task: j for j, task in enumerate(tasks)}
    lines: dict[str, dict[tuple[int, ...], np.ndarray]] = {}
    for row in rows:
        name = f"candidate {row['candidate']}" if parameter else row["parameter"]
        fits = lines.setdefault(name, {})
        line = fits.setdefault(row["path"][:-1], np.full(len(tasks), np.nan))
        line[column[row["task"]]] = row[quantity]
    return cls(
        quantity=quantity,
        tasks=np.array(tasks),
        values={name: np.array(list(fits.values())) for name, fits in lines.items()},
        task_name=rows[0]["task_name"],
        parameter=parameter,
        n_left_out=n_left_out,
    )


def _with_histograms(
    cls: type[ParamMonitorDisplay], drawn: Mapping[str, list[dict[str, Any]]], n_left_out: int
) -> ParamMonitorDisplay:
    """A display of one parameter's histograms, added up over fits."""
    if len(drawn) != 1:
        raise ValueError(
            f"ParamMonitor.plot: parameters must be one for a histogram, got {len(drawn)}."
        )
    ((name, rows),) = drawn.items()
    rows = [row for row in rows if row["task"] and row.get("histogram") is not None]
    rows = [row for row in rows if np.isfinite(row["low"])]
    fits = {row["path"][:-1] for row in rows}
    if len(fits) > 1:
        raise ValueError(
            f"ParamMonitor.plot: a histogram is of one fit, and the run has {len(fits)} that have "
            f"{clean(name)}; to_frame() has all of them."
        )
    return cls(
        quantity="histogram",
        tasks=np.array([row["task"] for row in rows]),
        values={name: np.empty((1, 0))},
        task_name=rows[0]["task_name"],
        n_left_out=n_left_out,
        histograms=[(row["histogram"], row["low"], row["high"]) for row in rows],
    )


def _range_of(values: np.ndarray) -> Iterator[np.ndarray]:
    """The lowest, the median and the highest of the fits, NaN where none has a value."""
    yield np.fmin.reduce(values)
    yield np.ma.median(np.ma.masked_where(np.isnan(values), values), axis=0).filled(np.nan)
    yield np.fmax.reduce(values)


def _density(edges: np.ndarray, counts: np.ndarray, low: float, high: float) -> np.ndarray:
    """Share of the numbers in each of other bins, relative to the highest."""
    own = np.linspace(low, high, len(counts) + 1)
    if low == high:
        shares = ((edges[:-1] <= low) & (low < edges[1:])).astype(float)
    else:
        cumulated = np.concatenate([[0], np.cumsum(counts)])
        shares = np.diff(np.interp(edges, own, cumulated))
    return shares / shares.max() if shares.max() > 0 else shares


def _borders(tasks: np.ndarray) -> np.ndarray:
    """Where the columns of an image begin and end, with the tasks in their middles."""
    if len(tasks) == 1:
        return np.array([tasks[0] - 0.5, tasks[0] + 0.5])
    middles = (tasks[1:] + tasks[:-1]) / 2
    return np.array([2 * tasks[0] - middles[0], *middles, 2 * tasks[-1] - middles[-1]])
