"""Fits beside scikit-learn's: both dtypes, one and two BLAS threads, bare and behind a scaler."""

import time
import warnings
from collections.abc import Callable

from sklearn.neural_network import MLPClassifier as Theirs
from sklearn.preprocessing import StandardScaler

from benchmarks._alternate import Run, alternate, ratio, typical
from benchmarks._machine import THREADS, blas_threads, peak_gflops
from benchmarks._tables import RATIOS, Column, Table, number, ratio_text, time_text, yes_no
from benchmarks._task import Task
from benchmarks.mlp.works import DTYPES, WORKS, Work
from skparams import MLPClassifier as Ours

OURS, THEIRS = "skparams", "scikit-learn"
_ALL = THREADS[-1]
_THREADS_TEXT = " / ".join(map(str, THREADS))
_CLASSES = {OURS: Ours, THEIRS: Theirs}


class Side:
    """One library at one number of BLAS threads; keeps its last model, for the score.

    Behind a scaler, only the network's own fit is timed, right after the scaler has worked.
    """

    def __init__(
        self,
        make: Callable[[], object],
        data: tuple,
        threads: int,
        fits: int,
        scaled: bool = False,
    ) -> None:
        self.make, self.data, self.threads, self.fits = make, data, threads, fits
        self.scaled = scaled

    def __call__(self) -> float:
        X, y, _, _ = self.data
        taken = 0.0
        with blas_threads(self.threads):
            for _ in range(self.fits):
                model = self.make()
                inputs = StandardScaler().fit_transform(X) if self.scaled else X
                start = time.perf_counter()
                model.fit(inputs, y)
                taken += time.perf_counter() - start
        self.model = model
        return taken

    def score(self) -> float:
        """Return the accuracy on the held-out rows."""
        return float(self.model.score(*self.data[2:]))


def _faster(runs: list[Run], library: str) -> int:
    """Return the number of threads at which a library was faster."""
    tried = {run.side[1] for run in runs if run.side[0] == library}
    return min(tried, key=lambda threads: typical(runs, (library, threads)))


def _worth_repeating(runs: list[Run]) -> list:
    """Return the sides of the further rounds: all, unless a setting of the peer is clearly slower.

    What stays still alternates between the libraries.
    """
    at = _faster(runs, THEIRS)
    best = typical(runs, (THEIRS, at))
    if all(typical(runs, (THEIRS, n)) < 1.15 * best for n in THREADS):
        return [run.side for run in runs]
    return [(OURS, _ALL), (THEIRS, at)]


def _behind_scaler(
    work: Work, data: tuple, theirs_at: int, *, seconds: float, least: int
) -> list[Run]:
    """Time both right after a StandardScaler, as in the Pipeline in which users run them."""
    sides = {
        (name, threads): Side(
            lambda cls=_CLASSES[name]: cls(**work.arguments()),
            data,
            threads,
            work.fits,
            scaled=True,
        )
        for name, threads in ((OURS, _ALL), (THEIRS, theirs_at))
    }
    return alternate(sides, seconds=seconds, least=least)


