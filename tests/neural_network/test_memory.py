"""Peaks of memory beside scikit-learn's, and what a pickle keeps of a training."""

import gc
import pickle
import tracemalloc

import numba
import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.neural_network as theirs

import skparams as ours
from skparams.neural_network.samples import MIN_COPIED
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore")

N, P, BATCH, UNITS = 3_000, 40, 200, 8
DTYPES = (np.float64, pytest.param(np.float32, marks=pytest.mark.exhaustive))


def dense(dtype=np.float64, n_columns=P):
    return np.random.RandomState(0).standard_normal((N, n_columns)).astype(dtype)


def sparse(kind, dtype, index=np.int32):
    X = sp.random(N, 300, 0.05, "csr", dtype=dtype, random_state=0).asformat(kind)
    X.indices, X.indptr = X.indices.astype(index), X.indptr.astype(index)
    return X


def frames(dtype):
    """Names and frames."""
    pandas, X, numbers = pytest.importorskip("pandas"), dense(dtype), np.arange(N)
    frame = pandas.DataFrame({f"c{i}": column for i, column in enumerate(X.T)})
    other = frame.astype(np.float32 if dtype == np.float64 else np.float64)
    yield "one dtype", frame
    yield "integers", frame.assign(i=numbers)
    yield "booleans", frame.assign(i=numbers % 2 == 0)
    yield "both floats", pandas.concat([frame, other.add_prefix("d")], axis=1)
    yield "missing values are possible", frame.convert_dtypes()


def samples(dtype):
    X = dense(dtype)
    yield from {
        "C": X,
        "Fortran": np.asfortranarray(X),
        "backwards": np.asfortranarray(X)[::-1],
        "every other column": X.repeat(2, axis=1)[:, ::2],
        "every other row": X.repeat(2, axis=0)[::2],
        "big-endian": X.astype(X.dtype.newbyteorder(">")),
        "integers": (10 * X).astype(np.int8),
        "half": X.astype(np.float16),
        "list": X.tolist(),
        "csr": sparse("csr", dtype),
        "csc": sparse("csc", dtype),
        "coo": sparse("csr", dtype).tocoo(),
        "csr, int64": sparse("csr", dtype, np.int64),
        "csc, int64": sparse("csc", dtype, np.int64),
    }.items()


def targets():
    for kind in (np.float64, np.float32, np.float16, np.int64, ">f8"):
        Y = (10 * dense(n_columns=50)).astype(kind)
        yield str(np.dtype(kind)), Y
        yield f"{np.dtype(kind)}, Fortran", np.asfortranarray(Y)


def labels():
    indices, pandas = np.arange(N) % 3, pytest.importorskip("pandas")
    names, indicators = np.array(["a", "b", "c"])[indices], dense(n_columns=30) > 1
    yield from {
        "strings": names,
        "objects": names.astype(object),
        "integers": indices,
        "int8": indices.astype(np.int8),
        "booleans": indices == 1,
        "30 classes": np.arange(N) % 30,
        "categories": pandas.Series(names, dtype="category"),
        "indicators": indicators.astype(int),
        "indicators, Fortran": np.asfortranarray(indicators),
        "indicators, csr": sp.csr_matrix(indicators.astype(int)),
    }.items()


def peak(module, name, X, y, *, method="fit", weight=None, **arguments):
    model = getattr(module, name)(
        hidden_layer_sizes=(UNITS,), batch_size=BATCH, max_iter=1, random_state=0, **arguments
    )
    given = {"sample_weight": weight}
    if method == "partial_fit" and "Classifier" in name:
        given["classes"] = np.unique(y)
    if method == "partial_fit" or arguments.get("warm_start"):
        getattr(model, method)(X, y, **given)
    gc.collect()
    tracemalloc.start()
    try:
        getattr(model, method)(X, y, **given)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def check(name, X, y, **arguments):
    """At most scikit-learn's peak, the activations of a batch, and the smallest room for copies."""
    if numba.config.DISABLE_JIT:
        pytest.skip("as much memory, and takes minutes")
    first = slice(0, 2 * BATCH)  # so that kernels are compiled and modules imported
    small = (
        X.iloc[first] if hasattr(X, "iloc") else X.tocsr()[first] if sp.issparse(X) else X[first]
    )
    for module in (ours, theirs):
        peak(module, name, small, y[first], **{**arguments, "weight": None})
    limit = peak(theirs, name, X, y, **arguments)
    batch = 512 if arguments.get("solver") == "lbfgs" else BATCH
    columns = 0 if sp.issparse(X) else P + 1
    limit += 8 * batch * (columns + 2 * (UNITS + 50)) + MIN_COPIED
    assert peak(ours, name, X, y, **arguments) <= limit


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", sweep(dict(samples(np.float64)), ["Fortran", "half", "csc"]))
def test_samples(kind, dtype):
    check("MLPRegressor", dict(samples(dtype))[kind], dense()[:, 0].copy())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("i", sweep(range(5), 2))
