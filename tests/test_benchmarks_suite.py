"""The suite of benchmarks: exponents, JSON of several runs, pages and pictures."""

import importlib
import json
import sys
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
    return lambda name: importlib.import_module(f"benchmarks.{name}")


# Exponents


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_the_exponent_of_a_power_is_the_power(bench, power):
    sizes = [8, 16, 50, 64]
    seconds = [0.003 * size**power for size in sizes]
    assert bench("curves.exponents").exponent(sizes, seconds) == pytest.approx(power)


def test_the_exponent_is_that_of_least_squares_of_logs(bench):
    # log2 time 0, 1, 1 at log2 size 0, 1, 2: the slope is 1/2.
    assert bench("curves.exponents").exponent([1, 2, 4], [1, 2, 2]) == pytest.approx(0.5)


def test_an_exponent_needs_two_sizes(bench):
    with pytest.raises(ValueError, match="at least two sizes, not 1"):
        bench("curves.exponents").exponent([8], [1.0])


def test_the_upper_half_has_the_middle_size(bench):
    upper_half = bench("curves.exponents").upper_half
    assert upper_half([1, 2, 4, 8]) == [4, 8]
    assert upper_half([1, 2, 4, 8, 16]) == [4, 8, 16]


def test_exponents_are_fitted_to_each_pass_and_leave_small_sizes_out(bench):
    run = bench("_alternate").Run
    passes = {(0, "other"): 1.0, (0, "self"): 2.0, (1, "other"): 1.0, (1, "self"): 3.0}
    runs = [
        run(number, ("ours", size), after, 7.0 if size < 4 else size**power)
        for (number, after), power in passes.items()
        for size in (1, 2, 4, 8)
    ]
    runs += [
        run(number, ("theirs", size), after, 1.0) for number, after in passes for size in (4, 8)
    ]
    found = bench("curves.exponents").exponents(runs, "ours", (1, 2, 4, 8))
    assert found == pytest.approx({"median": 1.5, "lower": 1.0, "upper": 2.25})


def test_a_curve_has_a_row_for_each_size_and_its_ratio(bench):
    fits = bench("curves.fits")
    curve = fits.Curve(
        "a fit",
        "rows",
        (1_000, 2_000, 4_000, 8_000),
        lambda n: {
            fits.OURS: lambda: np.ones(10 * n).sum(),
            fits.SKLEARN: lambda: np.ones(40 * n).sum(),
        },
    )
    row, details = fits.measure(curve, quick=True)
    assert (row["sizes"], row["fitted"]) == ([1_000, 8_000], [4_000, 8_000])
    assert [each["size"] for each in details] == [1_000, 2_000, 4_000, 8_000]
    assert {each["theirs_threads"] for each in details} <= set(fits.THREADS)
    assert row["ratio"] == details[-1]["ratio"]
    alone = fits.Curve("a", "rows", (1, 2, 3, 4), lambda n: {fits.OURS: lambda: None})
    row, details = fits.measure(alone, quick=True)
    assert "theirs_exponent" not in row
    assert row["ratio"] is None
    assert "ratio" not in details[0]


def test_curves_grow_and_have_an_upper_half(bench):
    fits, inspections = bench("curves.fits"), bench("curves.inspections")
    for curve in (*fits.CURVES.values(), *inspections.GROWTHS):
        assert list(curve.sizes) == sorted(set(curve.sizes))
        assert len(curve.sizes) >= 6
    names = [(curve.what, curve.grows) for curve in fits.CURVES.values()]
    assert len(set(names)) == len(names)


@pytest.mark.filterwarnings("ignore:.*aximum iterations")
def test_the_models_to_inspect_are_as_large_as_their_size(bench):
    rows, features, width, members = (
        growth.models(8 if growth.grows != "rows" else 40)[0]
        for growth in bench("curves.inspections").GROWTHS
    )
    assert rows._fit_X.shape[0] == 40
    assert features.coefs_[0].shape == (8, 16)
    assert [weights.shape[1] for weights in width.coefs_[:2]] == [8, 8]
    assert len(members) == 8


# JSON


def run_of(name, tables, *, quick=False, date="2026-01-01"):
    return {
        "benchmark": name,
        "quick": quick,
        "machine": {"date": date},
        "tables": [{"name": key, "rows": rows} for key, rows in tables.items()],
    }


def test_a_later_table_replaces_the_one_of_its_name(bench):
    merged = bench("_results").merge(
        [
            run_of("mlp", {"fits": [1], "memory": [2]}),
            run_of("pca", {"fits": [3]}),
            run_of("mlp", {"fits": [4]}, date="2026-02-02"),
        ]
    )
    rows = {key: table["rows"] for key, table in merged.items()}
    assert rows == {("mlp", "fits"): [4], ("mlp", "memory"): [2], ("pca", "fits"): [3]}
    assert merged["mlp", "fits"]["machine"]["date"] == "2026-02-02"
    assert merged["mlp", "memory"]["machine"]["date"] == "2026-01-01"


