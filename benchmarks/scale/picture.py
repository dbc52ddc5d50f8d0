"""Figure of simulated fits: time against the number of workers, for several sizes."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib

Times = Mapping[int, Mapping[int, float]]


def draw(times: Times, measured: Mapping[int, float], path: Path) -> None:
    """Draw seconds by rows and workers; measured fits, of the smallest data, are dots."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, ax = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for n_rows, of_workers in times.items():
        (line,) = ax.plot(list(of_workers), list(of_workers.values()), label=f"{n_rows:,} rows")
        first, last = next(iter(of_workers)), max(of_workers)
        ideal = [of_workers[first], of_workers[first] * first / last]
        ax.plot([first, last], ideal, ":", color=line.get_color(), lw=0.8)
    ax.plot(list(measured), list(measured.values()), "ko", ms=4, label="measured")
    ax.set(xscale="log", yscale="log", xlabel="workers", ylabel="seconds of a fit")
    ax.legend(fontsize="small")
    ax.set_title("simulated; dotted: no cost but the work", fontsize="medium")
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
