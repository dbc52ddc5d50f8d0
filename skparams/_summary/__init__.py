"""What was chosen and what was learned."""

from skparams._summary.finding_texts import explain_finding
from skparams._summary.record import Summary
from skparams._summary.verb import summary

__all__ = [
    "Summary",
    "explain_finding",
    "summary",
]
