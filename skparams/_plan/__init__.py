"""What will be learned."""

from skparams._plan.plan import plan

__all__ = ["plan"]