def test_a_quick_table_never_replaces_a_full_one(bench):
    full, quick = run_of("mlp", {"fits": [1]}), run_of("mlp", {"fits": [2]}, quick=True)
    merge = bench("_results").merge
    for order in ([full, quick], [quick, full]):
        assert merge(order)["mlp", "fits"]["rows"] == [1]
    assert merge([quick])["mlp", "fits"]["quick"]


def test_files_of_one_and_of_all_benchmarks_are_read(bench, tmp_path):
    results = bench("_results")
    one, both = run_of("mlp", {}), {"benchmarks": [run_of("pca", {}), run_of("keep", {})]}
    paths = [tmp_path / "new" / "one.json", tmp_path / "all.json"]
    for path, what in zip(paths, (one, both), strict=True):
        results.write(path, what)
    assert [each["benchmark"] for each in results.read(paths)] == ["mlp", "pca", "keep"]


def test_all_go_on_after_a_failure_and_are_written_one_by_one(bench, tmp_path):
    path, seen = tmp_path / "all.json", []

    def run(name, flags):
        if path.exists():
            seen.append(len(json.loads(path.read_text(encoding="utf-8"))["benchmarks"]))
        failed = {"error": "exit code 1\n"} if name == "b" else {}
        return run_of(name, {}) | {"seconds": 1.0} | failed

    found = list(bench("_suite").run_all("abc", ["--quick"], path, {"cores": 2}, run))
    assert [each["benchmark"] for each in found] == ["a", "b", "c"]
    assert seen == [1, 2]
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["quick"]
    assert written["machine"] == {"cores": 2}
    assert ["error" in each for each in written["benchmarks"]] == [False, True, False]


@pytest.mark.parametrize("code", [0, 3])
def test_what_a_failed_benchmark_measured_is_kept(bench, monkeypatch, tmp_path, capfd, code):
    """A stand-in for Python writes JSON as a benchmark does, says something, and exits."""
    stand_in = tmp_path / "python"
    stand_in.write_text(
        "#!/bin/sh\n"
        'test "$*" = "-m benchmarks mlp --json $5 --quick" || exit 9\n'
        'echo \'{"benchmark": "mlp", "quick": true, "tables": [{"name": "fits"}]}\' > "$5"\n'
        f"echo the reason >&2\nexit {code}\n",
        encoding="utf-8",
    )
    stand_in.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    found = bench("_suite").run_one("mlp", ["--quick"])
    assert found["tables"] == [{"name": "fits"}]
    assert found["seconds"] > 0
    assert found.get("error") == (f"exit code {code}\nthe reason\n" if code else None)
    assert "the reason" in capfd.readouterr().err


