"""Which attributes predictions depend on."""

from skparams._probe.record import NEEDED, Probe, ProbedAttribute
from skparams._probe.verb import METHODS, probe

__all__ = ["METHODS", "NEEDED", "Probe", "ProbedAttribute", "probe"]
