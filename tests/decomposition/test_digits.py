"""Digits that are easily lost: rows without a weight, stored offsets, constants, tiny and huge."""

import os
import sys
import threading
import time

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError

from skparams import PCA, explain
from skparams._runtime.threads import in_threads


@pytest.fixture
def X(correlated):
    return correlated(300, 4)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("code", [1e20, -1e10, 9.96921e36])
@pytest.mark.parametrize("where", ["first", "some"])
def test_what_stands_in_rows_without_a_weight_does_not_matter(X, rng, solver, dtype, code, where):
    weight = np.ones(len(X))
    weight[0 if where == "first" else rng.choice(len(X), 30, replace=False)] = 0
    expected = np.cov(X[weight > 0].astype(dtype).astype(float).T)
    X = np.where(weight[:, np.newaxis] > 0, X, code).astype(dtype)
    arguments = {"n_components": 3, "svd_solver": solver, "random_state": 0}
    models = [PCA(**arguments).fit(X, sample_weight=weight)]
    if solver in ("auto", "covariance_eigh"):
        models.append(PCA(**arguments).partial_fit(X, sample_weight=weight))
    tol = 1e-10 if dtype == "float64" else 1e-5
    values = np.linalg.eigvalsh(expected)[:0:-1]
    for model in models:
        np.testing.assert_allclose(model.explained_variance_, values, rtol=tol)


@pytest.mark.parametrize("container", [sp.csr_matrix, sp.csc_array])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("solver", ["covariance_eigh", "arpack"])
def test_offsets_of_sparse_features_that_all_rows_store(rng, container, weighted, solver):
    X = np.zeros((2000, 40))
    X[:, 0] = 1e8 + rng.standard_normal(2000)
    X[:, 1] = rng.standard_normal(2000) * (rng.uniform(size=2000) < 0.05)
    X[:, 2] = 0.1  # exactly constant
    weight = rng.randint(0, 3, 2000).astype(float) if weighted else None
    if weighted:
        X[weight == 0, 0] = 0  # not stored, and without a weight
    for scale in (False, True):
        found, expected = (
            PCA(2, svd_solver=name, scale=scale, random_state=0).fit(rows, sample_weight=weight)
            for name, rows in ((solver, container(X)), ("full", X))
        )
        np.testing.assert_allclose(
            found.explained_variance_, expected.explained_variance_, rtol=1e-6
        )
        np.testing.assert_allclose(found.mean_, expected.mean_, rtol=1e-15)
        assert found._deviations[2] == 0
        assert found._total_variance == pytest.approx(expected._total_variance, rel=1e-6)


@pytest.mark.parametrize("constant", [0.1, 1e6 + 0.1])
def test_a_constant_feature_with_missing_values_is_not_scaled_up(rng, constant):
    X = rng.standard_normal((100, 3))
    X[:, 2] = constant
    X[::7, 2] = X[::5, 0] = np.nan
    model = PCA(missing="em", scale=True).fit(X)
    assert model.scale_[2] == 1
    assert model.mean_[2] == constant
    assert model.explained_variance_[2] == pytest.approx(0, abs=1e-12)
    np.testing.assert_array_equal(model.components_[:2, 2], 0)


def test_units_do_not_matter_to_what_is_expected_of_missing_values(rng):
    shared = rng.standard_normal((400, 1))
    X = shared + rng.standard_normal((400, 3)) * [1, 0.5, 0.5]
    X[rng.uniform(size=400) < 0.2, 1] = np.nan
    expected, found = (
        np.sqrt(PCA(missing="em").fit(X * [unit, 1, 1]).get_covariance()[1, 1]) for unit in (1, 1e6)
    )
    assert found == pytest.approx(expected, rel=0.01)


def test_squares_that_vanish_in_float32(rng):
    X = (rng.standard_normal((300, 3)) * [1, 1, 1e-24]).astype(np.float32)
    for model in (PCA(scale=True).fit(X), PCA(scale=True).partial_fit(X)):
        np.testing.assert_array_equal(model._deviations, 1)
        np.testing.assert_allclose(model.scale_, X.astype(float).std(axis=0, ddof=1), rtol=1e-5)


def test_variances_that_float32_has_no_room_for(rng):
    X = (rng.standard_normal((300, 3)) * 1e20).astype(np.float32)
    model, expected = PCA().fit(X), PCA().fit(X.astype(np.float64))
    np.testing.assert_allclose(model.explained_variance_, expected.explained_variance_, rtol=1e-5)
    ratio = expected.explained_variance_ratio_
    np.testing.assert_allclose(model.explained_variance_ratio_, ratio, rtol=1e-5)
    assert model.components_.dtype == np.float32


def test_means_so_far_apart_that_squares_overflow(rng):
    low, high = rng.standard_normal((2, 50, 2))
    one, other = PCA().partial_fit(low - 1e160), PCA().partial_fit(high + 1e160)
    before = one.scatter_.copy()
    with pytest.raises(ValueError, match=r"PCA: the means .* differ by 2e\+160,"):
        one.merge(other)
    with pytest.raises(ValueError, match=r"PCA: the means .* differ by 2e\+160,"):
        one.partial_fit(high + 1e160)
    np.testing.assert_array_equal(one.scatter_, before)
    assert one.n_samples_ == 50


@pytest.mark.parametrize("wrong", [{"n_components": "bogus"}, {"n_components": 1.5},
                                   {"n_components": -1}, {"scale": "no"}], ids=str)  # fmt: skip
def test_arguments_that_were_changed_are_checked_when_a_stream_is_read(X, wrong):
    model = PCA(2).partial_fit(X)
    model.set_params(**wrong)
    with pytest.raises(NotFittedError, match=f"The '{next(iter(wrong))}' parameter of PCA"):
        _ = model.components_
    assert not hasattr(model, "components_")


def test_an_argument_that_does_not_exist_leaves_no_old_components(X):
    model = PCA(3).partial_fit(X)
    assert len(model.components_) == 3
    with pytest.raises(ValueError, match="bogus"):
        model.set_params(n_components=1, bogus=3)
    assert len(model.components_) == model.n_components == 1


def test_threads_may_read_a_stream_at_once(X):
    interval, failed = sys.getswitchinterval(), []
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            model, barrier = PCA(2).partial_fit(X), threading.Barrier(4)

            def read(model=model, barrier=barrier):
                barrier.wait()
                try:
                    model.loadings_  # noqa: B018 - it is read from the scatter
                except AttributeError as error:
                    failed.append(error)

            threads = [threading.Thread(target=read) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not failed


def test_rounding_is_no_reason_for_an_outlier(rng):
    X = rng.standard_normal((300, 4))
    X[5] *= 6
    X = np.column_stack([X, X[:, 0], X[:, 1] + X[:, 2]])
    for model in (PCA(scale=True), PCA(4)):
        reasons = explain(model.fit(X), X).outliers(alpha=0.001).reasons()
        assert any(reason.startswith("T²") for reason in reasons)
        assert not any("SPE" in reason for reason in reasons)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="the pool has a thread for each core")
def test_parts_that_have_begun_are_waited_for_after_an_error():
    for _ in range(10):  # which thread takes which part is chance
        done, begun = [], threading.Barrier(3)

        def work(part, done=done, begun=begun):
            begun.wait(timeout=10)
            if part < 2:
                raise ValueError(part)
            time.sleep(0.05)
            done.append(part)

        with pytest.raises(ValueError, match=r"0|1"):
            in_threads(work, 3, 3)
        assert done == [2]
