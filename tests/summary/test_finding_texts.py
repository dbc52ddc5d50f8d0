"""The texts of findings: what explain_finding returns, links to the site, and the site's page."""

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

import skparams
from skparams import explain_finding, summary
from skparams._summary.finding_texts import LABELS, TEXTS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"
_SITE = "https://example.org/skparams/stable"
_SECTION = r"^\(skp\d+\)=\n## (SKP\d+): .*?(?=^```|^\(skp|\Z)"
_OURS = re.compile(r"`skparams\.(\w+)(?:\([^`]*\))?`")


def section_of(text):
    """The section of the page, without its example."""
    parts = [f"({text.code.lower()})=\n## {text.code}: {text.title}"]
    for name, label in LABELS.items():
        parts.append(f"**{label.capitalize()}.** {getattr(text, name)}")
    return _OURS.sub(r"{func}`skparams.\1`", "\n\n".join(parts)) + "\n\n"


def test_the_page_has_the_texts_of_the_package(request):
    """`pytest tests/summary/test_finding_texts.py --overwrite` writes them anew."""
    page = PAGE.read_text("utf-8")
    pattern = re.compile(_SECTION, re.MULTILINE | re.DOTALL)
    assert [match[1] for match in pattern.finditer(page)] == list(TEXTS)
    written = pattern.sub(lambda match: section_of(TEXTS[match[1]]), page)
    if request.config.getoption("--overwrite"):
        PAGE.write_text(written, "utf-8")
    assert PAGE.read_text("utf-8") == written


@pytest.mark.parametrize("code", TEXTS)
def test_each_code_is_explained(code):
    found = explain_finding(code)
    assert explain_finding(code.lower()) is found
    assert found.code == code
    text = re.sub(r"\s+", " ", found.to_text(width=80))
    for label, paragraph in found.labeled():
        assert f"{label} {paragraph}" in text
    assert "`" not in text
    assert found.title in found.to_html()


@pytest.mark.parametrize("code", ["SKP999", "", None, 1])
def test_an_unknown_code_names_those_known(code):
    with pytest.raises(ValueError, match=r"code must be one of SKP001, .*SKP006"):
        explain_finding(code)


def test_every_name_of_ours_in_a_text_is_public():
    texts = " ".join(getattr(text, name) for text in TEXTS.values() for name in LABELS)
    assert {"slim", "memorization"} <= set(_OURS.findall(texts)) <= set(skparams.__all__)


@pytest.fixture
def wide(rng):
    """A summary with the finding SKP001."""
    model = Ridge().fit(rng.standard_normal((4, 9)), np.arange(4))
    found = summary(model, n_samples=4)
    assert [finding.code for finding in found.findings] == ["SKP001"]
    return found


def test_without_a_site_the_text_is_in_the_package(wide):
    assert skparams.docs_url is None
    assert wide.to_text().endswith('\n  what to do: skparams.explain_finding("SKP001")')
    html = wide.to_html()
    assert "<a " not in html
    assert all(paragraph in html for _, paragraph in explain_finding("SKP001").labeled())
    assert explain_finding("SKP001").link is None


@pytest.mark.parametrize("base", [_SITE, f"{_SITE}/"])
def test_with_a_site_findings_link_to_it(wide, monkeypatch, base):
    monkeypatch.setattr(skparams, "docs_url", base)
    link = f"{_SITE}/reference/findings.html#skp001"
    assert explain_finding("SKP001").link == link
    assert wide.to_text(width=100).endswith(f"\n  what to do: {link}")
    assert f'<a href="{link}" target="_blank"' in wide.to_html()
    assert f"[`SKP001`](<{link}>)" in wide.to_markdown()


def test_the_address_of_the_site_is_escaped(wide, monkeypatch):
    monkeypatch.setattr(skparams, "docs_url", 'https://x/"><script>a</script>')
    html = wide.to_html()
    assert "<script" not in html
    assert 'href="https://x/&#34;&gt;&lt;script' in html
    assert "<script" not in wide.to_markdown()


@pytest.mark.parametrize("base", ["javascript:alert(1)", "file:///x", "example.org", "", 3])
def test_the_address_of_the_site_is_one_of_the_web(wide, monkeypatch, base):
    monkeypatch.setattr(skparams, "docs_url", base)
    with pytest.raises(ValueError, match=r"skparams\.docs_url must be None or an address"):
        wide.to_html()


def test_from_skparams_import_gives_what_is_set(monkeypatch):
    monkeypatch.setattr(skparams, "docs_url", _SITE)
    from skparams import docs_url

    assert docs_url == _SITE
