"""Loading kernels and keeping what was compiled, whatever happens to the folder."""

import ast
import errno
import gc
import os
import re
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import numba
import numpy as np
import pytest
from numba.core import event
from numba.core.dispatcher import Dispatcher

from skparams._runtime import jit
from skparams._runtime.folders import SUFFIX
from tests.processes import assert_runs
from tests.sweep import sweep

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about the compiled kernels")

SOURCE = """
import numpy as np
from numba import njit

@njit(inline="always")
def _inlined(x):
    return x + x

@njit
def _square(x):
    return x * x

@njit(nogil=True)
def total(a):
    result = 0.0
    for i in range(a.size):
        result += _inlined(_square(a[i]))
    return result
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The chosen folder, and a process in which nothing was logged and compiled yet."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", str(folder))
    for name in ("_load_errors", "save_errors", "_announced"):
        monkeypatch.setattr(jit, name, type(getattr(jit, name))())
    return folder


@pytest.fixture
def load(tmp_path, monkeypatch, request):
    """``load()`` imports small kernels as a new process would: nothing of them is compiled."""
    name = f"kernels_{abs(hash(request.node.nodeid))}"
    (tmp_path / f"{name}.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)

    def load(source=SOURCE):
        if (tmp_path / f"{name}.py").read_text() != source:
            (tmp_path / f"{name}.py").write_text(source + "\n" * len(source))  # another size
        sys.modules.pop(name, None)
        jit.load_kernels.cache_clear()
        return jit.load_kernels(name, "test")

    yield load
    sys.modules.pop(name, None)
    jit.load_kernels.cache_clear()


@pytest.fixture
def compilations():
    """Counts the functions that numba compiles."""
    counts = Counter()

    class Count(event.Listener):
        def on_start(self, event):
            counts[event.data["dispatcher"].py_func.__name__] += 1

        def on_end(self, event):
            pass

    with event.install_listener("numba:compile", Count()):
        yield counts


@pytest.fixture
def problems(caplog):
    """``problems()``: what was logged but the announcement."""
    return lambda: [m for m in caplog.messages if not m.startswith("compiling")]


A = np.arange(4.0)


def check(kernels):
    assert kernels.total(A) == 2 * (A @ A)
    single = A.astype(np.float32)
    assert kernels.total(single) == 2 * (A @ A)


def test_a_second_process_compiles_nothing(folder, load, compilations, problems):
    check(load())
    assert compilations == {"total": 2, "_square": 2}
    check(load())
    assert compilations == {"total": 2, "_square": 2}
    assert sorted(file.name.split("-")[0] for file in folder.iterdir()) == ["total", "total"]
    assert not problems()


def test_what_numba_may_do_with_a_cache(folder, load):
    kernels = load()
    check(kernels)
    kernels.total.recompile()
    check(kernels)
    assert kernels.total.stats.cache_path is None


def test_an_edited_helper_is_seen(folder, load):
    assert load().total(A) == 28
    assert load(SOURCE.replace("x * x", "x * x * x")).total(A) == 72


IMPORTS = (
    "from {}.helpers import helper",
    "from {} import helpers\nhelper = helpers.helper",
    "from .helpers import helper",
    "import {0}.helpers\nhelper = {0}.helpers.helper",
)


@pytest.mark.parametrize("imports", IMPORTS)
def test_an_edit_in_a_file_that_is_imported_is_seen(tmp_path, folder, monkeypatch, imports):
    """numba's own cache returns 4 again."""
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / f"package_{abs(hash(tmp_path))}"
    package.mkdir()
    (package / "kernels.py").write_text(
        f"from numba import njit\n{imports.format(package.name)}\n\n"
        "@njit\ndef call(x):\n    return helper(x)\n"
    )
    for source, expected in (("x + 1", 4), ("x * 100", 300)):
        (package / "helpers.py").write_text(
            f"from numba import njit\n\n@njit\ndef helper(x):\n    return {source}\n"
        )
        for name in [name for name in sys.modules if name.startswith(package.name)]:
            del sys.modules[name]
        jit.load_kernels.cache_clear()
        assert jit.load_kernels(f"{package.name}.kernels", "test").call(3) == expected
    assert len(jit._sources(f"{package.name}.kernels")) == 2


def test_a_program_without_sources(folder, load, monkeypatch, problems):
    monkeypatch.setattr(jit, "_sources", lambda module: ast.parse(b"\0"))
    check(load())
    assert len(problems()) == 1
    assert not folder.exists()


def test_all_kernels_of_ours_are_kept_and_numba_keeps_none():
    for module, estimator in (("neural_network._kernels", "MLP"), ("decomposition._pca", "PCA")):
        kernels = jit.load_kernels(f"skparams.{module}.kernels", estimator)
        for name, kernel in vars(kernels).items():
            if isinstance(kernel, Dispatcher):
                is_ours = kernel.py_func.__module__ == kernels.__name__
                is_kept = is_ours and not name.startswith("_")
                expected = "KernelCache" if is_kept else "NullCache"
                assert type(kernel._cache).__name__ == expected, name


