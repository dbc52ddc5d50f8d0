"""What ParamMonitor records, compared with slow and obvious computations."""

import copy
import gc
import pickle
import threading
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import PCA, MLPClassifier, ParamMonitor, fitted_params
from skparams._monitor.norms import histograms_of
from skparams._monitor.reading import ParameterReader
from skparams._monitor.record import FitKey, Layout, Log, Place, TaskRecord

callback = pytest.importorskip("sklearn.callback")
pandas = pytest.importorskip("pandas")

X, y = load_iris(return_X_y=True)


class Copies:
    """A callback that keeps the parameters after each task, by a walk of its own."""

    def __init__(self):
        self.start, self.tasks, self.gradients = None, [], []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context, *, fitted_estimator=None):
        if self.start is None and fitted_estimator is not None:
            self.start = parameters(fitted_estimator)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        if fitted_estimator is not None:
            self.tasks.append(parameters(fitted_estimator))
            self.gradients.append(copy.deepcopy(vars(fitted_estimator).get("_gradients")))


def parameters(estimator):
    held = vars(estimator)
    training = held.get("_training", {})
    estimator = copy.copy(estimator)
    for name in ("_gradients", "_training"):
        vars(estimator).pop(name, None)
    vars(estimator).update(training)
    return {name: np.array(value, float) for name, value in fitted_params(estimator).items()}


def norm(array):
    return np.sqrt(np.sum(np.square(array)))


def mlp(**more):
    return MLPClassifier(hidden_layer_sizes=(8, 5), random_state=0, max_iter=12, **more)


@pytest.fixture(autouse=True)
def _unconverged():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


@pytest.mark.parametrize(
    "model",
    [
        mlp(),
        mlp(solver="sgd", early_stopping=True),
        mlp(solver="lbfgs"),
        mlp(dtype="float32"),
        LogisticRegression(),
        LogisticRegression(max_iter=3),
    ],
)
@pytest.mark.parametrize("every", [1, 3])
def test_norms_updates_and_distances_are_those_of_the_copies(model, every):
    model, copies, monitor = clone(model), Copies(), ParamMonitor(every=every)
    model.set_callbacks(monitor, copies).fit(X, y)
    frame = monitor.to_frame()
    for name, rows in frame.groupby("parameter"):
        before, place = copies.start, -1
        for row in rows.itertuples():
            index = -1 if pandas.isna(row.task) else row.task - 1
            now = copies.tasks[index]
            assert row.size == now[name].size
            expected = [norm(now[name]), norm(now[name] - before[name])]
            expected.append(norm(now[name] - copies.start[name]))
            assert [row.norm, row.update, row.distance] == pytest.approx(expected, rel=1e-6)
            gradients = copies.gradients[index]
            if gradients is None:
                assert np.isnan(row.gradient)
            else:
                attribute, _, i = name.partition("[")
                expected = norm(gradients[attribute][int(i[:-1])].astype(float))
                assert row.gradient == pytest.approx(expected, rel=1e-6)
            if index >= 0:
                assert (row.task % every, row.span) == (0, index - place)
                place = index
            before = now
        assert pandas.isna(rows.task.iloc[-1])
    assert set(frame.parameter) == set(fitted_params(model))
    assert (np.diff(frame.seconds) >= 0).all()


def test_the_end_of_a_fit_is_the_fitted_model():
    monitor = ParamMonitor(every=5)
    model = mlp(early_stopping=True).set_callbacks(monitor).fit(X, y)
    last = monitor.to_frame().groupby("parameter").last()
    for name, array in fitted_params(model).items():
        assert last.norm[name] == pytest.approx(norm(array))
        low, high = last.low[name], last.high[name]
        assert (low, high) == (array.min(), array.max())
        assert last.histogram[name].sum() == array.size


def test_other_callbacks_and_the_model_are_untouched():
    alone = mlp().fit(X, y)
    watched = mlp().set_callbacks(ParamMonitor(every=2)).fit(X, y)
    for a, b in zip(alone.coefs_, watched.coefs_, strict=True):
        np.testing.assert_array_equal(a, b)


