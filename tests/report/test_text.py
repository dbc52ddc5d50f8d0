"""Summaries as text: what stands there, and that it fits where it is printed."""

import io
import re
import sys
from dataclasses import replace

import pytest

from skparams._report.layout import width_of
from skparams.specs import Bounds, Cost, Layer, Unknown
from tests.report.made import (
    Candidate,
    Finding,
    Hyperparameter,
    Plan,
    Stats,
    Summary,
    Totals,
    anything,
    array,
    ensemble,
    node,
)
from tests.sweep import sweep


class Stream(io.StringIO):
    """An output with an encoding that is or is not a terminal."""

    def __init__(self, encoding="utf-8", tty=False):
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._tty


@pytest.fixture(autouse=True)
def _pipe(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream())


@pytest.mark.parametrize("planned", sweep([False, True], 1))
@pytest.mark.parametrize("encoding", sweep(["utf-8", "ascii", "latin-1"], 1))
def test_no_line_of_anything_is_too_wide(rng, planned, encoding, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(encoding))
    for _ in range(15):
        found = anything(rng, planned=planned)
        width = rng.randint(20, 200)
        text = found.to_text(width=width)
        assert max(map(width_of, text.splitlines())) <= width
        assert not re.search(r"[ \t]$", text, re.MULTILINE)
        assert all(c == "\n" or c.isprintable() for c in text)
        text.encode(encoding)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_what_is_cut_has_an_ellipsis(named_summary, width):
    text = named_summary[1].to_text(width=width)
    assert max(map(width_of, text.splitlines())) <= width
    whole = set(re.findall(r"[a-z]{4,}", named_summary[1].to_text(width=200)))
    for line in text.splitlines():
        if "…" not in line and width >= 60:
            assert set(re.findall(r"[a-z]{4,}", line)) <= whole


def test_a_wrong_width_is_refused(summaries):
    for width in (19, 0, -1, 80.0, "80"):
        with pytest.raises(ValueError, match=f"at least 20, got {width!r}"):
            summaries["lasso"].to_text(width=width)


def test_totals_are_there_at_any_width_and_depth(summaries):
    for width in (40, 60, 80, 120):
        for depth in (None, 0, 1):
            text = replace(summaries["pipeline"], depth=depth).to_text(width=width)
            assert re.search(r"^  total +23", text, re.MULTILINE)


def test_without_unicode_signs_are_spelled(summaries, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream("ascii"))
    text = str(summaries["pipeline"])
    assert "4 features -> 3 classes" in text
    assert "n_outputs x n_features" in text
    assert "| coef_" in text
    row = array("coef_", Bounds(0, 9))
    assert "<= 9" in Plan(node("A", rows=[row])).to_text()


