"""What a comparison says and shows: words that are true, names that are safe, figures."""

import json
import re

import numpy as np
import pytest

from skparams._compare.words import decimals_of, duration, finding, p_value, shown_names
from skparams._records import Unknown
from skparams._report.layout import width_of
from tests.compare.made import anything, comparison, competitor, usual
from tests.sweep import sweep


def of_means(means, spread=0.01, **others):
    """A comparison of competitors with these means, apart by far more than folds differ."""
    rng = np.random.RandomState(0)
    names = "abcdefgh"
    return comparison(
        [competitor(names[i], m + spread * rng.normal(0, 1, 15)) for i, m in enumerate(means)],
        **others,
    )


def _finding(made):
    return finding(made, shown_names(made, 24))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (of_means([0.9, 0.5]), "a is better than b"),
        (of_means([0.5, 0.9, 0.2]), "b is better than each other one"),
        (of_means([0.7, 0.7]), "a and b do not differ significantly"),
        (of_means([0.7, 0.7, 0.7]), "No difference is significant"),
        (of_means([0.9, 0.9, 0.2]), "a is better than c"),
        (of_means([0.9, 0.89, 0.88]), "a is better than c"),
        (of_means([0.9, 0.9]), "a and b do not differ significantly"),
        (of_means([0.9, 0.5, 0.2], baseline="b"), "a is better and c is worse than b"),
        (of_means([0.9, 0.5, 0.2], baseline="c"), "Each other one is better than c"),
        (of_means([0.9, 0.5, 0.2], baseline="a"), "Each other one is worse than a"),
        (of_means([0.7, 0.7, 0.7], baseline="a"), "None differs significantly from a"),
        (of_means([0.7, 0.7], baseline="a"), "b and a do not differ significantly"),
        (of_means([0.9, 0.2], baseline="a"), "b is worse than a"),
        (of_means([0.7, 0.7, 0.7], 0.0), "The scores are identical"),
        (of_means([0.9, 0.5, 0.2], ratio=Unknown("no")), "These folds allow no test"),
        (of_means([0.9]), "One competitor has a score in each fold"),
        (of_means([np.nan, np.nan]), "No competitor has a score in each fold"),
        (of_means([np.nan, 0.9, 0.5], baseline="a"), "a failed, and is the baseline"),
        (of_means([0.9, np.nan, 0.5, 0.2]), "a is better than each other one that did not fail"),
    ],
    ids=range(19),
)
def test_the_finding(made, words):
    found = _finding(made)
    ends = {"a": "b", "b": "a"} if "not differ" in words else {}
    swapped = re.sub(r"\b[ab]\b", lambda match: ends.get(match[0], match[0]), words)
    assert found in (words, swapped)
    assert words in (found, swapped)


@pytest.mark.parametrize("seed", sweep(range(60), 12))
def test_words_say_what_the_tests_say(seed):
    found = anything(np.random.RandomState(seed))
    apart = {(p.first, p.second) for p in found.pairs if p.significant}
    for pair in found.pairs:
        if (pair.first, pair.second) in apart:
            assert pair.adjusted_p <= 0.05
            assert pair.finding == ("better" if pair.difference > 0 else "worse")
        else:
            assert pair.finding in ("identical scores", "not significant", "no test")
        if pair.identical:
            assert found[pair.first].mean == pytest.approx(found[pair.second].mean)
    text = _finding(found)
    n_complete = sum(each.mean is not None for each in found.competitors)
    assert (n_complete == 1) == text.startswith("One competitor has")
    assert (n_complete == 0) == text.startswith("No competitor has")
    assert any(word in text.split() for word in ("better", "worse", "of")) <= bool(apart)
    if text.endswith("better than each other one"):
        best = found.ranking[0].name
        assert len([1 for first, _ in apart if first == best]) == len(found.competitors) - 1
    if "not differ" in text or text.startswith("No difference"):
        assert not apart


@pytest.mark.parametrize("seed", sweep(range(60), 8))
def test_pages_hold_any_text(seed):
    found = anything(np.random.RandomState(seed))
    for width in (40, 80, 120):
        text = found.to_text(width=width, color=False)
        assert max(map(width_of, text.splitlines())) <= width
        assert "\x1b" not in text
    html = found.to_html()
    assert re.findall(r"<(?:script|img|b)\b", html.partition("</style>")[2]) == ["<b"]
    assert r"\$" not in html
    assert "\x1b" not in found.to_markdown()
    plain = json.loads(found.to_json())
    assert [each["name"] for each in plain["competitors"]] == [e.name for e in found.competitors]
    assert len(plain["pairs"]) == len(found.pairs)


