"""Calls in joblib's workers, and the bar that counts them."""

import sys

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
