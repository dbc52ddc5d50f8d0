"""The notes of changes in docs/changes: their names, and that towncrier can read them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRAGMENTS = sorted((ROOT / "docs" / "changes").glob("*"))
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]
pytestmark = pytest.mark.skipif(not FRAGMENTS, reason="the docs are not beside these tests")
KINDS = [kind["directory"] for kind in CONFIG["type"]]


def test_each_note_has_a_name_that_towncrier_reads_and_one_paragraph():
    assert ROOT / CONFIG["directory"] / "README.md" in FRAGMENTS
    for path in FRAGMENTS:
        if path.name not in CONFIG["ignore"]:
            valid = rf"(\+[a-z][a-z0-9-]*|[1-9]\d*)\.({'|'.join(KINDS)})(\.\d+)?\.md"
            assert re.fullmatch(valid, path.name), path.name
            text = path.read_text("utf-8")
            assert re.fullmatch(r"\S.*\n", text), path.name
            assert not re.search(r"\]\(|https?:", text), path.name  # the page has another folder


def test_the_page_that_explains_names_each_kind():
    text = (ROOT / CONFIG["directory"] / "README.md").read_text("utf-8")
    assert all(f"`{kind}`" in text for kind in KINDS)


def test_a_draft_has_each_note_once():
    pytest.importorskip("towncrier")
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.9"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert "## 9.9 (" in done.stdout
    for path in FRAGMENTS:
        if path.name not in CONFIG["ignore"]:
            assert done.stdout.count(f"- {path.read_text('utf-8').strip()}") == 1, path.name
