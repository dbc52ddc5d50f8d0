"""What will be learned."""

from skparams._plan.record import Plan
from skparams._plan.verb import plan

__all__ = [
    "Plan",
    "plan",
]
