"""Random tables in every container, and what the encoder makes of them, column by column."""

import math

import numpy as np
import pytest

pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))

PANDAS_DTYPES = {
    "float": ["float64", "Float64", "float64[pyarrow]", object],
    "int": ["Int64", "float64", "int64[pyarrow]", object],
    "str": [object, "string", "category", pd.ArrowDtype(pa.string()), None],
    "bool": ["boolean", "category", "bool[pyarrow]", object],
}
POLARS_DTYPES = {
    "float": [pl.Float64],
    "int": [pl.Int64, pl.Float64],
    "str": [pl.String, pl.Categorical],
    "bool": [pl.Boolean],
}
KINDS = list(PANDAS_DTYPES)


def random_columns(rng):
    """Kinds of columns, and their values as lists, in which None is missing."""
    n_rows = int(rng.integers(2, 40))
    kinds = [KINDS[k] for k in rng.integers(0, len(KINDS), rng.integers(1, 8))]
    return kinds, [_values(kind, n_rows, rng) for kind in kinds]


def _values(kind, n_rows, rng):
    if kind == "float":
        values = (rng.standard_cauchy(n_rows) * 10.0 ** rng.integers(-3, 4)).tolist()
    elif kind == "int":
        values = rng.integers(-3, rng.integers(-2, 9), n_rows).tolist()
    elif kind == "bool":
        values = (rng.random(n_rows) < 0.5).tolist()
    else:
        words = ["b", "a", "", "True", "1", "1.0", "ß", "a long one"][: rng.integers(1, 9)]
        values = [words[k] for k in rng.integers(0, len(words), n_rows)]
    share = rng.choice([0, 0, 0.2, 0.9])
    return [
        None if missing else value
        for value, missing in zip(values, rng.random(n_rows) < share, strict=True)
    ]


def as_pandas(kinds, columns, rng):
    """A frame whose columns have random dtypes that hold the values."""
    frame = {}
    for j, (kind, values) in enumerate(zip(kinds, columns, strict=True)):
        dtypes = PANDAS_DTYPES[kind]
        frame[f"c{j}"] = pd.Series(values, dtype=dtypes[rng.integers(len(dtypes))])
    return pd.DataFrame(frame)


def as_polars(kinds, columns, rng):
    """A frame of polars."""
    frame = {}
    for j, (kind, values) in enumerate(zip(kinds, columns, strict=True)):
        dtypes = POLARS_DTYPES[kind]
        frame[f"c{j}"] = pl.Series(values, dtype=dtypes[rng.integers(len(dtypes))], strict=False)
    return pl.DataFrame(frame)


def as_objects(columns):
    """An array of objects."""
    array = np.empty((len(columns[0]), len(columns)), dtype=object)
    for j, values in enumerate(columns):
        array[:, j] = values
    return array


def encode(is_categorical, fitted, columns):
    """The matrix that an encoder fitted to some columns makes of others, in plain Python."""
    numbers, indicators, categories = [], [], []
    for categorical, known, values in zip(is_categorical, fitted, columns, strict=True):
        if categorical:
            categories += _encode_category(known, values)
        else:
            numbers.append(_encode_numbers(known, values))
            if None in known:
                indicators.append([1 if value is None else -1 for value in values])
    return np.array(numbers + indicators + categories, dtype=float).reshape(-1, len(columns[0])).T


def _encode_category(known, values):
    levels = sorted({value for value in known if value is not None})
    if len(levels) == 1 and None not in known:
        return []
    if len(levels) == 2:
        signs = {levels[0]: -1, levels[1]: 1}
        return [[signs.get(value, 0) for value in values]]
    return [[1 if value == level else 0 for value in values] for level in levels]


def _encode_numbers(known, values):
    known = sorted(value for value in known if value is not None)
    if not known:
        return [0 for _ in values]
    median = quantile(known, 0.5)
    scale = quantile(known, 0.75) - quantile(known, 0.25) or (known[-1] - known[0]) / 2
    encoded = []
    for value in values:
        x = 0 if value is None or scale == 0 else (value - median) / scale
        encoded.append(x / math.sqrt(1 + (x / 3) ** 2))
    return encoded


def quantile(ordered, share):
    """The quantile between two numbers."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
