"""``python -m skparams``: the demo."""

from skparams._cli.command import main

__all__ = ["main"]
