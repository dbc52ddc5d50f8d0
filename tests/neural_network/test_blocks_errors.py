"""What `fit_blocks` refuses, and that a failed fit leaves the estimator and no thread."""

import re
import threading

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network._out_of_core import fit
from skparams.neural_network._out_of_core.split import set_aside

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 3))


@pytest.fixture
def blocks(X):
    y = (X[:, 0] > 0).astype(int)
    return [(X[:20], y[:20]), (X[20:40], y[20:40]), (X[40:], y[40:])]


@pytest.fixture
def model():
    return MLPClassifier(4, max_iter=3, random_state=0)


class Changing:
    """Blocks that are others from some pass on; a sequence if it ``has_length``."""

    def __init__(self, blocks, change, first=1):
        self.blocks, self.change, self.first, self.n_passes = blocks, change, first, 0

    def __iter__(self):
        self.n_passes += 1
        blocks = list(self.blocks)
        return iter(self.change(blocks) if self.n_passes > self.first else blocks)


def replaced(number, *block):
    """A change of one block."""
    return lambda blocks: [*blocks[:number], block, *blocks[number + 1 :]]


NOT_AGAIN = "can be read again for each epoch"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (iter, f"MLPClassifier.fit_blocks: blocks must be.*{NOT_AGAIN}.*list_iterator, which can"),
        (lambda blocks: (block for block in blocks), f"{NOT_AGAIN}.*got a generator, which can"),
        (lambda blocks: map(tuple, blocks), f"{NOT_AGAIN}.*got a map, which can be read once"),
        (lambda blocks: dict(enumerate(blocks)), f"{NOT_AGAIN}.*got a dict"),
        (lambda blocks: 3, f"{NOT_AGAIN}.*got a int"),
        (lambda blocks: blocks[0][0], f"{NOT_AGAIN}.*got a ndarray"),
        (lambda blocks: blocks[0], r"block 0: a block must be a tuple \(X, y\).*got a ndarray"),
        (lambda blocks: [blocks[0], (1, 2, 3, 4)], "block 1: a block must be.*got a tuple of 4"),
        (lambda blocks: [blocks[0], None], "block 1: a block must be.*got a NoneType"),
    ],
)
def test_blocks_that_are_none(model, blocks, make, message, snapshot):
    unchanged = snapshot(model)
    with pytest.raises(TypeError, match=message):
        model.fit_blocks(make(blocks))
    assert unchanged() is None


def test_a_frame_is_no_sequence_of_blocks(model, X):
    pd = pytest.importorskip("pandas")
    with pytest.raises(TypeError, match=f"{NOT_AGAIN}.*got a DataFrame"):
        model.fit_blocks(pd.DataFrame(X))


HOLED = np.array([[1.0, np.nan, 2.0]] * 20)


@pytest.mark.parametrize(
    ("block", "error", "message"),
    [
        ((np.ones((20, 2)), np.arange(20) % 2), ValueError, "block 1: X has 2 features, but"),
        ((HOLED, np.arange(20) % 2), ValueError, "block 1: Input X contains NaN"),
        ((np.ones((20, 3), "f4"), np.arange(20) % 2), TypeError, "X has the dtype float32, but"),
        ((sp.csr_array(np.ones((20, 3))), np.arange(20) % 2), TypeError, "X is sparse, but that"),
        ((np.ones((20, 3)), np.arange(20)), ValueError, r"classes \[ 2  3.*block 0 does"),
        ((np.ones((20, 3)), ["a", "b"] * 10), ValueError, r"classes \['a' 'b'\], which block 0"),
        ((np.ones((20, 3)), np.ones((20, 2), int)), ValueError, "block 0 has one class for each"),
        ((np.ones((20, 3)), np.linspace(0, 1, 20)), ValueError, "Unknown label type: continuous"),
        ((np.ones((20, 3)), np.arange(19) % 2), ValueError, "inconsistent numbers of samples"),
        ((np.ones((20, 3)), None), ValueError, "requires y to be passed"),
        ((np.ones((20, 3)), np.arange(20) % 2, np.ones(19)), ValueError, "sample_weight.shape"),
        ((np.ones((20, 3)), np.arange(20) % 2, [np.nan] * 20), ValueError, "weight contains NaN"),
        ((np.ones(20), np.arange(20) % 2), ValueError, "Expected 2D array, got 1D array"),
        ((np.array([["a"] * 3] * 20), np.arange(20) % 2), ValueError, "could not convert string"),
    ],
)
def test_a_block_that_is_another_is_named(model, blocks, block, error, message, snapshot):
    unchanged = snapshot(model)
    with pytest.raises(error, match=message) as caught:
        model.fit_blocks([blocks[0], block, blocks[2]])
    assert str(caught.value).startswith("block 1: ")
    assert unchanged() is None


