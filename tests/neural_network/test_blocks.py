"""`fit_blocks` gives what `fit` gives, and what a slow loop over blocks gives."""

import threading
import weakref
from concurrent.futures import wait
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import config_context, get_config
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network._out_of_core.reading import BlockReader

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N, SIZE = 300, 50
# Blocks of whole minibatches.
CUTS = [0, 100, 150, 300]
# Blocks that no minibatch size divides, one of them empty.
UNEVEN = [0, 70, 70, 81, 300]


@pytest.fixture
def X(rng):
    return rng.standard_normal((N, 5))


@pytest.fixture
def differs(snapshot):
    """The first attribute in which two estimators differ, or None."""

    def first(model, other):
        changed = snapshot(model)
        vars(model).clear()
        vars(model).update(vars(other))
        return changed()

    return first


def targets(X, kind, rng):
    signal = X[:, 0] + X[:, 1] * X[:, 2]
    return {
        "binary": np.where(signal > 0, "yes", "no"),
        "multiclass": np.digitize(signal, [-0.5, 0.5]) - 1,
        "multilabel": np.column_stack([signal > 0, X[:, 3] > 0, X[:, 4] > 1]).astype(int),
        "regression": signal,
        "several": np.column_stack([signal, X[:, 3]]),
        "counts": rng.poisson(np.exp(signal.clip(-2, 2))),
    }[kind]


def mlp(kind, **hyperparameters):
    given = {"hidden_layer_sizes": 8, "max_iter": 4, "batch_size": SIZE, "random_state": 3}
    given |= hyperparameters
    if kind in ("regression", "several", "counts"):
        return MLPRegressor("poisson" if kind == "counts" else "squared_error", **given)
    return MLPClassifier(**given)


KINDS = "binary", "multiclass", "multilabel", "regression", "several", "counts"


def cut(cuts, *arrays):
    """The arrays in blocks of rows."""
    return [tuple(array[start:stop] for array in arrays) for start, stop in pairwise(cuts)]


class Stream:
    """An iterable of blocks without a length, as of a reader of files."""

    def __init__(self, blocks):
        self.blocks, self.n_passes = blocks, 0

    def __iter__(self):
        self.n_passes += 1
        yield from self.blocks


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "hyperparameters",
    [
        {},
        {"early_stopping": True, "dropout": 0.2},
        {"normalization": "batch", "learning_rate": "one_cycle"},
        {"solver": "lbfgs"},
        {"solver": "sgd", "learning_rate": "adaptive", "max_iter": 10, "tol": 1},
    ],
    ids=lambda given: "-".join(given),
)
def test_one_block_is_a_fit_in_memory(X, rng, kind, hyperparameters, differs):
    y, weight = targets(X, kind, rng), rng.uniform(0, 2, N)
    model = mlp(kind, **hyperparameters)
    for arrays in ((X, y), (X, y, weight)):
        expected = clone(model).fit(*arrays)
        assert not differs(clone(model).fit_blocks([arrays]), expected)
        empty = tuple(array[:0] for array in arrays)
        blocks = Stream([empty, list(arrays), empty])
        assert not differs(clone(model).fit_blocks(blocks), expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "hyperparameters",
    [
        {},
        {"dropout": 0.2, "max_gradient_norm": 0.5},
        {"normalization": "batch", "learning_rate": "one_cycle", "solver": "adamw"},
        {"normalization": "layer", "solver": "sgd", "learning_rate": "invscaling"},
        {"solver": "sgd", "learning_rate": "adaptive", "tol": 1, "max_iter": 30},
        {"dtype": "float32"},
    ],
    ids=lambda given: "-".join(given),
)
def test_blocks_of_whole_minibatches_are_a_fit_in_memory(
    X, rng, kind, hyperparameters, same_weights
):
    y, weight = targets(X, kind, rng), rng.randint(0, 4, N).astype(float)
    model = mlp(kind, shuffle=False, n_iter_no_change=3, **hyperparameters)
    X_val = {"X_val": X[:50] + 1, "y_val": y[:50]}
    for arrays in ((X, y), (X, y, weight)):
        expected = clone(model).fit(*arrays, **X_val)
        for blocks in (cut(CUTS, *arrays), Stream(cut(CUTS, *arrays))):
            found = clone(model).fit_blocks(blocks, **X_val)
            assert same_weights(found, expected)
            assert found.n_iter_ == expected.n_iter_
            assert found.t_ == expected.t_
            assert found.loss_ == expected.loss_
            for name, column in expected.history_.items():
                np.testing.assert_array_equal(found.history_[name], column)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0, 1: 0.5}])
