"""Networks on Dask arrays and frames, and on datasets of h5py."""

import warnings

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning
from sklearn.metrics import accuracy_score, r2_score

from skparams import MLPClassifier, MLPRegressor, summary
from tests.clusters import blocks_of, local_cluster, poisoned

da = pytest.importorskip("dask.array")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N, SIZE = 300, 50
SMALL = {"hidden_layer_sizes": 8, "batch_size": SIZE, "max_iter": 4, "random_state": 0}


@pytest.fixture
def X(rng):
    return rng.standard_normal((N, 5))


@pytest.fixture
def y(X):
    return np.where(X[:, 0] + X[:, 1] * X[:, 2] > 0, "yes", "no").astype(object)


@pytest.fixture
def fitted(X, y):
    return MLPClassifier(**SMALL).fit(X, y)


def without_lengths(array):
    """The same Dask array, of which Dask does not know the lengths of the blocks."""
    return array[da.from_array(np.ones(len(array), bool), chunks=array.chunks[0])]


LENGTHS = (100, 50, 150)


@pytest.mark.parametrize("form", ["even", "columns", "empty", "unknown", "sparse", "one"])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_dask_array_is_fitted_in_its_blocks(X, y, rng, form, weighted, same_weights):
    weight = rng.randint(0, 3, N).astype(float) if weighted else None
    lengths = {"empty": (0, 100, 0, 200), "one": (N,)}.get(form, LENGTHS)
    lazy = [None if v is None else blocks_of(v, lengths) for v in (X, y, weight)]
    if form == "columns":
        lazy[0] = lazy[0].rechunk({1: 2})
    elif form == "unknown":
        lazy = [None if v is None else without_lengths(v) for v in lazy]
    elif form == "sparse":
        lazy[0] = lazy[0].map_blocks(sp.csr_matrix)
    elif form == "empty":
        lazy[1] = lazy[1].rechunk(70)
    model = MLPClassifier(**SMALL, shuffle=False)
    found = clone(model).fit(*lazy)
    in_memory = sp.csr_matrix(X) if form == "sparse" else X
    assert same_weights(found, clone(model).fit(in_memory, y, weight))
    assert found.classes_.tolist() == ["no", "yes"]
    if form == "even":  # y in memory is cut as X is
        assert same_weights(clone(model).fit(lazy[0], y.tolist(), weight), found)


def test_each_kind_of_targets(X, same_weights):
    late = np.repeat([3.0, 1.0, 2.0], 100)  # each block has a class of its own
    labels = (X[:, :3] > 0).astype(int)
    for y in (late, late.reshape(-1, 1), labels):
        model = MLPClassifier(**SMALL, shuffle=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataConversionWarning)  # of a column
            expected = clone(model).fit(X, y)
            assert same_weights(clone(model).fit(blocks_of(X, 3), blocks_of(y, 3)), expected)
    for y in (X[:, 0], X[:, :2]):
        model = MLPRegressor(**SMALL, shuffle=False)
        found = clone(model).fit(blocks_of(X, LENGTHS), blocks_of(y, LENGTHS))
        assert same_weights(found, clone(model).fit(X, y))


def test_the_same_seed_gives_the_same_model_whatever_computes_the_blocks(X, y, same_weights):
    import dask

    models = []
    for scheduler in ("threads", "synchronous"):
        with dask.config.set(scheduler=scheduler):
            lazy = blocks_of(X, LENGTHS), blocks_of(y, LENGTHS)
            models.append(MLPClassifier(**SMALL).fit(*lazy))
    blocks = [(X[:100], y[:100]), (X[100:150], y[100:150]), (X[150:], y[150:])]
    models.append(MLPClassifier(**SMALL).fit_blocks(blocks))
    assert same_weights(models[0], models[1])
    assert same_weights(models[0], models[2])
    # What inspection shows of it is what it shows of one that was fitted in memory.
    text = str(summary(models[0]))
    assert text.splitlines()[:3] == str(summary(MLPClassifier(**SMALL).fit(X, y))).splitlines()[:3]


