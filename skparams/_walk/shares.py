"""Which roles and which attributes the memory of an estimator goes to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from skparams._records import (
    NOT_KNOWN,
    FittedAttribute,
    LargeAttribute,
    Memory,
    Node,
    Unknown,
)
from skparams._walk.fitted import rules_of
from skparams._walk.leaf import join
from skparams._walk.memory import ByteCounter, pickled_size
from skparams._walk.walk import Walk

_MAX_ATTRIBUTES, _MAX_BYTES = 100, 10_000_000
_N_LARGEST = 3
_INDEX = re.compile(r"\[\d+(, \d+)*\]")
_TOO_LARGE = Unknown("measured up to 10 MB in 100 arrays only; stats=True measures it")
_FOREIGN = Unknown("stats=True measures it, which pickles a class that no Spec describes")

Row = tuple[str, FittedAttribute]  # path of the attribute, and of an array in it
Share = tuple[str, str, int]  # path of an attribute, role, bytes


def measured_memory(walk: Walk, *, always: bool) -> Memory | None:
    """Where the memory of a fitted estimator is, to the byte.

    That needs a pickle, and is None for an estimator that is large, or of a class that no Spec
    describes, unless it is wanted ``always``.
    """
    n_rows = sum(len(node.attributes) for node in walk.root.walk())
    if not always and n_rows > _MAX_ATTRIBUTES:
        return None
    if not always and _reason(walk.root, _shares_of(_rows_of(walk.root))) is not None:
        return None
    estimator = walk.fitted[0].estimator
    try:
        shares, total = _measured(walk)
    except Exception as error:  # any class's own __reduce__ may raise anything
        return memory_in(walk.root, Unknown(f"cannot be pickled: {error}"))
    rest = total - sum(n_bytes for _, _, n_bytes in shares)
    pickled = pickled_size(estimator)
    size = Unknown("cannot be pickled") if pickled is None else pickled
    return Memory(_by_role(shares), rest, total, size, _largest(shares))


def memory_in(root: Node, reason: Unknown | None = None) -> Memory:
    """Where the memory of a fitted estimator is, as far as the records of its arrays say."""
    shares = list(_shares_of(_rows_of(root)))
    reasons = (reason, _reason(root, shares), _TOO_LARGE)
    why = next(each for each in reasons if each is not None)
    return Memory(_by_role(shares), why, why, why, _largest(shares))


def _reason(root: Node, shares: Iterable[Share]) -> Unknown | None:
    """Why the pickle is not measured unless the caller wants it, or None."""
    if any(node.guessed for node in root.walk()):
        return _FOREIGN
    n_bytes = sum(share[2] for share in shares)
    return _TOO_LARGE if n_bytes > _MAX_BYTES else None


def _rows_of(root: Node) -> Iterator[Row]:
    """Yield the record of each array, and the path of the attribute that it is in."""
    for node in root.walk():
        start = join(node.path, "")
        for row in node.attributes:
            inner = row.path[len(start) :]
            yield start + inner.partition("[")[0].partition(".")[0], row


def _shares_of(rows: Iterable[Row]) -> Iterator[Share]:
    """What each array takes, as far as the records say."""
    for path, row in rows:
        if row.shape and row.alias_of is None and isinstance(row.bytes, int):
            yield path, _category(row), row.bytes + row.retained


def _category(row: FittedAttribute) -> str:
    return row.role if row.guess is None or row.role == "parameter" else NOT_KNOWN


def _measured(walk: Walk) -> tuple[list[Share], int]:
    """What each array takes in memory, parameters first, and all bytes of the estimator."""
    counter = ByteCounter(apart=[view.estimator for view in walk.fitted])
    counter.add(walk.fitted[0].estimator)
    records: dict[str, list[FittedAttribute]] = defaultdict(list)
    for path, row in _rows_of(walk.root):
        records[path].append(row)
    found: list[tuple[bool, str, str, Any]] = []
    for view in walk.fitted:
        for name, rule in rules_of(view, view.context()).items():
            path = join(view.path, name)
            found.append((rule.role != "parameter", path, rule.role, view.values[name]))
    shares: list[Share] = []
    for _, path, role, value in sorted(found, key=lambda each: each[0]):
        shares += _split(path, role, counter.claim(value), records[path])
    return shares, counter.total


def _split(path: str, role: str, left: int, rows: list[FittedAttribute]) -> Iterator[Share]:
    """Divide the bytes of an attribute among its parts, such as a tree's thresholds and nodes."""
    parts = [row for row in rows if row.alias_of is None and isinstance(row.bytes, int)]
    if len(parts) == 1 and not parts[0].trees:
        parts, role = [], _category(parts[0])
    for row in parts:
        taken = min(row.bytes + row.retained, left)  # type: ignore[operator]
        left -= taken
        yield path, _category(row), taken
    if left:  # numbers that nothing uses
        yield path, "structure" if parts and role == "parameter" else role, left


def _by_role(shares: list[Share]) -> tuple[tuple[str, int], ...]:
    sums: Counter[str] = Counter()
    for _, role, n_bytes in shares:
        sums[role] += n_bytes
    return tuple((role, n_bytes) for role, n_bytes in sums.most_common() if n_bytes)


def _largest(shares: list[Share]) -> tuple[LargeAttribute, ...]:
    by_path: Counter[tuple[str, str]] = Counter()
    for path, role, n_bytes in shares:
        by_path[path, role] += n_bytes
    sums: Counter[tuple[str, str]] = Counter()
    for (path, role), n_bytes in by_path.items():
        sums[_INDEX.sub("[…]", path), role] += n_bytes
    found = sums.most_common(_N_LARGEST)
    return tuple(LargeAttribute(*key, n_bytes) for key, n_bytes in found if n_bytes)
