"""What the displays draw: artists, labels and limits, never pixels."""

import io
import warnings
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import beta, f
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams import (
    PCA,
    BiplotDisplay,
    BootstrapDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    OutlierDisplay,
    ScoreDisplay,
    ScreeDisplay,
    explain,
)
from skparams.decomposition import Explanation, RotatedPCA
from skparams.decomposition._plot.names import cut_names
from skparams.decomposition._plot.rows import ellipse_around
from tests.sweep import sweep

matplotlib = pytest.importorskip("matplotlib")
pytest.importorskip("pandas")
DISPLAYS = [name for name in skparams.decomposition.__all__ if name.endswith("Display")]
LOADERS = {"wine": load_wine, "breast_cancer": load_breast_cancer, "digits": load_digits}


@pytest.fixture(autouse=True)
def _without_a_screen():
    from matplotlib import pyplot

    matplotlib.use("Agg")
    yield
    pyplot.close("all")


@pytest.fixture(scope="module", params=LOADERS)
def case(request):
    X, y = LOADERS[request.param](return_X_y=True, as_frame=True)
    scale = request.param != "digits"
    return PCA(3, scale=scale, random_state=0).fit(X), X, y


@pytest.fixture(scope="module")
def wine():
    X, y = load_wine(return_X_y=True, as_frame=True)
    return PCA(3, scale=True, random_state=0).fit(X), X, y


def boxes(texts):
    return [text.get_window_extent().extents for text in texts]


def one_line(text):
    """A text before its lines were broken."""
    return text.replace(" \n", " ")


def heights(scree):
    return [bar.get_height() for bar in scree.bars_]


def overlap(a, b):
    return bool((a[:2] < b[2:]).all() and (b[:2] < a[2:]).all())


def assert_apart(display, texts):
    """After the layout at two resolutions, no label is on another or out of the axes."""
    for dpi in (72, 150):
        display.figure_.set_dpi(dpi)
        display.figure_.draw_without_rendering()
        found, frame = boxes(texts), display.ax_.get_window_extent().extents
        assert not [pair for pair in combinations(range(len(found)), 2)
                    if overlap(found[pair[0]], found[pair[1]])]  # fmt: skip
        for box in found:
            assert (box[:2] >= frame[:2] - 1).all()
            assert (box[2:] <= frame[2:] + 1).all()


def test_names_in_the_circle_do_not_overlap(case):
    pca, X, _ = case
    display = CorrelationCircleDisplay.from_estimator(pca)
    assert_apart(display, display.labels_)
    assert len(display.labels_) >= 12
    named = {text.get_text() for text in display.labels_}
    drawn = min(X.shape[1], 25)
    pale, left = drawn - len(named), X.shape[1] - drawn
    note = one_line(display.ax_.get_xlabel())
    assert (f"pale: {pale} without a name" in note) == (pale > 0)
    assert (f"{left} more features" in note) == (left > 0)
    alphas = display.arrows_.get_facecolor()[:, 3]
    assert (alphas < 1).sum() == pale
    tips = np.column_stack([display.arrows_.U, display.arrows_.V])
    correlations = explain(pca).correlations.to_numpy()[:, :2]
    order = np.argsort(-np.hypot(*correlations.T), kind="stable")[:drawn]
    np.testing.assert_allclose(tips, correlations[order])
    assert X.columns[order[0]] in named


def test_names_in_the_biplot_do_not_overlap(case):
    pca, X, y = case
    display = BiplotDisplay.from_estimator(pca, X, y, components=(0, "pca2"))
    assert_apart(display, [*display.labels_, *display.groups_])
    assert len(display.labels_) >= 8
    points = np.vstack([group.get_offsets() for group in display.points_])
    scores = explain(pca, X).coordinates().to_numpy()[:, [0, 2]]
    order = np.argsort(y, kind="stable")
    np.testing.assert_allclose(points, scores[order])
    tips = np.column_stack([display.arrows_.U, display.arrows_.V])
    explained = explain(pca).loadings.to_numpy()[:, [0, 2]] ** 2
    drawn = np.argsort(-explained.sum(axis=1), kind="stable")[:25]
    np.testing.assert_allclose(tips, display.factor_ * pca.components_[[0, 2]].T[drawn])
    low, high = np.sort(display.ax_.get_xlim()), np.sort(display.ax_.get_ylim())
    assert (tips[:, 0] > low[0]).all()
    assert (tips[:, 1] < high[1]).all()
    assert [text.get_text() for text in display.groups_] == [str(c) for c in np.unique(y)]
    looks = {(*c.get_facecolor()[0][:3], c.get_paths()[0].vertices.tobytes())
             for c in display.points_}  # fmt: skip
    assert len(looks) == len(display.groups_)


