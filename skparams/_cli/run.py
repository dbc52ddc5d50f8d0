"""The demo from beginning to end."""

from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sklearn import neural_network
from sklearn.model_selection import ParameterGrid

import skparams
from skparams._cli.data import Data, digits, from_csv
from skparams._cli.errors import DemoError, need
from skparams._cli.files import check_folder, write
from skparams._cli.page import page
from skparams._cli.plot import picture
from skparams._cli.report import Report, about, plan, why
from skparams._cli.search import (
    GRID,
    QUICK_GRID,
    GridSearchCV,
    Outcome,
    Split,
    grid_search,
    run_search,
    warm_up,
    workers,
)
from skparams._cli.terminal import comparison, lines, summary
from skparams._report import DARK, LIGHT

_LIBRARIES = {"skparams": skparams, "scikit-learn": neural_network}


def run(path: Path | None, target: str | None, *, out: Path, quick: bool) -> None:
    """Search, compare, explain, write.

    Parameters
    ----------
    path : Path or None
        A CSV file; without one, the digits.
    target : str or None
        The column of it to predict.
    out : Path
        Folder for the report and the picture.
    quick : bool
        A small search.
    """
    if target is not None and path is None:
        raise DemoError("--target needs --data FILE.csv, the table that it is a column of")
    need("matplotlib")
    check_folder(out)
    data = digits() if path is None else from_csv(path, target)
    split = Split.of(data, folds=3 if quick else 4)
    grid, epochs = (QUICK_GRID, 40) if quick else (GRID, 200)
    searches = {
        name: grid_search(data, _network(library, data, epochs), split, grid, workers())
        for name, library in _LIBRARIES.items()
    }

    console = Console(highlight=False)
    lines(console, *filter(None, (about(data), why(data), *data.notes)))
    lines(console, plan(split, len(ParameterGrid(grid)), workers()))
    warmed = warm_up(list(searches.values()), split)
    ours, theirs = _run_all(searches, split)
    report = Report(data, split, ours, theirs, *warmed, skparams.summary(ours.search))

    console.print(comparison(report))
    lines(console, f"before the clock: {report.before_the_clock}")
    lines(console, *report.notes[len(data.notes) :])
    lines(console, "", f"the winner: {report.winner}", "")
    summary(console, report)
    lines(console, "", f"wrote {' and '.join(map(str, _write(report, out)))}")


def _network(library, data: Data, epochs: int):
    """Return a library's network for what is predicted."""
    name = "MLPRegressor" if data.classes is None else "MLPClassifier"
    return getattr(library, name)(max_iter=epochs, random_state=0)


def _run_all(searches: dict[str, GridSearchCV], split: Split) -> list[Outcome]:
    """Run the searches one after the other, with a bar each where someone is watching."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description:12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    outcomes = []
    with bar:
        for name, search in searches.items():
            fits = len(ParameterGrid(search.param_grid)) * split.cv.get_n_splits()
            task = bar.add_task(name, total=fits)
            search.advance = partial(bar.advance, task)
            outcomes.append(run_search(search, split, name))
            del search.advance
    return outcomes


def _write(report: Report, out: Path) -> list[Path]:
    """Write the picture and the page; return where they are."""
    network = report.ours.network
    light, dark = (picture(network, report.data, theme) for theme in (LIGHT, DARK))
    files = {out / "report.html": page(report, light, dark).encode(), out / "learned.png": light}
    for path, content in files.items():
        write(path, content)
    return list(files)
