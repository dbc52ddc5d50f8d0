"""Where the parameters are, as blocks on levels: the numbers behind a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skparams._records import Node, Unknown
from skparams._report.lines import Line, lines_of, upper


@dataclass(frozen=True, slots=True)
class Block:
    """An array, an estimator or what is left of either, from ``start`` on and ``count`` wide.

    ``branch`` numbers the block above it on the first level with several, and chooses the color.
    """

    name: str
    start: int
    count: int
    level: int
    branch: int


def blocks_of(root: Node) -> list[Block]:
    """The blocks of all arrays and estimators that hold parameters, parents first.

    What is bounded is as wide as it may get; what is not known has no block.
    """
    return list(_below(lines_of(root), 0, 0, None))


def first_split_level(blocks: list[Block]) -> list[Block]:
    """The blocks of the first level that has several, or of the last level."""
    levels = sorted({block.level for block in blocks})
    each = [[block for block in blocks if block.level == level] for level in levels]
    return next((level for level in each if len(level) > 1), each[-1])


def _known_upper(line: Line) -> int:
    """The upper bound of a line's count; unknown parts count as 0."""
    if isinstance(line.count, Unknown):
        return sum(map(_known_upper, line.lines))
    return upper(line.count)


def _below(lines: Sequence[Line], start: int, level: int, branch: int | None) -> Iterator[Block]:
    for i, line in enumerate(lines):
        count = _known_upper(line)
        if not count:
            continue
        own = i if branch is None and len(lines) > 1 else branch
        yield Block(line.name, start, count, level, own or 0)
        # The lines of several alike before fit are those of one of them.
        if line.opened and sum(map(_known_upper, line.lines)) == count:
            yield from _below(line.lines, start, level + 1, own)
        start += count
