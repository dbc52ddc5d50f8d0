"""Files of arrays and a text: what comes back, what is refused, what stays when a save fails."""

import errno
import gzip
import io
import json
import os
import pickle
import stat
import sys
import tempfile
import threading
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams import Checkpoint, ParamsFileError, inspect_params, load_params, save_params
from skparams._compat import HAS_CALLBACKS
from skparams._keep import atomic, container
from skparams._keep.container import read, write
from tests.keep.sealed import BEGIN, sealed, sealed_file
from tests.processes import assert_runs

safetensors_numpy = pytest.importorskip("safetensors.numpy")

DTYPES = ["?", *(f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)), "f2", "f4", "f8"]
TEXT = {"a": [1, 2.5, None, True, "é"], "b": {"c": {}}}
verify = pytest.mark.parametrize("verify", [True, False])
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
SMALL = {"a": np.arange(3.0)}


def random_arrays(rng):
    """Up to 6 arrays of random dtypes and shapes, with random bits."""
    arrays = {}
    for i in range(rng.randint(7)):
        shape = tuple(rng.randint(0, 5, rng.randint(5)))
        array = np.frombuffer(rng.bytes(8 * int(np.prod(shape))), "u1").reshape(*shape, 8)
        dtype = np.dtype(DTYPES[rng.randint(len(DTYPES))])
        array = np.ascontiguousarray(array[..., : dtype.itemsize])
        array = array[..., 0] > 127 if dtype.kind == "b" else array.view(dtype)[..., 0]
        arrays[f"name/{i}"] = np.ascontiguousarray(array).reshape(shape)
    return arrays


def assert_same(actual, desired):
    assert actual.keys() == desired.keys()
    for name, array in desired.items():
        assert actual[name].dtype == array.dtype
        assert actual[name].shape == array.shape
        assert actual[name].tobytes() == array.tobytes()
        assert type(actual[name]) is np.ndarray


def only(folder, *names):
    """Whether there is nothing else in a folder."""
    return sorted(os.listdir(folder)) == sorted(names)


@pytest.mark.parametrize("seed", range(60))
def test_arrays_and_text_come_back_to_the_last_bit(tmp_path, seed):
    arrays = random_arrays(np.random.RandomState(seed))
    path = tmp_path / "file"
    write(path, TEXT, arrays)
    for checked in (True, False):
        text, found = read(path, verify=checked)
        assert text == TEXT
        assert_same(found, arrays)
        for array in found.values():
            assert array.flags.aligned
            assert array.flags.c_contiguous
            assert array.flags.writeable == checked
    assert_same(safetensors_numpy.load_file(path), arrays)
    assert only(tmp_path, "file")


def test_the_order_of_arrays_is_that_of_safetensors(tmp_path):
    arrays = {"c": np.ones(3, "u1"), "b": np.ones((2, 1), "f8"), "a": np.array(2, "f4")}
    write(tmp_path / "file", TEXT, arrays)
    ours = (tmp_path / "file").read_bytes()
    theirs = safetensors_numpy.save(arrays, {"skparams": "text"})

    def parts(data):
        end = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:end])
        del header["__metadata__"]
        return header, data[end:]

    assert parts(ours) == parts(theirs)


ODD = ["a/b", "..", "a\0b", "n" * 10_000, "é\ud800", "@of", "crc32", ""]


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_steps_features_and_classes_may_have_any_name(tmp_path, rng, name):
    X, y = rng.standard_normal((20, 2)), np.array(["other", name], object)[np.arange(20) % 2]
    pipeline = Pipeline([(name, StandardScaler()), ("last", LogisticRegression())]).fit(X, y)
    pipeline.named_steps[name].feature_names_in_ = np.array([name, "other"], object)
    save_params(pipeline, tmp_path / "file")
    loaded = load_params(tmp_path / "file")
    assert [step for step, _ in loaded.steps] == [name, "last"]
    assert loaded[0].feature_names_in_.tolist() == [name, "other"]
    assert loaded[-1].predict(X).tolist() == pipeline[-1].predict(X).tolist()
    assert sorted(loaded.classes_) == sorted(["other", name])
    assert only(tmp_path, "file")


@verify
@pytest.mark.parametrize(
    "name", ["", "a/b", "..", "a\0b", "n" * 10_000, "crc32", "skparams", '"\\', "é\u2028\U0001f600"]
)
def test_arrays_may_have_any_name(tmp_path, verify, name):
    arrays = {name: np.arange(3.0), "other": np.array([True])}
    write(tmp_path / "file", {"x": {name: name}}, arrays)
    text, found = read(tmp_path / "file", verify=verify)
    assert text == {"x": {name: name}}
    assert_same(found, arrays)


