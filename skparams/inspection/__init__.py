"""Look at any estimator: what was chosen, what it learned, how much of it."""

from skparams.inspection import _specs  # noqa: F401  (registers what is known)
from skparams.inspection._mixin import ParamsMixin
from skparams.inspection._record import ROLES, Layer, Summary
from skparams.inspection._spec import Rule, Spec, parameter, register
from skparams.inspection._summary import count_params, fitted_params, summary

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
