"""The page of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skparams._compare.words import decimals_of, duration, finding, p_value, score, shown_names
from skparams._records import Bounds, Count, Unknown, low_high
from skparams._report import (
    GUESS,
    UNKNOWN,
    Column,
    Page,
    Row,
    Section,
    clean,
    few,
    left_out,
    number,
    plural,
    size,
)

if TYPE_CHECKING:
    from skparams._compare.record import Comparison, Competitor, Pair, Seconds

_MAX_PAIRS = 15
_MAX_FOLDED = 300
_MAX_ERROR = 160
_WIDEST_NAME = 24  # on the page, so that there is room for the numbers
# A first fit is shown where it took so many times as long as the slowest quarter of the others, and
# so many seconds longer.
_SLOW_START, _MIN_SECONDS = 1.5, 0.05


def page(comparison: Comparison) -> Page:
    """The page: what was found, the competitors, the pairs, and how far the tests reach."""
    c = comparison
    n_folds = plural(c.n_folds, "fold")
    if c.n_folds < c.n_splits:
        n_folds = f"{c.n_folds} of {plural(c.n_splits, 'fold')}"
    names = shown_names(c, _WIDEST_NAME)
    about = [
        "Comparison",
        finding(c, names),
        plural(len(c.competitors), "competitor"),
        clean(c.scoring),
    ]
    about += [f"{n_folds} of {clean(c.cv)}", plural(c.n_samples, "row")]
    sections = [_competitors(c, names)]
    if c.pairs:
        sections.append(_pairs(c, names))
    return Page(about, sections, [*_notes(c, names)])


def _competitors(comparison: Comparison, names: dict[str, str]) -> Section:
    columns = [
        Column("competitors", least=16, code=True),
        Column("mean", right=True),
        Column("std", right=True),
        Column("fit", right=True),
        Column("predict", right=True, drop=3),
        Column("one row", right=True, drop=2),
        Column("parameters", right=True),
        Column("bytes", right=True, drop=4),
        Column("peak memory", right=True, drop=5),
    ]
    decimals = decimals_of([each.std for each in comparison.competitors])
    rows = [_row(each, names[each.name], decimals) for each in comparison.ranking]
    return Section(columns, rows)


def _row(each: Competitor, name: str, decimals: int) -> Row:
    cells = [
        name,
        score(each.mean, decimals),
        "" if each.std is None else score(each.std, decimals),
        duration(_usual(each.fit_seconds)),
        duration(_usual(each.predict_seconds)),
        duration(each.row_seconds),
        _parameters(each),
        _size(each.bytes),
        "" if each.peak_memory is None else _size(each.peak_memory),
    ]
    if each.failure is None:
        return Row(cells)
    cells[1] = "failed"
    return Row(cells, "accent", [Row([_failure(each), *[""] * (len(cells) - 1)], "dim")])


def _usual(seconds: Seconds) -> float | None:
    """The median, of the first ones where there are no others."""
    return seconds.first if seconds.median is None else seconds.median


def _parameters(each: Competitor) -> str:
    known = not isinstance(each.parameters, Unknown)
    return f"{GUESS if each.guessed and known else ''}{number(each.parameters)}"


def _size(count: Count) -> str:
    """A size, or the largest that it may be, where folds differ in what is shown."""
    if isinstance(count, Unknown):
        return size(count)
    low, high = low_high(count)
    return size(high) if size(low) == size(high) else size(Bounds(0, high))


def _first_fit(each: Competitor) -> str:
    """The time of the first fit, where it is much longer than that of the others."""
    fit = each.fit_seconds
    if fit.first is None or fit.upper_quartile is None:
        return ""
    usual = fit.upper_quartile
    slow = fit.first > _SLOW_START * usual and fit.first - usual > _MIN_SECONDS
    return duration(fit.first) if slow else ""


def _failure(each: Competitor) -> str:
    failure = each.failure
    assert failure is not None
    text = clean(failure.text)
    text = text if len(text) <= _MAX_ERROR else f"{text[: _MAX_ERROR - 1]}…"
    n = len(each.scores)
    where = "in each fold" if failure.n_folds == n else f"in {failure.n_folds} of {n} folds"
    return f"{where}: {text}"


def _pairs(comparison: Comparison, names: dict[str, str]) -> Section:
    """The table of pairs, those with the smallest p-values first."""
    rope = comparison.rope
    columns = [
        Column("pairs", code=True),
        Column("against", code=True),
        Column("difference", right=True),
        *([] if rope else [Column("95 % interval", right=True, drop=1)]),
        Column("p", right=True, drop=2 if rope else 0),
        *([Column("worse / alike / better", right=True)] if rope else []),
        Column("", least=14),
    ]
    decimals = decimals_of([each.std for each in comparison.competitors])
    ordered = sorted(comparison.pairs, key=lambda p: 2.0 if p.adjusted_p is None else p.adjusted_p)
    rows = [_pair(pair, names, decimals, bool(rope)) for pair in ordered]
    if len(rows) > _MAX_PAIRS:
        rows, rest = rows[: _MAX_PAIRS - 1], rows[_MAX_PAIRS - 1 :]
        below = [*rest[:_MAX_FOLDED], *left_out(len(rest[_MAX_FOLDED:]), columns)]
        rows += left_out(len(rest), columns, "more pairs", rows=below, opened=False)
    return Section(columns, rows)


def _pair(pair: Pair, names: dict[str, str], decimals: int, rope: bool) -> Row:
    found, interval = pair.probabilities, ""
    if pair.low is not None:
        interval = f"{score(pair.low, decimals)} to {score(pair.high, decimals)}"
    cells = [
        names[pair.first],
        names[pair.second],
        score(pair.difference, decimals),
        *([] if rope else [interval]),
        UNKNOWN if pair.adjusted_p is None else p_value(pair.adjusted_p),
    ]
    if rope:
        cells.append(" / ".join(f"{p:.2f}" for p in found) if found else UNKNOWN)
    return Row([*cells, pair.finding], "bold" if pair.significant else "")


def _notes(comparison: Comparison, names: dict[str, str]) -> Iterator[str]:
    c = comparison
    if c.interrupted:
        yield f"stopped by Ctrl-C after {c.n_folds} of {plural(c.n_splits, 'fold')}"
    yield from _notes_of_tests(c, names)
    yield from _notes_of_measures(c, names)
    for each in c.competitors:
        for kind, n in each.warnings:
            yield f"{names[each.name]}: {clean(kind)} in {n} of {plural(c.n_folds, 'fold')}"


def _notes_of_tests(comparison: Comparison, names: dict[str, str]) -> Iterator[str]:
    c = comparison
    reasons = dict.fromkeys(pair.no_test for pair in c.pairs if pair.no_test)
    for reason in reasons:
        of = [pair for pair in c.pairs if pair.no_test == reason]
        which = "no test" if len(of) == len(c.pairs) else f"no test of {plural(len(of), 'pair')}"
        yield f"{which}: {clean(reason)}"
    if any(pair.adjusted_p is not None for pair in c.pairs):
        adjusted = ""
        if len(c.pairs) > 1:
            against = f" with {names[c.baseline]}" if c.baseline is not None else ""
            adjusted = f", adjusted for {len(c.pairs)} pairs{against} by Holm's method"
        yield f"p: t test corrected for overlapping training rows{adjusted}; significant at 5 %"
        if adjusted and c.rope is None:
            yield "each interval is of its pair alone"
        if not all(pair.significant for pair in c.pairs):
            yield "not significant: a difference may be there that these folds do not show"
    if c.rope is not None and any(pair.probabilities for pair in c.pairs):
        yield (
            "worse / alike / better: probabilities, by the Bayesian correlated t test; alike is a "
            f"difference of at most {c.rope:g}"
        )


def _notes_of_measures(comparison: Comparison, names: dict[str, str]) -> Iterator[str]:
    c = comparison
    at_once = f", {c.n_jobs} folds at once" if c.n_jobs > 1 else ""
    if all(each.fit_seconds.median is None for each in c.competitors):
        without = ": each was the first of its process, which loads and compiles"
    else:
        without = ", without the first fold of each process, which loads and compiles"
    yield f"fit, predict: median time of a fold{without}{at_once}"
    if c.n_folds > 1:
        yield "one row, parameters, bytes: of every fifth fold, from the first one on"
    firsts = {names[each.name]: _first_fit(each) for each in c.competitors}
    if slow := [f"{name} {time}" for name, time in firsts.items() if time]:
        yield f"first fit: {few(slow, 10)}"
    for name in ("parameters", "bytes", "peak_memory"):
        fitted = [each for each in c.competitors if _usual(each.fit_seconds) is not None]
        counts = [(each.name, getattr(each, name)) for each in fitted]
        unknown = [(each, count) for each, count in counts if isinstance(count, Unknown)]
        for reason in dict.fromkeys(count.reason for _, count in unknown):
            who = few([names[each] for each, count in unknown if count.reason == reason])
            yield f"{name.replace('_', ' ')} of {who} not known: {clean(reason)}"
    if guessed := [names[each.name] for each in c.competitors if each.guessed]:
        yield f"parameters of {few(guessed)}: guessed, as no Spec describes all that is in them"
    if any(each.peak_memory is not None for each in c.competitors):
        yield (
            "peak memory: of one fit in a process of its own, above what that process had before "
            "it; without other processes that a fit starts"
        )