def test_class_weights_are_those_of_all_blocks(X, rng, class_weight, same_weights):
    y, weight = targets(X, "multiclass", rng), rng.randint(0, 4, N).astype(float)
    model = mlp("multiclass", shuffle=False, class_weight=class_weight)
    for arrays in ((X, y), (X, y, weight)):
        found = clone(model).fit_blocks(cut(CUTS, *arrays))
        assert same_weights(found, clone(model).fit(*arrays))
    if class_weight == "balanced":
        y = targets(X, "multilabel", rng)
        found = clone(model).fit_blocks(cut(CUTS, X, y))
        assert same_weights(found, clone(model).fit(X, y))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8])
@pytest.mark.parametrize("form", [np.asfortranarray, sp.csr_matrix, sp.csc_array])
def test_blocks_of_any_form(X, rng, dtype, form, same_weights):
    X = (4 * X).astype(dtype)
    y = targets(X, "multiclass", rng)
    model = mlp("multiclass", shuffle=False)
    found = clone(model).fit_blocks([(form(X), y) for X, y in cut(CUTS, X, y)])
    assert same_weights(found, clone(model).fit(form(X), y))
    assert found.coefs_[0].dtype == (np.float32 if dtype == np.float32 else np.float64)


def test_a_frame_gives_names_and_a_list_is_a_block_too(X, rng, same_weights):
    pd = pytest.importorskip("pandas")
    y = targets(X, "binary", rng)
    frame = pd.DataFrame(X, columns=list("abcde"))
    model = mlp("binary", shuffle=False)
    blocks = [(frame.iloc[:100], pd.Series(y[:100])), (frame.iloc[100:], y[100:].tolist())]
    found = clone(model).fit_blocks(blocks)
    assert found.feature_names_in_.tolist() == list("abcde")
    assert same_weights(found, clone(model).fit(X, y))
    found = clone(model).fit_blocks([(X[:100].tolist(), y[:100].tolist()), (X[100:], y[100:])])
    assert same_weights(found, clone(model).fit(X, y))


@pytest.mark.parametrize("shuffles_blocks", [True, False])
def test_shuffled_epochs_are_a_loop_over_minibatches(X, rng, shuffles_blocks, same_weights):
    y = targets(X, "binary", rng)
    blocks = [block for block in cut(UNEVEN, X, y) if len(block[0])]
    model = mlp("binary", max_iter=3)
    given = cut(UNEVEN, X, y)
    found = clone(model).fit_blocks(given if shuffles_blocks else Stream(given))

    generator = np.random.RandomState(3)
    start = clone(model).set_params(random_state=generator, solver="sgd", learning_rate_init=1e-300)
    start.set_params(max_iter=1, shuffle=False).fit(X, y)  # which draws the weights only
    slow = clone(model).set_params(
        shuffle=False, batch_size="auto", init=(start.coefs_, start.intercepts_)
    )
    for _ in range(3):
        numbers = [0, 1, 2]
        if shuffles_blocks:
            numbers = [numbers[i] for i in generator.permutation(3)]
        for number in numbers:
            X_block, y_block = blocks[number]
            rows = generator.permutation(len(y_block))
            for start in range(0, len(rows), SIZE):
                part = rows[start : start + SIZE]
                slow.partial_fit(X_block[part], y_block[part], classes=["no", "yes"])
    assert same_weights(found, slow)
    assert found.t_ == slow.t_ == 3 * N