def test_validation_data_may_be_lazy_beside_a_lazy_X(X, y, same_weights):
    lazy = blocks_of(X, LENGTHS), blocks_of(y, LENGTHS)
    model = MLPClassifier(**SMALL, early_stopping=True)
    expected = clone(model).fit(*lazy, X_val=X[:50] + 1, y_val=y[:50])
    found = clone(model).fit(*lazy, X_val=lazy[0][:50] + 1, y_val=lazy[1][:50])
    assert same_weights(found, expected)
    blocks = [(X[:100], y[:100]), (X[100:150], y[100:150]), (X[150:], y[150:])]
    found = clone(model).fit_blocks(blocks, X_val=lazy[0][:50] + 1, y_val=lazy[1][:50])
    assert same_weights(found, expected)


def test_frames_give_their_names(X, same_weights):
    pd, dd = pytest.importorskip("pandas"), pytest.importorskip("dask.dataframe")
    frame, y = pd.DataFrame(X, columns=list("abcde")), (X[:, 0] > 0).astype(int)
    lazy = dd.from_pandas(frame, npartitions=3), dd.from_pandas(pd.Series(y), npartitions=3)
    for lengths in (3, 1):
        parts = [each.repartition(npartitions=lengths) for each in lazy]
        found = MLPClassifier(**SMALL, shuffle=False).fit(*parts)
        assert same_weights(found, MLPClassifier(**SMALL, shuffle=False).fit(frame, y))
        assert found.feature_names_in_.tolist() == list("abcde")
    np.testing.assert_array_equal(found.predict(lazy[0]).compute(), found.predict(frame))
    with pytest.raises(ValueError, match="feature names should match"):
        found.predict(lazy[0].rename(columns={"a": "b", "b": "a"}))


def test_an_error_names_the_block(X, y, snapshot):
    model = MLPClassifier(**SMALL)
    unchanged = snapshot(model)
    holed = X.copy()
    holed[120] = np.nan
    lazy = blocks_of(y, LENGTHS)
    with pytest.raises(ValueError, match="block 1: Input X contains NaN"):
        model.fit(blocks_of(holed, LENGTHS), lazy)
    mixed = da.concatenate([blocks_of(X[:100], 1), _wrong(X[100:], 4)])
    with pytest.raises(ValueError, match=r"block 1: .*shape \(200, 4\)"):
        model.fit(mixed, lazy)
    with pytest.raises(ValueError, match="requires y to be passed"):
        model.fit(blocks_of(X, 3), None)
    with pytest.raises(ValueError, match="Unknown label type"):
        model.fit(blocks_of(X, 3), blocks_of(X[:, 0], 3))
    with_nan = blocks_of(y == "yes", 3).map_blocks(_with_nan, dtype=float)
    with pytest.raises(ValueError, match=r"block 0: Input .*NaN"):
        model.fit(blocks_of(X, 3), with_nan)
    assert unchanged() is None


def _wrong(X, width):
    return blocks_of(X, 1).map_blocks(lambda block: block[:, :width], dtype=X.dtype)


def _with_nan(block):
    return np.where(np.arange(block.size) == 3, np.nan, block)


@pytest.mark.parametrize(
    "method", ["predict", "predict_proba", "predict_log_proba", "activations", "saliency"]
)
def test_predictions_are_lazy(fitted, X, method):
    predict = getattr(fitted, method)
    lazy = predict(poisoned((9, 5)))  # of which no block can be computed
    assert isinstance(lazy, da.Array)
    found, expected = predict(blocks_of(X, LENGTHS)), predict(X)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found.compute(), expected)


def test_arguments_and_quantiles_are_lazy_too(X):
    regr = MLPRegressor("quantile", quantile=[0.9, 0.5], **SMALL).fit(X, X[:, 0])
    lazy = blocks_of(X, LENGTHS)
    np.testing.assert_array_equal(regr.predict_quantiles(lazy), regr.predict_quantiles(X))
    np.testing.assert_array_equal(regr.saliency(lazy, output=1), regr.saliency(X, output=1))
    np.testing.assert_array_equal(regr.activations(lazy, layer=0), regr.activations(X, layer=0))


def test_scores_are_of_all_blocks(fitted, X, y, rng):
    weight = rng.uniform(0, 1, N)
    lazy = [blocks_of(each, LENGTHS) for each in (X, y, weight)]
    expected = accuracy_score(y, fitted.predict(X), sample_weight=weight)
    assert fitted.score(*lazy) == fitted.score(lazy[0], y, weight) == expected
    regr = MLPRegressor(**SMALL).fit(X, X[:, 0])
    assert regr.score(lazy[0], lazy[0][:, 0]) == r2_score(X[:, 0], regr.predict(X))


