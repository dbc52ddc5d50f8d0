"""Import kernels and say when they are compiled: the one place that knows numba's ways."""

import functools
import importlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import numpy as np

logger = logging.getLogger("skparams")

# What was said so far: fits side by side in threads hear of each other's compilations, one at a
# time, as numba compiles under a lock.
_announced: set[tuple[str, np.dtype]] = set()


@functools.cache  # to look them up takes as long as a small batch's sums
def load_kernels(module: str) -> ModuleType:
    """Import kernels; where numba can write no cache beside them, use a temporary folder."""
    import numba

    try:
        return importlib.import_module(module)
    except RuntimeError as error:  # numba: "cannot cache function ...: no locator available"
        if "no locator available" not in str(error):
            raise
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = tempfile.mkdtemp(prefix="skparams-")
        try:
            return importlib.import_module(module)
        finally:
            numba.config.CACHE_DIR = before


@contextmanager
def announced_compilation(whose: str, dtype: np.dtype) -> Iterator[None]:
    """Say once a process that kernels are compiled, where numba's cache does not have them."""
    from numba.core.event import Listener, install_listener

    class Announcement(Listener):
        def on_start(self, event):
            if (whose, dtype) not in _announced:
                _announced.add((whose, dtype))
                logger.warning(
                    "compiling the %s's kernels for %s, once: a few seconds; later fits and "
                    "processes load them from numba's cache",
                    whose,
                    dtype,
                )

        def on_end(self, event):
            """Nothing to say."""

    with install_listener("numba:compile", Announcement()):
        yield
