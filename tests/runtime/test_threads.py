"""Threads: limits of BLAS are read and never set, bits do not depend on them, Ctrl-C ends them."""

import os
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest
import threadpoolctl
from joblib import Parallel, delayed, parallel_config
from threadpoolctl import ThreadpoolController, threadpool_limits

from skparams import PCA, MLPClassifier, MLPRegressor, explain
from skparams._runtime import in_threads, n_threads, threads
from skparams.decomposition._pca import moments
from skparams.decomposition._pca.blocks import product
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
compiled = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="too slow without the JIT")
USERS = (
    "skparams.decomposition._pca.moments",
    "skparams.decomposition._pca.blocks",
    "skparams.decomposition._explain.resamples",
)


@pytest.fixture
def set_threads(monkeypatch):
    """A function that lets our work run in so many threads."""

    def set_threads(n):
        for module in USERS:
            monkeypatch.setattr(f"{module}.n_threads", lambda: n)

    return set_threads


@pytest.fixture
def blas():
    """The BLAS pools, whose limits are restored afterwards."""
    pools = ThreadpoolController().select(user_api="blas").lib_controllers
    before = [pool.num_threads for pool in pools]
    yield pools
    for pool, n in zip(pools, before, strict=True):
        pool.set_num_threads(n)


def rows(n, p, dtype="float64", seed=0):
    draw = np.random.default_rng(seed)
    mixed = draw.standard_normal((n, min(p, 40))) @ draw.standard_normal((min(p, 40), p))
    return (mixed + 0.1 * draw.standard_normal((n, p)) + 5).astype(dtype)


def state(estimator):
    """Names of the attributes and the bytes of those that are arrays."""
    found = vars(estimator)
    return {k: v.tobytes() if isinstance(v, np.ndarray) else repr(v) for k, v in found.items()}


def use_everything(X):
    """Call whatever of ours computes in threads or by BLAS."""
    y = X[:, 0] > X[:, 0].mean()
    for solver in ("auto", "full", "covariance_eigh", "arpack", "randomized"):
        PCA(2, svd_solver=solver, random_state=0).fit(X)
    PCA("cv").fit(X)
    with_holes = np.where(np.arange(X.size).reshape(X.shape) % 17, X, np.nan)
    PCA(2, missing="em").fit(with_holes).transform(with_holes)
    model = PCA(3, scale=True).partial_fit(X).partial_fit(X)
    model.inverse_transform(model.transform(X))
    model.score(X)
    fitted = PCA("parallel", random_state=0).fit(X)
    explained = explain(fitted, X)
    explained.row_tables()
    explained.outliers()
    explained.bootstrap(40, random_state=0)
    for solver in ("adam", "sgd", "lbfgs"):
        small = {"hidden_layer_sizes": (4,), "solver": solver, "max_iter": 2, "random_state": 0}
        MLPClassifier(**small).fit(X, y).predict_proba(X)
        MLPRegressor(**small).fit(X, X[:, 0]).score(X, X[:, 0])