def test_names_of_groups_do_not_overlap():
    """Neither long ones side by side nor many in one place, which lines lead to."""
    cancer = load_breast_cancer()
    X, y = cancer.data, cancer.target_names[cancer.target]
    pca = PCA(2).fit(X)
    scores = pca.transform(X)
    display = BiplotDisplay.from_estimator(pca, X, y)
    assert_apart(display, [*display.labels_, *display.groups_])
    for text in display.groups_:
        assert text.get_zorder() > display.arrows_.get_zorder()
        box = text.get_window_extent().transformed(display.ax_.transData.inverted())
        assert box.contains(*np.median(scores[y == text.get_text()], axis=0))
    lines = len(display.ax_.lines)
    many = [f"a group with a name {i % 12}" for i in range(len(X))]
    display = BiplotDisplay.from_estimator(pca, X, many)
    assert_apart(display, [*display.labels_, *display.groups_])
    assert len(display.ax_.lines) > lines


def test_labels_of_odd_rows_do_not_overlap(case):
    pca, X, _ = case
    display = OutlierDisplay.from_estimator(pca, X, alpha=0.01)
    odd = explain(pca, X).outliers(alpha=0.01)
    assert_apart(display, display.labels_)
    assert 0 < len(display.labels_) <= 10
    assert len(display.odd_.get_offsets()) == len(odd)
    assert len(display.points_.get_offsets()) == len(X) - len(odd)
    t2, spe = explain(pca, X).limits(alpha=0.01, training=True)
    assert display.limits_[0].get_xdata()[0] == t2
    assert display.limits_[1].get_ydata()[0] == spe
    assert display.labels_[0].get_text().startswith(f"{odd.labels[0]}: ")


def test_outliers_where_no_direction_is_left(wine):
    _, X, _ = wine
    display = OutlierDisplay.from_estimator(PCA(scale=True).fit(X), X)
    assert display.limits_[1].get_ydata()[0] == 0
    assert display.ax_.get_ylabel() == "SPE is 0: all of each row is in the components"


def test_a_row_far_away_leaves_room_for_the_others(wine):
    pca, X, _ = wine
    far = X.copy()
    far.iloc[5] *= 50
    assert OutlierDisplay.from_estimator(pca, far).ax_.get_yscale() == "symlog"


def test_scree_shows_the_rules_and_the_band(wine):
    pca, X, _ = wine
    display = ScreeDisplay.from_estimator(pca, X, kind="eigenvalues")
    every = np.linalg.eigvalsh(np.corrcoef(X.T))[::-1]
    np.testing.assert_allclose(heights(display), every, atol=1e-10)
    full = [bar.get_facecolor()[3] == 1 for bar in display.bars_]
    assert full == [True] * 3 + [False] * 10
    together = display.cumulative_.get_ydata()
    np.testing.assert_allclose(together, 100 * np.cumsum(every) / 13, atol=1e-9)
    table = pca.component_table(X)["n_components"]
    assert display.rules == {rule: table[rule] for rule in display.rules}
    assert len(display.rules) == 6
    texts = [text.get_text().replace("\n", " ") for text in display.rules_]
    drawn = {name for text in texts for name in text.split(":")[0].split(", ")}
    assert drawn == set(display.rules)
    above = display.eigenvalues > display.band[1]
    assert np.argmin(above) == display.rules["parallel"]
    path = display.band_.get_paths()[0].vertices
    assert path[:, 1].max() == pytest.approx(display.band[1].max())
    shares = heights(display.plot())
    np.testing.assert_allclose(shares, 100 * every / 13, atol=1e-10)


def test_components_are_counted_as_their_names_are(wine):
    _, X, _ = wine
    pca = PCA(scale=True, random_state=0).fit(X)
    scree = ScreeDisplay.from_estimator(pca, X)
    centers = [bar.get_x() + bar.get_width() / 2 for bar in scree.bars_]
    np.testing.assert_allclose(centers, range(13), atol=1e-12)
    # The line of a rule is behind the last component that it keeps.
    count = {text.get_text(): text.xy[0] for text in scree.rules_}
    assert count["broken_stick: 2"] == 1.5
    sure = BootstrapDisplay.from_estimator(pca, X, n_resamples=5)
    assert list(sure.estimates_.get_xdata()) == list(range(13))
    for display in (scree, sure):
        assert "component, counted from 0" in one_line(display.ax_.get_xlabel())
        assert display.ax_.get_xlim() == (-0.6, 12.6)
    few = BootstrapDisplay.from_estimator(wine[0], X, n_resamples=5).ax_
    assert [text.get_text() for text in few.get_xticklabels()] == ["pca0", "pca1", "pca2"]


