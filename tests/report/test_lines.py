"""What was learned as a tree of lines: sums, order, what is left out."""

from dataclasses import replace

import pytest

from skparams._records import add
from skparams._report.lines import lines_of
from skparams.specs import Bounds, Unknown
from tests.report.made import Plan, Summary, anything, array, ensemble, node
from tests.sweep import sweep


def lines(found, depth=None, **more):
    return lines_of(found.root, depth, **more)


def total(shown):
    return [
        add(getattr(line.counts, name) for line in shown if line.counts)
        for name in ("stored", "free", "bytes")
    ]


@pytest.mark.parametrize("planned", sweep([False, True], 1))
def test_lines_add_up_to_the_totals_at_any_depth(rng, planned):
    for _ in range(60):
        found = anything(rng, planned=planned)
        depth = [None, 0, 1, 2][rng.randint(4)]
        whole = found.totals
        shown = lines(found, depth, limit=rng.randint(1, 500))
        if depth != 0:
            assert total(shown) == [whole.stored, whole.free, whole.bytes]
        for line in shown:
            if line.lines and line.kind != "estimator":
                assert total(line.lines) == total([line])


def test_many_arrays_are_shown_the_largest_first_with_the_sum_of_the_rest(rng):
    counts = rng.permutation(30) + 1
    rows = [array(f"a{i}_", int(n)) for i, n in enumerate(counts)]
    shown = lines(Summary(node("Many", rows=rows)))
    assert [line.count for line in shown[:-1]] == list(range(30, 20, -1))
    assert shown[-1].name == "… 20 more"
    assert shown[-1].count == sum(range(1, 21))
    rest = shown[-1]
    assert not rest.opened
    assert [line.count for line in rest.lines[:2]] == [20, 19]
    assert total(rest.lines) == total([rest])
    few = rows[:12]
    assert [line.name for line in lines(Summary(node("Few", rows=few)))] == [r.path for r in few]


def test_an_unknown_count_may_be_the_largest():
    unknown = Unknown("why")
    rows = [array(f"a{i}_", n) for i, n in enumerate([*range(1, 14), unknown, Bounds(0, 99)])]
    shown = lines(Summary(node("Many", rows=rows)))
    assert [line.count for line in shown[:2]] == [unknown, Bounds(0, 99)]


def test_an_ensemble_is_one_line_that_depth_opens():
    found = ensemble(500)
    (line,) = lines(found)
    assert (line.kind, line.name, line.what) == ("several", "members_[0 … 499]", "500 × Thing")
    assert line.count == found.totals.stored == sum(7 + i for i in range(500))
    assert not line.opened
    assert len(lines(found, 0)) == 0
    (opened,) = lines(found, 1)
    assert opened.opened
    assert [each.name for each in opened.lines[:2]] == ["members_[499]", "members_[498]"]
    assert opened.lines[-1].name == "… 490 more"
    assert total(opened.lines) == total([opened])
    few = lines(ensemble(3))
    assert [each.kind for each in few] == ["estimator"] * 3


def test_no_more_lines_are_made_than_asked_for():
    def count(shown):
        return sum(1 + count(line.lines) for line in shown)

    inner = ensemble(60).root.children
    outer = [
        node(f"list_[{i}]", f"list_[{i}]", children=inner, class_name="Ensemble") for i in range(60)
    ]
    found = Summary(node("Forests", children=outer))
    assert count(lines(found, limit=300)) < 450


def test_several_alike_before_fit_are_multiplied_and_told_each():
    member = node("estimators_", "estimators_", rows=[array("estimators_.tree_", 5)], times=100)
    many = replace(member, times=Bounds(0, 7))
    shown = lines(Plan(node("Forest", children=[member, many])))
    assert (shown[0].what, shown[0].words, shown[0].count) == ("100 × Thing", "each 5", 500)
    assert (shown[1].what, shown[1].count) == ("≤ 7 × Thing", Bounds(0, 35))
    assert shown[0].lines[0].count == 5


def test_an_alias_is_named_and_not_counted():
    rows = [array("coefs_", 5), array("best_", 5, alias_of="coefs_")]
    shown = lines(Summary(node("Net", rows=rows)))
    assert shown[1].words == "the same as coefs_"
    assert shown[1].counts is None
