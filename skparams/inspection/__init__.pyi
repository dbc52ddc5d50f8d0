from ._mixin import ParamsMixin
from ._record import ROLES, Layer, Summary
from ._spec import Rule, Spec, parameter, register
from ._summary import count_params, fitted_params, summary

__all__ = [
    "ROLES",
    "Layer",
    "ParamsMixin",
    "Rule",
    "Spec",
    "Summary",
    "count_params",
    "fitted_params",
    "parameter",
    "register",
    "summary",
]
