"""Models that are saved under some versions of Python and packages and loaded under others.

``python -m tests.keep.across_versions write FOLDER`` fits and saves them, and ``... check FOLDER``,
run with other versions, fails if one does not load, or predicts or trains on in another way.
`.ci/run` does both, from the oldest versions to the newest and back.
"""

import pickle
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import skops.io
from sklearn.exceptions import ConvergenceWarning, InconsistentVersionWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import (
    PCA,
    MLPClassifier,
    MLPRegressor,
    TabularMLPClassifier,
    explain,
    fitted_params,
    load_params,
    save_params,
    summary,
)

N = 60
SMALL = {"hidden_layer_sizes": (5,), "max_iter": 4, "random_state": 0}


def rows():
    rng = np.random.RandomState(0)
    return rng.standard_normal((N, 5)) * [4, 3, 2, 1, 1] + 10


def targets():
    X = rows()
    return X[:, 0] - X[:, 1]


def words():
    return np.array(["below", "about", "above"])[np.digitize(targets(), [-2, 2])]


def with_holes():
    X = rows()
    X[::7, 2] = np.nan
    return X


def fitted() -> dict[str, tuple]:
    """Each model, with the rows and the targets that it was fitted to."""
    X, y, labels = rows(), targets(), np.column_stack([targets() > 0, rows()[:, 2] > 10])
    single = rows().astype(np.float32)
    pipeline = make_pipeline(StandardScaler(), PCA(3), MLPClassifier(**SMALL))
    regressor = MLPRegressor(**SMALL, solver="sgd", normalization="batch", early_stopping=True)
    streamed = MLPRegressor(**SMALL, dropout=0.1, loss="quantile", quantile=[0.1, 0.5])
    table = TabularMLPClassifier(2, 4, max_iter=3, random_state=0).fit(with_holes(), words())
    return {
        "classes": (MLPClassifier(**SMALL).fit(X, words()), X, words()),
        "labels": (MLPClassifier(**SMALL, solver="lbfgs").fit(X, labels), X, labels),
        "single": (regressor.fit(single, y), single, y),
        "streamed": (streamed.partial_fit(X, y).partial_fit(X, y), X, y),
        "components": (PCA(2, whiten=True).fit(X), X, None),
        "holes": (PCA(2, scale=True, missing="em").fit(with_holes()), with_holes(), None),
        "stream": (PCA("parallel", random_state=0).partial_fit(X[:30]), X, None),
        "rotated": (explain(PCA(3).fit(X)).rotate("promax"), X, None),
        "table": (table, with_holes(), words()),
        "pipeline": (pipeline.fit(X, words()), X, words()),
        "search": (
            GridSearchCV(pipeline, {"pca__n_components": [2, 3]}, cv=2).fit(X, words()),
            X,
            words(),
        ),
    }


def results(model, X, y) -> dict[str, np.ndarray]:
    """What the model returns for rows, and the parameters of one that trains on."""
    found = {
        name: np.asarray(getattr(model, name)(X))
        for name in ("predict", "predict_proba", "transform", "score_samples")
        if hasattr(model, name)
    }
    if hasattr(model, "partial_fit") and not getattr(model, "early_stopping", False):
        model.partial_fit(X, y)
        found |= {f"trained {name}": array for name, array in fitted_params(model).items()}
    return found


def load_skops(path: Path):
    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


LOADERS: dict[str, Callable] = {
    "pickle": lambda path: pickle.loads(path.read_bytes()),
    "joblib": joblib.load,
    "mapped": lambda path: joblib.load(path.with_suffix(".joblib"), mmap_mode="r"),
    "skops": load_skops,
    "params": load_params,
}


def write(folder: Path) -> None:
    for name, (model, X, y) in fitted().items():
        path = folder / name
        path.with_suffix(".pickle").write_bytes(pickle.dumps(model))
        joblib.dump(model, path.with_suffix(".joblib"))
        skops.io.dump(model, path.with_suffix(".skops"))
        save_params(model, path.with_suffix(".params"), state=True)
        np.savez(path, X=X, **{} if y is None else {"y": y}, **everything(model, X, y))


def everything(model, X, y) -> dict[str, np.ndarray]:
    """Parameters as they are loaded, and results."""
    model = getattr(model, "best_estimator_", model)  # what load_params makes of a search
    parameters = {f"fitted {name}": array for name, array in fitted_params(model).items()}
    assert str(summary(model))
    return parameters | results(model, X, y)


def check(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"))
    assert files, f"no models in {folder}"
    for path in files:
        expected = dict(np.load(path))
        X, y = expected.pop("X"), expected.pop("y", None)
        for way, load in LOADERS.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InconsistentVersionWarning)
                found = everything(load(path.with_suffix(f".{way}")), X, y)
            assert found.keys() == expected.keys(), (path, way, found.keys() ^ expected.keys())
            for key, array in found.items():
                compare(array, expected[key], key, f"{path}, {way}: {key}")
        print(f"{path.stem}: as saved, in {len(LOADERS)} ways")


def compare(found: np.ndarray, expected: np.ndarray, key: str, where: str) -> None:
    """Parameters are the same bits; what BLAS computes from them may differ in the last ones."""
    assert found.dtype == expected.dtype, where
    if key.startswith("fitted") or found.dtype.kind not in "fc":
        np.testing.assert_array_equal(found, expected, where)
    else:
        scale = np.abs(expected).max() if np.isfinite(expected).all() else 1.0
        tolerance = scale * (1e-9 if found.dtype == np.float64 else 1e-4)
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance, err_msg=where)


def main(command: str, folder: str) -> None:
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", ConvergenceWarning)
    Path(folder).mkdir(parents=True, exist_ok=True)
    {"write": write, "check": check}[command](Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
