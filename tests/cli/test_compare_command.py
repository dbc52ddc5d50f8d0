"""``skparams compare``: what is checked before the work, and what comes of it."""

import json
import re
import signal
from pathlib import Path

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import RepeatedStratifiedKFold

import skparams
from skparams._cli.compare import _model
from skparams._cli.console import CommandError
from skparams._cli.tables import Limits, read_csv
from tests.cli.test_commands import refused, run

pandas = pytest.importorskip("pandas")

N = 40
SHORT = ["--models", "dummy,tree", "--folds", "2", "--repeats", "1"]


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A function that writes a table of numbers, words and targets, and its folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.RandomState(0)
    a = rng.standard_normal(N)
    columns = {
        "a": a,
        "b": np.where(a > 0.5, np.nan, rng.standard_normal(N)),
        "<i>": np.full(N, np.nan),
        "word": np.resize(["x", "y", None], N),
        "sign": np.where(a > 0, "plus", "minus"),
        "number": a + 0.1 * rng.standard_normal(N),
    }

    def write(name="table.csv", **changes):
        frame = pandas.DataFrame({**columns, **changes})
        frame.to_parquet(name) if name.endswith("parquet") else frame.to_csv(name, index=False)
        return name

    return write


@pytest.mark.parametrize("target", ["sign", "number"])
def test_models_are_compared(capsys, table, tmp_path, target):
    argv = ["compare", table(), "--target", target, *SHORT, "--out", "page.html"]
    code, out, error = run(capsys, *argv)
    assert (code, error) == (0, "skparams compare: wrote page.html\n")
    score, folds = ("accuracy", "KFold") if target == "sign" else ("R²", "RepeatedKFold")
    for text in ("table.csv · 40 rows × 4 columns", "2 models × 2 folds = 4 fits", score, folds):
        assert text in out
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "data:image/png;base64," in page
    assert "&lt;i&gt;" in page  # a column that is left out
    assert not re.search(r"""(src|href)=["']?(http|//)|<script|<i>""", page)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "table.csv"]


def test_the_result_is_that_of_the_library(capsys, table):
    pytest.importorskip("pyarrow")
    path = table("table.parquet")
    argv = ["--rope", "0.1", "--baseline", "dummy", "--scoring", "f1_macro", "--seed", "7"]
    code, out, error = run(capsys, "compare", path, "--target", "sign", *SHORT, *argv, "--json")
    assert code == 0
    assert "skparams compare: 2 models × 2 folds = 4 fits\n" in error
    found = json.loads(out)
    assert (found["rope"], found["baseline"], found["scoring"]) == (0.1, "dummy", "f1_macro")
    data = read_csv(Path(path), "sign")
    desired = skparams.compare(
        {name: _model(name, data, 7) for name in ("dummy", "tree")},
        data.X,
        data.y,
        cv=RepeatedStratifiedKFold(n_splits=2, n_repeats=1, random_state=7),
        scoring="f1_macro",
        baseline="dummy",
        rope=0.1,
        random_state=7,
    )
    assert [each["scores"] for each in found["competitors"]] == [
        [*each.scores] for each in desired.competitors
    ]
    assert [pair["adjusted_p"] for pair in found["pairs"]] == [
        pair.adjusted_p for pair in desired.pairs
    ]


