"""Scores and losses against the number of learned parameters."""

from skparams._capacity.display import CapacityCurveDisplay
from skparams._capacity.verb import capacity_curve

__all__ = ["CapacityCurveDisplay", "capacity_curve"]
