"""The page of the command line shows what the commands print."""

import re
import shlex
from pathlib import Path

import pytest
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import PCA, MLPClassifier, save_params
from skparams._cli import main

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "command_line.md"


def test_the_page_shows_what_is_printed(tmp_path, monkeypatch, capsys):
    pytest.importorskip("safetensors")
    monkeypatch.chdir(tmp_path)
    X, y = load_wine(return_X_y=True, as_frame=True)
    for alpha in (0, 1):
        network = MLPClassifier((8,), solver="lbfgs", alpha=alpha, max_iter=2000, random_state=0)
        model = make_pipeline(StandardScaler(), PCA(4), network).fit(X, y)
        save_params(model, f"wine{alpha}.safetensors")
    blocks = re.findall(r"```console\n\$ skparams (.*)\n((?:.*\n)*?)```", PAGE.read_text())
    assert len(blocks) == 3
    for command, shown in blocks:
        if command.startswith("compare"):  # times differ
            continue
        main(shlex.split(command))
        printed = capsys.readouterr().out
        parts = [re.escape(part.strip("\n")) for part in shown.split("...\n")]
        assert re.match("(?s)" + ".*".join(parts), printed), printed
