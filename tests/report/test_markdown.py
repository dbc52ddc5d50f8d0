"""Reports as GitHub-flavored Markdown: rendered, they show the page's texts and nothing else."""

import re
import warnings
from html.parser import HTMLParser
from itertools import count

import numpy as np
import pytest

from skparams._escape import clean
from skparams._report.markdown import to_markdown
from skparams._report.page import Column, Page, Row, Section
from tests.report.made import NASTY, anything
from tests.report.real import TEXTS
from tests.sweep import sweep

HOSTILE = [
    *NASTY,
    *("a|b", "a\\|b", "a\\\\|b", "\\", "|", "||", "`", "``", "`a|b`", "a`|`b", "\\`a\\`"),
    *("*a*", "**a**", "_a_", "__a__", "a_b_c", "~~a~~", "~a~", "***"),
    *("[a](http://evil.example)", "![a](b.png)", "[a]: b", "[^1]", "<http://evil.example>"),
    *("http://evil.example/a_b", "HTTPS://evil.example", "www.evil.example", "WWW.evil.example"),
    *("ftp://evil.example", "mailto:a@evil.example", "a@evil.example", "xmpp:a@evil.example/b"),
    *(
        "# a",
        "a #",
        "#",
        "- a",
        "+ a",
        "* a",
        "0.5 a",
        "1.",
        "1)",
        "1. a",
        "23) a",
        "-",
        "---",
        "===",
        "> a",
        "    a",
    ),
    *("```", "~~~", "``` python", ":---", "--- | ---", "&amp;", "&#124;", "&lt;b&gt;", "<!-- a"),
    *(
        "<b>",
        "</td>",
        "</code>",
        "<code>",
        "<a href='javascript:1'>",
        "<![CDATA[",
        "<?php",
        "<wbr>",
    ),
    *("$x$", "$$x$$", "a  ", "  a", " ", "a\nb", "a\r\n\r\nb", "a\tb", "a\u2028b", "a\x00b"),
    *("- [ ] a", "[x]", "$`x`$", "@name", "a@b@c.de", ":smile:", "\\<b>", "\\&amp;", "😀|"),
]
TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "code", "strong", "wbr"),
}


class Reader(HTMLParser):
    """Reads headings, paragraphs, items and tables as texts, and complains of any other tag."""

    def __init__(self, html):
        super().__init__()
        self.found, self._text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, self.get_starttag_text()
        names = {name for name, _ in attrs}
        assert names <= {"style", "align"}, attrs
        if tag == "tr":
            self.found.append([])
        if tag == "ul":  # in an item
            self._flush("li")
        if tag not in ("code", "strong", "wbr"):
            self._text = ""

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.found[-1].append(self._text.strip())
        elif tag in ("p", "li", *(f"h{n}" for n in range(1, 7))):
            self._flush(tag)

    def _flush(self, tag):
        if self._text.strip():
            self.found.append((tag, self._text.strip()))
        self._text = ""

    def handle_data(self, data):
        self._text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def with_markdown_it(text):
    return (
        pytest.importorskip("markdown_it")
        .MarkdownIt()
        .enable(["table", "strikethrough"])
        .render(text)
    )


def with_cmark(text):
    """What GitHub renders with, HTML not filtered."""
    cmarkgfm = pytest.importorskip("cmarkgfm")
    return cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.Options.CMARK_OPT_UNSAFE)


each_parser = pytest.mark.parametrize("render", [with_markdown_it, with_cmark])


def expected(page, level=2):
    """The texts of a page, as they shall be rendered."""

    def shown(text):
        return clean(text).strip()

    def titled(text):
        first = text.split(" ")[0]
        return shown(first[:1].upper() + text[1:] if first.isalpha() else text)

    yield f"h{level}", shown(page.about[0])
    if page.about[1:]:
        yield "p", shown(" · ".join(page.about[1:]))
    for section in page.sections:
        rows = [row for row, _ in opened(section.rows)]
        at = [i for i in range(len(section.columns)) if i == 0 or any(r.cells[i] for r in rows)]
        title = section.columns[0].heading or section.title
        if title:
            yield f"h{level + 1}", titled(title)
        heads = [shown(section.columns[i].heading) for i in at[1:]]
        is_table = any(heads)
        if is_table:
            yield ["", *heads]
        for row, depth in opened(section.rows):
            texts = [shown(row.cells[i]) for i in at]
            if is_table:
                yield [("│ " * depth + texts[0]).strip(), *texts[1:]]
            else:
                yield "li", " ".join(filter(None, texts))
        for note in section.notes:
            yield "p", shown(note)
    if page.notes:
        yield f"h{level + 1}", "Notes"
        for note in page.notes:
            yield "li", shown(note)


