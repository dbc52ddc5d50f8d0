"""The constructor's arguments of an estimator: their values, their defaults, and as short text."""

from __future__ import annotations

import inspect
import re
import reprlib
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from weakref import ProxyTypes

import numpy as np

MISSING = inspect.Parameter.empty
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


@lru_cache(maxsize=1024)
def _signature(cls: type) -> tuple[inspect.Parameter, ...]:
    """The parameters of a constructor; some classes written in C tell none."""
    try:
        return tuple(inspect.signature(cls).parameters.values())
    except ValueError:
        return ()


@lru_cache(maxsize=1024)
def defaults_of(cls: type) -> Mapping[str, Any]:
    """Return the constructor's arguments and their defaults, ``MISSING`` where there is none.

    Where a constructor passes ``**kwargs`` on, those of the bases are arguments too.
    """
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    defaults: dict[str, Any] = {}
    for base in cls.__mro__:
        if base is cls or "__init__" in vars(base):
            for p in _signature(base):
                if p.kind in named:
                    defaults.setdefault(p.name, p.default)
            if not _any_keyword(base):
                break
    return MappingProxyType(defaults)


@lru_cache(maxsize=1024)
def arguments_of_bases(cls: type) -> frozenset[str]:
    """Return the arguments of all constructors along the method resolution order."""
    return frozenset(p.name for base in cls.__mro__[:-1] for p in _signature(base))


def _any_keyword(cls: type) -> bool:
    """Whether a constructor takes ``**kwargs``."""
    return any(p.kind is inspect.Parameter.VAR_KEYWORD for p in _signature(cls))


@lru_cache(maxsize=1024)
def _arguments_of(cls: type) -> tuple[str, ...]:
    """Return the names of all that a constructor takes, none where it takes any."""
    return () if _any_keyword(cls) else tuple(defaults_of(cls))


def hyperparameters_of(estimator: Any, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was chosen.

    By scikit-learn's convention it stands in attributes of the same names. ``get_params`` is
    called only where it does not, as it is slower and may run properties.
    """
    cls: type = type(estimator)
    names = _arguments_of(cls)
    if names:
        try:
            return {name: attributes[name] for name in names}
        except KeyError:  # one is kept elsewhere
            pass
    try:
        given = dict(estimator.get_params(deep=False))
        return {
            name: value
            for name, value in given.items()
            if isinstance(name, str) and not name.startswith("_") and type(value) not in ProxyTypes
        }
    except Exception:  # a third party's code, which must not break what only looks at it
        return {name: attributes[name] for name in defaults_of(cls) if name in attributes}


def same(value: Any, default: Any) -> bool:
    """Whether a value is the default; two types are two values, as 1 and 1.0 often are."""
    if value is default:
        return True
    if type(value) is not type(default):
        return False
    if isinstance(value, list | tuple):
        return len(value) == len(default) and all(map(same, value, default))
    if isinstance(value, float):
        return value == default or (value != value and default != default)
    return isinstance(value, int | str | bytes | complex) and value == default


class _Short(reprlib.Repr):
    """A repr that is short, says the same in each process, and does not raise."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = 20
        self.maxstring = self.maxother = 200

    def repr1(self, x: Any, level: int) -> str:
        if isinstance(x, np.generic):
            x = x.item()
        if isinstance(x, np.ndarray):
            if x.size <= 6:
                return self.repr1(x.tolist(), level)
            return f"array of {x.dtype}, shape {x.shape}"
        if hasattr(x, "__code__") or isinstance(x, type):
            return x.__qualname__
        return _ADDRESS.sub("", super().repr1(x, level))


def short_repr(value: Any) -> str:
    """Return a value as one line of text."""
    return " ".join(_Short().repr(value).split())
