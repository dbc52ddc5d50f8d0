"""Fitted parameters: get, set and count them, as functions and as methods.

Loaded lazily, as our own estimators import ``ParamsMixin`` from here.
"""

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from skparams._params.fitted import Kind, check_kind, count_params, counted, fitted_params
    from skparams._params.mixin import ParamsMixin

__all__ = ["Kind", "ParamsMixin", "check_kind", "count_params", "counted", "fitted_params"]

__getattr__, __dir__, _ = _lazy.attach(
    __name__,
    submod_attrs={
        "fitted": ["Kind", "check_kind", "count_params", "counted", "fitted_params"],
        "mixin": ["ParamsMixin"],
    },
)
