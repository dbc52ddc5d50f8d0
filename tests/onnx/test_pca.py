"""Graphs of a PCA compute what transform does."""

import numpy as np
import onnx
import pytest

from skparams import PCA, to_onnx
from tests.onnx.running import outputs, worst_error
from tests.sweep import sweep

BATCHES = (slice(None), slice(0, 1), slice(3, 5), slice(0, 33))


def settings(seed):
    """A fitted PCA and X, whose dtype need not be that of fit."""
    rng = np.random.default_rng(seed)

    def pick(*choices):
        return choices[rng.integers(len(choices))]

    p = int(rng.integers(1, 8))
    X = rng.standard_normal((60, p)) @ rng.standard_normal((p, p)) * pick(1, 100)
    X += pick(0, 1e3, 1e5)
    pca = PCA(
        pick(None, 1, 0.9, "mle" if p > 1 else 1, "kaiser", "parallel"),
        whiten=pick(False, True),
        scale=pick(False, True),
        svd_solver=pick("auto", "full", "covariance_eigh"),
        random_state=0,
    )
    fitted = X.astype(pick(np.float32, np.float64))
    if rng.random() < 0.3:
        pca.set_params(svd_solver="auto")
        for batch in np.array_split(fitted, 3):
            pca.partial_fit(batch)
    else:
        pca.fit(fitted)
    return pca, X.astype(pick(np.float32, np.float64))


@pytest.mark.parametrize("seed", sweep(range(150), 30))
def test_any_pca(seed):
    pca, X = settings(seed)
    assert worst_error(pca, X, BATCHES) < (1e-5 if X.dtype == np.float32 else 1e-10)


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e5])
@pytest.mark.parametrize("whiten", [False, True])
def test_large_offsets_lose_no_digits(offset, whiten, rng):
    """Of the true scores, computed in float64; a mean folded into a bias leaves 5e-2."""
    rows = rng.standard_normal((300, 5)) + offset
    X = rows.astype(np.float32)
    pca = PCA(3, whiten=whiten).fit(X)
    exact = (X.astype(np.float64) - pca.mean_) @ pca.components_.T.astype(np.float64)
    exact /= np.sqrt(pca.explained_variance_.astype(np.float64)) if whiten else 1
    for found in outputs(to_onnx(pca, X), X):
        assert np.abs(found["variable"] - exact).max() < 1e-6 * np.ptp(exact)


def test_the_outputs_keep_the_dtype(rng):
    X = rng.standard_normal((30, 4))
    for dtype, code in ((np.float32, onnx.TensorProto.FLOAT), (np.float64, 11)):
        graph = to_onnx(PCA(2).fit(X), X.astype(dtype))
        (output,) = graph.graph.output
        assert output.type.tensor_type.elem_type == code
        for found in outputs(graph, X.astype(dtype)):
            assert found["variable"].dtype == dtype


def test_missing_values_are_refused_by_name(rng):
    X = rng.standard_normal((30, 4))
    with pytest.raises(ValueError, match="PCA cannot be converted: with missing='em'"):
        to_onnx(PCA(2, missing="em").fit(X), X)


def test_no_component_at_all(rng):
    X = rng.standard_normal((30, 4))
    for found in outputs(to_onnx(PCA(0).fit(X), X), X):
        assert found["variable"].shape == (30, 0)
