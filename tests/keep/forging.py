"""Forged files, and what becomes of a process that loads one and uses the model."""

import contextlib
import os
import resource
import signal
import sys
import traceback
import warnings
from copy import copy

import numpy as np
from scipy import sparse

from skparams import load_params
from skparams._keep.container import write
from skparams._keep.encode import Encoder, Item, Stored
from skparams._keep.table import pack

MAX_MEMORY = 4 << 30  # of a child, so that a huge length is an error
MAX_SECONDS = 2  # for one forgery
HUGE = 10**9

# Methods that only read, and then one that goes on training.
METHODS = (
    *("predict", "predict_proba", "predict_log_proba", "decision_function", "transform"),
    *("score_samples", "apply", "decision_path", "kneighbors", "kneighbors_graph"),
    *("radius_neighbors", "radius_neighbors_graph", "staged_predict", "staged_decision_function"),
    *("predict_quantiles", "mahalanobis", "dbscan_clustering", "sample"),
    "correct_covariance",
)


def places_in(tree, path=()):
    """Yield the path and the value of each leaf of an encoded object, and of each object in it."""
    if isinstance(tree, Item):
        if path:
            yield path, tree
        yield from places_in(tree.tree, (*path, None))
    elif isinstance(tree, dict):
        for name, value in tree.items():
            if name not in ("@class", "n_jobs", "verbose"):
                yield from places_in(value, (*path, name))
    elif isinstance(tree, list):
        for i, value in enumerate(tree):
            yield from places_in(value, (*path, i))
    else:
        yield path, tree


