"""Sparse components and dictionaries: counts against formulas, plans against fits."""

import numpy as np
import pytest
from sklearn.decomposition import (
    DictionaryLearning,
    MiniBatchDictionaryLearning,
    MiniBatchSparsePCA,
    SparseCoder,
    SparsePCA,
)

from skparams import plan
from tests.specs.checks import check_roles
from tests.specs.sweeps import counts, flag, held, one_of, rows
from tests.sweep import sweep

SEEDS = sweep(range(8), 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_sparse_pca(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng, least=4)
    p = X.shape[1]
    k = one_of(rng, None, int(rng.integers(1, 7)))
    settings = {
        "alpha": 10 ** rng.uniform(-2, 1),
        "max_iter": 5,
        "method": one_of(rng, "lars", "cd"),
        "random_state": 0,
    }
    if (k or p) > min(X.shape):  # descent fails for float32, from scikit-learn 1.8 on
        settings["method"] = "lars"
    estimator = one_of(rng, SparsePCA, MiniBatchSparsePCA)(k, **settings)
    model = held(estimator, X)
    k = p if k is None else k
    lengths = np.linalg.norm(model.components_, axis=1)
    assert np.allclose(lengths[lengths > 0], 1, atol=1e-5)
    bound = (model.components_ != 0).sum() - (lengths > 0).sum()
    assert counts(model) == (k * p + p, bound + p)
    assert plan(estimator, X).totals.free == (p, k * (p - 1) + p)


@pytest.mark.parametrize("seed", SEEDS)
def test_dictionaries(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng, least=4)
    p = X.shape[1]
    k = one_of(rng, None, int(rng.integers(1, 9)))
    settings = {
        "alpha": 10 ** rng.uniform(-2, 0),
        "max_iter": 3,
        "fit_algorithm": one_of(rng, "lars", "cd"),
        "transform_algorithm": one_of(rng, "omp", "threshold", "lasso_lars"),
        "split_sign": flag(rng),
        "random_state": 0,
    }
    if (k or p) > min(X.shape):  # descent fails for float32, from scikit-learn 1.8 on
        settings["fit_algorithm"] = "lars"
    estimator = one_of(rng, DictionaryLearning, MiniBatchDictionaryLearning)(k, **settings)
    # the names are one for each atom, whatever split_sign makes of them
    model = held(estimator, X, named=False)
    k = p if k is None else k
    assert counts(model) == (k * p, k * p)
    if isinstance(estimator, MiniBatchDictionaryLearning):
        check_roles(MiniBatchDictionaryLearning(k).partial_fit(X).partial_fit(X))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_given_dictionary_is_not_learned(seed):
    rng = np.random.default_rng(seed)
    X = rows(rng)
    dictionary = rng.random((rng.integers(1, 9), X.shape[1])).astype(X.dtype)
    if flag(rng):
        dictionary = dictionary.astype(float)  # only pursuit takes another dtype than X's
        algorithm = "omp"
    else:
        algorithm = one_of(rng, "omp", "threshold", "lars", "lasso_cd")
    coder = SparseCoder(dictionary, transform_algorithm=algorithm, split_sign=flag(rng))
    assert counts(held(coder, X, named=False)) == (0, 0)
