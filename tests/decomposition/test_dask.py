"""PCA on Dask arrays: the same as in memory, whatever the blocks and who computes them."""

import tracemalloc
from functools import partial

import dask
import dask.array as da
import numba
import numpy as np
import pytest
import scipy.sparse as sp

from skparams import PCA, explain, load_params, save_params, slim
from skparams.decomposition._pca.by_blocks import MAX_FEATURES, _of_block
from skparams.decomposition._pca.range_finder import Directions, first_moments
from skparams.decomposition._pca.rows import finite_moments
from tests.clusters import ComputedError, blocks_of, local_cluster, poisoned

ROWS = 600


@pytest.fixture
def X(correlated):
    return correlated(ROWS, 8, 50.0)


def assert_same(found, expected, tol=1e-12):
    for name in ("n_components_", "n_samples_", "n_features_in_"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.components_.dtype == expected.components_.dtype
    values = expected.explained_variance_
    np.testing.assert_allclose(found.explained_variance_, values, rtol=tol)
    np.testing.assert_allclose(found.noise_variance_, expected.noise_variance_, rtol=10 * tol)
    np.testing.assert_allclose(found.components_, expected.components_, rtol=0, atol=tol)
    np.testing.assert_allclose(found.mean_, expected.mean_, rtol=tol)


def assert_same_bits(found, expected):
    for name in ("components_", "explained_variance_", "mean_", "noise_variance_"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)


def in_chunks(X, rng):
    """X in random blocks, of which some are empty, in several chunks of columns; half the time Dask
    does not know their lengths."""
    cuts = np.sort(rng.choice(len(X) + 1, rng.randint(1, 8)))
    lengths = tuple(map(int, np.diff([0, *cuts, len(X)])))
    array = da.from_array(X, chunks=(lengths, int(rng.randint(1, X.shape[1] + 1))))
    if rng.randint(2):
        unknown = ((np.nan,) * len(lengths), array.chunks[1])
        array = da.Array(array.dask, array.name, unknown, array.dtype)
    return array


@pytest.mark.parametrize("seed", range(12))
def test_any_blocks_give_the_fit_in_memory(seed, correlated):
    rng = np.random.RandomState(seed)
    X = correlated(ROWS, 6, rng.choice([0.0, 1e6]), rng.choice([np.float64, np.int64]))
    X = X * 1000 if X.dtype.kind == "i" else X
    weight = rng.randint(0, 3, ROWS).astype(float) if rng.randint(2) else None
    k = [None, 3, 0.9, "kaiser", "mle", "broken_stick"][rng.randint(6)]
    params = {"n_components": k, "scale": bool(rng.randint(2)), "random_state": 0}
    params["weights"] = ["counts", "relative"][rng.randint(2)]
    in_memory = PCA(svd_solver="covariance_eigh", **params).fit(X, sample_weight=weight)
    found = PCA(**params).fit(in_chunks(X, rng), sample_weight=weight)
    assert_same(found, in_memory, 1e-9 if X.mean() > 1e5 else 1e-12)


def test_float32_keeps_its_dtype_and_sums_again_where_it_has_to(correlated):
    X = correlated(ROWS, 5, 3.0, np.float32)
    X[:, 4] = X[:, 4].mean() + 1e-5 * (X[:, 4] - X[:, 4].mean())
    found, expected = (PCA(svd_solver="covariance_eigh").fit(rows) for rows in (blocks_of(X, 4), X))
    assert found.components_.dtype == np.float32
    np.testing.assert_allclose(found.explained_variance_, expected.explained_variance_, rtol=1e-6)


def test_sparse_blocks_and_weights_of_dask(rng):
    X = sp.random(ROWS, 7, 0.05, "csr", random_state=0)
    weight = rng.randint(1, 3, ROWS)
    lazy = da.from_array(X.toarray(), chunks=(150, 7)).map_blocks(sp.coo_array)
    found = PCA(3).fit(lazy, sample_weight=da.from_array(weight, chunks=100))
    expected = PCA(3, svd_solver="covariance_eigh").fit(X, sample_weight=weight)
    assert_same(found, expected)
    np.testing.assert_allclose(found.transform(lazy).compute(), expected.transform(X), atol=1e-12)


def test_frames_give_their_names(X):
    pandas, frames = pytest.importorskip("pandas"), pytest.importorskip("dask.dataframe")
    frame = pandas.DataFrame(X, columns=[f"f{i}" for i in range(8)])
    lazy = frames.from_pandas(frame, npartitions=3)
    found = PCA(2, svd_solver="covariance_eigh").fit(lazy)
    assert list(found.feature_names_in_) == list(frame.columns)
    assert_same(found, PCA(2, svd_solver="covariance_eigh").fit(frame))
    np.testing.assert_allclose(found.transform(lazy).compute(), found.transform(frame))
    with pytest.raises(ValueError, match="feature names should match"):
        found.transform(lazy.rename(columns={"f0": "other"}))
    found.set_output(transform="pandas")
    for call in (found.transform, found.fit_transform):
        with pytest.raises(TypeError, match="set_output"):
            call(lazy)


def test_schedules_give_the_same_bits(X):
    lazy = blocks_of(X, [90, 0, 200, 1, 60, 249])
    with dask.config.set(scheduler="synchronous"):
        expected = [PCA(3).fit(lazy), _randomized().fit(lazy)]
    for n in (1, 2, 4):
        with dask.config.set(scheduler="threads", num_workers=n):
            assert_same_bits(PCA(3).fit(lazy), expected[0])
            assert_same_bits(_randomized().fit(lazy), expected[1])
    with local_cluster():
        assert_same_bits(PCA(3).fit(lazy), expected[0])
        found = expected[0].transform(lazy).compute()
    np.testing.assert_array_equal(found, expected[0].transform(lazy).compute())


def _randomized(k=3, **params):
    return PCA(k, svd_solver="randomized", random_state=0, **params)


_exhaustive = pytest.mark.exhaustive


@pytest.mark.parametrize("weighted", [False, pytest.param(True, marks=_exhaustive)])
@pytest.mark.parametrize("scale", [pytest.param(False, marks=_exhaustive), True])
@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
def test_the_range_finder_has_the_errors_that_it_reports(form, scale, weighted, rng):
    X = rng.standard_normal((ROWS, 300)) * np.geomspace(3, 0.5, 300)
    X += rng.standard_normal((ROWS, 4)) * (16, 8, 4, 3) @ rng.standard_normal((4, 300))
    X[:, ::10] = 2.0
    if form is sp.csr_array:
        X[:, ::7] *= rng.uniform(size=(ROWS, 43)) < 0.1
    weight = rng.randint(0, 3, ROWS) if weighted else None
    lazy = blocks_of(X, 4).map_blocks(form)
    exact = PCA(svd_solver="full", scale=scale).fit(X, sample_weight=weight)
    for power, worst in ((0, 1.0), (4, 0.05), (40, 1e-6)):
        found = _randomized(4, scale=scale, iterated_power=power).fit(lazy, sample_weight=weight)
        values, errors = found.explained_variance_, found.eigenvalue_errors_
        nearest = np.abs(values[:, np.newaxis] - exact.explained_variance_).min(axis=1)
        assert (nearest <= errors).all()
        assert (errors < worst * exact.explained_variance_[0]).all()
    np.testing.assert_allclose(values, exact.explained_variance_[:4], rtol=1e-9)
    np.testing.assert_allclose(found._deviations, exact._deviations, rtol=1e-10)
    noise = PCA(4, svd_solver="full", scale=scale).fit(X, sample_weight=weight).noise_variance_
    np.testing.assert_allclose(found.noise_variance_, noise, rtol=1e-9)


@pytest.mark.exhaustive
def test_many_features_need_no_covariance():
    n, p = 300, 30_000
    rng = np.random.default_rng(0)
    X = sp.random(n, p, 0.002, "csr", random_state=0) * 0.1
    X = (X + sp.csr_array(rng.standard_normal((n, 2)) @ np.eye(2, p) * 5)).tocsr()
    lazy = da.concatenate(
        [da.from_array(X[i : i + 100].toarray(), chunks=-1) for i in (0, 100, 200)]
    ).map_blocks(sp.csr_array)
    tracemalloc.start()
    try:
        found = PCA(2, random_state=0).fit(lazy)
        assert tracemalloc.get_traced_memory()[1] < 8 * p * p / 20
    finally:
        tracemalloc.stop()
    assert found._fit_svd_solver == "randomized"
    exact = PCA(2, svd_solver="full").fit(X.toarray())
    np.testing.assert_allclose(found.explained_variance_, exact.explained_variance_, rtol=1e-10)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="minutes long when not compiled")