def test_frames(i, dtype):
    _, frame = list(frames(dtype))[i]
    check("MLPRegressor", frame, dense()[:, 0].copy())


@pytest.mark.parametrize("dtype", DTYPES)
def test_polars(dtype):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({f"c{i}": column for i, column in enumerate(dense(dtype).T)})
    check("MLPRegressor", frame.with_columns(i=polars.lit(1)), dense()[:, 0].copy())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", sweep(dict(targets()), ["float32, Fortran", "int64"]))
def test_targets(kind, dtype):
    check("MLPRegressor", dense(dtype, 8), dict(targets())[kind])


@pytest.mark.parametrize("kind", sweep(dict(labels()), ["strings", "30 classes"]))
def test_labels(kind):
    check("MLPClassifier", dense(n_columns=8), dict(labels())[kind])


@pytest.mark.parametrize("kind", sweep([np.float32, np.float64, np.int64], 1))
def test_weights(kind):
    y = dense()[:, 0].copy()
    check("MLPRegressor", dense(n_columns=8), y, weight=np.arange(1, N + 1).astype(kind))


WAYS = [
    {"early_stopping": True},
    {"method": "partial_fit"},
    {"warm_start": True},
    {"shuffle": False},
    {"solver": "lbfgs"},
]


@pytest.mark.parametrize("form", sweep(["Fortran", "csc"], 1))
@pytest.mark.parametrize("way", sweep(WAYS, 2), ids=str)
def test_ways_to_train(way, form):
    X = dict(samples(np.float64))[form]
    check("MLPRegressor", X, dense()[:, 0].copy(), **way)
    check("MLPClassifier", X, np.arange(N) % 2, **way)


@pytest.mark.parametrize(
    "convert", [np.asfortranarray, sp.csc_array, lambda X: X[:, ::-1][:, ::-1]]
)
@pytest.mark.parametrize("way", [{}, *WAYS], ids=str)
def test_layouts_give_the_same_bits(way, convert):
    X, Y = dense()[:230], np.asfortranarray(dense(np.float32)[:230, :3])
    X[X < 0] = 0
    plain = sp.csr_array(X) if convert is sp.csc_array else X
    way = {name: value for name, value in way.items() if name != "method"}
    arguments = {"hidden_layer_sizes": (5,), "batch_size": 30, "max_iter": 3, "random_state": 0}
    one = ours.MLPRegressor(**arguments, **way).fit(convert(X), Y)
    two = ours.MLPRegressor(**arguments, **way).fit(plain, np.array(Y, np.float64, order="C"))
    for a, b in zip(one.coefs_ + one.intercepts_, two.coefs_ + two.intercepts_, strict=True):
        np.testing.assert_array_equal(a, b)


def trained(n, calls, random_state=0):
    model = ours.MLPRegressor(hidden_layer_sizes=(3,), random_state=random_state)
    for _ in range(calls):
        model.partial_fit(dense()[:n, :4], dense()[:n, 4])
    return model


def test_a_pickle_does_not_grow_with_the_rows():
    small, large = (len(pickle.dumps(trained(n, 3))) for n in (200, 4_000))
    assert abs(small - large) < 50


def test_a_loaded_model_goes_on_where_the_other_does():
    model = trained(300, 4)
    loaded = pickle.loads(pickle.dumps(model))
    for each in (model, loaded):
        each.partial_fit(dense()[:300, :4], dense()[:300, 4])
    np.testing.assert_array_equal(model.coefs_[0], loaded.coefs_[0])
    ours.assert_same_model(model, pickle.loads(pickle.dumps(model)))


def test_an_order_that_other_draws_came_between_starts_anew():
    generator = np.random.RandomState(0)
    model = trained(300, 1, generator)
    generator.uniform()
    model.partial_fit(dense()[:300, :4], dense()[:300, 4])
    loaded = pickle.loads(pickle.dumps(model))
    loaded.partial_fit(dense()[:300, :4], dense()[:300, 4])
    assert np.isfinite(loaded.loss_)
    assert loaded._order["n_shuffles"] == 1
