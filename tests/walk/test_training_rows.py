"""How many rows of the training data an array holds."""

import numpy as np
import pytest
from scipy import sparse

from skparams._walk import TrainingRows, n_training_rows, results_equal, shares_memory


def test_training_rows_are_told_from_parameters(rng):
    X = rng.standard_normal((60, 4))
    assert n_training_rows(X[[4, 2, 9]], X) == 3
    assert n_training_rows(X.astype(np.float32), X) == 60
    assert n_training_rows(X[1], X) == 1
    assert n_training_rows(np.vstack([X[:2], X[:2] + 1e-9]), X) == 2
    assert n_training_rows(X[:, :2], X) is None
    assert n_training_rows(X, ["some", "texts"]) is None
    assert n_training_rows({"a": X}, X) is None
    assert n_training_rows(object(), X) is None


def as_given(X):
    """The same rows in the ways that callers have them."""
    yield X
    yield np.asfortranarray(X)
    yield X.tolist()
    yield [tuple(row) for row in X]
    yield [*X]
    yield X.astype(object)
    for form in (sparse.csr_array, sparse.csc_matrix, sparse.coo_array):
        yield form(X)
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    yield pd.DataFrame(X)
    yield pd.DataFrame(X).astype("Float64")
    yield pl.DataFrame(X)


def as_kept(X, rng):
    """Ways in which models keep rows of X, and how many."""
    order = rng.permutation(len(X))
    for rows in (X, X[order], X[::2], X[:1], np.vstack([X[:3], X[:3] + 9])):
        n = min(len(rows), len(X)) if len(rows) != 6 else 3
        for dtype in (np.float64, np.float32):
            kept = rows.astype(dtype)
            yield kept, n
            yield kept.astype(np.float64), n
            yield from ((each, n) for each in as_given(kept))
        yield rows.T.copy(), n


@pytest.mark.parametrize("seed", range(3))
def test_rows_are_found_in_whatever_form(seed):
    rng = np.random.RandomState(seed)
    X = rng.standard_normal((30, 4))
    X[rng.uniform(size=X.shape) < 0.3] = 0.0
    X[3], X[4] = X[3] + 1, X[4] - 1
    for given in as_given(X):
        rows = TrainingRows(given)
        for kept, n in as_kept(X, rng):
            assert rows.count_in(kept) == n, (type(given), type(kept))
        assert rows.count_in(X + 0.5) == 0
        assert rows.count_in(np.ones((5, 7))) is None
        assert rows.count_in(np.ones(30)) is None


def test_missing_values_texts_dates_and_integers_are_compared():
    X = np.array([[1.0, np.nan], [-0.0, 2.0], [3.0, 4.0]])
    assert n_training_rows(np.array([[0.0, 2.0], [1.0, -np.nan]]), X) == 2
    assert n_training_rows(np.array([[3, 4], [5, 6]]), X) == 1
    assert n_training_rows(X[2:], np.array([[3, 4], [5, 6]])) == 1
    assert n_training_rows(np.array([[True, False]]), np.array([[1, 0], [2, 2]])) == 1
    mixed = np.array([["a", 1], ["b", None]], dtype=object)
    assert n_training_rows(mixed[1:].tolist(), mixed) == 1
    assert n_training_rows([["b", 2]], mixed) == 0
    texts = ["one text", "another"]
    assert n_training_rows(("another", "a third"), texts) == 1
    assert n_training_rows({"another"}, np.array(texts)) == 1
    days = np.array([["2020-01-01"], ["2020-01-02"]], dtype="datetime64[ns]")
    assert n_training_rows(days[::-1], days) == 2
    assert n_training_rows(np.arange(4.0).reshape(2, 2), np.arange(8).reshape(4, 2)) == 2
    images = np.arange(24.0).reshape(2, 3, 4)
    assert n_training_rows(images[1:], images) == 1
    assert n_training_rows(np.arange(3.0), np.arange(5.0)) == 3


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
