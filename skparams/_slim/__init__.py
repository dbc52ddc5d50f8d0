"""Copies that keep less, and where training rows are kept."""

from skparams._slim.kept_rows import memorised
from skparams._slim.record import SlimReport
from skparams._slim.slim import slim

__all__ = [
    "SlimReport",
    "memorised",
    "slim",
]
