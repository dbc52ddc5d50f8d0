"""A summary as a figure: what is drawn, as wide as its count, and named."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from skparams._report.blocks import blocks_of
from skparams._report.palette import DARK, LIGHT
from skparams.specs import Bounds, Unknown
from tests.report.made import Plan, Stats, Summary, Totals, anything, array, ensemble, node
from tests.sweep import sweep

matplotlib = pytest.importorskip("matplotlib")
from matplotlib.figure import Figure  # noqa: E402


@pytest.fixture
def small():
    """Axes in a figure 300 pixels wide, which pyplot does not know."""
    return Figure((3, 2.4), dpi=100, layout="constrained").subplots()


def drawn(ax):
    """Draw, so that what would fail in a notebook fails here."""
    ax.figure.draw_without_rendering()
    return [text.get_text() for text in ax.texts if text.get_text()]


def nested():
    pca = node("pca", "pca", rows=[array("pca__components_", 60), array("pca__mean_", 20)])
    mlp = node("mlp", "mlp", rows=[array("mlp__coefs_[0]", 15), array("mlp__b_", 5)])
    return Summary(node("Pipeline", children=[pca, mlp]))


def test_nested_estimators_are_blocks_as_wide_as_their_counts(small):
    ax = nested().plot(ax=small)
    assert ax is small
    bars = [(bar.get_x(), bar.get_width(), bar.get_y()) for bar in ax.patches]
    tops = [(x, width) for x, width, y in bars if y < 1]
    assert tops == [(0, 80), (80, 20)]
    assert sorted((x, width) for x, width, y in bars if y > 1) == [
        (0, 60),
        (60, 20),
        (80, 15),
        (95, 5),
    ]
    assert "pca\n80" in drawn(ax)
    assert ax.get_title(loc="left").replace("\n", " ") == "pca holds 80 % of the 100 parameters"


def test_a_title_is_as_wide_as_the_axes_that_the_layout_places():
    from matplotlib import pyplot

    ax = pyplot.subplots(figsize=(4.8, 3.2), layout="constrained")[1]
    title = nested().plot(ax=ax).get_title(loc="left")
    assert title == "pca holds 80 % of the 100 parameters"


def test_blocks_never_overlap_and_stay_below_their_own(rng):
    for _ in range(40):
        blocks = blocks_of(anything(rng, planned=bool(rng.randint(2))).root)
        for level in {block.level for block in blocks}:
            on_it = [block for block in blocks if block.level == level]
            for left, right in pairwise(on_it):
                assert left.start + left.count <= right.start
            if level:
                above = [block for block in blocks if block.level == level - 1]
                for block in on_it:
                    assert any(
                        each.start <= block.start
                        and block.start + block.count <= each.start + each.count
                        for each in above
                    )


def test_one_level_is_bars_named_beside_them(small):
    found = Summary(node("Lasso", rows=[array("coef_", 30), array("intercept_", 10)]))
    ax = found.plot(ax=small)
    assert [bar.get_width() for bar in ax.patches] == [30, 10]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["coef_", "intercept_"]
    assert drawn(ax) == ["30", "10"]
    assert "coef_ holds 75 %" in ax.get_title(loc="left").replace("\n", " ")


def test_statistics_are_ranges(small):
    rows = [
        array("a_", 3, stats=Stats(-1.0, 3.0, 0.5, 0.25, 2.0, 0, 0)),
        array("b_", 2, stats=Stats(None, None, None, None, None, 0, 2)),
    ]
    ax = Summary(node("A", rows=rows)).plot(ax=small)
    line, band, dot = ax.lines
    assert list(line.get_xdata()) == [-1, 3]
    assert list(band.get_xdata()) == [0.25, 0.75]
    assert list(dot.get_xdata()) == [0.5]
    assert drawn(ax) == ["no number is finite"]
    assert "a_ reaches furthest: -1 to 3" in ax.get_title(loc="left").replace("\n", " ")
    assert ax.get_xscale() == "linear"
    wide = [array("c_", 3, stats=Stats(-1e-3, 1e-3, 0.0, 1e-4, 1e-3, 0, 0)), rows[0]]
    other = Figure().subplots()
    assert Summary(node("A", rows=wide)).plot(ax=other).get_xscale() == "symlog"


@pytest.mark.filterwarnings("ignore:Glyph")  # which the font lacks
@pytest.mark.filterwarnings("ignore:constrained_layout not applied")  # names as wide as the figure
@pytest.mark.parametrize("planned", sweep([False, True], 1))
def test_anything_can_be_drawn(rng, planned):
    for _ in range(6):
        found = anything(rng, planned=planned)
        ax = Figure((3, 2), layout="constrained").subplots()
        rows = [row for each in found.root.walk() for row in each.parameters]
        if blocks_of(found.root) or any(row.stats and not row.alias_of for row in rows):
            drawn(found.plot(ax=ax))
        else:
            with pytest.raises(ValueError, match="nothing to draw"):
                found.plot(ax=ax)


@pytest.mark.parametrize("size", sweep([(3, 2.4), (6, 3.2)], 1))
def test_titles_are_no_wider_than_the_figure(summaries, size):
    shown = [found for name, found in summaries.items() if "unfitted" not in name]
    for found in [*shown, nested(), ensemble(400)]:
        figure = Figure(size, dpi=100, layout="constrained")
        ax = found.plot(ax=figure.subplots())
        figure.draw_without_rendering()
        wide = size[0] * 100
        for text in (ax.title, ax._left_title, ax.xaxis.label, *ax.texts):
            if text.get_text():
                box = text.get_window_extent()
                assert box.x0 >= -1
                assert box.x1 <= wide + 1


def test_what_will_be_is_told_as_such(small):
    rows = [array("tree_", Bounds(0, 900)), array("bias_", 100), array("x_", Unknown("why"))]
    found = Plan(node("A", rows=rows[:2], fitted=False))
    title = found.plot(ax=small).get_title(loc="left").replace("\n", " ")
    assert title == "tree_ may hold the most: 900 of at most 1,000 parameters"
    half = Plan(node("A", rows=rows[1:], fitted=False))
    title = half.plot(ax=small).get_title(loc="left").replace("\n", " ")
    assert title == "bias_ will hold all 100 parameters that are known"


def test_nothing_to_draw_is_said_before_a_figure_is_made():
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    nothing = node("A", fitted=False, totals=Totals(*3 * [Unknown("not fitted")]))
    with pytest.raises(ValueError, match="Thing has nothing to draw: not fitted"):
        Summary(nothing).plot()
    with pytest.raises(ValueError, match="it has no fitted parameters"):
        Summary(node("A")).plot()
    assert pyplot.get_fignums() == before


def test_it_makes_a_figure_and_changes_no_setting(monkeypatch):
    from matplotlib import pyplot

    monkeypatch.setattr(pyplot, "show", lambda *args, **more: pytest.fail("shown"))
    with matplotlib.rc_context({"backend": "agg"}):
        settings = dict(matplotlib.rcParams)
        ax = nested().plot()
        pyplot.close(ax.figure)
        assert dict(matplotlib.rcParams) == settings


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    with pytest.raises(ImportError, match=r'pip install "skparams\[plot\]"'):
        nested().plot()


def test_ink_can_be_read_on_every_area():
    def luminance(color):
        rgb = np.array(matplotlib.colors.to_rgb(color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    ink = luminance(LIGHT.ink)
    assert all((luminance(area) + 0.05) / (ink + 0.05) > 7 for area in LIGHT.areas)
    for theme in (LIGHT, DARK):
        for color in (theme.above, theme.below):
            low, high = sorted((luminance(color), luminance(theme.paper)))
            assert (high + 0.05) / (low + 0.05) > 3


def spread(n, width):
    """A summary of ``n`` arrays, the smallest of which reaches furthest."""
    rows = [
        array(f"a{i}_", 100 - i, stats=Stats(-far, far, 0.0, far / 2, far, 0, 0))
        for i, far in enumerate([1e-15, *[1.0] * (n - 2), width])
    ]
    return Summary(node("A", rows=rows))


@pytest.mark.parametrize("size", [(3, 2.2), (4.8, 3.2), (6, 3.2), (8, 4.2)])
def test_labels_do_not_overlap(size):
    wide = Summary(node("A", rows=[array(f"a{i}_", 10 + i) for i in range(12)]))
    for found in (spread(12, 1e4), wide):
        figure = Figure(size, dpi=100, layout="constrained")
        ax = found.plot(ax=figure.subplots())
        figure.draw_without_rendering()
        for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
            boxes = [each.get_window_extent() for each in labels if each.get_text()]
            for a, b in pairwise(boxes):
                assert not a.overlaps(b)


def test_what_the_title_is_about_is_drawn_and_what_is_not_is_counted():
    figure = Figure((3, 2.2), dpi=100, layout="constrained")
    ax = spread(12, 1e4).plot(ax=figure.subplots())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert "a11_" in names
    assert ax.get_title(loc="left").startswith("a11_ reaches furthest")
    assert f"{12 - len(names)} arrays left out" in ax.get_xlabel().replace("\n", " ")


def test_bars_that_do_not_fit_are_summed(small):
    found = Summary(node("A", rows=[array(f"a{i}_", 10 + i) for i in range(12)]))
    ax = found.plot(ax=small)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) < 12
    assert names[-1] == "… the rest"
    assert sum(bar.get_width() for bar in ax.patches) == found.totals.stored


def test_what_is_summed_up_stands_last_and_never_in_the_title(small):
    found = Summary(node("A", rows=[array(f"a{i}_", 10) for i in range(30)]))
    ax = found.plot(ax=small)
    assert ax.get_title(loc="left").startswith("a0_ holds 3 %")
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert [name for name in names if name.startswith("…")] == names[-1:]
    assert sum(bar.get_width() for bar in ax.patches) == 300


def test_a_part_of_a_figure_will_do():
    figure = Figure((6, 3), dpi=100, layout="constrained")
    _, right = figure.subfigures(1, 2)
    ax = spread(12, 1e4).plot(ax=right.subplots())
    figure.draw_without_rendering()
    assert ax._left_title.get_window_extent().x0 >= 300
    assert ax._left_title.get_window_extent().x1 <= 600