def test_a_band_above_all_eigenvalues_is_seen():
    X = np.random.RandomState(0).uniform(size=(10, 3))
    display = ScreeDisplay.from_estimator(PCA(2, random_state=0).fit(X), X, kind="eigenvalues")
    assert display.band.max() > display.eigenvalues.max()
    assert display.ax_.get_ylim()[1] > display.band.max()


def test_a_scree_is_of_the_features_of_the_model(wine):
    pca, X, _ = wine
    with pytest.raises(ValueError, match="feature names should match"):
        ScreeDisplay.from_estimator(pca, X.iloc[:, :5])
    X = X.to_numpy()
    with pytest.raises(ValueError, match="X has 5 features, but PCA is expecting 13"):
        ScreeDisplay.from_estimator(PCA(3, scale=True).fit(X), X[:, :5])


def test_scree_without_rows_shows_what_the_model_has(wine):
    display = ScreeDisplay.from_estimator(wine[0])
    assert display.band_ is None
    assert not display.rules_
    assert len(display.bars_) == 3


def test_contributions_are_sorted_and_say_what_is_left_out(wine):
    pca, _, _ = wine
    display = ContributionDisplay.from_estimator(pca, component="pca1", n_features=5)
    shares = [bar.get_width() for bar in display.bars_]
    expected = explain(pca).contributions["pca1"].sort_values(ascending=False)
    np.testing.assert_allclose(shares, 100 * expected[:5])
    names = [label.get_text()[:-2] for label in display.ax_.get_yticklabels()]
    assert names == list(expected.index[:5])
    assert f"8 others make {100 * expected[5:].sum():.0f} %" in display.ax_.get_xlabel()
    assert display.even_.get_xdata()[0] == pytest.approx(100 / 13)


def test_rotated_components_have_pictures_too(wine):
    rotated = explain(wine[0]).rotate()
    display = ContributionDisplay.from_estimator(rotated, component=1)
    np.testing.assert_allclose(sum(bar.get_width() for bar in display.bars_), 100)
    CorrelationCircleDisplay.from_estimator(rotated)
    with pytest.raises(TypeError, match="got a RotatedPCA; its pca_ is one"):
        BiplotDisplay.from_estimator(rotated, wine[1])


def test_a_pipeline_with_rotated_components_is_drawn_as_they_are(wine):
    _, X, _ = wine
    pipeline = make_pipeline(StandardScaler(), RotatedPCA(PCA(3, random_state=0))).fit(X)
    rotated = pipeline[-1]
    circle = CorrelationCircleDisplay.from_estimator(pipeline, X)
    expected = explain(rotated).correlations
    np.testing.assert_array_equal(circle.correlations, expected[:, :2])
    assert circle.component_names == ["rotatedpca0", "rotatedpca1"]
    assert list(circle.feature_names) == list(X)
    bars = ContributionDisplay.from_estimator(pipeline, X, component="rotatedpca1")
    expected = explain(rotated).contributions
    np.testing.assert_array_equal(bars.contributions, expected[:, 1])
    for display in (ScreeDisplay, BiplotDisplay, OutlierDisplay, BootstrapDisplay):
        for estimator in (rotated, pipeline):
            with pytest.raises(TypeError, match="must be a PCA, got a RotatedPCA; its pca_ is one"):
                display.from_estimator(estimator, X)


@pytest.mark.parametrize("kind", ["ratios", "eigenvalues", "loadings"])
def test_bootstrap_draws_the_intervals(wine, kind):
    pca, X, _ = wine
    found = explain(pca, X).bootstrap(50, random_state=0)
    display = BootstrapDisplay.from_bootstrap(found, kind=kind, component="pca1")
    low, high = found.interval(kind)
    ends = np.array(display.intervals_.get_segments())
    if kind == "loadings":
        ends, low, high = ends[..., 0], low[:, 1], high[:, 1]
        order = np.argsort(-found.estimates.loadings[:, 1])
        np.testing.assert_allclose(ends, np.column_stack([low, high])[order])
        uncertain = ((low <= 0) & (high >= 0)).sum()
        assert display.ax_.get_title("left").startswith(f"{uncertain} of 13 loadings on pca1")
    else:
        unit = 100 if kind == "ratios" else 1
        np.testing.assert_allclose(ends[..., 1], unit * np.column_stack([low, high]))


