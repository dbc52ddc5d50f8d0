"""Data that is not in memory, known by its type, and the error of what does not take it.

Neither Dask nor h5py is imported: their types are there only if somebody else imported them.
"""

from typing import Any

# Packages of arrays in files that are read by slices.
STORED = ("h5py", "zarr")
# Bytes of a block that is read from a file, about: reading it takes longer than what comes with it.
BLOCK_BYTES = 2**26
# How many times as large a block may be that is one chunk.
MAX_CHUNK_BLOCKS = 4
ESTIMATORS = "PCA, MLPClassifier and MLPRegressor are fitted on it as it is"


def is_dask(X: Any) -> bool:
    """Whether X is a collection of Dask's, or holds one, as an array of xarray's may."""
    if not hasattr(type(X), "__dask_graph__"):
        return False
    return _is_from(X, "dask") or X.__dask_graph__() is not None


def is_stored(X: Any) -> bool:
    """Whether X is an array in a file, of which slices are read."""
    return hasattr(type(X), "shape") and any(_is_from(X, package) for package in STORED)


def is_lazy(X: Any) -> bool:
    """Whether X is not in memory."""
    return is_dask(X) or is_stored(X)


def _is_from(X: Any, package: str) -> bool:
    return any(cls.__module__.partition(".")[0] == package for cls in type(X).__mro__)


def kind_of(X: Any) -> str:
    """How errors call data that is not in memory, with the article."""
    cls = type(X)
    package = cls.__module__.partition(".")[0]
    if package == "dask":
        return f"a Dask {cls.__name__}"
    return f"{'an' if package == 'h5py' else 'a'} {package} {cls.__name__}"


def rows_in_block(n_features: int, itemsize: int, chunk: int = 1) -> int:
    """How many rows are read from a file at once: whole chunks, unless these are far too large.

    Chunks of a few columns may have all rows. They are then read for each block again.
    """
    if chunk * n_features * itemsize > MAX_CHUNK_BLOCKS * BLOCK_BYTES:
        chunk = 1
    return chunk * max(1, BLOCK_BYTES // max(1, chunk * n_features * itemsize))


def refuse_lazy(where: str, hint: str = "", **arrays: Any) -> None:
    """TypeError if an argument is not in memory, as it would become one NumPy array in silence.

    ``where`` is what was called. ``hint`` says what to do instead of loading the data.
    """
    for name, array in arrays.items():
        is_list = isinstance(array, list | tuple) and len(array) > 0
        value = array[0] if is_list else array
        if is_lazy(value):
            load = f"{name}{'[i]' if is_list else ''}{'.compute()' if is_dask(value) else '[:]'}"
            what = f"a {type(array).__name__} with {kind_of(value)}" if is_list else kind_of(value)
            raise TypeError(
                f"{where}: {name} is {what}, which is not in memory and would "
                f"become one NumPy array. Pass {load} if it fits in memory. "
                f"{hint or ESTIMATORS}.".replace("..", ".")
            )
