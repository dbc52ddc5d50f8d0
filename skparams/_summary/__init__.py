"""What was chosen and what was learned."""

from skparams._summary.record import Summary
from skparams._summary.verb import summary

__all__ = [
    "Summary",
    "summary",
]