def test_dead_units_are_those_without_a_gradient():
    """With lbfgs the gradient is of all rows, so that dead units are zero for each of them."""
    digits, targets = load_digits(return_X_y=True)
    monitor = ParamMonitor(every=1)
    model = MLPClassifier((60,), solver="lbfgs", max_iter=40, random_state=0)
    model.set_callbacks(monitor).fit(digits[:300], targets[:300])
    frame = monitor.to_frame()
    weights = frame[frame.parameter == "coefs_[0]"]
    assert weights.dead_units.iloc[:4].isna().all()
    hidden = digits[:300] @ model.coefs_[0] + model.intercepts_[0]
    n_dead = np.count_nonzero((hidden <= 0).all(axis=0))
    assert n_dead > 0
    assert weights.dead_units.iloc[-2] == n_dead
    assert frame[frame.parameter != "coefs_[0]"].dead_units.isna().all()


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("layer", [0, 1])
def test_dead_units_had_no_gradient_at_five_records(solver, layer):
    copies, monitor = Copies(), ParamMonitor(every=1)
    model = MLPClassifier((20, 9), solver=solver, max_iter=25, random_state=1, batch_size=40)
    model.set_callbacks(monitor, copies).fit(X, y)
    frame = monitor.to_frame()
    rows = frame[(frame.parameter == f"coefs_[{layer}]") & frame.task.notna()]
    idle = [gradient["intercepts_"][layer] == 0 for gradient in copies.gradients if gradient]
    expected = [np.all(idle[i - 4 : i + 1], axis=0).sum() for i in range(4, len(rows))]
    assert rows.dead_units.isna().tolist() == [True] * 4 + [False] * (len(rows) - 4)
    assert rows.dead_units[4:].tolist() == expected
    assert len(set(expected)) > 1


def test_units_that_are_not_rectified_are_not_counted():
    monitor = ParamMonitor(every=1)
    mlp(activation="tanh").set_callbacks(monitor).fit(X, y)
    assert monitor.to_frame().dead_units.isna().all()


@pytest.mark.parametrize("every", [None, 1, 4])
def test_histograms_come_with_every_kth_record(every):
    monitor = ParamMonitor(every=every, histogram_every=3, bins=7)
    mlp().set_callbacks(monitor).fit(X, y)
    frame = monitor.to_frame()
    rows = frame[(frame.parameter == "coefs_[0]") & frame.task.notna()]
    has = rows.histogram.notna().to_numpy()
    np.testing.assert_array_equal(has, np.arange(1, len(rows) + 1) % 3 == 0)
    assert all(len(counts) == 7 for counts in frame.histogram.dropna())


@pytest.mark.parametrize("scale", [1.0, 1e300, 1e-300])
def test_counts_of_histograms_are_numpys(rng, scale):
    numbers = rng.standard_normal(1000) * scale
    counts, ends = histograms_of(numbers, np.array([0, 900]), 10)
    for piece, found, (low, high) in zip((numbers[:900], numbers[900:]), counts, ends, strict=True):
        expected, _ = np.histogram(piece / scale, 10, (low / scale, high / scale))
        assert np.abs(found - expected).max() <= 1  # rounding of an edge
        assert found.sum() == piece.size


def test_histograms_leave_out_what_is_not_finite():
    counts, ends = histograms_of(np.array([1.0, np.nan, np.inf, 3.0, np.nan]), np.array([0, 4]), 4)
    assert counts.tolist() == [[1, 0, 0, 1], [0, 0, 0, 0]]
    assert ends[0].tolist() == [1, 3]
    assert np.isnan(ends[1]).all()


class Learner(callback.CallbackSupportMixin, BaseEstimator):
    """Takes given values for the attribute ``weight_``, one a task."""

    def __init__(self, values=(), fails_at=None):
        self.values = values
        self.fails_at = fails_at

    @callback.with_callbacks
    def fit(self, X=None, y=None):
        fit = self._init_callback_context(max_subtasks=None)
        fit.call_on_fit_task_begin(estimator=self)
        for i, value in enumerate(self.values):
            task = fit.subcontext(task_name="step").call_on_fit_task_begin(estimator=self)
            if i == self.fails_at:
                raise ValueError("diverged")
            task.call_on_fit_task_end(estimator=self, reconstruction_attributes={"weight_": value})
            self.weight_ = value
        fit.call_on_fit_task_end(estimator=self, reconstruction_attributes={})
        return self


def recorded(*values, **settings):
    monitor = ParamMonitor(every=1, **settings)
    Learner(values).set_callbacks(monitor).fit()
    return monitor.to_frame()


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
@pytest.mark.parametrize("dtype", [float, np.float32, complex, int, bool])
def test_norms_of_any_dtype_and_size(size, dtype):
    if dtype in (np.float32, int, bool) and size != 1:
        pytest.skip("does not hold such numbers")
    first = np.array([3, 0, 4]).astype(dtype) * size
    second = np.array([[1, 2], [3, 4j if dtype is complex else 4]], dtype) * size
    frame = recorded(first, first * 2, second)
    expected = [np.linalg.norm(first / size), np.linalg.norm(first * 2 / size)]
    expected.append(np.linalg.norm(second / size))
    np.testing.assert_allclose(frame.norm[:3] / size, expected, rtol=1e-7)
    assert frame["update"][1] == pytest.approx(norm(np.abs(first * 2.0 - first) / size) * size)
    assert np.isnan(frame["update"][2])  # another shape
    assert frame.gradient.isna().all()


