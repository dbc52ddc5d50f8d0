"""What plan says of a fit on blocks of rows, against the sizes of what such fits hold and send."""

import pickle
import tracemalloc
import warnings
from collections.abc import Sequence

import dask.array as da
import h5py
import numpy as np
import pytest
from sklearn.decomposition import PCA as SklearnPCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skparams import PCA, MLPClassifier, MLPRegressor, plan
from skparams._blocks import row_blocks
from skparams._blocks.dask_rows import DaskBlocks
from skparams._plan.blocks import MIN_BYTES
from skparams.specs import Bounds, Unknown
from tests.clusters import blocks_of, poisoned
from tests.sweep import sweep


def pickled(value):
    return len(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))


@pytest.fixture
def reduced(monkeypatch):
    """What blocks merge into in each pass over a Dask array."""
    found, reduce = [], DaskBlocks.reduce

    def noted(self, *args):
        found.append(reduce(self, *args))
        return found[-1]

    monkeypatch.setattr(DaskBlocks, "reduce", noted)
    return found


@pytest.mark.parametrize("p", [3, 40, 300])
def test_a_block_sends_its_moments(rng, reduced, p):
    X = blocks_of(rng.standard_normal((500, p)), 4)
    cost = plan(PCA(2), X).blocks
    assert (cost.block_rows, cost.n_blocks, cost.n_passes) == (125, 4, 1)
    assert cost.block_bytes == 125 * p * 8
    assert cost.pass_bytes == 500 * p * 8
    PCA(2).fit(X)
    (moments,) = reduced
    assert cost.sent_bytes <= pickled(moments) <= cost.sent_bytes + 1000  # what pickle adds
    assert cost.worker_bytes == cost.block_bytes + 3 * cost.sent_bytes
    assert cost.held == "1 block, and 3 scatter matrices while it merges 2"


@pytest.mark.parametrize("iterated_power", ["auto", 1])
@pytest.mark.parametrize("k", [2, 12])
def test_a_block_sends_images_of_vectors(rng, reduced, iterated_power, k):
    X = blocks_of(rng.standard_normal((90, 60)), 3)
    model = PCA(k, svd_solver="randomized", iterated_power=iterated_power, random_state=0)
    cost = plan(model, X).blocks
    model.fit(X)
    assert cost.n_passes == len(reduced)
    assert pickled(reduced[0]) < cost.sent_bytes  # the mean and the deviations
    for images in reduced[1:]:
        assert cost.sent_bytes == images.nbytes


@pytest.mark.parametrize(("spread", "n_passes"), [(1.0, 1), (1e-5, 2)])
def test_sums_of_float32_may_be_taken_twice(rng, reduced, spread, n_passes):
    X = (rng.standard_normal((500, 4)) * [1, spread, spread, spread]).astype(np.float32)
    X = blocks_of(X, 2)
    cost = plan(PCA(2), X).blocks
    PCA(2).fit(X)
    assert len(reduced) == n_passes
    assert (cost.n_passes, cost.block_bytes) == (Bounds(1, 2), 250 * 4 * 4)
    assert "X, in each of 1 to 2 passes" in str(plan(PCA(2), X))


@pytest.mark.parametrize("normalization", [None, "batch"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_worker_sends_its_parameters(rng, dtype, normalization):
    X, y = rng.standard_normal((300, 30)), np.arange(300) % 3
    model = MLPClassifier((40, 20), max_iter=2, tol=0, n_iter_no_change=5, dtype=dtype)
    model.set_params(normalization=normalization, learning_rate_init=0.1)
    cost = plan(model, blocks_of(X, 3), n_classes=3).blocks
    with pytest.warns(UserWarning, match="Maximum iterations"):
        params = model.fit(X, y).get_fitted_params()
    assert cost.sent_bytes == sum(each.nbytes for each in params.values())
    assert cost.sent_bytes <= pickled(params) <= cost.sent_bytes + 3000
    whole = plan(model, X, y).cost
    assert cost.worker_bytes == 2 * cost.block_bytes + whole.training_bytes
    assert cost.n_passes == (Bounds(3, 4) if normalization else Bounds(2, 3))


def test_early_stopping_keeps_rows_for_validation():
    sizes = {"n_samples": 10**9, "n_features": 10, "n_classes": 2}
    plain = plan(MLPClassifier((4,)), **sizes).blocks
    stops = plan(MLPClassifier((4,), early_stopping=True), **sizes).blocks
    kept = 10**8 * 10 * 8
    assert kept < stops.worker_bytes - plain.worker_bytes < 1.001 * kept
    assert stops.held.endswith("and the rows for validation")


def test_many_features_need_vectors_instead_of_a_scatter_matrix():
    cost = plan(PCA(5), n_samples=10**12, n_features=10**6).blocks
    vectors = 8 * 10**6 * 15  # 5 components and 10 more
    assert (cost.sent_bytes, cost.pass_bytes) == (vectors, 8 * 10**18)
    assert (cost.block_rows, cost.n_blocks) == (8, 125 * 10**9)
    assert cost.worker_bytes == cost.block_bytes + 4 * vectors + 16 * 10**6
    assert cost.n_passes == 9
    assert plan(PCA(5, iterated_power=2), n_samples=10**12, n_features=10**6).blocks.n_passes == 4


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (PCA(svd_solver="full"), "svd_solver='full' needs all rows in memory"),
        (PCA(svd_solver="arpack"), "svd_solver='arpack' needs all rows in memory"),
        (PCA("cv"), "n_components='cv' needs all rows in memory"),
        (PCA(2, missing="em"), "missing='em' needs all rows in memory"),
        (PCA(0.9, svd_solver="randomized"), "svd_solver='randomized' needs an int as n_components"),
        (MLPRegressor(solver="lbfgs"), "solver='lbfgs' needs all rows in memory"),
    ],
)
def test_what_needs_all_rows_says_so(model, reason):
    found = plan(model, n_samples=10**9, n_features=1000)
    for count in (found.blocks.worker_bytes, found.blocks.sent_bytes, found.blocks.n_passes):
        assert isinstance(count, Unknown)
        assert count.reason.startswith(reason)
    assert f"not in blocks: {reason}" in " ".join(str(found).split())


