"""Records as plain data: the layout, which docs/reference/schema.md describes, and nothing lost."""

import json
import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from skparams._capacity.record import CapacityCurve
from skparams._choose import Budget, Setting, budget_record as _budget_record
from skparams._compare import record as _compare_record
from skparams._compare.record import Comparison, Competitor, Failure, Pair, Seconds
from skparams._diff import record as _diff_record
from skparams._diff.record import HyperparameterChange, NodeChange
from skparams._diff.several_view import Spread
from skparams._diff.view import Diff
from skparams._identify import record as _identify_record
from skparams._identify.record import Identifiability, LostDirections, SeenArray
from skparams._memorize import record as _memorize_record
from skparams._memorize.record import Memorization, ShuffledLabels
from skparams._probe import record as _probe_record
from skparams._probe.record import Probe, ProbedAttribute
from skparams._records import (
    CoefficientTable,
    KeptPlace,
    blocks as _blocks,
    coefficients as _coefficients,
    memory as _memory,
    node as _record,
    trees as _trees,
)
from skparams._report.base import SCHEMA
from skparams._slim import record as _slim_record
from skparams._slim.record import DroppedAttribute, KeptRows, SlimReport
from skparams._summary.coefficients import Coefficients
from skparams._summary.finding_texts import FindingText
from skparams.specs import Bounds, Unknown
from tests.report.made import NASTY, Plan, Stats, Summary, anything, array, node
from tests.sweep import sweep

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "schema.md").read_text("utf-8")


def described():
    """What the page says of each key, by the heading that it stands below."""
    sections = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        rows = re.findall(r"^- ((?:`\w+`(?:, )?)+)(.*(?:\n  .*)*)", section, re.MULTILINE)
        found[section.partition("\n")[0]] = {
            key: text for keys, text in rows for key in re.findall(r"`(\w+)`", keys)
        }
    return found


def refuse(token):
    raise AssertionError(f"{token} is no JSON")


@pytest.mark.parametrize("planned", sweep([False, True], 1))
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


def test_the_page_has_each_key_and_links_its_record():
    sections = described()
    assert f"version {SCHEMA}" in PAGE
    records = {
        name: {each.name: each.type for each in fields(record) if not each.name.startswith("_")}
        for module in MODULES
        for name, record in vars(module).items()
        if is_dataclass(record) and record.__module__ == module.__name__ and name not in REPORTS
    }
    reports = shown_reports()
    assert sorted(sections) == sorted([*records, *reports])
    for name, keys in records.items():
        assert sections[name].keys() == keys.keys()
    for name, report in reports.items():
        found = report.to_dict()
        assert list(found)[:2] == ["schema", "kind"]
        assert found.keys() == {"schema", "kind", *sections[name]}
        assert (found["schema"], found["kind"]) == (SCHEMA, name.lower())
        renamed = {"root": "estimator"}
        kinds = {renamed.get(each.name, each.name): each.type for each in fields(report)}
        records[name] = {key: kinds.get(key, "") for key in sections[name]}
        assert json.loads(report.to_json(indent=2), parse_constant=refuse) == found
    for name, section in sections.items():
        for key, text in section.items():
            expected = {*re.findall(r"\w+", records[name][key]), *OPTIONAL.get((name, key), ())}
            linked = re.findall(r"\[(\w+)\]\(#(\w+)\)", text)
            assert {record for record, _ in linked} == expected & records.keys(), (name, key)
            assert all(anchor == record.lower() for record, anchor in linked)


MODULES = (
    *(_record, _trees, _coefficients, _memory, _blocks, _probe_record, _slim_record),
    *(_budget_record, _compare_record, _diff_record, _identify_record, _memorize_record),
)
REPORTS = (
    *("Budget", "Comparison", "Identifiability", "KeptRows", "Memorization", "Probe", "SlimReport"),
)
OPTIONAL = {("Summary", "memory"): ["Memory"]}  # a property


