"""What every test may use, an option, and lines that tests leave for the end of the run."""

import gc
import os
import zlib
from importlib.util import find_spec

# Processes that share the cores share the threads too. BLAS and OpenMP read this as they load.
if "PYTEST_XDIST_WORKER_COUNT" in os.environ:
    _share = (os.cpu_count() or 1) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, _share)))

import numpy as np
import pytest

EXAMPLES_OF_CALLBACKS = (
    "skparams._keep.checkpoint.Checkpoint",
    "skparams._monitor.callback.ParamMonitor",
)
collect_ignore = ["typing/user_script.py"]  # or the search for doctests would run it


def pytest_addoption(parser):
    parser.addoption(
        "--overwrite",
        action="store_true",
        help="write the texts in tests/rendered anew instead of comparing with them",
    )
    parser.addoption(
        "--one-in",
        type=int,
        default=1,
        metavar="N",
        help="run the first case of each test, and about one in N of its others, always the same",
    )


@pytest.hookimpl(trylast=True)  # after -m and -k
def pytest_collection_modifyitems(config, items):
    if find_spec("sklearn.callback") is None:
        for item in items:
            if item.name in EXAMPLES_OF_CALLBACKS:
                item.add_marker(pytest.mark.skip("scikit-learn has callbacks from 1.9 on"))
    seen, kept, left_out = set(), [], []
    for item in items:
        test = item.nodeid.partition("[")[0]
        chosen = test not in seen or zlib.crc32(item.nodeid.encode()) % config.option.one_in == 0
        seen.add(test)
        (kept if chosen else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def pytest_collection_finish(session):
    gc.freeze()  # thousands of collected tests, which no later collection need look through


@pytest.fixture
def rng():
    return np.random.RandomState(0)


@pytest.fixture
def note(record_property):
    """``note("a line")`` prints the line in pytest's summary, workers of xdist included."""
    return lambda line: record_property("summary_line", line)


def pytest_terminal_summary(terminalreporter):
    lines = [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for key, value in getattr(report, "user_properties", [])
        if key == "summary_line"
    ]
    if lines:
        terminalreporter.section("notes")
    for line in lines:
        terminalreporter.write_line(line)
