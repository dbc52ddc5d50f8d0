"""Checks of arguments: each raises a ValueError that names object, argument and value."""

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np


def check_option(value: Any, options: Iterable[str], what: str) -> None:
    """Raise an error unless the value is one of some names."""
    options = list(options)
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{what} must be one of {options}, got {value!r}.")


def check_count(value: Any, what: str, *, minimum: int = 1, or_none: bool = False) -> None:
    """Raise an error unless the value is an int that is large enough, or None if allowed."""
    if or_none and value is None:
        return
    if not isinstance(value, Integral) or isinstance(value, bool) or value < minimum:
        other = " or None" if or_none else ""
        raise ValueError(f"{what} must be an int of at least {minimum}{other}, got {value!r}.")


def check_probability(value: float, what: str) -> None:
    """Raise an error unless the value is a number between 0 and 1."""
    if not isinstance(value, Real) or not 0 < value < 1:
        raise ValueError(f"{what} must be a number in (0, 1), got {value!r}.")


def check_bool(value: Any, what: str, *, or_none: bool = False) -> None:
    """Raise an error unless the value is True or False, or None if allowed."""
    if not (isinstance(value, bool | np.bool_) or (or_none and value is None)):
        other = "True, False or None" if or_none else "True or False"
        raise ValueError(f"{what} must be {other}, got {value!r}.")


def index_of(item: Any, names: Any, what: str, noun: str) -> int:
    """Position of a feature or component that is given by name or by position."""
    names = list(names)
    is_int = isinstance(item, Integral) and not isinstance(item, bool)
    if is_int and -len(names) <= item < len(names):
        return int(item) % len(names)
    if isinstance(item, str) and item in names:
        return names.index(item)
    some = ", ".join(map(repr, names[:5])) + (", …" if len(names) > 5 else "")
    raise ValueError(
        f"{what}: {noun} must be one of the {len(names)} {noun}s, by name ({some}) or by position, "
        f"got {item!r}."
    )