@pytest.mark.parametrize("name", DISPLAYS)
def test_displays_take_axes_and_pipelines(wine, name):
    from matplotlib import pyplot

    _, X, _ = wine
    pipeline = make_pipeline(StandardScaler(), PCA(2, random_state=0)).fit(X)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5))
    more = {"n_resamples": 20} if name == "BootstrapDisplay" else {}
    for explained in (explain(pipeline, X), explain(pipeline, X[:50])):
        rows = {} if len(explained.X) == len(X) else {"X": X}
        getattr(skparams, name).from_estimator(explained, **rows, **more)
    display = getattr(skparams, name).from_estimator(pipeline, X, ax=right, **more)
    assert display.ax_ is right
    assert display.figure_ is figure
    assert not left.has_data()
    assert right.get_title("left")


def test_names_are_text_and_no_formulas():
    X = np.random.RandomState(0).standard_normal((30, 3))
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(X, columns=["$a_b$", "a\nb", "n" * 60])
    display = CorrelationCircleDisplay.from_estimator(PCA(2).fit(X))
    names = {text.get_text() for text in display.labels_}
    assert names <= {r"\$a_b\$", r"a\nb", "n" * 11 + "…" + "n" * 12, "n" * 12 + "…" + "n" * 11}
    display.figure_.draw_without_rendering()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda pca, X: ScreeDisplay.from_estimator(pca, X, kind="log"), "kind must be one of"),
        (lambda pca, X: ContributionDisplay.from_estimator(pca, component=3), "3 components"),
        (lambda pca, X: BiplotDisplay.from_estimator(pca, X, components=(0, 0)), "be different"),
        (lambda pca, X: BiplotDisplay.from_estimator(pca, X, components=1), "must be a pair"),
        (
            lambda pca, X: BiplotDisplay.from_estimator(pca, X, X.iloc[:, 0].astype(str)),
            "y must be numbers, or have at most 12 different values",
        ),
        (lambda pca, X: BiplotDisplay.from_estimator(pca, X, [1]), "inconsistent numbers"),
        (
            lambda pca, X: BiplotDisplay.from_estimator(pca, X, ["a", None] * 89),
            "y must have values of one type, none missing, got NoneType and str",
        ),
        (
            lambda pca, X: BiplotDisplay.from_estimator(pca, X, [1.0, np.nan] * 89),
            r"y must have no missing values, got .*nan",
        ),
        (lambda pca, X: OutlierDisplay.from_estimator(pca, X, alpha=1), "alpha must be a number"),
        (lambda pca, X: BiplotDisplay.from_estimator(make_pipeline(pca)), "X must be given"),
    ],
)
def test_what_is_not_allowed(wine, draw, message):
    with pytest.raises(ValueError, match=message):
        draw(wine[0], wine[1])


def test_counts_are_checked_before_work_starts(wine, monkeypatch):
    """What is drawn is not cut from the end, nor is `a` read as all."""
    from matplotlib import pyplot

    pca, X, _ = wine
    bars, circle = (d.from_estimator(pca) for d in (ContributionDisplay, CorrelationCircleDisplay))
    biplot, outliers = (d.from_estimator(pca, X) for d in (BiplotDisplay, OutlierDisplay))
    found = explain(pca, X).bootstrap(5)
    pyplot.close("all")
    for method in ("coordinates", "outliers", "bootstrap", "contributions", "correlations"):
        monkeypatch.setattr(Explanation, method, None)
    calls = [
        lambda n: ContributionDisplay.from_estimator(pca, n_features=n),
        lambda n: bars.plot(n_features=n),
        lambda n: BootstrapDisplay.from_bootstrap(found, kind="loadings", n_features=n),
        lambda n: BootstrapDisplay.from_estimator(pca, X, n_features=n),
    ]
    wrong = (-3, 2.5, "a", True)
    for call in calls:
        for n in (*wrong, None, 0):
            with pytest.raises(ValueError, match=rf"n_features must be .* least 1, got {n!r}\."):
                call(n)
    calls = [
        lambda n: CorrelationCircleDisplay.from_estimator(pca, max_labels=n),
        lambda n: BiplotDisplay.from_estimator(pca, X, max_labels=n),
        lambda n: OutlierDisplay.from_estimator(pca, X, max_labels=n),
        *(lambda n, d=d: d.plot(max_labels=n) for d in (circle, biplot, outliers)),
    ]
    for call in calls:
        for n in wrong:
            with pytest.raises(ValueError, match=rf"max_labels must .* 0 or None, got {n!r}\."):
                call(n)
    assert not pyplot.get_fignums()


