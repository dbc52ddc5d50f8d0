"""scikit-learn's callbacks on our estimators: tasks, fitted estimators, stops, errors, searches."""

import copy
import pickle
import subprocess
import sys
import threading
import warnings

import joblib
import numpy as np
import pytest
import scipy.sparse as sp
import sklearn
from sklearn.base import clone
from sklearn.datasets import load_iris, make_regression
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.fixes import parse_version

from skparams import (
    PCA,
    MLPClassifier,
    MLPRegressor,
    assert_same_model,
    count_params,
    fitted_params,
    slim,
    summary,
)

HAS_CALLBACKS = parse_version(sklearn.__version__) >= parse_version("1.9")
needs_callbacks = pytest.mark.skipif(
    not HAS_CALLBACKS, reason="scikit-learn has callbacks from 1.9 on"
)
ESTIMATORS = MLPClassifier, MLPRegressor, PCA
MAX_TASKS = 200


def do_nothing(hook, n):
    pass


class Recorder:
    """What scikit-learn calls, in order; ``act(hook, n)`` runs at the n-th call of a hook."""

    def __init__(self, act=do_nothing):
        self.calls, self.act = [], act

    def _called(self, hook, context, fitted=None):
        n = sum(call[0] == hook for call in self.calls)
        self.calls.append((hook, context.task_name, context.task_id, context.max_subtasks, fitted))
        return self.act(hook, n)

    def setup(self, estimator, context):
        self._called("setup", context)

    def teardown(self, estimator, context):
        self._called("teardown", context)

    def on_fit_task_begin(self, estimator, context, *, fitted_estimator):
        self._called("begin", context, fitted_estimator)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        return self._called("end", context, fitted_estimator)

    def of(self, hook, *names):
        """The calls of a hook for tasks of these names."""
        return [call for call in self.calls if call[0] == hook and call[1] in names]


def stop_at(n):
    """Ask to stop at the n-th end of a task."""
    return Recorder(lambda hook, i: hook == "end" and i == n)


EPOCHS = "epoch", "epochs", "iteration", "iterations"


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


