"""Which attributes predictions depend on."""

from skparams._probe.probe import METHODS, probe
from skparams._probe.record import NEEDED, Probe, ProbedAttribute

__all__ = ["METHODS", "NEEDED", "Probe", "ProbedAttribute", "probe"]
