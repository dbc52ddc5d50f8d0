"""A user's script that calls every public name runs, and passes ``mypy --strict``."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import skparams

SCRIPT = Path(__file__).parent / "user_script.py"


def test_it_uses_every_public_name():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "skparams"
        for alias in node.names
    }
    assert imported | {"__version__"} == set(skparams.__all__)


def test_it_runs(capsys):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    runpy.run_path(str(SCRIPT))
    pyplot.close("all")
    assert capsys.readouterr().out


@pytest.mark.exhaustive
def test_its_types_are_right():
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(SCRIPT)]
    done = subprocess.run(command, cwd=SCRIPT.parents[2], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
