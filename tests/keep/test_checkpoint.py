"""Checkpoints: a fit that was interrupted goes on to the same model, bit for bit."""

import contextlib
import copy
import errno
import os
import pickle
import signal
import time
import warnings

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams import (
    PCA,
    Checkpoint,
    MLPClassifier,
    MLPRegressor,
    ParamsFileError,
    load_params,
    save_params,
)
from skparams._compat import HAS_CALLBACKS
from skparams.neural_network.batches import Batches
from tests.keep.same import check_same
from tests.keep.test_kills import ONE_THREAD, forked
from tests.neural_network.any_settings import any_network
from tests.processes import assert_runs
from tests.sweep import sweep

pytest.importorskip("safetensors")
with_callbacks = pytest.mark.skipif(not HAS_CALLBACKS, reason="scikit-learn has callbacks from 1.9")
pytestmark = pytest.mark.filterwarnings("ignore")  # few epochs do not converge

SMALL = {"hidden_layer_sizes": (5,), "max_iter": 12, "random_state": 0, "batch_size": 32}


class CrashError(Exception):
    """What ends a fit."""


class Crash:
    """A callback that raises an error at the end of a task."""

    def __init__(self, task, error=CrashError):
        self.task, self.error = task, error

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        if context.task_id == self.task and context.task_name.startswith("epoch"):
            raise self.error


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.safetensors"


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


def check_fits(found, expected):
    """All attributes are the same to the bit, with the state of training and of random numbers."""
    attributes = [dict(sorted(model.__getstate__().items())) for model in (found, expected)]
    check_same(*attributes)


def crashed(model, checkpoint, task, *data, **more):
    """Fit until an error at the end of a task."""
    try:
        clone(model).set_callbacks(checkpoint, Crash(task)).fit(*data, **more)
    except CrashError:
        return True
    return False


def interrupted(model, checkpoint, kind, task, X, y, more):
    """Begin a fit that is interrupted in some way after about so many epochs, or not at all."""
    given = copy.deepcopy(model)
    if kind == "error":
        given.set_callbacks(checkpoint, Crash(task))
        with pytest.raises(CrashError) if task < given.max_iter else warnings.catch_warnings():
            try:
                given.fit(X, y, **more)
            except CrashError:
                raise
            else:  # it converged before
                raise CrashError
    elif kind == "Ctrl-C between epochs":
        given.set_callbacks(checkpoint, Crash(task, KeyboardInterrupt)).fit(X, y, **more)
    else:
        taken, take = [], Batches._take

        def deadly(self, rows):
            taken.append(rows)
            if len(taken) == 3 * task + 2:
                raise KeyboardInterrupt
            return take(self, rows)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Batches, "_take", deadly)
            with contextlib.suppress(KeyboardInterrupt):  # of what follows the epochs
                given.set_callbacks(checkpoint).fit(X, y, **more)


KINDS = ("error", "Ctrl-C between epochs", "Ctrl-C within an epoch")


@with_callbacks
@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize("seed", sweep(range(60), 20))
def test_a_resumed_fit_gives_the_same_bits(seed, name, path, capsys):
    rng = np.random.default_rng(seed)
    max_iter = int(rng.integers(2, 9))
    solver = ("adam", "adamw", "sgd")[rng.integers(3)]
    model, X, y, more = any_network(seed, name, solver=solver, max_iter=max_iter)
    if callable(model.learning_rate) or callable(model.scoring):
        with pytest.raises((TypeError, ValueError)):
            model.set_callbacks(Checkpoint(path)).fit(X, y, **more)
        return
    try:
        if model.warm_start:
            model.fit(X, y, **more)
        whole = copy.deepcopy(model).fit(X, y, **more)
    except (TypeError, ValueError):
        return  # arguments that do not go together
    every, keep = (int(n) for n in rng.integers(1, 4, 2))
    for _ in range(int(rng.integers(1, 3))):
        resume = {"resume": path} if any(path.parent.iterdir()) else {}
        kind, task = KINDS[rng.integers(3)], int(rng.integers(max_iter))
        interrupted(
            model, Checkpoint(path, every=every, keep=keep), kind, task, X, y, more | resume
        )
    if any(path.parent.iterdir()):
        assert len(list(path.parent.iterdir())) <= keep
        resumed = copy.deepcopy(model).fit(X, y, resume=path, **more)
        check_fits(resumed, whole)


