"""Categories: the distinct values of a column, and the inputs of a network that stand for them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from skparams.neural_network._encoder.values import (
    are_booleans,
    are_numbers,
    are_strings,
    check_types,
    infinite,
    is_missing,
    types_of,
)

# Bytes that strings of one width may take; longer ones are kept as objects.
MAX_STRING_BYTES = 2**20


class Factorized(NamedTuple):
    """A column as places in its distinct values, which stand in any order.

    Attributes
    ----------
    values : list
        Distinct values, without missing ones.
    has_missing : bool
        Whether a row has none of them.
    codes : callable
        Computes the place of each row's value, -1 where it is missing. Only ``transform`` needs
        them.
    """

    values: list[Any]
    has_missing: bool
    codes: Callable[[], np.ndarray]


def factorize_codes(codes: np.ndarray, values: list[Any]) -> Factorized:
    """Factorize a column that is factorized already, but may not use all values."""
    counts = np.bincount(codes.astype(np.intp) + 1, minlength=len(values) + 1)
    used = np.append(counts[1:] > 0, False)
    places = np.where(used, np.cumsum(used) - 1, -1)  # the code -1 is the last place
    kept = [value for value, keep in zip(values, used[:-1], strict=True) if keep]
    return Factorized(kept, bool(counts[0]), lambda: places[codes])


def factorize_numbers(array: np.ndarray) -> Factorized:
    """Factorize a one-dimensional array of numbers or booleans."""
    ordered = np.sort(array)  # of 10 million distinct integers np.unique takes 7 times as long
    values = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    known = values[values == values]

    def codes() -> np.ndarray:
        places = np.searchsorted(known, array)
        places[places == known.size] = -1  # NaN
        return places

    return Factorized(known.tolist(), known.size < values.size, codes)


def factorize_objects(objects: list[Any], label: str) -> Factorized:
    """Factorize objects that are equal if they have equal hashes, as 3, 3.0 and np.int8(3)."""
    try:
        places = dict.fromkeys(objects, -1)
    except TypeError as error:  # they have no hash
        check_types(types_of(objects), label)
        raise TypeError(f"{error}, in {label}.") from error
    values = [value for value in places if type(value) is str or not is_missing(value)]

    def codes() -> np.ndarray:
        places.update(zip(values, range(len(values)), strict=True))
        return np.fromiter(map(places.__getitem__, objects), np.intp, len(objects))

    return Factorized(values, len(values) < len(places), codes)


def find_categories(column: Factorized, max_categories: int, label: str) -> np.ndarray:
    """The sorted categories of a column; none if they say nothing, as all rows have the only one.

    Where all values are missing there are none either.
    """
    n = len(column.values)
    if n > max_categories:
        raise ValueError(
            f"X has {n} categories in {label}, more than max_categories={max_categories}. Raise "
            "max_categories, group rare categories, or leave the column out if it identifies rows."
        )
    types = types_of(column.values)
    check_types(types, label)
    if are_strings(types):
        categories = _string_array(sorted(map(str, column.values)))
    else:
        categories = _number_array(column.values, types, label)
    return categories[:0] if n == 1 and not column.has_missing else categories


def _string_array(strings: list[str]) -> np.ndarray:
    """An array of one width; of objects if they are long or end with NUL, which NumPy strips."""
    width = max(map(len, strings), default=1)
    if 4 * width * len(strings) <= MAX_STRING_BYTES:
        array = np.array(strings, dtype=f"U{max(width, 1)}")
        if array.tolist() == strings:
            return array
    array = np.empty(len(strings), dtype=object)
    array[:] = strings
    return array


def _number_array(values: list[Any], types: set[type], label: str) -> np.ndarray:
    """Booleans or integers if all are, also if they come as floats; else float64."""
    if not are_booleans(types):
        values = [value + 0 for value in values]  # -0.0 becomes 0.0, True 1
        _check_finite(values, label)
    array = np.array(sorted(values))
    if array.dtype.kind == "O" or array.tolist() != sorted(values):
        raise ValueError(
            f"X has categories in {label} that no dtype of NumPy holds without rounding. Convert "
            "them to strings."
        )
    if array.dtype.kind == "f":
        array = array.astype(np.float64)
        if (array == np.rint(array)).all() and (np.abs(array) < 2**53).all():
            return array.astype(np.int64)
    return array


def _check_finite(values: list[Any], label: str) -> None:
    if np.inf in values or -np.inf in values:
        raise infinite(label)


def n_columns(categories: np.ndarray) -> int:
    """Number of inputs for a categorical column."""
    return 1 if categories.size == 2 else categories.size


def names(name: str, categories: np.ndarray) -> list[str]:
    """Names of these inputs; of two values, the one that is +1 gives it."""
    values = categories.tolist()
    return [f"{name}_{value}" for value in (values[1:] if len(values) == 2 else values)]


def encode(column: Factorized, categories: np.ndarray, out: np.ndarray, label: str) -> None:
    """Write the inputs for a column into `out`, which holds zeros: those of missing values stay."""
    if are_numbers(types_of(column.values)):
        _check_finite(column.values, label)
    places = {value: place for place, value in enumerate(categories.tolist())}
    place_of = np.array([*(places.get(value, -1) for value in column.values), -1])
    found = place_of[column.codes()]  # the code -1 is the last place
    if categories.size == 2:
        out[:, 0] = np.array([-1, 1, 0])[found]
    else:
        rows = np.flatnonzero(found >= 0)
        out[rows, found[rows]] = 1
