"""Errors that the user can mend."""

import importlib
from types import ModuleType


class DemoError(Exception):
    """What the user has to change, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


def need(module: str) -> ModuleType:
    """Import a module of the demo's extra, or say how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise DemoError(f'needs {module}: pip install "skparams[demo]"') from error
