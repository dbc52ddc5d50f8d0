"""How many rows of the training data an array holds."""

import numpy as np
from scipy import sparse

from skparams._walk import n_training_rows


def test_training_rows_are_told_from_parameters(rng):
    X = rng.standard_normal((60, 4))
    assert n_training_rows(X[[4, 2, 9]], X) == 3
    assert n_training_rows(X.astype(np.float32), X) == 60
    assert n_training_rows(X[1], X) == 1
    assert n_training_rows(np.vstack([X[:2], X[:2] + 1e-9]), X) == 2
    assert n_training_rows(X[:, :2], X) is None
    assert n_training_rows(X, sparse.csr_array(X)) is None
    assert n_training_rows(X, ["some", "texts"]) is None
