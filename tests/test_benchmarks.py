"""The benchmark's own arithmetic: what it says about a run must be right before it is quoted."""

import importlib
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def bench(monkeypatch):
    """Import a module of the benchmarks, which are not installed with the package."""
    if not (ROOT / "benchmarks").is_dir():
        pytest.skip("the benchmarks are not beside these tests")
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.setattr("gc.collect", lambda: None)  # a second each in a large process
    return lambda name: importlib.import_module(f"benchmarks.{name}".rstrip("."))


def test_each_side_runs_after_the_other_and_after_itself(bench):
    alternate = bench("_alternate")
    order = []
    sides = {name: lambda name=name: order.append(name) or 1.0 for name in "ab"}
    runs = alternate.alternate(sides, seconds=0, least=2)
    assert "".join(order) == "aabbaabb"
    assert [run.after for run in runs[:4]] == ["other", "self", "other", "self"]


def test_a_ratio_is_taken_within_a_round(bench):
    alternate = bench("_alternate")
    slow, fast = iter([4.0, 9.0, 8.0, 9.0, 60.0, 9.0]), iter([1.0, 9.0, 4.0, 9.0, 6.0, 9.0])
    sides = {"slow": lambda: next(slow), "fast": lambda: next(fast)}
    runs = alternate.alternate(sides, seconds=0, least=3, most=3)
    # 4/1, 8/4, 60/6: the median of the ratios, not the ratio of the medians, which is 8/4.
    found = alternate.ratio(runs, "slow", "fast", "other")
    assert found == {"median": 4.0, "lower": 3.0, "upper": 7.0, "slow_s": 8.0, "fast_s": 4.0}
    assert alternate.ratio(runs, "slow", "fast", "self")["median"] == 1.0
    assert bench("_tables").ratio_text(1)(found) == "4.0 (3.0–7.0)"


def test_a_side_can_be_left_out_after_the_first_round(bench):
    alternate = bench("_alternate")
    sides = {"a": lambda: 1.0, "b": lambda: 2.0}
    runs = alternate.alternate(sides, seconds=0, least=3, keep=lambda runs: ["a"])
    assert [run.side for run in runs] == list("aabb") + list("aaaa")


def test_arithmetic_of_a_fit(bench):
    work = bench("mlp.works").Work("", 100, 5, 3, (7,), 10, 4, (1, 1), fits=2)
    # forward and weights' gradient of both layers, the error through the second one
    products = 5 * 7 + 7 * 3 + 5 * 7 + 7 * 3 + 7 * 3
    assert work.gflop() == pytest.approx(2 * products * 100 * 4 * 2 / 1e9)


def test_every_work_trains_on_the_rows_it_names(bench):
    works = bench("mlp.works")
    for work in works.WORKS.values():
        if work.features < 100:
            X, y, X_test, y_test = work.data("float32")
            assert X.shape == (work.rows, work.features)
            assert X.dtype == "float32"
            assert X.flags.c_contiguous
            assert len(set(y)) == work.classes == len(set(y_test))
            assert len(X_test) == len(y_test)


def test_the_works_differ(bench):
    labels = sorted(work.label for work in bench("mlp.works").WORKS.values())
    assert all(a != b for a, b in pairwise(labels))


def test_tables_are_written_between_the_markers_only(bench, tmp_path):
    main, tables = bench("__main__"), bench("_tables")
    table = tables.Table(
        "t",
        "title",
        [
            tables.Column("a", "what", left=True),
            tables.Column("s", "time\nof it", tables.time_text),
        ],
        [{"a": "one", "s": 0.0123}, {"a": "two"}],
    )
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- x: begin -->\nold\n<!-- x: end -->\nbelow\n", encoding="utf-8")
    main._write_page(page, "x", "Measured here.", [table], whole=True)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("above\n<!-- x: begin -->\n")
    assert text.endswith("<!-- x: end -->\nbelow\n")
    assert "| one | 12.3 ms |" in text
    assert "| two | – |" in text
    assert "old" not in text


