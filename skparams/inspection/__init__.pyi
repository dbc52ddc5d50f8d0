from ._counts import Bounds
from ._mixin import ParamsMixin
from ._plan import plan
from ._probe import probe
from ._probe_record import Probe, Probed
from ._record import ROLES, Cost, Layer, Summary
from ._sizes import DataShape, Unknown
from ._spec import Member, Part, Rule, Spec, parameter, register
from ._summary import count_params, fitted_params, summary

__all__ = [
    "ROLES",
    "Bounds",
    "Cost",
    "DataShape",
    "Layer",
    "Member",
    "ParamsMixin",
    "Part",
    "Probe",
    "Probed",
    "Rule",
    "Spec",
    "Summary",
    "Unknown",
    "count_params",
    "fitted_params",
    "parameter",
    "plan",
    "probe",
    "register",
    "summary",
]
