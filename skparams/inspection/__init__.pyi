from ._counts import Bounds
from ._diff import assert_same_model, diff
from ._diff_record import Diff
from ._mixin import ParamsMixin
from ._plan import plan
from ._record import ROLES, Cost, Layer, Summary
from ._sizes import DataShape, Unknown
from ._spec import Member, Part, Rule, Spec, parameter, register
from ._spread_record import Spread
from ._summary import count_params, fitted_params, summary

__all__ = [
    "ROLES",
    "Bounds",
    "Cost",
    "DataShape",
    "Diff",
    "Layer",
    "Member",
    "ParamsMixin",
    "Part",
    "Rule",
    "Spec",
    "Spread",
    "Summary",
    "Unknown",
    "assert_same_model",
    "count_params",
    "diff",
    "fitted_params",
    "parameter",
    "plan",
    "register",
    "summary",
]
