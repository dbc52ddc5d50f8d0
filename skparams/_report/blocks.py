"""Where the parameters are, as blocks on levels: the numbers behind a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skparams._records import Node, Unknown
from skparams._report.lines import Line, lines_of, upper

__all__ = ["Block", "blocks_of", "first_divided"]


@dataclass(frozen=True, slots=True)
class Block:
    """An array, an estimator or what is left of either, from ``start`` on and ``count`` wide.

    ``turn`` is the number of the block that it stands below, on the first level that has several.
    """

    name: str
    start: int
    count: int
    level: int
    turn: int


def blocks_of(root: Node) -> list[Block]:
    """Return the blocks of all arrays and estimators that hold parameters, parents first.

    What is bounded is as wide as it may get; what is not known has no block.
    """
    return list(_below(lines_of(root), 0, 0, None))


def first_divided(blocks: list[Block]) -> list[Block]:
    """Return the blocks of the first level that has several, or of the last level."""
    levels = sorted({block.level for block in blocks})
    each = [[block for block in blocks if block.level == level] for level in levels]
    return next((level for level in each if len(level) > 1), each[-1])


def _known(line: Line) -> int:
    """Return the upper bound of a line's count; unknown parts count as 0."""
    if isinstance(line.count, Unknown):
        return sum(map(_known, line.lines))
    return upper(line.count) if line.counted else 0


def _below(lines: tuple[Line, ...], start: int, level: int, turn: int | None) -> Iterator[Block]:
    for i, line in enumerate(lines):
        count = _known(line)
        if not count:
            continue
        own = i if turn is None and len(lines) > 1 else turn
        yield Block(line.name, start, count, level, own or 0)
        # The lines of several alike before fit are those of one of them.
        if line.opened and sum(map(_known, line.lines)) == count:
            yield from _below(line.lines, start, level + 1, own)
        start += count
