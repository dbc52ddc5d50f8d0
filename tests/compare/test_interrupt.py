"""Ctrl-C in a comparison: what is done is kept, and the process is as it was."""

import os
import signal
import threading

import numpy as np
import pytest

from skparams import compare
from tests.compare.estimators import CALLS, Constant, Interrupting, predicted

X, Y = np.arange(60.0)[:, None], np.arange(60.0)
SWALLOWS = ["nothing", "KeyboardInterrupt", "all"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="os.kill ends the process on Windows")


@pytest.fixture(autouse=True)
def _listens():
    """Let this process see Ctrl-C, which a job in the background of a shell ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def interrupted(at, swallows):
    CALLS.clear()
    models = {"interrupting": Interrupting(at, swallows), "constant": Constant(1.0)}
    return compare(models, X, Y, scoring=predicted, random_state=0)


@pytest.mark.parametrize("swallows", SWALLOWS)
def test_the_folds_that_are_done_are_kept(swallows):
    found = interrupted(3, swallows)
    assert (found.n_folds, found.n_splits, found.interrupted) == (3, 15, True)
    assert [each.scores for each in found.competitors] == [(0.0,) * 3, (1.0,) * 3]
    assert "stopped by Ctrl-C after 3 of 15 folds" in str(found)
    assert len([name for name, _ in CALLS if name == "interrupting"]) == 4


@pytest.mark.parametrize("swallows", SWALLOWS[:2])
def test_nothing_more_is_fitted(swallows):
    for at in range(1, 9):  # in some folds the one that is interrupted is the first
        interrupted(at, swallows)
        assert CALLS[-1][0] == "interrupting"


@pytest.mark.parametrize("swallows", SWALLOWS)
def test_with_nothing_done_it_goes_through(swallows):
    with pytest.raises(KeyboardInterrupt):
        interrupted(0, swallows)


def test_one_fold_has_no_test():
    found = interrupted(1, "nothing")
    assert found.n_folds == 1
    (pair,) = found.pairs
    assert (pair.p_value, pair.finding) == (None, "no test")
    assert found["constant"].std is None


def test_a_handler_of_the_caller_stays():
    came = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(1))
    try:
        found = interrupted(2, "nothing")
    finally:
        signal.signal(signal.SIGINT, before)
    assert (came, found.n_folds, found.interrupted) == ([1], 15, False)


def test_in_another_thread_it_is_none_of_its_business():
    found = []
    models = {"a": Constant(1.0), "b": Constant(2.0)}
    thread = threading.Thread(
        target=lambda: found.append(compare(models, X, Y, scoring=predicted, random_state=0))
    )
    thread.start()
    thread.join()
    assert found[0].n_folds == 15


@pytest.mark.exhaustive
def test_workers_are_stopped(capfd):
    """As a terminal does it: every process of the group gets the signal."""
    from tests.processes import assert_runs

    done = assert_runs(
        """
        import os, signal, threading, time
        import numpy as np
        from sklearn.neural_network import MLPRegressor
        from skparams import compare

        X = np.random.RandomState(0).standard_normal((200, 3))
        slow = MLPRegressor((50,), max_iter=100_000, tol=0, n_iter_no_change=100_000)
        cv = [(range(3), range(3, 5))] * 2 + [(range(150), range(150, 200))] * 4
        signal.signal(signal.SIGINT, signal.default_int_handler)

        def stop():
            time.sleep(20)
            os.killpg(0, signal.SIGINT)

        quick = MLPRegressor((2,), max_iter=2)
        models = {"mlp": slow, "quick": quick}
        threading.Thread(target=stop, daemon=True).start()
        begin = time.monotonic()
        try:
            compare(models, X, X[:, 0], cv=cv, n_jobs=2)
        except KeyboardInterrupt:
            pass
        assert time.monotonic() - begin < 60
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        """,
        preexec_fn=os.setsid,
    )
    assert "Traceback" not in done.stderr
