"""Peaks of memory beside scikit-learn's."""

import gc
import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.decomposition as theirs

from skparams import PCA


def peak(method, *args):
    method(*args)  # loads what is loaded once
    gc.collect()
    tracemalloc.start()
    try:
        method(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["csr", "csc"])
def test_sparse_rows_are_projected_without_a_copy(kind):
    X = sp.random(6_000, 300, 0.05, "csr", random_state=0)
    model, reference = PCA(5).fit(X), theirs.PCA(5).fit(X)
    X = X.asformat(kind)
    assert peak(model.transform, X) <= 1.5 * peak(reference.transform, X)
    np.testing.assert_allclose(model.transform(X), model.transform(X.tocsr()))
