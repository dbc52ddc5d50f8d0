"""Fits by blocks that are interrupted, watched by callbacks and resumed; over random settings."""

import contextlib
import copy
import threading

import numpy as np
import pytest
from sklearn.base import clone

from skparams import Checkpoint, MLPClassifier, MLPRegressor, ParamMonitor
from skparams.neural_network.batches import Batches
from tests.keep.test_checkpoint import Crash, CrashError, check_fits, with_callbacks
from tests.neural_network.any_settings import any_network
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore")  # few epochs do not converge


@pytest.fixture
def path(tmp_path):
    pytest.importorskip("safetensors")
    return tmp_path / "net.safetensors"


class Stream:
    """An iterable of blocks without a length."""

    def __init__(self, blocks):
        self.blocks = blocks

    def __iter__(self):
        return iter(self.blocks)


def cut(lengths, *arrays):
    stops = np.cumsum(lengths)
    rows = [slice(stop - n, stop) for n, stop in zip(lengths, stops, strict=True)]
    return [tuple(array[part] for array in arrays) for part in rows]


def any_blocks(rng, X, y, sample_weight=None):
    """The samples in a few blocks, some of which may be empty, as a sequence or not."""
    arrays = (X, y) if sample_weight is None else (X, y, sample_weight)
    stops = np.sort(rng.integers(0, len(y) + 1, rng.integers(1, 4)))
    blocks = cut(np.diff([0, *stops, len(y)]), *arrays)
    return blocks if rng.integers(2) else Stream(blocks)


def any_fit(seed, name, **hyperparameters):
    """A network of random settings, with blocks and further arguments of `fit_blocks`."""
    rng = np.random.default_rng(seed)
    hyperparameters.setdefault("solver", ("adam", "adamw", "sgd")[rng.integers(3)])
    model, X, y, more = any_network(seed, name, **hyperparameters)
    weight = more.pop("sample_weight", None)
    if name == "MLPClassifier" and y.ndim == 1:
        more["classes"] = np.unique(y)
    return model, (X, y, weight), more, rng


NAMES = "MLPClassifier", "MLPRegressor"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", sweep(range(50), 8))
def test_unshuffled_blocks_of_whole_minibatches_in_any_settings(seed, name):
    model, (X, y, weight), more, rng = any_fit(seed, name, shuffle=False, max_iter=5)
    model.set_params(batch_size=int(rng.integers(2, 9)), early_stopping=False)
    arrays = (X, y) if weight is None else (X, y, weight)
    size, n = model.batch_size, len(y)
    first = size * int(rng.integers(1, 5))
    classes = more.pop("classes", None)
    try:
        expected = copy.deepcopy(model).fit(*arrays, **more)
    except (TypeError, ValueError):
        return  # arguments that do not go together
    if n - first < 2:
        return
    if classes is not None:
        more["classes"] = classes
    found = copy.deepcopy(model).fit_blocks(cut([first, n - first], *arrays), **more)
    if model.normalization == "batch":  # the sum of weights is rounded
        np.testing.assert_allclose(found.loss_, expected.loss_, rtol=1e-12)
        found.loss_ = expected.loss_
    check_fits(found, expected)


@with_callbacks
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", sweep(range(50), 8))
def test_a_resumed_fit_gives_the_same_bits(seed, name, path):
    model, data, more, rng = any_fit(seed, name, max_iter=6)
    blocks = any_blocks(rng, *data)
    if callable(model.learning_rate) or callable(model.scoring):
        return  # which checkpoints refuse
    try:
        whole = copy.deepcopy(model).fit_blocks(blocks, **more)
    except (TypeError, ValueError):
        return  # arguments that do not go together
    for _ in range(int(rng.integers(1, 3))):
        resume = {"resume": path} if path.exists() else {}
        _interrupt(copy.deepcopy(model), path, rng, blocks, more | resume)
    if path.exists():
        resumed = copy.deepcopy(model).fit_blocks(blocks, resume=path, **more)
        check_fits(resumed, whole)