@pytest.mark.parametrize("seed", sweep(range(20), 3))
def test_frames_have_all_numbers(seed):
    pytest.importorskip("pandas")
    found = anything(np.random.RandomState(seed))
    frame, pairs = found.to_frame(), found.pairs_frame()
    assert list(frame["name"]) == [each.name for each in found.ranking]
    known = [each.mean for each in found.ranking if each.mean is not None]
    assert frame["mean"].dropna().tolist() == known == sorted(known, reverse=True)
    assert list(pairs["finding"]) == [pair.finding for pair in found.pairs]
    assert pairs["difference"].tolist() == [pair.difference for pair in found.pairs]
    assert frame["fit_seconds_median"].tolist() == [e.fit_seconds.median for e in found.ranking]


def test_pairs_that_are_many_are_folded():
    found = of_means(np.linspace(0.2, 0.9, 8), rope=0.1)
    assert len(found.pairs) == 28
    assert "… 14 more pairs" in str(found)
    assert found.to_html().count("better") > 28


def test_one_competitor_has_no_pairs():
    text = str(of_means([0.9]))
    assert "pairs" not in text
    assert "p:" not in text


def test_names_that_are_cut_differ():
    names = [f"a long name of a competitor with number {i} at the end" for i in range(9)]
    found = comparison([competitor(name, [0.1, 0.2]) for name in names])
    shown = shown_names(found, 24)
    assert len(set(shown.values())) == 9
    assert max(map(width_of, shown.values())) == 24


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.0, "0 ms"),
        (0.000012, "0.012 ms"),
        (0.0012, "1.2 ms"),
        (0.0999, "100 ms"),
        (0.25, "250 ms"),
        (1.25, "1.2 s"),
        (99.0, "99 s"),
        (600.0, "10 min"),
        (720000.0, "12,000 min"),
    ],
)
def test_times(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("stds", "decimals"),
    [
        ([], 3),
        ([None, 0.0], 3),
        ([0.012, 0.034], 3),
        ([0.012, 3.4, 5.6], 1),
        ([1e-14, 39.0], 0),
        ([1e9], 0),
        ([1e-9], 6),
    ],
)
def test_decimals(stds, decimals):
    assert decimals_of(stds) == decimals


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "< 0.001"),
        (0.0123, "0.012"),
        (0.05, "0.05"),
        (0.0503, "0.0503"),
        (0.0497, "0.05"),
        (0.5, "0.50"),
        (1, "1.00"),
    ],
)
def test_p_values(p, text):
    assert p_value(p) == text


def test_the_figure_shows_every_score_and_the_mean(monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    found = usual()
    ax = found.plot()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["boosting", "boosting again", "neighbors", "logistic"]
    points = [line for line in ax.lines if line.get_marker() == "o"]
    means = [line for line in ax.lines if line.get_marker() != "o"]
    for each, of_points, of_mean in zip(found.ranking, points, means, strict=False):
        assert tuple(of_points.get_xdata()) == each.scores
        assert set(of_mean.get_xdata()) == {each.mean}
    assert ax.get_title(loc="left") == _finding(found)
    assert ax.get_xlabel() == "accuracy; point: a fold; line: mean; 1 failed"
    pyplot.close("all")


@pytest.mark.filterwarnings("ignore:Glyph")  # which the font lacks
@pytest.mark.filterwarnings("ignore:constrained_layout not applied")  # names as wide as the figure
@pytest.mark.parametrize("seed", sweep(range(30), 3))
def test_figures_of_anything(seed):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    found = anything(np.random.RandomState(seed))
    if all(each.mean is None for each in found.competitors):
        with pytest.raises(ValueError, match="no competitor"):
            found.plot()
        return
    ax = found.plot(pyplot.figure(figsize=(3, 2)).add_subplot())
    ax.figure.canvas.draw()
    pyplot.close("all")


def test_a_figure_has_room_for_thirty():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    found = comparison([competitor(f"number {i}", [0.1 * i, 0.2 * i]) for i in range(30)])
    ax = found.plot()
    assert len(ax.get_yticklabels()) == 30
    small = found.plot(pyplot.subplots(figsize=(4, 2))[1])
    assert 4 <= len(small.get_yticklabels()) < 30
    assert "left out" in small.get_xlabel()
    pyplot.close("all")
