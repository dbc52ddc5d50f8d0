"""What is shown of ``KeptRows``: the training rows that were found, and where more may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from skparams._records import KeptPlace
from skparams._report import Column, Report, Section, clean, number, plural
from skparams._slim.record import KeptRows
from skparams._slim.view import kept_section

__all__ = ["COLUMNS", "report", "rows"]

COLUMNS = (*(field.name for field in fields(KeptPlace)), "known")
_MAX_UNKNOWN = 40


def report(kept: KeptRows) -> Report:
    """Return what is shown of KeptRows, in text that is safe on a terminal."""
    n_rows = max((each.rows for each in kept.places), default=0)
    sections = [kept_section(kept.places)] if kept.places else []
    if kept.unknown:
        shown = [((clean(path),), "") for path in kept.unknown[:_MAX_UNKNOWN]]
        if left := len(kept.unknown) - len(shown):
            shown.append(((f"… {left:,} more",), "dim"))
        sections.append(Section([Column("may hold more", least=18, code=True)], shown))
    about = "not known" if kept.unknown and not n_rows else number(n_rows)
    return Report((clean(kept.class_name), f"training rows kept: {about}"), sections, _notes(kept))


def _notes(kept: KeptRows) -> list[str]:
    if not kept.unknown:
        return []
    if kept.n_samples is None:
        return ["no Spec describes these: kept_rows(estimator, X) compares them with X"]
    return [f"no Spec describes these, and {plural(kept.n_samples, 'row')} of X do not rule it out"]


def rows(kept: KeptRows) -> Iterator[tuple[Any, ...]]:
    """Yield the places, then the paths that may hold more, one a row."""
    for each in kept.places:
        yield each.path, each.rows, each.bytes, True
    for path in kept.unknown:
        yield path, None, None, False