@pytest.mark.parametrize("name", ["__metadata__", "a\ud800"])
def test_names_that_safetensors_has_not_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match="name"):
        write(tmp_path / "file", TEXT, {name: np.zeros(1)})
    assert only(tmp_path)


@pytest.mark.parametrize(
    "array",
    [
        *(np.zeros(2, dtype) for dtype in ("c8", "c16", ">f8", ">i2", "M8[s]", "U3", "S3", "O")),
        np.zeros(2, [("a", "f8")]),
        *([np.zeros(2, np.longdouble)] if np.dtype(np.longdouble).itemsize > 8 else []),
        np.zeros((2, 3)).T,
        np.zeros(6)[::2],
    ],
    ids=lambda array: array.dtype.str,
)
def test_arrays_that_would_come_back_as_others_are_refused(tmp_path, array):
    path = tmp_path / "file"
    write(path, TEXT, SMALL)
    with pytest.raises(ValueError, match=r"'x' (has dtype|is not C-contiguous)"):
        write(path, TEXT, {"x": array})
    assert read(path, verify=True).text == TEXT
    assert only(tmp_path, "file")


@pytest.mark.parametrize(
    "text",
    [
        {"x": float("nan")},
        {"x": float("inf")},
        {"x": "\ud83d\ude00"},
        {"schema": 2},
        {"crc32": {}},
        {"x": "x" * 1000},
    ],
    ids=["nan", "inf", "pair", "schema", "crc32", "large"],
)
def test_texts_that_would_not_come_back_are_refused(tmp_path, monkeypatch, text):
    monkeypatch.setattr(container, "_MAX_HEADER", 1000)
    with pytest.raises(ValueError, match=r"JSON|name|at most 1,000"):
        write(tmp_path / "file", text, SMALL)
    assert only(tmp_path)


def test_texts_come_back_as_they_were(tmp_path):
    text = {
        "lone": "\udc80\ud800",
        "small": 5e-324,
        "long": 10**40,
        "sum": 0.1 + 0.2,
        "minus": -0.0,
    }
    write(tmp_path / "file", text, {})
    assert repr(read(tmp_path / "file", verify=True).text) == repr(text)


def test_paths_may_be_of_any_kind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    odd = b"odd\xff" if sys.platform == "linux" else b"odd"
    for path in ("file", Path("file"), b"file", odd, os.fsdecode(odd), "n" * 255):
        write(path, TEXT, SMALL)
        assert_same(read(path, verify=True).arrays, SMALL)
    assert only(tmp_path, "file", os.fsdecode(odd), "n" * 255)
    for call in (lambda path: write(path, TEXT, SMALL), lambda path: read(path, verify=True)):
        for wrong in (3, None, ["file"]):
            with pytest.raises(TypeError, match="path must be a str or path-like, got"):
                call(wrong)
        with pytest.raises(ValueError, match="null"):
            call("a\0b")
        with pytest.raises(OSError, match="File name too long"):
            call("n" * 10_000)


def test_a_mapped_file_is_not_read_and_stays_when_it_is_replaced(tmp_path):
    path = tmp_path / "file"
    array = np.arange(1000.0)
    write(path, TEXT, {"x": array})
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    mapped = read(path, verify=False).arrays["x"]
    assert mapped[-1] != array[-1]
    with pytest.raises(ParamsFileError, match="checksum of 'x'"):
        read(path, verify=True)
    before = mapped.copy()
    write(path, TEXT, {"x": np.zeros(1000)})
    np.testing.assert_array_equal(mapped, before)
    write(path, TEXT, {"x": read(path, verify=False).arrays["x"]})  # from the file to itself


# Saves that fail


