"""Where the parameters are, as blocks on levels: the numbers behind a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skparams._records import Bounds, Count, Unknown
from skparams._summary.lines import Line, learned
from skparams._summary.record import Summary

__all__ = ["Block", "blocks_of", "divided", "most"]

_MOST_LINES = 400


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


def blocks_of(summary: Summary) -> list[Block]:
    """Return the blocks of all arrays and estimators that hold parameters, parents first.

    What is bounded is as wide as it may get; what is not known has no block.
    """
    lines = learned(summary, members=0, most=_MOST_LINES, opened=False)
    return list(_below(lines, 0, 0, None))


def divided(blocks: list[Block]) -> list[Block]:
    """Return the blocks of the first level that has several, or of the last level."""
    levels = sorted({block.level for block in blocks})
    each = [[block for block in blocks if block.level == level] for level in levels]
    return next((level for level in each if len(level) > 1), each[-1])


def most(count: Count) -> int:
    """Return how large a count may get, 0 where it is not known."""
    if isinstance(count, Unknown):
        return 0
    return count.high if isinstance(count, Bounds) else count


def _known(line: Line) -> int:
    """Return how large a line's count may get, of what is not known the part that is."""
    if isinstance(line.count, Unknown):
        return sum(map(_known, line.lines))
    return most(line.count) if line.counted else 0


def _below(lines: tuple[Line, ...], start: int, level: int, turn: int | None) -> Iterator[Block]:
    for i, line in enumerate(lines):
        count = _known(line)
        if not count:
            continue
        own = i if turn is None and len(lines) > 1 else turn
        yield Block(line.name, start, count, level, own or 0)
        # The lines of several alike are those of one of them.
        if sum(map(_known, line.lines)) == count:
            yield from _below(line.lines, start, level + 1, own)
        start += count
