"""Values of Python: which are missing, which are numbers, and errors about those that are neither.

All errors name the column.
"""

from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from types import NoneType
from typing import Any

import numpy as np

_NUMBERS = (Real, np.bool_, Decimal)
_FLOATS = (float, np.floating, Decimal)
_BOOLEANS = (bool, np.bool_)


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN or pandas' NA."""
    return _is_missing_type(type(value)) or (isinstance(value, _FLOATS) and value != value)


def _is_missing_type(kind: type) -> bool:
    return kind is NoneType or kind.__name__ == "NAType"


def types_of(values: Iterable[Any]) -> set[type]:
    """Types of the values that are not missing."""
    types = {kind for kind in set(map(type, values)) if not _is_missing_type(kind)}
    floats = {kind for kind in types if issubclass(kind, _FLOATS)}
    if floats and not any(value == value for value in values if isinstance(value, _FLOATS)):
        types -= floats
    return types


def all_are(types: set[type], *kinds: type) -> bool:
    """Whether all types are among some, or derived from them."""
    return all(issubclass(each, kinds) for each in types)


def are_strings(types: set[type]) -> bool:
    """Whether values of these types are strings."""
    return all_are(types, str)


def are_numbers(types: set[type]) -> bool:
    """Whether values of these types are real numbers or booleans."""
    return all_are(types, *_NUMBERS)


def are_booleans(types: set[type]) -> bool:
    """Whether values of these types are booleans."""
    return all_are(types, *_BOOLEANS)


def holds_categories(values: list[Any], label: str) -> bool:
    """Whether objects are categories by their types: all strings, or all booleans; else numbers.

    Where all are missing, nothing is known about them: they are categories, of which there are
    none yet, so that any value may come later.
    """
    types = types_of(values)
    check_types(types, label)
    return are_strings(types) or are_booleans(types)


def check_types(types: set[type], label: str) -> None:
    """Raise an error unless all values are strings, or all are numbers or booleans."""
    if are_strings(types) or are_numbers(types):
        return
    names = " and ".join(sorted(each.__name__ for each in types))
    if are_numbers({each for each in types if not issubclass(each, str)}):
        raise TypeError(
            f"X has values of types {names} in {label}. Make all of them numbers, or all of them "
            "strings."
        )
    raise unsupported(f"values of type {names} in {label}")


def unsupported(what: str) -> TypeError:
    """The error about what is neither numbers nor strings."""
    return TypeError(
        f"X has {what}, but only numbers, booleans, strings and categories of these can be "
        "encoded. Convert it to numbers (a date to the days since another date, its year or its "
        "month) or to strings, or leave it out."
    )


def to_numbers(values: list[Any], label: str) -> np.ndarray:
    """Objects as float64, in which NaN is missing; strings are parsed, as NumPy does."""
    objects = np.empty(len(values), dtype=object)
    objects[:] = [np.nan if _is_missing_type(type(value)) else value for value in values]
    try:
        return objects.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"{error}, in {label}, whose values are read as numbers. If they are categories, "
            "categorical_features must list it."
        ) from error


def infinite(label: str) -> ValueError:
    """The error about infinity, in scikit-learn's words."""
    return ValueError(
        f"Input X contains infinity or a value too large for dtype('float64'), in {label}."
    )
