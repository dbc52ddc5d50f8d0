"""LossCurveDisplay: what it draws, never pixels."""

from itertools import combinations

import numpy as np
import pytest
from sklearn import neural_network as theirs
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import LossCurveDisplay, MLPClassifier, MLPRegressor, slim

matplotlib = pytest.importorskip("matplotlib")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
SMALL = {"hidden_layer_sizes": (4,), "max_iter": 8, "random_state": 0, "learning_rate_init": 0.01}


@pytest.fixture(autouse=True)
def _without_a_screen():
    from matplotlib import pyplot

    matplotlib.use("Agg")
    yield
    pyplot.close("all")


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 5))


def draw(model, **given):
    return LossCurveDisplay.from_estimator(model, **given)


def labels_of(display):
    return [text.get_text() for text in display.legend_.get_texts()]


def test_curves_are_the_columns(X):
    model = MLPClassifier(**SMALL).fit(X, X[:, 0] > 0, X_val=X[:9], y_val=X[:9, 0] > 0)
    display, history = draw(model), model.history_
    for line, name in [
        (display.training_loss_, "loss"),
        (display.validation_loss_, "validation_loss"),
        (display.validation_score_, "validation_score"),
    ]:
        np.testing.assert_array_equal(line.get_xdata(), history["epoch"])
        np.testing.assert_array_equal(line.get_ydata(), history[name])
    best = history["epoch"][np.argmax(history["validation_score"])]
    assert set(display.best_epoch_.get_xdata()) == {best} == {display.best_epoch}
    assert display.score_ax_.get_ylabel() == "accuracy"
    assert labels_of(display) == [
        "training loss",
        "validation loss",
        "validation accuracy",
        f"best epoch: {best}",
    ]


@pytest.mark.parametrize(
    ("scoring", "label"),
    [(None, "R²"), ("neg_median_absolute_error", "neg median absolute error"),
     (lambda est, X, y: est.score(X, y), "score")],
)  # fmt: skip
def test_the_score_is_named(scoring, label, X):
    display = draw(MLPRegressor(scoring=scoring, early_stopping=True, **SMALL).fit(X, X[:, 0]))
    assert display.score_ax_.get_ylabel() == label


def test_the_loss_as_a_score_is_drawn_once(X):
    model = MLPRegressor(scoring="loss", early_stopping=True, **SMALL).fit(X, X[:, 0])
    display = draw(model)
    assert display.score_ax_ is display.validation_score_ is None
    assert labels_of(display)[:2] == ["training loss", "validation loss"]
    assert display.best_epoch == np.argmin(model.history_["validation_loss"]) + 1


def test_the_best_epoch_is_that_of_the_last_fit(X):
    model = MLPRegressor(scoring=lambda *args: next(scores), warm_start=True, **SMALL)
    for first in (10, 0):
        scores = iter([first, first + 2, *[first + 1] * 6])
        model.fit(X, X[:, 0], X_val=X, y_val=X[:, 0])
    assert draw(model).best_epoch == 10
    model.set_params(scoring=None).partial_fit(X, X[:, 0])  # whose epoch belongs to that fit
    assert draw(model).best_epoch == 10


def test_training_alone(X):
    display = draw(MLPRegressor(solver="lbfgs", **SMALL).fit(X, X[:, 0]))
    assert display.ax_.get_xlabel() == "iteration"
    assert labels_of(display) == ["training loss"]
    assert display.best_epoch is display.best_epoch_ is display.validation_loss_ is None


def test_losses_of_several_magnitudes_have_a_logarithmic_axis():
    def scale(*losses):
        return LossCurveDisplay(history={"loss": losses}).plot().ax_.get_yscale()

    assert scale(2.0, 1.0, 0.01) == "log"
    assert scale(2.0, np.nan, 0.01) == "log"
    assert scale(2.0, 1.0, 0.9) == scale(2.0, 0.0) == scale(2.0, -1.0) == "linear"
    assert scale(np.inf, np.nan) == "linear"


def test_a_single_epoch_is_a_point(X):
    display = draw(MLPRegressor(**SMALL | {"max_iter": 1}).fit(X, X[:, 0]))
    assert display.training_loss_.get_marker() == "o"


def test_networks_are_found_where_they_are(X):
    y, network = X[:, 0], MLPRegressor(**SMALL)
    pipe = make_pipeline(StandardScaler(), network).fit(X, y)
    search = GridSearchCV(pipe, {"mlpregressor__alpha": [0.1]}, cv=2).fit(X, y)
    target = TransformedTargetRegressor(network).fit(X, y)
    for model, fitted in [
        (pipe, pipe[-1]),
        (search, search.best_estimator_[-1]),
        (target, target.regressor_),
    ]:
        line = draw(model).training_loss_
        np.testing.assert_array_equal(line.get_ydata(), fitted.loss_curve_)
    reference = theirs.MLPRegressor(early_stopping=True, **SMALL).fit(X, y)
    display = draw(reference)
    np.testing.assert_array_equal(display.training_loss_.get_ydata(), reference.loss_curve_)
    np.testing.assert_array_equal(
        display.validation_score_.get_ydata(), reference.validation_scores_
    )
    assert display.best_epoch == np.argmax(reference.validation_scores_) + 1


def test_what_has_no_history(X):
    for unfitted in (MLPRegressor(), make_pipeline(StandardScaler(), MLPRegressor())):
        with pytest.raises(NotFittedError):
            draw(unfitted)
    fitted = MLPRegressor(**SMALL).fit(X, X[:, 0])
    for model in (Ridge().fit(X, X[:, 0]), slim(fitted)):
        with pytest.raises(TypeError, match=r"LossCurveDisplay.from_estimator: .*, got \w+\."):
            draw(model)
    with pytest.raises(TypeError, match="not an estimator"):
        draw(3)


@pytest.mark.parametrize("width", [3.2, 6])
def test_texts_are_apart_and_on_the_page(width, X):
    from matplotlib import pyplot

    model = MLPRegressor(early_stopping=True, **SMALL).fit(X, X[:, 0])
    figure, ax = pyplot.subplots(figsize=(width, 3), layout="constrained")
    display = draw(model, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    figure.draw_without_rendering()
    texts = [*display.legend_.get_texts(), ax.xaxis.label, ax.yaxis.label]
    texts += [display.score_ax_.yaxis.label]
    boxes = [text.get_window_extent() for text in texts]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    page = figure.bbox
    for box in boxes:
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1
        assert page.y0 <= box.y0
        assert box.y1 <= page.y1


def test_a_display_is_drawn_again(X):
    display = draw(MLPRegressor(early_stopping=True, **SMALL).fit(X, X[:, 0]))
    first = display.ax_
    assert display.plot() is display
    assert display.ax_ is not first
    np.testing.assert_array_equal(display.training_loss_.get_ydata(), display.history["loss"])
