"""Summaries as text: what stands there, and that it fits where it is printed."""

import io
import re
import sys

import pytest
import sklearn
from sklearn.utils.fixes import parse_version

from skparams.inspection._record import FittedAttribute, Node, Summary, Totals
from skparams.rendering import _view

NEWEST = pytest.mark.skipif(
    parse_version(sklearn.__version__) < parse_version("1.9"),
    reason="older versions have other hyperparameters, so other counts of those at their default",
)


class Stream(io.StringIO):
    """An output with an encoding that is or is not a terminal."""

    def __init__(self, encoding="utf-8", tty=False):
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._tty


@NEWEST
@pytest.mark.parametrize("width", [80, 120])
def test_text_is_as_stored(named_summary, width, compare, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream())
    name, found = named_summary
    compare(f"{name}-{width}.txt", found.to_text(width=width, color=False))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_lines_fit_the_width(named_summary, width, encoding, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(encoding))
    text = named_summary[1].to_text(width=width)
    assert max(map(len, text.splitlines())) <= width
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    text.encode(encoding)


def test_totals_are_there_at_any_width(summaries, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream())
    for width in (60, 80, 120):
        assert re.search(r"total +61 +61", summaries["network"].to_text(width=width)) is None
        assert re.search(r"total +55 +55", summaries["network"].to_text(width=width))


def test_without_unicode_signs_are_spelled(summaries, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream("ascii"))
    text = str(summaries["pipeline"])
    assert "4 features -> 3 classes" in text
    assert "n_outputs x n_features" in text
    assert "| coef_" in text


def test_no_colour_in_a_pipe_or_in_str(summaries, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    found = summaries["pipeline"]
    monkeypatch.setattr(sys, "stdout", Stream())
    assert "\x1b" not in repr(found) + str(found)
    monkeypatch.setattr(sys, "stdout", Stream(tty=True))
    assert "\x1b[1m" in repr(found)
    assert "\x1b" not in str(found)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in repr(found)
    monkeypatch.setattr(sys, "stdout", None)
    assert "\x1b" not in repr(found)


def test_colour_changes_no_letter(named_summary):
    found = named_summary[1]
    coloured = found.to_text(width=100, color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == found.to_text(width=100).split()


def test_the_terminals_width_is_kept(summaries, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(tty=True))
    for columns, most in ((70, 70), (500, 120)):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = str(summaries["search"]).splitlines()
        assert max(map(len, lines)) <= most


def test_markup_and_control_characters_are_only_text():
    row = FittedAttribute(
        "[red]a\x1b[31m\nb_", "parameter", (2,), ("[bold]",), "float64", 2, 2, 16, None, None
    )
    root = Node(
        "X", "", "[blink]X", True, False, None, None, (), (), (row,), (), Totals(2, 2, 16), ()
    )
    text = Summary(root).to_text(width=100, color=False)
    assert r"[red]a\x1b[31m\nb_" in text
    assert "[bold]" in text
    assert "[blink]X" in text


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (None, "–"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (41_800, "41.8 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (2e9, "2.0 GB"),
        (5_000e12, "5,000.0 TB"),
    ],
)
def test_sizes_have_si_units(n, text):
    assert _view.size(n) == text


def test_siblings_of_one_class_are_one_line_and_named_ones_are_not(summaries):
    bagging = summaries["bagging"].root.children
    ((run, n),) = _view.collapsed(bagging)
    assert (run.name, n) == ("estimators_[0 … 19]", 20)
    assert run.totals.stored == sum(child.totals.stored for child in bagging)
    assert [n for _, n in _view.collapsed(bagging[:3])] == [1, 1, 1]
