"""Rules for the examples of the gallery, which the site runs; nothing is run here."""

import ast
import re
import runpy
from pathlib import Path

import pytest

from skparams._report import LIGHT

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = sorted((DOCS / "gallery").glob("*.py"))
pytestmark = pytest.mark.skipif(not EXAMPLES, reason="the docs are not beside these tests")
COLORS = {LIGHT.ink, LIGHT.above, LIGHT.below, LIGHT.quiet, *LIGHT.areas, *LIGHT.groups}

each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def calls(tree):
    """Return the names of what is called, without what comes before the last dot."""
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [each.attr if isinstance(each, ast.Attribute) else each.id for each in functions]


def test_every_example_has_a_place_in_the_gallery():
    names = runpy.run_path(str(DOCS / "_gallery_order.py"))["NAMES"]
    assert sorted(f"plot_{name}.py" for name in names) == [path.name for path in EXAMPLES]


def test_no_two_examples_have_one_message():
    titles = {
        ast.get_docstring(ast.parse(path.read_text("utf-8"))).split("\n")[0] for path in EXAMPLES
    }
    assert len(titles) == len(EXAMPLES) >= 14


@each_example
def test_its_title_is_a_sentence_and_its_first_paragraph_links_a_name(path):
    title, line, empty, *rest = ast.get_docstring(ast.parse(path.read_text("utf-8"))).split("\n")
    assert len(title.split()) >= 4
    assert title[0].isupper()
    assert title[-1].isalpha()
    assert line == "=" * len(title)
    assert not empty
    assert "`~skparams." in " ".join(rest)


@each_example
def test_it_draws_labeled_figures_that_nothing_leaves(path):
    text = path.read_text("utf-8")
    made = re.findall(r"plt\.subplots\((.*)\)", text)
    shown = calls(ast.parse(text))
    assert 1 <= len(made) == shown.count("show")
    for arguments in made:
        width, height = map(float, re.search(r"figsize=\(([\d.]+), ([\d.]+)\)", arguments).groups())
        # Fonts of 9 points in wider figures are too small 350 pixels wide.
        assert width <= 5
        assert height < width
        assert 'layout="constrained"' in arguments
    assert "savefig" not in shown
    assert "legend" not in shown  # labels stand at the lines


@each_example
def test_its_colors_are_those_of_the_displays(path):
    text = path.read_text("utf-8")
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", text)) <= COLORS
    assert not re.search(r'"tab:|"C\d"', text)


@each_example
def test_it_is_short_and_needs_nothing_but_the_bundled_data(path):
    text = path.read_text("utf-8")
    lines = text.splitlines()
    assert 30 <= len(lines) <= 80
    assert max(map(len, lines)) <= 100
    assert "\n# %%\n" in text
    assert not re.search(r"https?://|fetch_|[\"'](/|~/|[A-Z]:)", text)


@each_example
def test_it_uses_public_names_only(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "skparams":
            assert node.module == "skparams"
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_")


@each_example
def test_its_random_numbers_are_the_same_in_each_run(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert "seed" not in calls(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".default_rng"):
            assert node.args
