"""The benchmarks of data in blocks: what they compute must be right before it is quoted."""

import copy
import importlib
import warnings
from math import log2
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV
from sklearn.pipeline import make_pipeline

from skparams import PCA, MLPClassifier, ParamMonitor
from tests.clusters import local_cluster

ROOT = Path(__file__).parents[1]


@pytest.fixture
def scale(monkeypatch):
    """Import a module of the benchmarks, which are not installed with the package."""
    pytest.importorskip("distributed")
    if not (ROOT / "benchmarks").is_dir():
        pytest.skip("the benchmarks are not beside these tests")
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.scale.{name}")


@pytest.fixture
def simulate(scale):
    return scale("simulate")


FREE = {"task_s": 0.0, "latency_s": 0.0, "bytes_per_s": np.inf}


def test_one_worker_takes_the_sum_of_all_tasks(simulate):
    tasks = simulate.tree(1, [1.0] * 20, 0.1, 1000)
    course = simulate.simulate(simulate.Cluster(1, **FREE), tasks)
    assert course.wall_s == pytest.approx(20 + 19 * 0.1)
    assert course.transfers_s == 0


@pytest.mark.parametrize("n_workers", [2, 8, 64])
def test_a_worker_for_each_block_takes_a_block_and_a_merge_for_each_level(simulate, n_workers):
    cluster = simulate.Cluster(n_workers, **FREE)
    course = simulate.simulate(cluster, simulate.tree(n_workers, [1.0] * n_workers, 0.1, 1000))
    assert course.wall_s == pytest.approx(1 + 0.1 * log2(n_workers))


def test_a_level_costs_its_messages_and_its_transfer(simulate):
    cluster = simulate.Cluster(64, task_s=0.0, latency_s=0.01, bytes_per_s=1e6)
    course = simulate.simulate(cluster, simulate.tree(64, [1.0] * 64, 0.1, 10**6))
    # to the worker and back, then for each level the same, a merge, and a result that is fetched
    levels = log2(64) * (2 * 0.01 + 0.1 + 0.01 + 1.0)
    assert course.wall_s == pytest.approx(0.02 + 1.0 + levels + 1.0)


def test_a_slow_scheduler_bounds_the_rate(simulate):
    cluster = simulate.Cluster(1000, task_s=0.01, latency_s=0.0, bytes_per_s=np.inf)
    course = simulate.simulate(cluster, simulate.tree(1000, [0.001] * 4000, 0.0, 0))
    assert course.wall_s == pytest.approx(7999 * 0.01, rel=0.01)


def test_results_are_collected_one_after_another(simulate):
    cluster = simulate.Cluster(10, task_s=0.0, latency_s=0.0, bytes_per_s=1e6)
    course = simulate.simulate(cluster, simulate.star(10, [1.0] * 10, 0.0, 10**6))
    assert course.wall_s == pytest.approx(1 + 9 * 1.0 + 1.0)  # one is there, and one to the caller


def test_the_slowest_worker_decides(simulate):
    cluster = simulate.Cluster(4, **FREE, slowness=(1.0, 1.0, 3.0, 1.0))
    course = simulate.simulate(cluster, simulate.tree(4, [1.0] * 8, 0.0, 0))
    assert course.wall_s == course.busiest_s == pytest.approx(6.0)


@pytest.fixture
def start():
    """A network that knows both classes, and blocks of samples."""
    rng = np.random.default_rng(0)
    blocks = []
    for n_rows in (300, 500, 400):
        X = rng.standard_normal((n_rows, 4))
        blocks.append((X, (X[:, 0] > 0).astype(int)))
    model = MLPClassifier((8,), batch_size=20, learning_rate_init=0.03, random_state=0)
    return model.partial_fit(*blocks[0], classes=[0, 1]), blocks


def test_one_block_in_one_round_is_trained_by_partial_fit(scale, start):
    sgd = scale("local_sgd")
    model, (block, *_) = start
    params = model.get_fitted_params(structure=True)
    expected = clone(model).set_params(random_state=sgd.seed_of(7, 0, 0))
    expected.set_fitted_params(**params).partial_fit(*block).partial_fit(*block)
    sgd.local_sgd(model, [block], n_rounds=1, n_epochs=2, random_state=7)
    for name, value in model.get_fitted_params().items():
        assert np.array_equal(value, expected.get_fitted_params()[name])


def test_averages_are_weighted_by_rows(scale):
    results = [(300, {"a": np.array([1.0, 0.0])}), (100, {"a": np.array([5.0, 8.0])})]
    assert scale("local_sgd").average(results)["a"].tolist() == [2.0, 2.0]


