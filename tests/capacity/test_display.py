"""The page and the figure: what they show is what the record has."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import ShuffleSplit, TimeSeriesSplit
from sklearn.tree import DecisionTreeRegressor

from skparams import CapacityCurveDisplay, capacity_curve
from skparams._capacity.marks import setting_names
from skparams._capacity.record import CapacityCurve
from skparams._records import Bounds, Unknown

pytest.importorskip("matplotlib")
X, y = (each[:80] for each in load_diabetes(return_X_y=True))
TREE = DecisionTreeRegressor(random_state=0)
LEAVES = {"param_name": "max_leaf_nodes", "param_range": [60, 2, 4, 8]}
CV = ShuffleSplit(4, random_state=0)


@pytest.fixture(autouse=True)
def _closed():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture(scope="module")
def curve():
    return capacity_curve(TREE, X, y, cv=CV, **LEAVES)


def made(sizes, test, train=None, *, n_outputs=1, n_train=50, loss="loss"):
    """A curve with given counts and values."""
    test = np.asarray(test, dtype=float)
    train = test if train is None else np.asarray(train, dtype=float)
    return CapacityCurve(
        class_name="Model",
        param_name="size",
        param_range=tuple(range(len(sizes))),
        counted="stored",
        fold_n_params=tuple((size,) * test.shape[1] for size in sizes),
        score_name="score",
        train_scores=-train,
        test_scores=-test,
        loss_name=loss,
        train_losses=train,
        test_losses=test,
        n_samples=2 * n_train,
        n_train=(n_train,) * test.shape[1],
        n_outputs=n_outputs,
        errors=(("",) * test.shape[1],) * len(sizes),
    )


def title(display):
    return display.ax_.get_title(loc="left").replace("\n", " ").replace("\xa0", " ")


@pytest.mark.parametrize("metric", ["score", "loss"])
def test_lines_are_means_in_the_order_of_counts(curve, metric):
    display = CapacityCurveDisplay(curve).plot(metric=metric)
    order = np.argsort(curve.sizes)
    assert list(order) == [1, 2, 3, 0]
    for line, name in zip(display.lines_, ("train", "test"), strict=True):
        values = getattr(curve, f"{name}_{'scores' if metric == 'score' else 'losses'}")[order]
        np.testing.assert_array_equal(line.get_xdata(), curve.sizes[order])
        np.testing.assert_array_equal(line.get_ydata(), values.mean(axis=1))
    assert display.ax_.get_ylabel() == ("R²" if metric == "score" else "mean squared error")
    assert display.ax_.get_xscale() == "log"
    assert [text.get_text() for text in display.ax_.texts] == ["train", "validation"] or [
        text.get_text() for text in display.ax_.texts
    ] == ["validation", "train"]


def test_bands_stay_within_the_folds(curve):
    display = CapacityCurveDisplay(curve).plot()
    order = np.argsort(curve.sizes)
    for area, values in zip(
        display.fill_between_, (curve.train_scores, curve.test_scores), strict=True
    ):
        values = values[order]
        corners = area.get_paths()[0].vertices
        for x, row in zip(curve.sizes[order], values, strict=True):
            ends = corners[corners[:, 0] == x, 1]
            low = max(row.mean() - row.std(), row.min())
            high = min(row.mean() + row.std(), row.max())
            np.testing.assert_allclose([ends.min(), ends.max()], [low, high], atol=1e-12)


def test_the_ways_to_draw(curve):
    display = CapacityCurveDisplay(curve).plot(std_display_style="errorbar", score_type="test")
    assert display.fill_between_ is None
    assert len(display.errorbar_) == len(display.lines_) == 1
    display = CapacityCurveDisplay(curve).plot(
        std_display_style=None, score_type="train", score_name="mine", line_kw={"lw": 7}
    )
    assert display.fill_between_ is display.errorbar_ is None
    assert display.lines_[0].get_linewidth() == 7
    assert display.ax_.get_ylabel() == "mine"
    for own in ({"lw": 2, "c": "red"}, {"linewidth": 2, "color": "red"}):
        display = CapacityCurveDisplay(curve).plot(
            std_display_style="errorbar", line_kw=own, fill_between_kw=own, errorbar_kw=own
        )
        assert display.lines_[1].get_color() == "red"
        display = CapacityCurveDisplay(curve).plot(fill_between_kw={"lw": 2, "color": "red"})
        assert display.fill_between_[0].get_linewidth() == 2
    arguments = {"scoring": "neg_mean_absolute_error", "negate_score": True, "cv": CV}
    display = CapacityCurveDisplay.from_estimator(TREE, X, y, **arguments, **LEAVES)
    assert display.ax_.get_ylabel() == "mean absolute error"
    assert (display.lines_[0].get_ydata() >= 0).all()


def test_the_callers_axes(curve):
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2)
    display = CapacityCurveDisplay(curve).plot(axes[0])
    assert display.ax_ is axes[0]
    assert display.figure_ is figure
    assert curve.plot(axes[1], metric="loss") is axes[1]


def test_the_threshold_is_drawn_where_parameters_are_as_many_as_rows(curve):
    display = CapacityCurveDisplay(curve).plot()
    ends = display.threshold_.get_window_extent()
    assert display.ax_.transData.inverted().transform(ends)[:, 0] == pytest.approx(72)
    assert "dotted: rows" in display.ax_.get_xlabel()
    few = capacity_curve(TREE, X, y, param_name="max_leaf_nodes", param_range=[2, 3], cv=CV)
    assert CapacityCurveDisplay(few).plot().threshold_ is None
    time = capacity_curve(TREE, X, y, cv=TimeSeriesSplit(3), **LEAVES)
    assert time.threshold == Bounds(20, 60)


@pytest.mark.parametrize("sizes", [[3, 4], [7, 11, 55], [1081, 1300, 1681], [95, 2900], [5, 5e6]])
def test_counts_have_a_few_whole_numbers_as_ticks(sizes):
    display = CapacityCurveDisplay(made(sizes, np.ones((len(sizes), 2)))).plot()
    ax = display.ax_
    ax.figure.draw_without_rendering()
    assert ax.get_xscale() == "log"
    low, high = ax.get_xlim()
    shown = [text for text in ax.get_xticklabels() if low <= text.get_position()[0] <= high]
    assert 2 <= len(shown) <= 7
    assert all(text.get_text().strip(" kM").replace(",", "").isdecimal() for text in shown)
    for left, right in pairwise(text.get_window_extent() for text in shown):
        assert left.x1 + 3 < right.x0
    assert not ax.xaxis.get_minorticklocs().size


@pytest.mark.parametrize(
    ("sizes", "test", "expected"),
    [
        ([10, 50, 100], [[3, 3], [9, 5], [1, 2]], "near the number of rows; lowest at 100"),
        ([10, 50, 100], [[3, 3], [9, 1], [1, 2]], "loss is lowest at 100 parameters, the most"),
        ([10, 500, 1000], [[3, 3], [9, 5], [1, 2]], "loss is lowest at 1,000 parameters, the most"),
        ([10, 20, 50], [[3, 3], [4, 4], [9, 5]], "loss is lowest at 10 parameters, the fewest"),
        ([1, 20, 50], [[3, 3], [3, 3], [9, 5]], "loss is lowest at 1 parameter, the fewest"),
        ([5, 5, 5], [[3, 3], [2, 2], [9, 5]], "has 5 parameters; size=1 has the lowest loss"),
        ([Unknown("why")] * 2, [[3, 3], [2, 2]], "The number of parameters is not known: why"),
        ([3, Unknown("why")], [[3, 3], [2, 2]], "lowest where the number of parameters is not"),
        ([3, Unknown("why")], [[1, 1], [2, 2]], "loss is lowest at 3 parameters"),
        ([3, 4], [[np.nan, 1], [np.nan, np.nan]], "No setting has a validation loss"),
    ],
)
def test_titles(sizes, test, expected):
    curve = made(sizes, test, np.zeros_like(test, dtype=float))
    assert expected in title(CapacityCurveDisplay(curve).plot(metric="loss"))


def test_over_fitting_needs_a_better_fit_of_the_training_rows():
    test = [[2, 2.1], [1, 1.1], [3, 3.1]]
    display = CapacityCurveDisplay(made([1, 2, 3], test, [[3, 3], [2, 2], [1, 1]]))
    assert title(display.plot(metric="loss")).endswith("lowest at 2 parameters; more overfit")
    display = CapacityCurveDisplay(made([1, 2, 3], test, [[3, 3], [2, 2], [4, 4]]))
    assert title(display.plot(metric="loss")).endswith("lowest at 2 parameters")


@pytest.mark.parametrize(
    ("sizes", "test", "best", "simplest"),
    [
        # The best has the standard error 0.1.
        ([30, 10, 20], [[1.0, 1.2], [1.19, 1.19], [1.15, 1.15]], 0, 1),
        ([30, 10, 20], [[1.0, 1.2], [1.21, 1.21], [1.15, 1.15]], 0, 2),
        ([10, 10, 20], [[1.19, 1.19], [1.15, 1.15], [1.0, 1.2]], 2, 1),
        ([30, 10, 20], [[1.0, 1.2], [1.1, 1.1], [1.1, 1.1]], 1, 1),  # ties
        ([30, Unknown("why"), 20], [[1.0, 1.2], [1.1, 1.1], [9, 9]], 0, 0),
        ([Unknown("why")] * 2, [[1.0, 1.2], [1.0, 1.0]], 1, None),
        ([30, 10], [[1.0], [1.0]], 1, None),  # no standard error of one fold
        ([30, 10], [[1.0, 1.2], [np.nan, 1.1]], 0, 0),
        ([30, 10], [[np.nan, 1.0], [np.nan, 1.1]], None, None),
    ],
)
def test_the_best_and_the_simplest(sizes, test, best, simplest):
    curve = made(sizes, test)
    assert (curve.best, curve.simplest) == (best, simplest)


def test_a_peak_needs_training_rows_that_are_fitted():
    test = [[3, 3], [9, 5], [1, 2]]
    for train, peaks in (([[3, 3], [0.1, 0.1], [0, 0]], True), ([[3, 3], [2, 2], [0, 0]], False)):
        display = CapacityCurveDisplay(made([10, 50, 100], test, train)).plot(metric="loss")
        assert ("peaks" in title(display)) == peaks


def test_names_of_settings_have_as_many_digits_as_they_need():
    curve = made([1, 2], [[1, 2], [3, 4]])
    for values, names in (
        ((0.30000000000000004, 1 / 3), ["0.3", "0.3333"]),
        ((0.30000000000000004, 0.3), ["0.30000000000000004", "0.3"]),
        ((np.float64(1e-3), (2, 3)), ["0.001", "(2, 3)"]),
        ((np.float64(0.1), 0.1), ["0.1", "0.1"]),
    ):
        assert setting_names(replace(curve, param_range=values)) == names


def test_counts_that_are_not_known_or_all_the_same():
    for sizes in ([Unknown("why")] * 3, [7, 7, 7]):
        display = CapacityCurveDisplay(made(sizes, [[3, 3], [2, 2], [9, 5]])).plot()
        assert display.ax_.get_xlabel() == "size"
        np.testing.assert_array_equal(display.lines_[0].get_xdata(), [0, 1, 2])
    display = CapacityCurveDisplay(made([1, Unknown("why"), 3], [[3, 3], [2, 2], [9, 5]])).plot()
    np.testing.assert_array_equal(display.lines_[0].get_xdata(), [1, 3])
    assert "1 setting of unknown size left out" in display.ax_.get_xlabel()


@pytest.mark.parametrize(
    ("sizes", "test"),
    [
        ([0, 3, 1000], [[3, 3], [2, 2], [9, 5]]),
        ([1, 2, 10**30], [[3, 3], [1e9, 2e9], [9, 5]]),
        ([1, 2, 3], [[0, 0], [0, 0], [0, 0]]),
        ([5], [[1.0]]),
        ([1, 2, 3], [[-5e6, -4e6], [0.5, 0.6], [0.4, 0.3]]),
        ([1, 2], [[np.nan, 1], [1, 2]]),
        ([1, 2], [[np.inf, 1], [1, 2]]),
        ([1, 2], [[np.nan, np.nan], [np.nan, np.nan]]),
    ],
)
@pytest.mark.parametrize("metric", ["score", "loss"])
def test_whatever_is_drawn_has_finite_limits(sizes, test, metric):
    display = CapacityCurveDisplay(made(sizes, test)).plot(metric=metric)
    assert np.isfinite([*display.ax_.get_xlim(), *display.ax_.get_ylim()]).all()
    display.figure_.canvas.draw()
    assert str(display.curve)
    assert display.curve.to_json()
    assert display.curve.to_html()


def test_without_a_loss(curve):
    lossless = capacity_curve(
        KMeans(n_init=1, random_state=0), X, param_name="n_clusters", param_range=[2, 3], cv=2
    )
    assert isinstance(lossless.loss_name, Unknown)
    with pytest.raises(ValueError, match="plot: the curve has no loss: KMeans is no classifier"):
        lossless.plot(metric="loss")
    assert "no loss: KMeans is no classifier" in str(lossless)
    with pytest.raises(ValueError, match="metric must be one of"):
        curve.plot(metric="gain")


def test_the_page_marks_the_best_and_where_rows_may_be_fitted(curve):
    lines = str(curve).splitlines()
    rows = [line.split()[0] for line in lines[3:] if line.startswith("  ") and line.strip()]
    assert rows[:5] == ["2", "4", "8", "…", "60"]
    (best,) = [line for line in lines if line.endswith("best")]
    assert best.split()[0] == str(LEAVES["param_range"][curve.best])
    assert any(line.startswith("  … 72 training rows") for line in lines)
    wide = curve.to_text(width=120)
    assert "train loss" in wide
    assert "validation loss" in wide


def test_the_page_says_what_failed():
    curve = made([1, 2], [[1, 2], [np.nan, 3]])
    curve = replace(curve, errors=(("", ""), ("ValueError: <i>no</i>", "")))
    assert "1 of 2 fits failed" in str(curve)
    assert "<i>" not in curve.to_html()
    assert curve.n_params == (1, 2)


def test_the_frame_has_a_row_for_each_fit():
    pytest.importorskip("pandas")
    data = load_iris(return_X_y=True)
    curve = capacity_curve(
        LogisticRegression(max_iter=200), *data, param_name="C", param_range=[0.01, 0.02],
        cv=ShuffleSplit(2, train_size=30, random_state=0),
    )  # fmt: skip
    frame = curve.to_frame()
    assert list(frame.value) == [0.01, 0.01, 0.02, 0.02]
    assert list(frame.fold) == [0, 1, 0, 1]
    assert list(frame.n_params) == [15] * 4
    assert list(frame.n_train) == [30] * 4
    np.testing.assert_array_equal(frame.test_score, curve.test_scores.ravel())
    np.testing.assert_array_equal(frame.train_loss, curve.train_losses.ravel())
    effective = capacity_curve(
        Ridge(), X, y, param_name="alpha", param_range=[1.0, 9.0], cv=CV, kind="effective"
    )
    assert effective.to_frame().n_params.between(1, 11).all()
    assert "degrees of freedom" in str(effective)