def test_a_block_takes_less_than_two_blocks_of_memory(rng):
    X = rng.standard_normal((20_000, 40))
    directions = Directions(X.mean(axis=0), np.ones(40), np.eye(40, 12))
    works = [
        partial(_of_block, partial(finite_moments, shift=None, name="PCA"), "PCA", 0, common=None),
        partial(_of_block, partial(first_moments, name="PCA"), "PCA", 0, common=None),
        directions.times,
    ]
    for rows in (X, X.astype(np.float32), np.asfortranarray(X), (100 * X).astype(np.int32)):
        for work in works:
            for weight in (None, np.ones(len(X))):
                work(X=rows, weight=weight)
                tracemalloc.start()
                try:
                    work(X=rows, weight=weight)
                    assert tracemalloc.get_traced_memory()[1] < 2 * rows.nbytes
                finally:
                    tracemalloc.stop()


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"svd_solver": "full"}, "svd_solver='full' needs all rows in memory"),
        ({"svd_solver": "arpack"}, "svd_solver='arpack' needs"),
        ({"n_components": "cv"}, "n_components='cv' needs"),
        ({"missing": "em"}, "missing='em' needs"),
        ({"n_components": 9}, "n_components=9 must be between 0 and"),
        ({"svd_solver": "randomized"}, "n_components must be an int"),
        ({"svd_solver": "randomized", "n_components": 0.5}, "must be an int"),
    ],
)
def test_what_blocks_cannot_do_is_refused_before_they_are_computed(params, match):
    with pytest.raises(ValueError, match=match):
        PCA(**params).fit(poisoned((90, 8)))