def test_no_labels_where_none_are_asked_for(wine):
    pca, X, _ = wine
    assert not CorrelationCircleDisplay.from_estimator(pca, max_labels=0).labels_
    assert not OutlierDisplay.from_estimator(pca, X, max_labels=0).labels_
    assert len(OutlierDisplay.from_estimator(pca, X, max_labels=np.int64(2)).labels_) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "bogus"}, "BootstrapDisplay.from_estimator: kind must be one of"),
        ({"kind": "loadings", "component": 3}, "must be one of the 3 components"),
        ({"confidence_level": 95}, r"confidence_level must be a number in \(0, 1\), got 95"),
    ],
)
def test_nothing_is_resampled_for_bad_arguments(wine, arguments, message, monkeypatch):
    pca, X, _ = wine
    monkeypatch.delattr("skparams.decomposition._explain.bootstrap.resample")
    with pytest.raises(ValueError, match=message):
        BootstrapDisplay.from_estimator(pca, X, **arguments)


def test_no_eigenvalues_are_computed_for_a_kind_that_is_not(wine, monkeypatch):
    monkeypatch.delattr(PCA, "_compare_rules")
    with pytest.raises(ValueError, match=r"ScreeDisplay\.from_estimator: kind must be one of"):
        ScreeDisplay.from_estimator(wine[0], wine[1], kind="log")


def wide(p, names, n=40):
    """A PCA of rows of p features that six factors explain, and the rows."""
    pd = pytest.importorskip("pandas")
    rng = np.random.RandomState(0)
    factors = rng.standard_normal((n, min(p, 6)))
    X = factors @ rng.standard_normal((min(p, 6), p)) + rng.standard_normal((n, p))
    X = pd.DataFrame(X, columns=[names.format(j) for j in range(p)])
    return PCA(2, scale=True, random_state=0).fit(X), X


PLAIN, LONG, CYRILLIC = "x{}", "concentration of metabolite {:03d} in plasma", "концентрация {}"


def groups_of(X):
    return np.where(X.iloc[:, 0] > 0, "a group", "another group")


def bootstrapped(pca, X, **arguments):
    found = explain(pca, X).bootstrap(5, random_state=0)
    return BootstrapDisplay.from_bootstrap(found, **arguments)


DRAW = {
    "circle": lambda pca, X, **more: CorrelationCircleDisplay.from_estimator(pca, X, **more),
    "biplot": lambda pca, X, **more: BiplotDisplay.from_estimator(
        pca, X, groups_of(X), ellipses=True, row_names=X.index, **more
    ),
    "scores": lambda pca, X, **more: ScoreDisplay.from_estimator(
        pca, X, groups_of(X), supplementary=X[:5], alpha=0.5, **more
    ),
    "contributions": lambda pca, X, **more: ContributionDisplay.from_estimator(pca, X, **more),
    "outliers": lambda pca, X, **more: OutlierDisplay.from_estimator(pca, X, **more),
    "scree": lambda pca, _, **more: ScreeDisplay.from_estimator(pca, **more),
    "ratios": bootstrapped,
    "loadings": lambda pca, X, **more: bootstrapped(pca, X, kind="loadings", n_features=5, **more),
}


def assert_nothing_is_cut(display):
    """No title, label or name is out of the figure."""
    from matplotlib.text import Text

    display.figure_.draw_without_rendering()
    axes = [axis for ax in display.figure_.axes for axis in (ax.xaxis, ax.yaxis)]
    ticks = {id(label) for axis in axes for label in axis.get_ticklabels()}
    page = display.figure_.bbox
    for text in display.figure_.findobj(Text):
        box = text.get_window_extent()
        if text.get_visible() and text.get_text().strip() and id(text) not in ticks:
            assert box.x0 >= page.x0 - 1, text
            assert box.y0 >= page.y0 - 1, text
            assert box.x1 <= page.x1 + 1, text
            assert box.y1 <= page.y1 + 1, text


NAMES = {2: CYRILLIC, 30: LONG, 200: PLAIN}  # of so many features


@pytest.mark.parametrize("p", sweep(NAMES, [30]))
@pytest.mark.parametrize("name", DRAW)
def test_nothing_is_cut_at_the_edge(name, p):
    assert_nothing_is_cut(DRAW[name](*wide(p, NAMES[p])))


