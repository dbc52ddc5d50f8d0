"""Dask clusters and arrays that tests share."""

from contextlib import contextmanager

import numpy as np


@contextmanager
def local_cluster(n_workers=2, *, processes=True, threads_per_worker=1):
    """A client of workers of its own, which end with it."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=n_workers,
            processes=processes,
            threads_per_worker=threads_per_worker,
            dashboard_address=":0",
            memory_limit=0,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def blocks_of(X, lengths):
    """A Dask array of X in blocks of so many rows, or of about equal ones if it is a number."""
    import dask.array as da

    if isinstance(lengths, int):
        lengths = [len(part) for part in np.array_split(np.empty(X.shape[0]), lengths)]
    return da.from_array(X, chunks=(tuple(lengths), *X.shape[1:]))


class ComputedError(BaseException):
    """A block was computed that nobody needs; no ``except Exception`` hides it."""


def poisoned(shape, *, chunks=None, dtype=float, known=True):
    """A Dask array of which no block can be computed, or made a NumPy array."""
    import dask.array as da

    X = da.zeros(shape, chunks=chunks or (max(1, shape[0] // 3), *shape[1:]), dtype=dtype)
    X = X.map_blocks(_raise, dtype=dtype, meta=np.empty((0,) * len(shape), dtype))
    return X if known else X[da.from_delayed(_all(shape[0]), (shape[0],), bool)]


def _raise(block):
    raise ComputedError("a block was computed")


def _all(n):
    import dask

    return dask.delayed(np.ones)(n, bool)
