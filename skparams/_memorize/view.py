"""The page of a memorization: scores with and without the row, and the most memorized rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._records import Unknown, low_high
from skparams._report import (
    UNKNOWN,
    Column,
    Page,
    Row,
    Section,
    clean,
    cut,
    left_out,
    number,
    plural,
    value,
)

if TYPE_CHECKING:
    from skparams._memorize.record import Memorization

MAX_ROWS = 10
BOUNDED = ("probability", "accuracy")  # scores from 0 to 1
THRESHOLD = 0.5  # of a value, for these
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
# What a score is called, and what is left of a large one.
NAMES = {
    "probability": "probability of the label",
    "accuracy": "label is right",
    "squared_error": "minus the squared error",
}
_LONGEST_LABEL = 24


def page_of(found: Memorization) -> Page:
    """The page."""
    n_rows = len(found.values)
    fits = f"{plural(found.n_fits, 'fit')} on {number(found.n_train)} rows each"
    about = ["memorization", clean(found.class_name), plural(n_rows, "row"), fits]
    sections = [_scores(found)]
    if (found.values > 0).any():
        sections.append(_strongest(found))
    if found.shuffled_labels is not None:
        sections.append(_shuffled(found))
    return Page(about, sections, [*_notes(found)])


def _scores(found: Memorization) -> Section:
    """Means and quantiles over the rows that have a value."""
    known = np.isfinite(found.values)
    words = ["mean", *(f"{share * 100:g} %" for share in SHARES), "max"]
    words[words.index("50 %")] = "median"
    columns = [Column(name_of(found.score), least=18), *(Column(w, right=True) for w in words)]
    rows = []
    for name, numbers in (
        ("with the row in training", found.in_scores),
        ("without it", found.out_scores),
        ("memorization", found.values),
    ):
        of_rows = numbers[known]
        each = [of_rows.mean(), *np.quantile(of_rows, SHARES), of_rows.max()]
        style = "bold" if numbers is found.values else ""
        rows.append(Row([name, *(score_text(float(x), found.score) for x in each)], style))
    return Section(columns, rows, [*_above(found, known)])


def _above(found: Memorization, known: np.ndarray) -> Iterator[str]:
    if found.score in BOUNDED:
        n, n_known = int((found.values > THRESHOLD).sum()), int(known.sum())
        yield (
            f"{plural(n, 'row')} ({100 * n / n_known:.1f} %) above {THRESHOLD}: rows whose label "
            "the model mostly gets right only when it was trained on them"
        )
    if found.score == "squared_error":
        spread = float(np.mean(np.var(found.labels, axis=0)))
        yield f"in squared units of y, whose variance is {value(spread)}"


def _strongest(found: Memorization) -> Section:
    """The rows with the largest values."""
    columns = [
        Column("most memorized rows", least=10, code=True),
        Column("target" if found.score == "squared_error" else "label", code=True),
        Column("with it", right=True),
        Column("without it", right=True),
        Column("memorization", right=True),
        Column("std error", right=True),
    ]
    known, memorized = int(np.isfinite(found.values).sum()), int((found.values > 0).sum())
    rows = []
    for i in found.order[: min(memorized, MAX_ROWS)]:
        numbers = (found.in_scores, found.out_scores, found.values, found.std_errors)
        cells = [score_text(float(each[i]), found.score) for each in numbers]
        rows.append(Row([str(i), label_text(found.labels[i]), *cells]))
    rows += left_out(known - len(rows), columns, "more: top(n), to_frame()")
    return Section(columns, rows)


def _shuffled(found: Memorization) -> Section:
    shuffled = found.shuffled_labels
    assert shuffled is not None
    columns = [
        Column("labels shuffled", least=18),
        Column("with it", right=True),
        Column("without it", right=True),
    ]
    cells = [score_text(x, found.score) for x in (shuffled.in_score, shuffled.out_score)]
    fits = plural(shuffled.n_fits, "fit")
    note = (
        "labels in random order mean nothing: what the model scores more for rows that it was "
        "trained on than for others is learned by heart"
    )
    return Section(columns, [Row([f"{name_of(found.score)}, {fits}", *cells])], [note])


def _notes(found: Memorization) -> Iterator[str]:
    n_done = found.n_fits + (found.shuffled_labels.n_fits if found.shuffled_labels else 0)
    if n_done < found.n_planned:
        yield f"stopped by Ctrl-C after {n_done:,} of {plural(found.n_planned, 'fit')}"
    yield from _parameters(found)
    for counts, where in ((found.n_out, "every fit"), (found.n_in, "no fit")):
        if n := int((counts == 0).sum()):
            rows = plural(n, "row is", "rows are")
            yield f"{rows} in the training rows of {where}: no value; more fits would give one"
    single = np.isfinite(found.values) & np.isnan(found.std_errors)
    if n := int(single.sum()):
        rows = plural(n, "row has", "rows have")
        yield f"{rows} a single fit with or without it, so no standard error"


def _parameters(found: Memorization) -> Iterator[str]:
    keeps = ", and keeps training rows" if found.keeps_rows else ""
    if isinstance(found.n_params, Unknown):
        yield f"free parameters not known: {clean(found.n_params.reason)}{keeps}"
        return
    high = low_high(found.n_params)[1]
    text = "1 free parameter" if high == 1 else f"{number(found.n_params)} free parameters"
    rows = low_high(found.n_train)[1]
    yield f"the first fit learned {text}, {value(high / rows)} for each training row{keeps}"


def name_of(score: str) -> str:
    """What a score is called on a page."""
    return NAMES.get(score, clean(score))


def score_text(x: float, score: str) -> str:
    """A score from 0 to 1 with three digits after the point, another one with three digits."""
    if not np.isfinite(x):
        return UNKNOWN
    return f"{round(x, 3) + 0.0:.3f}" if score in BOUNDED else value(x)


def label_text(label: Any) -> str:
    """A label, or those of several outputs, on one line."""
    plain = label.tolist() if isinstance(label, np.ndarray | np.generic) else label
    if isinstance(plain, float):
        return value(plain)
    return cut(clean(str(plain)), _LONGEST_LABEL)