def replaced(tree, path, value):
    """The encoded object with another value at a path."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if step is None:
        return Item(replaced(tree.tree, rest, value), tree.path)
    made = copy(tree)
    made[step] = replaced(tree[step], rest, value)
    return made


def at(tree, path):
    for step in path:
        tree = tree.tree if step is None else tree[step]
    return tree


def stored(array, like):
    """An array as ``Stored``."""
    return Stored(np.ascontiguousarray(array), like.path, like.dtype, like.axes)


def forged_arrays(array, rng):
    """Yield a name and an array that is not what a fit gives, for many ways to forge one."""
    yield "empty", array[:0] if array.ndim else np.empty(0, array.dtype)
    if array.ndim:
        yield "shorter", array[:-1]
        yield "longer", np.concatenate([array, array[-1:]])
        yield "much longer", np.concatenate([array] * 50)
        yield "an axis more", array[None]
    if array.ndim and array.size:
        yield "a scalar", array.reshape(-1)[:1].reshape(())
    if array.ndim > 1:
        yield "flat", array.ravel()
        yield "narrower", array[..., :-1]
        yield "wider", np.concatenate([array, array[..., -1:]], axis=-1)
        yield "much wider", np.concatenate([array] * 50, axis=-1)
        yield "transposed", array.T
    for dtype in ("int64", "float32", "float64", "int32", "uint8", "bool"):
        if array.dtype != dtype:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield f"of {dtype}", array.astype(dtype)
    if array.size:
        for value in _forged_numbers(array.dtype):
            name = f"{value} somewhere"
            forged = array.copy()
            forged.flat[rng.randint(array.size)] = value
            yield name, forged
            yield f"all {value}", np.full_like(array, value)
    if array.size > 1:
        yield "reversed", array[::-1] if array.ndim else array


def _forged_numbers(dtype):
    if dtype.kind == "f":
        return (np.nan, np.inf, -1.0, 1e30 if dtype.itemsize > 2 else 6e4)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        values = (-1, -2, info.min, info.max, HUGE, -HUGE, 7, 100)
        return [value for value in values if info.min <= value <= info.max]
    return ()


def forged_plain(value):
    """Yield a name and a value for ways to forge a number or a text."""
    others = [0, 1, -1, 7, 0.5, {"@float": "nan"}, None, True, "forged", [], [1]]
    for other in others:
        if type(other) is not type(value) or other != value:
            yield repr(other), other


def forgeries_at(tree, path, value, rng):
    """Yield a description and an encoded object for each way to forge what is at a path."""
    where = "/".join("" if step is None else str(step) for step in path)
    if isinstance(value, Stored):
        for name, array in forged_arrays(value.array, rng):
            yield f"{where} {name}", replaced(tree, path, stored(array, value))
        for name, other in (("None", None), ("5", 5), ("text", "forged"), ("list", [])):
            yield f"{where} {name}", replaced(tree, path, other)
    elif isinstance(value, Item):
        for name, other in (("None", None), ("5", 5), ("array", _array(np.ones((3, 2))))):
            yield f"{where} {name}", replaced(tree, path, other)
    else:
        many = () if "params" in path else (HUGE, -HUGE, 2**62)
        for name, other in (*forged_plain(value), *((repr(n), n) for n in many)):
            yield f"{where} {name}", replaced(tree, path, other)


def _array(array):
    return Stored(array, "forged", None, None)


def encoded(estimator, state=False):
    return Encoder(state).encode(estimator, "")


def use(model, X):
    """Call all that a model can do; return what of it made no error, by name."""
    done = {}
    for method in METHODS:
        if hasattr(model, method):
            try:
                given = () if method == "sample" else (X,)
                if method == "dbscan_clustering":
                    given = (0.5,)
                result = getattr(model, method)(*given)
                done[method] = _looked_at(result)
            except Exception:
                continue
    if "transform" in done and hasattr(model, "inverse_transform"):
        with contextlib.suppress(Exception):
            done["inverse_transform"] = _looked_at(model.inverse_transform(done["transform"]))
    return done


def _looked_at(result):
    """What a method gave, wholly read."""
    if sparse.issparse(result):
        return result.toarray()
    if hasattr(result, "__next__"):
        return [_looked_at(each) for each in result]
    if isinstance(result, list | tuple):
        return [_looked_at(each) for each in result]
    if isinstance(result, np.ndarray):
        hash(result.tobytes())
    return result


def train(model, X, y):
    """Go on training."""
    if hasattr(model, "partial_fit"):
        try:
            model.partial_fit(X, y)
        except Exception:
            return
        use(model, X)


def load(tree, versions, path):
    """Write an encoded object to a file and load it."""
    tables, arrays = pack(tree)
    write(path, {**versions, "tables": tables}, arrays)
    return load_params(path)


class Outcome:
    def __init__(self):
        self.crashed, self.refused, self.used = [], [], []


def run(forgeries, versions, work, folder):
    """Run each of (description, encoded object) in a child; a child that dies is named.

    ``work`` gets the loaded model and returns what it gave. Return (description, how it died) of
    each that died, and (description, what ``work`` gave) of each that was loaded.
    """
    path = os.path.join(folder, "forged.safetensors")
    crashes, loaded, place = [], [], 0
    while place < len(forgeries):
        done, report = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(done)
            _child(forgeries, place, versions, work, path, report)
        os.close(report)
        with os.fdopen(done) as pipe:
            lines = pipe.read().split("\n")
        _, status = os.waitpid(child, 0)
        reached = place
        for line in lines:
            if line.startswith("begin "):
                reached = int(line[6:])
            elif line.startswith("loaded "):
                number, _, what = line[7:].partition(" ")
                loaded.append((forgeries[int(number)][0], what))
        if status == 0:
            break
        how = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else status
        crashes.append((forgeries[reached][0], str(how)))
        place = reached + 1
    return crashes, loaded


def _child(forgeries, place, versions, work, path, report):
    try:
        warnings.simplefilter("ignore")
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.fsync = lambda file: None
        for number in range(place, len(forgeries)):
            os.write(report, f"begin {number}\n".encode())
            signal.alarm(MAX_SECONDS)
            _, tree = forgeries[number]
            try:
                model = load(tree, versions, path)
            except (ValueError, TypeError):
                continue
            except MemoryError:
                continue
            what = work(model)
            os.write(report, f"loaded {number} {what}\n".encode())
        os._exit(0)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        os._exit(1)


def guard():
    """Put each array of a file in front of a page that may not be read, so that overruns crash."""
    import ctypes
    import mmap

    import skparams._keep.decode as decode

    as_it_was = decode.as_it_was
    libc = ctypes.CDLL(None)
    page = mmap.PAGESIZE
    kept = []

    def guarded(array):
        size = -(-array.nbytes // page) * page
        memory = mmap.mmap(-1, size + page)
        kept.append(memory)
        view = np.frombuffer(memory, np.uint8)
        libc.mprotect(ctypes.c_void_p(view.ctypes.data + size), page, 0)
        made = view[size - array.nbytes : size].view(array.dtype).reshape(array.shape)
        made[...] = array
        return made

    decode.as_it_was = lambda stored, dtype, axes: as_it_was(guarded(stored), dtype, axes)
    return kept


if __name__ == "__main__":
    print(sys.argv)
