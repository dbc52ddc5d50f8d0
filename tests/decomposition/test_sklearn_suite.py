"""scikit-learn's own tests of its PCA, run on our class in place of its own.

The module that scikit-learn ships is executed once more under another name, while
``sklearn.decomposition`` shows our class; what it then holds is collected here.
"""

import importlib.util

import numpy as np
import pytest
import sklearn.decomposition

from skparams import PCA

numba = pytest.importorskip("numba")

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="minutes long when not compiled"),
    # scikit-learn runs them with warnings shown
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*leaves no noise variance:UserWarning"),
]

# Tests that do not concern us, each with the reason; its parametrisation is not collected either.
LEFT_OUT = {
    "test_pca_array_api_compliance": "Array API is not supported, as the tag says",
    "test_pca_mle_array_api_compliance": "Array API is not supported, as the tag says",
    "test_array_api_error_and_warnings_on_unsupported_params": "Array API is not supported",
    "test_pca_score": "its last line asserts a bug; below with equality instead",
}


def _on_our_class():
    """The namespace of scikit-learn's test module, executed on our class."""
    spec = importlib.util.find_spec("sklearn.decomposition.tests.test_pca")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sklearn.decomposition, "PCA", PCA)
        spec.loader.exec_module(module)
    return vars(module)


_suite = _on_our_class()
_tests = {
    name: test for name, test in _suite.items() if name.startswith("test_") and name not in LEFT_OUT
}
globals().update(_tests)


@pytest.fixture
def global_random_seed():
    """The fixture of scikit-learn's conftest."""
    return 42


@pytest.fixture(params=["float32", "float64"])
def global_dtype(request):
    """The fixture of scikit-learn's conftest."""
    return np.dtype(request.param).type


def test_the_suite_is_run_on_our_class():
    assert _suite["PCA"] is PCA
    assert sklearn.decomposition.PCA is not PCA
    assert len(_tests) > 30


@pytest.mark.parametrize("svd_solver", _suite["PCA_SOLVERS"])
def test_pca_score_does_not_depend_on_whitening(svd_solver):
    n, p = 1000, 3
    rng = np.random.RandomState(0)
    X = rng.randn(n, p) * 0.1 + np.array([3, 4, 5])
    pca = PCA(n_components=2, svd_solver=svd_solver).fit(X)
    found = pca.score(X)
    expected = -0.5 * np.log(2 * np.pi * np.exp(1) * 0.1**2) * p
    np.testing.assert_allclose(found / expected, 1, rtol=5e-2)
    assert found > pca.score(rng.randn(n, p) * 0.2 + np.array([3, 4, 5]))
    whitened = PCA(n_components=2, whiten=True, svd_solver=svd_solver).fit(X)
    np.testing.assert_allclose(whitened.score(X), found, rtol=1e-10)
