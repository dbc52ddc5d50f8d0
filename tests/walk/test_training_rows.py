"""How many rows of the training data an array holds."""

import numpy as np
from scipy import sparse

from skparams._walk import n_training_rows, results_equal, shares_memory


def test_training_rows_are_told_from_parameters(rng):
    X = rng.standard_normal((60, 4))
    assert n_training_rows(X[[4, 2, 9]], X) == 3
    assert n_training_rows(X.astype(np.float32), X) == 60
    assert n_training_rows(X[1], X) == 1
    assert n_training_rows(np.vstack([X[:2], X[:2] + 1e-9]), X) == 2
    assert n_training_rows(X[:, :2], X) is None
    assert n_training_rows(X, sparse.csr_array(X)) is None
    assert n_training_rows(X, ["some", "texts"]) is None


def test_memory_is_shared_if_elements_are(rng):
    table = rng.standard_normal((60, 4))
    X, others = table[:, :2], table[:, 2:]
    for value in (X, X[3:5], X[::2, 1], X.T, table):
        assert shares_memory(value, X)
    for value in (others, X.copy(), others[:, 0], list(X)):
        assert not shares_memory(value, X)
    csr = sparse.csr_array(X)
    assert shares_memory(csr, csr)
    assert shares_memory(sparse.csr_array((csr.data, csr.indices, csr.indptr)), csr)
    assert not shares_memory(csr.copy(), csr)
    for form in ("lil", "dok", "coo"):
        assert shares_memory(csr.asformat(form), csr) == (form == "coo")


def test_sparse_results_of_one_axis_are_compared():
    one, two = (sparse.coo_array([0.0, value, 2.0]) for value in (1.0, 3.0))
    assert results_equal(one, one.copy())
    assert not results_equal(one, two)
