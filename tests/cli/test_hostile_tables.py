"""Hostile tables through the command line: exit code 0 or 2, one line, the columns as named."""

import bz2
import gzip
import io
import lzma
import os
import re
import sys
import threading
import warnings
import zipfile
from typing import NamedTuple

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skparams import MLPClassifier, MLPRegressor
from skparams._cli import main
from skparams._cli.demo import demo
from skparams._cli.tables import source, table
from skparams._cli.tables.model import make_model

pandas = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

N = 24
A, B, WORDS = np.arange(N) * 0.5, np.arange(N) % 7, np.resize(["no", "yes"], N)
NBSP, JOINER, ESC, BIDI = "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH NON-JOINER}", "\x1b[31m", "\u202e"


def rows(*names, columns=(A, B, WORDS), sep=",", end="\n"):
    """A table as text."""
    lines = [names or ("a", "b", "y"), *zip(*columns, strict=True)]
    return "".join(sep.join(map(str, line)) + end for line in lines)


def with_line(text, number=4):
    """A table with a text in place of a line."""
    lines = rows().splitlines()
    lines[number - 1] = text
    return "\n".join(lines)


def without(number):
    """The words without those in a line."""
    return np.delete(WORDS, number - 2)


def zipped(*contents):
    """The contents as files in a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for i, content in enumerate(contents):
            archive.writestr(f"{i}.csv", content)
    return file.getvalue()


def commas(values, sep=";"):
    """A table with texts in the first column."""
    return rows(columns=([f'"{value}"' for value in values], B, WORDS), sep=sep)


def target(*values):
    """A table with a target of values that are repeated."""
    return rows(columns=(A, B, np.resize(np.array(values, dtype=object), N)))


class Read(NamedTuple):
    """A table that is read: its text, the target, the columns in X, and the values of all."""

    content: str | bytes
    target: str = "y"
    names: tuple = ("a", "b")
    values: tuple = (A, B)
    y: np.ndarray = WORDS
    note: str = ""


READ = {
    "plain": Read(rows()),
    "mark at the start": Read("\ufeff" + rows(), "y"),
    "target after the mark": Read(
        "\ufeff" + rows("y", "b", "c", columns=(WORDS, A, B)), "y", ("b", "c")
    ),
    "crlf": Read(rows(end="\r\n")),
    "cr": Read(rows(end="\r")),
    "an empty line of another kind": Read(rows().replace("\n", "\n\r", 3), values=(A, B)),
    "no last end": Read(rows().rstrip()),
    "empty lines": Read("\n \n" + rows(end="\n\n \t\n")),
    "semicolons": Read(rows(sep=";")),
    "tabs": Read(rows(sep="\t")),
    "bars": Read(rows(sep="|")),
    "quoted names": Read('"a","b","y"\n' + rows().partition("\n")[2]),
    "separators in quoted names": Read(
        rows('"a,a,a,a"', "b", "y", sep=";"), names=("a,a,a,a", "b")
    ),
    "separators in names": Read(rows("a,a,a,a", "b", "y", sep=";"), names=("a,a,a,a", "b")),
    "end of line in a name": Read(rows('"a\nb"', "b", "y"), names=("a\\nb", "b")),
    "quotes in a name": Read(rows('"a""b"', "b", "y"), names=('a"b', "b")),
    "spaces in names": Read(rows(" a", "b ", "y"), names=(" a", "b ")),
    "no name": Read(rows("", "b", "y"), names=("Unnamed: 0", "b")),
    "only spaces": Read(rows("a", " ", "y"), names=("a", " ")),
    "numbers as names": Read(rows("1", "2", "3"), "3", ("1", "2")),
    "a name twice": Read(rows("a", "a", "y"), names=("a (column 1)", "a (column 2)")),
    "a name as pandas makes": Read(rows("a", "a", "a.1"), "a.1", ("a (column 1)", "a (column 2)")),
    "a name as ours": Read(
        rows("a", "a", "a (column 1)"), "a (column 1)", ("a (column_ 1)", "a (column_ 2)")
    ),
    "a target twice": Read(rows("a", "y", "y"), "y (column 3)", ("a", "y (column 2)")),
    "nbsp": Read(rows("a", "b", f"y{NBSP}z"), f"y{NBSP}z"),
    "nbsp as shown": Read(rows("a", "b", f"y{NBSP}z"), r"y\xa0z"),
    "joiner": Read(
        rows(f"می{JOINER}a", "b", f"می{JOINER}شود"), f"می{JOINER}شود", ("می\\u200ca", "b")
    ),
    "esc": Read(rows(f"a{ESC}", "b", f"y{ESC}"), f"y{ESC}", ("a\\x1b[31m", "b")),
    "a sign that turns": Read(rows(f"a{BIDI}", "b", "y"), names=("a\\u202e", "b")),
    "alike when shown": Read(
        rows("a\x07", "a\\x07", "y"), names=("a\\x07 (column 1)", "a\\x07 (column 2)")
    ),
    "target alike": Read(rows("y\\x07", "b", "y\x07"), "y\x07", ("y\\x07 (column 1)", "b")),
    "other target alike": Read(rows("y\x07", "b", "y\\x07"), "y\\x07", ("y\\x07 (column 1)", "b")),
    "names of arguments": Read(rows("self", "index", "y"), names=("self", "index")),
    "nbsp and space": Read(rows(f"y{NBSP}z", "b", "y z"), "y z", ("y\\xa0z", "b")),
    "markup": Read(
        rows("<script>alert(1)</script>", "$x_1$", "y"),
        names=("<script>alert(1)</script>", "$x_1$"),
    ),
    "a spreadsheet's formula": Read(
        rows("=cmd|' /C calc'!A0", "b", "y"), names=("=cmd|' /C calc'!A0", "b")
    ),
    "a long name": Read(rows("a" * 100_000, "b", "y"), names=("a" * 100_000, "b")),
    "a short row": Read(
        with_line("1.0,2"),
        y=without(4),
        values=(np.delete(A, 2), np.delete(B, 2)),
        note="the first in line 4",
    ),
    "a row of nothing": Read(
        with_line(",,"), y=without(4), values=(np.delete(A, 2), np.delete(B, 2))
    ),
    "a comment": Read(
        with_line("# end"),
        y=without(4),
        names=("b",),
        values=(np.delete(B, 2),),
        note="column 'a' is left out",
    ),
    "a quote within": Read(
        with_line('1.0,2,5" wide'),
        y=without(4),
        values=(np.delete(A, 2), np.delete(B, 2)),
        note="5",
    ),
    "an empty column": Read(
        rows(columns=([""] * N, B, WORDS)), names=("b",), values=(B,), note="it is empty"
    ),
    "too large for a float": Read(
        rows(columns=(["1e400", "2", "-1e400"] * 8, B, WORDS)), values=([np.nan, 2, np.nan] * 8, B)
    ),
    "too large for an int": Read(
        rows(columns=(["1" + "0" * 20, "7"] * 12, B, WORDS)), values=([1e20, 7.0] * 12, B)
    ),
    "decimal commas": Read(
        commas([f"{x:.1f}".replace(".", ",") for x in A]), note="read with a decimal comma: 'a'"
    ),
    "quoted decimal commas": Read(
        commas([f"{x:.1f}".replace(".", ",") for x in A], ","),
        note="read with a decimal comma: 'a'",
    ),
    "points for thousands": Read(
        commas([f"{1000 + i}".replace("1", "1.", 1) + ",5" for i in range(N)]),
        values=(1000.5 + np.arange(N), B),
        note="decimal comma",
    ),
    "commas for thousands": Read(
        commas([f"{1000 * i:,}.5" for i in range(N)]),
        values=(1000.0 * np.arange(N) + 0.5, B),
        note="decimal point",
    ),
    "another column decides": Read(
        rows(
            columns=([f"1,{100 + i}" for i in range(N)], [f"{i},5" for i in range(N)], WORDS),
            sep=";",
        ),
        values=(1.1 + np.arange(N) / 1000, np.arange(N) + 0.5),
        note="decimal comma",
    ),
    "points in a file of commas": Read(
        rows(
            columns=([f"1.{100 + i}" for i in range(N)], [f"{i},5" for i in range(N)], WORDS),
            sep=";",
        ),
        values=(1100.0 + np.arange(N), np.arange(N) + 0.5),
        note="decimal comma: 'a', 'b'",
    ),
    "three decimals": Read(
        commas([f"{i / 8:.3f}".replace(".", ",") for i in range(N)]),
        values=(np.arange(N) / 8, B),
        note="decimal comma: 'a'",
    ),
    "addresses": Read(
        rows(columns=(["10.0.0.1", "10.0.0.2"] * 12, B, WORDS)),
        names=("b", "a"),
        values=(B, ["10.0.0.1", "10.0.0.2"] * 12),
    ),
    "dates": Read(
        rows(columns=(["31.12.2020", "01.01.2021"] * 12, B, WORDS)),
        names=("b", "a"),
        values=(B, ["31.12.2020", "01.01.2021"] * 12),
    ),
    "comma that is not clear": Read(
        commas(["1,234", "5,678"] * 12),
        names=("b", "a"),
        values=(B, ["1,234", "5,678"] * 12),
        note="is taken as text",
    ),
    "words alike when shown": Read(
        rows(columns=(["u\x07", "u\\x07"] * 12, B, WORDS)),
        names=("b", "a"),
        values=(B, ["u\\x07", "u\\\\x07"] * 12),
    ),
    "gzip": Read(gzip.compress(rows().encode())),
    "bzip2": Read(bz2.compress(rows().encode())),
    "xz": Read(lzma.compress(rows().encode())),
    "zip": Read(zipped(rows())),
    "utf-16": Read(rows(sep="\t").encode("utf-16")),
    "utf-16, high bytes first": Read(b"\xfe\xff" + rows(sep="\t").encode("utf-16-be")),
    # targets
    "two large numbers": Read(
        target("1" + "0" * 20, "2" + "0" * 20), y=np.resize(["1e+20", "2e+20"], N)
    ),
    "large numbers that are one float": Read(
        target("1" + "0" * 20, "1" + "0" * 19 + "1"),
        y=np.resize(["1" + "0" * 20, "1" + "0" * 19 + "1"], N),
    ),
    "unsigned numbers that are one float": Read(
        target(2**63, 2**63 + 1), y=np.resize([str(2**63), str(2**63 + 1)], N)
    ),
    "numbers that are one float": Read(
        target(2**53, 2**53 + 1), y=np.resize([str(2**53), str(2**53 + 1)], N)
    ),
    "the smallest int": Read(target(-(2**63), 5), y=np.resize([str(-(2**63)), "5"], N)),
    "many large numbers": Read(
        rows(columns=(A, B, [f"{i + 1}" + "0" * 20 for i in range(N)])),
        y=1e20 * np.arange(1, N + 1),
    ),
    "decimal commas to predict": Read(
        rows(columns=(A, B, [f"{i},5" for i in range(N)]), sep=";"),
        y=np.arange(N) + 0.5,
        note="decimal comma: 'y'",
    ),
    "true and false": Read(target("True", "False"), y=np.resize(["True", "False"], N)),
    "dates to predict": Read(
        target("2020-01-01", "2020-01-02"), y=np.resize(["2020-01-01", "2020-01-02"], N)
    ),
    "infinite": Read(
        rows(columns=(A, B, ["inf", "-inf", *range(2, N)])),
        y=np.arange(2.0, N),
        values=(A[2:], B[2:]),
        note="2 rows without a value of 'y'",
    ),
    "classes alike when shown": Read(
        target("u\x07", "u\\x07"), y=np.resize(["u\x07", "u\\x07"], N)
    ),
    "classes of long text": Read(target("u" * 100_000, "v"), y=np.resize(["u" * 100_000, "v"], N)),
}

LONGER = [
    with_line("1.0,2,no,"),
    with_line("1.0,2,no,5"),
    "a,b,y\n" + rows(end=",\n").partition("\n")[2],
]
REFUSED = {
    "nothing": (b"", "is empty"),
    "a mark and nothing": (b"\xef\xbb\xbf", "is empty"),
    "lines without text": (b"\n \n\n", "is empty"),
    "only a header": (rows()[:6], "has no rows"),
    "one column": ("y\n" + "1\n2\n" * N, "no column to learn from"),
    "one row": (rows()[:14], "1 row with a target is too few"),
    "an empty field after each row": (
        LONGER[2],
        "line 2 of table.csv has 4 fields, but the header has 3",
    ),
    "an empty field after a row": (
        LONGER[0],
        "line 4 of table.csv has 4 fields, but the header has 3",
    ),
    "a longer row": (LONGER[1], "line 4 of table.csv has 4 fields, but the header has 3"),
    "a longer row below a line with two ends": (with_line('1.0,"2\n",no\n1,2,no,4'), "line 6 of"),
    "unquoted decimal commas": (rows(columns=(["1,5"] * N, B, WORDS)), "line 2 of"),
    "a comment first": (
        "# made by hand\n" + rows(),
        "line 2 of table.csv has 3 fields, but the header has 1",
    ),
    "a separator first": ("sep=;\n" + rows(sep=";"), "line 2 of table.csv has 3"),
    "a quote without end": (
        with_line('1.0,"2,no'),
        "is not a CSV file: after line 3: unexpected end",
    ),
    "text after a quote": (with_line('1.0,"2"3,no'), "is not a CSV file: after line 3"),
    "a quote without end at first": ('"a,b,y\n1,2,3\n', "is not a CSV file: the quotes"),
    "a huge field": (with_line("1.0,2," + "n" * 200_000), "field larger than field limit"),
    "nul": (with_line("1.0,\0,no"), "NUL"),
    "zeros": (bytes(1000), "NUL"),
    "all bytes": (bytes(range(1, 256)), "not in UTF-8, from line 2 on"),
    "latin-1": (with_line("1.0,2,größe").encode("latin-1"), "not in UTF-8, from line 4 on"),
    "utf-16 without a mark": (rows().encode("utf-16-le"), "NUL"),
    "half of utf-16": (rows().encode("utf-16")[:-1], "not in UTF-8"),
    "utf-32": (rows().encode("utf-32"), "NUL"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "not in UTF-8"),
    "half of a gzip file": (gzip.compress(rows().encode())[:-20], "cannot unpack table.csv"),
    "a gzip file that is wrong": (b"\x1f\x8b" + b"x" * 50, "cannot unpack"),
    "half of a bzip2 file": (bz2.compress(rows().encode())[:-20], "cannot unpack"),
    "half of an xz file": (lzma.compress(rows().encode())[:-20], "cannot unpack"),
    "an archive of two": (zipped(rows(), rows()), "it has 2 files, not one table"),
    "an archive of nothing": (zipped(), "not in UTF-8|NUL|no column"),
    "a wrong archive": (b"PK\x03\x04" + b"x" * 50, "cannot unpack"),
    "gzip in gzip": (gzip.compress(gzip.compress(rows().encode())), "NUL|not in UTF-8"),
    "a wrong parquet file": (b"PAR1" + b"x" * 50, "Parquet|pip install .pyarrow"),
    "a target twice": (
        rows("a", "y", "y"),
        r"2 columns 'y'; choose one of: 'y \(column 2\)', 'y \(column 3\)'",
    ),
    "no target": (rows("a", "b", "Y"), "no column 'y'; it has: 'a', 'b', 'Y'"),
    "esc and no target": (rows(f"a{ESC}", "b", "c"), r"it has: 'a\\x1b\[31m', 'b', 'c'"),
    "a long name and no target": (
        rows("a" * 100_000, "b", "c"),
        "it has: 'aaaaa[a…]{,60}', 'b', 'c'",
    ),
    "many columns": (
        rows(*map(str, range(3000)), "y", columns=[[1] * N] * 3000 + [WORDS]),
        "3,001 columns",
    ),
    "missing targets": (target("", "NA", "nan"), "'y' has no value in any row"),
    "one class": (target("no"), "'y' has one value only: 'no'"),
    "one class, shown": (target(ESC), r"'y' has one value only: '\\x1b\[31m'"),
    "infinite targets": (target("inf", "-inf"), "'y' has no value in any row"),
    "a target of names": (
        rows(columns=(A, B, [f"id {i}" for i in range(N)])),
        "24 classes, but not two",
    ),
    "a target that is not clear": (
        rows(columns=(A, B, [f"{i + 1},{100 + i}" for i in range(N)]), sep=";"),
        "24 classes, .*; column 'y' is taken as text: whether the sign in '1,100'",
    ),
}


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    """Run the demo on a file in a folder, with one short fit for the search; what it read."""
    monkeypatch.chdir(tmp_path)
    found = []

    def compare(data, *, quick):
        found.append(data)
        data.to_text().encode()
        make = MLPRegressor if data.classes is None else MLPClassifier
        model = make_model(data, make(hidden_layer_sizes=(2,), max_iter=2, random_state=0))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(data.X, data.y).predict(data.X)
        return b"page", b"picture"

    monkeypatch.setattr(demo, "compare", compare)

    def run(content, target="y", name="table.csv"):
        if content is not None:
            content = content.encode() if isinstance(content, str) else content
            (tmp_path / name).write_bytes(content)
        code = main(["demo", "--data", name, "--target", target, "--out", "out"])
        printed = capsys.readouterr()
        assert code in (0, 2)
        assert (tmp_path / "out").exists() == (code == 0)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", printed.out + printed.err)
        if code == 2:
            assert printed.out == ""
            assert re.fullmatch("skparams demo: .*\n", printed.err)
            return printed.err
        assert printed.err == ""
        return found[-1]

    return run


def same(actual, desired):
    """Check that values are the same, also where they are missing."""
    if np.asarray(desired).dtype.kind in "if":
        np.testing.assert_array_equal(np.asarray(actual, dtype=float), desired)
    else:
        assert list(map(str, actual)) == list(desired)


@pytest.mark.parametrize("case", READ)
def test_a_table_is_read_as_its_header_names_it(cli, case):
    content, target, names, values, y, note = READ[case]
    data = cli(content, target)
    assert not isinstance(data, str), data
    assert tuple(data.X) == names
    for name, column in zip(names, values, strict=True):
        same(data.X[name], column)
    same(data.y, y)
    assert note in "; ".join(data.notes)
    assert data.classes is None or len(set(data.classes)) == len(np.unique(data.y))


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_is_refused_in_one_line(cli, case):
    content, message = REFUSED[case]
    error = cli(content)
    assert isinstance(error, str), error.X
    assert re.search(message, error), error


@pytest.mark.parametrize("name", ["no.csv", ".", "a" * 300, "\ud800", "a\0b", f"no{ESC}\n.csv"])
def test_a_file_that_cannot_be_read_is_refused(cli, name):
    assert "cannot read" in cli(None, name=name)


def test_a_file_of_somebody_else_is_refused(cli, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", denied)
    assert "cannot read table.csv: Permission denied" in cli(None)


def test_no_more_is_read_than_a_table_has(cli, monkeypatch):
    monkeypatch.setattr(source, "MAX_BYTES", 1_000_000)
    assert "more than 1 MB" in cli(None, name="/dev/zero")
    assert "more than 1 MB" in cli(gzip.compress(bytes(10**8)))
    assert "more than 1 MB" in cli(bz2.compress(bytes(10**7)))
    assert "more than 1 MB" in cli(zipped(bytes(10**7)))


@pytest.mark.parametrize("content", [rows(), gzip.compress(rows().encode())])
def test_a_pipe_is_read_once(cli, tmp_path, content):
    content = content.encode() if isinstance(content, str) else content
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,), daemon=True)
    writer.start()
    assert tuple(cli(None, name="pipe").X) == ("a", "b")


PARQUET = {
    "plain": ({"a": A, "b": B, "y": WORDS}, "y", ["a", "b"]),
    "esc": ({f"a{ESC}": A, "b": B, "y": WORDS}, "y", ["a\\x1b[31m", "b"]),
    "decimal commas": ({"a": [f"{i},5" for i in range(N)], "b": B, "y": WORDS}, "y", ["a", "b"]),
    "lists": ({"a": A, "b": [[1]] * N, "y": WORDS}, "y", ["a", "b"]),
    "small floats": ({"a": A, "b": B, "y": A.astype(np.float32)}, "y", ["a", "b"]),
    "many small ints": ({"a": A, "b": B, "y": np.arange(N, dtype=np.int8)}, "y", ["a", "b"]),
    "dates": (
        {"a": A, "b": np.resize(np.array(["2020", "2021"], "M8[ns]"), N), "y": WORDS},
        "y",
        ["a", "b"],
    ),
    "durations to predict": (
        {"a": A, "b": B, "y": np.resize(np.array([1, 2], "m8[s]"), N)},
        "y",
        ["a", "b"],
    ),
}


@pytest.mark.parametrize("case", PARQUET)
def test_parquet(cli, tmp_path, case):
    pytest.importorskip("pyarrow")
    columns, target, names = PARQUET[case]
    frame = pandas.DataFrame(columns).set_index("a" if "a" in columns else "b")  # a column too
    frame.to_parquet(tmp_path / "table.parquet")
    assert sorted(cli(None, target, "table.parquet").X) == names


def test_a_parquet_file_of_many_cells_is_refused(cli, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(table, "_MAX_CELLS", 10)
    pandas.DataFrame({"a": A, "y": WORDS}).to_parquet(tmp_path / "table.parquet")
    assert "more than 10 cells" in cli(None, name="table.parquet")


def test_parquet_without_pyarrow_says_what_to_install(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert 'needs pyarrow: pip install "pyarrow"' in cli(b"PAR1" + bytes(50))
