"""The demo: decisions about a user's table, its errors, its files, and the whole of it once."""

import itertools
import pickle
import re
import sys

import numpy as np
import pytest
from sklearn import model_selection
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from skparams import MLPClassifier
from skparams._cli import main
from skparams._cli.console.errors import CommandError
from skparams._cli.console.files import write
from skparams._cli.demo.figure import _MAX_NAME_LENGTH, _draw_loss, _short, _tiles, draw
from skparams._cli.demo.search import GridSearchCV
from skparams._cli.tables.data import read_csv
from skparams._cli.tables.model import make_model
from skparams._report import DARK, LIGHT
from skparams._runtime.progress import Progress
from tests.sweep import sweep

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

ODD = "<script>alert('x')</script>"


@pytest.fixture
def frame():
    """Return a table with numbers, words, gaps, and columns that cannot help."""
    rng, n = np.random.RandomState(0), 60
    table = pandas.DataFrame(
        {
            "age": rng.normal(30, 10, n),
            ODD: rng.choice(["low", "high"], n),
            "[red]größe $a$ b$": rng.normal(size=n),
            "name": [f"Mr. {i}" for i in range(n)],
            "empty": np.full(n, np.nan),
            "alone": rng.rand(n) < 0.5,
            "label": np.where(np.arange(n) % 2, "yes", "no"),
        }
    )
    table.loc[::7, "age"] = np.nan
    table.loc[::5, ODD] = None
    return table


@pytest.fixture
def csv(tmp_path, frame):
    """Return a function that writes a table, changed or not, and returns the file."""

    def write_csv(table=frame, **options):
        path = tmp_path / "table.csv"
        table.to_csv(path, **{"index": False, **options})
        return path

    return write_csv


def test_a_table_keeps_its_names_and_says_what_it_leaves_out(csv):
    data = read_csv(csv(index=True), "label")
    assert data.numeric == ["age", "[red]größe $a$ b$", "alone"]
    assert data.categorical == [ODD]
    assert data.classes == ("no", "yes")
    assert len(data.notes) == 4  # the task, the row count, the names, the empty column
    assert any("'name'" in note for note in data.notes)


def test_a_semicolon_separates_too(csv):
    assert read_csv(csv(sep=";"), "label").X.shape == (60, 4)


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (np.arange(60) % 3, 3),
        (np.arange(60) % 3 + 0.0, 3),
        (np.arange(60) % 2 + 0.5, 2),
        (np.arange(60) % 2 == 0, 2),
        (np.arange(60), None),
        (np.linspace(0, 1, 60), None),
        (np.arange(60) % 3 + 0.5, None),
    ],
)
def test_the_target_decides_the_task(csv, frame, values, classes):
    data = read_csv(csv(frame.assign(label=values)), "label")
    assert (data.classes and len(data.classes)) == classes
    assert data.notes[0].startswith("regression" if classes is None else "classification")


def test_rows_without_a_target_are_left_out(csv, frame):
    values = np.linspace(0, 1, 60)
    values[:4], values[4] = np.nan, np.inf
    data = read_csv(csv(frame.assign(label=values)), "label")
    assert len(data.X) == len(data.y) == 55
    assert data.notes[0] == "5 rows without a value of 'label' are left out"
    values[:5] = 0
    values[7] = np.nan
    data = read_csv(csv(frame.assign(label=values)), "label")
    assert data.notes[0] == "1 row without a value of 'label' is left out"


def test_rare_classes_are_left_out(csv, frame):
    labels = frame["label"].copy()
    labels[:3] = "rare"
    data = read_csv(csv(frame.assign(label=labels)), "label")
    assert data.classes == ("no", "yes")
    assert len(data.X) == 57


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "yes"}, "'label' has one value only: 'yes'"),
        ({"label": 5.0}, "'label' has one value only: '5'"),
        ({"label": np.nan}, "'label' has no value in any row"),
        ({"label": [f"id {i}" for i in range(60)]}, "has 60 classes, but not two"),
    ],
)
def test_a_target_that_cannot_be_learned(csv, frame, change, message):
    with pytest.raises(CommandError, match=re.escape(message)):
        read_csv(csv(frame.assign(**change)), "label")


def test_too_few_rows(csv, frame):
    with pytest.raises(CommandError, match="2 rows with a target are too few"):
        read_csv(csv(frame[:2]), "label")
    with pytest.raises(CommandError, match="has no rows"):
        read_csv(csv(frame[:0]), "label")


def test_no_column_to_learn_from(csv, frame):
    with pytest.raises(CommandError, match="no column to learn from; column 'name' is left out"):
        read_csv(csv(frame[["name", "label"]]), "label")