class TinyMLP(MLPClassifier):
    """A subclass with its own name."""


@with_callbacks
@pytest.mark.parametrize("cls", [MLPClassifier, TinyMLP])
def test_a_file_is_a_model_and_resumes_at_its_end(cls, path, iris):
    X, y = iris
    whole = cls(**SMALL).fit(X, y)
    done = cls(**SMALL).set_callbacks(Checkpoint(path)).fit(X, y)
    loaded = load_params(path, allow=(f"{__name__}.TinyMLP",))
    for model in (done, loaded, cls(**SMALL).fit(X, y, resume=path)):
        skparams.assert_same_model(model, whole)
        assert not hasattr(model, "_training")
    assert not hasattr(done, "_resume")
    assert not hasattr(copy.deepcopy(loaded).partial_fit(X, y), "_resume")
    assert pickle.loads(pickle.dumps(loaded)).set_params(max_iter=1).fit(X, y).n_iter_ == 1


@with_callbacks
@pytest.mark.parametrize("kind", [np.random.RandomState, lambda seed: None])
def test_random_states_go_on(kind, path, iris):
    np.random.seed(3)
    state = kind(3)
    model = MLPClassifier(**SMALL | {"random_state": state}, dropout=0.2)
    given = copy.deepcopy(state)
    whole = copy.deepcopy(model).fit(*iris)
    np.random.seed(3)
    with pytest.raises(CrashError):
        copy.deepcopy(model).set_callbacks(Checkpoint(path, every=1), Crash(4)).fit(*iris)
    resumed = model.set_params(random_state=given).fit(*iris, resume=path)
    check_same(resumed.coefs_, whole.coefs_)
    if given is not None:  # else what followed has changed that of the first fit
        check_same(resumed._random_state, whole._random_state)
        check_same(resumed.random_state, whole.random_state)


@with_callbacks
def test_more_epochs_go_on_from_the_end(path, iris):
    few = MLPClassifier(**SMALL, early_stopping=True).set_callbacks(Checkpoint(path)).fit(*iris)
    more = clone(few).set_callbacks().set_params(max_iter=30)
    check_fits(clone(more).fit(*iris, resume=path), clone(more).fit(*iris))
    more.set_params(learning_rate="cosine", max_iter=12).set_callbacks(Checkpoint(path))
    more.fit(*iris)
    with pytest.raises(ValueError, match=r"other hyperparameters: max_iter=30 \(there 12\)"):
        more.set_params(max_iter=30).fit(*iris, resume=path)
    few.fit(*iris)
    with pytest.raises(ValueError, match=r"12 epochs, more than max_iter=5"):
        few.set_params(max_iter=5).fit(*iris, resume=path)


@with_callbacks
def test_a_fit_that_a_callback_stopped_goes_on(path, iris):
    class Stop(Crash):
        def on_fit_task_end(self, estimator, context):
            return context.task_id == self.task

    stopped = MLPClassifier(**SMALL).set_callbacks(Checkpoint(path), Stop(4)).fit(*iris)
    assert stopped.n_iter_ == 5
    check_fits(MLPClassifier(**SMALL).fit(*iris, resume=path), MLPClassifier(**SMALL).fit(*iris))


@with_callbacks
def test_tasks_of_several_epochs_end_where_they_did(path, iris):
    ends = []

    class Ends(Crash):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            if context.task_name == "epochs":
                ends.append(fitted_estimator.n_iter_)

    model = MLPClassifier(**SMALL | {"max_iter": 450, "n_iter_no_change": np.inf})
    clone(model).set_callbacks(Ends(0)).fit(*iris)
    whole = ends.copy()
    ends.clear()
    model.set_callbacks(Checkpoint(path), Ends(0), Crash(100))
    with pytest.raises(CrashError):
        model.fit(*iris)
    model.set_callbacks(Ends(0)).fit(*iris, resume=path)
    assert [end for end in ends if end > 303] == [end for end in whole if end > 303]


