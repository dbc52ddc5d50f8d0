"""Weights that count rows, and weights that compare them."""

import numpy as np
import pytest

from skparams import PCA, explain

NAMES = ("components_", "explained_variance_", "explained_variance_ratio_", "singular_values_",
         "mean_", "noise_variance_")  # fmt: skip


def assert_same(a, b, rtol=1e-9):
    for name in NAMES:
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol, 1e-12, err_msg=name)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [7, 49, 150, 1000, 9999])
@pytest.mark.parametrize("method", ["fit", "partial_fit", "component_table"])
def test_weights_that_leave_no_freedom_are_refused(method, n, dtype, rng):
    pytest.importorskip("pandas")
    X, weight = rng.standard_normal((n, 3)), np.full(n, 1 / n, dtype)
    for factor in (0.5, 1 - 1e-12, 1, 1 + 1e-12):
        if method == "partial_fit":
            model = PCA().partial_fit(X, sample_weight=weight * factor)
            assert not hasattr(model, "components_")
        else:
            with pytest.raises(ValueError, match=r"PCA\(weights='relative'\)"):
                getattr(PCA(), method)(X, sample_weight=weight * factor)


ARGUMENTS = [
    {},
    {"scale": True},
    {"svd_solver": "full"},
    {"svd_solver": "arpack", "n_components": 2},
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_relative_weights_compare_rows(arguments, correlated, rng):
    X, weight = correlated(60, 4), rng.uniform(0.1, 3, 60)
    weight[:20] = 0
    model = PCA(**arguments, weights="relative").fit(X, sample_weight=weight)
    for factor in (1e-300, 1 / weight.sum(), 7.0, 1e300):
        assert_same(
            PCA(**arguments, weights="relative").fit(X, sample_weight=weight * factor), model
        )
    assert_same(PCA(**arguments, weights="relative").fit(X[20:], sample_weight=weight[20:]), model)
    assert_same(PCA(**arguments).fit(X, sample_weight=weight * 40 / weight.sum()), model)
    equal = PCA(**arguments, weights="relative").fit(X, sample_weight=np.full(60, 1 / 60))
    assert_same(equal, PCA(**arguments).fit(X))


def test_relative_weights_of_a_stream_and_of_merged_streams(correlated, rng):
    X, weight = correlated(90, 4), rng.uniform(0, 3, 90)
    expected = PCA(weights="relative").fit(X, sample_weight=weight)
    here, there = PCA(weights="relative"), PCA()
    for rows in np.split(np.arange(60), [7, 30]):
        here.partial_fit(X[rows], sample_weight=weight[rows])
    there.partial_fit(X[60:], sample_weight=weight[60:])
    assert_same(here.merge(there), expected)
    counted = here.merge(there).set_params(weights="counts")
    assert_same(counted, PCA().fit(X, sample_weight=weight))


def test_relative_weights_are_those_of_an_explanation(correlated, rng):
    X, weight = correlated(60, 4), rng.uniform(0.1, 3, 60) / 100
    explanation = explain(PCA(2, weights="relative").fit(X, sample_weight=weight), X)
    table = explanation.row_contributions(sample_weight=weight)
    np.testing.assert_allclose(table.sum(axis=0), 1)
    assert explanation.supplementary_features(X[:, 0], sample_weight=weight)
    assert explanation.bootstrap(5, sample_weight=weight).resamples.ratios.shape == (5, 2)


def test_relative_weights_need_two_rows(rng):
    X = rng.standard_normal((5, 3))
    with pytest.raises(ValueError, match="two rows with a weight"):
        PCA(weights="relative").fit(X, sample_weight=[0, 0, 9, 0, 0])
    with pytest.raises(ValueError, match="'weights' parameter"):
        PCA(weights="survey").fit(X)


def test_relative_weights_are_prince_s(correlated, rng):
    """Eigenvalues of the correlations with divisor n, as FactoMineR's and prince's."""
    X, weight = correlated(60, 4), rng.uniform(0.1, 3, 60)
    share = weight / weight.sum()
    centered = X - share @ X
    centered /= np.sqrt(share @ centered**2)
    expected = np.linalg.eigvalsh(centered.T @ (share[:, np.newaxis] * centered))[::-1]
    model = PCA(scale=True, weights="relative").fit(X, sample_weight=weight)
    np.testing.assert_allclose(model.explained_variance_, expected)