class Full(io.FileIO):
    """A file that has room for some bytes only."""

    room = 5000

    def write(self, data):
        data = memoryview(data).cast("B")[: self.room]
        if not len(data):
            raise self.error
        self.room -= len(data)
        return super().write(data)


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("room", [0, 100, 5000, 50_000])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt(), MemoryError()]
)
def test_after_a_write_that_fails_all_is_as_it_was(tmp_path, monkeypatch, error, room, old):
    path = tmp_path / "file"
    if old:
        write(path, TEXT, SMALL)
    before = path.read_bytes() if old else None

    def create(temporary, mode):
        file = Full(temporary, "x")
        file.room, file.error = room, error
        return io.BufferedWriter(file)

    monkeypatch.setattr(atomic, "_create", create)
    with pytest.raises(type(error)) as caught:
        write(path, {}, {"x": np.arange(10_000.0)})
    if isinstance(error, OSError):
        assert caught.value.errno == errno.ENOSPC
        assert caught.value.filename == str(path)
    assert only(tmp_path, *(["file"] if old else []))
    assert not old or path.read_bytes() == before


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod", "fdopen"])
def test_after_any_call_that_fails_all_is_as_it_was(tmp_path, monkeypatch, call):
    path = tmp_path / "file"
    write(path, TEXT, SMALL)

    def fail(*args, **kwargs):
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(OSError, match=r"broken.*file"):
            write(path, {}, {})
    assert read(path, verify=True).text == TEXT
    assert only(tmp_path, "file")


@posix
def test_a_full_disk_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    write(path, TEXT, SMALL)
    code = f"""
    import errno, resource
    import numpy as np
    from skparams._keep.container import write
    for limit in (0, 100, 10_000, 100_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            write({str(path)!r}, {{}}, {{"x": np.zeros(20_000)}})
        except OSError as error:
            assert error.errno == errno.EFBIG, error
            assert error.filename == {str(path)!r}
        else:
            raise AssertionError
    """
    assert_runs(code)
    assert read(path, verify=True).text == TEXT
    assert only(tmp_path, "file")


# Where it may be written


@posix
def test_modes_are_those_of_open(tmp_path):
    umask = os.umask(0o027)
    try:
        write(tmp_path / "new", TEXT, SMALL)
        open(tmp_path / "opened", "w").close()
    finally:
        os.umask(umask)
    new, opened = (stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("new", "opened"))
    assert new == opened == 0o640


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "file"
    write(path, TEXT, SMALL)
    path.chmod(mode)
    write(path, {}, {})
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert read(path, verify=True).text == {}


@posix
def test_what_was_private_is_so_while_it_is_written(tmp_path):
    path = tmp_path / "file"
    path.touch(0o600)
    with atomic.replacing(str(path)):
        assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


@posix
@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("relative", [True, False])
def test_a_link_stays_and_its_target_is_replaced(tmp_path, exists, relative):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "file", tmp_path / "link"
    if exists:
        write(target, TEXT, SMALL)
    link.symlink_to("there/file" if relative else target)
    write(link, {"new": 1}, {})
    assert link.is_symlink()
    assert read(link, verify=True).text == read(target, verify=True).text == {"new": 1}
    assert only(tmp_path, "there", "link")
    assert only(tmp_path / "there", "file")


def test_a_folder_is_refused(tmp_path):
    for path in (tmp_path, f"{tmp_path}{os.sep}", f"{tmp_path / 'new'}{os.sep}"):
        with pytest.raises((IsADirectoryError, PermissionError)):
            write(path, TEXT, SMALL)
    with pytest.raises((IsADirectoryError, PermissionError)):
        read(tmp_path, verify=True)
    assert only(tmp_path)


def test_a_folder_that_is_missing_is_an_error(tmp_path):
    path = tmp_path / "missing" / "file"
    with pytest.raises(FileNotFoundError) as error:
        write(path, TEXT, SMALL)
    assert error.value.filename == str(path)
    with pytest.raises(FileNotFoundError):
        read(path, verify=True)
    assert only(tmp_path)


@posix
def test_devices_and_pipes_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (os.devnull, tmp_path / "pipe"):
        with pytest.raises(OSError, match="cannot be replaced") as error:
            write(path, TEXT, SMALL)
        assert error.value.errno == errno.EINVAL
        with pytest.raises(ParamsFileError, match="pipe"):
            read(path, verify=True)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.fixture