def test_numbers_that_are_not_finite():
    frame = recorded(np.ones(3), np.array([1, np.nan, 1]), np.array([1, np.inf, 1]))
    assert np.isnan(frame.norm[1])
    assert frame.norm[2] == np.inf
    assert np.isnan(frame["update"][1])


def test_values_of_other_kinds():
    texts = np.array(["a", "b"])
    assert recorded(2.0).norm.tolist() == [2, 2]
    assert recorded([3.0, 4.0]).norm.tolist() == [5, 5]
    assert recorded({"a": np.ones(4), "b": np.zeros(0)}).norm.tolist() == [2, 2]
    assert recorded(texts, np.zeros((0, 3))).empty
    sparse = recorded(csr_array([[3.0, 0.0]]), csr_array([[0.0, 4.0]]))
    assert sparse.norm.tolist() == [3, 4, 4]
    assert sparse["update"].isna().all()
    assert sparse["size"].tolist() == [2, 2, 2]


def test_an_estimator_that_learns_nothing_is_not_recorded():
    assert recorded().empty


@pytest.mark.parametrize(
    "model",
    [mlp(), LogisticRegression(), PCA(2), StandardScaler(), make_pipeline(StandardScaler(), mlp())],
)
def test_what_is_read_is_what_fitted_params_returns(model):
    model = clone(model).fit(X, y)
    reader = ParameterReader()
    for _ in range(2):
        snapshot = reader.read(model)
        assert list(snapshot.layout.names) == list(fitted_params(model))
        arrays = [np.ravel(array) for array in fitted_params(model).values()]
        np.testing.assert_array_equal(snapshot.flat, np.concatenate(arrays))


def test_a_parameter_that_comes_later_is_found():
    class Grows(Learner):
        @callback.with_callbacks
        def fit(self, X=None, y=None):
            fit = self._init_callback_context(max_subtasks=2)
            for attributes in ({"a_": np.ones(2)}, {"a_": np.ones(2), "b_": np.ones(3)}):
                task = fit.subcontext(task_name="step").call_on_fit_task_begin(estimator=self)
                task.call_on_fit_task_end(estimator=self, reconstruction_attributes=attributes)
            return self

    monitor = ParamMonitor(every=1)
    Grows().set_callbacks(monitor).fit()
    frame = monitor.to_frame()
    assert frame.parameter.tolist() == ["a_", "a_", "b_"]
    assert frame["update"].fillna(-1).tolist() == [-1, 0, -1]


def test_a_fit_that_fails_keeps_its_records_and_the_next_starts_anew():
    monitor = ParamMonitor(every=1)
    values = [np.full(2, float(i)) for i in range(4)]
    with pytest.raises(ValueError, match="diverged"):
        Learner(values, fails_at=2).set_callbacks(monitor).fit()
    assert monitor.to_frame().norm.tolist() == [0, np.sqrt(2)]
    Learner(values).set_callbacks(monitor).fit()
    frame = monitor.to_frame()
    assert frame.run.tolist() == [0] * 2 + [1] * 5
    assert np.isnan(frame["update"][2])
    monitor.clear()
    assert monitor.to_frame().empty
    Learner(values).set_callbacks(monitor).fit()
    assert monitor.to_frame().run.tolist() == [0] * 5


def test_an_error_in_the_callback_names_it(monkeypatch):
    def broken(self, estimator):
        raise ZeroDivisionError("no number")

    monkeypatch.setattr(ParameterReader, "read", broken)
    monitor = ParamMonitor()
    with pytest.raises(RuntimeError, match=r"ParamMonitor: cannot record Learner .*'step'.*no num"):
        Learner([np.ones(1)]).set_callbacks(monitor).fit()
    assert not monitor._running


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("every", 0),
        ("every", 1.5),
        ("every", True),
        ("histogram_every", -1),
        ("bins", None),
        ("max_records", "many"),
    ],
)
def test_invalid_arguments(argument, value):
    with pytest.raises(
        ValueError, match=rf"ParamMonitor: {argument} must be an int .*got {value!r}"
    ):
        ParamMonitor(**{argument: value})


LAYOUT = Layout(("w_",), ((2,),), (False,))


def task(number):
    return TaskRecord(number, "step", (0, number), 0.0, 1, LAYOUT, np.zeros((1, 5)))