def test_all_eigenvalues_of_many_features_are_refused_with_their_size():
    with pytest.raises(ValueError, match=r"a matrix of 3\.2 GB for 20,000 features"):
        PCA().fit(poisoned((90, 2 * MAX_FEATURES)))


def test_bad_blocks_are_named_and_the_model_stays(X):
    model = PCA(2).fit(X)
    before = dict(vars(model))
    bad = X.copy()
    bad[250, 3] = np.nan
    with pytest.raises(ValueError, match=r"block 2: Input X contains NaN"):
        model.fit(blocks_of(bad, [100, 100, 400]))
    weight = np.ones(ROWS)
    weight[150] = -1
    with pytest.raises(ValueError, match="block 1: PCA: sample_weight must not be negative"):
        model.fit(blocks_of(X, [100, 100, 400]), sample_weight=weight)
    with pytest.raises(ValueError, match=r"block 1: .*features"):
        model.fit(_uneven(X, lambda block: block[:, :3]))
    with pytest.raises(ValueError, match=r"block 1: .*dtype"):
        model.fit(_uneven(X, lambda block: block.astype(np.float32)))
    assert all(vars(model)[name] is value for name, value in before.items())
    with pytest.raises(ValueError, match="minimum of 2 is required by PCA"):
        PCA().fit(blocks_of(X[:1], 1))
    with pytest.raises(ValueError, match="at least one non-zero"):
        PCA().fit(blocks_of(X, 2), sample_weight=np.zeros(ROWS))
    with pytest.raises(ValueError, match="must sum to more than 1"):
        PCA().fit(blocks_of(X, 2), sample_weight=np.full(ROWS, 1 / ROWS))
    with pytest.raises(ValueError, match="8 features"):
        model.transform(poisoned((90, 7)))


def _uneven(X, change):
    """Blocks of which the second one is not what the array says of itself."""
    make = dask.delayed(lambda rows, i: change(rows) if i else rows)
    parts = [da.from_delayed(make(X[:300], i), (300, 8), X.dtype) for i in (0, 1)]
    return da.concatenate(parts)


def test_rows_without_weight_must_be_finite_as_in_memory(X):
    holed, weight = X.copy(), np.ones(len(X))
    holed[1], weight[:3] = np.nan, 0
    lazy = blocks_of(holed, (3, len(X) - 3))
    for params in ({}, {"n_components": 2, "svd_solver": "randomized"}):
        with pytest.raises(ValueError, match="block 0: Input X contains NaN"):
            PCA(**params).fit(lazy, sample_weight=weight)


