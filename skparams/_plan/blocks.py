"""What a fit on blocks of rows takes, where the rows are many or not in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skparams._lazy import rows_in_block
from skparams._plan.rows import Plans, evaluate
from skparams._records import (
    BlockCost,
    BlockWork,
    Count,
    DataShape,
    Unknown,
    add,
    low_high,
    multiply,
)
from skparams._report import Column, Row, Section, clean, number, plural, size
from skparams.specs import common, view_of

# Bytes of X from which on a plan has this; of X that is not in memory it always does.
MIN_BYTES = 2**30


def in_blocks(estimator: Any, data: DataShape) -> BlockCost | None:
    """Return what a fit on blocks takes, None where X is small or the estimator knows no blocks."""
    itemsize = common.itemsize(data.dtype)
    pass_bytes = multiply(data.rows, data.columns, itemsize)
    if data.block_rows is None and not _is_large(pass_bytes):
        return None
    view = view_of(estimator)
    if "blocks" not in view.spec.extras:
        return None
    rows = _block_rows(data)
    block_bytes = multiply(rows, data.columns, itemsize)
    about: dict[str, Any] = {
        "block_rows": rows,
        "block_bytes": block_bytes,
        "n_blocks": _n_blocks(data.rows, rows),
        "pass_bytes": pass_bytes,
    }
    work = evaluate(view.spec.extras["blocks"], Plans(view, data).ctx)
    if not isinstance(work, BlockWork):
        return BlockCost(worker_bytes=work, sent_bytes=work, n_passes=work, **about)
    return BlockCost(
        worker_bytes=add([multiply(work.n_held, block_bytes), work.held_bytes]),
        sent_bytes=work.sent_bytes,
        n_passes=work.n_passes,
        held=f"{plural(work.n_held, 'block')}, {work.held}",
        sender=work.sender,
        sent=work.sent,
        **about,
    )


def _is_large(n_bytes: Count) -> bool:
    return not isinstance(n_bytes, Unknown) and low_high(n_bytes)[1] > MIN_BYTES


def _block_rows(data: DataShape) -> Count:
    """Return how many rows a block has: those of X, or about as many as are read from a file."""
    rows = data.block_rows
    if rows is None:
        if not isinstance(data.columns, int):
            return Unknown("needs X")
        rows = rows_in_block(data.columns, 4 if data.dtype == "float32" else 8)
    if isinstance(rows, int) and isinstance(data.rows, int):
        rows = min(rows, data.rows)
    return rows


def _n_blocks(rows: Count, block_rows: Count) -> Count:
    if isinstance(rows, int) and isinstance(block_rows, int):
        return -(-rows // max(1, block_rows))
    return rows if isinstance(rows, Unknown) else block_rows


def block_section(cost: BlockCost | None) -> Iterator[Section]:
    """Yield the table of what a fit on blocks takes."""
    if cost is None:
        return
    columns = [
        Column("in blocks", least=16),
        Column("", wraps="words"),
        Column("bytes", right=True),
    ]
    rows, notes = [Row(("a block", _block_words(cost), size(cost.block_bytes)))], []
    if cost.held:
        rows += [
            Row(("a worker holds", clean(cost.held), size(cost.worker_bytes))),
            Row((clean(f"{cost.sender} sends"), clean(cost.sent), size(cost.sent_bytes))),
            Row(("a pass reads", _pass_words(cost.n_passes), size(cost.pass_bytes))),
        ]
        counts = cost.block_rows, cost.worker_bytes, cost.sent_bytes, cost.pass_bytes
        reasons = dict.fromkeys(each.reason for each in counts if isinstance(each, Unknown))
        notes = [f"unknown: {clean(reason)}" for reason in reasons]
    elif isinstance(cost.worker_bytes, Unknown):
        notes = [f"not in blocks: {clean(cost.worker_bytes.reason)}"]
    yield Section(columns, rows, notes)


def _block_words(cost: BlockCost) -> str:
    rows = "? rows" if isinstance(cost.block_rows, Unknown) else f"{number(cost.block_rows)} rows"
    if isinstance(cost.n_blocks, Unknown) or cost.n_blocks == 1:
        return rows
    return f"{rows}; {number(cost.n_blocks)} blocks"


def _pass_words(n_passes: Count) -> str:
    if n_passes == 1:
        return "X, once"
    return "X" if isinstance(n_passes, Unknown) else f"X, in each of {number(n_passes)} passes"
