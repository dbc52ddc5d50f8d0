"""The demo from beginning to end."""

from pathlib import Path

import joblib
from sklearn import neural_network
from sklearn.model_selection import ParameterGrid

import skparams
from skparams._cli.console import (
    CommandError,
    Picture,
    check_folder,
    make_page,
    need,
    show,
    write,
)
from skparams._cli.demo.figure import draw
from skparams._cli.demo.result import DemoResult
from skparams._cli.demo.search import GRID, QUICK_GRID, make_search, run_search, split_rows, warm_up
from skparams._cli.tables import Dataset, load_images, read_csv
from skparams._report import DARK, LIGHT, clean

_LIBRARIES = {"skparams": skparams, "scikit-learn": neural_network}
_FOOTER = ", measured on this machine in one run"
_FILES = ["report.html", "learned.png"]


def run(path: Path | None, target: str | None, *, out: Path, quick: bool) -> None:
    """Search, compare, explain and write, for a file or else for the digits."""
    if target is not None and path is None:
        raise CommandError("--target needs --data FILE, the table that has this column")
    need("matplotlib")
    data = load_images() if path is None else read_csv(path, target)
    check_folder(out, _FILES)
    files = [out / name for name in _FILES]
    for file, content in zip(files, compare(data, quick=quick), strict=True):
        write(file, content)
    show(f"wrote {' and '.join(clean(str(file)) for file in files)}")


def compare(data: Dataset, *, quick: bool) -> tuple[bytes, bytes]:
    """Search with both libraries and print what was found; return the page and the picture."""
    split = split_rows(data, n_folds=3 if quick else 4)
    grid = QUICK_GRID if quick else GRID
    n_jobs = joblib.cpu_count()
    n_folds, n_candidates = split.cv.get_n_splits(), len(ParameterGrid(grid))
    data.notes.append(
        f"{n_candidates} candidates × {n_folds} folds = {n_candidates * n_folds} fits on "
        f"{len(split.y):,} rows, {n_jobs} at a time; {len(split.y_test):,} rows held out"
    )
    show(data.to_text())

    task = "MLPRegressor" if data.classes is None else "MLPClassifier"
    options = {"max_iter": 40 if quick else 200, "random_state": 0}
    searches = {}
    for name, library in _LIBRARIES.items():
        network = getattr(library, task)(**options)
        searches[name] = make_search(data, network, split, grid, n_jobs)
    seconds = warm_up(list(searches.values()), split)
    ours, theirs = (run_search(search, split, name) for name, search in searches.items())
    result, summary = DemoResult(ours, theirs, *seconds), skparams.summary(ours.search)
    show("\n".join(["", result.to_text(), "", summary.to_text(), ""]))

    light, dark = (draw(ours.network, data, theme) for theme in (LIGHT, DARK))
    picture = Picture(light, dark, "The loss of each epoch and the weights of each layer")
    reports = [data, result, summary]
    return make_page(f"{data.name} · skparams demo", reports, picture, _FOOTER), light
