"""partial_fit and merge: equal to one fit on all rows; memory that does not grow."""

import pickle
import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skparams import PCA, diff, fitted_params, kept_rows, probe, slim, summary


def stream_of(model, X, sizes, weight=None):
    start = 0
    for size in sizes:
        rows = slice(start, start + size)
        model.partial_fit(X[rows], sample_weight=None if weight is None else weight[rows])
        start += size
    assert start >= X.shape[0]
    return model


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("arguments", [{}, {"n_components": 2}, {"n_components": 0.7},
                                       {"scale": True, "whiten": True, "n_components": 3},
                                       {"n_components": "mle"}, {"n_components": "parallel"}],
                         ids=str)  # fmt: skip
def test_batches_of_any_size_equal_one_fit(seed, arguments, correlated, assert_same_pca):
    rng = np.random.RandomState(seed)
    X = correlated(rng.randint(60, 300), 6, offset=10.0 ** rng.randint(0, 7))
    cuts = np.sort(rng.randint(0, len(X), 5))
    sizes = [size for size in np.diff(np.r_[0, cuts, len(X)]) if size]
    model = PCA(random_state=0, **arguments)
    fitted = clone(model).fit(X)
    stream = stream_of(model, X, sizes)
    assert_same_pca(stream, fitted)
    np.testing.assert_allclose(stream.transform(X), fitted.transform(X), atol=1e-6)
    backwards = stream_of(clone(model), X[::-1], sizes)
    assert_same_pca(backwards, fitted)


def test_sparse_and_dense_batches_with_weights(rng, assert_same_pca):
    X = rng.poisson(0.5, (200, 5)).astype(float)
    weight = rng.randint(1, 4, 200)
    stream = PCA(3).partial_fit(sp.csr_array(X[:80]), sample_weight=weight[:80])
    stream.partial_fit(X[80:], sample_weight=weight[80:])
    fitted = PCA(3, svd_solver="covariance_eigh").fit(X, sample_weight=weight)
    assert_same_pca(stream, fitted)
    repeated = PCA(3).fit(np.repeat(X, weight, axis=0))
    np.testing.assert_allclose(stream.components_, repeated.components_, atol=1e-10)
    assert stream.noise_variance_ == pytest.approx(repeated.noise_variance_, rel=1e-10)


def test_merge_equals_one_fit_and_changes_neither(correlated, assert_same_pca):
    X = correlated(120, 5, offset=100)
    a, b = PCA(2).partial_fit(X[:50]), PCA().partial_fit(X[50:])
    scatters = a.scatter_.copy(), b.scatter_.copy()
    components = a.components_.copy()
    merged = a.merge(b)
    assert_same_pca(merged, PCA(2).fit(X))
    assert merged.n_components == 2
    np.testing.assert_array_equal(a.scatter_, scatters[0])
    np.testing.assert_array_equal(b.scatter_, scatters[1])
    np.testing.assert_array_equal(a.components_, components)
    merged.partial_fit(X[:1])
    assert a.n_samples_ == 50


def test_arguments_apply_when_the_model_is_read(correlated, assert_same_pca):
    X = correlated(100, 5)
    stream = PCA().partial_fit(X)
    assert stream.components_.shape == (5, 5)
    assert stream.set_params(n_components=2, scale=True).components_.shape == (2, 5)
    assert_same_pca(stream, PCA(2, scale=True).fit(X))
    np.testing.assert_allclose(stream.scale_, X.std(axis=0, ddof=1))
    stream.set_params(whiten=True)
    np.testing.assert_allclose(stream.transform(X).std(axis=0, ddof=1), 1)


def test_a_stream_survives_pickling_between_batches(correlated, assert_same_pca):
    X = correlated(90, 4)
    stream = pickle.loads(pickle.dumps(PCA(2).partial_fit(X[:30])))
    stream = pickle.loads(pickle.dumps(stream.partial_fit(X[30:])))
    assert_same_pca(stream, PCA(2).fit(X))


def test_one_row_is_too_few_to_read(correlated):
    X = correlated(30, 4)
    stream = PCA(3).partial_fit(X[:1])
    check_is_fitted(stream)
    assert not hasattr(stream, "components_")
    with pytest.raises(NotFittedError, match=r"has seen 1 sample.* minimum of 2"):
        stream.transform(X)
    stream.partial_fit(X[1:2])
    with pytest.raises(NotFittedError, match="n_components=3 must be between 0 and"):
        stream.components_  # noqa: B018 - reading is what raises
    assert stream.partial_fit(X[2:]).components_.shape == (3, 4)


def test_float32_stays_while_all_batches_are(correlated):
    X = correlated(60, 4, dtype=np.float32)
    stream = PCA().partial_fit(X[:30]).partial_fit(X[30:])
    assert stream.components_.dtype == stream.transform(X).dtype == np.float32
    assert stream.partial_fit(X.astype(np.float64)).components_.dtype == np.float64