def quietly(estimator, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(*args, **kwargs)


def classes_for(Estimator, method):
    """The argument that the first partial_fit of a classifier needs."""
    is_needed = Estimator is MLPClassifier and method == "partial_fit"
    return {"classes": [0, 1, 2]} if is_needed else {}


def assert_same_network(one, other):
    for name in ("coefs_", "intercepts_", "gains_", "running_means_", "running_variances_"):
        arrays = getattr(one, name, []), getattr(other, name, [])
        assert len(arrays[0]) == len(arrays[1])
        for a, b in zip(*arrays, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
    assert one.n_iter_ == other.n_iter_
    if one.normalization != "batch":  # whose loss_ is computed by running moments at the end of fit
        assert one.loss_ == other.loss_
    assert one.loss_curve_ == other.loss_curve_
    assert getattr(one, "validation_scores_", 0) == getattr(other, "validation_scores_", 0)


@pytest.mark.parametrize("Estimator", ESTIMATORS)
def test_set_callbacks_is_there_where_scikit_learn_has_callbacks(Estimator):
    assert hasattr(Estimator(), "set_callbacks") == HAS_CALLBACKS


SETTINGS = {
    "adam": {},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.1},
    "lbfgs": {"solver": "lbfgs"},
    "early stopping": {"early_stopping": True, "batch_size": 16},
    "normalization": {"normalization": "batch", "dropout": 0.2, "batch_size": 32},
    "converges": {"tol": 1.0, "n_iter_no_change": 3},
}


@needs_callbacks
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("max_iter", [1, 7, 200, 201, 450])
def test_epochs_become_at_most_200_tasks(iris, setting, max_iter):
    model = MLPClassifier(4, max_iter=max_iter, random_state=0, **SETTINGS[setting])
    recorder = Recorder()
    quietly(model.set_callbacks(recorder), *iris)
    span = -(-max_iter // MAX_TASKS)
    (*_, n_subtasks, _), *rest = recorder.of("begin", "fit")
    assert not rest
    assert n_subtasks == -(-max_iter // span) <= MAX_TASKS
    ends = recorder.of("end", *EPOCHS)
    done = [call for call in ends if call[-1] is not None]
    assert len(done) == -(-model.n_iter_ // span)
    # SciPy does not tell before an iteration that it is one: the last task may have none.
    assert len(ends) - len(done) <= (setting == "lbfgs" and model.n_iter_ < max_iter)
    hooks = [hook for hook, *_ in recorder.calls]
    assert hooks == ["setup", "begin", *["begin", "end"] * len(ends), "end", "teardown"]
    assert [call[2] for call in ends] == list(range(len(ends)))
    (*_, of_fit), *rest = recorder.of("end", "fit")
    assert not rest
    assert_same_network(of_fit, model)
    assert_same_network(done[-1][-1], model)


@needs_callbacks
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("form", ["dense", "sparse", "float32", "weights"])
def test_a_task_ends_with_the_estimator_of_a_fit_of_so_many_epochs(iris, setting, form):
    X, y = iris
    weight = None
    if form == "weights":
        weight = np.random.RandomState(0).randint(0, 3, len(y)).astype(float)
    X = sp.csr_array(X) if form == "sparse" else X.astype("f" if form == "float32" else "d")
    model = MLPClassifier(5, max_iter=12, random_state=0, **SETTINGS[setting])
    recorder = Recorder()
    quietly(clone(model).set_callbacks(recorder), X, y, sample_weight=weight)
    ends = [call for call in recorder.of("end", *EPOCHS) if call[-1] is not None]
    begins = recorder.of("begin", *EPOCHS)
    assert len(ends) >= 4
    for k, (*_, fitted) in enumerate(ends):
        expected = quietly(clone(model).set_params(max_iter=k + 1), X, y, sample_weight=weight)
        assert_same_network(fitted, expected)
        assert fitted.score(X, y, weight) == expected.score(X, y, weight)
        if k:
            assert_same_network(begins[k][-1], ends[k - 1][-1])


@needs_callbacks
def test_without_early_stopping_the_weights_so_far_are_those_of_the_estimator(iris):
    recorder = Recorder()
    model = MLPClassifier(4, early_stopping=True, max_iter=30, random_state=0)
    quietly(model.set_callbacks(recorder), *iris)
    fitted = [call[-1] for call in recorder.of("end", "epoch")]
    best = int(np.argmax(model.validation_scores_))
    for k, each in enumerate(fitted):
        so_far = int(np.argmax(model.validation_scores_[: k + 1]))
        np.testing.assert_array_equal(each.coefs_[0], fitted[so_far]._training["coefs_"][0])
    assert 0 < best + 1 < len(fitted)
    assert not np.array_equal(fitted[-1].coefs_[0], fitted[-1]._training["coefs_"][0])
    recorder = Recorder()
    quietly(MLPClassifier(4, max_iter=3, random_state=0).set_callbacks(recorder), *iris)
    fitted = recorder.of("end", "epoch")[-1][-1]
    np.testing.assert_array_equal(fitted.coefs_[0], fitted._training["coefs_"][0])


def _penalized_loss(model, arrays, X, Y, alpha):
    """Mean log-loss with penalty, the slow way."""
    model = copy.copy(model)
    model.coefs_, model.intercepts_ = arrays["coefs_"], arrays["intercepts_"]
    loss = -np.log(model.predict_proba(X)[np.arange(len(Y)), Y]).mean()
    return loss + alpha / 2 / len(Y) * sum((each**2).sum() for each in arrays["coefs_"])


@needs_callbacks
@pytest.mark.parametrize("setting", ["adam", "lbfgs", "skips"])
def test_the_gradient_is_that_of_the_last_step_with_penalty(iris, setting):
    """Central differences at the weights before the step."""
    X, y = iris[0][::3], iris[1][::3]
    alpha, n, weight = 20.0, len(X), None
    model = MLPClassifier(3, activation="tanh", alpha=alpha, max_iter=4, random_state=0)
    model.set_params(shuffle=False, batch_size=n, learning_rate_init=0.1)
    if setting == "lbfgs":
        model.set_params(solver="lbfgs")
    if setting == "skips":  # a last minibatch without weight
        n = 30
        weight = np.where(np.arange(len(X)) < n, 1.0, 0.0)
        model.set_params(batch_size=n)
    recorder = Recorder()
    quietly(model.set_callbacks(recorder), X, y, sample_weight=weight)
    begins, ends = recorder.of("begin", *EPOCHS), recorder.of("end", *EPOCHS)
    assert not hasattr(begins[0][-1], "_gradients")
    for (*_, before), (*_, after) in list(zip(begins, ends, strict=True))[:4]:
        at = after if setting == "lbfgs" else before  # lbfgs evaluates where it arrives
        found = after._gradients
        assert found.keys() == {"coefs_", "intercepts_"}
        largest = max(np.abs(a).max() for arrays in found.values() for a in arrays)
        arrays = {name: copy.deepcopy(getattr(at, name)) for name in found}
        for name, gradients in found.items():
            for array, gradient in zip(arrays[name], gradients, strict=True):
                for place in np.ndindex(array.shape):
                    value, losses = array[place], []
                    step = 1e-5 * max(1.0, abs(value))
                    for moved in (value + step, value - step):
                        array[place] = moved
                        losses.append(_penalized_loss(at, arrays, X[:n], y[:n], alpha))
                    array[place] = value
                    expected = (losses[0] - losses[1]) / (2 * step)
                    assert abs(gradient[place] - expected) < 1e-6 * largest


@needs_callbacks
def test_gradients_have_the_norm_that_training_reports_and_are_nobodys_memory(iris, monkeypatch):
    from skparams.neural_network.batches import Batches

    norms, train = [], Batches.train_epoch

    def spy(self, *args, **kwargs):
        epoch = train(self, *args, **kwargs)
        norms.append(epoch.gradient_norm)
        return epoch

    monkeypatch.setattr(Batches, "train_epoch", spy)
    recorder = Recorder()
    model = MLPClassifier(6, batch_size=40, max_iter=5, random_state=0, normalization="batch")
    quietly(model.set_callbacks(recorder), *iris)
    kept = [call[-1]._gradients for call in recorder.of("end", "epoch")]
    assert kept[0].keys() == {"coefs_", "intercepts_", "gains_"}
    for gradients, norm in zip(kept, norms, strict=True):
        squares = [np.square(a).sum() for arrays in gradients.values() for a in arrays]
        np.testing.assert_allclose(np.sqrt(sum(squares)), norm, rtol=1e-12)
    assert len(set(norms)) == len(norms)


@needs_callbacks
def test_nothing_is_copied_for_a_callback_that_takes_no_estimator(iris, monkeypatch):
    from skparams.neural_network.batches import Batches

    class Counter:
        n = 0

        def setup(self, estimator, context): ...
        def teardown(self, estimator, context): ...
        def on_fit_task_begin(self, estimator, context): ...
        def on_fit_task_end(self, estimator, context):
            self.n += 1

    monkeypatch.delattr(Batches, "gradients")
    counter = Counter()
    quietly(MLPClassifier(3, max_iter=5).set_callbacks(counter), *iris)
    assert counter.n == 6


@needs_callbacks
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("max_iter", "n"), [(10, 0), (10, 2), (10, 9), (450, 1)])
def test_a_stop_request_ends_training(iris, setting, max_iter, n):
    model = MLPClassifier(5, max_iter=max_iter, random_state=0, **SETTINGS[setting])
    done = (n + 1) * -(-max_iter // MAX_TASKS)
    expected = quietly(clone(model).set_params(max_iter=done), *iris)
    if expected.n_iter_ < done:
        pytest.skip("it converges before")
    recorder = stop_at(n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.set_callbacks(recorder).fit(*iris)
    assert model.n_iter_ == done == len(model.loss_curve_)
    assert_same_network(model, expected)
    assert [hook for hook, *_ in recorder.calls[-3:]] == ["end", "end", "teardown"]


@needs_callbacks
@pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_scores_of_scikit_learns_monitor(Estimator, solver):
    pd = pytest.importorskip("pandas")
    from sklearn.callback import ScoringMonitor

    X, y = make_regression(60, 4, random_state=0)
    scoring = "r2"
    if Estimator is MLPClassifier:
        y, scoring = np.where(y > 0, "up", "down"), "accuracy"
    X = pd.DataFrame(X, columns=[*"abcd"])
    model = Estimator(hidden_layer_sizes=6, solver=solver, max_iter=8, random_state=0)
    monitor = ScoringMonitor(scoring=scoring)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as those about names of features
        warnings.simplefilter("ignore", ConvergenceWarning)
        clone(model).set_callbacks(monitor).fit(X, y)
    log = monitor.get_logs().data_as_pandas
    steps = log[log["task_name"] != "fit"]
    expected = [quietly(clone(model).set_params(max_iter=k), X, y).score(X, y) for k in range(1, 9)]
    assert steps[scoring].to_list() == expected
    assert log[log["task_name"] == "fit"][scoring].to_list() == expected[-1:]


@needs_callbacks
@pytest.mark.parametrize("Estimator", ESTIMATORS)
def test_callbacks_change_no_result(iris, Estimator):
    arguments = {} if Estimator is PCA else {"max_iter": 5, "random_state": 0}
    plain = quietly(Estimator(**arguments), *iris)
    watched = quietly(Estimator(**arguments).set_callbacks(Recorder()), *iris)
    assert_same_model(plain, watched)
    assert set(vars(watched)) - set(vars(plain)) == {"_skl_callbacks"}
    assert str(summary(plain)) == str(summary(watched))


@needs_callbacks
@pytest.mark.parametrize("setting", SETTINGS)
def test_inspection_sees_the_model_and_not_what_callbacks_are_told(iris, setting):
    recorder = Recorder()
    model = MLPClassifier(4, max_iter=9, random_state=0, **SETTINGS[setting])
    quietly(model.set_callbacks(recorder), *iris)
    fitted = [call[-1] for call in recorder.of("end", *EPOCHS) if call[-1] is not None][-1]
    assert hasattr(fitted, "_training")
    assert hasattr(fitted, "_gradients")
    assert count_params(fitted) == count_params(model)
    assert fitted_params(fitted).keys() == fitted_params(model).keys()
    assert_same_model(fitted, model)
    for copied in (slim(fitted, iris[0]), copy.copy(fitted), pickle.loads(pickle.dumps(fitted))):
        assert not {"_training", "_gradients"} & set(vars(copied))


@needs_callbacks
@pytest.mark.parametrize("Estimator", ESTIMATORS)
@pytest.mark.parametrize("method", ["fit", "partial_fit", "fit_transform"])
def test_no_context_is_made_without_callbacks(iris, monkeypatch, Estimator, method):
    if not hasattr(Estimator, method):
        pytest.skip(f"no {method}")
    monkeypatch.setattr(Estimator, "_init_callback_context", None)
    arguments = (
        {"classes": [0, 1, 2]} if (Estimator, method) == (MLPClassifier, "partial_fit") else {}
    )
    model = Estimator() if Estimator is PCA else Estimator(max_iter=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        getattr(model, method)(*iris, **arguments)


@needs_callbacks
@pytest.mark.parametrize("Estimator", ESTIMATORS)
def test_a_call_of_partial_fit_is_one_task(iris, Estimator):
    X, y = iris
    recorder, model = Recorder(), Estimator(random_state=0)
    model.set_callbacks(recorder)
    arguments = classes_for(Estimator, "partial_fit")
    for rows in (slice(0, 70), slice(70, None)):
        model.partial_fit(X[rows], y[rows], **arguments)
    hooks = [(hook, name) for hook, name, *_ in recorder.calls]
    assert hooks == [(hook, "partial-fit") for hook in ("setup", "begin", "end", "teardown")] * 2
    assert {n_subtasks for *_, n_subtasks, _ in recorder.calls} == {0}
    first, last = (call[-1] for call in recorder.of("end", "partial-fit"))
    assert_same_model(last, model)
    expected = Estimator(random_state=0).partial_fit(X[:70], y[:70], **arguments)
    assert_same_model(first, expected)


PHASES = {
    "covariance_eigh": (PCA(), ["moments", "decomposition"]),
    "full": (PCA(svd_solver="full"), ["decomposition"]),
    "randomized": (PCA(2, svd_solver="randomized", random_state=0), ["decomposition"]),
    "arpack": (PCA(2, svd_solver="arpack", random_state=0), ["decomposition"]),
    "cv": (PCA("cv"), ["moments", "decomposition", *["fold"] * 10]),
}


@needs_callbacks
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
@pytest.mark.parametrize("solver", PHASES)
def test_phases_of_a_pca(iris, solver, method):
    model, phases = PHASES[solver]
    recorder = stop_at(0)  # which no model could do
    model = clone(model).set_callbacks(recorder)
    found = getattr(model, method)(iris[0])
    name = method.replace("_", "-")
    assert [call[:2] for call in recorder.calls] == [
        ("setup", name),
        ("begin", name),
        *((hook, phase) for phase in phases for hook in ("begin", "end")),
        ("end", name),
        ("teardown", name),
    ]
    assert recorder.calls[0][3] == len(phases)
    np.testing.assert_array_equal(recorder.calls[-2][-1].components_, model.components_)
    if method == "fit_transform":
        np.testing.assert_array_equal(found, clone(model).set_callbacks().fit_transform(iris[0]))


@needs_callbacks
def test_float32_rows_that_are_summed_twice_are_two_tasks_more():
    X = np.random.RandomState(0).standard_normal((300, 3)).astype("f") * np.float32([1, 1, 1e-3])
    recorder = Recorder()
    PCA().set_callbacks(recorder).fit(X)
    phases = [name for hook, name, *_ in recorder.calls if hook == "end"]
    assert phases == ["moments", "decomposition"] * 2 + ["fit"]


@needs_callbacks
def test_em_stops_where_a_callback_asks(iris):
    X = iris[0].copy()
    X[np.random.RandomState(0).uniform(size=X.shape) < 0.3] = np.nan
    recorder, model = Recorder(), PCA(2, missing="em")
    whole = clone(model).set_callbacks(recorder).fit(X)
    rounds = recorder.of("end", "em-rounds")
    assert 1 < len(rounds) <= MAX_TASKS
    assert recorder.calls[0][3] is None  # nobody knows how many there will be
    recorder = stop_at(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stopped = clone(model).set_callbacks(recorder).fit(X)
    assert len(recorder.of("end", "em-rounds")) == 1
    assert whole.score(X) > stopped.score(X) > -np.inf


def _raise(error, at):
    hook, n = at

    def act(found, i):
        if (found, i) == (hook, n):
            raise error

    return Recorder(act)


FAILURES = [("setup", 0), ("begin", 0), ("begin", 1), ("end", 0), ("teardown", 0)]


@needs_callbacks
@pytest.mark.parametrize("at", FAILURES)
@pytest.mark.parametrize("Estimator", ESTIMATORS)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_an_error_of_a_callback_tears_down_and_leaves_the_estimator(iris, Estimator, at, method):
    if method == "partial_fit" and at[1]:
        pytest.skip("has one task")
    recorder, other = _raise(RuntimeError("of the callback"), at), Recorder()
    model = Estimator().set_callbacks(other, recorder)
    before = vars(model).copy()
    arguments = (
        {"classes": [0, 1, 2]} if (Estimator, method) == (MLPClassifier, "partial_fit") else {}
    )
    with pytest.raises(RuntimeError, match="of the callback"):
        getattr(model, method)(*iris, **arguments)
    assert vars(model) == before
    for each in (recorder, other):
        assert each.calls[-1][0] == "teardown"
        assert [hook for hook, *_ in each.calls].count("teardown") == 1


DIVERGES = {"solver": "sgd", "learning_rate_init": 1e200, "random_state": 0}


@needs_callbacks
@pytest.mark.parametrize("warm", [False, True])
def test_an_error_of_training_tears_down_and_leaves_the_estimator(iris, warm):
    recorder = Recorder()
    model = MLPClassifier(3, max_iter=3, warm_start=True)
    if warm:
        quietly(model, *iris)
    model.set_params(**DIVERGES).set_callbacks(recorder)
    before = vars(model).copy()
    with pytest.raises(ValueError, match="non-finite"):
        model.fit(*iris)
    assert vars(model) == before
    assert [hook for hook, *_ in recorder.calls].count("teardown") == 1


@needs_callbacks
@pytest.mark.parametrize("Estimator", ESTIMATORS)
def test_arguments_are_refused_before_callbacks_begin(iris, Estimator):
    X, y = iris
    bad = {"svd_solver": "x"} if Estimator is PCA else {"solver": "x"}
    calls = {
        "parameter": lambda model: model.set_params(**bad).fit(X, y),
        r"expected \(150,\)": lambda model: model.fit(X, y, sample_weight=np.ones(3)),
        "2D array": lambda model: model.fit(X[0], y),
    }
    for message, call in calls.items():
        recorder = Recorder()
        model = Estimator().set_callbacks(recorder)
        with pytest.raises(ValueError, match=message):
            call(model)
        assert not recorder.calls
        assert set(vars(model)) == set(vars(Estimator())) | {"_skl_callbacks"}


@needs_callbacks
@pytest.mark.parametrize("at", [("begin", 1), ("end", 2)])
@pytest.mark.parametrize("setting", ["adam", "lbfgs", "early stopping"])
def test_an_interrupt_keeps_the_weights_so_far(iris, setting, at):
    recorder = _raise(KeyboardInterrupt, at)
    model = MLPClassifier(3, max_iter=9, random_state=0, **SETTINGS[setting])
    with pytest.warns(UserWarning, match="interrupted"):
        model.set_callbacks(recorder).fit(*iris)
    assert [hook for hook, *_ in recorder.calls[-2:]] == ["end", "teardown"]
    done = at[1] + 1 if at[0] == "end" else 0
    assert model.n_iter_ == done == len(model.loss_curve_)
    assert np.isfinite(model.score(*iris))
    assert not {"_callback_fit_ctx", "_skl_callbacks_to_teardown"} & set(vars(model))


@needs_callbacks
@pytest.mark.parametrize("at", FAILURES)
def test_an_interrupt_of_a_pca_tears_down_and_leaves_it(iris, at):
    recorder = _raise(KeyboardInterrupt, at)
    model = PCA().set_callbacks(recorder)
    before = vars(model).copy()
    with pytest.raises(KeyboardInterrupt):
        model.fit(iris[0])
    assert vars(model) == before
    assert recorder.calls[-1][0] == "teardown"


@needs_callbacks
def test_callbacks_see_the_errors_of_numpy_that_the_user_sees(iris):
    seen = []
    recorder = Recorder(lambda hook, n: seen.append(np.geterr()["over"]))
    with np.errstate(over="raise"):
        quietly(MLPClassifier(3, max_iter=2).set_callbacks(recorder), *iris)
        quietly(MLPClassifier(3, max_iter=2, solver="lbfgs").set_callbacks(recorder), *iris)
    assert set(seen) == {"raise"}


@needs_callbacks
@pytest.mark.parametrize("Estimator", ESTIMATORS)
def test_no_copy_has_the_context_of_a_fit(iris, Estimator):
    """A pickle made in the middle of training has the callbacks, as scikit-learn's, and no more."""
    copies = []

    class Pickler(Recorder):
        def __reduce__(self):
            return Recorder, ()

        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            copies.extend(
                [pickle.loads(pickle.dumps(each)) for each in (estimator, fitted_estimator)]
            )

    model = quietly(Estimator(random_state=0).set_callbacks(Pickler()), *iris)
    assert len(copies) > 3
    for each in [*copies, clone(model), copy.deepcopy(model)]:
        names = {name for name in getattr(each, "__dict__", {}) if "callback" in name}
        assert names <= {"_skl_callbacks"}
    predict = "transform" if Estimator is PCA else "predict"
    expected = getattr(model, predict)(iris[0])
    np.testing.assert_array_equal(getattr(copies[-1], predict)(iris[0]), expected)
    assert_same_model(copies[-1], model)


def _search(monitor=None):
    network = MLPClassifier(4, max_iter=6, random_state=0)
    if monitor is not None:
        network.set_callbacks(monitor)
    model = make_pipeline(StandardScaler(), PCA(3), network)
    return GridSearchCV(model, {"mlpclassifier__alpha": [1e-4, 1.0]}, cv=2, n_jobs=2)


@needs_callbacks
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_a_search_reports_each_epoch_of_each_candidate(iris, backend):
    pytest.importorskip("pandas")
    from sklearn.callback import ScoringMonitor

    monitor = ScoringMonitor(scoring="accuracy")
    with joblib.parallel_config(backend):
        search = quietly(_search(monitor), *iris)
    log = monitor.get_logs().data_as_pandas
    epochs = log[log["task_name"] == "epoch"]
    assert len(epochs) == (2 * 2 + 1) * 6
    assert (epochs.groupby("parent_task_id_path").size() == 6).all()
    last = epochs[epochs["task_id_path"].str[0] == 0]
    refit = last[last["task_id_path"].str[1] == 1]
    network, *steps = search.best_estimator_[-1], search.best_estimator_[:-1]
    assert refit["accuracy"].iloc[-1] == network.score(steps[0].transform(iris[0]), iris[1])


@needs_callbacks
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_a_search_with_a_bar_ends(iris, backend, capsys):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    search = _search().set_callbacks(ProgressBar(max_propagation_depth=None))
    with joblib.parallel_config(backend):
        quietly(search, *iris)
    printed = capsys.readouterr().out
    assert "MLPClassifier - fit" in printed
    assert "PCA - fit-transform" in printed
    assert "0%" not in printed.replace("100%", "")
    for each in [search.best_estimator_, *search.best_estimator_]:
        assert not any("callback" in name for name in vars(each))


@needs_callbacks
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_a_search_goes_on_where_a_candidate_fails(iris, backend, capsys):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    model = MLPClassifier(3, max_iter=3, solver="sgd", random_state=0)
    search = GridSearchCV(model, {"learning_rate_init": [0.01, 1e200]}, cv=2, n_jobs=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None))
    with joblib.parallel_config(backend), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that scores are NaN
        with pytest.warns(FitFailedWarning):
            quietly(search, *iris)
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [False, True]


@needs_callbacks
@pytest.mark.exhaustive  # processes with workers of their own
def test_no_process_hangs_after_an_error(tmp_path):
    """The thread of scikit-learn's bar is no daemon: a process whose teardown fails never ends."""
    pytest.importorskip("rich")
    code = """
import warnings
import numpy as np
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from skparams import PCA, MLPClassifier

warnings.simplefilter("ignore")
X, y = load_iris(return_X_y=True)

class Fails:
    def __init__(self, error):
        self.error = error
    def setup(self, estimator, context): ...
    def teardown(self, estimator, context): ...
    def on_fit_task_begin(self, estimator, context): ...
    def on_fit_task_end(self, estimator, context):
        raise self.error

diverges = MLPClassifier(3, solver="sgd", learning_rate_init=1e200)
n_failed = 0
for error in (RuntimeError(), KeyboardInterrupt(), SystemExit()):
    for make in (MLPClassifier, PCA, lambda: make_pipeline(PCA(), MLPClassifier())):
        for extra in ([Fails(error)], []):
            model = make()
            bar = ProgressBar(max_propagation_depth=None)
            if not extra and hasattr(model, "steps"):
                model = make_pipeline(PCA(), diverges)
            elif not extra:
                model = diverges if make is MLPClassifier else PCA().set_params(tol="x")
            model.set_callbacks(bar, *extra)
            try:
                model.fit(X, y)
            except BaseException as found:
                n_failed += 1
PCA().set_callbacks(ProgressBar()).partial_fit(X)
search = GridSearchCV(diverges.set_callbacks(), {"alpha": [1, 2]}, n_jobs=2, error_score="raise")
try:
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(X, y)
except ValueError:
    n_failed += 1
print("failed", n_failed)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("failed 19"), done.stdout


@needs_callbacks
def test_a_bar_leaves_no_thread(iris):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    before = {thread for thread in threading.enumerate() if not thread.daemon}
    model = MLPClassifier(3, max_iter=3, **DIVERGES).set_callbacks(ProgressBar())
    with pytest.raises(ValueError, match="non-finite"):
        model.fit(*iris)
    assert {thread for thread in threading.enumerate() if not thread.daemon} == before