def open_folder():
    """A folder that all users may enter; pytest's own is for one only."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@posix
def test_without_permission_nothing_is_written(open_folder):
    """Another user's, as nothing is forbidden to root."""
    writable, readable = open_folder / "writable", open_folder / "readable"
    for folder in (writable, readable):
        folder.mkdir()
        write(folder / "file", TEXT, SMALL)
        (folder / "file").chmod(0o444)
    readable.chmod(0o555)
    writable.chmod(0o777)
    write(open_folder / "secret", TEXT, SMALL)
    (open_folder / "secret").chmod(0)
    code = f"""
    import os
    from skparams._keep.container import read, write
    import safetensors  # which this user may read
    if os.getuid() == 0:
        os.setuid(65534)
    os.chdir({str(open_folder)!r})
    for path in ("writable/file", "readable/file", "readable/new"):
        try:
            write(path, {{}}, {{}})
        except PermissionError as error:
            assert error.filename == path, error
        else:
            raise AssertionError(path)
    try:
        read("secret", verify=True)
    except PermissionError:
        pass
    else:
        raise AssertionError
    write("writable/new", {{}}, {{}})
    """
    assert_runs(code)
    readable.chmod(0o755)
    assert only(writable, "file", "new")
    assert only(readable, "file")
    for folder in (writable, readable):
        assert read(folder / "file", verify=True).text == TEXT


# What killed writers left


def leftover(folder):
    path = folder / ".skparams-0123456789abcdef.tmp"
    path.write_bytes(b"half")
    return path


@posix
def test_the_next_save_removes_what_a_killed_one_left(tmp_path):
    leftover(tmp_path)
    write(tmp_path / "file", TEXT, SMALL)
    assert only(tmp_path, "file")


@posix
def test_a_file_that_is_being_written_is_left_alone(tmp_path, monkeypatch):
    one, other = tmp_path / "one", tmp_path / "other"
    with atomic.replacing(str(one)) as file:
        file.write(b"one")
        write(other, TEXT, SMALL)
        # as another process sees it, which knows of it by the lock only
        monkeypatch.setattr(atomic, "_being_written", set())
        write(other, TEXT, SMALL)
    assert one.read_bytes() == b"one"
    # and as a process sees its own on NFS, where it has no locks against itself
    monkeypatch.undo()
    monkeypatch.setattr(atomic, "_lock", lambda descriptor, wait: True)
    with atomic.replacing(str(one)) as file:
        write(other, TEXT, SMALL)
    assert only(tmp_path, "one", "other")


@posix
def test_a_file_that_was_taken_for_a_leftover_is_created_again(tmp_path, monkeypatch):
    lock, removed = atomic._lock, []

    def late(descriptor, *, wait):
        if not removed:
            removed.extend(tmp_path.iterdir())
            removed[0].unlink()
        return lock(descriptor, wait=wait)

    monkeypatch.setattr(atomic, "_lock", late)
    write(tmp_path / "file", TEXT, SMALL)
    assert removed
    assert read(tmp_path / "file", verify=True).text == TEXT
    assert only(tmp_path, "file")


@posix
def test_saves_work_where_there_are_no_locks_and_folders_cannot_be_synced(tmp_path, monkeypatch):
    left = leftover(tmp_path)

    def no_locks(*args):
        raise OSError(errno.ENOLCK, "no locks")

    fsync = os.fsync

    def files_only(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "a folder")
        fsync(descriptor)

    monkeypatch.setattr("fcntl.flock", no_locks)
    monkeypatch.setattr(os, "fsync", files_only)
    write(tmp_path / "file", TEXT, SMALL)
    assert only(tmp_path, "file", left.name)  # whose writer may be at work


def test_saves_work_without_fcntl(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "fcntl", None)
    for text in (TEXT, {}):
        write(tmp_path / "file", text, SMALL)
        assert read(tmp_path / "file", verify=True).text == text
    assert only(tmp_path, "file")


@pytest.mark.parametrize("n_saves", [30])
def test_who_reads_while_others_save_gets_one_of_the_files(tmp_path, n_saves):
    path = tmp_path / "file"
    arrays = [{"x": np.full(5000 + i, float(i))} for i in range(2)]
    write(path, {"i": 0}, arrays[0])
    errors = []

    def save(i):
        try:
            for _ in range(n_saves):
                write(path, {"i": i}, arrays[i])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=save, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for checked in (True, False):
            text, found = read(path, verify=checked)
            assert_same(found, arrays[text["i"]])
    for thread in threads:
        thread.join()
    assert not errors
    assert only(tmp_path, "file")


