"""A page as GitHub-flavored Markdown, which cards of models are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from skparams._escape import clean
from skparams._report.page import Column, Page, Row, Section, shown_columns
from skparams._report.words import UNKNOWN

_Shown = tuple[Row, int]  # and how deep it is
_MAX_LEVEL = 6  # of headings
# What means something in Markdown, the first group as references: beside the bars of a table
# backslashes mean something else, bars are cells, GitHub writes formulas between dollars, and makes
# links of addresses, if no tag or reference is in them.
_ACTIVE = re.compile(r"([\\|&<>$@]|(?<=:)/(?=/)|(?<=www)\.)|[`*_{}\[\]~#]", re.IGNORECASE)
# Of items, and of rules, which underline too.
_STARTS = re.compile(r"^(\d*)([.)+=-])(?=[\s=-]|$)")
_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%"
_NOT_IN_CODE = re.compile(r"[`|\\]")


def to_markdown(page: Page, level: int = 2) -> str:
    """A page whose heading is of a level, and those of its sections one below."""
    if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level < _MAX_LEVEL:
        allowed = f"an int from 1 to {_MAX_LEVEL - 1}"
        raise ValueError(f"to_markdown: level must be {allowed}, got {level!r}.")
    return "\n\n".join(_blocks(page, level)) + "\n"


def _blocks(page: Page, level: int) -> Iterator[str]:
    """Yield headings, tables, lists and paragraphs."""
    name, *words = page.about
    yield f"{'#' * level} {_text(name)}"
    if words:
        yield _line(" · ".join(words))
    for section in page.sections:
        yield from _section(section, level + 1)
    if page.notes:
        yield f"{'#' * (level + 1)} Notes"
        yield "\n".join(f"- {_line(note)}" for note in page.notes)


def _section(section: Section, level: int) -> Iterator[str]:
    rows = list(_shown(section.rows))
    at = shown_columns(section.columns, [row._replace(rows=()) for row, _ in rows])
    columns = [section.columns[i] for i in at]
    title = columns[0].heading or section.title
    if title:
        yield f"{'#' * level} {_text(_capitalized(title))}"
    if any(column.heading for column in columns[1:]):
        yield "\n".join(_table(columns, rows, at))
    elif rows:
        yield "\n".join(_list(columns, rows, at))
    yield from map(_line, section.notes)


def _capitalized(title: str) -> str:
    """A title with a capital, unless it starts with the name of an attribute."""
    is_word = title.partition(" ")[0].isalpha()
    return title[0].upper() + title[1:] if is_word else title


def _table(columns: Sequence[Column], rows: Sequence[_Shown], at: Sequence[int]) -> Iterator[str]:
    yield _joined(["", *(_text(column.heading) for column in columns[1:])])
    yield _joined(["---:" if column.right else "---" for column in columns])
    for row, level in rows:
        first, *rest = _cells(row, columns, at)
        yield _joined(["│ " * level + first, *rest])


def _list(columns: Sequence[Column], rows: Sequence[_Shown], at: Sequence[int]) -> Iterator[str]:
    for row, level in rows:
        yield "  " * level + "- " + _started(" ".join(filter(None, _cells(row, columns, at))))


def _shown(rows: Sequence[Row], level: int = 0) -> Iterator[_Shown]:
    """Yield the rows that are not folded."""
    for row in rows:
        yield row, level
        if row.opened:
            yield from _shown(row.rows, level + 1)


def _joined(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(row: Row, columns: Sequence[Column], at: Sequence[int]) -> list[str]:
    texts = [row.cells[i] for i in at]
    is_sentence = row.style == "dim" and not any(texts[1:])
    first, *rest = (
        _code(text) if column.code and not is_sentence else _text(text)
        for text, column in zip(texts, columns, strict=True)
    )
    if row.link:
        first = f"[{first}](<{quote(row.link, safe=_IN_ADDRESSES)}>)"
    return [f"**{first}**" if row.style == "bold" and first else first, *rest]


def _line(text: str) -> str:
    return _started(_text(text))


def _started(line: str) -> str:
    """A line whose start means nothing."""
    return _STARTS.sub(r"\1\\\2", line)


def _text(text: str) -> str:
    """Text in which no character means anything."""
    return _ACTIVE.sub(_escaped, clean(text).strip())


def _escaped(match: re.Match[str]) -> str:
    if match[0] == "@":
        return "@<wbr>"
    return f"&#{ord(match[0])};" if match[1] else f"\\{match[0]}"


def _code(text: str) -> str:
    """Text in the typeface of code."""
    shown = clean(text).strip()
    if shown == UNKNOWN:
        return shown
    if not _NOT_IN_CODE.search(shown):
        return f"`{shown}`" if shown else ""
    return f"<code>{_text(text)}</code>"