def test_no_color_in_a_pipe_or_in_str(summaries, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    found = summaries["pipeline"]
    assert "\x1b" not in repr(found) + str(found)
    monkeypatch.setattr(sys, "stdout", Stream(tty=True))
    assert "\x1b[1m" in repr(found)
    assert "\x1b" not in str(found)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in repr(found)
    monkeypatch.setattr(sys, "stdout", None)
    assert "\x1b" not in repr(found)


def test_color_changes_no_letter(named_summary):
    found = named_summary[1]
    colored = found.to_text(width=100, color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored).split() == found.to_text(width=100).split()


def test_the_terminals_width_is_kept(summaries, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(tty=True))
    for columns, most in ((70, 70), (500, 120)):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = str(summaries["search"]).splitlines()
        assert max(map(len, lines)) <= most


def test_markup_and_control_characters_are_only_text():
    row = array("[red]a\x1b[31m\nb_", 2, dims=("[bold]",))
    text = Summary(node("X", rows=[row], class_name="[blink]X")).to_text(width=100, color=False)
    assert r"[red]a\x1b[31m\nb_" in text
    assert "[bold]" in text
    assert "[blink]X" in text


def test_decisions_that_cross_steps_name_the_other_step():
    choice = Hyperparameter(
        "deep__pca__n_components", "2", "None", True, ("deep__pca__components_", "deep__mlp__w_")
    )
    text = Summary(node("Pipeline", hyperparameters=(choice,))).to_text()
    assert "components_, mlp.w_" in text
    alone = Hyperparameter("k", "2", "1", True, ("components_", "inner__coef_"))
    assert "components_, inner__coef_" in Summary(node("A", hyperparameters=(alone,))).to_text()


def test_many_choices_at_their_default_are_counted():
    def choices(n, changed=False):
        return tuple(Hyperparameter(f"p{i}", "1", "1", changed, ("tree_",)) for i in range(n))

    few = Summary(node("A", hyperparameters=choices(3))).to_text()
    assert "p2" in few
    many = Summary(node("A", hyperparameters=choices(7))).to_text()
    assert "7 at their defaults, 7 of which decide sizes" in many
    assert "p2" not in many
    changed = Summary(node("A", hyperparameters=choices(1000, True))).to_text()
    assert len(changed.splitlines()) < 60
    assert "960 more" in changed


def test_a_plan_tells_bounds_reasons_and_costs():
    unknown = Unknown("depends on the data's categories")
    rows = [
        array("tree_", Bounds(0, 12_400)),
        array("coef_", unknown, shape=(3, unknown)),
    ]
    costs = Cost(41_800, Bounds(0, 120_000), 5016, 13_500_000)
    text = Plan(node("A", rows=rows, fitted=False), cost=costs).to_text()
    assert text.startswith("Thing · before fit · 4 features → 3 classes")
    assert "will learn" in text
    assert re.search(r"tree_ .* ≤ 12,400", text)
    assert re.search(r"coef_ +\(3, \?\) +after fit +– +–", text)
    assert "known after fit: depends on the data's categories (coef_)" in text
    cost = (
        "cost: 41.8 kB of weights, ≤ 120.0 kB while training, 5,016 multiply-adds a row, "
        "13.5 M an epoch"
    )
    assert cost in " ".join(text.split())
    assert "cost" not in Plan(node("A"), cost=Cost()).to_text()


def test_candidates_are_a_table_of_the_smallest_and_the_largest():
    def shown(n):
        each = [Candidate((("k", str(i)),), Totals(i, i, 8 * i)) for i in range(n, 0, -1)]
        return Plan(node("A"), candidates=tuple(each)).to_text()

    assert re.search(r"candidates  k  count.*\n +3 +3 .*\n +2 .*\n +1 ", shown(3))
    many = shown(40)
    assert re.search(r"smallest +1 +1 .*\n +2 .*\n  … 36 between\n +39 .*\n  largest +40 ", many)


def test_an_unfitted_estimator_says_that_nothing_is_learned_yet(summaries):
    text = str(summaries["network-unfitted"])
    assert "nothing is learned yet" in text
    assert "it learned" not in text
    assert "hidden_layer_sizes" in text


def test_findings_stand_at_the_end_code_first():
    several = [Finding("SKP005", f"m[{i}]", "stopped early") for i in range(9)]
    found = Summary(node("A"), findings=(Finding("SKP001", "", "too many"), *several))
    text = found.to_text()
    assert text.rpartition("\n\n")[2].splitlines() == [
        "  SKP001  too many",
        "  SKP005  m[0]: stopped early",
        "  SKP005  m[1]: stopped early",
        "  SKP005  m[2]: stopped early",
        "  SKP005  6 more of these",
        '  what to do: skparams.explain_finding("SKP001")',
    ]


def test_effective_and_retained_are_noted():
    row = array("coef_", 5, retained=1_600_000)
    found = Summary(node("A", rows=[row]), n_samples=100, effective=7.3)
    text = found.to_text()
    assert "coef_ keeps 1.6 MB alive beyond its own 40 B" in text
    assert "7.3 effective degrees of freedom: 0.073 a row" in text
    assert "0.05 free parameters a row" in text


def test_statistics_have_a_table_without_empty_columns():
    good = array("a_", 4, stats=Stats(-1.0, 3.0, 0.5, 0.25, 2.0, 0, 0))
    text = Summary(node("A", rows=[good])).to_text()
    assert re.search(r"a_ +\(4,\) +-1 +0\.5 ± 0\.25 +3 +2$", text, re.MULTILINE)
    assert "zeros" not in text
    bad = array("b_", 9, stats=Stats(None, None, None, None, None, 0, 9))
    text = Summary(node("A", rows=[good, bad])).to_text()
    assert re.search(r"b_ +\(9,\) +– +– ± – +– +– +9$", text, re.MULTILINE)


@pytest.mark.exhaustive
def test_ten_thousand_members_fit_a_screen():
    text = ensemble(10_000).to_text()
    assert len(text.splitlines()) < 12
    assert len(replace(ensemble(10_000), depth=3).to_text().splitlines()) < 60


def test_switches_at_their_default_are_counted_not_shown():
    switch = Hyperparameter("fit_intercept", "True", "True", False, ("intercept_",))
    turned = Hyperparameter("positive", "True", "False", True, ())
    length = Hyperparameter("n_components", "None", "None", False, ("components_",))
    text = Summary(node("A", hyperparameters=(switch, turned, length))).to_text()
    assert "fit_intercept" not in text
    assert re.search(r"positive .*\n  n_components .*\n  1 more at their defaults$", text, re.M)


def test_a_note_does_not_repeat_a_finding():
    row = array("coef_", 500, retained=9000)
    found = Summary(node("A", rows=[row]), n_samples=100)
    assert "5 free parameters a row" in str(found)
    assert "keeps 9.0 kB alive" in str(found)
    said = (Finding("SKP001", "", "500 for 100"), Finding("SKP006", "coef_", "keeps 9.0 kB"))
    text = str(replace(found, findings=said))
    assert "parameters a row" not in text
    assert "alive" not in text


def test_what_is_kept_is_noted_from_a_kilobyte_on():
    rows = [array("X_", 200, role="data"), array("loss_", 3, role="diagnostic")]
    assert "kept beside them: training rows 1.6 kB\n" in f"{Summary(node('A', rows=rows))}\n"


def test_a_reason_that_follows_from_another_is_not_told():
    rows = [
        array("idf_", Unknown("depends on the words")),
        array("coef_", Unknown("n_features behind words: depends on the words")),
    ]
    text = str(Plan(node("A", rows=rows, fitted=False)))
    assert text.count("known after fit") == 1


def test_layers_are_shown_only_where_all_candidates_have_them():
    layers = (Layer("input", 3, None, 0, 0), Layer("output", 2, None, 3, 2))
    rows = [array("coefs_", 8)]
    assert "layers" in str(Summary(node("A", rows=rows, layers=layers)))
    rows = [array("coefs_", Bounds(8, 16))]
    assert "layers" not in str(Plan(node("A", rows=rows, layers=layers)))


def test_numbers_are_whole_and_names_wrap_where_there_is_little_room():
    wide = ("n_nodes", "n_outputs", "n_classes")
    row = array("tree_", 123_456_789_012, shape=(3, 1, 2), dims=wide)
    child = node("estimators_", rows=[row], class_name="DecisionTreeClassifier", times=100)
    found = Plan(node("A", children=[child], fitted=False))
    texts = [found.to_text(width=width) for width in range(60, 130)]
    for text in texts:
        assert "12,345,678,901,200" in text
        assert "DecisionTreeClassifier" in text
    assert any(re.search(r" n_nodes × .*\n +n_outputs ×\n +n_classes\n", text) for text in texts)