@pytest.mark.parametrize("name", DRAW)
def test_nothing_is_cut_in_a_small_figure(name):
    from matplotlib import pyplot

    ax = pyplot.subplots(figsize=(3, 2.5), layout="constrained")[1]
    assert_nothing_is_cut(DRAW[name](*wide(4, PLAIN), ax=ax))


def test_the_best_represented_features_are_drawn():
    pca, X = wide(200, PLAIN)
    found = np.hypot(*explain(pca, as_frame=False).correlations.T)
    for n in (3, 25, 200):
        circle = CorrelationCircleDisplay.from_estimator(pca, n_features=n)
        assert len(circle.arrows_.U) == n
        np.testing.assert_allclose(
            np.hypot(circle.arrows_.U, circle.arrows_.V), np.sort(found)[::-1][:n]
        )
        assert ("more feature" in circle.ax_.get_xlabel()) == (n < 200)
    assert len(CorrelationCircleDisplay.from_estimator(pca).labels_) <= 25
    biplot = BiplotDisplay.from_estimator(pca, X, n_features=7)
    assert len(biplot.arrows_.U) == 7
    assert "193 more features are represented less well" in one_line(biplot.ax_.get_xlabel())


def test_long_names_that_differ_still_differ():
    pca, _ = wide(30, LONG)
    display = ContributionDisplay.from_estimator(pca, n_features=30)
    names = [label.get_text()[:-2] for label in display.ax_.get_yticklabels()]
    assert len(set(names)) == 30
    assert all("metabolite 0" in name and len(name) <= 24 for name in names)
    display = CorrelationCircleDisplay.from_estimator(pca, label_length=60)
    assert display.labels_[0].get_text().endswith("in plasma")
    long = [f"{'a' * 40}{i}{'b' * 40}" for i in range(3)] + ["short", "a" * 30]
    assert cut_names(long, 10)[3] == "short"
    for length in (4, 10, 24, 60):
        found = cut_names(long, length)
        assert len(set(found)) == 5
        assert max(map(len, found)) <= length


def test_groups_keep_out_of_the_hub():
    """No name of a group covers arrows where they meet."""
    pca, X = wide(30, PLAIN, n=60)
    y = np.random.RandomState(0).choice(["first group", "second group", "third group"], 60)
    display = BiplotDisplay.from_estimator(pca, X, y)
    tips = np.column_stack([display.arrows_.U, display.arrows_.V])
    points = (tips[:, np.newaxis] * np.linspace(0, 1, 60)[:, np.newaxis]).reshape(-1, 2)
    points = points[np.hypot(*points.T) < 0.2 * np.ptp(display.ax_.get_ylim())]
    display.figure_.draw_without_rendering()
    for text in display.groups_:
        box = text.get_window_extent().transformed(display.ax_.transData.inverted())
        assert not any(box.contains(*point) for point in points)


def test_ellipses_hold_the_rows_of_normal_groups(rng):
    inside = []
    for _ in range(200):
        points = ellipse_around(rng.standard_normal((12, 2)) @ [[2, 1], [0, 0.5]])
        new = rng.standard_normal((20, 2)) @ [[2, 1], [0, 0.5]]
        inside.append(matplotlib.path.Path(points).contains_points(new).mean())
    assert abs(np.mean(inside) - 0.95) < 0.01
    assert ellipse_around(rng.standard_normal((3, 2))) is None
    assert ellipse_around(np.outer(np.arange(9), [1, 2])) is None


def test_ellipses_of_groups(wine):
    pca, X, y = wine
    assert not BiplotDisplay.from_estimator(pca, X, y).ellipses_
    display = BiplotDisplay.from_estimator(pca, X, y, ellipses=True)
    assert len(display.ellipses_) == 3
    few = y.to_numpy().copy()
    few[:2] = 7
    display = BiplotDisplay.from_estimator(pca, X, few, ellipses=True)
    assert len(display.ellipses_) == 3
    assert "1 group has too few rows" in one_line(display.ax_.get_xlabel())
    for other, message in ((None, "needs y"), (X["hue"], "needs groups in y, at most 12")):
        with pytest.raises(ValueError, match=message):
            BiplotDisplay.from_estimator(pca, X, other, ellipses=True)


def test_numbers_have_a_color_bar(wine):
    pca, X, _ = wine
    for display in (
        BiplotDisplay.from_estimator(pca, X, X["hue"]),
        ScoreDisplay.from_estimator(pca, X, X["hue"]),
    ):
        assert display.colorbar_.ax.get_ylabel() == "hue"
        np.testing.assert_array_equal(display.points_[0].get_array(), X["hue"])
        assert not display.groups_
    wrong = X["hue"].to_numpy().copy()
    wrong[0] = np.inf
    with pytest.raises(ValueError, match=r"y must be finite, got inf\."):
        BiplotDisplay.from_estimator(pca, X, wrong)