@with_callbacks
@pytest.mark.parametrize(
    ("every", "max_iter", "saved"),
    [
        *[(1, 5, [1, 2, 3, 4, 5]), (2, 5, [2, 4, 5]), (9, 5, [5]), (None, 5, [1, 2, 3, 4, 5])],
        (None, 35, [4, 8, 12, 16, 20, 24, 28, 32, 35]),
    ],
)
def test_how_often_and_how_many(every, max_iter, saved, path, iris, monkeypatch):
    model = MLPClassifier(**SMALL | {"max_iter": max_iter, "n_iter_no_change": np.inf})
    model.set_callbacks(Checkpoint(path, every=every, keep=100)).fit(*iris)
    numbers = [int(each.stem.removeprefix("net-")) for each in path.parent.iterdir()]
    assert sorted(numbers) == saved
    (path.parent / "net-x.safetensors").touch()
    (path.parent / "net-7.txt").touch()
    model.set_params(max_iter=3).set_callbacks(Checkpoint(path, every=1, keep=2)).fit(*iris)
    names = {each.name for each in path.parent.iterdir()}
    kept = {"net-2.safetensors", "net-3.safetensors"}
    assert names == {"net-x.safetensors", "net-7.txt", *kept}
    model.set_callbacks()
    for file in (path, path.with_stem("net-2")):
        check_fits(clone(model).fit(*iris, resume=file), clone(model).fit(*iris))
    path.touch()
    with pytest.raises(ValueError, match=r"both .*net.safetensors' and .*net-3.safetensors"):
        model.fit(*iris, resume=path)


@with_callbacks
def test_where_nothing_is_saved_no_copy_is_made(path, iris, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "skparams.neural_network.training.fitted_so_far",
        lambda *args: asked.append(args) or {},
    )
    model = MLPClassifier(**SMALL)
    with pytest.raises(CrashError):
        model.set_callbacks(Checkpoint(path, every=8), Crash(6)).fit(*iris)
    assert not asked


OTHER = {
    "class": (lambda: MLPRegressor(**SMALL), {}, "is of the class MLPClassifier"),
    "hyperparameter": (
        lambda: MLPClassifier(**SMALL, alpha=3.0),
        {},
        r"other hyperparameters: alpha=3.0 \(there 0.0001\)",
    ),
    "seed": (lambda: MLPClassifier(**SMALL | {"random_state": 1}), {}, "random_state=1"),
    "features": (None, {"X": lambda X: X[:, :3]}, "X has 3 features"),
    "samples": (None, {"X": lambda X: X[:140], "y": lambda y: y[:140]}, "shape"),
    "values": (None, {"X": lambda X: X + (X == 4.9) * 1e-9}, "X has other values"),
    "order": (None, {"X": lambda X: X[::-1], "y": lambda y: y[::-1]}, "X has other values"),
    "dtype": (None, {"X": lambda X: X.astype(np.float32)}, "X is float32 of shape"),
    "targets": (None, {"y": lambda y: np.roll(y, 1)}, "y has other values"),
    "classes": (None, {"y": lambda y: y + 1}, "class"),
    "weights": (None, {"sample_weight": lambda y: np.ones(150)}, "it had no sample_weight"),
    "X_val": (None, {"X_val": lambda X: X, "y_val": lambda y: y}, "it had no X_val"),
}


@with_callbacks
@pytest.mark.parametrize("other", OTHER)
def test_another_fit_is_refused(other, path, iris):
    make, changes, match = OTHER[other]
    crashed(MLPClassifier(**SMALL), Checkpoint(path), 5, *iris)
    model = (make or (lambda: MLPClassifier(**SMALL)))()
    given = dict(zip("Xy", iris, strict=True))
    for name, change in changes.items():
        given[name] = change(iris["X" not in name])
    before = vars(model).copy()
    with pytest.raises(ValueError, match=match):
        model.fit(**given, resume=path)
    assert vars(model) == before


@with_callbacks
def test_what_is_no_checkpoint_is_refused(path, iris):
    X, y = iris
    model = MLPClassifier(**SMALL)
    with pytest.raises(FileNotFoundError, match=r"net\.safetensors"):
        model.fit(X, y, resume=path)
    with pytest.raises(TypeError, match=r"MLPClassifier.fit: resume must be a path.*got 3"):
        model.fit(X, y, resume=3)
    save_params(clone(model).fit(X, y), path, state=True)
    with pytest.raises(ValueError, match="is no checkpoint of fit"):
        model.fit(X, y, resume=path)
    crashed(model, Checkpoint(path), 5, X, y)
    with pytest.raises(ValueError, match="solver='lbfgs' has no checkpoints"):
        clone(model).set_params(solver="lbfgs").fit(X, y, resume=path)
    content = path.read_bytes()
    for position in (3, 200, len(content) - 5):
        path.write_bytes(
            content[:position] + bytes([content[position] ^ 8]) + content[position + 1 :]
        )
        with pytest.raises(ParamsFileError):
            model.fit(X, y, resume=path)
    assert not hasattr(model, "coefs_")


