"""What the simulation says of 10, 100 and 1,000 workers, from what one and two cost."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks._tables import Column, Table, number, time_text
from benchmarks._task import Task
from benchmarks.scale.calibration import N_BLOCKS, N_FEATURES, Costs, calibrate, fit_s, of_width
from benchmarks.scale.picture import draw
from benchmarks.scale.simulate import simulate, star, stragglers, tree

WORKERS = (1, 2, 10, 100, 1_000)
FEATURES = (50, 500, 2_000)
SIZES = (50, 500, 5_000, 50_000)  # in blocks
_SPREAD = 0.2  # of the logarithms of the workers' speeds
_NETWORK = 1.25e9  # bytes per second of a link of 10 Gbit/s
# In a network between machines a message takes about so much longer than here.
_FAR_S = 2e-4


def _text(count: Any) -> str:
    return f"{count:,.3g}" if count < 1e6 else f"{count:.0e}"


def _costs_table(costs: Costs, walls: dict[int, float]) -> Table:
    """Return what was measured, and how far simulated fits are from measured ones."""
    rows = [
        {"what": "scheduler, a task", "value": time_text(costs.task_s)},
        {"what": "message", "value": time_text(costs.latency_s)},
        {"what": "from worker to worker", "value": f"{costs.bytes_per_s / 1e6:,.0f} MB/s"},
        {
            "what": f"block of {costs.block_rows:,} × {N_FEATURES}",
            "value": time_text(costs.block_s),
        },
        {"what": f"merge, {N_FEATURES} × {N_FEATURES}", "value": time_text(costs.merge_s)},
        {"what": "before and after the tasks", "value": time_text(costs.caller_s)},
    ]
    for n_workers, wall in walls.items():
        simulated, _ = fit_s(costs, n_workers, N_BLOCKS)
        rows.append(
            {
                "what": f"fit of {N_BLOCKS} blocks, {n_workers} worker{'s'[: n_workers - 1]}",
                "value": time_text(wall),
                "simulated": time_text(simulated),
                "error": 100 * (simulated / wall - 1),
            }
        )
    return Table(
        "costs",
        "What the simulation takes from this machine",
        [
            Column("what", "", left=True),
            Column("value", "measured"),
            Column("simulated", "simulated"),
            Column("error", "error", number(0, " %")),
        ],
        rows,
    )


def _fits_table(costs: Costs) -> Table:
    """Return the times of fits of so many rows on so many workers."""
    table = Table(
        "workers",
        f"Simulated: PCA().fit, {N_FEATURES} features, blocks of {costs.block_rows:,} rows",
        [
            Column("rows", "rows", _text),
            *(Column(str(n), f"{n:,} worker{'s'[: n - 1]}", time_text) for n in WORKERS),
            Column("best", "no gain beyond,\nworkers", number(0)),
            Column("slow", "100, one of them\ntakes twice as long", time_text),
        ],
        note=(
            "No gain: twice as many take more than 0.9 of the time. A row of the table is a data "
            "set that the workers hold."
        ),
    )
    for n_blocks in SIZES:
        n_rows = n_blocks * costs.block_rows
        times = {n: fit_s(costs, min(n, n_blocks), n_blocks)[0] for n in WORKERS}
        row: dict[str, Any] = {"rows": n_rows, **{str(n): times[n] for n in WORKERS}}
        row["best"] = _no_gain_beyond(costs, n_blocks)
        slowness = [2.0] + [1.0] * 99
        if n_blocks >= len(slowness):
            row["slow"] = fit_s(costs, len(slowness), n_blocks, slowness)[0]
        table.rows.append(row)
    return table


def _no_gain_beyond(costs: Costs, n_blocks: int) -> int:
    """Return the number of workers, a power of two, whose double saves less than a tenth."""
    n, before = 1, fit_s(costs, 1, n_blocks)[0]
    while 2 * n <= min(n_blocks, 4096):
        after = fit_s(costs, 2 * n, n_blocks)[0]
        if after > 0.9 * before:
            break
        n, before = 2 * n, after
    return n


def _limits_table(costs: Costs) -> Table:
    """Return what takes the time as workers grow, with as many rows for each."""
    table = Table(
        "limits",
        f"Simulated: ten blocks of {costs.block_rows:,} × {N_FEATURES} for each worker",
        [
            Column("workers", "workers", number(0)),
            Column("rows", "rows", _text),
            Column("wall_s", "fit", time_text),
            Column("efficiency", "share of\none worker's speed", number(2)),
            Column("larger", "with blocks ten\ntimes as large", number(2)),
            Column("scheduler_s", "scheduler busy", time_text),
            Column("merges_s", "merges of the last\nblocks, end to end", time_text),
            Column("uneven_s", "fit with uneven\nworkers", time_text),
        ],
        note=(
            f"Uneven: speeds vary log-normally, by {100 * _SPREAD:.0f} %. Merges grow with the "
            "logarithm of the workers, the scheduler's work with their number."
        ),
    )
    larger = replace(costs, block_s=10 * costs.block_s)
    one, one_larger = (fit_s(each, 1, 10)[0] for each in (costs, larger))
    for n in WORKERS:
        wall, course = fit_s(costs, n, 10 * n)
        merges = tree(n, [0.0] * n, costs.merge_s, costs.result_bytes)
        table.rows.append(
            {
                "workers": n,
                "rows": 10 * n * costs.block_rows,
                "wall_s": wall,
                "efficiency": one / wall,
                "larger": one_larger / fit_s(larger, n, 10 * n)[0],
                "scheduler_s": course.scheduler_s,
                "merges_s": simulate(costs.cluster(n), merges).wall_s,
                "uneven_s": fit_s(costs, n, 10 * n, stragglers(n, _SPREAD))[0],
            }
        )
    return table


def _features_table(costs: Costs) -> Table:
    """Return the cost of blocks of one size, of few and of many features."""
    counts = (1, 10, 100)
    table = Table(
        "features",
        f"Simulated: PCA().fit, ten blocks of {8 * costs.block_rows * N_FEATURES / 1e6:.0f} MB "
        "for each worker",
        [
            Column("features", "features", number(0)),
            Column("rows", "rows in\na block", number(0)),
            Column("block_s", "block,\nmeasured", time_text),
            Column("caller_s", "end,\nmeasured", time_text),
            Column("result_mb", "result of\na block", number(2, " MB")),
            *(Column(str(n), f"{n:,} worker{'s'[: n - 1]}", time_text) for n in counts),
            Column("moved_mb", "moved between\n100 workers", number(0, " MB")),
        ],
    )
    for n_features in FEATURES:
        wide = of_width(costs, n_features)
        tasks = tree(100, [0.0] * 1_000, 0.0, wide.result_bytes)
        moved = sum(
            tasks[earlier].n_bytes
            for task in tasks
            for earlier in task.needs
            if tasks[earlier].worker != task.worker
        )
        row = {"features": n_features, "rows": wide.block_rows, "block_s": wide.block_s}
        row |= {"caller_s": wide.caller_s, "result_mb": wide.result_bytes / 1e6}
        row |= {str(n): fit_s(wide, n, 10 * n)[0] for n in counts}
        table.rows.append(row | {"moved_mb": moved / 1e6})
    return table


def _rounds_table(costs: Costs) -> Table:
    """Return the times of rounds of local SGD, collected by one task and merged as a tree."""
    table = Table(
        "rounds",
        "Simulated: a round of local SGD, a block of ten seconds on each worker",
        [
            Column("parameters", "parameters", _text),
            Column("workers", "workers", number(0)),
            Column("bytes", "bytes moved\nin a round", _text),
            Column("star_s", "averaged by\none task", time_text),
            Column("tree_s", "averaged\nas a tree", time_text),
        ],
    )
    far = replace(costs, latency_s=costs.latency_s + _FAR_S, bytes_per_s=_NETWORK)
    for n_parameters in (10**4, 10**6, 10**8):
        n_bytes = 8 * n_parameters
        add_s = n_bytes / 5e9  # as fast as memory is read and written
        for n in WORKERS[2:]:
            # Each worker gets the common weights before and sends its own afterwards.
            spread_s = n * n_bytes / _NETWORK
            cluster, blocks = far.cluster(n), [10.0] * n
            table.rows.append(
                {
                    "parameters": n_parameters,
                    "workers": n,
                    "bytes": 2 * n * n_bytes,
                    "star_s": spread_s + simulate(cluster, star(n, blocks, add_s, n_bytes)).wall_s,
                    "tree_s": spread_s + simulate(cluster, tree(n, blocks, add_s, n_bytes)).wall_s,
                }
            )
    return table


def _pays_table(costs: Costs) -> Table:
    """Return the fewest rows for which workers are faster than one process with all in memory."""
    table = Table(
        "pays",
        f"Simulated: from which size workers pay, {N_FEATURES} features",
        [
            Column("workers", "workers", number(0)),
            Column("rows", "rows from which a fit is faster\nthan that of one process", _text),
        ],
        note="Two blocks for each worker, as large as the rows make them.",
    )
    for n in WORKERS[1:]:
        for n_rows in (round(10 ** (k / 10)) for k in range(30, 101)):
            block_s = costs.block_s * n_rows / (2 * n) / costs.block_rows
            if fit_s(replace(costs, block_s=block_s), n, 2 * n)[0] < n_rows * costs.alone_s_per_row:
                table.rows.append({"workers": n, "rows": n_rows})
                break
    return table


def simulated(task: Task) -> Iterator[Table]:
    """Yield the tables of the simulation, and what it was calibrated with."""
    costs, walls = calibrate(task)
    yield _costs_table(costs, walls)
    for table in (_pays_table, _fits_table, _limits_table, _features_table, _rounds_table):
        yield table(costs)
    if path := task.options.get("picture"):
        draw(_times(costs), walls, path)


def _times(costs: Costs) -> dict[int, dict[int, float]]:
    """Return seconds by rows and workers, from the data that was measured on."""
    counts = [2**k for k in range(11)]
    return {
        n_blocks * costs.block_rows: {
            n: fit_s(costs, n, n_blocks)[0] for n in counts if n <= n_blocks
        }
        for n_blocks in (N_BLOCKS, *SIZES)
    }
