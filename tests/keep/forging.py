"""Forged files: what is changed in them, and what becomes of a process that loads one."""

import contextlib
import ctypes
import mmap
import os
import resource
import signal
import traceback
import warnings
from copy import copy

import numpy as np
from scipy import sparse

from skparams import load_params
from skparams._keep import decode
from skparams._keep.arrays import Stored
from skparams._keep.container import write
from skparams._keep.encode import Encoder, Item
from skparams._keep.save import contents_of
from skparams._keep.table import pack

MAX_MEMORY = 6 << 30  # of a child, so that a huge length is an error
MAX_SECONDS = 2  # for one forgery; one that takes longer is slow and no crash
HUGE = 10**9
NOT_FORGED = ("@class", "n_jobs", "verbose")  # other processes, and output
METHODS = (
    *("predict", "predict_proba", "predict_log_proba", "decision_function", "transform"),
    *("score_samples", "apply", "decision_path", "kneighbors", "kneighbors_graph"),
    *("radius_neighbors", "radius_neighbors_graph", "staged_predict", "mahalanobis", "sample"),
)


def joined(place):
    """A place in an encoded object as text."""
    return "/".join(str(step) for step in place if step is not None)


def places_in(tree, place=()):
    """Yield the place and the value of each leaf of an encoded object, and of each object in it."""
    if isinstance(tree, Item):
        if place:
            yield place, tree
        yield from places_in(tree.tree, (*place, None))
    elif isinstance(tree, dict):
        for name, value in tree.items():
            if name not in NOT_FORGED:
                yield from places_in(value, (*place, name))
    elif isinstance(tree, list):
        for i, value in enumerate(tree):
            yield from places_in(value, (*place, i))
    else:
        yield place, tree