@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
def test_local_sgd_learns_the_same_bits_in_any_order(scale, start, scheduler):
    import dask

    sgd = scale("local_sgd")
    model, blocks = start
    expected = sgd.local_sgd(copy.deepcopy(model), blocks, n_rounds=3)
    with dask.config.set(scheduler=scheduler, num_workers=3):
        again = sgd.local_sgd(model, blocks, n_rounds=3)
    assert np.array_equal(again.coefs_[0], expected.coefs_[0])
    assert again.score(*blocks[2]) > 0.95


def test_seeds_differ_between_rounds_and_blocks(scale):
    seed_of = scale("local_sgd").seed_of
    seeds = {seed_of(0, number, block) for number in range(50) for block in range(50)}
    assert len(seeds) == 2500


def test_blocks_of_files_are_those_that_were_written(scale, tmp_path):
    files, data = scale("files"), scale("data")
    blocks = data.Labeled(3, 20, 4)
    files.write_blocks(tmp_path, blocks)
    X, y = data.joined(blocks)
    read = files.FileBlocks(tmp_path, 25)
    assert [len(read[number][1]) for number in range(len(read))] == [25, 25, 10]
    again = data.joined(read)
    assert np.array_equal(again[0], X)
    assert np.array_equal(again[1], y)
    assert np.array_equal(files.array_of(tmp_path / "X.npy", 7).compute(scheduler="sync"), X)


def test_errors_leave_out_components_without_a_gap(scale):
    class Fitted:
        def __init__(self, values, components):
            self.explained_variance_, self.components_ = np.array(values), np.array(components)

    desired = Fitted([2.0, 1.0, 1.0], np.eye(3))
    actual = Fitted([2.0, 1.0, 1.1], [[-1.0, 0.25, 0], [0, 0, 1.0], [0, 1.0, 0]])
    values, components = scale("pca").errors(actual, desired)
    assert values == pytest.approx(0.1)
    assert components == 0.25


@pytest.mark.exhaustive
def test_searches_on_workers_give_the_scores_of_this_process():
    pytest.importorskip("distributed")
    from joblib import parallel_config

    X, y = load_digits(return_X_y=True)
    X, y = X[:300], y[:300]
    network = MLPClassifier((10,), max_iter=8, tol=0, random_state=0)
    grid = {"pca__n_components": [5, 10], "mlpclassifier__alpha": [1e-4, 10.0]}
    more = {"resource": "mlpclassifier__max_iter", "min_resources": 2, "max_resources": 8}
    searches = {
        "grid": GridSearchCV(make_pipeline(PCA(), network), grid, cv=2),
        "halving": HalvingGridSearchCV(
            make_pipeline(PCA(), network), grid, cv=2, random_state=0, **more
        ),
    }
    expected = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few epochs
        for name, search in searches.items():
            expected[name] = clone(search).fit(X, y).cv_results_["mean_test_score"]
        with local_cluster() as client:
            client.run(warnings.simplefilter, "ignore")
            for name, search in searches.items():
                monitored = clone(search)
                if hasattr(search, "set_callbacks"):
                    monitored.set_callbacks(monitor := ParamMonitor())
                with parallel_config(backend="dask", scatter=[X, y]):
                    monitored.fit(X, y)
                assert np.array_equal(monitored.cv_results_["mean_test_score"], expected[name])
                if hasattr(search, "set_callbacks"):
                    frame = monitor.to_frame()
                    assert frame["candidate"].nunique() == len(expected[name])


def test_each_table_of_the_simulation_follows_from_its_costs(scale, monkeypatch):
    simulated, calibration = scale("simulated"), scale("calibration")
    costs = calibration.Costs(0.001, 0.001, 1e9, 20_000, 0.3, 0.005, 0.1, 1.5e-5)
    costs_of = {50: costs, 500: costs, 2_000: costs}
    monkeypatch.setattr(simulated, "of_width", lambda costs, n_features: costs_of[n_features])
    tables = simulated._limits_table, simulated._features_table, simulated._rounds_table
    for table in (each(costs) for each in tables):
        for row in table.rows:
            assert all(cell != "–" for cell in table.cells(row))
    first, *_, last = simulated._limits_table(costs).rows
    assert first["efficiency"] == 1
    assert last["scheduler_s"] == pytest.approx(0.001 * 19_999)
    assert last["wall_s"] > last["scheduler_s"]
