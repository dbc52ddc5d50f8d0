"""Numbers, sizes and names as they are written."""

import numpy as np
import pytest

from skparams._report import words as _words
from skparams._report.layout import cut, cut_distinct, width_of
from skparams.specs import Bounds, Unknown


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (Unknown("why"), "–"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (41_800, "41.8 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (2 * 10**9, "2.0 GB"),
        (5_000 * 10**12, "5.0 PB"),
        (5_000 * 10**18, "5,000.0 EB"),
        (10**40, "1.00e+40 B"),
        (Bounds(0, 2000), "≤ 2.0 kB"),
        (Bounds(1000, 2000), "1.0 to 2.0 kB"),
        (Bounds(8, 2000), "8 B to 2.0 kB"),
    ],
)
def test_sizes_have_si_units(n, text):
    assert _words.size(n) == text


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (Unknown("why"), "–"),
        (12_400, "12,400"),
        (1_000_796_000_010, "1,000,796,000,010"),
        (10**40, "≈ 1.00e+40"),
        (Bounds(0, 12_400), "≤ 12,400"),
        (Bounds(3, 12_400), "3 to 12,400"),
    ],
)
def test_counts_are_exact_and_bounds_are_said(n, text):
    assert _words.number(n) == text


def test_any_size_is_short_and_within_half_a_unit(rng):
    factor = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15, "EB": 1e18}
    for n in (10 ** rng.uniform(0, 19, 2000)).astype(object):
        n = int(n)
        number, unit = _words.size(n).split()
        assert abs(float(number) * factor[unit] - n) <= 0.0501 * factor[unit]
        assert len(number) <= 5


def test_amounts_and_statistics_are_rounded():
    assert [_words.amount(n) for n in (5016, 13_540_000, Bounds(0, 10**9))] == [
        "5,016",
        "13.5 M",
        "≤ 1.0 G",
    ]
    shown = [_words.value(x) for x in (None, 0.0, -0.12345, 54321.0, 1.5e9, float("nan"))]
    assert shown == ["–", "0", "-0.123", "54,321", "1.5e+09", "nan"]


def test_shapes_are_written_as_numpy_does():
    for shape in [(), (3,), (20, 64), (1, 2, 3)]:
        assert _words.shape(shape) == (str(np.zeros(shape).shape) if shape else "")
    assert _words.shape(None) == ""
    assert _words.shape((Unknown("why"), Bounds(1, 2500))) == "(?, 1 to 2500)"
    assert _words.shape((Bounds(0, 9),)) == "(≤ 9,)"


def test_cut_takes_no_more_than_it_may_and_keeps_both_ends(rng):
    letters = list("abcdefgh") + ["表", "é", "e\u0301"]
    for _ in range(500):
        text = "".join(rng.choice(letters, rng.randint(1, 40)))
        width = rng.randint(1, 45)
        short = cut(text, width)
        assert width_of(short) <= width
        assert short == text or "…" in short
        if short != text and width > 6:
            left, right = short.split("…")
            assert text.startswith(left)
            assert text.endswith(right)
            assert width_of(short) >= width - 2


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("表b", 3), ("e\u0301é", 2), ("🌲", 2), ("│ …×", 4)]
)
def test_width_is_that_of_cells(text, width):
    assert width_of(text) == width


def test_names_that_are_cut_can_be_told_apart():
    names = [f"columns__{part}__imputer__strategy" for part in ("numbers", "words", "others")]
    names += [f"x{'a' * 40}{i}{'b' * 40}" for i in range(12)]
    for width in (12, 20, 30, 200):
        shown = cut_distinct(names, width)
        assert len(set(shown)) == len(names)
        assert max(map(width_of, shown)) <= width
    assert cut_distinct(["same name"] * 2, 6) == ["sam…me"] * 2
