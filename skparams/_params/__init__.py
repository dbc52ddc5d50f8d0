"""Learned parameters as methods and dictionaries."""

from skparams._params.mixin import ParamsMixin

__all__ = [
    "ParamsMixin",
]