def test_early_stopping_says_that_blocks_are_too_small(model, X):
    y = np.arange(60) % 2
    blocks = [(X[i : i + 1], y[i : i + 1]) for i in range(60)]
    with pytest.raises(ValueError, match=r"sets aside 0 of 60 samples in 60 blocks.*larger blocks"):
        model.set_params(early_stopping=True).fit_blocks(blocks, classes=[0, 1])


@pytest.mark.parametrize("length", [2, 3, 7, 30])
def test_small_blocks_set_aside_the_share_of_all_samples(model, X, length, monkeypatch):
    found, y = [], np.arange(60) % 2
    monkeypatch.setattr(fit, "set_aside", lambda *args: found.append(set_aside(*args)) or found[0])
    blocks = [(X[i : i + length], y[i : i + length]) for i in range(0, 60, length)]
    model.set_params(early_stopping=True).fit_blocks(blocks, classes=[0, 1])
    assert len(found[0][1]) == 6


def test_unknown_classes_say_what_to_do(model, blocks, X):
    late = (X[:20], np.full(20, 7))
    with pytest.raises(ValueError, match=r"block 1: .*\[7\].*are \[0 1\]. Pass all classes as the"):
        model.fit_blocks([blocks[0], late])
    with pytest.raises(ValueError, match=r"block 1: .*\[7\], which the argument `classes` does"):
        model.fit_blocks([blocks[0], late], classes=[0, 1, 2])


@pytest.mark.parametrize("classes", [3, [], [[0, 1]]])
def test_classes_that_are_no_list_of_classes(model, blocks, classes):
    with pytest.raises(ValueError, match=r"MLPClassifier.fit_blocks: classes must be a 1D array"):
        model.fit_blocks(blocks, classes=classes)


def test_regressors_name_blocks(X):
    regr = MLPRegressor("gamma", hidden_layer_sizes=4, max_iter=2)
    blocks = [(X[:20], np.ones(20)), (X[20:], np.zeros(40))]
    with pytest.raises(ValueError, match=r"block 1: .*valid range of the loss 'gamma'"):
        regr.fit_blocks(blocks)
    regr.set_params(loss="squared_error")
    with pytest.raises(ValueError, match="block 1: y has 2 outputs, but block 0 has 1"):
        regr.fit_blocks([blocks[0], (X[20:], np.ones((40, 2)))])


def test_no_samples_and_no_weights(model, blocks):
    empty = blocks[0][0][:0], blocks[0][1][:0]
    for none in ([], [empty, empty]):
        with pytest.raises(ValueError, match=f"there are no samples in the {len(none)} blocks"):
            model.fit_blocks(none)
    with pytest.raises(ValueError, match="Sample weights must contain at least one non-zero"):
        model.fit_blocks([(X, y, np.zeros(20)) for X, y in blocks])
    # One without weight is trained on as one of weight 0.
    model.fit_blocks([(*blocks[0], np.zeros(20)), blocks[1]])


def test_what_only_one_block_can_have(model, blocks):
    with pytest.raises(ValueError, match=r"block 1: solver='lbfgs' .* takes one block only"):
        model.set_params(solver="lbfgs").fit_blocks(blocks)
    model.set_params(solver="adam", normalization="batch")
    with pytest.raises(ValueError, match=r"block 1: .*minibatches of at least 2 samples"):
        model.fit_blocks([blocks[0], (np.ones((1, 3)), [1]), blocks[1]])
    with pytest.raises(ValueError, match=r"block 1: .*needs sample_weight >= 0"):
        model.fit_blocks([blocks[0], (*blocks[1], np.full(20, -1.0))])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda blocks: [], "in epoch 2, there is no block 0: .* ended after 0, but there were 3"),
        (lambda blocks: blocks[:2], "in epoch 2, there is no block 2: .* after 2, but there were"),
        (
            lambda blocks: [*blocks, blocks[0]],
            "block 3: in epoch 2, it has 20 .* no such",
        ),
        (
            replaced(1, np.ones((5, 3)), np.ones(5)),
            "block 1: in epoch 2, it has 5 samples, but it had",
        ),
        (replaced(1, np.ones((20, 2)), np.ones(20)), "block 1: X has 2 features, but block 0 has"),
        (replaced(1, np.ones((20, 3)), np.full(20, 9)), r"block 1: y has the classes \[9\]"),
        (replaced(1, np.ones((20, 3)), ["a"] * 20), r"block 1: y has the classes \['a'\]"),
        (replaced(1, np.ones((20, 3)), np.ones(19)), "block 1: Found input variables with incon"),
        (replaced(1, np.ones((20, 3), "f4"), np.ones(20)), "block 1: X has the dtype float32"),
        (replaced(1, sp.csr_array((20, 3)), np.ones(20)), "block 1: X is sparse, but that of bl"),
        (lambda blocks: [*blocks[:2], None], "block 2: a block must be a tuple"),
    ],
)
def test_blocks_that_change_between_passes(model, blocks, change, message, snapshot):
    unchanged = snapshot(model)
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit_blocks(Changing(blocks, change, first=2))
    assert unchanged() is None
    assert not [t for t in threading.enumerate() if t.name.startswith("skparams-blocks")]


