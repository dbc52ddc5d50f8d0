"""Calls in joblib's workers, and the bar that counts them."""

import signal
import sys
import time
from contextlib import suppress

import joblib
import pytest

from skparams._runtime import Progress, in_parallel


def square(x):
    if x == 3:
        raise KeyboardInterrupt
    return x * x


@pytest.mark.parametrize("backend", ["sequential", "threading"])
def test_results_come_in_order_and_those_before_an_interrupt_are_kept(backend):
    done = []
    calls = [(1,), (2,), (3,), (4,)]
    with joblib.parallel_config(backend):
        results = in_parallel(square, calls, n_jobs=1, label="squares")
        with pytest.raises(KeyboardInterrupt):
            done.extend(results)
    assert done == [1, 4]


def test_a_backend_that_returns_all_at_once(monkeypatch):
    monkeypatch.setattr(
        joblib._parallel_backends.ThreadingBackend, "supports_return_generator", False
    )
    calls = [(5,), (6,)]
    with joblib.parallel_config("threading"):
        assert [*in_parallel(square, calls, n_jobs=2, label="squares")] == [25, 36]


def test_the_bar_says_how_much_time_is_left(monkeypatch, capsys):
    bar = Progress("fits", 10, shown=True)
    bar.start -= 20
    bar(1)
    bar(9)
    first, last = capsys.readouterr().err.split("\r")[1:]
    assert first.rstrip().endswith("1/10 20 s, 3 min left")
    assert last.rstrip().endswith("10/10 20 s")
    assert last.endswith("\n")


def test_no_bar_where_nothing_shows_it(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    Progress("fits", 1)(1)


def interrupted(x, catch):
    """Get Ctrl-C in the second call, and catch it as the fit of a network does."""
    if x == 2:
        with suppress(catch):
            signal.raise_signal(signal.SIGINT)
    return x


@pytest.fixture
def listens():
    """Let this process see Ctrl-C, which a job in the background of a shell ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("catch", [KeyboardInterrupt, ZeroDivisionError, BaseException])
def test_an_interrupt_that_a_call_catches_ends_all(listens, catch):
    done = []
    results = in_parallel(interrupted, [(1, catch), (2, catch), (3, catch)], n_jobs=1, label="x")
    with pytest.raises(KeyboardInterrupt):
        done.extend(results)
    assert done == [1]


def handler(seconds):
    time.sleep(seconds)
    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN


def test_only_the_main_process_sees_an_interrupt(listens):
    assert [*in_parallel(handler, [(0.0,)] * 3, n_jobs=2, label="x")] == [True] * 3
    assert not any(in_parallel(handler, [(0.0,)] * 3, n_jobs=1, label="x"))


def test_the_line_of_a_bar_that_is_interrupted_ends(listens, capsys):
    calls = [(1, KeyboardInterrupt), (2, KeyboardInterrupt)]
    with pytest.raises(KeyboardInterrupt):
        [*in_parallel(interrupted, calls, n_jobs=1, label="x", shown=True)]
    assert capsys.readouterr().err.endswith("left     \n")
