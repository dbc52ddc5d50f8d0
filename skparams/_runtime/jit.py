"""Import kernels, and announce their compilation."""

import functools
import importlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import numpy as np

logger = logging.getLogger("skparams")

# What was announced. Fits in several threads see each other's compilations, one at a time, because
# numba compiles under a lock.
_announced: set[tuple[str, np.dtype]] = set()


@functools.cache  # a lookup takes as long as the sums of a small batch
def load_kernels(module: str) -> ModuleType:
    """Import kernels; if numba finds no folder for its cache, use a temporary one."""
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
def announced_compilation(estimator: str, dtype: np.dtype) -> Iterator[None]:
    """Log once per process that kernels are compiled, if numba's cache does not have them."""
    from numba.core.event import Listener, install_listener

    class Announcement(Listener):
        def on_start(self, event):
            if (estimator, dtype) not in _announced:
                _announced.add((estimator, dtype))
                logger.warning(
                    "compiling the %s's kernels for %s, once: a few seconds; later fits and "
                    "processes load them from numba's cache",
                    estimator,
                    dtype,
                )

        def on_end(self, event):
            """Required by the base class."""

    with install_listener("numba:compile", Announcement()):
        yield
