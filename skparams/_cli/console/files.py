"""Text that is printed, and files that are written whole or not at all."""

import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from pathlib import Path

from skparams._cli.console.errors import CommandError, reason
from skparams._escape import clean, showable


def show(text: str) -> None:
    """Print text in the encoding of the output, whatever that is."""
    if sys.stdout is None:  # closed
        return
    try:
        print(showable(text, sys.stdout), flush=True)
    except OSError as error:
        discard_output()
        # A reader that has left, as head does, still gets the files.
        if not isinstance(error, BrokenPipeError):
            raise CommandError(f"cannot print: {reason(error)}") from error


@contextmanager
def others_on_stderr() -> Iterator[None]:
    """Send what other packages print in the block to standard error, that of compiled code too.

    So do the processes that are started in it.
    """
    if sys.stdout is None or sys.stderr is None:
        yield
        return
    with redirect_stdout(sys.stderr), ExitStack() as stack:
        with suppress(OSError):  # one of them is closed
            saved = os.dup(1)
            stack.callback(os.close, saved)
            os.dup2(2, 1)
            stack.callback(os.dup2, saved, 1)
        yield


def discard_output() -> None:
    """Point the output to nothing, else Python prints an error when it exits."""
    with suppress(OSError), open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


def note(text: str) -> None:
    """Print what is no result in one line on standard error, if somebody reads it."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(showable(clean(text), sys.stderr), file=sys.stderr, flush=True)


def check_folder(folder: Path, names: list[str]) -> None:
    """Make the folder, and fail before the long search where files cannot be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot write into {folder}: {reason(error)}") from error
    for path in (folder / name for name in names):
        if path.is_dir():
            raise CommandError(f"cannot write {path}: it is a folder")


def check_file(path: Path) -> Path:
    """Fail before the work where a file cannot be written; return where links lead."""
    try:
        target = path.resolve()
        with suppress(FileNotFoundError):
            mode = os.lstat(target).st_mode
            if stat.S_ISDIR(mode):
                raise CommandError(f"cannot write {path}: it is a folder")
            if stat.S_ISLNK(mode):
                raise CommandError(f"cannot write {path}: its links lead in a circle")
            if not stat.S_ISREG(mode):
                raise CommandError(f"cannot write {path}: it is a device, a pipe or a socket")
            target.open("r+b").close()
        tempfile.TemporaryFile(dir=target.parent).close()
    except (
        OSError,
        ValueError,
        RuntimeError,
    ) as error:  # a RuntimeError: links, before Python 3.13
        raise CommandError(f"cannot write {path}: {reason(error)}") from error
    return target


def write(path: Path, content: bytes) -> None:
    """Write a file under a temporary name in the same folder and rename it."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:  # a new file, with the rights that the umask leaves
            file.write(content)
        temporary.replace(path)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {reason(error)}") from error
    finally:
        temporary.unlink(missing_ok=True)