FORGED = {
    "a number of no sample": lambda kept: kept._resume["order"].__setitem__(0, 200),
    "a sample twice": lambda kept: kept._resume["order"].__setitem__(0, kept._resume["order"][1]),
    "no order": lambda kept: kept._resume.update(order=None),
    "a short order": lambda kept: kept._resume.update(order=np.arange(3)),
    "text for an order": lambda kept: kept._resume.update(order=np.array(["a"] * 150)),
    "short moments": lambda kept: kept._optimizer_state.update(first=np.zeros(2)),
    "no moments": lambda kept: kept._optimizer_state.update(second=np.zeros(0)),
    "another solver": lambda kept: kept._optimizer_state.update(solver="sgd"),
    "no optimizer": lambda kept: vars(kept).pop("_optimizer_state"),
    "weights of another layer": lambda kept: kept._resume.update(
        weights={"coefs_": [np.zeros((4, 9))], "intercepts_": [np.zeros(9)]}
    ),
    "no data": lambda kept: kept._resume.update(data=None),
    "data that has no shape": lambda kept: kept._resume.update(data={"X": {}, "y": {}}),
    "data that is a number": lambda kept: kept._resume.update(data={"X": 3}),
    "a history of two columns": lambda kept: kept.history_.update(loss=np.zeros((6, 2))),
    "no key": lambda kept: kept._resume.pop("split"),
    "no record": lambda kept: kept._resume.clear(),
    "epochs that the history has not": lambda kept: setattr(kept, "n_iter_", 11),
    "epochs below zero": lambda kept: setattr(kept, "n_iter_", -1),
    "no random numbers": lambda kept: setattr(kept, "_random_state", None),
    "a history of text": lambda kept: setattr(kept, "history_", {"loss": "abcdef"}),
}


@with_callbacks
@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_state_is_an_error(forged, path, iris, monkeypatch):
    crashed(MLPClassifier(**SMALL), Checkpoint(path), 5, *iris)
    kept = pickle.loads(pickle.dumps(load_params(path)))
    FORGED[forged](kept)
    with monkeypatch.context() as patch:  # as an author of files does
        patch.setattr("skparams._keep.encode.check_attributes", lambda estimator: None)
        save_params(kept, path, state=True)
    errors = "no state of training", "order of 150", "optimizer is of", "has arrays of shapes"
    with pytest.raises(ValueError, match="|".join([*errors, "no checkpoint", "other data"])):
        MLPClassifier(**SMALL).fit(*iris, resume=path)


@pytest.mark.parametrize(
    "forge",
    [
        lambda model: model._order.update(rows=np.full(150, 10**9)),
        lambda model: model._order.update(rows=np.arange(150)[:, None]),
        lambda model: model._order["start"]["state"].update(pos=10**6),
        lambda model: model._optimizer_state.update(first=np.zeros(1)),
    ],
)
def test_a_forged_state_between_calls_is_an_error(forge, path, iris, monkeypatch):
    model = MLPRegressor(**SMALL).partial_fit(*iris)
    model = pickle.loads(pickle.dumps(model))
    forge(model)
    with monkeypatch.context() as patch:  # as an author of files does
        patch.setattr("skparams._keep.encode.check_attributes", lambda estimator: None)
        save_params(model, path, state=True)
    with pytest.raises(ValueError, match=r"^_order|rows |pos |state of the optimizer"):
        load_params(path).partial_fit(*iris)


def test_between_calls_of_partial_fit_a_file_keeps_all(path, iris):
    whole = MLPRegressor(**SMALL, dropout=0.1)
    parts = clone(whole)
    for _ in range(4):
        whole.partial_fit(*iris)
        save_params(parts.partial_fit(*iris), path, state=True)
        parts = load_params(path)
    check_fits(parts, whole)


