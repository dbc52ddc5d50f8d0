"""The demo: search, compare with scikit-learn, show what the winner learned."""

import importlib
from types import ModuleType


class DemoError(Exception):
    """What the user has to change, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


def need(module: str) -> ModuleType:
    """Import a module of the demo's extra, or say how to get it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        raise DemoError(f'needs {package}: pip install "skparams[demo]"') from error


def printable(text: object) -> str:
    """Return text that a terminal shows and does not obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))
