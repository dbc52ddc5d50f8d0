"""Which folder compiled kernels are kept in."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Endings of the names of kernels that are kept.
SUFFIX = ".kernel"

# Where a system keeps what programs can make again, below the user's home.
_CACHES = {"darwin": "Library/Caches", "win32": "AppData/Local"}.get(sys.platform, ".cache")


def cache_dir() -> Path | None:
    """Folder that compiled kernels are kept in.

    It is the first of these that can be written: the environment variable ``SKPARAMS_CACHE_DIR``,
    and if that is set no other; numba's ``NUMBA_CACHE_DIR``; ``__pycache__`` of this package;
    ``$XDG_CACHE_HOME/skparams``, by default ``~/.cache/skparams``; a folder of the user's in the
    temporary one. It is made if it does not exist.

    Returns
    -------
    pathlib.Path or None
        The folder; where none can be written, one that has kernels already, which are loaded from
        it. None if there is neither: each process compiles the kernels that it needs.

    See Also
    --------
    show_versions : Prints the versions of what skparams needs.

    Examples
    --------
    >>> import skparams
    >>> folder = skparams.cache_dir()
    >>> folder is None or folder.is_dir()
    True
    """
    try:
        return folder_to_write()
    except OSError:
        return next((f for f in folders_to_read() if any(f.glob(f"*{SUFFIX}"))), None)


def folder_to_write() -> Path:
    """Make and return the first folder that can be written.

    If none can, raise the OSError of the first, which is the one that somebody chose.
    """
    errors = []
    for folder, private in _candidates():
        try:
            folder.mkdir(0o700 if private else 0o777, parents=True, exist_ok=True)
            if private and not _is_private(folder):
                raise PermissionError(f"others may own or write {str(folder)!r}")
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            errors.append(error)
        else:
            return folder
    raise errors[0]


def folders_to_read() -> Iterator[Path]:
    """Folders that may have kernels, which are code: none that another user could have filled."""
    return (folder for folder, private in _candidates() if not private or _is_private(folder))


def _candidates() -> Iterator[tuple[Path, bool]]:
    """Folders and whether anybody else could have made them."""
    if chosen := os.environ.get("SKPARAMS_CACHE_DIR"):
        yield _absolute(chosen), False
        return
    import numba

    if numba.config.CACHE_DIR:
        yield _absolute(os.path.join(numba.config.CACHE_DIR, "skparams")), False
    yield Path(__file__).parents[1] / "__pycache__", False
    caches = os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser(f"~/{_CACHES}")
    for parent in filter(os.path.isabs, caches):  # without a home, "~" stays
        yield Path(parent, "skparams"), True
        break
    try:
        temporary = tempfile.gettempdir()
    except OSError:
        return
    user = f"-{os.geteuid()}" if hasattr(os, "geteuid") else ""
    yield Path(temporary, f"skparams{user}"), True


def _absolute(path: str) -> Path:
    """The path, without ``~`` and wherever the process goes; relative if its folder is deleted."""
    path = os.path.expanduser(path)
    with suppress(OSError):
        path = os.path.abspath(path)
    return Path(path)


def _is_private(folder: Path) -> bool:
    """Whether it is a folder, and no link, that the user owns and nobody else may write."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "geteuid"):  # on Windows both parents are the user's
        return folder.is_dir()
    mine = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and mine
