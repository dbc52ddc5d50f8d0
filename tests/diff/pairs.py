"""Pairs of models: copies, refits, and copies in which one number is another one.

Numbers are found by pickle, which reaches private attributes and nested objects, and shares no code
with what is tested.
"""

import io
import pickle

import numpy as np
from scipy.sparse import issparse

from skparams._walk import calls_of, results_equal, results_of
from tests import stand_ins

STAND_INS = {
    cls.__name__: cls
    for cls in vars(stand_ins).values()
    if isinstance(cls, type) and cls.__module__ == stand_ins.__name__ and hasattr(cls, "fit")
}
# Without a copy, half fitted, or in compiled memory: nothing to change, or nothing to predict.
READABLE = sorted(STAND_INS.keys() - {"Opaque", "Unpickled", "Locked", "HalfFitted"})


def pickled_copy(model):
    """What pickle makes of a model."""
    return pickle.loads(pickle.dumps(model))


def with_one_changed(model, rng):
    """A copy with one number changed, anywhere in it; None if there is none that may change."""
    stream, kept = _pickled(model)
    places = [i for i, value in enumerate(kept) if _may_change(value)]
    if not places:
        return None
    at = places[rng.randint(len(places))]
    kept = [*pickled_copy(kept)]
    kept[at] = _changed(kept[at], rng)
    try:
        return _Reader(stream, kept).load()
    except ValueError:  # raised by a class that checks its state
        return None


def predict_alike(one, two, X):
    """Whether all outputs of two models for X are equal in all bits."""
    one, two = pickled_copy(one), pickled_copy(two)  # some change themselves
    calls = calls_of(one)
    if calls != calls_of(two):
        return False
    return results_equal(results_of(one, X, calls), results_of(two, X, calls))


class _Reader(pickle.Unpickler):
    """Puts them back."""

    def __init__(self, stream, kept):
        super().__init__(io.BytesIO(stream))
        self._kept = kept

    def persistent_load(self, place):
        return self._kept[place]


class _Collector(pickle.Pickler):
    """Puts numbers and arrays aside."""

    def __init__(self, file):
        super().__init__(file, 5)
        self.kept = []

    def persistent_id(self, value):
        numeric = isinstance(value, np.ndarray) and not value.dtype.hasobject
        if not (type(value) is float or numeric or isinstance(value, np.number) or issparse(value)):
            return None
        self.kept.append(value)
        return len(self.kept) - 1


def _pickled(model):
    file = io.BytesIO()
    collector = _Collector(file)
    collector.dump(model)
    return file.getvalue(), collector.kept


def _may_change(value):
    if isinstance(value, float | np.number):
        return True
    values = value.data if issparse(value) else value
    if getattr(values, "dtype", None) is None or not values.size:
        return False
    floats = [values.dtype[n] for n in values.dtype.names or () if values.dtype[n].kind == "f"]
    return bool(floats) or values.dtype.kind in "fcbiu"


def _changed(value, rng):
    """Another number, or the same array with one: integers become others of the same array."""
    if isinstance(value, float | np.floating):
        return type(value)(value + 1 if np.isfinite(value) else 1)
    if isinstance(value, np.number):
        return type(value)(value + 1)
    if issparse(value):
        value.data = _changed(value.data, rng)
        return value
    array = np.array(value)
    if array.dtype.names:
        floats = [name for name in array.dtype.names if array.dtype[name].kind == "f"]
        part = array[floats[rng.randint(len(floats))]]
    else:
        part = array
    place = np.unravel_index(rng.randint(part.size), part.shape)
    old = part[place]
    if part.dtype.kind in "fc":
        part[place] = -old if rng.randint(2) and np.isfinite(old) else np.nan_to_num(old) + 0.5
    elif part.dtype.kind == "b":
        part[place] = not old
    else:
        part[place] = part.flat[rng.randint(part.size)]
    return array
