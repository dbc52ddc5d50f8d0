"""Ranks and wins over tables, from the rows of figures that each (table, model) has."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.stats import friedmanchisquare, rankdata, studentized_range

from benchmarks.tabular.peers import BOOSTING, LABELS, MLP, OURS, STOPPED
from benchmarks.tabular.scores import GREATER


@dataclass(frozen=True)
class Scores:
    """One metric: tables by models, lower is better, infinite where a model failed."""

    metric: str
    models: tuple[str, ...]
    values: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[dict], metric: str) -> "Scores":
        """Collect a metric from the rows of the tables that have it, for models on all of them."""
        by_table: dict[str, dict[str, dict]] = {}
        for row in rows:
            by_table.setdefault(row["table"], {})[row["model"]] = row
        kept = [t for t in by_table.values() if any(r.get(metric) is not None for r in t.values())]
        models = tuple(name for name in LABELS if kept and all(name in table for table in kept))
        sign = -1 if metric in GREATER else 1
        values = [[_value(table[name], metric, sign) for name in models] for table in kept]
        return cls(metric, models, np.array(values).reshape(len(kept), len(models)))

    @property
    def ranks(self) -> np.ndarray:
        """Ranks in each table, 1 the best; equal ones share their mean, failures the last."""
        return rankdata(self.values, axis=1) if self.values.size else self.values

    def mean_ranks(self) -> dict[str, float]:
        """Mean rank of each model."""
        return dict(zip(self.models, self.ranks.mean(axis=0).tolist(), strict=True))

    def share(self, peer: str, *, ties: bool = False) -> float | None:
        """Share of tables where ours is better than a peer, or with ``ties`` at least as good."""
        if not len(self.values) or not {OURS, peer} <= set(self.models):
            return None
        ours, theirs = (self.values[:, self.models.index(name)] for name in (OURS, peer))
        return float(np.mean((ours <= theirs) & np.isfinite(ours) if ties else ours < theirs))

    def friedman_p(self) -> float | None:
        """Friedman's p-value that all models rank alike; None for fewer than three of them."""
        if len(self.models) < 3 or len(self.values) < 2:
            return None
        return float(friedmanchisquare(*self.ranks.T).pvalue)

    def critical_difference(self, level: float = 0.05) -> float | None:
        """Mean ranks further apart than this differ by Nemenyi's test (Demšar 2006)."""
        n_tables, k = self.values.shape
        if k < 2 or not n_tables:
            return None
        quantile = studentized_range.ppf(1 - level, k, np.inf) / np.sqrt(2)
        return float(quantile * np.sqrt(k * (k + 1) / (6 * n_tables)))


def _value(row: dict, metric: str, sign: int) -> float:
    value = row.get(metric)
    return np.inf if value is None else sign * value


def bars(rows: list[dict]) -> list[dict]:
    """Return what is asked of ours, what was reached, and whether that is enough."""
    found = {metric: Scores.of(rows, metric) for metric in ("log_loss", "brier", "accuracy", "r2")}
    loss, brier = found["log_loss"], found["brier"]
    lines = [
        ("log-loss below HistGradientBoosting", loss.share(BOOSTING), 0.75, loss),
        ("log-loss below its early-stopping form", loss.share(STOPPED), 0.60, loss),
        ("log-loss below our MLP behind a scaler", loss.share(MLP), 0.75, loss),
        ("Brier score at most boosting's", brier.share(BOOSTING, ties=True), 0.70, brier),
    ]
    shares = [
        {
            "what": what,
            "tables": len(scores.values),
            "share": share,
            "bar": f"at least {least:.0%}",
            "met": share >= least,
        }
        for what, share, least, scores in lines
        if share is not None
    ]
    return shares + [
        {
            "what": f"mean rank of {label} among all",
            "tables": len(scores.values),
            "place": place,
            "bar": "first or second",
            "met": place <= 2,
        }
        for label, scores in (("accuracy", found["accuracy"]), ("R²", found["r2"]))
        if (place := _place(scores)) is not None
    ]


def _place(scores: Scores) -> int | None:
    """The place of ours by mean rank: one more than the number of models with a lower one."""
    if OURS not in scores.models or not len(scores.values):
        return None
    means = scores.mean_ranks()
    return 1 + sum(value < means[OURS] for value in means.values())
