"""Files are written under a temporary name, so that a half-written one is never seen."""

import tempfile
from pathlib import Path

from skparams._cli.errors import DemoError


def check_folder(folder: Path) -> None:
    """Make the folder, and fail before the long search where nothing can be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise DemoError(f"cannot write into {folder}: {error.strerror or error}") from error


def write(path: Path, content: bytes) -> None:
    """Write a file under a temporary name in the same folder and rename it."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise DemoError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
