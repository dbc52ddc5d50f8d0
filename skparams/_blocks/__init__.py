"""Rows in blocks, where they are: on the workers of Dask, or in a file."""

from skparams._blocks.dask_rows import clients_of, naming_lost
from skparams._blocks.lazy import lazy_rows, map_rows
from skparams._blocks.make import row_blocks
from skparams._blocks.rows import Block, RowBlocks, naming_block

__all__ = [
    "Block",
    "RowBlocks",
    "clients_of",
    "lazy_rows",
    "map_rows",
    "naming_block",
    "naming_lost",
    "row_blocks",
]
