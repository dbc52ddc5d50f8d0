"""What is shown of ``KeptRows``: the training rows that were found, and where more may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skparams._report import Column, Page, Row, Section, clean, left_out, number, plural
from skparams._slim.view import kept_section

if TYPE_CHECKING:
    from skparams._slim.record import KeptRows

__all__ = ["page"]

_MAX_UNKNOWN = 40


def page(kept: KeptRows) -> Page:
    """Return what is shown of KeptRows, in text that is safe on a terminal."""
    n_rows = max((each.rows for each in kept.places), default=0)
    sections = [kept_section(kept.places)] if kept.places else []
    if kept.unknown:
        columns = [Column("may hold more", least=18, code=True)]
        rows = [Row((clean(path),)) for path in kept.unknown[:_MAX_UNKNOWN]]
        rows += left_out(len(kept.unknown[_MAX_UNKNOWN:]), columns)
        sections.append(Section(columns, rows))
    about = "not known" if kept.unknown and not n_rows else number(n_rows)
    return Page((clean(kept.class_name), f"training rows kept: {about}"), sections, _notes(kept))


def _notes(kept: KeptRows) -> list[str]:
    if not kept.unknown:
        return []
    if kept.n_samples is None:
        return ["no Spec describes these: kept_rows(estimator, X) compares them with X"]
    return [f"no Spec describes these, and {plural(kept.n_samples, 'row')} of X do not rule it out"]
