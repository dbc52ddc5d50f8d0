"""Whether two models have the same state to the bit."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning


def check_same(found, expected):
    """The same types, dtypes, memory orders and bits, at any depth; arrays may be mapped."""
    found = np.asarray(found) if isinstance(found, np.memmap) else found
    assert type(found) is type(expected)
    if isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        assert found.flags.f_contiguous == expected.flags.f_contiguous
        np.testing.assert_array_equal(found, expected)
    elif isinstance(expected, np.random.RandomState):
        check_same(found.get_state(legacy=False), expected.get_state(legacy=False))
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for name in expected:
            check_same(found[name], expected[name])
    elif isinstance(expected, list | tuple):
        for pair in zip(found, expected, strict=True):
            check_same(*pair)
    elif hasattr(expected, "__getstate__") and hasattr(expected, "__dict__"):
        check_same(found.__getstate__(), expected.__getstate__())
    else:
        np.testing.assert_equal(found, expected)


def quiet(method, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return method(*args, **kwargs)
