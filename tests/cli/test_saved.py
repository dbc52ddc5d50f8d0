"""``skparams summary`` and ``skparams diff`` on files: what is loaded, and what never is."""

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import re
import sys
import warnings
import zipfile
import zlib

import joblib
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams import PCA, save_params, summary
from skparams._cli import main
from tests.cli.test_commands import refused, run

pytest.importorskip("safetensors")

X = np.random.RandomState(0).standard_normal((12, 3))
Y = X @ [1.0, 2.0, 3.0]


class Bomb:
    """What leaves a file where it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


class Own(Ridge):
    """A class of another package."""


OWN = f"{Own.__module__}.{Own.__qualname__}"


@pytest.fixture
def saved(tmp_path):
    """A function that saves a model and returns the file."""

    def save(name="model.safetensors", model=None, **params):
        path = tmp_path / name
        model = make_pipeline(StandardScaler(), Ridge(**params)) if model is None else model
        save_params(model.fit(X, Y), path)
        return path

    return save


@pytest.fixture
def skops(tmp_path):
    """A function that dumps an object by skops and returns the file."""
    package = pytest.importorskip("skops.io")

    def dump(content, name="model.skops"):
        package.dump(content, tmp_path / name)
        return tmp_path / name

    return dump


def test_a_file_is_summed_up(capsys, saved):
    code, out, error = run(capsys, "summary", saved())
    assert (code, error) == (0, "")
    assert out == f"{summary(make_pipeline(StandardScaler(), Ridge()).fit(X, Y))}\n"


def test_the_rows_of_a_table_are_those_of_the_model(capsys, saved, tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["a", "b\x1b", "c"])
    frame.assign(target=Y)[["c", "target", "b\x1b", "a"]].to_csv(tmp_path / "all.csv", index=False)
    frame[["c"]].to_csv(tmp_path / "few.csv", index=False)
    save_params(make_pipeline(StandardScaler(), Ridge()).fit(frame, Y), tmp_path / "named")
    code, out, _ = run(capsys, "summary", tmp_path / "named", "--data", tmp_path / "all.csv")
    assert code == 0
    assert "free parameters a row" in out
    error = refused(capsys, "summary", tmp_path / "named", "--data", tmp_path / "few.csv")
    assert "few.csv lacks columns that the model was fitted on: 'a', 'b\\x1b'" in error
    error = refused(capsys, "summary", saved(), "--data", tmp_path / "all.csv")
    assert "X must have the 3 columns" in error


def test_skops_files_of_ours_need_no_trust(capsys, skops):
    path = skops(make_pipeline(StandardScaler(), PCA(2)).fit(X))
    code, out, error = run(capsys, "summary", path, "--json")
    assert (code, error) == (0, "")
    assert json.loads(out)["estimator"]["totals"]["stored"] == 3 + 3 + 6 + 3


def test_types_and_classes_of_others_have_to_be_named(capsys, saved, skops):
    model = Own().fit(X, Y)
    path, other = skops(model), saved(model=model)
    error = refused(capsys, "summary", path)
    assert error.endswith(f"if you trust their code, give --trust {OWN}\n")
    assert run(capsys, "summary", path, "--trust", OWN)[0] == 0
    assert f"give --allow {OWN}\n" in refused(capsys, "diff", other, other)
    assert run(capsys, "diff", path, other, "--trust", OWN, "--allow", OWN)[0] == 0
    # A summary of such a file imports no class.
    assert "no Spec describes Own" in run(capsys, "summary", other)[1]
    assert "no Spec describes Own" not in run(capsys, "summary", other, "--allow", OWN)[1]


def test_the_types_that_are_trusted_are_those_of_our_models():
    from skparams._cli.saved import _OURS

    found = {skparams.MLPClassifier, skparams.MLPRegressor, skparams.PCA}
    assert {f"{cls.__module__}.{cls.__qualname__}" for cls in found} == _OURS


def pickles():
    """Pickles of all protocols, packed as joblib packs them and not, and what is like them."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for name, what in {
            "object": None,
            "list": [1],
            "dict": {"a": 1},
            "tuple": (1, "a"),
        }.items():
            yield f"{name}, {protocol}", what, lambda obj, p=protocol: pickle.dumps(obj, p)
    for method in ("zlib", "gzip", "bz2", "xz", "lzma"):
        yield f"joblib, {method}", None, lambda obj, m=method: dumped(obj, compress=(m, 3))
    yield "joblib", None, dumped
    packers = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
    packers |= {f"zlib {level}": lambda b, n=level: zlib.compress(b, n) for level in (1, 6, 9)}
    for name, pack in packers.items():
        yield f"packed, {name}", None, lambda obj, p=pack: p(pickle.dumps(obj))
    yield "torch", None, lambda obj: archive({"model/data.pkl": pickle.dumps(obj)})
    yield "with a schema", None, lambda o: archive({"a.pickle": b"", "schema.json": b"{}"})


def dumped(content, **options):
    file = io.BytesIO()
    joblib.dump(content, file, **options)
    return file.getvalue()


