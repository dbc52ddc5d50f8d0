"""What a fit on blocks of rows takes, where all rows do not fit in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from skparams._records.counts import Count


class BlockWork(NamedTuple):
    """What an estimator does with blocks of rows, as its Spec says.

    A process holds ``n_held`` blocks and ``held_bytes`` beside them; ``held`` says what these are.
    Each ``sender``, such as a block, sends ``sent_bytes`` in a round; ``sent`` says what. The rows
    are read ``n_passes`` times.
    """

    n_held: int
    held: str
    held_bytes: Count
    sender: str
    sent: str
    sent_bytes: Count
    n_passes: Count


@dataclass(frozen=True, slots=True)
class BlockCost:
    """What a fit on blocks of rows takes of memory and of a network.

    Parameters
    ----------
    block_rows, block_bytes : int, Bounds or Unknown
        Rows of the largest block of X, and their bytes.
    n_blocks : int, Bounds or Unknown
        Number of such blocks, the last of which may be smaller.
    pass_bytes : int, Bounds or Unknown
        Bytes of X, which each of the passes reads.
    worker_bytes : int, Bounds or Unknown
        Bytes that a process holds at once, its blocks included; unknown, with the reason, where the
        estimator needs all rows in memory.
    sent_bytes : int, Bounds or Unknown
        Bytes that each ``sender`` sends in a round.
    n_passes : int, Bounds or Unknown
        How many times X is read.
    held, sender, sent : str
        What a process holds, what sends, and what it sends; empty where the estimator needs all
        rows in memory.
    """

    block_rows: Count
    block_bytes: Count
    n_blocks: Count
    pass_bytes: Count
    worker_bytes: Count
    sent_bytes: Count
    n_passes: Count
    held: str = ""
    sender: str = ""
    sent: str = ""
