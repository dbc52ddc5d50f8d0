"""Data and comparisons that the tests of the multi-layer perceptrons share."""

import copy
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning


@pytest.fixture
def fit_quietly():
    """Fit, and let the model stop at ``max_iter`` without a word."""

    def fit(estimator, *args, method="fit", **kwargs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return getattr(estimator, method)(*args, **kwargs)

    return fit


@pytest.fixture
def weights_of():
    """Copies of all weights and biases, layer by layer."""
    return lambda model: [array.copy() for array in [*model.coefs_, *model.intercepts_]]


@pytest.fixture
def same_weights():
    """Whether two models hold the same numbers, bit for bit."""

    def same(a, b):
        return (
            len(a.coefs_) == len(b.coefs_)
            and all(map(np.array_equal, a.coefs_, b.coefs_))
            and all(map(np.array_equal, a.intercepts_, b.intercepts_))
        )

    return same


def _unequal_at(a, b, path):
    if type(a) is not type(b):
        return path
    if isinstance(a, np.ndarray):
        same = a.dtype == b.dtype and a.shape == b.shape
        if same and a.dtype != object:
            same = np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        elif same:
            same = all(
                _unequal_at(x, y, "") is None for x, y in zip(a.ravel(), b.ravel(), strict=True)
            )
        return None if same else path
    if isinstance(a, np.random.RandomState):
        return _unequal_at(a.get_state(), b.get_state(), f"{path}.get_state()")
    if isinstance(a, dict):
        if list(a) != list(b):
            return f"{path}: {sorted(map(str, set(a) ^ set(b)))}"
        children = ((a[key], b[key], f"{path}[{key!r}]") for key in a)
    elif isinstance(a, list | tuple):
        if len(a) != len(b):
            return path
        pairs = enumerate(zip(a, b, strict=True))
        children = ((x, y, f"{path}[{i}]") for i, (x, y) in pairs)
    elif hasattr(a, "__dict__") and not isinstance(a, type) and not callable(a):
        return _unequal_at(vars(a), vars(b), path)
    else:
        return None if a == b or (a != a and b != b) else path
    return next((found for child in children if (found := _unequal_at(*child))), None)


@pytest.fixture
def snapshot():
    """``snapshot(model)`` returns a function that names the first thing which has changed since."""

    def take(model):
        before = copy.deepcopy(vars(model))
        return lambda: _unequal_at(before, vars(model), "vars(model)")

    return take