def test_frames_that_change_their_columns_between_passes(model, blocks):
    frames = [(pd.DataFrame(X, columns=list("abc")), y) for X, y in blocks]

    def turned(blocks):
        return [(X[["b", "a", "c"]], y) for X, y in blocks]

    with pytest.raises(ValueError, match="block 0: in epoch 2, it has other columns"):
        model.fit_blocks(Changing(frames, turned, first=2))


def test_an_iterator_in_disguise(model, blocks):
    class Disguise:
        def __init__(self):
            self.iterator = iter(blocks)

        def __iter__(self):
            return self.iterator

    with pytest.raises(ValueError, match=r"in epoch 1, there is no block 0.*can be read once only"):
        model.fit_blocks(Disguise())


class ReadError(Exception):
    """Of a reader of blocks."""


@pytest.mark.parametrize("in_pass", [0, 1, 3])
@pytest.mark.parametrize("is_sequence", [True, False])
def test_an_error_of_reading_is_passed_on(blocks, X, in_pass, is_sequence, snapshot):
    model = MLPClassifier(4, max_iter=3, random_state=0, warm_start=True).fit(X, X[:, 0] > 0)
    failing = _failing(blocks, in_pass, ReadError("disk", 5))
    unchanged = snapshot(model)
    with pytest.raises(ReadError) as caught:
        model.fit_blocks(failing if is_sequence else _Iterable(failing))
    assert caught.value.args == ("disk", 5)
    assert caught.value.__notes__ == ["in block 2"]
    assert unchanged() is None
    assert not [t for t in threading.enumerate() if t.name.startswith("skparams-blocks")]


def _failing(blocks, in_pass, error):
    class Failing(list):
        n_read = 0

        def __getitem__(self, number):
            if number == 2:
                self.n_read += 1
                if self.n_read > in_pass:
                    raise error
            return (blocks[number][0], blocks[number][1] > 0)

    return Failing(blocks)


class _Iterable:
    def __init__(self, sequence):
        self.sequence = sequence

    def __iter__(self):
        return (self.sequence[i] for i in range(len(self.sequence)))


def test_validation_data_is_checked_before_training(model, blocks, X):
    n_read = 0

    class Counting(list):
        def __getitem__(self, number):
            nonlocal n_read
            n_read += 1
            return super().__getitem__(number)

    for given, message in (
        ({"X_val": X}, "X_val is provided, but y_val was not provided"),
        ({"X_val": X[:, :2], "y_val": X[:, 0] > 0}, "invalid validation data.*2 features"),
        ({"X_val": X, "y_val": X[:, 0] > 1, "resume": 3}, "resume must be a path or None"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            model.fit_blocks(Counting(blocks), **given)
    assert n_read == 6  # the first passes
    model.set_params(early_stopping=True, validation_fraction=0.01)
    with pytest.raises(ValueError, match="validation set is too small"):
        model.fit_blocks([(X[:1], [0]), (X[1:2], [0])])


def test_hyperparameters_are_checked_first(model):
    with pytest.raises(ValueError, match=re.escape("The 'alpha' parameter")):
        model.set_params(alpha=-1).fit_blocks([None])


def test_a_diverging_fit_leaves_the_estimator(blocks, snapshot):
    regr = MLPRegressor(hidden_layer_sizes=4, solver="sgd", learning_rate_init=1e6, max_iter=5)
    unchanged = snapshot(regr)
    with pytest.raises(ValueError, match=r"non-finite parameter weights.* In epoch"):
        regr.fit_blocks([(X, 1e6 * X[:, 0]) for X, _ in blocks])
    assert unchanged() is None
