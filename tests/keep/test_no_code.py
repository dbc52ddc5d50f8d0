"""Loading a file runs no code of it: seen from outside, by what Python reports of itself."""

import shutil
import sys

import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline

from skparams import ParamsFileError, load_params, save_params
from skparams._keep.container import read, write
from tests.processes import assert_runs

pytest.importorskip("safetensors")

# Classes that exist, or would if somebody imported them.
FOREIGN = [
    *("os.system", "builtins.eval", "builtins.object", "subprocess.Popen", "pickle.Unpickler"),
    *("antigravity.webbrowser", "this.s", "__main__.Anything", "numpy.ndarray", "joblib.Memory"),
    *("sklearnx.Ridge", "SKLEARN.Ridge", "sklearn", "Ridge", "", ".", "..Ridge", "sklearn..Ridge"),
    *("sklearn.linear_model.Ridge.__init__", "sklearn.linear_model.Ridge.fit.__globals__"),
    *("sklearn.base.warnings.catch_warnings", "sklearn.utils.os.system", "sklearn.joblib.Memory"),
    *("sklearn.tests.test_base.MyEstimator", "sklearn.conftest.Ridge", "skparams.__main__.main"),
    *("sklearn.datasets.fetch_openml", "sklearn.utils.Bunch", "sklearn.exceptions.NotFittedError"),
    *("skparams._cli.command.main", "skparams.specs.Spec", "skparams.save_params"),
    *(
        "sklearn.linear_model\x00.Ridge",
        "sklearn.linear_model/../os.Ridge",
        "sklearn.linear_model Ridge",
    ),
]


def test_python_reports_nothing_but_reading():
    """Not one event of `exec`, `compile`, `import`, `pickle`, `subprocess` or `socket`."""
    assert_runs(
        """
        import os
        import sys
        import tempfile
        import warnings

        warnings.simplefilter("ignore")

        import numpy as np
        from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
        from sklearn.gaussian_process import GaussianProcessClassifier
        from sklearn.linear_model import SGDClassifier
        from sklearn.neighbors import KNeighborsClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC

        from skparams import PCA, MLPClassifier, inspect_params, load_params, save_params

        rng = np.random.RandomState(0)
        X = rng.standard_normal((60, 4))
        y = np.array(["no", "yes"])[(X[:, 0] > 0).astype(int)]
        network = MLPClassifier((3,), max_iter=3, random_state=0)
        models = [
            make_pipeline(StandardScaler(), PCA(2), network),
            RandomForestClassifier(5), HistGradientBoostingClassifier(max_iter=3),
            KNeighborsClassifier(), SVC(), SGDClassifier(), GaussianProcessClassifier(),
        ]
        folder = tempfile.mkdtemp()
        paths = [os.path.join(folder, str(i)) for i in range(len(models))]

        def load_all():
            for path in paths:
                load_params(path)
                load_params(path, verify=False)
                inspect_params(path)

        for model, path in zip(models, paths):
            save_params(model.fit(X, y), path, state=True)
        load_all()  # imports

        listens = True
        events, opened = set(), []

        def listen(event, arguments):
            if listens:
                events.add(event)
                if event == "open":
                    opened.append(arguments)

        sys.addaudithook(listen)
        load_all()
        listens = False

        # Versions of packages are looked up in the folders that Python imports from.
        reads = {"open", "mmap.__new__", "os.listdir", "os.scandir"}
        plain = {"builtins.id", "object.__getattr__", "sys._getframe"}
        assert events <= reads | plain, events - reads - plain
        assert {"open", "mmap.__new__"} <= events
        writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
        for path, mode, flags in opened:
            assert not flags & writing, (path, mode, flags)
            assert path in paths or path.startswith(tuple(filter(None, sys.path))), path
        assert set(paths) <= {path for path, _, _ in opened}
        """
    )


def renamed(path, name):
    """Give the class in a file another name; all checksums are right."""
    text, arrays = read(path, verify=True)
    versions = text.pop("versions")
    text["tables"][0]["object"]["@class"] = name
    write(path, {"versions": versions, **text}, arrays)


@pytest.mark.parametrize("name", FOREIGN, ids=ascii)
def test_classes_that_are_no_estimators_of_ours_are_refused(name, tmp_path):
    path = tmp_path / "model"
    save_params(Ridge().fit([[0.0], [1.0]], [0.0, 1.0]), path)
    renamed(path, name)
    before = set(sys.modules)
    with pytest.raises(ParamsFileError):
        load_params(path)
    top = name.partition(".")[0]
    refused = "sklearn.tests", "sklearn.conftest"
    for module in set(sys.modules) - before:  # what scikit-learn's modules import is theirs
        assert top in ("sklearn", "skparams") or module.partition(".")[0] != top
        assert not module.startswith(refused)


@pytest.mark.parametrize("name", [1, None, ["sklearn.linear_model.Ridge"], {}, True])
def test_names_that_are_no_text_are_refused(name, tmp_path):
    path = tmp_path / "model"
    save_params(Ridge().fit([[0.0], [1.0]], [0.0, 1.0]), path)
    renamed(path, name)
    with pytest.raises(ParamsFileError):
        load_params(path)


def test_texts_are_texts(tmp_path):
    """What looks like code is a name, and what looks like a path is not opened."""
    path, code = tmp_path / "model", "eval('print(1)')"
    X = pd.DataFrame({code: [0.0, 1.0], "{0.__class__}": [1.0, 0.0]})
    model = Pipeline([(code, Ridge())], memory=str(tmp_path / "other")).fit(X, [0.0, 1.0])
    save_params(model, path)
    for entry in tmp_path.iterdir():  # joblib made it
        if entry != path:
            shutil.rmtree(entry)
    loaded = load_params(path)
    assert loaded.steps[0][0] == code
    assert loaded.memory == model.memory
    assert list(loaded.feature_names_in_) == list(X.columns)
    assert loaded.predict(X).tolist() == model.predict(X).tolist()
    assert list(tmp_path.iterdir()) == [path]