def test_blocks_are_shuffled_and_runs_repeat(X, rng, same_weights):
    y = targets(X, "binary", rng)
    order = []

    class Blocks(list):
        def __getitem__(self, number):
            order.append(number)
            return super().__getitem__(number)

    model = mlp("binary", max_iter=6)
    one = clone(model).fit_blocks(Blocks(cut(CUTS, X, y)))
    passes = np.reshape(order, (-1, 3)).tolist()
    assert passes[0] == [0, 1, 2]
    assert all(sorted(numbers) == [0, 1, 2] for numbers in passes)
    assert len({*map(tuple, passes[1:])}) > 2
    assert len(passes) == 1 + 6
    assert same_weights(one, clone(model).fit_blocks(cut(CUTS, X, y)))
    other = clone(model).set_params(random_state=4).fit_blocks(cut(CUTS, X, y))
    assert not same_weights(one, other)


def test_classes_may_come_later(X, rng, same_weights):
    y = np.repeat([5, 7, 9], 100)
    model = mlp("multiclass", shuffle=False)
    blocks = cut([0, 100, 200, 300], X, y)
    found = clone(model).fit_blocks(blocks, classes=[9, 5, 7])
    assert same_weights(found, clone(model).fit(X, y))
    assert found.classes_.tolist() == [5, 7, 9]
    more = clone(model).fit_blocks(blocks[:1], classes=[4, 5])
    assert more.classes_.tolist() == [4, 5]
    assert more.predict_proba(X).shape == (300, 2)