DAMAGE = {
    "truncated": lambda content: content[:-100],
    "cut in the digest": lambda content: content[:10],
    "empty": lambda content: b"",
    "garbage": lambda content: b"\x80\x05garbage" * 1000,
    "one bit": lambda content: content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
    "appended": lambda content: content + b"x",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_compiled_and_written_anew(folder, load, compilations, problems, damage):
    check(load())
    for file in folder.iterdir():
        file.write_bytes(damage(file.read_bytes()))
    check(load())
    assert compilations["total"] == 4
    assert len(problems()) == 1
    assert "is damaged" in problems()[0]
    check(load())
    assert compilations["total"] == 4


def test_the_file_of_another_signature_is_not_used(folder, load, compilations):
    check(load())
    one, other = folder.iterdir()
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    check(load())
    assert compilations["total"] == 4


def test_a_folder_in_the_place_of_a_file(folder, load, problems):
    check(load())
    for file in list(folder.iterdir()):
        file.unlink()
        file.mkdir()
    check(load())
    assert len(problems()) == 1


def test_a_folder_that_is_deleted(folder, load, problems):
    kernels = load()
    kernels.total(A)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    check(kernels)
    check(load())
    assert len(list(folder.iterdir())) == 2
    assert not problems()


def refuse(code):
    def write_bytes(self, content):
        with open(self, "wb") as file:
            file.write(content[:100])
        raise OSError(code, os.strerror(code), str(self))

    return write_bytes


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_file_that_cannot_be_written(folder, load, monkeypatch, problems, code):
    monkeypatch.setattr(Path, "write_bytes", refuse(code))
    for _ in range(2):
        check(load())
    assert len(problems()) == 1
    assert os.strerror(code) in problems()[0]
    assert list(folder.iterdir()) == []


def test_what_cannot_be_pickled(folder, load, monkeypatch, problems):
    def _reduce(self):
        raise TypeError("cannot pickle")

    monkeypatch.setattr("numba.core.compiler.CompileResult._reduce", _reduce)
    check(load())
    assert problems() == [
        "cannot keep kernels: each process compiles them (TypeError: cannot pickle)"
    ]


def test_no_folder_is_announced(tmp_path, folder, load, caplog, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", str(tmp_path / "file"))
    check(load())
    assert caplog.messages[0].startswith("compiling the test's kernels, once for each dtype")
    assert "no folder can be written" in caplog.messages[0]
    assert len(caplog.messages) == 1


def test_a_terminal_shows_that_it_goes_on(folder, load, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    compiler = numba.core.dispatcher._FunctionCompiler
    compile_it = compiler.compile

    def slowly(*arguments):
        sleep(0.8)
        return compile_it(*arguments)

    monkeypatch.setattr(compiler, "compile", slowly)
    n_threads = threading.active_count()
    check(load())
    assert threading.active_count() == n_threads
    assert re.search(r"\rcompiling the test's kernels: \d\.\d s\n", capsys.readouterr().err)


@pytest.mark.parametrize("stream", [None, object()])
def test_without_a_console(folder, load, monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    check(load())


def interrupted(line, call):
    """Call, with a KeyboardInterrupt at the nth line of our code; whether there were so many."""
    n_lines = 0

    def trace(frame, event, argument):
        nonlocal n_lines
        if not frame.f_code.co_filename.endswith(("jit.py", "folders.py", "kernels.py")):
            return None
        if event == "line":
            n_lines += 1
            if n_lines == line:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def in_another_thread(call):
    """Return what it returns; a lock that is held would stop it, but not the thread itself."""
    found = []
    thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    thread.join(60)
    return found[0]


@pytest.mark.parametrize("step", sweep([5, 1], 1))
def test_an_interrupt_at_any_line_leaves_all_as_it_was(folder, load, problems, step):
    before, config, line = set(threading.enumerate()), numba.config.CACHE_DIR, 1
    while interrupted(line, lambda: load().total(A)):
        assert in_another_thread(lambda: load().total(A)) == 28
        assert config == numba.config.CACHE_DIR
        # An interrupt ends the wait for the thread that compiles and not its work. Those that were
        # there before wait for work of PCA.
        for thread in set(threading.enumerate()) - before:
            thread.join(60)
        assert set(threading.enumerate()) <= before
        assert {file.suffix for file in folder.iterdir()} <= {SUFFIX}
        if line % 2:  # so that loading and compiling are both interrupted
            for file in folder.iterdir():
                file.unlink()
        line += step
    assert line > 40
    assert not problems()


def test_threads_that_load_at_once(folder, load, problems, compilations):
    threads, together = 8, threading.Barrier(8)
    load()
    module = next(name for name in sys.modules if name.startswith("kernels_"))
    del sys.modules[module]
    jit.load_kernels.cache_clear()

    def first_call(_):
        together.wait(60)
        return jit.load_kernels(module, "test").total(A)

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(first_call, range(threads))) == [28] * threads
    assert compilations["total"] == 1
    assert not problems()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("n", sweep(range(3), 1))
def test_a_child_that_is_forked_while_kernels_are_imported(folder, n):
    """The child would wait for a module that a thread, which it does not have, was importing."""
    assert_runs(f"""
        import os, sys, threading, time, warnings
        from skparams._runtime import load_kernels

        def load():
            return load_kernels("skparams.decomposition._pca.kernels", "PCA")

        warnings.simplefilter("ignore")  # Python's own, about forks of processes with threads
        thread = threading.Thread(target=load)
        thread.start()
        while "numba" not in sys.modules:
            time.sleep(0.001)
        time.sleep({n} * 0.05)
        child = os.fork()
        if child == 0:
            os._exit(load().BLOCK != 256)
        thread.join()
        assert os.waitpid(child, 0)[1] == 0
    """)


# Lines of numba: during its import, during the first compilation, and after it.
LINES = [2_000, 11_000, 40_000, 90_000, 300_000, 500_000]


@pytest.mark.parametrize("line", sweep(LINES, [11_000]))
def test_an_interrupt_of_the_first_fit_does_not_break_numba(line, tmp_path):
    assert_runs(
        f"""
        import sys
        import numpy as np
        from skparams import PCA

        X = np.random.default_rng(0).standard_normal((50, 3))
        n_lines = 0

        def interrupt(frame, event, argument):
            global n_lines
            n_lines += "numba" in frame.f_code.co_filename
            if n_lines == {line}:
                raise KeyboardInterrupt
            return interrupt

        sys.settrace(interrupt)
        try:
            PCA(2).fit(X)
        except KeyboardInterrupt:
            pass
        sys.settrace(None)
        assert PCA(2).fit(X).components_.shape == (2, 3)
        """,
        SKPARAMS_CACHE_DIR=str(tmp_path),
    )


@pytest.mark.skipif(os.name == "nt", reason="signals reach no process of its own on Windows")
@pytest.mark.parametrize("seconds", sweep([0.5, 0.05, 0.15, 1.0, 2.0], 1))
def test_ctrl_c_in_the_first_fit_does_not_break_numba(seconds, tmp_path):
    assert_runs(
        f"""
        import os, signal, threading, warnings
        import numpy as np
        from skparams import PCA

        warnings.simplefilter("ignore")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        X = np.random.default_rng(0).standard_normal((50, 3))
        model = PCA(2)
        timer = threading.Timer({seconds}, os.kill, [os.getpid(), signal.SIGINT])
        timer.start()
        try:
            model.fit(X)
            timer.join()
        except KeyboardInterrupt:
            pass
        assert model.fit(X).components_.shape == (2, 3)
        """,
        SKPARAMS_CACHE_DIR=str(tmp_path),
    )


FITS = """
    import warnings
    import numpy as np
    from skparams import PCA

    warnings.simplefilter("error")
    X = np.random.RandomState(0).standard_normal((50, 3))
    values = PCA(2).fit(X).explained_variance_
    expected = np.linalg.eigvalsh(np.cov(X.T))[:0:-1]
    np.testing.assert_allclose(values, expected, rtol=1e-10)
"""


def one_line(done):
    """Of what goes wrong, at most one line is logged, after the announcement."""
    lines = done.stderr.splitlines()
    assert len(lines) <= 2, lines
    return lines[-1]


def test_a_disk_that_is_full(tmp_path):
    resource = pytest.importorskip("resource")
    environment = {"SKPARAMS_CACHE_DIR": str(tmp_path / "kept")}
    done = assert_runs(
        FITS,
        **environment,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999)),
    )
    assert "cannot keep kernels" in one_line(done)
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.exhaustive  # compiles anew
def test_no_folder_at_all_leaves_nothing_behind(tmp_path):
    environment = {"SKPARAMS_CACHE_DIR": "/dev/null/a", "TMPDIR": str(tmp_path)}
    for _ in range(2):
        assert "no folder can be written" in one_line(assert_runs(FITS, **environment))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.exhaustive  # compiles anew
def test_processes_that_compile_at_once(tmp_path):
    environment = {"SKPARAMS_CACHE_DIR": str(tmp_path / "kept")}
    with ThreadPoolExecutor(3) as pool:
        for done in pool.map(lambda _: assert_runs(FITS, **environment), range(3)):
            assert len(done.stderr.splitlines()) <= 1
    assert {file.suffix for file in (tmp_path / "kept").iterdir()} == {SUFFIX}
    assert assert_runs(FITS, **environment).stderr == ""


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("in_main_thread", [True, False])
def test_the_garbage_collector_pauses_and_is_as_it_was(enabled, in_main_thread):
    was_enabled, seen = gc.isenabled(), []

    def fails():
        seen.append(gc.isenabled())
        raise ZeroDivisionError

    def call():
        with pytest.raises(ZeroDivisionError):
            jit._undisturbed(fails)
        seen.append(gc.isenabled())

    try:
        (gc.enable if enabled else gc.disable)()
        if in_main_thread:
            call()
        else:
            ThreadPoolExecutor(1).submit(call).result()
    finally:
        (gc.enable if was_enabled else gc.disable)()
    assert seen == [False, enabled]
