"""What the displays draw: artists, labels and limits, never pixels."""

from itertools import combinations

import numpy as np
import pytest
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
    ScreeDisplay,
    explain,
)
from skparams.decomposition import Explanation, RotatedPCA

matplotlib = pytest.importorskip("matplotlib")
pytest.importorskip("pandas")
DISPLAYS = [name for name in skparams.__all__ if name.endswith("Display")]
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
    left = X.shape[1] - len(named)
    assert (f"pale: {left} of {X.shape[1]} " in display.ax_.get_xlabel()) == (left > 0)
    alphas = display.arrows_.get_facecolor()[:, 3]
    assert (alphas < 1).sum() == left
    tips = np.column_stack([display.arrows_.U, display.arrows_.V])
    np.testing.assert_allclose(tips, explain(pca).correlations.to_numpy()[:, :2])
    longest = X.columns[np.hypot(*tips.T).argmax()]
    assert longest in named


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
    np.testing.assert_allclose(tips, display.factor_ * pca.components_[[0, 2]].T)
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
    t2, spe = explain(pca).limits(alpha=0.01)
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
    np.testing.assert_allclose(display.line_.get_ydata(), every, atol=1e-10)
    np.testing.assert_allclose(display.kept_.get_ydata(), every[:3], atol=1e-10)
    table = pca.component_table(X)["n_components"]
    assert display.rules == {rule: table[rule] for rule in display.rules}
    assert len(display.rules) == 6
    drawn = {name for text in display.rules_ for name in text.get_text().split(":")[0].split(", ")}
    assert drawn == set(display.rules)
    above = display.eigenvalues > display.band[1]
    assert np.argmin(above) == display.rules["parallel"]
    path = display.band_.get_paths()[0].vertices
    assert path[:, 1].max() == pytest.approx(display.band[1].max())
    shares = display.plot().line_.get_ydata()
    np.testing.assert_allclose(shares, 100 * every / 13, atol=1e-10)


def test_components_are_counted_as_their_names_are(wine):
    _, X, _ = wine
    pca = PCA(scale=True, random_state=0).fit(X)
    scree = ScreeDisplay.from_estimator(pca, X)
    assert list(scree.line_.get_xdata()) == list(range(13))
    # The line of a rule is behind the last component that it keeps.
    count = {text.get_text(): text.xy[0] for text in scree.rules_}
    assert count["broken_stick: 2"] == 1.5
    sure = BootstrapDisplay.from_estimator(pca, X, n_resamples=5)
    assert list(sure.estimates_.get_xdata()) == list(range(13))
    for display in (scree, sure):
        assert "component, counted from 0" in display.ax_.get_xlabel()
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
    assert len(display.line_.get_ydata()) == 3


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
        (lambda pca, X: BiplotDisplay.from_estimator(pca, X, X.iloc[:, 0]), "at most 12"),
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
