"""What will be learned."""

from skparams._plan.data import read_data
from skparams._plan.record import Plan
from skparams._plan.verb import plan, plan_of

__all__ = [
    "Plan",
    "plan",
    "plan_of",
    "read_data",
]
