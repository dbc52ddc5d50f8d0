"""Replace a file as a whole: whoever reads it sees the old content or the new one."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, where a folder cannot be synced either
    fcntl = None  # type: ignore[assignment]

# New content is written to a file of this name beside the old one. Its writer holds a lock on it,
# so one without a lock was left by a process that was killed.
_PREFIX, _SUFFIX = ".skparams-", ".tmp"
# What this process is writing: on NFS a process does not see its own locks.
_being_written: set[str] = set()


@contextlib.contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """Yield a new file that takes the place of the one at a path when the block ends.

    After an error or an interrupt there is no new file, and the old one is as it was.
    """
    try:
        target = os.path.realpath(path)  # a link stays, and the file that it points to is replaced
        old = _check_target(path, target)
        folder = os.path.dirname(target)
        _remove_leftovers(folder)
        temporary = os.path.join(folder, f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
        _being_written.add(temporary)
        try:
            # What was private stays so while it is written.
            with _create(temporary, 0o666 if old is None else 0o600) as file:
                yield file
                file.flush()
                _keep_permissions(temporary, old)
                os.fsync(file.fileno())
                if fcntl is None:  # Windows renames no open file, elsewhere it stays locked
                    file.close()
                os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error says more
                os.unlink(temporary)
            raise
        finally:
            _being_written.discard(temporary)
        _sync_folder(folder)
    except OSError as error:
        if error.errno is None:
            raise
        # The name of the temporary file would tell nobody which call failed.
        raise OSError(error.errno, error.strerror, path) from error


def _check_target(path: str, target: str) -> os.stat_result | None:
    """Facts of the file to replace, or None without one; raise what ``open(path, "w")`` would."""
    if not os.path.basename(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    try:
        old = os.stat(target)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "A device, pipe or socket cannot be replaced", path)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return old


def _create(temporary: str, mode: int) -> BinaryIO:
    """Create and lock a file; ``open`` takes 0o666, and the system takes the umask off."""
    while True:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(temporary, flags, mode), "wb")
        locked = _lock(file.fileno(), wait=True)
        if not (locked and os.fstat(file.fileno()).st_nlink == 0):
            return file
        file.close()  # removed before it was locked, by a process that took it for a leftover


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Lock a file; False if another process has locked it, or where there are no locks."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _remove_leftovers(folder: str) -> None:
    """Remove the temporary files of processes that were killed while they wrote."""
    if fcntl is None:
        return
    try:
        names = os.listdir(folder)
    except PermissionError:  # a folder that one may write to and not list
        return
    for name in names:
        path = os.path.join(folder, name)
        if not (name.startswith(_PREFIX) and name.endswith(_SUFFIX)) or path in _being_written:
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, or someone else's
            descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if _lock(descriptor, wait=False):
                    os.unlink(path)
            finally:
                os.close(descriptor)


def _keep_permissions(temporary: str, old: os.stat_result | None) -> None:
    """Give a file the mode of the one that it replaces, and its owner where that is allowed."""
    if old is None:
        return
    new = os.stat(temporary)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
    if new.st_mode != old.st_mode:  # some file systems have one mode for all files
        os.chmod(temporary, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: str) -> None:
    """Write a folder's entries to disk, where the system can."""
    if fcntl is None:
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # as above
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems
            raise
    finally:
        os.close(descriptor)
