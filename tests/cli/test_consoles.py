"""The demo where output has another encoding, is closed or full, and at Ctrl-C."""

import io
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from skparams._cli import main
from skparams._cli.console.files import check_folder, write
from skparams._cli.demo import demo
from skparams._cli.interrupt import Stopped, stopped_by_interrupt
from skparams._runtime import Progress
from tests.sweep import sweep

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

TABLE = "größe→,b,y\n" + "".join(f"{i},{i % 7},{'ja' if i % 2 else 'nein²'}\n" for i in range(24))
# The demo with a small search, or none: its second argument says which.
DRIVER = """
import sys
import skparams.__main__ as start
if sys.argv.pop(1) == "no search":
    start._open_closed_streams()
    import skparams._cli.demo.demo as demo
    demo.compare = lambda data, quick: demo.show(data.to_text()) or (b"page", b"picture")
sys.exit(start.start())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a table, in which this runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def arguments(out="out", target="y"):
    return ["demo", "--data", "table.csv", "--target", target, "--out", out, "--quick"]


def start(*args, search="no search", shell=None, **options):
    """Start the demo in another process, its standard streams as a shell sets them."""
    command = [sys.executable, "-c", DRIVER, search, *arguments(), *args]
    if shell is not None:
        command = ["sh", "-c", f'{{ "$@" {shell}', "sh", *command]
    environment = {**os.environ, **options.pop("env", {}), "PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, **pipes, **options)


@pytest.mark.parametrize("errors", ["strict", "replace"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "ascii", "utf-16", "cp437"])
def test_any_encoding_prints_every_sign(folder, monkeypatch, encoding, errors):
    def compare(data, quick):
        demo.show(data.to_text())
        return b"page", b"picture"

    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding, errors))
    monkeypatch.setattr(demo, "compare", compare)
    assert main(arguments(target="größe→")) == 0
    text = written.getvalue().decode(encoding)
    for sign, otherwise in {"×": "24 rows x 2", "→": "e->'", "ö": r"gr\xf6"}.items():
        try:
            sign.encode(encoding)
        except UnicodeEncodeError:
            assert otherwise in text
        else:
            assert sign in text
    assert "?" not in text


def test_a_progress_bar_has_signs_of_the_encoding(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written, encoding="cp1252"))
    Progress("fits", 2, shown=True)(2)
    assert b"=" * 30 in written.getvalue()
    monkeypatch.setattr(sys, "stderr", None)
    Progress("fits", 2)(2)


@pytest.mark.parametrize(
    "shell", sweep([">&- 2>&- <&-", ">/dev/full", ">&-", ">&- 2>&-", "| true"], 2)
)
def test_an_output_that_takes_nothing(folder, shell):
    code = 2 if shell == ">/dev/full" else 0
    process = start(shell=f"; echo $? > code; }} {shell}")
    out, error = process.communicate(timeout=120)
    assert (folder / "code").read_text() == f"{code}\n"
    assert out == b""
    assert error.count(b"\n") == (code == 2)
    if code == 0:
        assert sorted(os.listdir("out")) == ["learned.png", "report.html"]


@pytest.mark.parametrize("target", sweep(["größe→", "no"], 1))
def test_the_c_locale(folder, target):
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    process = start("--target", target, env=env)
    out, error = process.communicate(timeout=120)
    assert process.returncode == (2 if target == "no" else 0), error
    assert (out + error).isascii()
    assert rb"gr\xf6\xdfe" in out + error


@pytest.mark.exhaustive
@pytest.mark.parametrize("shell", [">&- 2>&- <&-"])
def test_a_search_where_streams_are_closed(folder, shell):
    process = start(search="search", shell=f"; }} {shell}")
    process.communicate(timeout=300)
    assert process.returncode == 0
    assert sorted(os.listdir("out")) == ["learned.png", "report.html"]


@pytest.mark.skipif(sys.platform == "win32", reason="no process groups")
@pytest.mark.parametrize("seconds", sweep([3.0, 0.1, *np.linspace(0.3, 9, 4)], 1))
def test_ctrl_c_prints_one_line(folder, seconds):
    process = start(search="search", start_new_session=True)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, error = process.communicate(timeout=120)
    # Python handles what comes before and after start().
    if b", in start" in error or process.returncode == 130:
        assert process.returncode == 130
        said = [line for line in error.splitlines() if not line.startswith(b"compiling the ")]
        assert said in ([], [b"skparams: stopped"], [b"skparams demo: stopped"])
    assert not os.path.exists("out") or not [n for n in os.listdir("out") if n.startswith(".")]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals are not blocked")
def test_workers_never_see_ctrl_c():
    code = (
        "import signal, joblib; from skparams._cli.console import start_workers; "
        "start_workers(2); mask = joblib.delayed(signal.pthread_sigmask); "
        "masks = joblib.Parallel(2)(mask(signal.SIG_BLOCK, []) for _ in range(4)); "
        "assert all(signal.SIGINT in each for each in masks), masks; "
        "assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)


@pytest.fixture
def listens():
    """Let this process see Ctrl-C, which a job in the background of a shell ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_in_a_network_stops_the_demo(folder, monkeypatch, capsys, listens):
    def interrupted(*_):
        signal.raise_signal(signal.SIGINT)

    def compare(data, quick):
        with monkeypatch.context() as patched:
            patched.setattr("skparams.neural_network.batches.Batches.train_epoch", interrupted)
            demo.skparams.MLPClassifier((2,)).fit([[0.0], [1.0]], [0, 1])

    monkeypatch.setattr(demo, "compare", compare)
    assert main(arguments()) == 130
    assert capsys.readouterr().err == "skparams demo: stopped\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_that_becomes_another_error_stops_too(listens):
    def ends_in_another_error():
        try:
            signal.raise_signal(signal.SIGINT)
        except BaseException as error:
            raise ImportError("numpy") from error

    with pytest.raises(Stopped), stopped_by_interrupt():
        ends_in_another_error()


