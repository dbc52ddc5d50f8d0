"""Callbacks of scikit-learn and of this package, and the figure of the losses."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.fixes import parse_version

from skparams import Checkpoint, LossCurveDisplay, ParamMonitor, load_params, save_params
from tests.neural_network.tabular.small import ESTIMATORS, data, fitted, make, same

each_kind = pytest.mark.parametrize("kind", ESTIMATORS)
needs_callbacks = pytest.mark.skipif(
    parse_version(sklearn.__version__) < parse_version("1.9"),
    reason="scikit-learn has callbacks from 1.9 on",
)


class Recorder:
    """Keeps what scikit-learn calls; ``act(n)`` runs at the end of the n-th task."""

    def __init__(self, act=lambda n: None):
        self.begun, self.ended, self.act = [], [], act

    def setup(self, estimator, context):
        self.begun.append("setup")

    def teardown(self, estimator, context):
        self.ended.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, fitted_estimator):
        self.begun.append((context.task_name, context.max_subtasks, fitted_estimator))

    def on_fit_task_end(self, estimator, context, *, X, y, fitted_estimator):
        self.ended.append((context.task_name, fitted_estimator, fitted_estimator.score(X, y)))
        return self.act(len(self.ended))


@needs_callbacks
@each_kind
def test_an_epoch_of_all_members_is_a_task(kind):
    X, y = data(kind)
    recorder = Recorder()
    model = make(kind, max_iter=5).set_callbacks(recorder).fit(X, y)
    assert same(model, fitted(kind, max_iter=5))
    assert [each[:2] for each in recorder.begun[1:]] == [("fit", 5), *[("epoch", 0)] * 5]
    assert [each[0] for each in recorder.ended[:-1]] == [*["epoch"] * 5, "fit"]
    assert recorder.ended[-1] == "teardown"
    epochs = [each[1] for each in recorder.ended[:5]]
    assert [each.n_iter_ for each in epochs] == [1, 2, 3, 4, 5]
    for n, each in enumerate(epochs, start=1):
        for member, last in zip(each.members_, model.members_, strict=True):
            losses = last.history_["validation_loss"][:n]
            np.testing.assert_array_equal(member.history_["validation_loss"], losses)
            assert member.best_iter_ == n - np.argmin(losses[::-1])  # the best so far
    assert recorder.ended[5][2] == model.score(X, y)


@needs_callbacks
@each_kind
def test_at_most_200_tasks(kind):
    recorder = Recorder()
    make(kind, n_members=1, hidden_layer_sizes=1, max_iter=201).set_callbacks(recorder).fit(
        *data(kind, 12, 1)
    )
    assert recorder.begun[1][1] == 101 == len(recorder.begun[2:])
    assert {each[0] for each in recorder.begun[2:]} == {"epochs"}


@needs_callbacks
@each_kind
def test_a_callback_that_stops(kind):
    model = make(kind, max_iter=9).set_callbacks(Recorder(lambda n: n == 4)).fit(*data(kind))
    assert model.n_iter_ == 4
    assert len(model.history_["epoch"]) == 4
    assert np.isfinite(model.oof_score_)


@needs_callbacks
@each_kind
@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt()], ids=repr)
def test_an_error_or_ctrl_c_in_a_callback(kind, error):
    def act(n):
        if n == 2:
            raise error

    recorder = Recorder(act)
    model = make(kind, max_iter=9).set_callbacks(recorder)
    if isinstance(error, KeyboardInterrupt):
        with pytest.warns(UserWarning, match="Training interrupted by user"):
            model.fit(*data(kind))
        assert model.n_iter_ == 2
    else:
        with pytest.raises(RuntimeError, match="broken"):
            model.fit(*data(kind))
        assert not hasattr(model, "members_")
    assert recorder.ended[-1] == "teardown"


@needs_callbacks
@each_kind
def test_bad_data_is_refused_before_a_task(kind):
    recorder, (X, y) = Recorder(), data(kind)
    with pytest.raises(ValueError, match="all columns of X are constant"):
        make(kind).set_callbacks(recorder).fit(np.ones_like(X), y)
    assert not any(isinstance(each, tuple) for each in recorder.begun)


@needs_callbacks
@each_kind
def test_progress_bar(kind, capsys):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    model = make(kind).set_callbacks(ProgressBar()).fit(*data(kind))
    assert same(model, fitted(kind))
    assert "100%" in capsys.readouterr().out


@needs_callbacks
@each_kind
def test_param_monitor(kind):
    pytest.importorskip("pandas")
    monitor, (X, y) = ParamMonitor(every=1), data(kind)
    model = make(kind, max_iter=4).set_callbacks(monitor).fit(X, y)
    assert same(model, fitted(kind, max_iter=4))
    frame = monitor.to_frame()
    scales = frame[frame["parameter"] == "members_[1]__input_scale_"]
    assert scales["task"].dropna().tolist() == [1, 2, 3, 4]
    norm = np.linalg.norm(model.members_[1].input_scale_)
    assert scales["norm"].iloc[-1] == pytest.approx(norm)
    assert {"encoder__medians_", "members_[0]__coefs_[1]"} & set(frame["parameter"])


@needs_callbacks
@each_kind
def test_param_monitor_in_a_search(kind):
    pytest.importorskip("pandas")
    monitor = ParamMonitor()
    search = GridSearchCV(
        make_pipeline(StandardScaler(), make(kind)),
        {f"tabularmlp{kind}__n_members": [1, 2]},
        cv=2,
        error_score="raise",
    )
    search.set_callbacks(monitor).fit(*data(kind))
    frame = monitor.to_frame()
    assert set(frame["candidate"].dropna()) == {0, 1}
    assert frame["parameter"].str.contains("members_[0]", regex=False).any()


@needs_callbacks
@each_kind
def test_checkpoint_is_refused_before_training(kind, tmp_path):
    model = make(kind).set_callbacks(Checkpoint(tmp_path / "file"))
    message = f"Checkpoint: {type(model).__name__} cannot go on from a file"
    with pytest.raises(TypeError, match=message):
        model.fit(*data(kind))
    assert not hasattr(model, "members_")
    assert not list(tmp_path.iterdir())


@each_kind
def test_loss_curve(kind, tmp_path):
    pytest.importorskip("matplotlib")
    model = fitted(kind, max_iter=6)
    display = LossCurveDisplay.from_estimator(model)
    np.testing.assert_array_equal(display.training_loss_.get_ydata(), model.history_["loss"])
    losses = model.history_["validation_loss"]
    np.testing.assert_array_equal(display.validation_loss_.get_ydata(), losses)
    assert display.score_ax_ is None
    assert display.best_epoch_ is None  # each member has its own
    scoring = "accuracy" if kind == "classifier" else "r2"
    display = LossCurveDisplay.from_estimator(fitted(kind, max_iter=6, scoring=scoring))
    assert display.score_ax_.get_ylabel() == scoring
    pytest.importorskip("safetensors")
    save_params(model, tmp_path / "file")
    with pytest.raises(TypeError, match=r"has its\s+history_"):
        LossCurveDisplay.from_estimator(load_params(tmp_path / "file"))