def replaced(tree, place, value):
    """The encoded object with another value at a place."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if step is None:
        return Item(replaced(tree.tree, rest, value), tree.path)
    made = copy(tree)
    made[step] = replaced(tree[step], rest, value)
    return made


def shapes(array, rng):
    """Yield arrays of other shapes."""
    yield "empty", array[:0] if array.ndim else np.empty(0, array.dtype)
    if array.ndim:
        yield "shorter", array[:-1]
        yield "longer", np.concatenate([array, array[-1:]])
        yield "much longer", np.concatenate([array] * 50)
        yield "with an axis more", array[None]
    if array.ndim and array.size:
        yield "a scalar", array.reshape(-1)[:1].reshape(())
    if array.ndim > 1:
        yield "flat", array.ravel()
        yield "narrower", array[..., :-1]
        yield "wider", np.concatenate([array, array[..., -1:]], axis=-1)
        yield "much wider", np.concatenate([array] * 50, axis=-1)
        if array.shape != array.T.shape:
            yield "transposed", array.T


def dtypes(array, rng):
    """Yield the same numbers of another dtype."""
    for dtype in ("bool", "int64", "float64") if array.dtype.kind != "f" else ("bool", "int64"):
        if array.dtype != dtype:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield f"of {dtype}", array.astype(dtype)


def order(array, rng):
    """Yield the same numbers in another order."""
    for name, other in (("reversed", array[::-1]), ("rolled", np.roll(array, 1))):
        if not np.array_equal(other, array):
            yield name, other


def nan(array, rng):
    yield from _with(array, rng, np.nan)


def infinite(array, rng):
    yield from _with(array, rng, np.inf)


def outside(low, high):
    """Return what yields arrays with integers that are not in ``range(low, high)``."""

    def forged(array, rng):
        info = np.iinfo(array.dtype)
        for value in (low - 1, high, HUGE, -HUGE, info.min, info.max):
            if info.min <= value <= info.max and not low <= value < high:
                yield from _with(array, rng, value)

    return forged


def doubled(array, rng):
    """Yield arrays in which one number is there twice."""
    yield from _with(array, rng, array.flat[rng.randint(array.size)], everywhere=False)


def _with(array, rng, value, everywhere=True):
    """Yield arrays with a value in one place, or everywhere."""
    if array.size:
        forged = array.copy()
        forged.flat[rng.randint(array.size)] = value
        if not np.array_equal(forged, array):
            yield f"with {value}", forged
        if everywhere:
            yield f"all {value}", np.full_like(array, value)


def number(value, rng):
    """Yield what may stand in the place of a number, a flag or a text."""
    near = (value + 1, value - 1) if type(value) in (int, float) else ()
    near = ("precomputed", "brute", "rbf") if type(value) is str else near
    for other in (*near, 0, -1, HUGE, -HUGE, 2**62, 0.5, None, True, False, "forged", []):
        if type(other) is not type(value) or other != value:
            yield repr(other), other


def anything(value, rng):
    """Yield all of these."""
    if isinstance(value, np.ndarray):
        kinds = [shapes, dtypes, order]
        kinds += [nan, infinite] if value.dtype.kind == "f" else []
        kinds += [outside(0, 1), outside(0, 7)] if value.dtype.kind in "iu" else []
        for kind in kinds:
            yield from kind(value, rng)
    yield from number(value, rng)


class Case:
    """A model that is encoded, what X it gets, and whether it goes on training."""

    def __init__(self, model, X, y, state=False, training=False):
        self.X, self.y, self.training = X, y, training
        text, _ = contents_of(model, state)
        self.text = {"versions": text["versions"], "state": state}
        self.tree = Encoder(state).encode(model, "")
        self.places = list(places_in(self.tree))

    def forgeries(self, place, value, kind, rng):
        """Yield a description and an encoded object for each way to forge a value."""
        array = value.array if isinstance(value, Stored) else None
        for name, other in kind(value if array is None else array, rng):
            if array is not None and _same(array, other):
                continue
            if isinstance(other, np.ndarray):
                axes = value.axes if value.axes and len(value.axes) == other.ndim else None
                flat = np.ascontiguousarray(other).reshape(other.shape)
                other = Stored(flat, value.path, value.dtype, axes)
            yield f"{joined(place)} {name}", replaced(self.tree, place, other)

    def all(self, rng):
        """All forgeries of all kinds."""
        return [
            forgery
            for place, value in self.places
            for forgery in self.forgeries(place, value, anything, rng)
        ]

    def load(self, tree, path):
        """Write an encoded object to a file and load it."""
        tables, arrays = pack(tree)
        write(path, {**self.text, "tables": tables}, arrays)
        return load_params(path)

    def use(self, model):
        """Call all that a model can do; return the names of what gave a result."""
        if self.training:
            try:
                model.partial_fit(self.X, self.y)
            except Exception:
                return []
            return ["partial_fit", *used(model, self.X)]
        done = used(model, self.X)
        # scikit-learn's crashes for more columns than it was fitted on, whatever the file.
        if isinstance(self.X, np.ndarray) and type(model).__name__ != "RadiusNeighborsClassifier":
            used(model, np.concatenate([self.X] * 3, axis=-1))
        return done


def _same(array, other):
    return (
        isinstance(other, np.ndarray)
        and (array.dtype, array.shape) == (other.dtype, other.shape)
        and array.tobytes() == other.tobytes()
    )


def used(model, X):
    """Call all methods that read; return the names of those that gave a result."""
    done = {}
    for method in METHODS:
        with contextlib.suppress(Exception):
            done[method] = _read(getattr(model, method)(*(() if method == "sample" else (X,))))
    with contextlib.suppress(Exception):
        done["inverse_transform"] = _read(model.inverse_transform(done["transform"]))
    return list(done)


def _read(result):
    """What a method gave, each number of which was read."""
    if sparse.issparse(result):
        return result.toarray()
    if hasattr(result, "__next__") or isinstance(result, list | tuple):
        return [_read(each) for each in result]
    if isinstance(result, np.ndarray):
        hash(result.tobytes())
    return result


def run(case, forgeries, folder):
    """Load and use each forgery in a child process.

    Return the descriptions of those with which a child crashed and how, and of those that gave
    results and which.
    """
    crashed, gave, place = [], [], 0
    while place < len(forgeries):
        lines, status = _forked(case, forgeries, place, os.path.join(folder, "forged"))
        for line in lines:
            number, _, what = line.partition(" ")
            place = int(number)
            if what:
                gave.append([forgeries[place][0], what])
        if status == 0:
            return crashed, gave
        signal_ = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        if signal_ != signal.SIGALRM:
            how = f"exit code {status}" if signal_ is None else signal.Signals(signal_).name
            crashed.append([forgeries[place][0], how])
        place += 1
    return crashed, gave


def _forked(case, forgeries, place, path):
    """Run forgeries from a place on; return what a child wrote about each, and how it ended."""
    done, report = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _limit()
            for number in range(place, len(forgeries)):
                os.write(report, f"{number}\n".encode())
                signal.alarm(MAX_SECONDS)
                try:
                    model = case.load(forgeries[number][1], path)
                except (ValueError, TypeError, MemoryError):
                    continue
                os.write(report, f"{number} {' '.join(case.use(model))}\n".encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(report)
    with os.fdopen(done) as pipe:
        lines = pipe.read().splitlines()
    return lines, os.waitpid(child, 0)[1]


def _limit():
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.fsync = lambda file: None  # nothing is kept


def guard():
    """Put each array of a file in front of memory that may not be read, so that overruns crash."""
    as_it_was, libc, page = decode.as_it_was, ctypes.CDLL(None), mmap.PAGESIZE

    def guarded(array):
        size = -(-array.nbytes // page) * page
        memory = np.frombuffer(mmap.mmap(-1, size + page), np.uint8)
        libc.mprotect(ctypes.c_void_p(memory.ctypes.data + size), page, 0)
        made = memory[size - array.nbytes : size].view(array.dtype).reshape(array.shape)
        made[...] = array
        return made

    decode.as_it_was = lambda stored, dtype, axes: as_it_was(guarded(stored), dtype, axes)