@pytest.mark.parametrize("kind", ["binary", "regression"])
@pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix])
def test_early_stopping_sets_a_share_of_each_block_aside(X, rng, kind, form, same_weights):
    y = targets(X, kind, rng)
    weight = rng.uniform(1, 2, N)
    blocks = [(form(X), y, w) for X, y, w in cut(UNEVEN, X, y, weight)]
    blocks[2] = blocks[2][:2]  # of weight 1
    model = mlp(kind, early_stopping=True, validation_fraction=0.2, normalization="batch")
    found = clone(model).fit_blocks(blocks)
    assert found.t_ == found.n_iter_ * (N - N // 5)  # as in memory
    assert len(found.validation_scores_) == found.n_iter_
    assert found.best_validation_score_ == max(found.validation_scores_)
    assert same_weights(found, clone(model).fit_blocks(blocks))
    # The samples that are kept and that are trained on are different ones.
    seen = clone(model).fit_blocks([(form(X), y) for X, y in cut(UNEVEN, X, y)])
    assert seen.history_["validation_loss"][0] != seen.history_["loss"][0]


def test_tiny_blocks_do_not_change_how_many_samples_are_set_aside(X, rng):
    y = targets(X, "binary", rng)
    blocks = cut([0, 1, 2, 4, 7, 300], X, y)
    found = mlp("binary", early_stopping=True).fit_blocks(blocks, classes=["no", "yes"])
    assert found.t_ == found.n_iter_ * (N - N // 10)


def test_validation_samples_are_stratified_where_that_is_possible(X):
    y = np.array([0, 1] * 50 + [0] * 99 + [1] + [0, 0, 1, 1] + [0] * 96)
    seen = []

    def score(model, X, y):
        seen.append(y)
        return 0.0

    mlp("binary", early_stopping=True, scoring=score).fit_blocks(cut([0, 100, 200, 204, 300], X, y))
    # 10 of each 100, half of them of either class in the first block, and none of the four.
    assert len(seen[0]) == 30
    assert seen[0][:10].sum() == 5


def test_validation_data_is_that_of_fit(X, rng, same_weights):
    y = targets(X, "binary", rng)
    model = mlp("binary", shuffle=False, early_stopping=True, max_iter=8)
    given = {"X_val": X[:60] + 1, "y_val": y[:60], "sample_weight_val": np.arange(60.0)}
    found = clone(model).fit_blocks(cut(CUTS, X, y), **given)
    expected = clone(model).fit(X, y, **given)
    assert same_weights(found, expected)
    assert found.validation_scores_ == expected.validation_scores_


def test_warm_start_goes_on(X, rng, same_weights):
    y = targets(X, "multiclass", rng)
    model = mlp("multiclass", shuffle=False, warm_start=True)
    found, expected = clone(model), clone(model)
    for _ in range(2):
        found.fit_blocks(cut(CUTS, X, y))
        expected.fit(X, y)
    assert same_weights(found, expected)
    assert found.t_ == expected.t_ == 8 * N
    with pytest.raises(ValueError, match="warm_start can only be used where `y` has the same"):
        found.fit_blocks(cut(CUTS, X, np.minimum(y, 0)))
    with pytest.raises(ValueError, match=r"block 0: y has the classes \[2 3\], which the fitted"):
        found.fit_blocks(cut(CUTS, X, y + 2))
    with pytest.raises(ValueError, match=r"block 0: `classes=.*` is not the same as"):
        found.fit_blocks(cut(CUTS, X, y), classes=[0, 1])
    # After blocks partial_fit and a fit in memory are as ever.
    one, other = clone(model).fit_blocks(cut(CUTS, X, y)), clone(model).fit(X, y)
    assert same_weights(one.partial_fit(X, y), other.partial_fit(X, y))


class Counted:
    """Blocks of arrays that are counted as long as they are in memory."""

    def __init__(self, X, y, n_blocks):
        self.X, self.y, self.n_blocks = X, y, n_blocks
        self.alive, self.most, self.threads = weakref.WeakSet(), 0, set()

    def __len__(self):
        return self.n_blocks

    def __getitem__(self, number):
        rows = slice(number * N // self.n_blocks, (number + 1) * N // self.n_blocks)
        X = _Rows(self.X[rows])
        self.alive.add(X)
        self.most = max(self.most, len(self.alive))
        self.threads.add(threading.current_thread().name)
        return X, self.y[rows]


class _Rows:
    """An array-like that can be referred to weakly; the array of it has it as base."""

    def __init__(self, values):
        self.values = values.copy()
        self.shape = values.shape

    @property
    def __array_interface__(self):
        return self.values.__array_interface__

    def __len__(self):
        return len(self.values)


@pytest.mark.parametrize("hyperparameters", [{}, {"early_stopping": True}])
def test_at_most_two_blocks_are_in_memory(X, rng, hyperparameters, monkeypatch):
    submit = BlockReader._submit

    def submit_and_wait(self, found):
        """As if a block were read at once."""
        future = submit(self, found)
        wait([future])
        return future

    monkeypatch.setattr(BlockReader, "_submit", submit_and_wait)
    blocks = Counted(X, targets(X, "binary", rng), 6)
    mlp("binary", max_iter=5, normalization="batch", **hyperparameters).fit_blocks(
        blocks, classes=["no", "yes"]
    )
    assert blocks.most == 2
    assert not blocks.alive
    assert {name.rpartition("_")[0] for name in blocks.threads} == {"skparams-blocks"}
    assert not [t for t in threading.enumerate() if t.name.startswith("skparams-blocks")]


def test_blocks_are_read_with_the_settings_of_the_caller(X):
    found = []

    class Blocks(list):
        def __getitem__(self, number):
            found.append((get_config()["assume_finite"], np.geterr()["over"]))
            return super().__getitem__(number)

    with config_context(assume_finite=True), np.errstate(over="raise"):
        mlp("regression").fit_blocks(Blocks(cut(CUTS, X, X[:, 0])))
    assert set(found) == {(True, "raise")}


def test_the_warning_is_about_the_callers_line(X, rng):
    for fit in ("fit", "fit_blocks"):
        arguments = (X, X[:, 0]) if fit == "fit" else (cut(CUTS, X, X[:, 0]),)
        with pytest.warns(ConvergenceWarning) as found:
            getattr(mlp("regression"), fit)(*arguments)
        assert found[0].filename == __file__