def _measure(work: Work, dtype: str, quick: bool) -> dict:
    """Return one row: every figure of one work in one dtype."""
    data = work.data(dtype)
    sides = {
        (name, threads): Side(
            lambda cls=_CLASSES[name]: cls(**work.arguments()), data, threads, work.fits
        )
        for threads in THREADS
        for name in (OURS, THEIRS)
    }
    for cls in _CLASSES.values():  # kernels and pools warm
        cls(**work.arguments(epochs=1)).fit(data[0][: 2 * work.batch], data[1][: 2 * work.batch])

    budget = 0.4 if quick else 9.0
    least = 1 if quick else 2 if work.heavy else 3
    runs = alternate(sides, seconds=budget, least=least, keep=_worth_repeating)
    at = _faster(runs, THEIRS)
    scaled = _behind_scaler(work, data, at, seconds=budget / 3, least=min(least, 2))
    ours, theirs = (OURS, _ALL), (THEIRS, at)
    ratios = {
        "after_other": ratio(runs, theirs, ours, "other"),
        "after_itself": ratio(runs, theirs, ours, "self"),
        "behind_scaler": ratio(scaled, theirs, ours, "other"),
        "one_thread": ratio(runs, theirs, (OURS, 1), "other"),
    }
    ours_at = {n: typical(runs, (OURS, n), "other") for n in THREADS}
    return {
        "work": work.label,
        "dtype": dtype,
        "epochs": work.epochs,
        "fits_a_run": work.fits,
        "rounds": max(run.round for run in runs) + 1,
        "theirs": {"seconds": ratios["after_other"]["slow_s"], "threads": at},
        "theirs_s_by_threads": {n: typical(runs, (THEIRS, n), "other") for n in THREADS},
        "ours_s": ratios["after_other"]["fast_s"],
        "ours_s_by_threads": ours_at,
        **ratios,
        "goal": work.goal(dtype),
        "met": min(ratios[key]["median"] for key in ("after_other", "behind_scaler"))
        >= work.goal(dtype),
        "gflops": {n: work.gflop() / ours_at[n] for n in THREADS},
        "scores": [sides[ours].score(), sides[theirs].score()],
    }


def _seconds(value: dict) -> str:
    return time_text(value["seconds"])


def _threads(value: dict) -> str:
    return str(value["threads"])


def _pair(value: list) -> str:
    return " ".join(f"{score:.3f}" for score in value)


def _shares(value: dict) -> str:
    return " / ".join(f"{share:.0%}" for share in value.values())


_COLUMNS = [
    Column("work", "work", left=True),
    Column("dtype", "", lambda dtype: dtype.replace("float", "f"), left=True),
    Column("theirs", "scikit-learn", _seconds),
    Column("theirs", "at\nthreads", _threads, on_page=False),
    Column("ours_s", "skparams", time_text),
    Column("after_other", "ratio after\nthe other", ratio_text(1)),
    Column("after_itself", "after\nitself", ratio_text(1), on_page=False),
    Column("behind_scaler", "behind\nscaler", ratio_text(1)),
    Column("one_thread", "on one\nthread", ratio_text(1), on_page=False),
    Column("goal", "goal", number(1)),
    Column("met", "met", yes_no),
    Column("share_of_peak", f"of peak on\n{_THREADS_TEXT}", _shares, on_page=False),
    Column("scores", "score, ours\nand theirs", _pair),
]


def _peaks(quick: bool) -> dict[tuple[str, int], float]:
    """Return np.dot's best rate now, for each dtype and number of threads."""
    seconds = 0.15 if quick else 0.5
    return {(dtype, n): peak_gflops(dtype, n, seconds=seconds) for dtype in DTYPES for n in THREADS}


def fits(task: Task) -> Table:
    """Return the table of fit times."""
    table = Table("fits", "fit, fixed epochs", _COLUMNS)
    peaks = _peaks(task.quick)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*batch_size.*")
        warnings.filterwarnings("ignore", message=".*aximum iterations.*")
        for name, work in WORKS.items():
            too_long = task.quick and work.heavy and name not in task.only
            if too_long or not task.wants("fits", name):
                continue
            for dtype in DTYPES:
                task.say(f"fits: {work.label}, {dtype}")
                chosen = work.short() if task.quick else work
                table.rows.append(_measure(chosen, dtype, task.quick))
    # Again at the end: a peak taken while the machine was busy would flatter the shares.
    peaks = {key: max(rate, peaks[key]) for key, rate in _peaks(task.quick).items()}
    for row in table.rows:
        row["peak_gflops"] = {n: peaks[row["dtype"], n] for n in THREADS}
        row["share_of_peak"] = {n: row["gflops"][n] / row["peak_gflops"][n] for n in THREADS}
    table.note = (
        f"{RATIOS} Ratios are scikit-learn's time, at the number of BLAS threads where it is "
        f"faster, over ours on {_ALL}; the times are those of the runs after the other library. A "
        "goal is met by the lower of the ratios after the other library and behind a scaler. "
        "Score: accuracy on held-out rows."
    )
    return table
