"""Summaries as HTML: well-formed, escaped, needing nothing else."""

import re
from html.parser import HTMLParser

import numpy as np
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams.inspection import summary

VOID = {"br", "hr", "img", "meta", "link", "input"}


class Reader(HTMLParser):
    """Reads tags and text, and complains where a tag is closed that is not open."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.text = [], [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
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


def test_it_says_what_the_text_says(named_summary):
    name, found = named_summary
    said = words(found.to_html())
    totals = found.totals
    assert found.root.class_name in said
    if totals.stored is not None:
        assert f"total {totals.stored:,}" in said
    for row in found.root.parameters[:5]:
        assert row.path in said
    for node in found.root.walk():
        for outcome in node.outcomes:
            assert outcome.path in said
    if name == "network":
        assert "layers neurons activation weights biases connections parameters" in said
        assert "hidden 1 5 relu 4 × 5 5 20 25" in said


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
    shallow = type(search)(search.root, None, 0).to_html()
    assert "coef_" not in words(shallow).partition("it learned")[2]
    assert "total 23" in words(shallow)


def test_a_long_run_of_siblings_stays_short(summaries):
    from dataclasses import replace

    found = summaries["bagging"]
    children = tuple(
        replace(found.root.children[0], name=f"estimators_[{i}]", path=f"estimators_[{i}]")
        for i in range(10_000)
    )
    html = type(found)(replace(found.root, children=children)).to_html()
    assert len(html) < 60_000
    assert "9,950 more" in words(html)


def test_hidden_hyperparameters_can_be_opened(summaries):
    said = words(summaries["pipeline"].to_html())
    assert "scaler__copy=True" in said
