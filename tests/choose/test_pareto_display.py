"""The figure of score against parameters."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skparams import ParetoDisplay, params_frame

pytest.importorskip("matplotlib")
pytest.importorskip("pandas")
X, y = load_iris(return_X_y=True)


@pytest.fixture(autouse=True)
def _closed():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture(scope="module")
def search():
    model = make_pipeline(PCA(), GaussianNB())
    return GridSearchCV(model, {"pca__n_components": [1, 2, 3, 4]}, cv=5).fit(X, y)


@pytest.fixture(scope="module")
def trees():
    tree = DecisionTreeClassifier(random_state=0)
    return GridSearchCV(tree, {"min_samples_leaf": [1, 2, 3, 20]}, cv=3).fit(X, y)


def title_of(display):
    return display.ax_.get_title(loc="left").replace("\n", " ")


def made(counts, scores, **more):
    n = len(counts)
    more = {"front": np.full(n, True), "best": n - 1, "chosen": 0, **more}
    more = {"standard_errors": np.full(n, 0.1), "lowest": 0.5, **more}
    return ParetoDisplay(counts=np.array(counts, float), scores=np.array(scores, float), **more)


@pytest.mark.parametrize("tolerance", ["1se", 0.1, "0%"])
def test_what_is_drawn_is_what_the_frame_has(search, tolerance):
    frame = params_frame(search, tolerance=tolerance)
    display = ParetoDisplay.from_search(search, tolerance=tolerance)
    points = np.asarray(display.points_.get_offsets())
    np.testing.assert_allclose(points, frame[["n_params_free", "mean_test_score"]].astype(float))
    front = frame[frame.pareto].sort_values("n_params_free")
    np.testing.assert_allclose(display.front_.get_xdata(), front.n_params_free.astype(float))
    assert display.chosen == frame.index[frame.chosen].item()
    assert display.best == search.best_index_
    splits = [search.cv_results_[f"split{k}_test_score"] for k in range(5)]
    expected = np.std(splits, axis=0, ddof=1) / np.sqrt(5)
    np.testing.assert_allclose(display.standard_errors, expected)
    assert display.ax_.get_xscale() == "log"
    assert f"{frame.n_params_free[display.chosen]}" in title_of(display)


def test_settings_whose_count_is_unknown_are_left_out(trees):
    display = ParetoDisplay.from_search(trees, X, y, tolerance=0.1)
    assert display.counts.size == 1
    assert "3 settings left out" in display.ax_.get_xlabel()
    assert "is not known" in title_of(display)
    display = ParetoDisplay.from_search(trees, X, y, tolerance=0.1, fit=True)
    assert display.counts.size == 4
    assert display.ax_.get_xlabel() == "free parameters"
    with pytest.raises(ValueError, match=r"^ParetoDisplay\.from_search: no setting has a count"):
        ParetoDisplay.from_search(trees, kind="effective")


def test_errors_name_the_display(search):
    with pytest.raises(ValueError, match=r"^ParetoDisplay\.from_search: tolerance must be"):
        ParetoDisplay.from_search(search, tolerance=-1)
    with pytest.raises(TypeError, match=r"^ParetoDisplay\.from_search: search must be"):
        ParetoDisplay.from_search(X)


@pytest.mark.parametrize(
    ("display", "text"),
    [
        (made([10, 3000], [0.8, 0.9]), "10 free parameters score within one standard error of"),
        (made([10, 3000], [0.8, 0.9], chosen=1), "the best has fewer than its 3,000"),
        (made([10, 30], [0.8, 0.9], best=None, tolerance="2%"), "score within 2% of the best"),
        (made([10, 30], [0.8, 0.9], chosen=None, tolerance=0.1), "within 0.1 of the best"),
        (made([2.5, 3.25], [0.8, 0.9], kind="effective"), "2.5 effective degrees of freedom"),
        (made([0, 10**30], [0.8, 0.9]), "0 free parameters"),
        (made([7, 7], [0.8, 0.9], front=np.array([False, True])), "7 free parameters"),
        (made([0, 0], [0.8, 0.9], chosen=1), "All settings have 0 free parameters"),
        (made([5, 5], [0.8, 0.9], chosen=1), "All settings have 5 free parameters"),
        (made([0, 9], [0.9, 0.8], best=0, chosen=0), "The best setting has 0 free parameters"),
        (made([5, 5], [0.8, 0.9], chosen=1, n_left_out=1), "has fewer than its 5"),
        (made([1, 9], [0.8, 0.9]), "1 free parameter scores within"),
        (made([1, 1], [0.8, 0.9], chosen=1), "All settings have 1 free parameter"),
    ],
    ids=[
        *("fewer", "best", "best unknown", "unknown", "effective", "none", "equal"),
        *("all none", "all equal", "best none", "equal left out", "one", "all one"),
    ],
)
def test_titles_and_scales(display, text):
    assert text in title_of(display.plot())
    display.figure_.draw_without_rendering()


@pytest.mark.parametrize("best", [0, -1], ids=["best first", "best last"])
@pytest.mark.parametrize(
    "counts",
    [[0], [7, 7], [0, 1], [0, 3], [0, 10**9], [9, 10**7], [0.5, 2.5]],
    ids=str,
)
def test_ticks_differ_and_nothing_reaches_over_the_edges(counts, best):
    scores = np.linspace(0.8, 0.9, len(counts))
    display = made(counts, scores, kind="effective", best=best % len(counts)).plot()
    ax = display.ax_
    display.figure_.draw_without_rendering()
    one, wide = counts[0] == counts[-1], counts[-1] >= 10
    scale = "linear" if one else "log" if counts[0] else "symlog" if wide else "linear"
    assert ax.get_xscale() == scale
    low, high = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticks() if low <= tick <= high]
    texts = [text.get_text() for text in ax.get_xticklabels()][: len(ax.get_xticks())]
    shown = [text for tick, text in zip(ax.get_xticks(), texts, strict=True) if tick in ticks]
    assert 1 <= len(shown) == len(set(shown))
    assert "-" not in "".join(shown)
    box = ax.get_window_extent()
    places = ax.transData.transform(np.column_stack([counts, scores]))[:, 0]
    assert places.min() > box.x0 + 0.03 * box.width
    assert places.max() < box.x1 - 0.03 * box.width
    for text in ax.texts:
        extent = text.get_window_extent()
        assert box.x0 < extent.x0
        assert extent.x1 < box.x1


def test_no_error_bars_without_standard_errors(search):
    one = GridSearchCV(search.estimator, search.param_grid, cv=ShuffleSplit(1, random_state=0)).fit(
        X, y
    )
    display = ParetoDisplay.from_search(one, tolerance="1%")
    assert np.isnan(display.standard_errors).all()
    display.figure_.draw_without_rendering()


def test_given_axes_are_used(search):
    from matplotlib import pyplot

    _, ax = pyplot.subplots()
    display = ParetoDisplay.from_search(search, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