def archive(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return content.getvalue()


PICKLES = {name: (content, write) for name, content, write in pickles()}


@pytest.mark.parametrize("case", PICKLES)
def test_a_pickle_is_refused_by_name_whatever_its_suffix(capsys, tmp_path, case):
    content, write = PICKLES[case]
    mark = tmp_path / "loaded"
    content = write([content, Bomb(mark)] if content is None else content)
    for name in ("model.safetensors", "model.skops", "model.csv"):
        (tmp_path / name).write_bytes(content)
        for argv in (["summary", tmp_path / name], ["diff", tmp_path / name, tmp_path / name]):
            error = refused(capsys, *argv)
            assert re.search(f"{name} is .*pickle", error)
            assert "skparams.save_params" in error
    assert not mark.exists()


def test_a_pickle_is_not_read_beyond_its_first_bytes(capsys, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(pickle.dumps(Ridge()))
    os.truncate(path, 10**12)  # more than there is memory; the file has a hole
    assert "is a pickle" in refused(capsys, "summary", path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "model is empty"),
        (b"a,b\n1,2\n", "model is neither a file of skparams.save_params nor one of skops"),
        (b"\x93NUMPY", "model is neither"),
        (archive({"a.npy": b""}), "model is a zip archive, but not one of skops"),
        (b"PK\x03\x04 cut off", "cannot read .*model: File is not a zip file"),
        ((20).to_bytes(8, "little") + b'{"a":{"dtype":"F64"}', "of another program"),
    ],
)
def test_what_is_no_model_is_refused(capsys, tmp_path, content, message):
    path = tmp_path / "model"
    path.write_bytes(content)
    assert re.search(message, refused(capsys, "summary", path))


def test_what_is_no_file_is_refused(capsys, saved, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, why in {
        "": "it is a folder",
        "no": "No such file or directory",
        "pipe": "it is a device, a pipe or a socket",
        "a\0b": "null byte|null character",
        "n\n" * 200: "File name too long",
    }.items():
        error = refused(capsys, "diff", saved(), f"{tmp_path}/{name}")
        assert re.search(f"cannot read .*({why})", error), error


@pytest.mark.parametrize(
    "schema",
    [
        "{",
        "[]",
        "{}",
        '{"__class__":"system","__module__":"os","__loader__":"FunctionNode","protocol":2,'
        '"content":"os.system","_skops_version":"1"}',
    ],
)
def test_a_damaged_or_forged_skops_file_is_refused(capsys, tmp_path, schema):
    pytest.importorskip("skops.io")
    (tmp_path / "model").write_bytes(archive({"schema.json": schema.encode()}))
    refused(capsys, "summary", tmp_path / "model")


def test_skops_files_without_estimators_are_refused(capsys, skops):
    assert "holds no estimator, but a dict" in refused(capsys, "summary", skops({"a": 1}))


def test_without_skops_it_is_said_what_to_install(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "skops", None)
    (tmp_path / "model").write_bytes(archive({"schema.json": b"{}"}))
    assert 'needs skops: pip install "skops"' in refused(capsys, "summary", tmp_path / "model")


def test_a_damaged_file_is_refused(capsys, saved):
    path = saved()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert "is damaged: the checksum" in refused(capsys, "diff", path, path)


def test_the_exit_code_of_diff_says_whether_models_differ(capsys, saved):
    one, same, other = saved("a"), saved("b"), saved("c", alpha=2.0)
    code, out, error = run(capsys, "diff", one, same)
    assert (code, error) == (0, "")
    assert "no difference" in out
    code, out, error = run(capsys, "diff", one, other)
    assert (code, error) == (1, "")
    assert "ridge__alpha" in out
    assert run(capsys, "diff", one, other, "--ignore", "alpha")[0] == 1
    loose = ["--atol", "9", "--ignore", "alpha"]
    assert run(capsys, "diff", one, other, *loose)[0] == 0
    code, out, _ = run(capsys, "diff", one, other, "--json")
    assert (code, json.loads(out)["is_empty"]) == (1, False)
    assert "ignore has 'nope'" in refused(capsys, "diff", one, other, "--ignore", "nope")
    assert run(capsys, "diff", one, saved("d", DummyClassifier()))[0] == 1


def test_models_that_cannot_be_compared_are_trouble(capsys, saved, monkeypatch):
    models = [Own().fit(X, Y), Own().fit(X, Y)]
    for model in models:
        model.extra_ = (each for each in ())
    monkeypatch.setattr("skparams._cli.diff.load_model", lambda *_, **__: models.pop())
    code, _, error = run(capsys, "diff", "a", "b")
    assert code == 2
    assert "the models cannot be compared: extra_ of Own holds a" in error
    assert error.endswith("leave it out by --ignore extra_\n")


def test_warnings_are_notes(capsys, monkeypatch):
    def load(*_, **__):
        for _ in range(2):
            warnings.warn("made under\nanother version", UserWarning, stacklevel=1)
        return Ridge()

    monkeypatch.setattr("skparams._cli.diff.load_model", load)
    assert main(["diff", "a", "b"]) == 0
    assert capsys.readouterr().err == ("skparams diff: warning: made under another version\n")
