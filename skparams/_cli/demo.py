"""The demo from beginning to end."""

import shutil
import textwrap
from pathlib import Path

import joblib
from sklearn import neural_network
from sklearn.model_selection import ParameterGrid

import skparams
from skparams._cli.data import load_images, read_csv
from skparams._cli.errors import DemoError, need, printable
from skparams._cli.figure import draw
from skparams._cli.files import check_folder, write
from skparams._cli.page import make_page
from skparams._cli.result import DemoResult
from skparams._cli.search import GRID, QUICK_GRID, make_search, run_search, split_rows, warm_up
from skparams._report import DARK, LIGHT

_LIBRARIES = {"skparams": skparams, "scikit-learn": neural_network}


def run(path: Path | None, target: str | None, *, out: Path, quick: bool) -> None:
    """Search, compare, explain and write, for a CSV file or else for the digits."""
    if target is not None and path is None:
        raise DemoError("--target needs --data FILE.csv, the table that has this column")
    need("matplotlib")
    check_folder(out)
    data = load_images() if path is None else read_csv(path, target)
    split = split_rows(data, n_folds=3 if quick else 4)
    grid = QUICK_GRID if quick else GRID
    n_jobs = joblib.cpu_count()
    n_folds, n_candidates = split.cv.get_n_splits(), len(ParameterGrid(grid))
    plan = (
        f"{n_candidates} candidates × {n_folds} folds = {n_candidates * n_folds} fits on "
        f"{len(split.y):,} rows, {n_jobs} at a time; {len(split.y_test):,} rows held out"
    )
    _print(*filter(None, (data.title, data.reason, *data.notes, plan)))

    task = "MLPRegressor" if data.classes is None else "MLPClassifier"
    options = {"max_iter": 40 if quick else 200, "random_state": 0}
    searches = {}
    for name, library in _LIBRARIES.items():
        network = getattr(library, task)(**options)
        searches[name] = make_search(data, network, split, grid, n_jobs)
    seconds = warm_up(list(searches.values()), split)
    ours, theirs = (run_search(search, split, name) for name, search in searches.items())
    result = DemoResult(data, plan, ours, theirs, *seconds, skparams.summary(ours.search))
    _print("", *_table(result), "")
    _print(f"before timing: {result.preparation}", *result.notes)
    _print("", f"the winner: {result.winner}", "")
    print(result.summary.to_text(width=_width()).rstrip())
    _print("", f"wrote {' and '.join(map(str, _write(result, out)))}")


def _width() -> int:
    """Return the width of the terminal, 80 columns in a pipe."""
    return min(max(shutil.get_terminal_size().columns, 20), 120)


def _print(*lines: str) -> None:
    """Print lines, wrapped to the terminal, without control characters."""
    for line in lines:
        print(
            textwrap.fill(printable(line), _width(), break_long_words=False, break_on_hyphens=False)
        )


def _table(result: DemoResult) -> list[str]:
    """Lay out the comparison of the two libraries."""
    header = ("same grid, same folds", result.ours.library, result.theirs.library, "")
    rows = [header, *result.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "   ".join([label.ljust(widths[0]), ours.rjust(widths[1]), theirs.rjust(widths[2]), remark])
        for label, ours, theirs, remark in rows
    ]
    return [lines[0], "─" * max(map(len, lines)), *lines[1:]]


def _write(result: DemoResult, out: Path) -> list[Path]:
    """Write the page and the figure; return their paths."""
    light, dark = (draw(result.ours.network, result.data, theme) for theme in (LIGHT, DARK))
    files = {
        out / "report.html": make_page(result, light, dark).encode(),
        out / "learned.png": light,
    }
    for path, content in files.items():
        write(path, content)
    return list(files)
