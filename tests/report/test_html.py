"""Summaries as HTML: well-formed, escaped, needing nothing else."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams import summary
from tests.report.made import NASTY, Summary, anything, ensemble, node
from tests.sweep import sweep

VOID = {"br", "hr", "img", "meta", "link", "input"}


class Reader(HTMLParser):
    """Reads tags, classes and text, and complains where a tag is closed that is not open."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.text, self.attributes = [], [], [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


def words(html):
    return re.sub(r"\s+", " ", " ".join(Reader(html).text))


def test_it_is_well_formed_and_needs_nothing_else(named_summary):
    html = named_summary[1].to_html()
    reader = Reader(html)
    assert not {"script", "link", "img", "iframe"} & set(reader.tags)
    assert "http" not in html
    assert "url(" not in html
    assert named_summary[1]._repr_html_() == html


def test_it_leaves_the_page_around_alone(summaries):
    html = summaries["network"].to_html()
    reader = Reader(html)
    assert not {"id", "name"} & {name for name, _ in reader.attributes}
    classes = {c for name, value in reader.attributes if name == "class" for c in value.split()}
    assert all(c == "skparams-page" or c.startswith("skp-") for c in classes)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    style = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", style, flags=re.DOTALL)
    for selectors in re.findall(r"([^{}]+)\{", style):
        flat = re.sub(r":(is|not|where|nth-child)\((\([^()]*\)|[^()])*\)", "", selectors)
        for selector in flat.split(","):
            assert selector.strip().startswith(".skparams-page")
    variables = re.findall(r"(--[\w-]+)\s*:", style)
    assert all(name.startswith("--skp-") for name in variables)


def test_it_says_what_the_text_says(named_summary):
    name, found = named_summary
    said = words(found.to_html())
    totals = found.totals
    assert found.root.class_name in said
    if isinstance(totals.stored, int):
        assert f"total {totals.stored:,}" in said
    for row in found.root.parameters[:5]:
        assert row.path in said
    for node_ in found.root.walk():
        for outcome in node_.outcomes:
            assert outcome.path in said
    if name == "network":
        assert "layers neurons activation weights biases connections parameters" in said
        assert "hidden 1 5 relu 4 × 5 5 20 25" in said
    if name == "search-plan":
        assert "smallest (1,)" in said
        assert "16 between" in said


@pytest.mark.parametrize("planned", sweep([False, True], 1))
def test_anything_is_escaped_and_small(rng, planned):
    for _ in range(15):
        html = anything(rng, planned=planned).to_html()
        reader = Reader(html)
        assert not {"script", "img", "link"} & set(reader.tags)
        assert html.count("</style>") == 1
        assert not any(name.startswith("on") for name, _ in reader.attributes)
        assert len(html) < 1_000_000
        assert "\x1b" not in html
        assert "\u202e" not in html
        html.encode()


def test_every_nasty_text_shows_as_it_is():
    for text in NASTY:
        html = Summary(node("A", class_name=text)).to_html()
        shown = text if text.isprintable() else None
        if shown:
            assert shown in "".join(Reader(html).text)


def test_text_of_users_is_escaped(summaries, rng):
    html = summaries["evil"].to_html()
    assert html.count("</style>") == 1
    assert "<b>[red]" not in html
    assert "&lt;b&gt;[red]x" in html
    attack = "<script>alert(1)</script>"
    X = rng.standard_normal((20, 2))
    pipeline = Pipeline([(attack, StandardScaler()), ("model", LogisticRegression())])
    pipeline.fit(X, [attack if x > 0 else "b" for x in X[:, 0]])
    pipeline.steps[0][1].feature_names_in_ = np.array([attack, "b"], dtype=object)
    pipeline.set_params(memory=attack)
    search = GridSearchCV(Lasso(), {attack: [attack]})
    for found in (pipeline, search):
        html = summary(found).to_html()
        assert "<script" not in html
        assert html.count("&lt;script&gt;") >= 2


def test_levels_open_without_scripts_and_depth_ends_them(summaries):
    search = summaries["search"]
    assert "details" in Reader(search.to_html()).tags
    shallow = replace(search, depth=0).to_html()
    assert "coef_" not in words(shallow).partition("it learned")[2]
    assert "total 23" in words(shallow)


def test_a_long_run_of_siblings_stays_small_and_says_what_is_left_out():
    html = ensemble(10_000).to_html()
    assert len(html) < 200_000
    assert "… 9,950 more" in words(html)
    inner = ensemble(60).root.children
    children = [
        node(f"a_[{i}]", f"a_[{i}]", children=inner, class_name="Ensemble") for i in range(60)
    ]
    assert len(Summary(node("Nested", children=children)).to_html()) < 1_000_000


def test_hidden_hyperparameters_can_be_opened(summaries):
    said = words(summaries["pipeline"].to_html())
    assert "scaler__copy True" in said