def test_rows_have_names_where_these_are_given(wine):
    pca, X, y = wine
    assert not BiplotDisplay.from_estimator(pca, X).row_labels_
    names = [f"wine {i}" for i in range(178)]
    display = BiplotDisplay.from_estimator(pca, X, y, row_names=names)
    assert_apart(display, [*display.labels_, *display.row_labels_, *display.groups_])
    scores = explain(pca, X, as_frame=False).coordinates()[:, :2]
    for text in display.row_labels_:
        np.testing.assert_allclose(text.xy, scores[names.index(text.get_text())])
    assert len(display.row_labels_) > 10
    with pytest.raises(ValueError, match=r"one name for each of the 178 rows, got shape \(2,\)"):
        BiplotDisplay.from_estimator(pca, X, row_names=["a", "b"])


def test_scores_beyond_the_ellipse_are_named(wine):
    pca, X, y = wine
    display = ScoreDisplay.from_estimator(pca, X, y, components=(0, "pca2"), max_labels=None)
    scores = explain(pca, X, as_frame=False).coordinates()[:, [0, 2]]
    t2 = (scores**2 / pca.explained_variance_[[0, 2]]).sum(axis=1)
    limit = 177**2 / 178 * beta.ppf(0.95, 1, 175 / 2)
    beyond = np.flatnonzero(t2 > limit)
    assert (
        display.ax_.get_title("left") == f"{len(beyond)} of 178 rows are beyond the ellipse of 95 %"
    )
    np.testing.assert_allclose(display.beyond_.get_offsets(), scores[beyond])
    points = np.column_stack(display.limits_[0].get_data())
    np.testing.assert_allclose((points**2 / pca.explained_variance_[[0, 2]]).sum(axis=1), limit)
    named = {int(text.get_text()) for text in display.labels_}
    assert named <= set(beyond)
    assert t2.argmax() in named
    assert_apart(display, [*display.labels_, *display.groups_])


def test_supplementary_rows_are_apart(wine):
    """They are compared with the limit of new rows, and keep the labels of their own index."""
    _, X, y = wine
    pca = PCA(2, scale=True).fit(X[:150])
    others = X[150:].rename(index="new {}".format)
    display = ScoreDisplay.from_estimator(pca, X[:150], y[:150], supplementary=others, alpha=0.3)
    scores = explain(pca, others, as_frame=False).coordinates()
    np.testing.assert_allclose(display.supplementary_.get_offsets(), scores)
    limit = 2 * (150**2 - 1) / (150 * 148) * f.ppf(0.7, 2, 148)
    points = np.column_stack(display.limits_[1].get_data())
    np.testing.assert_allclose((points**2 / pca.explained_variance_).sum(axis=1), limit)
    n = ((scores**2 / pca.explained_variance_).sum(axis=1) > limit).sum()
    note = one_line(display.ax_.get_xlabel())
    assert f"squares: {n} of 28 supplementary rows are beyond the dashed ellipse" in note
    assert any(text.get_text().startswith("new ") for text in display.labels_)
    strangers = ScoreDisplay.from_estimator(pca, others)
    assert "not known to be the training rows" in one_line(strangers.ax_.get_xlabel())


def test_scores_without_a_limit(rng):
    X = rng.standard_normal((3, 4))
    for rows, model in ((X, PCA(2).fit(X)), (np.outer(range(9), [1, 2]), PCA(2))):
        display = ScoreDisplay.from_estimator(model.fit(rows), rows)
        assert not display.limits_
        assert not display.labels_
        assert display.ax_.get_title("left").startswith("Rows on two components")


def test_titles_are_sentences(wine):
    pca, X, _ = wine
    t2 = explain(pca, X).hotelling_t2()
    one = OutlierDisplay.from_estimator(pca, X.iloc[[t2.argmax(), t2.argmin()]], alpha=0.001)
    assert one.ax_.get_title("left") == "1 of 2 rows is beyond a limit"
    only = OutlierDisplay.from_estimator(pca, X.iloc[[t2.argmax()]], alpha=0.001)
    assert only.ax_.get_title("left") == "1 of 1 row is beyond a limit"
    none = OutlierDisplay.from_estimator(pca, X.iloc[[t2.argmin()]], alpha=1e-9)
    assert none.ax_.get_title("left") == "0 of 1 row are beyond a limit"
    first = PCA(1, scale=True).fit(X)
    assert (
        ScreeDisplay.from_estimator(first, X)
        .ax_.get_title("left")
        .startswith("1 of 13 components explains 36 % of the variance")
    )
    assert (
        ScreeDisplay.from_estimator(first).ax_.get_title("left").startswith("1 component explains")
    )


