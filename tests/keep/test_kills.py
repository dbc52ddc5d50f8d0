"""Processes that are killed while they save: the old file or the new one is there, and whole."""

import os
import signal
import sys
import time
from collections import Counter

import numpy as np
import pytest

from skparams import load_params, save_params
from tests.processes import assert_runs

pytest.importorskip("safetensors")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

ONE_THREAD = {  # the last is for pyarrow, which pandas imports
    **{"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
CALLS = ("open", "fdopen", "chmod", "fsync", "replace", "close")


def model(number):
    """A model that tells its number; its file has 5 MB."""
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit(np.full((2, 200_000), float(number)))


def number_of(path):
    """The number of the model in a file, which is the same everywhere in it."""
    mean = load_params(path).mean_
    assert (mean == mean[0]).all()
    return int(mean[0])


def others_beside(path):
    folder, name = os.path.split(path)
    return sorted(set(os.listdir(folder)) - {name})


def forked(work, *args):
    """Start a process that does some work and nothing else; return its id once it runs."""
    if sys.platform == "linux":
        assert len(os.listdir("/proc/self/task")) == 1
    ready, started = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(started, b"x")
            work(*args)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(started)
    assert os.read(ready, 1) == b"x"
    os.close(ready)
    return child


def kill_at_random_moments(path, n_kills):
    """Kill saves at moments drawn over the time that one takes; return what was there then."""
    rng = np.random.RandomState(0)
    models = model(0), model(1)
    save_params(models[1], path)  # imports what saving needs
    times = []
    for number in (0, 1) * 3:
        start = time.perf_counter()
        _, status = os.waitpid(forked(save_params, models[number], path), 0)
        times.append(time.perf_counter() - start)
        assert (status, number_of(path)) == (0, number)
    counts = Counter()
    for _ in range(n_kills):
        before = number_of(path)
        child = forked(save_params, models[1 - before], path)
        time.sleep(rng.uniform(0, 1.2 * np.median(times)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        left = others_beside(path)
        assert len(left) <= 1, left  # that of this save: it has removed those of others
        counts["old" if number_of(path) == before else "new"] += 1
        counts["with a part beside"] += len(left)
    save_params(models[0], path)
    assert not others_beside(path)
    return dict(counts)


def save_and_die(estimator, path, call, number, after):
    """Save, but be killed before or after a call of a function of ``os``."""
    function, n_calls = getattr(os, call), iter(range(1000))

    def deadly(*args, **kwargs):
        last = next(n_calls) == number
        if last and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(os, call, deadly)
    save_params(estimator, path)


def kill_at_each_call(path):
    """Kill saves before and after each call that changes the disk; return how many were killed."""
    models = model(0), model(1)
    save_params(models[0], path)
    n_killed = 0
    for call in CALLS:
        for after in (False, True):
            for number in range(3):
                before = number_of(path)
                child = forked(save_and_die, models[1 - before], path, call, number, after)
                _, status = os.waitpid(child, 0)
                killed = os.WIFSIGNALED(status)
                assert killed or status == 0, (call, number)
                assert killed or number_of(path) == 1 - before, (call, number)
                assert number_of(path) in (0, 1)
                assert len(others_beside(path)) <= killed
                n_killed += killed
    save_params(models[0], path)
    assert not others_beside(path)
    return n_killed


@pytest.mark.parametrize("n_kills", [20, pytest.param(50, marks=pytest.mark.exhaustive)])
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path, note, n_kills):
    code = f"""
    from tests.keep.test_kills import kill_at_random_moments
    print(kill_at_random_moments({str(tmp_path / "file")!r}, {n_kills}))
    """
    note(f"{n_kills} kills in a save: {assert_runs(code, **ONE_THREAD).stdout.strip()}")


def test_a_kill_at_any_call_leaves_the_old_file_or_the_new_one(tmp_path):
    code = f"""
    from tests.keep.test_kills import CALLS, kill_at_each_call
    assert kill_at_each_call({str(tmp_path / "file")!r}) >= 2 * len(CALLS)
    """
    assert_runs(code, **ONE_THREAD)