def test_a_file_that_is_replaced_while_it_is_read_is_one_of_both(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write(path, {"i": 0}, {"x": np.zeros(3)})
    check = container._check_header

    def replace_after(*args):
        monkeypatch.undo()
        end = check(*args)
        write(path, {"i": 1, "longer": "text" * 100}, {"y": np.ones(5)})
        return end

    for checked in (True, False):
        monkeypatch.setattr(container, "_check_header", replace_after)
        text, found = read(path, verify=checked)
        assert text["i"] == 1
        np.testing.assert_array_equal(found["y"], np.ones(5))


# Files that are not ours, and files that an author forged


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", "{}")
    return buffer.getvalue()


def array_file():
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


OTHERS = {
    "plain": (safetensors_numpy.save({"x": np.zeros(3)}), "another program"),
    "metadata": (safetensors_numpy.save({"x": np.zeros(3)}, {"format": "pt"}), "another program"),
    "imitated": (safetensors_numpy.save(SMALL, {"skparams": "{}"}), "another program"),
    "zip": (zipped(), "zip archive"),
    "pickle": (pickle.dumps({"x": 1}), "a pickle"),
    "npy": (array_file(), r"numpy\.save"),
    "gzip": (gzip.compress(b"x" * 100), "gzip"),
    "empty": (b"", "is empty"),
    "zeros": (b"\0" * 8, "no file of save_params"),
    "ones": (b"\xff" * 8, "no file of save_params"),
    "short": (b"\x08", "no file of save_params"),
    "text": (b"not a file of arrays" * 100, "no file of save_params"),
    "json": (b'{"x": 1}' * 100, "no file of save_params"),
}


@verify
@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_programs_are_refused(tmp_path, name, verify):
    path = tmp_path / "other's"
    data, reason = OTHERS[name]
    path.write_bytes(data)
    with pytest.raises(ParamsFileError, match=reason) as error:
        read(path, verify=verify)
    assert repr(str(path)) in str(error.value)


def test_a_file_that_another_program_wrote_again_is_refused(tmp_path):
    write(tmp_path / "file", TEXT, SMALL)
    with safetensors_numpy.safe_open(tmp_path / "file", framework="numpy") as opened:
        metadata = opened.metadata()
    safetensors_numpy.save_file({"a": np.zeros(3)}, tmp_path / "file", metadata)
    with pytest.raises(ParamsFileError, match="header"):
        read(tmp_path / "file", verify=False)


def text_of(value):
    return sealed_file(value if isinstance(value, dict) else json.dumps(value), SMALL)


FORGED = {
    "newer": (text_of({"schema": 2}), r"schema 2.*Update skparams"),
    "newer with other checksums": (text_of({"schema": 2, "crc32": 5}), r"schema 2.*Update"),
    "no schema": (text_of({"schema": None}), "no schema"),
    "schema true": (text_of({"schema": True}), "no schema"),
    "schema 0": (text_of({"schema": 0}), "no schema"),
    "schema text": (text_of({"schema": "1"}), "no schema"),
    "list": (text_of([]), "no schema"),
    "number": (text_of(3), "no schema"),
    "null": (text_of(None), "no schema"),
    "text": (text_of("x"), "no schema"),
    "no json": (sealed_file("{", SMALL), "not JSON"),
    "no text": (sealed_file("", SMALL), "not JSON"),
    "nan": (sealed_file('{"schema":1,"x":NaN}', SMALL), "NaN"),
    "infinity": (sealed_file('{"schema":1,"x":-Infinity}', SMALL), "Infinity"),
    "deep": (sealed_file('{"schema":1,"x":' + "[" * 200_000, SMALL), "not JSON"),
    "deep and whole": (
        sealed_file('{"schema":1,"x":' + "[" * 200_000 + "]" * 200_000 + "}", SMALL),
        "not JSON",
    ),
    "deep objects": (sealed_file('{"x":' * 200_000, SMALL), "not JSON"),
    "digits": (sealed_file('{"schema":' + "1" * 10_000 + "}", SMALL), "not JSON"),
    "a key twice": (sealed_file('{"schema":1,"schema":1}', SMALL), "twice"),
    "a key twice within": (sealed_file('{"schema":1,"x":[{"a":1,"a":2}]}', SMALL), "twice"),
    "no checksums": (text_of({"crc32": None}), "checksums"),
    "list of checksums": (text_of({"crc32": ["a"]}), "checksums"),
    "other checksums": (text_of({"crc32": {"b": "00000000"}}), "checksums"),
    "more checksums": (text_of({"crc32": {"a": "00000000", "b": "00000000"}}), "checksums"),
    "bfloat": (sealed_file({}, {"x": ("BF16", [1], b"ab")}), "BF16"),
    "float8": (sealed_file({}, {"x": ("F8_E5M2", [1], b"a")}), "F8_E5M2"),
    "no dtype": (sealed_file({}, {"x": ("F65", [1], b"a")}), "damaged"),
    "not aligned": (
        sealed_file({}, {"x": np.zeros(1, "u1"), "y": np.zeros(1)}),
        "F64 at byte",
    ),
    "more dimensions than NumPy has": (sealed_file({}, {"x": ("U8", [1] * 65, b"a")}), "64"),
    "empty and too large": (sealed_file({}, {"x": ("F64", [0, 2**62], b"")}), "too big"),
    "empty and far too large": (sealed_file({}, {"x": ("F64", [0, 2**64 - 1], b"")}), "damaged"),
    "product beyond 64 bits": (sealed_file({}, {"x": ("F64", [2**33, 2**33], b"")}), "damaged"),
    "shape and bytes differ": (sealed_file({}, {"x": ("F64", [3], b"a" * 16)}), "damaged"),
    "negative": (sealed_file({}, {"x": ("F64", [-1], b"a" * 8)}), "damaged"),
    "fraction": (sealed_file({}, {"x": ("F64", [1.0], b"a" * 8)}), "damaged"),
    "no bool": (sealed_file({}, {"x": ("BOOL", [2], b"\1\2")}), "booleans 'x'"),
    "bytes that belong to nothing": (sealed_file({}, SMALL) + b"more", "damaged"),
    "bytes missing": (sealed_file({}, SMALL)[:-1], "damaged"),
    "only a header": (sealed(BEGIN + b'00000000"}}'), "not JSON"),
    "no end": (sealed(BEGIN + b'00000000"'), "damaged"),
    "no metadata": (sealed(BEGIN + b'00000000"},"__metadata__":{}}'), "damaged"),
    "metadata of numbers": (sealed(BEGIN + b'00000000","skparams":{"schema":1}}}'), "damaged"),
    "overlap": (
        sealed(
            BEGIN
            + b'00000000","skparams":"{\\"schema\\":1,'
            + b'\\"crc32\\":{\\"a\\":\\"0\\",\\"b\\":\\"0\\"}}"},'
            + b'"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},'
            + b'"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
            b"abcdef",
        ),
        "damaged",
    ),
}


@verify
@pytest.mark.parametrize("name", FORGED)
def test_forged_files_are_refused(tmp_path, name, verify):
    path = tmp_path / "forged"
    data, reason = FORGED[name]
    path.write_bytes(data)
    with pytest.raises(ParamsFileError, match=reason) as error:
        read(path, verify=verify)
    assert repr(str(path)) in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("crc32", [None, 0, True, [], {}, "", "0000000", "0" * 9, "A0B1C2D3"])
def test_checksums_of_any_other_kind_do_not_match(tmp_path, crc32):
    path = tmp_path / "forged"
    path.write_bytes(text_of({"crc32": {"a": crc32}}))
    assert_same(read(path, verify=False).arrays, SMALL)
    with pytest.raises(ParamsFileError, match="checksum of 'a'"):
        read(path, verify=True)


def test_what_the_tests_forge_can_be_read(tmp_path):
    arrays = {"f": np.arange(3.0), "i": np.arange(4, dtype="i2"), "b": np.array([True, False])}
    (tmp_path / "file").write_bytes(sealed_file({"x": [1]}, arrays))
    text, found = read(tmp_path / "file", verify=True)
    assert text == {"x": [1]}
    assert_same(found, arrays)


@pytest.fixture(params=["missing", "too old"])
def without_safetensors(request, monkeypatch):
    package = types.ModuleType("safetensors")
    package.safe_open, package.__version__ = object, "0.5.3"
    there = None if request.param == "missing" else package
    monkeypatch.setitem(sys.modules, "safetensors", there)
    return request.param


def test_without_safetensors_the_error_names_the_extra(tmp_path, without_safetensors, monkeypatch):
    monkeypatch.setattr("skparams._keep.save.contents_of", None)  # not called
    path = tmp_path / "file"
    path.write_bytes(b"not read")
    model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    calls = [
        lambda: write(path, TEXT, SMALL),
        lambda: save_params(model, path),
        lambda: load_params(path),
        lambda: inspect_params(path),
    ]
    if HAS_CALLBACKS:
        calls.append(lambda: Checkpoint(path).setup(model, None))
    expected = "need safetensors" + (" 0.6.1, here is 0.5.3" * (without_safetensors == "too old"))
    for call in calls:
        with pytest.raises(ImportError, match=rf"{expected}.*skparams\[keep\]"):
            call()
    assert path.read_bytes() == b"not read"
    assert only(tmp_path, "file")