def test_a_scree_of_two_features_has_its_rules_inside():
    X = np.random.RandomState(0).standard_normal((50, 2)) @ [[2, 1], [0, 1]]
    for size in ((6, 3.8), (3, 2.5)):
        figure, ax = matplotlib.pyplot.subplots(figsize=size, layout="constrained")
        display = ScreeDisplay.from_estimator(PCA(2, random_state=0).fit(X), X, ax=ax)
        figure.draw_without_rendering()
        frame = ax.get_window_extent().extents
        for box in boxes(display.rules_):
            assert (box[:2] >= frame[:2] - 1).all()
            assert (box[2:] <= frame[2:] + 1).all()


def test_a_scree_shows_the_first_components(wine):
    pca, X, _ = wine
    display = ScreeDisplay.from_estimator(pca, X, max_components=5)
    assert len(display.bars_) == len(display.cumulative_.get_ydata()) == 5
    assert "8 smaller ones are not shown" in one_line(display.ax_.get_xlabel())
    assert any(text.get_text().endswith("→") for text in display.rules_)  # of those beyond
    many = ScreeDisplay.from_estimator(PCA().fit(wide(60, PLAIN, n=200)[1]))
    assert len(many.bars_) == 40
    assert len(many.plot(max_components=None).bars_) == 60
    for n in (0, 2.5, "all"):
        with pytest.raises(ValueError, match="max_components must be an int of at least 1 or None"):
            display.plot(max_components=n)


def test_one_warning_for_all_characters_without_a_glyph():
    pca, X = wide(12, "代謝物{}の濃度")
    with pytest.warns(UserWarning, match="cannot draw"):
        display = ContributionDisplay.from_estimator(pca, X)
    for draw in (
        lambda: BiplotDisplay.from_estimator(pca, X, np.repeat(["水", "火"], 20)),
        display.plot,
    ):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            draw().figure_.savefig(io.BytesIO())
        assert len(found) == 1
        message = str(found[0].message)
        assert "cannot draw" in message
        assert "matplotlib.rcParams['font.family'] = ['sans-serif', " in message
        assert found[0].filename == __file__


@pytest.mark.parametrize("name", DRAW)
def test_a_display_is_drawn_again_without_a_warning(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        display = DRAW[name](*wide(3, CYRILLIC))
        first = display.figure_
        first.savefig(io.BytesIO())
        assert display.plot().figure_ is not first


def test_warnings_of_a_bootstrap_are_shown(wine):
    pca, X, _ = wine
    found = explain(pca, X).bootstrap(5, random_state=0)
    assert not BootstrapDisplay.from_bootstrap(SimpleNamespace(**parts(found))).warnings_
    texts = ("Eigenvalues 1 and 2 are closer than 4 standard errors. " * 2, "n < p.")
    for kind in ("ratios", "loadings"):
        warned = SimpleNamespace(**parts(found), warnings=texts)
        display = BootstrapDisplay.from_bootstrap(warned, kind=kind)
        (text,) = display.warnings_
        assert one_line(text.get_text()).split("\n") == [each.strip() for each in texts]
        assert_nothing_is_cut(display)


def parts(bootstrap):
    names = ("estimates", "resamples", "feature_names", "component_names", "interval")
    return {name: getattr(bootstrap, name) for name in names}


@pytest.mark.parametrize("length", [3, 2.5, None, "a", True])
def test_lengths_of_names_are_checked(wine, length):
    pca, X, _ = wine
    for display in (
        lambda n: CorrelationCircleDisplay.from_estimator(pca, label_length=n),
        lambda n: BiplotDisplay.from_estimator(pca, X, label_length=n),
        lambda n: ScoreDisplay.from_estimator(pca, X, label_length=n),
        lambda n: ContributionDisplay.from_estimator(pca, label_length=n),
        lambda n: OutlierDisplay.from_estimator(pca, X, label_length=n),
        lambda n: BootstrapDisplay.from_estimator(pca, X, label_length=n),
    ):
        with pytest.raises(ValueError, match=r"label_length must be an int of at least 4, got"):
            display(length)
