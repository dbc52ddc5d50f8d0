"""How a notebook shows an explanation."""

from __future__ import annotations

from dataclasses import dataclass

from skparams._report import Column, Page, Report, Row, Section


@dataclass(frozen=True, slots=True, repr=False)
class Overview(Report):
    """The components with their share of the variance and their leading features."""

    title: str
    components: list[tuple[str, str, str]]
    left_out: str

    def _page(self) -> Page:
        columns = [
            Column("component", code=True),
            Column("variance", right=True),
            Column("leading features", wraps="words"),
        ]
        rows = [Row(each) for each in self.components]
        name, _, about = self.title.partition(": ")
        return Page([name, about], [Section(columns, rows)], [self.left_out] * bool(self.left_out))
