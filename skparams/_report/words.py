"""Numbers, sizes and a user's text, as all pages write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from skparams._records import Bounds, Count, Trees, Unknown

UNKNOWN = "–"
# What arrays of a role are called on a page.
ROLE_WORDS = {
    "parameter": "parameters",
    "data": "training rows",
    "state": "training state",
    "diagnostic": "diagnostics",
    "output": "results for the training rows",
}
GUESS = "~"  # before a count that is guessed, at least in part
_MAX_DIGITS = 15  # of a count that is written out
_PREFIXES = ("", "k", "M", "G", "T", "P", "E")


def number(count: Count | None) -> str:
    """A count with thousands separators: "12,400", "≤ 12,400", "3 to 12,400"."""
    return _bounded(count, _whole)


def size(count: Count | None) -> str:
    """A number of bytes in SI units, with one decimal from 1 kB on."""
    return _bounded(count, lambda n: f"{n} B" if n < 1000 else _scaled(n, "B"))


def amount(count: Count | None) -> str:
    """A count whose digits do not matter: "5,016", "13.5 M"."""
    return _bounded(count, lambda n: f"{n:,}" if n < 10_000 else _scaled(n, ""))


def _bounded(count: Count | None, write: Callable[[int], str]) -> str:
    if count is None or isinstance(count, Unknown):
        return UNKNOWN
    if isinstance(count, Bounds):
        low, high = write(count.low), write(count.high)
        if low.partition(" ")[2] == high.partition(" ")[2]:  # the unit once
            low = low.partition(" ")[0]
        return f"≤ {high}" if count.low == 0 else f"{low} to {high}"
    return write(count)


def _whole(n: int) -> str:
    return f"{n:,}" if n < 10**_MAX_DIGITS else f"≈ {Decimal(n):.2e}"


def _scaled(n: int, unit: str) -> str:
    scaled, prefixes = Decimal(n), list(_PREFIXES)
    while scaled >= Decimal("999.95") and len(prefixes) > 1:
        scaled /= 1000
        prefixes.pop(0)
    if scaled >= 1_000_000:
        return f"{Decimal(n):.2e} {unit}".rstrip()
    return f"{scaled:,.1f} {prefixes[0]}{unit}"


def rate(x: float) -> str:
    """A ratio with three digits, or with thousands separators."""
    return f"{x:,.0f}" if x >= 1000 else f"{x:.3g}"


def value(x: float | None) -> str:
    """A statistic with three digits."""
    if x is None:
        return UNKNOWN
    return f"{x:.3g}" if abs(x) < 1000 or abs(x) >= 1e6 else f"{x:,.0f}"


def shape(axes: tuple[Count, ...] | None) -> str:
    """A shape as NumPy writes it, "?" for an axis that is not known; a number has none."""
    if not axes:
        return ""
    words = ["?" if isinstance(axis, Unknown) else number(axis).replace(",", "") for axis in axes]
    return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"


def plural(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 row", "2 rows"."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def few(items: Iterable[str], limit: int = 3) -> str:
    """The first of several with commas, and how many more there are."""
    items = list(items)
    if len(items) <= limit + 1:
        return ", ".join(items)
    return f"{', '.join(items[:limit])} and {len(items) - limit:,} more"


def tree_size(trees: Trees) -> str:
    """The size of trees: "31 leaves, depth 8", or the bounds of both."""
    leaves = f"{number(trees.leaves)} {'leaf' if trees.leaves == 1 else 'leaves'}"
    return f"{leaves}, depth {number(trees.depth)}"