def test_more_than_10_000_features_need_an_int():
    cost = plan(PCA(), n_samples=10**6, n_features=10_001).blocks
    assert cost.worker_bytes.reason == "10,001 features need an int as n_components, got None"
    assert plan(PCA(), n_samples=10**6, n_features=10_000).blocks.sent_bytes == 8 * 10_000 * 10_002


def test_only_large_or_lazy_data_has_blocks():
    rows = MIN_BYTES // 80
    assert plan(PCA(2), n_samples=rows, n_features=10).blocks is None
    assert "in blocks" not in str(plan(PCA(2), n_samples=rows, n_features=10))
    assert plan(PCA(2), n_samples=rows + 1, n_features=10).blocks is not None
    assert plan(PCA(2), n_features=10).blocks is None
    assert plan(PCA(2), poisoned((30, 4))).blocks is not None
    for model in (SklearnPCA(2), make_pipeline(PCA(2)), GridSearchCV(PCA(), {"n_components": [2]})):
        assert plan(model, poisoned((30, 4))).blocks is None


def test_blocks_of_unknown_lengths():
    found = plan(PCA(2), poisoned((30, 4), known=False))
    cost = found.blocks
    for count in (cost.block_rows, cost.block_bytes, cost.n_blocks, cost.worker_bytes):
        assert isinstance(count, Unknown)
    assert (cost.sent_bytes, found.n_samples) == (8 * 4 * 6, None)
    page = str(found)
    assert "? rows" in page
    assert "nan" not in page
    text = found.to_json()
    assert "NaN" not in text
    known = plan(PCA(2), poisoned((30, 4), known=False), n_samples=30)
    assert (known.n_samples, known.blocks.pass_bytes) == (30, 30 * 4 * 8)


def test_a_file_is_read_in_whole_chunks(tmp_path):
    with h5py.File(tmp_path / "rows.h5", "w") as file:
        X = file.create_dataset("X", (10**6, 100), "f8", chunks=(1000, 100))
        cost = plan(PCA(2), X).blocks
        assert cost.block_rows == 83_000  # of 2**26 bytes at most
        assert len(row_blocks("PCA", X)) == cost.n_blocks == 13


def test_sizes_of_any_length_are_exact_and_readable():
    found = plan(PCA(3), n_samples=10**30, n_features=10**4)
    cost = found.blocks
    assert cost.pass_bytes == 8 * 10**34
    assert "8.00e+34 B" in str(found)
    assert f'"pass_bytes": {8 * 10**34}' in found.to_json()
    assert "in blocks" in found.to_html()
    assert plan(PCA(3), n_samples=1, n_features=10**9).blocks.n_blocks == 1


def test_a_plan_on_blocks_is_that_of_the_same_data_in_memory(rng):
    X, y = rng.standard_normal((60, 5)), np.arange(60) % 3
    for model in (PCA(2), MLPClassifier((7,)), MLPRegressor((7,))):
        args = () if isinstance(model, PCA) else (y,)
        whole, lazy = plan(model, X, *args), plan(model, blocks_of(X, 4), *args)
        assert (whole.root, whole.cost) == (lazy.root, lazy.cost)


class MadeBlocks(Sequence):
    """Blocks of random rows, none of which is kept; how many were read is counted."""

    def __init__(self, n_blocks, n_rows, n_features):
        self.shape = n_rows, n_features
        self.n_blocks = n_blocks
        self.n_read = 0

    def __len__(self):
        return self.n_blocks

    def __getitem__(self, i):
        self.n_read += 1
        X = np.random.RandomState(range(self.n_blocks)[i]).standard_normal(self.shape)
        return X, (X[:, 0] > 0).astype(int)


@pytest.mark.parametrize("early_stopping", sweep([False, True], 1))
def test_training_on_blocks_holds_what_the_plan_says(early_stopping):
    n_blocks, n_rows, p = 3, 10_000, 60
    model = MLPClassifier((8,), max_iter=2, random_state=0, early_stopping=early_stopping)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        model.fit_blocks(MadeBlocks(2, 500, p))  # which compiles
        tracemalloc.start()
        model.fit_blocks(MadeBlocks(n_blocks, n_rows, p))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    X = da.zeros((n_blocks * n_rows, p), chunks=(n_rows, p))
    cost = plan(model, X, n_classes=2).blocks
    assert cost.block_bytes == n_rows * p * 8
    assert 0.8 * cost.worker_bytes < peak < 1.15 * cost.worker_bytes  # of labels and orders of rows


@pytest.mark.parametrize("params", [{}, {"early_stopping": True}, {"normalization": "batch"}])
def test_passes_over_blocks_are_as_many_as_planned(params):
    blocks = MadeBlocks(3, 100, 4)
    model = MLPClassifier((3,), max_iter=4, tol=0, n_iter_no_change=9, random_state=0, **params)
    cost = plan(model, da.zeros((300, 4), chunks=(100, 4)), n_classes=2).blocks
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        model.fit_blocks(blocks)
    assert model.n_iter_ == 4
    assert blocks.n_read == 3 * cost.n_passes.high
