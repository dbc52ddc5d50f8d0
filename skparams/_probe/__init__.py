"""Which attributes predictions depend on."""

from skparams._probe.calls import METHODS
from skparams._probe.probe import probe
from skparams._probe.record import NEEDED, Probe, Probed

__all__ = [
    "METHODS",
    "NEEDED",
    "Probe",
    "Probed",
    "probe",
]
