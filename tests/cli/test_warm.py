"""``python -m skparams warm``."""

import os
import subprocess
import sys
import textwrap

import numba
import pytest

from skparams._cli import main


def run_alone(*arguments, folder):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=os.environ | {"SKPARAMS_CACHE_DIR": str(folder)},
    )


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", str(tmp_path / "file"))
    assert main(["warm"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("skparams warm: no folder can be written: ")


@pytest.mark.exhaustive  # compiles anew
@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about the compiled kernels")
def test_after_it_no_fit_compiles(tmp_path):
    done = run_alone("-m", "skparams", "warm", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [
        [name, dtype] for name in ("MLP", "PCA") for dtype in ("float64", "float32")
    ]
    assert lines[-1].startswith(str(tmp_path))
    code = """
        import itertools, warnings
        import numba.core.event as event
        import numpy as np
        import scipy.sparse as sp
        from skparams import PCA, MLPClassifier, MLPRegressor

        class Refuse(event.Listener):
            def on_start(self, event):
                raise AssertionError(event.data)

            def on_end(self, event):
                pass

        event.register("numba:compile", Refuse())
        warnings.simplefilter("ignore")
        rows = np.random.RandomState(0).standard_normal((60, 4))
        y = rows @ rows[:4, :2]
        forms = np.ascontiguousarray, np.asfortranarray, sp.csr_array, sp.csc_matrix
        for form, dtype in itertools.product(forms, ("f4", "f8", "i4")):
            X = form((4 * rows).astype(dtype))
            for solver, activation in itertools.product(
                ("adam", "sgd", "lbfgs"), ("relu", "tanh", "identity")
            ):
                options = {"solver": solver, "activation": activation, "max_iter": 2}
                early = solver != "lbfgs"
                MLPRegressor(hidden_layer_sizes=(4, 3), **options).fit(X, y)
                MLPRegressor(hidden_layer_sizes=(), **options).fit(X, y[:, 0].astype("f4"))
                MLPClassifier(hidden_layer_sizes=4, early_stopping=early, **options).fit(
                    X, np.arange(60) % 3
                )
            MLPClassifier().partial_fit(X, y[:, 0] > 0, classes=[False, True])
            MLPRegressor(loss="poisson", max_iter=2).fit(X, np.arange(60), np.ones(60))
            PCA(2).fit(X), PCA(2, whiten=True).fit(X), PCA().fit(X), PCA("mle").fit(X)
            PCA(2).fit(X, sample_weight=np.arange(60.0))
            PCA(2).partial_fit(X).partial_fit(X)
        for dtype in ("f4", "f8"):
            X = rows.astype(dtype)
            X[3, 1] = np.nan
            PCA(2, missing="em").fit(X)
            PCA("parallel").fit(rows.astype(dtype))
            PCA("cv").fit(rows.astype(dtype))
            PCA(3).fit(rows[:, [0, 0, 1]].astype(dtype) + 1000)  # summed again in float64
    """
    done = run_alone("-c", textwrap.dedent(code), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
