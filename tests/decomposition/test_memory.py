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


@pytest.mark.parametrize("solver", ["covariance_eigh", "arpack"])
@pytest.mark.parametrize("kind", ["csr", "csc"])
def test_sparse_rows_are_not_copied(kind, solver):
    X = sp.random(6_000, 300, 0.05, kind, random_state=0)
    model, reference = (cls(5, svd_solver=solver, random_state=0) for cls in (PCA, theirs.PCA))
    assert peak(model.fit, X) <= 1.2 * peak(reference.fit, X)
    np.testing.assert_allclose(model.explained_variance_, reference.explained_variance_)


@pytest.mark.parametrize("offset", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("solver", ["covariance_eigh", "arpack"])
def test_sparse_rows_in_any_form_give_the_same(solver, weighted, offset, rng):
    X = rng.standard_normal((300, 40)) * (rng.uniform(size=(300, 40)) < 0.06)
    if offset:  # a feature that all rows store
        X[:, 3] = 1e6 + rng.standard_normal(300)
    weight = rng.randint(0, 3, 300).astype(float) if weighted else None
    twice = sp.coo_array((np.repeat(X[X != 0], 2) / 2, [np.repeat(i, 2) for i in X.nonzero()]))
    split = sp.csr_array((300, 40))
    split.data, split.indices, split.indptr = (
        twice.data, twice.col, np.append(0, np.cumsum(np.bincount(twice.row, minlength=300)))
    )  # fmt: skip
    dense = PCA(5, svd_solver=solver, random_state=0).fit(X, sample_weight=weight)
    before = split.data.copy()
    for sparse in (sp.csr_array(X), sp.csc_matrix(X), sp.coo_array(X), split):
        model = PCA(5, svd_solver=solver, random_state=0).fit(sparse, sample_weight=weight)
        np.testing.assert_allclose(model.mean_, dense.mean_, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(model.explained_variance_, dense.explained_variance_, rtol=1e-7)
    np.testing.assert_array_equal(split.data, before)
    assert split.nnz == twice.nnz


@pytest.mark.parametrize("kind", ["csr", "csc"])
def test_sparse_rows_are_projected_without_a_copy(kind):
    X = sp.random(6_000, 300, 0.05, "csr", random_state=0)
    model, reference = PCA(5).fit(X), theirs.PCA(5).fit(X)
    X = X.asformat(kind)
    assert peak(model.transform, X) <= 1.5 * peak(reference.transform, X)
    np.testing.assert_allclose(model.transform(X), model.transform(X.tocsr()))
