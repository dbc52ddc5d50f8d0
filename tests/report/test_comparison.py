"""Differences and spreads as text, HTML, frame, JSON and figure, of names that are hostile too."""

import json
import warnings

import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams import diff, spread
from skparams._report.base import SCHEMA
from tests.report.made import NASTY
from tests.report.real import TEXTS

FOUND = [name for name in TEXTS if name.startswith("diff") and not name.endswith("60")]


@pytest.fixture(scope="module")
def found():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one iteration does not converge
        return {name: TEXTS[name]() for name in FOUND}


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_no_line_is_too_long(found, width):
    for each in found.values():
        assert max(map(len, each.to_text(width=width).splitlines())) <= width


def test_frames_have_a_row_for_all_that_was_compared(found):
    pytest.importorskip("pandas")
    frame = found["diff-pipeline"].to_frame().set_index("path")
    assert frame.loc["model__C", ["role", "status", "before", "after"]].tolist() == [
        *("hyperparameter", "changed", "0.1", "0.2"),
    ]
    assert frame.loc["pca__components_", ["n", "n_changed"]].tolist() == [8, 8]
    for each in found.values():
        assert len(each.to_frame())


def test_json_is_json(found):
    for each in found.values():
        given = json.loads(each.to_json(indent=1))
        assert given == each.to_dict()
    assert given["schema"] == SCHEMA


def test_text_of_users_is_escaped():
    def model(name, value):
        steps = [(name, StandardScaler()), ("model", LogisticRegression(solver=value))]
        return Pipeline(steps, memory=name)

    for nasty in NASTY:
        for each in (
            diff(model(nasty, "a"), model("other", nasty)),
            spread([model(nasty, "a"), model("other", nasty)]),
        ):
            assert "<script>" not in each.to_html()
            assert "<img" not in each.to_html()
            assert "\x1b" not in each.to_text(color=False)


def test_figures(found):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    for name, each in found.items():
        if name == "diff-classes":
            continue
        ax = each.plot()
        assert ax.get_title(loc="left")
        assert len(ax.patches) == len(ax.get_yticks())
        pyplot.close(ax.figure)
    ax = pyplot.figure().add_subplot()
    assert found["diff-pipeline"].plot(ax=ax) is ax
    assert "changed the most" in ax.get_title(loc="left")
    pyplot.close("all")


def test_a_figure_needs_something_to_draw():
    with pytest.raises(ValueError, match="plot: Ridge has nothing to draw"):
        diff(Ridge(), Ridge()).plot()
    with pytest.raises(ValueError, match="no parameter of one shape"):
        spread([Ridge(), Ridge()]).plot()


def test_html_opens_the_members_of_a_forest(found):
    html = found["diff-forest"].to_html()
    assert html.count("<details") == html.count("</details>") == 1
    assert "<details open>" not in html
    assert "… 7 members" in html
    for i in range(7):
        assert f"estimators_[{i}]" in html
        assert f"estimators_[{i}]" not in found["diff-forest"].to_text()