def test_after_fit_there_is_no_scatter(correlated):
    X = correlated(50, 4)
    fitted, stream = PCA().fit(X), PCA().partial_fit(X)
    assert not hasattr(fitted, "scatter_")
    assert not hasattr(fitted, "partial_fit")
    for call in (lambda: fitted.partial_fit(X), lambda: fitted.merge(stream),
                 lambda: stream.merge(fitted)):  # fmt: skip
        with pytest.raises((AttributeError, ValueError), match=r"built by fit.*PCA\(\)\.partial"):
            call()
    stream.fit(X)
    assert not hasattr(stream, "scatter_")


@pytest.mark.parametrize("arguments", [{"missing": "em"}, {"svd_solver": "full"},
                                       {"svd_solver": "arpack"}], ids=str)  # fmt: skip
def test_what_needs_all_rows_has_no_partial_fit(arguments, correlated):
    name = next(iter(arguments))
    with pytest.raises(AttributeError, match=f"partial_fit: {name}"):
        PCA(**arguments).partial_fit(correlated(20, 3))


def test_merge_refuses_other_features(correlated):
    pd = pytest.importorskip("pandas")
    X = correlated(30, 3)
    model = PCA().partial_fit(X)
    with pytest.raises(ValueError, match="other has 2 features, but this model has 3"):
        model.merge(PCA().partial_fit(X[:, :2]))
    with pytest.raises(TypeError, match="must be a PCA, got int"):
        model.merge(3)
    with pytest.raises(NotFittedError):
        model.merge(PCA())
    frames = [pd.DataFrame(X, columns=list(names)) for names in ("abc", "acb")]
    named = [PCA().partial_fit(frame) for frame in frames]
    with pytest.raises(ValueError, match=r"other has the feature names \['a', 'c', 'b'\]"):
        named[0].merge(named[1])
    assert list(model.merge(named[0]).feature_names_in_) == ["a", "b", "c"]


def test_a_bad_batch_leaves_the_model_as_it_was(correlated, assert_same_pca):
    X = correlated(60, 4)
    stream = PCA(2).partial_fit(X)
    wrong = X.copy()
    wrong[7, 2] = np.nan
    for batch, message in ((wrong, "Input X contains NaN"), (X[:, :3], "has 3 features")):
        with pytest.raises(ValueError, match=message):
            stream.partial_fit(batch)
        assert_same_pca(stream, PCA(2).fit(X))
    stream.partial_fit(X)
    assert_same_pca(stream, PCA(2).fit(np.vstack([X, X])))


def test_a_scatter_that_would_not_fit_says_how_large_it_is():
    X = sp.random_array((3, 3_000_000), density=1e-6, format="csr", random_state=0)
    with pytest.raises(MemoryError, match=r"scatter of 3000000 features takes 7.2e\+04 GB"):
        PCA().partial_fit(X)


@pytest.mark.exhaustive
@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory differ")
def test_a_memmap_larger_than_the_memory(tmp_path):
    code = dedent(f"""
        import resource
        import numpy as np
        from skparams import PCA, diff, fitted_params, kept_rows, probe, slim, summary

        path = {str(tmp_path / "rows")!r}
        shape = (2_000_000, 30)
        X = np.memmap(path, np.float64, "w+", shape=shape)
        for start in range(0, shape[0], 100_000):
            X[start : start + 100_000] = np.random.default_rng(start).standard_normal((100_000, 30))
        X.flush()
        del X
        PCA().fit(np.random.default_rng(0).standard_normal((1000, 30)))  # kernels, threads
        used = int(open("/proc/self/status").read().partition("VmData:")[2].split()[0]) * 1024
        limit = used + 150 * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        assert 8 * shape[0] * shape[1] > 400e6
        X = np.memmap(path, np.float64, "r", shape=shape)
        try:
            np.array(X)
        except MemoryError:
            print("a copy does not fit")
        model = PCA(5).fit(X)
        assert model.components_.shape == (5, 30)
        stream = PCA(5)
        for start in range(0, shape[0], 500_000):
            stream.partial_fit(X[start : start + 500_000])
        assert np.allclose(stream.explained_variance_, model.explained_variance_, rtol=1e-10)
        print("done")
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["a copy does not fit", "done"], done.stderr


@pytest.mark.parametrize("n_components", [2, "parallel"])
def test_to_look_at_a_stream_changes_nothing(n_components, correlated):
    X = correlated(60, 4)
    model = PCA(n_components, random_state=np.random.RandomState(0)).partial_fit(X)
    before = pickle.dumps(model)
    found = [summary(model, X), diff(model, model), probe(model, X), kept_rows(model)]
    assert all(map(str, found))
    assert "components_" in fitted_params(slim(model, X))
    assert pickle.dumps(model) == before
    assert str(summary(model)) == str(summary(model))  # the same draws
