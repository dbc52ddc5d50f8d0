"""The time of fitting and probing every estimator of scikit-learn."""

import time
import warnings

from benchmarks._tables import Column, Table, number, time_text, yes_no
from benchmarks._task import Task
from skparams import probe
from skparams._probe import METHODS

_BAR = 60.0  # seconds


def probing(task: Task) -> Table:
    """Time fitting and probing of every estimator that has a method to call."""
    from tests.all_estimators import fit, instances, names

    chosen = names()[::10] if task.quick else names()
    fits = probes = 0.0
    n_estimators = 0
    verdicts = dict.fromkeys(("used", "unused", "not tried"), 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated classes are estimators too
        for name in chosen:
            for estimator in instances(name):
                start = time.perf_counter()
                _, X, _ = fit(estimator)
                fitted = time.perf_counter()
                fits += fitted - start
                if not any(hasattr(estimator, method) for method in METHODS):
                    continue
                if name == "SkewedChi2Sampler":  # fit accepts values that transform refuses
                    X = abs(X)
                found = probe(estimator, X, max_calls=100_000)
                probes += time.perf_counter() - fitted
                n_estimators += 1
                for each in found.attributes:
                    verdicts[each.verdict] += 1
    return Table(
        "probing",
        "probe: every estimator of scikit-learn that has something to call",
        [
            Column("n", "estimators", number(0)),
            Column("used", "used", number(0)),
            Column("unused", "unused", number(0)),
            Column("not tried", "not tried", number(0)),
            Column("fits_s", "fits", time_text),
            Column("probes_s", "probes", time_text),
            Column("seconds", "together", time_text),
            Column("bar", "below"),
            Column("met", "met", yes_no),
        ],
        [
            {
                "n": n_estimators,
                **verdicts,
                "fits_s": fits,
                "probes_s": probes,
                "seconds": fits + probes,
                "bar": f"{_BAR:.0f} s",
                "met": fits + probes < _BAR,
            }
        ],
    )
