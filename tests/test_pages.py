"""The pages of the documentation: a reader can type what they show."""

import ast
import builtins
import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if page.parent.name in ("docs", "guide"))
THE_DATA = {"X", "y"}
EXCERPTS = {"distribute_local_sgd.md"}  # of a file that the page links to


def undefined(page: str) -> set[str]:
    """Names that the visible Python of a page uses and that nothing on the page defines."""
    visible = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    defined, used = set(dir(builtins)), set()
    for block in re.findall(r"^```python\n(.*?)^```", visible, re.DOTALL | re.MULTILINE):
        examples = doctest.DocTestParser().get_examples(block)
        code = "".join(example.source for example in examples) if examples else block
        for node in ast.walk(ast.parse(code)):
            match node:
                case ast.Name(id=name, ctx=ast.Load()):
                    used.add(name)
                case ast.Name(id=name) | ast.arg(arg=name):
                    defined.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    defined.add(name)
                case ast.alias(name=name, asname=other):
                    defined.add((other or name).partition(".")[0])
    return used - defined


def test_an_undefined_name_is_found():
    blocks = (">>> q = f(p)\n\n", "q.r(p, x=len([]))\n")
    page = "<!--\n>>> p = 1\n-->\n" + "".join(f"```python\n{block}```\n" for block in blocks)
    assert undefined(page) == {"f", "p"}


@pytest.mark.skipif(not PAGES, reason="the pages are not there")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_name_comes_from_the_page(page):
    if page.name not in EXCERPTS:
        assert undefined(page.read_text(encoding="utf-8")) <= THE_DATA
