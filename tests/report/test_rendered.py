"""The text of real summaries and plans, compared with files: see docs/building.md."""

import io
import re
import sys
import warnings
from pathlib import Path

import pytest

from tests.report.real import TEXTS

STORED = Path(__file__).parents[1] / "rendered"
_UTF8 = "utf-8"


def text_of(name):
    """Return a text, as wide as the end of its name says."""
    width = int(re.search(r"\d*$", name)[0] or 80)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one iteration does not converge
        found = TEXTS[name]()
    return found.to_text(width=width, color=False) + "\n"


def without_versions(text):
    """Leave out what releases change: how many hyperparameters there are, the size of a pickle."""
    text = re.sub(r"[\d.]+ kB(?=\s+pickled)", "# kB", text)
    text = re.sub(r"[\d,]+ (hyperparameters (the same|at default))", r"# \1", text)
    return re.sub(r"[\d,]+ ((more )?at their defaults)", r"# \1", text)


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_is_as_stored(name, request, monkeypatch):
    if name.startswith(("columns", "plan-columns", "imputers")):
        pytest.importorskip("pandas")
    monkeypatch.setattr(sys, "stdout", io.StringIO())  # all signs, whatever the terminal has
    path, text = STORED / f"{name}.txt", text_of(name)
    if request.config.getoption("--overwrite"):
        path.write_text(text, _UTF8)
    assert without_versions(text) == without_versions(path.read_text(_UTF8))


def test_every_stored_text_is_compared():
    assert sorted(path.stem for path in STORED.glob("*.txt")) == sorted(TEXTS)
