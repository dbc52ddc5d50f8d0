"""Use an installed wheel: the stub and the templates ship, both estimators and the command work."""

import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from sklearn.datasets import load_iris

import skparams

assert "site-packages" in skparams.__file__, skparams.__file__
assert files("skparams").joinpath("__init__.pyi").is_file()
assert files("skparams").joinpath("py.typed").is_file()
X, y = load_iris(return_X_y=True)
for Estimator in (skparams.MLPClassifier, skparams.MLPRegressor):
    model = Estimator(random_state=0, n_iter_no_change=3, tol=1e-2).fit(X, y)
    summary = skparams.summary(model)
    assert "coefs_" in str(summary)
    assert "<details" in summary.to_html()
    print(summary)
with tempfile.TemporaryDirectory() as folder:
    command, page = Path(sys.executable).with_name("skparams"), Path(folder) / "plan.html"
    shape = ["--features", "4", "--classes", "3"]
    subprocess.run([command, "plan", "mlp", *shape, "--out", page], check=True)
    assert "coefs_" in page.read_text(encoding="utf-8")
skparams.show_versions()
