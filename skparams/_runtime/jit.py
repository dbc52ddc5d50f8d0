"""Import kernels, keep their machine code on disk, and announce their compilation.

numba's own cache needs a folder that can be written, fails the call where a disk is full or a file
damaged, and may give one of two processes that write at once the other's code.
"""

import ast
import functools
import gc
import hashlib
import importlib
import logging
import os
import pickle
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType
from typing import Any

from skparams._runtime.folders import SUFFIX, folder_to_write, folders_to_read
from skparams._runtime.threads import PATIENCE

logger = logging.getLogger("skparams")

# Held while kernels are imported, by one thread at a time, and by a thread that forks: the child
# would wait forever for a module that another thread was importing.
_lock = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )

# Estimators whose compilation was announced.
_announced: set[str] = set()

# Errors, of which only the first is logged.
_load_errors: list[str] = []
save_errors: list[str] = []


@functools.cache  # a lookup takes as long as the sums of a small batch
def load_kernels(module: str, estimator: str) -> ModuleType:
    """Import kernels; those of the module that have no underscore are kept on disk.

    Others are part of their callers. ``estimator`` is the name in the log.
    """
    kernels = _undisturbed(_locked, importlib.import_module, module)
    from numba.core.dispatcher import Dispatcher

    try:
        # Locked too: Python 3.11 counts the depth of all threads' parsers as one.
        source = b"".join(_undisturbed(_locked, _sources, module))
    except Exception as error:  # as where a program was frozen
        _note(save_errors, error, "cannot keep kernels: each process compiles them")
        return kernels
    found: list[Any] = [each for each in vars(kernels).values() if isinstance(each, Dispatcher)]
    for kernel in found:
        if kernel.py_func.__module__ != module or kernel.py_func.__name__.startswith("_"):
            continue
        kernel._cache = KernelCache(kernel, source, estimator)
        compile_ = functools.partial(type(kernel)._compile_for_args, kernel)
        kernel._compile_for_args = functools.partial(_undisturbed, compile_)
    return kernels


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage is looked for: that takes half of numba's import and of loading kernels."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _undisturbed(work: Callable, *args: Any, **options: Any) -> Any:
    """Import or compile in a thread, where no Ctrl-C arrives: it would leave numba broken for good.

    An interrupt ends the wait and not the work.
    """
    work = _collector_paused()(work)
    if threading.current_thread() is not threading.main_thread():
        return work(*args, **options)
    done: Future = Future()

    def run() -> None:
        try:
            done.set_result(work(*args, **options))
        except BaseException as error:
            done.set_exception(error)

    try:
        thread = threading.Thread(target=run, name="skparams", daemon=True)
        thread.start()
    except RuntimeError:  # no further thread may start
        return work(*args, **options)
    while thread.is_alive():
        thread.join(PATIENCE)
    return done.result()


def _locked(work: Callable, module: str) -> Any:
    with _lock:
        return work(module)


def _sources(module: str) -> list[bytes]:
    """What stands in a module of kernels and in those of the same package that it imports."""
    prefix, sources, names = f"{module.split('.')[0]}.", [], [module]
    for name in names:  # which grows
        found: Any = sys.modules[name]
        sources.append(found.__loader__.get_data(found.__file__))
        imported = []
        for node in ast.parse(sources[-1]).body:
            if isinstance(node, ast.Import):
                imported += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = resolve_name("." * node.level + (node.module or ""), found.__package__)
                imported += [base, *(f"{base}.{alias.name}" for alias in node.names)]
        ours = [each for each in imported if each.startswith(prefix) and each in sys.modules]
        names += [each for each in dict.fromkeys(ours) if each not in names]
    return sources


