"""``python -m skparams``, and the command ``skparams``."""

from skparams._cli.command import main

__all__ = ["main"]