def test_a_run_of_some_parts_replaces_their_tables_only(bench, tmp_path):
    main, tables = bench("__main__"), bench("_tables")
    column = [tables.Column("a", "what", left=True)]
    first, second = (tables.Table(t, t, column, [{"a": f"{t} once"}]) for t in ("one", "two"))
    page = tmp_path / "page.md"
    page.write_text("<!-- x: begin -->\n<!-- x: end -->\n", encoding="utf-8")
    main._write_page(page, "x", "Measured here.", [first, second], whole=True)
    again = tables.Table("one", "one", column, [{"a": "one again"}])
    new = tables.Table("three", "three", column, [{"a": "three"}])
    for _ in range(2):
        main._write_page(page, "x", "Measured there.", [again, new], whole=False)
    text = page.read_text(encoding="utf-8")
    assert "one once" not in text
    assert text.count("Measured here.") == 1
    order = ["Measured here.", "one again", "Measured there.", "two once", "three"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert text.count("### ") == 3


def test_a_page_without_markers_is_left_alone(bench, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="needs the lines"):
        bench("__main__")._write_page(page, "x", "Measured here.", [], whole=True)
    assert page.read_text(encoding="utf-8") == "nothing\n"


@pytest.mark.parametrize("named", [False, True])
def test_a_run_prints_its_tables_and_writes_json(bench, capsys, monkeypatch, tmp_path, named):
    main, mlp, tables = bench("__main__"), bench("mlp"), bench("_tables")
    table = tables.Table("t", "title", [tables.Column("a", "what")], [{"a": "one", "more": 0.5}])
    monkeypatch.setattr(mlp, "run", lambda task: iter([table]))
    monkeypatch.setattr(main, "RESULTS", tmp_path / "results")
    path = tmp_path / "mine.json" if named else tmp_path / "results" / "mlp.json"
    assert main.main(["mlp", *(["--json", str(path)] if named else [])]) == 0
    assert "one" in capsys.readouterr().out
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["tables"][0]["rows"] == [{"a": "one", "more": 0.5}]
    assert written["machine"]["cores"] >= 1


@pytest.mark.parametrize(
    ("seconds", "text"), [(123.4, "123 s"), (2.5, "2.50 s"), (0.0456, "45.6 ms"), (3e-6, "3.00 µs")]
)
def test_times_keep_three_figures(bench, seconds, text):
    assert bench("_tables").time_text(seconds) == text


def test_an_unknown_part_is_named(bench, capsys):
    with pytest.raises(SystemExit, match="not nonsense"):
        bench("__main__").main(["mlp", "--only", "nonsense"])


def test_both_sides_of_the_statistics_return_the_same(bench, rng):
    numbers = bench("inspection.numbers")
    array = rng.standard_normal(1000)
    array[:3] = 0
    ours = numbers.measure(array)
    theirs = (ours.min, ours.max, ours.mean, ours.std, ours.norm, ours.zeros, ours.nonfinite)
    assert theirs == pytest.approx(numbers.separate(array))


def test_both_sides_of_the_differences_return_the_same(bench):
    changes = bench("inspection.changes")
    models = [changes.model_of(100, "float64", seed) for seed in (0, 1)]
    rows = changes.diff(*models).root.parameters
    ours = [(c.n_changed, c.largest, c.relative, c.cosine) for c in (row.change for row in rows)]
    assert ours == [pytest.approx(each) for each in changes.separate(*models)]


def test_the_long_pipeline_is_as_long_as_told(bench):
    assert len(bench("inspection.pages").pipeline_of(20).steps) == 20


def test_a_page_that_is_too_slow_is_told(bench):
    pages = bench("inspection.pages")
    summary = pages.summary(pages.pipeline_of(2))
    row = pages._row("a", lambda: summary, 60.0, True)
    assert (row["bar"], row["met"]) == ("60000 ms", True)
    assert row["html_kb"] == len(summary.to_html().encode()) / 1000
    assert not pages._row("a", lambda: summary, 0.0, True)["met"]


def test_an_import_is_blamed_for_what_it_adds_only(bench, monkeypatch):
    imports = bench("_imports")
    modules = {"import ours": ["sklearn", "sklearn.svm", "pandas", "numba"]}
    modules["import sklearn.svm"] = ["sklearn", "sklearn.svm", "pandas"]
    monkeypatch.setattr(imports, "_loaded", lambda statement: modules[statement])
    times = iter([9.0, 9.0, 3.0, 2.0, 8.0, 4.0])
    monkeypatch.setattr(imports, "fresh", lambda code: next(times))
    cost = imports.import_cost("import ours", quick=True)
    assert (cost["parts"], cost["added"]) == (["sklearn.svm"], ["numba"])
    assert cost["ratio"]["median"] == 1.75
    assert (cost["ours_s"], cost["theirs_s"]) == (5.5, 3.0)


def test_every_part_of_inspection_has_a_name(bench, capsys):
    with pytest.raises(
        SystemExit, match="imports, statistics, memory, pages, slim, probing, changes"
    ):
        bench("__main__").main(["inspection", "--only", "nonsense"])


def test_a_network_to_keep_is_as_large_as_told_and_predicts(bench, rng):
    network = bench("keep.models").network_of(10_000_000)
    assert sum(weights.nbytes for weights in network.coefs_) == pytest.approx(10_000_000, rel=0.01)
    assert network.predict(rng.standard_normal((2, network.n_features_in_))).shape == (2,)


def test_memory_is_freed_after_the_time_of_a_load_is_taken(bench, monkeypatch):
    large = bench("keep.large")
    times, freed = iter([1.0, 3.0]), []

    class Loaded:
        def __del__(self):
            freed.append(next(times, None))

    monkeypatch.setattr("time.perf_counter", lambda: next(times))
    assert large._timed(Loaded, 10) == 2.0
    assert freed == [None]


@pytest.mark.parametrize("name", ["least_squares", "nearest_centroid", "nearest_neighbors"])
def test_batches_of_fits_score_as_the_estimators(bench, name):
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import RepeatedKFold, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

    learners, false_alarms = bench("choose.learners"), bench("choose.false_alarms")
    estimators = {
        "least_squares": LinearRegression(),
        "nearest_centroid": NearestCentroid(),
        "nearest_neighbors": KNeighborsClassifier(5),
    }
    X, _, y = false_alarms._data([0], 60, 0.0)
    cv = RepeatedKFold(n_splits=4, n_repeats=2, random_state=0)
    test = [np.isin(np.arange(60), rows) for _, rows in cv.split(X)]
    target = y if name == "least_squares" else y > 0
    want = cross_val_score(estimators[name], X, target, cv=cv)
    assert getattr(learners, name)(X, y, np.array(test)) == pytest.approx(want)


def test_models_without_a_gap_are_exchangeable(bench):
    """Half of the pairs favor the first model, and a gap is found in its favor."""
    false_alarms, learners = bench("choose.false_alarms"), bench("choose.learners")
    means = {}
    for gap in (0.0, 0.9):
        differences, ratio = false_alarms._differences(learners.least_squares, (60, 5, 2), 50, gap)
        assert (differences.shape, ratio) == ((50, 10), 0.25)
        means[gap] = differences.mean(axis=1)
    assert 15 <= (means[0.0] > 0).sum() <= 35
    assert (means[0.9] > 0).sum() >= 45