def assert_fails(capsys, *arguments):
    """Return the one line on standard error of a call that ends with exit code 2."""
    assert main(["demo", *map(str, arguments)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_wrong_arguments_are_one_line(capsys, csv, tmp_path):
    path = csv()
    assert (
        "no such file"
        in assert_fails(capsys, "--data", tmp_path / "no.csv", "--target", "a").lower()
    )
    assert "no column 'nope'" in assert_fails(capsys, "--data", path, "--target", "nope")
    assert "--target, one of: 'age'" in assert_fails(capsys, "--data", path)
    assert "--target needs --data" in assert_fails(capsys, "--target", "age")
    assert "cannot write into" in assert_fails(capsys, "--out", path / "below")


@pytest.mark.parametrize("content", [b"", bytes(range(256)), b"a,b\n1,2\n1,2,3\n"])
def test_a_file_that_is_no_table_is_one_line(capsys, tmp_path, content):
    path = tmp_path / "no\ntable.csv"
    path.write_bytes(content)
    assert_fails(capsys, "--data", path, "--target", "a", "--out", tmp_path)


@pytest.mark.parametrize("module", ["pandas", "matplotlib"])
def test_a_missing_extra_is_named(capsys, csv, monkeypatch, module, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    error = assert_fails(capsys, "--data", csv(), "--target", "label", "--out", tmp_path)
    assert module in error
    assert "skparams[demo]" in error


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "a.txt"
    for content in (b"first", b"second"):
        write(path, content)
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_control_characters_do_not_reach_the_terminal(csv, frame):
    data = read_csv(csv(frame.rename(columns={"age": "a\x1b[31mb"}).assign(name="c\x07")), "label")
    assert data.numeric[0] == "a\\x1b[31mb"
    assert set(data.X["name"]) == {"c\\x07"}


@pytest.mark.parametrize("name", ["$\\frac", "short", "a very long name of a column=male"])
def test_names_in_the_picture_are_short_and_no_formula(name):
    short = _short(name)
    assert len(short.replace("\\$", "$")) <= _MAX_NAME_LENGTH
    assert short[-1] == name[-1]


@pytest.mark.parametrize("last", [0.12, 0.01, 1e-4, 1e-9])
def test_a_loss_that_falls_far_is_read_from_plain_numbers(last):
    from matplotlib.figure import Figure

    figure = Figure((5, 2.4), layout="constrained")
    _draw_loss(figure, list(np.geomspace(2.7, last, 40)), LIGHT)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    labels = [
        label
        for label in [*axes.get_yticklabels(), *axes.get_yticklabels(minor=True)]
        if label.get_text() and 0.99 * last < label.get_position()[1] < 2.7
    ]
    assert len(labels) >= 3
    assert not any("$" in label.get_text() for label in labels)  # no powers, typeset
    boxes = sorted((label.get_window_extent() for label in labels), key=lambda b: b.y0)
    assert all(below.y1 <= above.y0 for below, above in itertools.pairwise(boxes))


@pytest.fixture
def table(csv):
    return read_csv(csv(), "label")


def test_column_names_reach_the_network(table):
    pipeline = make_model(table, MLPClassifier((4, 3), max_iter=2))
    with pytest.warns(ConvergenceWarning):
        pipeline.fit(table.X, table.y)
    assert list(pipeline[-1].feature_names_in_) == [
        "age",
        "[red]größe $a$ b$",
        "alone",
        f"{ODD}=high",
        f"{ODD}=low",
        f"{ODD}=missing",
    ]
    for theme in (LIGHT, DARK):
        assert draw(pipeline[-1], table, theme).startswith(b"\x89PNG")


def test_a_number_named_like_a_category_does_not_clash(csv, frame):
    data = read_csv(csv(frame.rename(columns={"age": f"{ODD}=low"})), "label")
    names = make_model(data, MLPClassifier())[:-1].fit(data.X).get_feature_names_out()
    assert len(set(names)) == len(names) == 6


def test_units_that_look_at_pixels_are_shown_as_images():
    panel = _tiles(np.arange(12.0).reshape(4, 3), (2, 2))
    assert panel.image.shape == (2, 3 * 2 + 2)
    np.testing.assert_array_equal(panel.image[:, :2], [[2, 5], [8, 11]])  # the strongest first
    assert np.isnan(panel.image[:, 2]).all()


def test_progress_reaches_the_number_of_fits(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    X, y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    grid = {"C": [0.1, 1.0, 10.0]}
    search = GridSearchCV(LogisticRegression(), grid, cv=StratifiedKFold(4), n_jobs=1)
    # Workers get a copy of the search with its progress.
    search.progress = pickle.loads(pickle.dumps(Progress("logistic", 12)))
    search.fit(X, y)
    lines = capsys.readouterr().err.split("\r")
    assert [re.search(r"\d+/\d+", line)[0] for line in lines[1:]] == ["4/12", "8/12", "12/12"]
    assert lines[-1].endswith("\n")
    plain = model_selection.GridSearchCV(LogisticRegression(), grid, cv=StratifiedKFold(4))
    plain.fit(X, y)
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], plain.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("task", sweep(["classes", "numbers"], 1))
def test_a_whole_run_on_a_table(capsys, csv, frame, tmp_path, task):
    if task == "numbers":
        frame = frame.assign(label=np.linspace(0, 1, 60))
    out = tmp_path / "new" / "folder"
    arguments = ["--data", csv(frame), "--target", "label", "--out", out, "--quick"]
    assert main(["demo", *map(str, arguments)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "scikit-learn" in printed
    assert "the winner · alpha=" in printed
    assert "progress" not in printed
    assert ("R²" if task == "numbers" else "accuracy") in printed
    assert sorted(path.name for path in out.iterdir()) == ["learned.png", "report.html"]
    assert (out / "learned.png").read_bytes().startswith(b"\x89PNG")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert not re.search(r"""(src|href)=["']?(http|//)""", page)


@pytest.mark.exhaustive
def test_a_whole_run_on_digits(capsys, tmp_path):
    assert main(["demo", "--quick", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "same for all 4" in printed  # both libraries' scores
    assert "learned.png" in printed


def test_one_column_is_one_column(csv, frame):
    data = read_csv(csv(frame.iloc[:, :1].assign(label=np.arange(60) % 2)), "label")
    assert "60 rows × 1 column ·" in data.to_text()
