"""Names that are cut so that those that differ still differ."""

from collections.abc import Sequence
from itertools import takewhile

from skparams._report import cut, cut_distinct


def cut_names(names: Sequence[str], length: int) -> list[str]:
    """The names cut to a length; of names that begin and end alike, what differs is left."""
    shown = [cut(name, length) for name in names]
    alike: dict[str, list[int]] = {}
    for i, text in enumerate(shown):
        alike.setdefault(text, []).append(i)
    for places in alike.values():
        several = [names[i] for i in places]
        if len(set(several)) > 1:
            for i, text in zip(places, _around_differences(several, length), strict=True):
                shown[i] = text
    return shown


def _around_differences(names: Sequence[str], length: int) -> list[str]:
    """Names cut around the first character in which they differ."""
    signs = zip(*names, strict=False)
    first = sum(1 for _ in takewhile(lambda several: len(set(several)) == 1, signs))
    room = length - 2
    # From the start of a word, if one is near.
    near = range(max(1, first - 2 * room // 3), first + 1)
    start = next((i for i in near if names[0][i - 1].isspace()), max(0, first - room // 3))
    found = [f"…{cut(name[start:], room + 1)}" for name in names]
    inside = [f"…{_start_of(name[start:], room)}" for name in names]
    for way in (inside, found):
        if len(set(way)) == len(set(names)):
            return way
    return cut_distinct(names, length)


def _start_of(text: str, length: int) -> str:
    """The start of a text, which takes at most so many cells, with a sign if more follows."""
    if cut(text, length) == text:
        return text
    end = len(text)
    while end and cut(text[:end] + "…", length + 1) != text[:end] + "…":
        end -= 1
    return text[:end].rstrip() + "…"