def test_a_benchmark_that_wrote_nothing_has_no_tables(bench, monkeypatch, tmp_path):
    stand_in = tmp_path / "python"
    stand_in.write_text("#!/bin/sh\nexit 2\n", encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    found = bench("_suite").run_one("mlp", [])
    assert (found["tables"], found["quick"]) == ([], False)
    assert found["error"].startswith("exit code 2")


@pytest.mark.parametrize("failing", [None, "pca"])
def test_all_runs_every_folder_and_exits_with_1_after_a_failure(
    bench, monkeypatch, tmp_path, capsys, failing
):
    main, suite = bench("__main__"), bench("_suite")
    called = []

    def run(name, flags):
        called.append((name, *flags))
        return run_of(name, {}) | {"seconds": 1.0} | ({"error": "1"} if name == failing else {})

    monkeypatch.setattr(suite.run_all, "__defaults__", (run,))
    path = tmp_path / "all.json"
    assert main.main(["all", "--quick", "--json", str(path)]) == (0 if failing is None else 1)
    folders = {p.parent.name.replace("_", "-") for p in ROOT.glob("benchmarks/*/__init__.py")}
    assert {name for name, _ in called} == folders
    assert {flag for _, flag in called} == {"--quick"}
    assert ("failed: pca" in capsys.readouterr().out) == (failing is not None)


@pytest.mark.parametrize("argv", [["--only", "fits"], ["--write", "page.md"]])
def test_all_refuses_what_belongs_to_one(bench, argv):
    with pytest.raises(SystemExit, match=r"one benchmark|without a file"):
        bench("__main__").main(["all", *argv])


def test_a_benchmark_that_fails_writes_what_it_has(bench, monkeypatch, tmp_path):
    main, mlp, tables = bench("__main__"), bench("mlp"), bench("_tables")

    def run(task):
        yield tables.Table("t", "title", [tables.Column("a", "what")], [{"a": 1}])
        raise RuntimeError("no memory")

    monkeypatch.setattr(mlp, "run", run)
    path = tmp_path / "mlp.json"
    with pytest.raises(RuntimeError, match="no memory"):
        main.main(["mlp", "--json", str(path)])
    assert json.loads(path.read_text(encoding="utf-8"))["tables"][0]["rows"] == [{"a": 1}]


# Pages


def test_a_page_is_found_by_its_markers(bench, tmp_path):
    main = bench("__main__")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.md").write_text("<!-- x: begin -->\n<!-- x: end -->\n", encoding="utf-8")
    (tmp_path / "y.md").write_text("said in a line: <!-- x: begin -->\n", encoding="utf-8")
    assert main._marked_page(tmp_path, "x") == tmp_path / "a" / "x.md"
    with pytest.raises(SystemExit, match="must be in one page"):
        main._marked_page(tmp_path, "z")


def test_every_benchmark_has_one_page(bench):
    main = bench("__main__")
    if not main.DOCS.is_dir():
        pytest.skip("the docs are not beside these tests")
    for name in set(main._names()) - {"scale"}:
        assert main._marked_page(main.DOCS, name).parent.name == "benchmarks"


def test_a_page_leaves_out_columns_and_tables_that_json_has(bench, tmp_path):
    main, tables = bench("__main__"), bench("_tables")
    columns = [tables.Column("a", "one"), tables.Column("b", "two", on_page=False)]
    shown = tables.Table("t", "shown", columns, [{"a": 1, "b": 2}], note=f"{tables.RATIOS} More.")
    hidden = tables.Table("h", "hidden", columns, [{"a": 1}], on_page=False)
    page = tmp_path / "page.md"
    page.write_text("<!-- x: begin -->\n<!-- x: end -->\n", encoding="utf-8")
    main._write_page(page, "x", "Measured here.", [shown, hidden], whole=True)
    text = page.read_text(encoding="utf-8")
    assert "| one |\n| --: |\n| 1 |\n\nMore.\n" in text
    assert "two" not in text
    assert "hidden" not in text
    assert shown.cells(shown.rows[0]) == ["1", "2"]


# Pictures


@pytest.fixture
def measured(bench):
    path = ROOT / "docs" / "_data" / "measured.json"
    if not path.is_file():
        pytest.skip("the docs are not beside these tests")
    return path


def test_pictures_are_drawn_of_the_tables_that_are_there(bench, measured, tmp_path):
    plot = bench("plot")
    drawn = plot.draw([measured], tmp_path)
    curves = {name for name in plot.PICTURES if "curves" in name}
    assert {path.name for path in drawn} == set(plot.PICTURES) - curves
    assert all(path.stat().st_size < 60_000 for path in drawn)
    assert plot.draw([], tmp_path) == []


def test_curves_are_drawn(bench, tmp_path):
    fits, inspections = bench("curves.fits"), bench("curves.inspections")
    slope, ratio = ({"median": 1.0, "lower": 0.9, "upper": 1.1} for _ in range(2))
    rows, details = [], []
    for curve in fits.CURVES.values():
        names = {"what": curve.what, "grows": curve.grows}
        span = {"fitted": [curve.sizes[3], curve.sizes[-1]]}
        exponents = {"ours_exponent": slope, "theirs_exponent": slope, "ratio": ratio}
        rows.append(names | span | exponents)
        for size in curve.sizes:
            times = {"ours_s": 1e-6 * size, "theirs_s": 2e-6 * size, "ratio": ratio}
            details.append(names | {"size": size} | times)
    calls = [
        {"call": call, "what": growth.what, "grows": growth.grows}
        for growth in inspections.GROWTHS
        for call in inspections.CALLS
    ]
    tables = [
        {"name": "fits", "rows": rows, "details": details},
        {
            "name": "inspections",
            "rows": [each | {"exponent": slope, "fitted": [4, 8]} for each in calls],
            "details": [
                each | {"size": n, "ours_s": 1e-3 * n} for each in calls for n in (2, 4, 8)
            ],
        },
    ]
    path = tmp_path / "curves.json"
    content = {"benchmark": "curves", "quick": True, "machine": {}, "tables": tables}
    path.write_text(json.dumps(content), encoding="utf-8")
    plot = bench("plot")
    drawn = plot.draw([path], tmp_path / "pictures")
    assert {path.name for path in drawn} == {n for n in plot.PICTURES if "curves" in n}


def test_the_pages_show_each_picture(bench):
    pages = sorted((ROOT / "docs" / "benchmarks").glob("*.md"))
    if not pages:
        pytest.skip("the docs are not beside these tests")
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    for name in bench("plot").PICTURES:
        assert f"(../images/{name})" in text, name
