"""What will be learned."""

from skparams._plan.plan import plan
from skparams._plan.record import Plan

__all__ = [
    "Plan",
    "plan",
]