@pytest.mark.parametrize("max_records", [1, 7, 30])
def test_memory_is_bounded_and_the_order_of_arrival_does_not_matter(rng, max_records):
    lengths = [50, 3, 17, 40]
    kept = []
    for _ in range(5):
        log = Log(max_records)
        places = [(i, n + 1) for i, length in enumerate(lengths) for n in range(length)]
        rng.shuffle(places)
        for i in range(len(lengths)):
            log.begin_fit(FitKey("run", (0, i)), Place("Learner"))
        for i, n in places:
            log.add_task(FitKey("run", (0, i)), task(n))
            assert log.n_rows <= max_records
        for i in range(len(lengths)):
            log.add_task(FitKey("run", (0, i)), task(0))
        found = {key.path: sorted(t.number for t in fit.tasks) for key, fit in log.fits.items()}
        assert sum(map(len, found.values())) <= max_records + len(lengths)
        assert all(0 in numbers for numbers in found.values())
        kept.append(found)
    assert all(each == kept[0] for each in kept)


def test_thinning_is_said():
    monitor = ParamMonitor(every=1, max_records=10)
    values = [np.full(2, float(i)) for i in range(40)]
    Learner(values).set_callbacks(monitor).fit()
    frame = monitor.to_frame()
    assert frame.task[:-1].tolist() == [8, 16, 24, 32, 40]
    assert "one in" in str(monitor)


def test_fits_at_the_same_time_do_not_mix():
    monitor = ParamMonitor(every=1)
    models = [mlp(alpha=alpha) for alpha in (1e-4, 10.0, 1e-4)]
    threads = [
        threading.Thread(target=model.set_callbacks(monitor).fit, args=(X, y)) for model in models
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frame = monitor.to_frame()
    assert frame.run.nunique() == 3
    for _, rows in frame.groupby("run"):
        assert rows[rows.parameter == "coefs_[0]"].task.tolist()[:-1] == list(range(1, 13))
    ends = frame[frame.task.isna()].groupby(["run", "parameter"]).norm.last().unstack()
    found = sorted(ends["coefs_[0]"])
    expected = sorted(norm(model.coefs_[0]) for model in models)
    assert found == pytest.approx(expected)


def test_a_monitor_is_freed_with_its_fits():
    """The contexts of a fit are kept by nothing once it has ended."""
    monitor = ParamMonitor(every=1)
    mlp().set_callbacks(monitor).fit(X, y)
    gc.collect()
    assert len(monitor._recorders) == 0
    assert len(monitor._steps) == 0


def test_pickles_keep_the_records():
    monitor = ParamMonitor(every=1)
    search = GridSearchCV(LogisticRegression(), {"C": [1.0, 2.0]}, cv=2).set_callbacks(monitor)
    search.fit(X, y)
    n_threads = threading.active_count()
    loaded = pickle.loads(pickle.dumps(search))
    assert threading.active_count() == n_threads
    (copied,) = loaded._skl_callbacks
    pandas.testing.assert_frame_equal(copied.to_frame(), monitor.to_frame())
    loaded.fit(X, y)
    assert copied.to_frame().run.nunique() == 2
    assert monitor.to_frame().run.nunique() == 1
    assert clone(search)._skl_callbacks[0] is monitor


def test_randomized_search():
    monitor = ParamMonitor(every=1)
    search = RandomizedSearchCV(
        LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, n_iter=2, cv=3, random_state=0
    ).set_callbacks(monitor)
    search.fit(X, y)
    frame = monitor.to_frame()
    assert set(frame.candidate.dropna()) == {0, 1}
    assert set(frame.split.dropna()) == {0, 1, 2}


@pytest.mark.parametrize("model", [PCA(2), mlp()])
def test_batches_of_a_stream_are_runs_that_go_on(model):
    """Each call of partial_fit starts from what the one before it has left."""
    monitor, model = ParamMonitor(), clone(model)
    before, expected = None, []
    for part in (slice(0, None, 3), slice(1, None, 3), slice(2, None, 3)):
        more = {} if isinstance(model, PCA) else {"classes": [0, 1, 2]}
        model.set_callbacks(monitor).partial_fit(X[part], y[part], **more)
        now = parameters(model)
        change = np.nan if before is None else norm(now["mean_"] - before["mean_"])
        if isinstance(model, PCA):
            expected.append(change)
        before = now if isinstance(model, PCA) else None
    frame = monitor.to_frame()
    assert frame.run.unique().tolist() == [0, 1, 2]
    assert (frame["update"][frame.run > 0] > 0).any()
    if isinstance(model, PCA):
        found = frame["update"][frame.parameter == "mean_"]
        assert found.tolist() == pytest.approx(expected, nan_ok=True)
    display = monitor.plot("norm")
    assert display.tasks.tolist() == [1, 2, 3]