@pytest.mark.parametrize("method", ["fit", "fit_transform", "partial_fit"])
def test_what_are_no_rows_is_refused(X, method):
    with pytest.raises(ValueError, match="PCA: Expected 2D array, got 1D array"):
        getattr(PCA(), method)(da.from_array(X[:, 0]))
    with pytest.raises(TypeError, match=r"PCA: X is a Dask Delayed.*a Dask array or frame"):
        getattr(PCA(), method)(dask.delayed(X))
    with pytest.raises(ValueError, match="block 0: PCA: X must have numbers, but has the"):
        getattr(PCA(), method)(da.from_array(X.astype(object), chunks=(len(X), -1)))


def test_streams_take_blocks_between_batches(X):
    stream = PCA(3)
    for part in (X[:100], blocks_of(X[100:500], [1, 0, 399]), X[500:]):
        stream.partial_fit(part)
    assert_same(stream, PCA(3, svd_solver="covariance_eigh").fit(X))
    assert_same(stream.merge(PCA().partial_fit(blocks_of(X, 2))),
                PCA(3, svd_solver="covariance_eigh").fit(np.vstack([X, X])))  # fmt: skip
    with pytest.raises(ValueError, match="8 features"):
        stream.partial_fit(poisoned((90, 5)))


@pytest.mark.parametrize("params", [{}, {"whiten": True}, {"scale": True}])
def test_results_are_lazy_and_those_in_memory(params, X):
    lazy = in_chunks(X, np.random.RandomState(1))
    model = PCA(2, **params).fit(X)
    scores = model.transform(X)
    np.testing.assert_allclose(model.transform(lazy).compute(), scores, rtol=0, atol=1e-12)
    np.testing.assert_allclose(model.score_samples(lazy).compute(), model.score_samples(X))
    np.testing.assert_allclose(model.score(lazy), model.score(X), rtol=1e-13)
    back = model.inverse_transform(model.transform(lazy))
    np.testing.assert_allclose(back.compute(), model.inverse_transform(scores), rtol=1e-12)
    found = PCA(2, **params).fit_transform(lazy)
    assert isinstance(found, da.Array)
    np.testing.assert_allclose(found.compute(), PCA(2, **params).fit_transform(X), atol=1e-9)
    none = model.transform(poisoned((90, 8)))  # is not computed
    assert none.shape == (90, 2)
    with pytest.raises(ComputedError):
        none.compute()


def test_tables_of_rows_are_lazy(X):
    lazy, model = blocks_of(X, 4), PCA(2, scale=True).fit(X)
    expected, found = explain(model, X), explain(PCA(2, scale=True).fit(lazy), lazy)
    for name in ("coordinates", "row_contributions", "cos2", "hotelling_t2", "spe",
                 "hotelling_t2_contributions", "spe_contributions"):  # fmt: skip
        table = getattr(found, name)()
        assert isinstance(table, da.Array), name
        np.testing.assert_allclose(table.compute(), getattr(expected, name)(), atol=1e-9)
        np.testing.assert_allclose(getattr(expected, name)(lazy).compute(), table.compute(),
                                   atol=1e-9)  # fmt: skip
    assert found.row_tables().spe.shape == (ROWS,)
    np.testing.assert_allclose(found.limits(), explain(model).limits(), rtol=1e-9)
    for call in (found.outliers, found.bootstrap, partial(found.supplementary_features, X)):
        with pytest.raises(TypeError, match="X is a Dask Array"):
            call()
    assert found.outliers(X).training is not True
    rotated = found.rotate()
    np.testing.assert_allclose(rotated.transform(lazy).compute(), rotated.transform(X))
    assert "rows in blocks" in repr(found)


def test_saved_slimmed_and_summarized_models_of_blocks(X, tmp_path):
    model = _randomized(2).fit(blocks_of(X, 3))
    save_params(model, tmp_path / "model.safetensors", state=True)
    loaded = load_params(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.eigenvalue_errors_, model.eigenvalue_errors_)
    assert model.__skparams__().rules["eigenvalue_errors_"].role == "diagnostic"
    np.testing.assert_array_equal(slim(model).transform(X), model.transform(X))
    assert not hasattr(model.fit(X), "eigenvalue_errors_")
