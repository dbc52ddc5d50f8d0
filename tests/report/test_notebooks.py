"""What is left of a report where a notebook changes its HTML: all of it, in tables.

The rules are those of the notebooks' own sources, which each names.
"""

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.datasets import load_iris

from skparams import PCA, explain, explain_finding
from skparams._report.page import shown_columns
from skparams.decomposition._explain.view import Overview
from tests.report.real import TEXTS
from tests.report.test_html import VOID


@dataclass(frozen=True)
class Rules:
    """What a sanitizer keeps. None is everything."""

    tags: frozenset[str] | None
    attributes: dict[str, frozenset[str]] | None = None  # by tag, "*" for all
    styles: dict[str, str] | None = None  # what the values of properties match
    emptied: frozenset[str] = field(default=frozenset())  # tags that go with what is in them


def names(text):
    return frozenset(text.split())


# JupyterLab, packages/apputils/src/sanitizer.ts, for the outputs of notebooks that are not trusted:
# each that somebody else ran. Of the properties of styles only those that reports have. What goes
# with its content is sanitize-html's default, nonTextTags in its index.js.
JUPYTERLAB = Rules(
    tags=names(
        """a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas
        caption center cite code col colgroup colspan command data datalist dd del details dfn dir
        div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr
        i img input ins kbd label legend li map mark menu meter nav nobr ol optgroup option output p
        pre progress q rowspan s samp section select small source span strike strong sub summary sup
        table tbody td textarea tfoot th thead time tr track tt u ul var video wbr"""
    ),
    attributes={
        "*": names(
            "class dir draggable hidden id inert itemprop itemref itemscope lang spellcheck style "
            "title translate"
        ),
        "a": names("accesskey coords href hreflang name rel shape tabindex target type"),
        "details": names("open"),
        **dict.fromkeys(
            ("td", "th"),
            names(
                "abbr align axis bgcolor char charoff colspan headers height nowrap rowspan scope "
                "valign width"
            ),
        ),
    },
    styles={"text-align": "left|right|center|justify"},
    emptied=names("script style textarea option noscript"),
)
# marimo, frontend/src/plugins/core/sanitize.ts, until a cell is run: DOMPurify's tags and
# attributes of HTML, which are most of them, styles too. Here only what it refuses.
MARIMO_REFUSES = names("script iframe object embed link meta base frame frameset noscript")
# VS Code, extensions/notebook-renderers/src/index.ts: a trusted workspace shows HTML as it is, any
# other none. Colab shows it as it is, in a frame without access to the page around it.
AS_IT_IS = Rules(tags=None)
# A page that keeps tags only, as some that show notebooks do.
BARE = Rules(
    tags=JUPYTERLAB.tags,
    attributes={"a": names("href"), **dict.fromkeys(("td", "th"), names("colspan"))},
    emptied=JUPYTERLAB.emptied,
)
RULES = {"jupyterlab": JUPYTERLAB, "as-it-is": AS_IT_IS, "bare": BARE}


class Sanitizer(HTMLParser):
    """Writes what the rules keep."""

    def __init__(self, rules):
        super().__init__(convert_charrefs=False)
        self.rules, self.kept, self.emptied = rules, [], 0

    def handle_starttag(self, tag, attrs):
        self.emptied += tag in self.rules.emptied
        if not self.emptied and (self.rules.tags is None or tag in self.rules.tags):
            shown = (f' {name}="{value}"' for name, value in self._kept(tag, attrs))
            self.kept.append(f"<{tag}{''.join(shown)}>")

    def handle_endtag(self, tag):
        if not self.emptied and (self.rules.tags is None or tag in self.rules.tags):
            self.kept.append(f"</{tag}>")
        self.emptied -= tag in self.rules.emptied

    def handle_data(self, data):
        self.kept += [] if self.emptied else [data]

    def handle_entityref(self, name):
        self.handle_data(f"&{name};")

    def handle_charref(self, name):
        self.handle_data(f"&#{name};")

    def _kept(self, tag, attrs):
        allowed = self.rules.attributes
        for name, value in attrs:
            if allowed is not None and not any(name in allowed.get(at, ()) for at in ("*", tag)):
                continue
            if name == "style" and self.rules.styles is not None:
                parts = [part.partition(":") for part in value.split(";")]
                value = ";".join(
                    f"{name}:{text}"
                    for name, _, text in parts
                    if re.fullmatch(self.rules.styles.get(name, "(?!)"), text)
                )
            yield name, escape(value or "")


def sanitized(html, rules):
    sanitizer = Sanitizer(rules)
    sanitizer.feed(html)
    sanitizer.close()
    return "".join(sanitizer.kept)