def test_nothing_sets_a_limit(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a limit of BLAS was set")

    PCA().fit(rows(20, 3))  # loads what it needs
    pools = ThreadpoolController().lib_controllers
    for controller in {type(pool) for pool in pools}:
        monkeypatch.setattr(controller, "set_num_threads", refuse)
    for name in ("limit", "wrap"):
        monkeypatch.setattr(ThreadpoolController, name, refuse)
    monkeypatch.setattr(threadpoolctl, "threadpool_limits", refuse)
    monkeypatch.setattr(threadpoolctl._ThreadpoolLimiter, "__init__", refuse)
    for pool in [*pools, *threads._pools().lib_controllers]:
        library = pool.dynlib
        for prefix in ("", "scipy_"):
            for suffix in ("", "64_", "_64"):
                for name in ("set_num_threads", "set_num_threads_local"):
                    symbol = f"{prefix}openblas_{name}{suffix}"
                    if hasattr(library, symbol):
                        monkeypatch.setattr(library, symbol, refuse)
    use_everything(rows(60, 5))


def test_no_code_of_ours_names_a_setter():
    import skparams

    folder = os.path.dirname(skparams.__file__)
    for parent, _, files in os.walk(folder):
        for file in files:
            if file.endswith(".py"):
                with open(os.path.join(parent, file), encoding="utf-8") as source:
                    text = source.read()
                for setter in ("set_num_threads", "threadpool_limits", "limit(limits"):
                    assert setter not in text, file


def test_a_limit_of_blas_is_a_limit_of_ours():
    with threadpool_limits(1, user_api="blas"):
        assert n_threads() == 1


def test_a_worker_thread_of_joblib_has_one_thread():
    with parallel_config("threading", n_jobs=2):
        assert set(Parallel()(delayed(n_threads)() for _ in range(4))) == {1}


def test_without_a_pool_that_is_known_there_are_as_many_threads_as_cores(monkeypatch):
    monkeypatch.setattr(threads, "_pools", lambda: ThreadpoolController().select(prefix="none"))
    monkeypatch.setattr("joblib.cpu_count", lambda: 3)
    assert n_threads() == 3


def test_where_blas_has_no_known_pool_openmp_counts(monkeypatch):
    select = ThreadpoolController.select

    def accelerate(self, **chosen):
        return (
            select(self, prefix="none")
            if chosen == {"user_api": "blas"}
            else select(self, **chosen)
        )

    monkeypatch.setattr(ThreadpoolController, "select", accelerate)
    found = threads._pools.__wrapped__().lib_controllers
    assert found
    assert {pool.user_api for pool in found} == {"openmp"}


@compiled
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "shape", [(3000, 4), (60_000, 11), (9000, 90), (4000, 230), (900, 700), (300, 1600)]
)
def test_moments_have_equal_bits_for_any_number_of_threads(shape, dtype, blas, set_threads, rng):
    X = rows(*shape, dtype)
    for weight in (None, rng.rand(len(X))):
        found = set()
        for n in (1, 2, 3, 4, 8):
            set_threads(n)
            for pool in blas:
                pool.set_num_threads(min(n, 4))
            one = moments.moments_of(X, weight)
            found.add((one.mean.tobytes(), one.scatter.tobytes()))
        assert len(found) == 1


@compiled
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_models_and_tables_have_equal_bits_for_any_number_of_threads(dtype, blas, set_threads):
    X = rows(30_000, 30, dtype)
    found = []
    for n in (1, 2, 3, 4):
        set_threads(n)
        for pool in blas:
            pool.set_num_threads(n)
        model = PCA(5).fit(X)
        explained = explain(model, X)
        tables = explained.row_tables()
        again = explained.bootstrap(80, random_state=0).resamples
        found.append([model.mean_, model.components_, model.explained_variance_, *again, *tables,
                      model.transform(X), model.score_samples(X)])  # fmt: skip
    for other in found[1:]:
        for one, two in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(one, two)


@compiled
@pytest.mark.parametrize("rule", sweep(["mle", "kaiser", "broken_stick", "parallel", "cv"], 2))
def test_rules_do_not_depend_on_the_number_of_threads(rule, blas, set_threads):
    X = rows(2000, 110)
    found = set()
    for n in (1, 2, 3, 4):
        set_threads(n)
        for pool in blas:
            pool.set_num_threads(n)
        found.add(PCA(rule, random_state=0).fit(X).n_components_)
    assert len(found) == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_have_equal_bits_for_any_number_of_threads(dtype, blas, rng):
    for _ in range(12):
        n, p, k = rng.randint(1, 2000), rng.randint(1, 500), rng.randint(0, 200)
        X, matrix = rows(n, p, dtype), rng.standard_normal((k, p)).astype(dtype).T
        found = []
        for threads_of_blas in (1, 2, 3, 4):
            for pool in blas:
                pool.set_num_threads(threads_of_blas)
            found.append(product(X, matrix))
        np.testing.assert_allclose(found[0], X @ matrix, rtol=1e-3, atol=1e-3)
        assert len({each.tobytes() for each in found}) == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_moments_do_not_depend_on_where_calls_are_cut(dtype, monkeypatch):
    X = rows(1500, 20, dtype)
    whole = moments.moments_of(X)
    for call in (1, 10_000, 300_000):
        monkeypatch.setattr(moments, "CALL", call)
        cut = moments.moments_of(X)
        assert cut.scatter.tobytes() == whole.scatter.tobytes()
        assert cut.mean.tobytes() == whole.mean.tobytes()


def test_every_part_is_done_once():
    for n_parts in (1, 2, 7, 40):
        for n in (1, 2, 3, 8):
            done = []

            def work(part, done=done):
                yield
                done.append(part)

            in_threads(work, n_parts, n)
            assert sorted(done) == list(range(n_parts))


