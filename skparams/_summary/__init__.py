"""What was chosen and what was learned."""

from skparams._summary.record import Summary
from skparams._summary.summary import summary

__all__ = [
    "Summary",
    "summary",
]
