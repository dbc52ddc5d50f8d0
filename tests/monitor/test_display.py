"""The figures: what is drawn is what the frame has, and names do not lie on each other."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import ParamMonitor, ParamMonitorDisplay
from skparams._report.figure import apart

pytest.importorskip("matplotlib")
pytest.importorskip("pandas")
X, y = load_iris(return_X_y=True)


@pytest.fixture(autouse=True)
def _closed():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture(scope="module")
def monitor():
    pytest.importorskip("sklearn.callback")
    monitor = ParamMonitor(every=1, histogram_every=2)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    grid = {"logisticregression__C": [0.01, 1.0]}
    GridSearchCV(pipeline, grid, cv=3).set_callbacks(monitor).fit(X, y)
    return monitor


@pytest.mark.parametrize("quantity", ["norm", "update", "distance"])
def test_lines_are_medians_and_bands_the_range(monitor, quantity):
    frame = monitor.to_frame()
    frame = frame[frame.task.notna()]
    display = monitor.plot(quantity)
    assert list(display.values) == frame.parameter.unique().tolist()
    for line, (name, values) in zip(display.lines_, display.values.items(), strict=True):
        own = frame[frame.parameter == name].groupby("task")[quantity]
        np.testing.assert_allclose(line.get_ydata(), own.median())
        np.testing.assert_allclose(np.nanmin(values, axis=0), own.min())
        np.testing.assert_allclose(np.nanmax(values, axis=0), own.max())
    assert "2 parameters left out" in display.ax_.get_xlabel()
    assert "7 fits" in display.ax_.get_title(loc="left").replace("\n", " ")


def test_one_parameter_of_a_search_has_a_line_for_each_candidate(monitor):
    display = monitor.plot("norm", parameters="logisticregression__coef_")
    frame = monitor.to_frame()
    frame = frame[frame.task.notna() & (frame.parameter == "logisticregression__coef_")]
    assert list(display.values) == ["candidate 0", "candidate 1"]
    for candidate, line in enumerate(display.lines_):
        expected = frame[frame.candidate == candidate].groupby("task").norm.median()
        found = np.asarray(line.get_ydata())
        np.testing.assert_allclose(found[np.isfinite(found)], expected)


def test_a_distribution_is_an_image():
    pytest.importorskip("sklearn.callback")
    monitor = ParamMonitor(every=1, histogram_every=2)
    LogisticRegression(C=0.1).set_callbacks(monitor).fit(X, y)
    display = monitor.plot("histogram")
    frame = monitor.to_frame()
    rows = frame[(frame.parameter == "coef_") & frame.histogram.notna() & frame.task.notna()]
    assert display.tasks.tolist() == rows.task.tolist()
    image = display.image_.get_array()
    assert image.max() == 1
    assert display.ax_.get_ylim() == (rows.low.min(), rows.high.max())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"quantity": "speed"}, "quantity must be one of norm"),
        ({"run": 3}, "run must be one of 0"),
        ({"parameters": "coef"}, "parameters must be among"),
        ({"quantity": "gradient"}, "gradient of .* was not recorded"),
        ({"parameters": "standardscaler__mean_"}, "was not recorded after any task"),
        ({"quantity": "histogram"}, "a histogram is of one fit"),
        ({"parameters": []}, "was not recorded"),
    ],
)
def test_what_cannot_be_drawn(monitor, arguments, message):
    with pytest.raises(ValueError, match=rf"ParamMonitor\.plot: .*{message}"):
        monitor.plot(**arguments)


def test_given_axes_are_used(monitor):
    from matplotlib import pyplot

    _, ax = pyplot.subplots()
    assert monitor.plot("norm", ax=ax).ax_ is ax


def test_names_stand_apart_and_no_further_than_needed(rng):
    for n in range(1, 9):
        heights = np.sort(rng.uniform(0, 50, n))
        moved = apart(heights, 10)
        assert (np.diff(moved) >= 10 - 1e-9).all()
        assert np.mean(moved) == pytest.approx(np.mean(heights))
    np.testing.assert_array_equal(apart([0, 20, 40], 10), [0, 20, 40])


def test_values_that_are_missing_or_not_positive_are_drawn():
    values = {"a": np.array([[np.nan, 0.0, -1.0]]), "b": np.full((2, 3), np.nan)}
    display = ParamMonitorDisplay(
        quantity="norm", tasks=np.array([1, 2, 3]), values=values, task_name="epoch"
    ).plot()
    assert display.ax_.get_yscale() == "linear"