def test_an_error_of_any_part_is_raised_and_ends_the_others():
    for bad in range(4):
        steps = []

        def work(part, bad=bad, steps=steps):
            for _ in range(1000 if part != bad else 3):
                steps.append(part)
                time.sleep(1e-4)
                yield
            raise ValueError(part)

        with pytest.raises(ValueError, match=str(bad)):
            in_threads(work, 4, 4)
        n_steps = len(steps)
        time.sleep(0.01)
        assert len(steps) == n_steps  # no thread is at it any more


def test_threads_are_not_needed(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "_pool", threads._Pool())
    monkeypatch.setattr(threading.Thread, "start", refuse)
    done = []

    def work(part):
        done.append(part)
        yield

    in_threads(work, 5, 3)
    assert sorted(done) == [0, 1, 2, 3, 4]
    assert threads._pool.queue.empty()


class Interrupter:
    """Raise one KeyboardInterrupt at the n-th line that this thread runs in some files."""

    def __init__(self, n, files):
        self.n, self.files, self.n_lines, self.raised = n, files, 0, False

    def __call__(self, frame, event, arg):
        if not frame.f_code.co_filename.endswith(self.files):
            return None
        return self.line

    def line(self, frame, event, arg):
        if event == "line" and not self.raised:
            self.n_lines += 1
            if self.n_lines == self.n:
                self.raised = True
                raise KeyboardInterrupt
        return self.line

    def run(self, function):
        before = sys.gettrace()
        sys.settrace(self)
        try:
            function()
        finally:
            sys.settrace(before)


FILES = ("_runtime/threads.py", "_runtime/estimator.py", "_pca/estimator.py", "_pca/stream.py",
         "_pca/moments.py", "_pca/rows.py", "_pca/solvers.py", "_pca/blocks.py", "_pca/model.py",
         "_explain/resamples.py")  # fmt: skip


@compiled
@pytest.mark.parametrize("way", ["fit", "partial_fit", "transform", "bootstrap"])
def test_an_interrupt_at_any_line_leaves_all_as_it_was(way, set_threads, blas):
    set_threads(3)
    X, other = rows(70_000, 8), rows(70_000, 8, seed=1)
    model = PCA(2).partial_fit(X) if way == "partial_fit" else PCA(2).fit(X)
    calls = {
        "fit": lambda: model.fit(other),
        "partial_fit": lambda: model.partial_fit(other),
        "transform": lambda: model.transform(X),
        "bootstrap": lambda: explain(model, X[:50]).bootstrap(66, random_state=0),
    }
    kept, before = dict(vars(model)), state(model)
    calls[way]()
    after = state(model)
    limits = [pool.num_threads for pool in blas]
    names = {thread.name for thread in threading.enumerate()}
    n, raised = 0, True
    files = tuple(file.replace("/", os.sep) for file in FILES)
    while raised:
        n += 1
        vars(model).clear()
        vars(model).update(kept)
        interrupter = Interrupter(n, files)
        try:
            interrupter.run(calls[way])
        except KeyboardInterrupt:
            # the line may be the one that returns the fitted estimator
            assert state(model) in (before, after)
        raised = interrupter.raised
        assert [pool.num_threads for pool in blas] == limits
        assert {thread.name for thread in threading.enumerate()} <= names
    assert n > 30
    vars(model).clear()
    vars(model).update(kept)
    calls[way]()
    assert state(model) == after


SIGNALS = """
import os, random, signal, sys, threading, time
import numpy as np
from threadpoolctl import ThreadpoolController
from skparams import PCA

signal.signal(signal.SIGINT, signal.default_int_handler)  # which the job of a shell ignores
n_signals, shapes = int(sys.argv[1]), [tuple(map(int, a.split("x"))) for a in sys.argv[2:]]
data = [np.random.default_rng(0).standard_normal(shape) for shape in shapes]
pools = ThreadpoolController().select(user_api="blas").lib_controllers
limits = [pool.num_threads for pool in pools]
models, seconds = [], []
for X in data:
    model = PCA(3)
    model.fit(X)
    start = time.monotonic()
    model.fit(X)
    seconds.append(time.monotonic() - start)
    models.append(model)
draw, late, seen = random.Random(0), [], 0
for i in range(n_signals):
    j = i % len(data)
    before = {k: id(v) for k, v in vars(models[j]).items()}
    sent = []
    def send():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    try:
        timer = threading.Timer(draw.uniform(0, seconds[j]), send)
        timer.start()
        while True:
            before = {k: id(v) for k, v in vars(models[j]).items()}
            models[j].fit(data[j])
    except KeyboardInterrupt:
        late.append(time.monotonic() - sent[0])
    timer.join()
    after = {k: id(v) for k, v in vars(models[j]).items()}
    seen += after == before
    assert [pool.num_threads for pool in pools] == limits
for model, X in zip(models, data):
    model.fit(X)
print("latest", round(max(late), 3), "as before", seen, "of", n_signals)
"""


