"""Writing results: beside their final name first, so that a half-written file is never seen."""

import os
import tempfile
from pathlib import Path

from skparams._cli.errors import DemoError


def check_folder(folder: Path) -> None:
    """Make the folder, and fail before the long work where nothing can be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise DemoError(f"cannot write into {folder}: {error.strerror or error}") from error


def write(path: Path, content: bytes) -> None:
    """Write a file under a temporary name in the same folder and rename it."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            beside.chmod(0o644)  # mkstemp's own is for the user alone
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DemoError(f"cannot write {path}: {error.strerror or error}") from error
