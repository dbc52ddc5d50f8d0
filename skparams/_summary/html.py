"""A summary as HTML, through jinja2 with autoescape."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from skparams._records import Count, Unknown, low_high
from skparams._report import words as _words
from skparams._summary import view as _view
from skparams._summary.lines import Line, learned
from skparams._summary.record import Summary

__all__ = ["rendered", "to_html"]

_HERE = Path(__file__).parent.parent / "_report"
_MOST_MEMBERS = 50  # of a run of siblings: what one wants to scroll through
_MOST_LINES = 1000  # keeps the page below half a megabyte
_MOST_HIDDEN = 300
_OPEN_LEVELS = 2


def to_html(summary: Summary) -> str:
    """Return a summary as a piece of HTML that needs nothing else.

    Parameters
    ----------
    summary : Summary
        Any.

    Returns
    -------
    str
        A ``<div>`` with its own style, without scripts.
    """
    choices, hidden, more = _view.chosen(summary)
    lines = learned(summary, _MOST_MEMBERS, _MOST_LINES, opened=True)
    names, candidates = _view.candidates(summary)
    stats, n_stats_left = _view.with_stats(summary)
    networks, n_networks_left = _view.networks(summary)
    decompositions, n_decompositions_left = _view.decompositions(summary)
    outcomes, n_outcomes_left = _view.outcomes(summary)
    return rendered(
        "summary.html",
        about=_view.header(summary),
        choices=choices,
        hidden=hidden[:_MOST_HIDDEN],
        n_hidden_left=len(hidden[_MOST_HIDDEN:]),
        more=more,
        outcomes=outcomes,
        n_outcomes_left=n_outcomes_left,
        planned=summary.planned,
        shown=summary.root.fitted or summary.planned,
        lines=lines,
        open_levels=_OPEN_LEVELS,
        widths=_widths(lines, summary),
        totals=summary.totals,
        notes=_view.notes(summary),
        candidate_names=names,
        candidates=candidates,
        stats=stats,
        n_stats_left=n_stats_left,
        networks=networks,
        n_networks_left=n_networks_left,
        decompositions=[(node, *_view.leading_rows(node)) for node in decompositions],
        n_decompositions_left=n_decompositions_left,
        findings=_view.findings(summary),
    )


def rendered(template: str, **shown: Any) -> str:
    """Return a template filled in, with the style that all pages share."""
    return _environment().get_template(template).render(style=_style(), **shown)


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup((_HERE / "summary.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = ("clean", "number", "shape", "size", "value")
    environment.filters |= {name: getattr(_words, name) for name in words}
    environment.tests["unknown"] = lambda value: isinstance(value, Unknown)
    environment.filters |= {"shown_layers": _view.shown_layers, "share": _share}
    return environment


def _share(count: Count, total: Count) -> float:
    """Return a count's share in percent, what it may grow to where it is bounded."""
    if isinstance(count, Unknown) or isinstance(total, Unknown):
        return 0
    most, of = low_high(count)[1], low_high(total)[1]
    return round(100 * most / of, 1) if of else 0


def _widths(lines: tuple[Line, ...], summary: Summary) -> dict[str, int]:
    """Return the widths of the columns of numbers, in characters: each row is its own grid."""
    rows = list(_all(lines))
    totals = summary.totals
    least = len("after fit") if summary.planned else len("count")
    return {
        "count": max(
            least, *(len(_words.number(n)) for n in [totals.stored, *(r.count for r in rows)])
        ),
        "free": max(4, *(len(_words.number(n)) for n in [totals.free, *(r.free for r in rows)])),
        "bytes": max(5, *(len(_words.size(n)) for n in [totals.bytes, *(r.bytes for r in rows)])),
    }


def _all(lines: tuple[Line, ...]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from _all(line.lines)