class Tables(HTMLParser):
    """Reads tables as a browser without any style shows them: rows of (text, number of columns).

    ``prose`` is the text outside tables, ``folded`` that of the lines that open.
    """

    def __init__(self, html):
        super().__init__()
        self.tables, self.open, self.prose, self.folded, self.tags = [], [], "", [], []
        self._cells = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
            self._cells.append(self.tables[-1])
        elif tag == "tr":
            self._cells[-1].append([])
        elif tag in ("td", "th"):
            self._cells[-1][-1].append(["", int(dict(attrs).get("colspan", 1))])
        elif tag == "summary":
            self.folded.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "table":
            self._cells.pop()

    def handle_data(self, data):
        if "style" in self.open:
            return
        if "summary" in self.open:
            self.folded[-1] += data
        elif self._cells and self._cells[-1] and self._cells[-1][-1]:
            self._cells[-1][-1][-1][0] += data
        else:
            self.prose += data


def flat(rows):
    """The rows that are shown, a None for each that opens, and after them those below it."""
    shown, folded = [], []
    for row in rows:
        if row.rows and not row.opened:
            shown.append(None)
            folded.append(row)
        else:
            shown.append(row)
            below, inner = flat(row.rows)
            shown += below
            folded += inner
    return shown, folded


def plain(text):
    return re.sub(r"\s+", " ", text).strip()


REPORTS = {
    **{name: TEXTS[name] for name in TEXTS if not name[-1].isdigit() and "columns" not in name},
    "explain": lambda: explain(PCA(2).fit(load_iris().data)),
    "finding": lambda: explain_finding("SKP003"),
}


@pytest.fixture(scope="module")
def reports():
    """Each report when it is first asked for."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = REPORTS[name]()
        return made[name]

    return get


def page_of(report):
    return (Overview(*report._overview()) if hasattr(report, "_overview") else report)._page()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("rules", RULES)
def test_tables_and_sentences_are_whole(reports, name, rules):
    report = reports(name)
    page = page_of(report)
    found = Tables(sanitized(report._repr_html_(), RULES[rules]))
    tables = iter(found.tables)
    lines = iter(found.folded)
    for section in page.sections:
        check_section(section, tables, lines)
        for note in section.notes:
            assert plain(note) in plain(found.prose)
    assert next(tables, None) is None
    assert plain(" · ".join(page.about)) in plain(found.prose)
    for note in page.notes:
        assert plain(note) in plain(found.prose)


def check_section(section, tables, lines):
    """A table has all rows and cells of a section, under its headings, and so have those in it."""
    at = shown_columns(section.columns, section.rows)
    headings = [section.columns[i].heading for i in at]
    check_table(section.rows, headings, at, tables, lines)


def check_table(rows, headings, at, tables, lines):
    shown, folded = flat(rows)
    table = next(tables)
    if any(headings):
        assert [plain(text) for text, _ in table[0]] == [plain(text) for text in headings]
        table = table[1:]
    assert len(table) == len(shown)
    for cells, row in zip(table, shown, strict=True):
        assert sum(width for _, width in cells) == len(at)  # or columns would not line up
        if row is not None:
            texts = [plain(row.cells[i]) for i in at]
            first, *rest = (plain(text) for text, _ in cells)
            assert first.lstrip("│ ") == texts[0].lstrip("│ ")
            assert rest == (texts[1:] if any(texts[1:]) else [])
    for row in folded:
        texts = [plain(row.cells[i]) for i in at]
        named = [f"· {h} {text}" for h, text in zip(headings[1:], texts[1:], strict=True) if text]
        assert plain(next(lines)) == plain(" ".join([texts[0], *named]))
        check_table(row.rows, headings, at, tables, lines)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_needed_that_a_notebook_refuses(reports, name):
    html = reports(name)._repr_html_()
    tags = set(Tables(html).tags)
    assert not tags & MARIMO_REFUSES
    assert tags - JUPYTERLAB.tags <= {"style"}
    assert "var(--" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def test_levels_are_shown_without_style(reports):
    found = Tables(sanitized(reports("pipeline").to_html(), JUPYTERLAB))
    firsts = [row[0][0] for table in found.tables for row in table]
    assert any(text.startswith("│ ") for text in firsts)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["pipeline", "explain", "finding"])
def test_a_bundle_has_text_and_html(reports, name):
    report = reports(name)
    both = {"text/plain": repr(report), "text/html": report._repr_html_()}
    make = report._repr_mimebundle_
    assert make() == both
    assert make(include=["text/plain"]) == {"text/plain": both["text/plain"]}
    assert make(include={"text/html", "image/png"}) == {"text/html": both["text/html"]}
    assert make(exclude=("text/html",)) == {"text/plain": both["text/plain"]}
    assert make(include=["text/html"], exclude=["text/html"]) == {}


def test_text_of_users_is_no_tag_after_sanitizing(rng):
    X = rng.standard_normal((9, 2))
    pca = PCA(1).fit(X)
    pca.feature_names_in_ = np.array(["<script>x</script>", "<b>y"], dtype=object)
    html = sanitized(explain(pca)._repr_html_(), JUPYTERLAB)
    assert "<b>y" not in html
    assert "&lt;b&gt;y" in html
