"""What code that was written for scikit-learn's PCA does with a fitted one."""

import pickle

import numpy as np
import pytest
import sklearn.decomposition
from sklearn.base import clone

from skparams import PCA, summary

Theirs = sklearn.decomposition.PCA


def trimmed(model, k):
    """Keep the first k components, as scikit-learn's users write it."""
    model.components_ = model.components_[:k]
    model.n_components_ = k
    model.explained_variance_ratio_ = model.explained_variance_ratio_[:k]
    model.singular_values_ = model.singular_values_[:k]
    model.explained_variance_ = model.explained_variance_[:k]
    return model


@pytest.mark.parametrize("as_stream", [False, True])
def test_a_fitted_model_can_be_trimmed(as_stream, correlated):
    X = correlated(60, 5)
    ours = trimmed(PCA().partial_fit(X) if as_stream else PCA().fit(X), 2)
    theirs = trimmed(Theirs().fit(X), 2)
    for model in (ours, pickle.loads(pickle.dumps(ours))):
        np.testing.assert_allclose(
            model.explained_variance_ratio_, theirs.explained_variance_ratio_
        )
        np.testing.assert_allclose(model.singular_values_, theirs.singular_values_)
        np.testing.assert_allclose(np.abs(model.transform(X)), np.abs(theirs.transform(X)))
        assert model.get_feature_names_out().tolist() == ["pca0", "pca1"]
        assert "components_" in str(summary(model))


def test_what_was_assigned_lasts_until_the_next_fit(correlated):
    X = correlated(60, 5)
    changes = {
        "fit": lambda model: model.fit(X),
        "fit_transform": lambda model: model.fit_transform(X),
        "partial_fit": lambda model: model.partial_fit(X[:30]),
        "set_params": lambda model: model.set_params(n_components=3),
    }
    for name, change in changes.items():
        for attribute in ("explained_variance_ratio_", "singular_values_"):
            stream = name in ("partial_fit", "set_params")
            model = PCA().partial_fit(X) if stream else PCA().fit(X)
            setattr(model, attribute, np.ones(1))
            np.testing.assert_array_equal(getattr(model, attribute), 1)
            assert not hasattr(clone(model), attribute)
            change(model)
            assert len(getattr(model, attribute)) > 1
            assert getattr(model, attribute)[0] != 1


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("svd_solver", ["full", "covariance_eigh", "auto"])
def test_ties_in_sign_are_scikit_learns(svd_solver, dtype):
    for seed in range(40):
        rng = np.random.RandomState(seed)
        X = rng.standard_normal((40 + 10 * seed, 2))
        X[:, 1] += X[:, 0] * rng.uniform(-2, 2)
        X = ((X - X.mean(axis=0)) / X.std(axis=0)).astype(dtype)
        theirs, ours = (cls(svd_solver=svd_solver).fit(X) for cls in (Theirs, PCA))
        np.testing.assert_allclose(ours.components_, theirs.components_, atol=1e-4)
        scores = PCA(svd_solver=svd_solver).fit_transform(X)
        np.testing.assert_allclose(scores, theirs.transform(X), atol=1e-3)


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("factor", [1e25, 1e-25])
def test_variances_beyond_float32_are_float64(factor, scale, correlated):
    X = (correlated(60, 4) * factor).astype(np.float32)
    model, expected = PCA(2, scale=scale).fit(X), PCA(2, scale=scale).fit(X.astype(np.float64))
    assert model.components_.dtype == np.float32
    covariance, precision = model.get_covariance(), model.get_precision()
    assert covariance.dtype == precision.dtype == np.float64
    np.testing.assert_allclose(covariance, expected.get_covariance(), rtol=1e-4)
    np.testing.assert_allclose(covariance @ precision, np.eye(4), atol=1e-3)
    np.testing.assert_allclose(model.explained_variance_, expected.explained_variance_, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64"])
@pytest.mark.parametrize("arguments", [{}, {"scale": True}, {"n_components": "cv"}], ids=str)
def test_attributes_are_numbers_names_and_arrays(arguments, dtype, correlated):
    X = (10 * correlated(60, 4)).astype(dtype)
    plain = (str, int, float, bool, np.ndarray, np.number, type(None))
    models = [PCA(**arguments).fit(X)]
    if arguments != {"n_components": "cv"}:
        models.append(PCA(**arguments).partial_fit(X))
    for model in models:
        _ = model.components_
        for name, value in vars(model).items():
            values = value if isinstance(value, tuple) else (value,)
            assert all(isinstance(each, plain) for each in values), name
