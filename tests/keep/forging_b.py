"""Forge files with right checksums, load them in a child process, and see what comes of it."""

import copy
import json
import multiprocessing
import os
import signal
import warnings
from collections.abc import Iterator

import numpy as np
import sklearn.cluster
import sklearn.ensemble
import sklearn.neighbors
import sklearn.svm  # noqa: F401
from scipy.sparse import issparse

from skparams._keep import ParamsFileError, load_params
from skparams._keep.container import write
from skparams._keep.save import contents_of

METHODS = (
    *("predict", "predict_proba", "decision_function", "transform", "score_samples", "apply"),
    *("decision_path", "kneighbors", "radius_neighbors", "staged_predict", "inverse_transform"),
)
SECONDS = 60  # after which a child that hangs is ended

# Forks a process in which no thread was ever started, and scikit-learn is imported.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def contents(model):
    """The text and the arrays of a model's file, which may be changed."""
    text, arrays = contents_of(model, False)
    return json.loads(json.dumps(text)), dict(arrays)


def outcomes(folder, forged, X):
    """Yield for each (name, text, arrays) its name and what came of it.

    ``"refused"`` by ``load_params``; a dict with the predictions or the error of each method; or
    ``"crash"``. A child process does many, and another one goes on after a crash.
    """
    forged = list(forged)
    begin = 0
    while begin < len(forged):
        for found in _in_child(folder / "forged.safetensors", forged[begin:], X):
            yield forged[begin][0], found
            begin += 1
        if begin < len(forged):
            yield forged[begin][0], "crash"
            begin += 1


def _in_child(path, forged, X):
    """Yield what comes of each forgery up to the first one that ends the child."""
    ours, theirs = _PROCESSES.Pipe(duplex=False)
    child = _PROCESSES.Process(target=_work, args=(path, forged, X, theirs))
    child.start()
    theirs.close()
    try:
        while True:
            yield ours.recv()
    except EOFError:
        pass
    finally:
        ours.close()
        child.kill()
        child.join()


def _work(path, forged, X, pipe):
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    warnings.simplefilter("ignore")
    for _, text, arrays in forged:
        signal.alarm(SECONDS)
        write(path, text, arrays)
        try:
            model = load_params(path)
        except (ParamsFileError, MemoryError):
            pipe.send("refused")
        else:
            pipe.send(predictions(model, X))


def predictions(model, X):
    """What each method returns as text, or the name of its error."""
    found = {}
    for name in METHODS:
        if hasattr(model, name):
            try:
                given = model.transform(X) if name == "inverse_transform" else X
                found[name] = _text(getattr(model, name)(given))
            except Exception as error:
                found[name] = f"error {type(error).__name__}"
    return found


def _text(value):
    if isinstance(value, Iterator):
        value = list(value)
    if issparse(value):
        value = value.toarray()
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return repr(np.asarray(value).tolist())


def lies(found, expected):
    """The methods that return something else without an error."""
    return [
        name
        for name, value in found.items()
        if value != expected.get(name) and not str(value).startswith("error ")
    ]


def other_shapes(array):
    """The array with other lengths, and other numbers of axes."""
    if not array.size:
        yield "grown", np.ones([max(n, 1) for n in array.shape], array.dtype)
        return
    for axis in range(array.ndim):
        yield f"shorter on axis {axis}", array.take(range(array.shape[axis] - 1), axis)
        yield f"longer on axis {axis}", np.concatenate([array, array.take([0], axis)], axis)
        yield f"thrice on axis {axis}", np.concatenate([array] * 3, axis)
    yield "with one axis more", array[None]
    yield "empty", array[:0]


def other_indices(array):
    """The array with one number out of range."""
    limits = np.iinfo(array.dtype)
    for value in {-1, limits.min, limits.max, 10**9, 2**40}:
        for place in {0, array.size // 2, array.size - 1}:
            if limits.min <= value <= limits.max and array.flat[place] != value:
                forged = array.copy()
                forged.flat[place] = value
                yield f"[{place}] = {value}", forged


def other_dtypes(array):
    """The array as other numbers, which in memory are not those that it was."""
    for dtype in (np.int16, np.int32, np.int64, np.float32, np.float64):
        if array.dtype != dtype:
            with np.errstate(invalid="ignore"):
                yield f"as {np.dtype(dtype)}", array.astype(dtype)


def other_numbers(text, keep=lambda place, value: True):
    """The text with one of its integers changed, each in several ways."""
    for place, value in _numbers_in(text["tables"], ()):
        if keep(place, value):
            for other in (-1, 0, value + 1, 10**9, 2**62, 2**70, None, "x", 1.5):
                if other != value:
                    yield f"{'.'.join(map(str, place))} = {other!r}", replaced(text, place, other)


def _numbers_in(tree, place):
    if isinstance(tree, dict | list):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for key, value in items:
            yield from _numbers_in(value, (*place, key))
    elif type(tree) is int:
        yield place, tree


def replaced(text, place, value):
    """The text with another value at a place in its tables."""
    text = copy.deepcopy(text)
    *above, last = place
    tree = text["tables"]
    for key in above:
        tree = tree[key]
    tree[last] = value
    return text
