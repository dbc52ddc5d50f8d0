"""Passes over blocks of samples, of which a thread reads the next one."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from sklearn import config_context, get_config

from skparams._blocks import naming_block

# Seconds after which a thread that waits for a block looks for an interrupt. Windows does not
# interrupt the wait.
PATIENCE = 0.05
_END = object()


def _always() -> bool:
    return True


def _as_read(number: int, block: Any) -> Any:
    return block


class BlockReader:
    """Reads blocks pass by pass, as a context manager that ends its thread.

    At most two blocks are in memory: one that is used, and one that is read meanwhile. The user
    deletes a block before the next one is taken. ``names`` are those of the columns of X where
    blocks do not have them.
    """

    def __init__(self, where: str, blocks: Any, names: Iterable[str] | None = None) -> None:
        iterator = _iterator_of(where, blocks)
        self.where, self.names, self._blocks = where, names, blocks
        self.is_sequence = hasattr(blocks, "__len__") and hasattr(blocks, "__getitem__")
        self._first_iterator = None if self.is_sequence else iterator
        # Blocks are read with the settings of the thread that fits.
        self._config, self._context = get_config(), contextvars.copy_context()

    def __enter__(self) -> BlockReader:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="skparams-blocks")
        return self

    def __exit__(self, *error: object) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def read(
        self,
        numbers: Iterable[int] | None = None,
        prepare: Callable[[int, Any], Any] = _as_read,
        reads_ahead: Callable[[], bool] = _always,
    ) -> Iterator[tuple[int, Any]]:
        """Yield the number of each block, and what ``prepare`` makes of it in the other thread.

        Only a sequence has ``numbers``, by default all in turn.
        """
        found = self._read(numbers, prepare)
        future: Future | None = self._submit(found)
        try:
            while True:
                block = _result(future or self._submit(found))
                future = None
                if block is None:
                    return
                if reads_ahead():
                    future = self._submit(found)
                yield block
                del block
        finally:
            if future is not None:
                future.cancel()

    def _submit(self, found: Iterator) -> Future:
        return self._executor.submit(self._context.run, self._next, found)

    def _next(self, found: Iterator) -> Any:
        with config_context(**self._config):
            return next(found, None)

    def _read(
        self, numbers: Iterable[int] | None, prepare: Callable[[int, Any], Any]
    ) -> Iterator[tuple[int, Any]]:
        """The same, in the thread in which it is iterated over; it keeps no block that it gave."""
        if self.is_sequence:
            for number in range(len(self._blocks)) if numbers is None else numbers:
                with naming_block(number):
                    prepared = prepare(number, self._blocks[number])
                yield number, prepared
                del prepared
            return
        iterator, self._first_iterator = self._first_iterator or iter(self._blocks), None
        number = 0
        while True:
            with naming_block(number):
                block = next(iterator, _END)
                if block is _END:
                    return
                prepared = prepare(number, block)
                del block
            yield number, prepared
            del prepared
            number += 1


def _result(future: Future) -> Any:
    while not wait([future], timeout=PATIENCE).done:
        pass
    return future.result()


def _iterator_of(where: str, blocks: Any) -> Iterator:
    """An iterator over blocks; TypeError unless there can be another one."""
    needed = (
        "must be an iterable of tuples (X, y) or (X, y, sample_weight) that can be read again for "
        "each epoch, such as a list, or an object whose __iter__ starts anew"
    )
    if isinstance(blocks, Mapping | str | bytes) or hasattr(type(blocks), "shape"):
        raise TypeError(f"{where}: blocks {needed}; got a {type(blocks).__name__}.")
    try:
        iterator = iter(blocks)
    except TypeError:
        raise TypeError(f"{where}: blocks {needed}; got a {type(blocks).__name__}.") from None
    if iterator is blocks:
        raise TypeError(
            f"{where}: blocks {needed}; got a {type(blocks).__name__}, which can be read once only."
        )
    return iterator
