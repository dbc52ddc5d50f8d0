"""Draw the pictures of the docs from the JSON of runs: ``python -m benchmarks.plot FILE...``.

Each file has one benchmark, or all of them. Of a table that several files have, the last one
counts; a quick one never takes the place of a full one. What the files do not have is not drawn.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks._results import merge, read
from benchmarks.choose import picture as choose
from benchmarks.curves import picture as curves
from benchmarks.keep import picture as keep
from benchmarks.mlp import picture as mlp
from benchmarks.pca import picture as pca
from benchmarks.tabular import pictures as tabular

IMAGES = Path(__file__).parents[1] / "docs" / "images"
# File: the tables that it needs, by benchmark and name, and the function that draws them.
PICTURES: dict[str, tuple[list[tuple[str, str]], Callable[..., None]]] = {
    "bench-mlp-fits.png": ([("mlp", "fits")], mlp.fits),
    "bench-pca-fits.png": ([("pca", "fits"), ("pca", "streams")], pca.fits),
    "bench-pca-accuracy.png": ([("pca", "accuracy")], pca.accuracy),
    "bench-false-alarms.png": ([("choose", "false-alarms")], choose.false_alarms),
    "bench-fewest.png": ([("choose", "fewest")], choose.fewest),
    "bench-formats.png": ([("keep", "formats")], keep.formats),
    "bench-tables.png": (
        [("tabular", "classification-reporting"), ("tabular", "regression-reporting")],
        tabular.by_table,
    ),
    "bench-out-of-fold.png": ([("tabular", "out-of-fold")], tabular.out_of_fold),
    "bench-coverage.png": ([("tabular", "coverage")], tabular.coverage),
    "bench-curves-mlp.png": ([("curves", "fits")], curves.networks),
    "bench-curves-pca.png": ([("curves", "fits")], curves.pca),
    "bench-curves-inspection.png": ([("curves", "inspections")], curves.inspections),
}


def draw(files: list[Path], folder: Path) -> list[Path]:
    """Draw what the files have the tables of, and return the pictures' paths."""
    tables = merge(read(files))
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, (needed, function) in PICTURES.items():
        if all(key in tables and tables[key]["rows"] for key in needed):
            function(folder / name, *(tables[key] for key in needed))
            drawn.append(folder / name)
    return drawn


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plot", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON of runs")
    parser.add_argument(
        "--to", type=Path, default=IMAGES, metavar="FOLDER", help="default: docs/images"
    )
    args = parser.parse_args(argv)
    drawn = draw(args.files, args.to)
    print(*drawn, sep="\n")
    return 0 if drawn else 1


if __name__ == "__main__":
    sys.exit(main())
