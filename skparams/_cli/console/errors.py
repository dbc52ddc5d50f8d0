"""Errors that the user can mend, and how they name things."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from skparams._report import clean, cut

_MAX_NAME_LENGTH = 60


class CommandError(Exception):
    """What the user has to change, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(clean(message))


def need(module: str, package: str = "skparams[demo]") -> ModuleType:
    """Import a module that is not always installed, or say how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise CommandError(f'needs {module}: pip install "{package}"') from error


@contextmanager
def verb_errors(verb: str) -> Iterator[None]:
    """Raise as CommandError what a function of ours refuses, whose message begins with its name."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if not str(error).startswith(f"{verb}: "):
            raise
        raise CommandError(reason(error).removeprefix(f"{verb}: ")) from error


def reason(error: Exception) -> str:
    """What an error of another package says, in one line."""
    return " ".join(str(getattr(error, "strerror", None) or error).split())


def quoted(text: str) -> str:
    """A name or a value in quotes, shortened where it is long."""
    return f"'{cut(clean(text), _MAX_NAME_LENGTH)}'"
