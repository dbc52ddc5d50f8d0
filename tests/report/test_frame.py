"""A summary as a DataFrame."""

import sys

import pytest

from skparams.specs import Bounds, Unknown
from tests.report.made import Stats, Summary, anything, array, node
from tests.sweep import sweep

pd = pytest.importorskip("pandas")


@pytest.mark.parametrize("planned", sweep([False, True], 1))
def test_one_row_an_attribute(rng, planned):
    for _ in range(20):
        found = anything(rng, planned=planned)
        frame = found.to_frame()
        rows = [(row, each) for each in found.root.walk() for row in each.attributes]
        assert list(frame["path"]) == [row.path for row, _ in rows]
        assert list(frame["estimator"]) == [each.class_name for _, each in rows]
        for (row, each), (_, shown) in zip(rows, frame.iterrows(), strict=True):
            for name in ("count", "free", "bytes"):
                count = getattr(row, name)
                if count is None or isinstance(count, Bounds | Unknown):
                    assert pd.isna(shown[name])
                else:
                    assert shown[name] == count
                if isinstance(count, Bounds):
                    assert (shown[f"{name}_low"], shown[f"{name}_high"]) == count
            if planned and isinstance(each.times, int):
                assert shown["times"] == each.times


def test_columns_follow_from_what_there_is(summaries):
    fitted = summaries["pipeline"].to_frame()
    assert list(fitted.columns) == [
        *("path", "estimator", "role", "shape", "dims", "dtype", "count", "free", "bytes"),
        *("retained", "alias_of", "guess", "reason"),
    ]
    assert fitted["count"].dtype == "Int64"
    own = fitted[fitted["role"] == "parameter"]
    assert own["count"].sum() == summaries["pipeline"].totals.stored
    planned = summaries["network-plan"].to_frame()
    assert {"times", "count_low", "count_high", "bytes_high"} <= set(planned.columns)
    row = array("a_", 3, stats=Stats(-1.0, 1.0, 0.0, 1.0, 2.0, 1, 0))
    stats = Summary(node("A", rows=[row, array("b_", 3)])).to_frame()
    assert stats["std"].dtype == float
    assert stats["zeros"].tolist() == [1, pd.NA]
    assert stats["min"].isna().tolist() == [False, True]


def test_counts_of_any_size_stay_exact():
    frame = Summary(node("A", rows=[array("a_", 10**40), array("b_", 2**63 - 1)])).to_frame()
    assert frame["count"].tolist() == [10**40, 2**63 - 1]
    empty = Summary(node("A")).to_frame()
    assert len(empty) == 0
    assert empty["count"].dtype == "Int64"


def test_without_pandas_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r'pip install "skparams\[frame\]"'):
        Summary(node("A")).to_frame()