class KernelCache:
    """What numba calls a cache: keeps the machine code of one kernel, a file for each signature.

    A file is named by all that its code depends on, starts with a digest of that and of itself, and
    appears whole. So files of other versions or processors are not seen, damaged ones are not used,
    and processes do not disturb each other. Nothing that goes wrong here stops a call.
    """

    def __init__(self, kernel: Any, source: bytes, estimator: str) -> None:
        self._kernel, self._source, self._estimator = kernel, source, estimator
        self._compiled = threading.Event()
        self._clock: threading.Thread | None = None

    @property
    def cache_path(self) -> None:
        """For numba's statistics: the folder is looked for at each use."""

    def flush(self) -> None:
        """For numba, before it compiles again: what is kept stays true."""

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Return what was compiled for a signature, or None and announce its compilation."""
        from numba.core.compiler import CompileResult

        target_context.refresh()
        key = self._key(signature, target_context.codegen())
        for folder in folders_to_read():
            try:
                payload = _read(self._path(folder, key), key)
                return CompileResult._rebuild(target_context, *pickle.loads(payload))
            except (FileNotFoundError, NotADirectoryError):
                pass
            except Exception as error:
                _note(_load_errors, error, f"cannot load kernels from {folder}: they are compiled")
        _announce(self._estimator)
        self._compiled.clear()
        if getattr(sys.stderr, "isatty", bool)():  # it is None where Python has no console
            self._clock = threading.Thread(target=self._show_seconds, daemon=True)
            with suppress(RuntimeError):  # no further thread may start
                self._clock.start()
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Write what was compiled for a signature."""
        from numba.core.serialize import dumps

        self._compiled.set()
        if self._clock is not None and self._clock.is_alive():
            self._clock.join(1.0)  # so that what is printed next gets a line of its own
        if compiled.library.has_dynamic_globals:  # addresses of this process
            return
        try:
            key = self._key(signature, compiled.codegen)
            _write(self._path(folder_to_write(), key), key, dumps(compiled._reduce()))
        except Exception as error:
            _note(save_errors, error, "cannot keep kernels: each process compiles them")

    def _show_seconds(self) -> None:
        """Count on the terminal until the kernel is compiled, or its compilation given up."""
        start, line = time.monotonic(), ""
        if self._compiled.wait(0.5):  # less is not worth a line
            return
        while self._kernel.is_compiling and not self._compiled.wait(0.1):
            seconds = time.monotonic() - start
            line = f"\rcompiling the {self._estimator}'s kernels: {seconds:.1f} s"
            print(line, end="", file=sys.stderr, flush=True)
        if line:
            print(file=sys.stderr)

    def _key(self, signature: Any, codegen: Any) -> bytes:
        """All that the machine code depends on."""
        import numba

        name = self._kernel.py_func.__qualname__
        versions = numba.__version__, sys.implementation.cache_tag
        return repr((name, signature, codegen.magic_tuple(), versions)).encode() + self._source

    def _path(self, folder: Path, key: bytes) -> Path:
        digest = hashlib.sha256(key).hexdigest()[:32]
        return folder / f"{self._kernel.py_func.__name__}-{digest}{SUFFIX}"


def _read(path: Path, key: bytes) -> bytes:
    """Return what was written under a key."""
    content = path.read_bytes()
    digest, payload = content[:32], content[32:]
    if digest != hashlib.sha256(key + payload).digest():
        raise ValueError(f"{path} is damaged")
    return payload


def _write(path: Path, key: bytes, payload: bytes) -> None:
    """Write a file at once: no reader sees a part of it, and nothing is left of one that failed."""
    part = path.with_suffix(f".{uuid.uuid4().hex}")
    try:
        part.write_bytes(hashlib.sha256(key + payload).digest() + payload)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _note(errors: list[str], error: Exception, consequence: str) -> None:
    is_first = not (_load_errors or save_errors)
    errors.append(f"{type(error).__name__}: {error}")
    if is_first:
        logger.warning("%s (%s)", consequence, errors[0])


def _announce(estimator: str) -> None:
    """Log, once for each estimator, that compiling takes time."""
    if estimator in _announced:
        return
    _announced.add(estimator)
    try:
        later = f"later processes load them from {folder_to_write()}"
    except OSError as error:
        save_errors.append(str(error))  # and is logged
        later = (
            f"each process does so, as no folder can be written to keep them ({error}); set "
            "SKPARAMS_CACHE_DIR to one that can"
        )
    logger.warning(
        "compiling the %s's kernels, once for each dtype: a few seconds; %s", estimator, later
    )
