from ._counts import Bounds
from ._diff import assert_same_model, diff
from ._diff_record import Diff
from ._memorised import memorised
from ._mixin import ParamsMixin
from ._plan import plan
from ._probe import probe
from ._probe_record import Probe, Probed
from ._record import ROLES, Cost, Layer, Memorised
from ._sizes import DataShape, Unknown
from ._slim import slim
from ._slim_record import SlimReport
from ._spec import Member, Part, Rule, Spec, parameter, register
from ._spread_record import Spread
from ._summary import count_params, fitted_params, summary
from ._summary_record import Summary

__all__ = [
    "ROLES",
    "Bounds",
    "Cost",
    "DataShape",
    "Diff",
    "Layer",
    "Member",
    "Memorised",
    "ParamsMixin",
    "Part",
    "Probe",
    "Probed",
    "Rule",
    "SlimReport",
    "Spec",
    "Spread",
    "Summary",
    "Unknown",
    "assert_same_model",
    "count_params",
    "diff",
    "fitted_params",
    "memorised",
    "parameter",
    "plan",
    "probe",
    "register",
    "slim",
    "summary",
]