def assert_signals_are_seen(n_signals, *shapes):
    command = [sys.executable, "-c", SIGNALS, str(n_signals), *shapes]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@compiled
@pytest.mark.skipif(os.name == "nt", reason="signals reach no process of its own on Windows")
def test_ctrl_c_at_random_moments():
    assert_signals_are_seen(12, "40000x20", "2000x200")


@compiled
@pytest.mark.exhaustive
@pytest.mark.skipif(os.name == "nt", reason="signals reach no process of its own on Windows")
def test_ctrl_c_at_more_random_moments_of_large_fits():
    assert_signals_are_seen(40, "400000x60", "20000x800")


FORK = """
import os, signal, threading
import numpy as np
from skparams import PCA
from skparams._runtime import in_threads, threads

X = np.random.default_rng(0).standard_normal((70_000, 8))
expected = PCA().fit(X)
arrived, forked = threading.Barrier(3), threading.Event()

def hold(part):
    arrived.wait()
    forked.wait()
    yield

thread = threading.Thread(target=in_threads, args=(hold, 2, 2))
thread.start()
arrived.wait()
child = os.fork()
if child == 0:
    signal.alarm(60)  # ends it where it waits for a thread that it does not have
    done = []
    def work(part):
        done.append(part)
        yield
    in_threads(work, 5, 3)
    found = PCA().fit(X)
    same = np.array_equal(found.components_, expected.components_)
    started = [each for each in threading.enumerate() if each.name == "skparams"]
    os._exit(0 if same and sorted(done) == [0, 1, 2, 3, 4] and len(started) >= 2 else 1)
status = os.waitpid(child, 0)[1]
forked.set()
thread.join()
raise SystemExit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_has_threads_of_its_own():
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr


def many_rounds(n_rounds, blas):
    """Fit in some threads at once, with errors and limits of other code; compare to serial."""
    narrow, wide = rows(9000, 60), rows(1500, 170, "float32")
    y = narrow[:300, 0] > 5
    bad = narrow[:100].copy()
    bad[3, 3] = np.nan

    def net():
        small = {"hidden_layer_sizes": (8,), "max_iter": 2, "random_state": 0}
        return MLPClassifier(**small).fit(narrow[:300], y).coefs_[0].tobytes()

    def fails():
        with pytest.raises(ValueError, match="NaN"):
            PCA().fit(bad)
        return b""

    works = [
        lambda: PCA().fit(narrow).components_.tobytes(),
        lambda: PCA(3).partial_fit(wide).scatter_.tobytes(),
        net,
        fails,
    ]
    expected = [work() for work in works]
    limits = [pool.num_threads for pool in blas]

    def one(i):
        return works[i % 4]() == expected[i % 4]

    for i in range(n_rounds):
        with ThreadPoolExecutor(1 + i % 8) as pool:
            if i % 3 == 0:  # other code that limits BLAS while we fit
                with threadpool_limits(1, user_api="blas"):
                    started = [pool.submit(one, i + j) for j in range(1 + i % 8)]
                    one(i)
                    assert {each.num_threads for each in blas} == {1}
                    with threadpool_limits(1, user_api="blas"):
                        one(i + 1)
                    assert {each.num_threads for each in blas} == {1}
                    assert all(each.result(timeout=120) for each in started)
            else:
                started = [pool.submit(one, i + j) for j in range(1 + i % 8)]
                assert all(each.result(timeout=120) for each in started)
        assert [each.num_threads for each in blas] == limits


@compiled
def test_fits_in_many_threads(blas):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        many_rounds(9, blas)


@compiled
@pytest.mark.exhaustive
def test_two_hundred_rounds_of_fits_in_many_threads(blas):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        many_rounds(200, blas)
