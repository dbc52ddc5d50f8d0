"""What an object holds, as values: what it shows by itself, or the state that pickle stores.

``object.__reduce_ex__`` refuses objects that hold more than their attributes in compiled memory.
Without a state of its own, such an object is opaque: it cannot be compared.
"""

from __future__ import annotations

import copyreg
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import numpy as np

from skparams.specs import columns_of, index_of

REDUCED = "__reduce__"  # stands for the state beside attributes
_DTYPES = ("dtype", "type", "schema", "dtypes")
# The state of trees of scikit-learn's neighbors: the counters of queries are at these places.
_COUNTERS = range(7, 11)


class Opaque(NamedTuple):
    """Stands for an object of a class that holds what it does not show."""

    kind: type


def state_of(value: Any) -> dict[Any, Any]:
    """Return what pickle would store of an object, by attribute; raise what the class raises."""
    cls: type = type(value)
    reduce = copyreg.dispatch_table.get(cls)
    reduced: Any = reduce(value) if reduce else value.__reduce_ex__(4)
    if isinstance(reduced, str):
        return {REDUCED: (reduced, Opaque(cls))}  # a name, which two objects may have
    make, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    held: dict[Any, Any] = {}
    parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
    if all(isinstance(part, dict | None) for part in parts):  # attributes, and those in slots
        for part in parts:
            held.update(part or {})
        state = None
    rest = [arguments[1:] if make is copyreg.__newobj__ else (make, arguments)]  # type: ignore[attr-defined]
    rest += [state or (), list(items or ()), dict(pairs or ()), setter or ()]
    if any(rest):
        held[REDUCED] = rest
    for name in _left_out(cls):
        held.pop(name, None)
    return held


def items_of(value: Any) -> Mapping[Any, Any] | None:
    """Return what an object that is no container holds, None if it is opaque."""
    cls: type = type(value)
    try:
        reader = _reader(cls)
        if reader is not None:
            return dict(enumerate(reader(value)))
        columns = columns_of(value)
        return state_of(value) if columns is None else _table(value, columns)
    except Exception:  # raised by a class's own code
        return None


def is_readable(value: Any) -> bool:
    """Whether an object of which a Spec shows parts shows all of it too."""
    cls: type = type(value)
    return cls.__module__.startswith(("sklearn.", "scipy.")) or _reader(cls) is not None


def attributes_in(value: Any) -> dict[Any, Any] | None:
    """Return the attributes of an object that holds nothing else, None if it does or may."""
    cls: type = type(value)
    if _reader(cls) or caches_of(cls) or columns_of(value) is not None:
        return None
    try:
        state = state_of(value)
    except Exception:  # raised by a class's own code
        return None
    return None if REDUCED in state else state


@lru_cache(maxsize=1024)
def caches_of(cls: type) -> frozenset[str]:
    """Return the names of attributes that are computed when they are first read."""
    members = (item for base in cls.__mro__ for item in vars(base).items())
    return frozenset(name for name, member in members if isinstance(member, cached_property))


def _table(value: Any, columns: dict[Any, np.ndarray]) -> dict[Any, Any]:
    """The columns of a table or the values of a column, with index, names and dtypes."""
    found: dict[Any, Any] = {"columns": [*columns], **dict(enumerate(columns.values()))}
    n_columns = len(getattr(value, "columns", columns))
    if n_columns != len(columns):  # several of one name
        found.update((i, value.iloc[:, i]) for i in range(n_columns))
    index: Any = getattr(value, "index", None)
    names = getattr(index, "names", ())
    found.update(index=index_of(value), names=(getattr(value, "name", None), [*names]))
    for name in _DTYPES:
        dtype: Any = getattr(value, name, None)
        dtypes = [*dtype] if hasattr(dtype, "iloc") else [dtype]
        found[name] = [(str(each), getattr(each, "categories", None)) for each in dtypes]
    return found