def test_what_stays_in_memory_is_refused(fitted, X, y):
    lazy, unfitted = blocks_of(X, 3), MLPClassifier(**SMALL)
    with pytest.raises(TypeError, match=r"MLPClassifier.partial_fit: X is a Dask.*fit_blocks"):
        unfitted.partial_fit(lazy, y, classes=["no", "yes"])
    with pytest.raises(TypeError, match=r"MLPRegressor.partial_fit: y is a Dask.*fit_blocks"):
        MLPRegressor(**SMALL).partial_fit(X, lazy[:, 0])
    with pytest.raises(TypeError, match=r"MLPClassifier.fit: X_val is a Dask Array"):
        unfitted.fit(X, y, X_val=lazy, y_val=y)
    with pytest.raises(TypeError, match=r"MLPClassifier.fit: y is a Dask Array"):
        unfitted.fit(X, lazy[:, 0])
    with pytest.raises(TypeError, match=r"block 0: .*X is a Dask Array"):
        unfitted.fit_blocks([(lazy, y)])
    with pytest.raises(TypeError, match=r"block 0: .*sample_weight is a Dask Array"):
        unfitted.fit_blocks([(X, y, lazy[:, 0])])
    with pytest.raises(TypeError, match=r"MLPClassifier.fit_blocks: classes is a Dask Array"):
        unfitted.fit_blocks([(X, y)], classes=blocks_of(np.array(["no", "yes"]), 1))
    with pytest.raises(TypeError, match=r"MLPClassifier.fit_blocks: blocks must be"):
        unfitted.fit_blocks(lazy)
    with pytest.raises(TypeError, match=r"MLPClassifier.score: y is a Dask Array"):
        fitted.score(X, blocks_of(y, 3))
    with pytest.raises(TypeError, match=r"MLPClassifier.score: sample_weight is a Dask Array"):
        fitted.score(X, y, lazy[:, 0])


def test_targets_of_a_closed_client_are_said_to_be_lost(X, y):
    with local_cluster(processes=False):
        lazy = blocks_of(y, 3).persist()
    with pytest.raises(RuntimeError, match=r"MLPClassifier.fit: y has results of a Dask client"):
        MLPClassifier(**SMALL).fit(blocks_of(X, 3), lazy)


@pytest.fixture
def stored(tmp_path, X, y):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file.create_dataset("X", data=X, chunks=(30, 5))
        file.create_dataset("labels", data=(y == "yes").astype(int))
        yield file


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_dataset_of_h5py_is_read_in_blocks(stored, X, y, in_memory, monkeypatch, same_weights):
    labels = (y == "yes").astype(int)
    given = labels if in_memory else stored["labels"]
    model = MLPClassifier(**SMALL | {"batch_size": 30}, shuffle=False)
    expected = clone(model).fit(X, labels)
    assert same_weights(clone(model).fit(stored["X"], given), expected)
    monkeypatch.setattr("skparams._lazy.BLOCK_BYTES", 90 * X.itemsize * 5)
    assert same_weights(clone(model).fit(stored["X"], given), expected)
    with pytest.raises(TypeError, match=r"X is an h5py Dataset.*some rows at a time"):
        expected.predict(stored["X"])
    assert expected.predict(stored["X"][:40]).shape == (40,)


@pytest.mark.exhaustive
def test_on_a_cluster_and_after_it_is_closed(X, y, same_weights):
    expected = MLPClassifier(**SMALL).fit(blocks_of(X, LENGTHS), blocks_of(y, LENGTHS))
    with local_cluster() as client:
        lazy = client.persist([blocks_of(X, LENGTHS), blocks_of(y, LENGTHS)])
        found = MLPClassifier(**SMALL).fit(*lazy)
        assert same_weights(found, expected)
        np.testing.assert_array_equal(found.predict(lazy[0]).compute(), expected.predict(X))
        assert found.score(*lazy) == expected.score(X, y)
    with pytest.raises(RuntimeError, match="client that is closed"):
        MLPClassifier(**SMALL).fit(lazy[0], y)
