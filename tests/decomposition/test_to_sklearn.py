"""scikit-learn's PCA with the components of ours."""

import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import decomposition as theirs
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skparams import PCA


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 6)) * [6, 5, 4, 3, 2, 1] + 5


FITTED = {
    "all": {},
    "two": {"n_components": 2},
    "ratio": {"n_components": 0.8},
    "rule": {"n_components": "kaiser"},
    "mle": {"n_components": "mle", "svd_solver": "full"},
    "whitened": {"n_components": 3, "whiten": True},
    "full": {"n_components": 3, "svd_solver": "full"},
    "arpack": {"n_components": 3, "svd_solver": "arpack", "random_state": 0},
    "randomized": {"n_components": 3, "svd_solver": "randomized", "random_state": 0},
    "relative": {"n_components": 3, "weights": "relative"},
}


def close(a, b, dtype):
    rtol = 1e-4 if dtype == "f4" else 1e-9
    np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("given", FITTED.values(), ids=FITTED)
def test_results_up_to_rounding(given, dtype, X):
    X = X.astype(dtype)
    ours = PCA(**given).fit(X)
    pca = ours.to_sklearn()
    assert type(pca) is theirs.PCA
    assert pca.n_components == pca.n_components_ == ours.n_components_
    scores = pca.transform(X)
    assert scores.dtype == ours.transform(X).dtype
    close(scores, ours.transform(X), dtype)
    close(pca.inverse_transform(scores), ours.inverse_transform(scores), dtype)
    if not ours.whiten and ours.n_components_ < 6:
        close(pca.score_samples(X), ours.score_samples(X), dtype)
        close(pca.get_covariance(), ours.get_covariance(), dtype)
    sparse = sp.csr_array(np.where(X > 5, X, 0))
    close(pca.transform(sparse), ours.transform(sparse), dtype)


def test_a_stream(X):
    ours = PCA(3)
    for batch in np.array_split(X, 4):
        ours.partial_fit(batch)
    pca = ours.to_sklearn()
    close(pca.transform(X), ours.transform(X), "f8")
    assert pca.n_samples_ == len(X)


def test_fitted_attributes_are_theirs(X):
    pca = PCA(3).fit(X).to_sklearn()
    fresh = theirs.PCA(3).fit(X)
    assert set(vars(fresh)) == set(vars(pca))
    for name, value in vars(fresh).items():
        assert isinstance(getattr(pca, name), type(value) if value is not None else object), name
    close(fresh.explained_variance_, pca.explained_variance_, "f8")
    close(fresh.singular_values_, pca.singular_values_, "f8")


def test_nothing_is_shared(X):
    ours = PCA(3).fit(X)
    before = ours.transform(X)
    pca = ours.to_sklearn()
    pca.components_[:] = 0
    pca.mean_[:] = 0
    np.testing.assert_array_equal(ours.transform(X), before)
    clone(pca).fit(X)
    other = pickle.loads(pickle.dumps(ours.to_sklearn()))
    close(other.transform(X), before, "f8")


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"scale": True}, "scale=True"),
        ({"missing": "em"}, "missing='em'"),
        ({"scale": True, "missing": "em"}, "scale=True and missing='em'"),
    ],
)
def test_what_theirs_lacks_is_named(given, what, X):
    ours = PCA(2, **given).fit(X)
    with pytest.raises(ValueError, match=f"to_sklearn: scikit-learn's PCA does not have {what}"):
        ours.to_sklearn()


def test_names(X):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcdef"))
    pca = PCA(2).fit(frame).to_sklearn()
    assert list(pca.feature_names_in_) == list("abcdef")
    assert list(pca.get_feature_names_out()) == ["pca0", "pca1"]


def test_before_fit():
    with pytest.raises(NotFittedError):
        PCA().to_sklearn()