def _function(function: FunctionType) -> Iterator[Any]:
    """Yield what decides what a function returns."""
    yield function.__module__, function.__qualname__
    yield from (function.__code__, function.__defaults__, function.__kwdefaults__)
    yield [getattr(cell, "cell_contents", None) for cell in function.__closure__ or ()]
    yield function.__dict__
    names, known = _names_in(function.__code__), function.__globals__
    yield {name: known[name] for name in names if name in known}


def _names_in(code: CodeType) -> list[str]:
    inner = (_names_in(each) for each in code.co_consts if isinstance(each, CodeType))
    return [*code.co_names, *(name for names in inner for name in names)]


def _neighbors(tree: Any) -> Iterator[Any]:
    return (each for i, each in enumerate(tree.__getstate__()) if i not in _COUNTERS)


def _lightgbm(booster: Any) -> Iterator[Any]:
    """Yield the lines of the trees, and what else predictions read; no training parameters."""
    yield max(booster.best_iteration, 0), booster.pandas_categorical
    text = booster.model_to_string(num_iteration=-1).partition("end of trees")[0]
    for line in text.splitlines():
        name, _, words = line.partition("=")
        if name not in ("tree_sizes", "feature_infos"):  # bytes of text, and ranges of columns
            try:
                yield name, np.array(words.split(), dtype=np.float64)
            except ValueError:
                yield name, words


# What classes show by other means than their state, which they have not or which is in the way:
# pointers, the state of the global generator, results kept for later.
_READERS: dict[str, Callable[[Any], Any]] = {
    "builtins.function": _function,
    "builtins.mappingproxy": lambda mapping: (dict(mapping),),
    "functools._lru_cache_wrapper": lambda cache: (cache.__wrapped__, cache.cache_parameters()),
    "weakref.ReferenceType": lambda reference: (reference(),),
    "sklearn.utils._bunch.Bunch": lambda bunch: (dict(bunch),),
    "weakref.WeakKeyDictionary": lambda mapping: mapping.items(),
    "weakref.WeakValueDictionary": lambda mapping: mapping.items(),
    "_thread.lock": lambda lock: (),
    "_thread.RLock": lambda lock: (),
    "numpy.random.mtrand.RandomState": lambda rng: (rng.get_state(legacy=False),),
    "numpy.random._generator.Generator": lambda rng: (rng.bit_generator.state,),
    "numpy.random.bit_generator.BitGenerator": lambda rng: (rng.state,),
    "numba.core.dispatcher.Dispatcher": lambda function: (function.py_func,),
    "scipy.spatial._ckdtree.cKDTree": lambda t: (t.data, t.indices, t.leafsize, t.size, t.boxsize),
    "lightgbm.basic.Booster": _lightgbm,
    "xgboost.core.Booster": lambda booster: (json.loads(booster.save_raw("json")),),
    "torch.Tensor": lambda tensor: (tensor.detach().cpu().numpy(), str(tensor.dtype)),
    "sklearn.neighbors._ball_tree.BinaryTree64": _neighbors,
    "sklearn.neighbors._ball_tree.BinaryTree32": _neighbors,
    "sklearn.neighbors._kd_tree.BinaryTree64": _neighbors,
    "sklearn.neighbors._kd_tree.BinaryTree32": _neighbors,
}
_LEFT_OUT = {
    "scipy.stats._distn_infrastructure.rv_generic": ("_random_state",),
    "numpy.vectorize": ("_ufunc",),
}


@lru_cache(maxsize=1024)
def _reader(cls: type) -> Callable[[Any], Any] | None:
    return next((_READERS[name] for name in _names_of(cls) if name in _READERS), None)


@lru_cache(maxsize=1024)
def _left_out(cls: type) -> tuple[str, ...]:
    return tuple(left for name in _names_of(cls) for left in _LEFT_OUT.get(name, ()))


def _names_of(cls: type) -> Iterator[str]:
    return (f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__)