def shown_reports():
    """A report of each kind, by the name of its record, with a text of users in it."""
    probed = (ProbedAttribute("w_", "A", "state", "used", ("predict",), NASTY[0]),)
    setting = Setting(((NASTY[0], NASTY[1]),), "meets", Bounds(1, 10**40), 8, float("inf"))
    numbers, labels = np.array([0.5, np.nan]), np.array([NASTY[0], np.int64(3)], dtype=object)
    of_rows = (*[numbers] * 4, *[np.array([1, 0])] * 2, labels)
    shuffled = ShuffledLabels(0.5, 0.25, 5)
    gone, held = (DroppedAttribute(NASTY[0], "state", 8),), (KeptPlace(NASTY[0], 3, 24),)
    failed = Failure("ValueError", NASTY[0], 1)
    ran = Competitor(
        *(NASTY[0], "A", (0.5, float("nan")), None, None, Seconds(), Seconds(1.0), None),
        *(Bounds(1, 2), True, Unknown("why"), None, failed, (("UserWarning", 1),)),
    )
    one = np.ones((1, 1))
    curve = ("A", NASTY[0], (NASTY[0],), "free", ((Unknown("?"),),), "R²", one, one, Unknown("?"))
    seen, lost = (SeenArray(NASTY[0], (2,), 2, 1),), (LostDirections(NASTY[0], 1),)
    changed = (HyperparameterChange(NASTY[0], (NASTY[1], None), True),)
    return {
        "Diff": Diff(NodeChange(NASTY[0], "", "A", None, (True, False), (3, 0)), changed, 1),
        "Spread": Spread(("A", "A"), 2, (), changed),
        "Comparison": Comparison(
            *((ran,), (Pair(NASTY[0], "b", 0.5),), "accuracy", "KFold", 2, 2, 9, Unknown("why")),
            *(None, None, 1, False),
        ),
        "CapacityCurve": CapacityCurve(*curve, one, one * np.nan, 3, (2,), None, (("E",),)),
        "Identifiability": Identifiability(
            "A", "", "predict", 3, 3, 2, 1, (1.0, 0.0), 1e-15, 1e-16, seen, lost
        ),
        "Summary": Summary(node("A")),
        "FindingText": FindingText(*NASTY[:6]),
        "Coefficients": Coefficients("A", (CoefficientTable(NASTY[0], np.eye(2)),)),
        "Plan": Plan(node("A")),
        "Budget": Budget("A", 3, None, (setting,), 0, (setting,), (setting,), NASTY[0]),
        "KeptRows": KeptRows("A", held, (NASTY[0],)),
        "Memorization": Memorization("A", "s", *of_rows, 9, 9, 3, Unknown("a"), False, shuffled),
        "Probe": Probe("A", probed, ("predict",), (), (("f", "E"),), 3, 3, 9, True),
        "SlimReport": SlimReport("A", gone, None, None, 9, 8, compared=("f",), kept_places=held),
    }


def test_every_record_in_the_output_is_one_that_the_page_describes(rng):
    layouts = {frozenset(keys) for keys in described().values()}

    def check(value):
        if isinstance(value, dict):
            assert frozenset(value) in layouts or list(value) in (["from", "to"], ["unknown"])
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
    row = array("a_", 10**40, shape=(Bounds(1, 2), Unknown("why")), stats=stats)
    found = json.loads(Summary(node("A", rows=[row]), effective=float("nan")).to_json())
    (shown,) = found["estimator"]["attributes"]
    assert shown["count"] == 10**40
    assert shown["shape"] == [{"from": 1, "to": 2}, {"unknown": "why"}]
    assert [shown["stats"][name] for name in ("min", "max", "mean", "std")] == [None] * 3 + [1.5]
    assert found["effective"] is None


def test_text_is_not_changed():
    for text in NASTY:
        assert json.loads(Summary(node(text)).to_json())["estimator"]["name"] == text


def test_depth_changes_nothing_else(summaries):
    found = summaries["search"]
    assert replace(found, depth=0).to_dict() == found.to_dict() | {"depth": 0}
