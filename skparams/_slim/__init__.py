"""Copies that keep less, and where training rows are kept."""

from skparams._slim.kept import kept_rows
from skparams._slim.record import KeptRows, SlimReport
from skparams._slim.verb import slim

__all__ = ["KeptRows", "SlimReport", "kept_rows", "slim"]