def test_what_models_print_is_not_in_the_result(capfd, table, tmp_path, monkeypatch):
    (tmp_path / "chatty.py").write_text(
        "import os\n"
        "from sklearn.dummy import DummyClassifier\n"
        "print('imported')\n"
        "class Chatty(DummyClassifier):\n"
        "    def fit(self, X, y):\n"
        "        print('fitting')\n"
        "        os.write(1, b'compiled code\\n')\n"
        "        return super().fit(X, y)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    argv = ["--models", "dummy,chatty.Chatty", "--folds", "2", "--repeats", "1", "--json"]
    code, out, error = run(capfd, "compare", table(), "--target", "sign", *argv)
    assert code == 0
    assert len(json.loads(out)["competitors"]) == 2
    for text in ("imported", "fitting", "compiled code"):
        assert text in error


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "needs --target, one of: 'a', 'b', '<i>', 'word', 'sign', 'number'"),
        (["--target", "no"], "table.csv has no column 'no'"),
        (["--models", "tree,"], "--models takes names with commas between them, got 'tree,'"),
        (["--models", "tree,tree"], "--models has 'tree' more than once"),
        (["--models", "tree,foo"], "no model is called 'foo'; choose one of: .*'forest'"),
        (["--models", "tree,sklearn.svm.SVR"], "sklearn.svm.SVR is no classifier"),
        (["--models", "sklearn.cluster.KMeans"], "sklearn.cluster.KMeans is no classifier"),
        (["--baseline", "mlpp"], "--baseline is none of the models; choose one of: 'mlp'"),
        (["--scoring", "acuracy"], "no score 'acuracy'; choose one of: 'accuracy'"),
        (["--scoring", "f1"], "--scoring f1 does not fit the target: .*like it: f1_macro"),
        (["--folds", "30"], "40 rows with a target are too few for 30 folds; needs at least 60"),
        (["--out", "no/page.html"], "cannot write no/page.html: No such file or directory"),
        (["--out", "."], "it is a folder"),
    ],
)
def test_what_is_wrong_is_one_line_before_the_work(capsys, table, monkeypatch, argv, message):
    monkeypatch.setattr(skparams, "compare", None, raising=False)  # fails where it is called
    target = [] if not argv or "--target" in argv else ["--target", "sign"]
    assert re.search(message, refused(capsys, "compare", table(), *target, *argv))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([np.nan] * N, "the target 'sign' has no value in any row"),
        (["one"] * N, "the target 'sign' has one value only: 'one'"),
        ([f"id {i}" for i in range(N)], "'sign' has 40 classes, but not two of them have 5 rows"),
    ],
)
def test_a_target_that_cannot_be_learned_is_one_line(capsys, table, values, message):
    assert message in refused(capsys, "compare", table(sign=values), "--target", "sign")


def test_each_class_has_a_row_in_each_fold(table):
    values = np.array(["a"] * 20 + ["b"] * 17 + ["c"] * 3)
    path = Path(table(sign=values))
    for n_folds, classes in {2: ("a", "b", "c"), 5: ("a", "b")}.items():
        data = read_csv(path, "sign", Limits(20, n_folds))
        assert data.classes == classes
    assert "left out: 3 rows of 1 class with fewer than 5 rows" in data.notes
    with pytest.raises(CommandError, match="not two of them have 18 rows"):
        read_csv(path, "sign", Limits(20, 18))


def test_of_many_rows_some_are_drawn(table):
    path = Path(table())
    data = read_csv(path, "sign", Limits(max_rows=30))
    assert len(data.X) == 30
    assert "30 of 40 rows, drawn at random" in data.notes
    assert len(read_csv(path, "sign", Limits(max_rows=None)).X) == N


class Fails(DummyClassifier):
    """Fails in each fold."""

    def fit(self, X, y):
        raise ValueError("no\nfit")


def test_a_model_that_fails_is_shown_and_all_that_fail_are_trouble(capsys, table):
    name = f"{Fails.__module__}.{Fails.__qualname__}"
    argv = ["compare", table(), "--target", "sign", "--folds", "2", "--repeats", "1"]
    code, out, error = run(capsys, *argv, "--models", f"tree,{name}")
    assert (code, error) == (0, "")
    assert "ValueError: no" in out
    code, out, error = run(capsys, *argv, "--models", name)
    assert code == 2
    assert "ValueError: no" in out
    assert error == "skparams compare: no model has a score in each fold: ValueError: no\n"


def test_ctrl_c_gives_what_there_is(capsys, table, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    n_folds = 0

    def predict(self, X):
        nonlocal n_folds
        n_folds += 1
        if n_folds == 4:
            signal.raise_signal(signal.SIGINT)
        return np.resize(["plus"], len(X))

    monkeypatch.setattr("sklearn.dummy.DummyClassifier.predict", predict)
    argv = ["--models", "dummy", "--folds", "3", "--scoring", "f1_macro"]
    try:
        code, out, error = run(
            capsys, "compare", table(), "--target", "sign", *argv, "--out", "page.html"
        )
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert code == 130
    assert re.search("stopped by Ctrl-C after 1 of 6 folds|1 of 6 folds", out)
    assert error == "skparams compare: wrote page.html\nskparams compare: stopped\n"
