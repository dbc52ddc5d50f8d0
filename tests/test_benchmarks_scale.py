"""The benchmarks of data in blocks: what they compute must be right before it is quoted."""

import importlib
from math import log2
from pathlib import Path

import numpy as np
import pytest

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
