"""One frame of a search, whatever its fits run in; plots and texts of it."""

import subprocess
import sys
import warnings

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import MLPClassifier, ParamMonitor, fitted_params

pytest.importorskip("sklearn.callback")
pandas = pytest.importorskip("pandas")

X, y = load_iris(return_X_y=True)
X, y = X[::2], y[::2]
SPLITS = KFold(3, shuffle=True, random_state=0)
HIDDEN = "s\x1b[2Jc$a$"


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def pipeline():
    network = MLPClassifier(hidden_layer_sizes=4, max_iter=6, random_state=0)
    return make_pipeline(StandardScaler(), network)


def search(n_jobs=None, backend="loky", **more):
    monitor = ParamMonitor(every=2)
    found = GridSearchCV(
        pipeline(), {"mlpclassifier__alpha": [1e-4, 5.0]}, cv=SPLITS, n_jobs=n_jobs, **more
    )
    with joblib.parallel_backend(backend):
        found.set_callbacks(monitor).fit(X, y)
    return monitor, found


def without_times(frame):
    return frame.drop(columns=["seconds", "histogram"])


@pytest.fixture(scope="module")
def sequential():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return search()[0].to_frame()


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_the_frame_is_the_same_in_workers(backend, sequential):
    monitor, _ = search(2, backend)
    frame = monitor.to_frame()
    pandas.testing.assert_frame_equal(without_times(frame), without_times(sequential))
    for a, b in zip(frame.histogram, sequential.histogram, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not monitor._running


def test_candidates_and_splits_are_those_of_cv_results(sequential):
    _, found = search()
    for candidate, params in enumerate(found.cv_results_["params"]):
        for split, (train, _) in enumerate(SPLITS.split(X)):
            model = clone(pipeline()).set_params(**params).fit(X[train], y[train])
            rows = sequential[(sequential.candidate == candidate) & (sequential.split == split)]
            ends = rows[rows.task.isna()].set_index("parameter").norm
            expected = {k: np.linalg.norm(array) for k, array in fitted_params(model).items()}
            assert dict(ends) == pytest.approx(expected)
    refit = sequential[sequential.candidate.isna() & sequential.task.isna()]
    expected = {k: np.linalg.norm(a) for k, a in fitted_params(found.best_estimator_).items()}
    assert dict(refit.set_index("parameter").norm) == pytest.approx(expected)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_candidates_of_a_halving_search_follow_each_other(n_jobs):
    monitor = ParamMonitor(every=1)
    halving = HalvingGridSearchCV(
        LogisticRegression(), {"C": [0.01, 0.1, 1.0, 10.0]}, cv=3, n_jobs=n_jobs, random_state=0
    )
    halving.set_callbacks(monitor).fit(X, y)
    frame = monitor.to_frame()
    n_fits = frame[frame.task.isna() & frame.candidate.notna()].groupby("candidate").size()
    assert n_fits.index.tolist() == list(range(len(halving.cv_results_["params"])))
    assert (n_fits == 2 * 3).all()
    # The penalty orders the norms within an iteration.
    norms = frame[(frame.parameter == "coef_") & frame.task.isna()].groupby("candidate").norm.mean()
    for iteration in set(halving.cv_results_["iter"]):
        places = np.flatnonzero(halving.cv_results_["iter"] == iteration)
        C = np.array([halving.cv_results_["params"][i]["C"] for i in places])
        found = norms[places[np.argsort(C)]].to_numpy()
        assert (np.diff(found) > 0).all()


def test_a_search_in_a_search():
    monitor = ParamMonitor(every=1)
    inner = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2)
    outer = GridSearchCV(inner, {"estimator__fit_intercept": [True, False]}, cv=3)
    outer.set_callbacks(monitor).fit(X, y)
    frame = monitor.to_frame()
    fits = frame[frame.task.isna() & (frame.parameter == "coef_")]
    assert fits.path.is_unique
    assert len(fits) == (2 * 3 + 1) * (2 * 2 + 1)
    assert fits.split.dropna().max() <= 2


@pytest.mark.exhaustive  # a process with workers of its own
def test_fits_that_fail_leave_the_records_of_the_others_and_no_process():
    code = """
import warnings; warnings.simplefilter("ignore")
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from skparams import MLPClassifier, ParamMonitor
if __name__ == "__main__":
    X, y = load_iris(return_X_y=True)
    monitor = ParamMonitor(every=1)
    grid = {"learning_rate_init": [1e-3, 1e200]}
    network = MLPClassifier(4, max_iter=5, solver="sgd", random_state=0)
    search = GridSearchCV(network, grid, cv=2, n_jobs=2).set_callbacks(monitor)
    search.fit(X, y)
    print(sorted(set(monitor.to_frame().candidate.dropna())))
    try:
        GridSearchCV(network, grid, cv=2, n_jobs=2, error_score="raise").set_callbacks(
            monitor).fit(X, y)
    except ValueError:
        print("raised")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0].startswith("[")
    assert "0" in done.stdout.split("\n")[0]
    assert "raised" in done.stdout


def hostile():
    monitor = ParamMonitor(every=1)
    model = Pipeline([(HIDDEN, StandardScaler()), (f"{HIDDEN}2", LogisticRegression())])
    model.set_callbacks(monitor).fit(X, y)
    return monitor


def test_names_are_escaped():
    monitor = hostile()
    for text in (str(monitor), monitor._repr_html_(), monitor.to_frame().to_string()):
        assert "\x1b" not in text
    frame = monitor.to_frame()
    assert (frame.parameter == f"{HIDDEN}2__coef_").any()
    pytest.importorskip("matplotlib")
    display = monitor.plot("norm")
    labels = [text.get_text() for text in display.ax_.texts]
    assert labels
    assert not any("\x1b" in label or label.count("$") != label.count(r"\$") for label in labels)
    with pytest.raises(ValueError, match="parameters must be among") as error:
        monitor.plot(parameters="\x1b[2J")
    assert "\x1b" not in str(error.value)


def test_texts():
    assert str(ParamMonitor()) == "ParamMonitor · nothing recorded"
    text = str(search()[0])
    assert "GridSearchCV · 14 fits · 21 tasks" in text
    assert "mlpclassifier__coefs_[0]" in text
    assert "medians over the last tasks of 14 fits" in text
