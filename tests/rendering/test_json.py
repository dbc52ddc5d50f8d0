"""A summary as plain data: the layout, which docs/schema.md describes, and nothing lost."""

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from skparams.inspection import _record
from skparams.inspection._counts import Bounds
from skparams.inspection._record import Stats, Summary
from skparams.rendering._json import SCHEMA
from tests.rendering.made import NASTY, anything, array, node

PAGE = (Path(__file__).parents[2] / "docs" / "schema.md").read_text("utf-8")


def described():
    """Keys by the heading that they stand below."""
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    return {
        section.partition("\n")[0]: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        for section in sections
    }


def refuse(token):
    raise AssertionError(f"{token} is no JSON")


@pytest.mark.parametrize("planned", [False, True])
def test_json_is_the_dictionary_and_loses_nothing(rng, planned):
    for _ in range(20):
        found = anything(rng, planned=planned)
        plain = found.to_dict()
        text = found.to_json(indent=[None, 2][rng.randint(2)])
        assert json.loads(text, parse_constant=refuse) == plain
        assert text.isascii()
        paths = [row["path"] for each in nodes(plain["estimator"]) for row in each["attributes"]]
        assert paths == [row.path for each in found.root.walk() for row in each.attributes]


def nodes(plain):
    yield plain
    for child in plain["children"]:
        yield from nodes(child)


def test_the_page_has_each_key_in_order():
    sections = described()
    assert f"| `schema` | {SCHEMA} |" in PAGE
    assert f"version {SCHEMA}." in PAGE
    records = [name for name in _record.__all__ if name not in ("ROLES", "Summary")]
    assert sorted(sections) == sorted([*records, "Summary", "Differences", "An example"])
    for name in records:
        assert sections[name] == [each.name for each in fields(getattr(_record, name))]
    shown = Summary(node("A")).to_dict()
    assert sorted(sections["Summary"]) == sorted(shown)


def test_every_record_in_the_output_is_one_that_the_page_describes(rng):
    layouts = {tuple(keys) for name, keys in described().items() if name != "Summary"}

    def check(value):
        if isinstance(value, dict):
            assert tuple(value) in layouts | {("from", "to")}
        if isinstance(value, dict | list):
            for inner in value.values() if isinstance(value, dict) else value:
                check(inner)
        else:
            assert value is None or type(value) in (str, int, float, bool)

    for planned in (False, True):
        for value in anything(rng, planned=planned).to_dict().values():
            check(value)


def test_numbers_that_json_lacks():
    stats = Stats(float("nan"), float("inf"), -float("inf"), 1.5, None, 0, 9)
    row = array("a_", 10**40, shape=(Bounds(1, 2), None), stats=stats)
    found = json.loads(Summary(node("A", rows=[row]), effective=float("nan")).to_json())
    (shown,) = found["estimator"]["attributes"]
    assert shown["count"] == 10**40
    assert shown["shape"] == [{"from": 1, "to": 2}, None]
    assert [shown["stats"][name] for name in ("min", "max", "mean", "std")] == [None] * 3 + [1.5]
    assert found["effective"] is None


def test_text_is_not_changed():
    for text in NASTY:
        assert json.loads(Summary(node(text)).to_json())["estimator"]["name"] == text


def test_depth_changes_nothing(summaries):
    found = summaries["search"]
    assert replace(found, depth=0).to_dict() == found.to_dict()