def opened(rows, depth=0):
    for row in rows:
        yield row, depth
        if row.opened:
            yield from opened(row.rows, depth + 1)


def squeezed(parts):
    """Texts that are not empty, in which several spaces are one, as browsers show them."""
    return [
        [re.sub(" +", " ", text) for text in part]
        if isinstance(part, list)
        else (part[0], re.sub(" +", " ", part[1]))
        for part in parts
        if isinstance(part, list) or part[1]
    ]


def check(page, render, level=2):
    found = Reader(render(to_markdown(page, level))).found
    assert squeezed(found) == squeezed(expected(page, level))


def report_of(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one iteration does not converge
        return TEXTS[name]()


@each_parser
@pytest.mark.parametrize("name", TEXTS)
def test_pages_of_real_models(name, render):
    report = report_of(name)
    page = report._page()
    assert to_markdown(page) == report.to_markdown()
    check(page, render)


def page_of(texts):
    """A page with a text in every place, code and sentences."""
    numbered = count()

    def some():
        return texts[next(numbered) % len(texts)]

    def rows(n, depth=0):
        styles = "", "bold", "dim", "accent"
        for i in range(n):
            below = list(rows(2, depth + 1)) if depth < 2 and i % 3 == 0 else ()
            yield Row([some() or "a", some(), some(), some()], styles[i % 4], below, i % 2 == 0)

    last = Column(""), Column("", code=True)
    table = [Column("title", code=True), Column("n", right=True), *last]
    titled = [Column(some() or "a"), Column(""), *last]
    untitled = [Column("", code=True), Column(""), *last]
    sections = [
        Section(table, list(rows(9)), [some(), some()]),
        Section(titled, list(rows(5)), [some()], "not shown"),
        Section(untitled, list(rows(2)), [], f"title {some()}"),
    ]
    return Page([some() or "a", some(), some()], sections, [some(), some()])


@each_parser
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_a_hostile_text_in_each_place(text, render):
    check(page_of([text]), render)


@each_parser
@pytest.mark.parametrize("seed", sweep(range(100), 5))
def test_hostile_texts_side_by_side(seed, render):
    rng = np.random.RandomState(seed)
    parts = [HOSTILE[i] for i in rng.randint(len(HOSTILE), size=40)]
    texts = ["".join(rng.choice(parts, rng.randint(1, 4))) for _ in range(30)]
    check(page_of(texts), render)


@each_parser
@pytest.mark.parametrize("seed", sweep(range(60), 5))
@pytest.mark.parametrize("planned", [False, True])
def test_any_summary_or_plan(seed, planned, render):
    check(anything(np.random.RandomState(seed), planned=planned)._page(), render)


@each_parser
@pytest.mark.parametrize("level", [1, 3, 5])
def test_the_level_of_headings(level, render):
    check(page_of(["a"]), render, level)


@pytest.mark.parametrize("level", [0, 6, -1, 2.0, "2", None, True])
def test_levels_that_there_are_not(level):
    report = report_of("pipeline")
    with pytest.raises(ValueError, match=rf"level must be an int from 1 to 5, got {level!r}"):
        report.to_markdown(level)


def test_names_are_readable_in_the_source():
    text = report_of("pipeline").to_markdown()
    assert "| │ `coefs_[0]` | `(20, 64)` | `n_features × h1` | 1,280 | 1,280 | 10.2 kB |" in text
    assert "- `SKP004` mlp: uses all of max\\_iter=1 iteration: may not have converged" in text
    assert text.endswith("pickled)\n") or text.endswith("\n")
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
