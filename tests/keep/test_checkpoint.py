"""Checkpoints: a fit that was interrupted goes on to the same model, bit for bit."""

import copy
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
            given.set_callbacks(checkpoint).fit(X, y, **more)


KINDS = ("error", "Ctrl-C between epochs", "Ctrl-C within an epoch")


@with_callbacks
@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize("seed", sweep(range(400), 30))
def test_a_resumed_fit_gives_the_same_bits(seed, name, path, capsys):
    rng = np.random.default_rng(seed)
    max_iter = int(rng.integers(2, 9))
    solver = ("adam", "adamw", "sgd")[rng.integers(3)]
    model, X, y, more = any_network(seed, name, solver=solver, max_iter=max_iter)
    if callable(model.learning_rate) or callable(model.scoring):
        with pytest.raises((TypeError, ValueError), match=r"learning_rate|scoring|'\w+' param|y "):
            model.set_callbacks(Checkpoint(path)).fit(X, y, **more)
        return
    try:
        if model.warm_start:
            model.fit(X, y, **more)
        whole = copy.deepcopy(model).fit(X, y, **more)
    except ValueError:
        return  # arguments that do not go together
    every, keep = (int(n) for n in rng.integers(1, 4, 2))
    for _ in range(int(rng.integers(1, 3))):
        resume = {"resume": path} if any(path.parent.iterdir()) else {}
        kind, task = KINDS[rng.integers(3)], int(rng.integers(max_iter))
        interrupted(model, Checkpoint(path, every=every, keep=keep), kind, task, X, y, more | resume)
    if any(path.parent.iterdir()):
        assert len(list(path.parent.iterdir())) <= keep
        resumed = copy.deepcopy(model).fit(X, y, resume=path, **more)
        check_fits(resumed, whole)