def _interrupt(model, path, rng, blocks, more):
    """A fit that ends by an error or Ctrl-C, between or within epochs, or not at all."""
    task, kind, taken, take = int(rng.integers(6)), rng.integers(3), [], Batches._take

    def deadly(self, rows):
        taken.append(rows)
        if len(taken) == 3 * task + 2:
            raise KeyboardInterrupt
        return take(self, rows)

    crash = [Crash(task, (CrashError, KeyboardInterrupt)[kind])] if kind < 2 else []
    with pytest.MonkeyPatch.context() as patch:
        if kind == 2:
            patch.setattr(Batches, "_take", deadly)
        with contextlib.suppress(KeyboardInterrupt, CrashError):
            model.set_callbacks(Checkpoint(path), *crash).fit_blocks(blocks, **more)


SMALL = {"hidden_layer_sizes": 5, "max_iter": 8, "random_state": 0, "batch_size": 20}


@pytest.fixture
def data(rng):
    X = rng.standard_normal((200, 4))
    return X, (X[:, 0] > 0).astype(int)


@with_callbacks
@pytest.mark.parametrize("early_stopping", [False, True])
def test_another_fit_is_refused(path, data, early_stopping):
    X, y = data
    model = MLPClassifier(early_stopping=early_stopping, **SMALL)
    blocks = cut([100, 50, 50], X, y)
    with pytest.raises(CrashError):
        clone(model).set_callbacks(Checkpoint(path), Crash(4)).fit_blocks(blocks)
    X_val = {"X_val": X, "y_val": y}
    for other, more, message in (
        (cut([100, 100], X, y), {}, "sequence of blocks is int64 of shape"),
        (cut([50, 100, 50], X, y), {}, "sequence of blocks has other values"),
        (Stream(blocks), {}, "it had no iterable of blocks"),
        ([(X, y)], {}, "X has other values" if early_stopping else "it had sequence of blocks"),
        (cut([100, 50, 50], X[::-1], y), {}, "X has other values"),
        (cut([100, 50, 50], X, 1 - y), {}, "y has other values"),
        (cut([100, 50, 50], X, y, np.ones(200)), {}, "it had no sample_weight"),
        (blocks, X_val, "it had no X_val"),
    ):
        with pytest.raises(ValueError, match=f"resume is of a fit on other data: {message}"):
            clone(model).fit_blocks(other, resume=path, **more)
    with pytest.raises(ValueError, match=r"it had sequence of blocks|X has other values"):
        clone(model).fit(X, y, resume=path)
    assert clone(model).fit_blocks(blocks, resume=path).n_iter_ > 4


@with_callbacks
def test_callbacks_see_epochs(data):
    X, y = data
    monitor = ParamMonitor(every=1)
    model = MLPClassifier(**SMALL, normalization="batch")
    found = clone(model).set_callbacks(monitor).fit_blocks(cut([100, 50, 50], X, y))
    frame = monitor.to_frame()
    assert frame["gradient"].dropna().gt(0).all()
    assert (frame["parameter"] == "coefs_[0]").sum() >= SMALL["max_iter"]
    assert found.n_iter_ == SMALL["max_iter"]


@pytest.mark.parametrize("in_pass", [1, 3])
def test_ctrl_c_keeps_the_weights_so_far(data, in_pass):
    X, y = data
    n_read = 0

    class Interrupting(list):
        def __getitem__(self, number):
            nonlocal n_read
            n_read += number == 1
            if n_read > in_pass:
                raise KeyboardInterrupt  # as of a reader that is interrupted
            return super().__getitem__(number)

    model = MLPRegressor(**SMALL)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        found = clone(model).fit_blocks(Interrupting(cut([100, 50, 50], X, y)))
    assert found.n_iter_ == in_pass - 1
    assert found.predict(X).shape == (200,)
    assert not [t for t in threading.enumerate() if t.name.startswith("skparams-blocks")]


def test_an_interrupt_before_training_changes_nothing(data, snapshot):
    class Interrupting(list):
        def __getitem__(self, number):
            raise KeyboardInterrupt

    model = MLPRegressor(**SMALL)
    unchanged = snapshot(model)
    with pytest.raises(KeyboardInterrupt):
        model.fit_blocks(Interrupting([1]))
    assert unchanged() is None