def test_ctrl_c_that_a_caller_handles_stays_theirs():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stopped_by_interrupt():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="no umask")
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002, 0o027])
def test_files_have_the_rights_that_the_umask_leaves(tmp_path, umask):
    before = os.umask(umask)
    try:
        for _ in range(2):
            write(tmp_path / "a.html", b"page")
    finally:
        os.umask(before)
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o666 & ~umask
    assert os.listdir(tmp_path) == ["a.html"]


def refused(capsys, out="out"):
    """Return the line that says why nothing is written."""
    assert main(arguments(out)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_a_folder_that_cannot_be_written(folder, capsys, monkeypatch):
    monkeypatch.setattr(demo, "compare", lambda data, quick: (b"page", b"picture"))
    (folder / "taken" / "report.html").mkdir(parents=True)
    assert "cannot write into table.csv: File exists" in refused(capsys, "table.csv")
    assert "cannot write into" in refused(capsys, "table.csv/below")
    assert "cannot write into" in refused(capsys, "a\0b")
    assert "report.html: it is a folder" in refused(capsys, "taken")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    assert "No space left on device" in refused(capsys)
    assert os.listdir("out") == []
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    assert "cannot write into other: No space" in refused(capsys, "other")
    monkeypatch.setattr("pathlib.Path.mkdir", full)
    assert "cannot write into new: No space" in refused(capsys, "new")


@pytest.mark.parametrize("error", [MemoryError, OSError(28, "No space left on device")])
def test_a_machine_that_is_full_is_one_line(folder, capsys, monkeypatch, error):
    def compare(data, quick):
        raise error

    monkeypatch.setattr(demo, "compare", compare)
    assert "not enough memory" in (line := refused(capsys)) or "No space" in line


def test_a_folder_is_made_with_what_is_above_it(tmp_path):
    check_folder(tmp_path / "a" / "b", ["report.html"])
    assert os.listdir(tmp_path / "a" / "b") == []