@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_between_blocks_a_file_keeps_all_of_a_pca(scale, dtype, path, rng):
    X = (rng.standard_normal((500, 7)) @ rng.standard_normal((7, 7)) + 1e3).astype(dtype)
    whole, parts = PCA(3, scale=scale), PCA(3, scale=scale)
    for block in np.array_split(X, 9):
        whole.partial_fit(block)
        save_params(parts.partial_fit(block), path, state=True)
        parts = load_params(path)
    check_same(parts.scatter_, whole.scatter_)
    check_same(parts.components_, whole.components_)
    assert parts.n_samples_ == 500
    check_fits(parts, whole)


@with_callbacks
@pytest.mark.parametrize("seed", range(5))
def test_a_stream_goes_on_from_its_last_block(seed, path):
    rng = np.random.default_rng(seed)
    cuts = np.sort(rng.choice(np.arange(1, 300), 8, replace=False))
    X = rng.standard_normal((300, 6)) + 10.0 ** rng.integers(0, 5)
    weight = rng.uniform(0, 2, 300)
    blocks = list(zip(np.split(X, cuts), np.split(weight, cuts), strict=True))
    every = int(rng.integers(1, 4))
    stream, whole = PCA().set_callbacks(Checkpoint(path, every=every)), PCA()
    for i, (block, of_block) in enumerate(blocks):
        whole.partial_fit(block, sample_weight=of_block)
        if i < 7:
            stream.partial_fit(block, sample_weight=of_block)
    resumed = load_params(path)
    assert resumed.n_samples_ == [*cuts, 300][7 // every * every - 1]
    for block, of_block in blocks[7 // every * every :]:
        resumed.partial_fit(block, sample_weight=of_block)
    resumed.components_, whole.components_  # noqa: B018 (computed when read)
    check_fits(resumed, whole.set_callbacks())


@with_callbacks
def test_streams_of_networks_and_many_files(path, iris):
    model = MLPRegressor(**SMALL).set_callbacks(Checkpoint(path, every=2, keep=2))
    for _ in range(7):
        model.partial_fit(*iris)
    names = {each.name for each in path.parent.iterdir()}
    assert names == {"net-4.safetensors", "net-6.safetensors"}
    loaded = load_params(path.with_stem("net-6")).partial_fit(*iris)
    check_fits(loaded, model.set_callbacks())
    stream = PCA().set_callbacks(Checkpoint(path.with_stem("pca"), keep=3))
    for block in np.array_split(iris[0], 5):
        stream.partial_fit(block)
    names = {each.name for each in path.parent.glob("pca*")}
    assert names == {f"pca-{n}.safetensors" for n in (90, 120, 150)}


@with_callbacks
def test_in_a_pipeline_the_network_is_saved(path, iris):
    X, y = iris
    pipe = make_pipeline(StandardScaler(), MLPClassifier(**SMALL))
    whole = clone(pipe).fit(X, y)
    broken = clone(pipe)
    broken[-1].set_callbacks(Checkpoint(path), Crash(6))
    with pytest.raises(CrashError):
        broken.fit(X, y)
    assert type(load_params(path)) is MLPClassifier
    resumed = clone(pipe).fit(X, y, mlpclassifier__resume=path)
    check_fits(resumed[-1], whole[-1])
    with sklearn.config_context(enable_metadata_routing=True):
        pipe[-1].set_fit_request(resume=True)
        check_same(pipe.fit(X, y, resume=path)[-1].coefs_, whole[-1].coefs_)


@with_callbacks
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_in_a_search_fits_do_not_write_over_each_other(n_jobs, path, iris):
    model = MLPClassifier(**SMALL).set_callbacks(Checkpoint(path))
    search = GridSearchCV(make_pipeline(model), {"mlpclassifier__alpha": [1, 2]}, n_jobs=n_jobs)
    with pytest.raises(ValueError, match=r"Checkpoint: MLPClassifier is fitted by a GridSearchCV"):
        search.fit(*iris)
    assert not list(path.parent.iterdir())


@with_callbacks
def test_fits_at_the_same_time_are_refused(path, iris):
    checkpoint = Checkpoint(path)

    class Nested(Crash):
        def on_fit_task_end(self, estimator, context):
            if context.task_id == 3:
                with pytest.raises(ValueError, match="another fit writes to"):
                    MLPClassifier(**SMALL).set_callbacks(checkpoint).fit(*iris)

    model = MLPClassifier(**SMALL).set_callbacks(checkpoint, Nested(0)).fit(*iris)
    assert load_params(path).n_iter_ == model.n_iter_
    model.fit(*iris)


@with_callbacks
def test_a_save_that_fails_leaves_the_file_before(path, iris, monkeypatch):
    model, saves, fsync = MLPClassifier(**SMALL), [], os.fsync

    def full(descriptor):
        saves.append(descriptor)
        if len(saves) == 7:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    checkpointed = clone(model).set_callbacks(Checkpoint(path, every=1))
    with pytest.raises(OSError, match=r"No space left.*net\.safetensors"):
        checkpointed.fit(*iris)
    assert not hasattr(checkpointed, "coefs_")
    monkeypatch.undo()
    assert [each.name for each in path.parent.iterdir()] == ["net.safetensors"]
    assert load_params(path).n_iter_ in (3, 6)  # a folder may not be synced
    check_fits(clone(model).fit(*iris, resume=path), clone(model).fit(*iris))


@with_callbacks
@pytest.mark.parametrize("keep", [1, 2])
def test_a_file_that_another_fit_wrote_since_is_an_error(keep, path, iris):
    other = Checkpoint(path, every=1, keep=keep)  # as in another process

    class Meddle(Crash):
        def on_fit_task_end(self, estimator, context):
            if context.task_id == self.task:
                MLPClassifier(**SMALL | {"max_iter": 5}).set_callbacks(other).fit(*iris)

    model = MLPClassifier(**SMALL).set_callbacks(Checkpoint(path, every=1, keep=keep), Meddle(3))
    with pytest.raises(RuntimeError, match="another fit, perhaps in another process, has written"):
        model.fit(*iris)
    clone(model).set_callbacks(other).fit(*iris)  # one after another they may


@with_callbacks
def test_files_that_are_no_checkpoints_are_not_removed(path, iris):
    model = MLPClassifier(**SMALL).fit(*iris)
    for number, save in ((2, save_params), (3, lambda model, file: file.write_text("a note"))):
        file = path.with_stem(f"net-{number}")
        save(model, file)
        before = file.read_bytes()
        with pytest.raises(FileExistsError, match="this is no checkpoint"):
            clone(model).set_callbacks(Checkpoint(path, keep=2)).fit(*iris)
        assert file.read_bytes() == before
        file.unlink()


class OfAUser(MLPClassifier):
    """A class that a file may only name where the user has it at hand."""


@with_callbacks
def test_a_class_of_a_user_and_routed_metadata(path, iris):
    whole = OfAUser(**SMALL).fit(*iris)
    assert crashed(OfAUser(**SMALL), Checkpoint(path, every=1), 4, *iris)
    with sklearn.config_context(enable_metadata_routing=True):
        model = make_pipeline(OfAUser(**SMALL).set_fit_request(resume=True))
        model.fit(*iris, resume=path)
    del model[-1]._metadata_request
    check_fits(model[-1], whole)


REFUSED = {
    "pipelines": (lambda: make_pipeline(PCA(2)), TypeError, "Pipeline cannot go on from a file"),
    "PCA.fit": (lambda: PCA(2), ValueError, "PCA: fit has no steps to go on from"),
    "lbfgs": (lambda: MLPClassifier(solver="lbfgs"), ValueError, "'lbfgs' has no checkpoints"),
    "functions": (
        lambda: MLPClassifier(learning_rate=lambda share: 1.0),
        TypeError,
        "Checkpoint: MLPClassifier: learning_rate ",
    ),
}


@with_callbacks
@pytest.mark.parametrize("refused", REFUSED)
def test_what_cannot_resume_is_refused_before_training(refused, path, iris):
    make, kind, match = REFUSED[refused]
    with pytest.raises(kind, match=match):
        make().set_callbacks(Checkpoint(path)).fit(*iris)
    assert not list(path.parent.iterdir())


@with_callbacks
def test_bad_arguments(path, tmp_path, iris):
    for arguments, match in (
        ({"every": 0}, "every must be an int of at least 1 or None, got 0"),
        ({"every": 1.5}, "every"),
        ({"keep": None}, "keep must be an int of at least 1, got None"),
        ({"keep": True}, "keep"),
    ):
        with pytest.raises(ValueError, match=match):
            Checkpoint(path, **arguments)
    with pytest.raises(TypeError):
        Checkpoint(3)
    with pytest.raises(ValueError, match="path must be that of a file, got ''"):
        Checkpoint("")
    model = MLPClassifier(**SMALL)
    with pytest.raises(FileNotFoundError, match=r"no such folder.*nowhere"):
        model.set_callbacks(Checkpoint(tmp_path / "nowhere" / "a")).fit(*iris)
    with pytest.raises(IsADirectoryError, match="path is a folder"):
        model.set_callbacks(Checkpoint(tmp_path)).fit(*iris)
    assert not hasattr(model, "coefs_")


@with_callbacks
def test_a_checkpoint_is_copied_pickled_and_follows_the_folder(path, iris, monkeypatch):
    monkeypatch.chdir(path.parent)
    checkpoint = Checkpoint("net.safetensors", every=3, keep=2)
    monkeypatch.chdir("/")
    for copied in (pickle.loads(pickle.dumps(checkpoint)), copy.deepcopy(checkpoint)):
        assert vars(copied).keys() == vars(checkpoint).keys()
        MLPClassifier(**SMALL).set_callbacks(copied).fit(*iris)
        assert (path.parent / "net-12.safetensors").exists()


@pytest.mark.skipif(HAS_CALLBACKS, reason="scikit-learn has callbacks")
def test_without_callbacks_the_error_says_what_to_do(path):
    with pytest.raises(ImportError, match=r"save_params\(model, path, state=True\) between"):
        Checkpoint(path)


def fit_and_save(model, path, X, y):
    """Fit, and save after each epoch."""
    model.set_callbacks(Checkpoint(path, every=1)).fit(X, y)


def stream_and_save(model, path, X, y):
    """Update with one row after another, and save after each."""
    model.set_callbacks(Checkpoint(path))
    for row in X[:8]:
        model.partial_fit(row[None])


def go_on(model, path, X, y):
    """What the model of a file becomes, after how many epochs or rows it is of."""
    if isinstance(model, MLPRegressor):
        return load_params(path).n_iter_, clone(model).fit(X, y, resume=path)
    stream = load_params(path)
    n_rows = stream.n_samples_
    for row in X[n_rows:8]:
        stream.partial_fit(row[None])
    return n_rows, stream


def kill_at_random_moments(path, n_kills, work, model):
    """Kill processes that work and save; return how many epochs or rows were done then."""
    X, y = load_iris(return_X_y=True)
    rng = np.random.RandomState(0)
    whole = clone(model)
    work(whole, path, X, y)  # compiles and imports what it needs
    whole.set_callbacks()
    times, done = [], []
    for _ in range(5):
        start = time.perf_counter()
        _, status = os.waitpid(forked(work, clone(model), path, X, y), 0)
        times.append(time.perf_counter() - start)
        assert status == 0
    took = min(times)  # the disk may be busy at times
    for _ in range(n_kills):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        child = forked(work, clone(model), path, X, y)
        time.sleep(rng.uniform(0, 1) * took)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if os.path.exists(path):
            n_done, resumed = go_on(model, path, X, y)
            for each in (resumed, whole):
                hasattr(each, "components_")  # computes what a stream computes when asked
            check_fits(resumed, whole)
            done.append(n_done)
    return f"resumed {len(done)} of {n_kills}, after {sorted(set(done))}"


KILLED = {
    "fit": (
        "fit_and_save",
        "MLPRegressor(hidden_layer_sizes=(5,), max_iter=6, random_state=0, batch_size=32, "
        "dropout=0.1, early_stopping=True)",
    ),
    "stream": ("stream_and_save", "PCA()"),
}


@with_callbacks
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.parametrize("killed", KILLED)
@pytest.mark.parametrize("n_kills", [10, pytest.param(25, marks=pytest.mark.exhaustive)])
def test_what_is_killed_at_any_moment_resumes(tmp_path, note, killed, n_kills):
    work, model = KILLED[killed]
    code = f"""
    import warnings
    warnings.simplefilter("ignore")
    from tests.keep.test_checkpoint import *
    print(kill_at_random_moments({str(tmp_path / "file")!r}, {n_kills}, {work}, {model}))
    """
    found = assert_runs(code, **ONE_THREAD).stdout.strip()
    note(f"{n_kills} kills in checkpoints of a {killed}: {found}")
