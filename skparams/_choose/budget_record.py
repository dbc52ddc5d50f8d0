"""What ``fit_budget`` returns: the settings that meet a budget, and the next that do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal

from sklearn.base import clone

from skparams._records import Count, Unknown, low_high
from skparams._report import (
    Column,
    Frame,
    Page,
    Report,
    Row,
    Section,
    clean,
    left_out,
    number,
    plural,
    size,
    upper,
)

Verdict = Literal["meets", "may exceed", "exceeds", "unknown", "refused"]
_STYLES = {"meets": "", "may exceed": "accent"}
_ENDS = ("", "_low", "_high")
_MAX_MEETING, _MAX_OTHERS, _MAX_REASONS = 12, 3, 3


@dataclass(frozen=True, slots=True)
class Setting:
    """Hyperparameters, what the estimator would learn with them, and whether it meets the budget.

    Parameters
    ----------
    params : tuple of (str, str)
        The hyperparameters, each with its value as text.
    verdict : {"meets", "may exceed", "exceeds", "unknown", "refused"}
        ``"meets"`` says that it does so for any data of the shape: of Bounds, the upper one does.
    count, bytes : int, Bounds or Unknown
        How many numbers are learned, and their bytes.
    used : float or None
        The largest share of the budget that may be used, above 1 where it exceeds it.
    reason : str or None
        Why nothing is known, or why ``fit`` refuses the values.
    """

    params: tuple[tuple[str, str], ...]
    verdict: Verdict
    count: Count
    bytes: Count
    used: float | None = None
    reason: str | None = None
    _values: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class Budget(Report):
    """The settings that meet a budget, largest first.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        Class of the estimator.
    max_params, max_bytes : int or None
        The budget; one of both.
    settings : tuple of Setting
        Those that meet it, largest first. Of one hyperparameter, the largest only.
    n_smaller : int or None
        Of one hyperparameter, how many smaller values meet it too; None if there is no end to them.
    exceeding : tuple of Setting
        Those that exceed it, or may do so, smallest first. Of one hyperparameter, the next value
        only.
    unknown : tuple of Setting
        Those of which nothing is known, and those that ``fit`` refuses, with their reasons.
    limited_by : str or None
        Of one hyperparameter, why there is no next value that exceeds the budget.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from skparams import fit_budget
    >>> found = fit_budget(PCA(), max_params=1000, n_samples=500, n_features=64)
    >>> found.best_params, found.settings[0].count, found.exceeding[0].count
    ({'n_components': 14}, 960, 1024)
    """

    class_name: str
    max_params: int | None
    max_bytes: int | None
    settings: tuple[Setting, ...]
    n_smaller: int | None = 0
    exceeding: tuple[Setting, ...] = ()
    unknown: tuple[Setting, ...] = ()
    limited_by: str | None = None

    @property
    def best_params(self) -> dict[str, Any]:
        """The hyperparameters of the largest setting that meets the budget, for ``set_params``."""
        values = self.settings[0]._values
        return {name: clone(value, safe=False) for name, value in values.items()}

    def _page(self) -> Page:
        limit = (
            plural(self.max_params, "parameter")
            if self.max_params is not None
            else size(self.max_bytes)
        )
        names = self._names()
        columns = [
            Column("settings", least=10),
            *(Column(clean(name), least=8, wraps="fold", code=True) for name in names),
            Column("count", right=True, drop=self.max_params is None),
            Column("bytes", right=True, drop=self.max_bytes is None),
            Column("of the budget", right=True, drop=2),
        ]
        rows = [
            *_rows(self.settings, names, columns, _MAX_MEETING, self.n_smaller or 0),
            *_rows(self.exceeding, names, columns, _MAX_OTHERS),
            *_rows(self.unknown, names, columns, _MAX_OTHERS),
        ]
        about = [clean(self.class_name), f"budget of {limit}"]
        return Page(about, [Section(columns, rows, self._notes())])

    def _notes(self) -> list[str]:
        notes = []
        if any(each.verdict == "may exceed" for each in self.exceeding):
            notes.append("may exceed: fit decides how much is learned, up to the larger number")
        each_reason = (self.limited_by, *(each.reason for each in self.unknown))
        reasons = [reason for reason in dict.fromkeys(each_reason) if reason]
        notes += [clean(reason) for reason in reasons[:_MAX_REASONS]]
        if more := len(reasons[_MAX_REASONS:]):
            notes.append(f"{plural(more, 'reason')} more")
        return notes

    def _frame(self) -> Frame:
        columns = {
            **dict.fromkeys(("verdict", *(f"param_{name}" for name in self._names())), "object"),
            **{f"{name}{end}": "Int64" for name in ("count", "bytes") for end in _ENDS},
            "used": "float64",
            "reason": "object",
        }
        return columns, (_record(each) for each in self._all())

    def _all(self) -> tuple[Setting, ...]:
        return self.settings + self.exceeding + self.unknown

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for each in self._all() for name, _ in each.params))


def share(count: Count, limit: int) -> float | None:
    """The share of the budget that a count takes at most; infinite where no float is as large."""
    if isinstance(count, Unknown):
        return None
    try:
        return float(Fraction(upper(count), limit))
    except OverflowError:
        return float("inf")


def _rows(
    settings: Sequence[Setting],
    names: Sequence[str],
    columns: Sequence[Column],
    limit: int,
    n_more: int = 0,
) -> list[Row]:
    """The rows of the first settings, and how many are left out."""
    shown = settings if len(settings) <= limit + 1 else settings[:limit]
    n_more += len(settings) - len(shown)
    what = "smaller" if settings and settings[0].verdict == "meets" else "more"
    return [*(_row(each, names) for each in shown), *left_out(n_more, columns, what)]


def _row(setting: Setting, names: Sequence[str]) -> Row:
    params = dict(setting.params)
    values = [clean(params.get(name, "")) for name in names]
    cells = [setting.verdict, *values, number(setting.count), size(setting.bytes)]
    return Row([*cells, _percent(setting.used)], _STYLES.get(setting.verdict, "dim"))


def _percent(used: float | None) -> str:
    """A share in percent, rounded so that 100 % is reached only where the budget is."""
    if used is None:
        return ""
    if used > 10:
        return f"{used:,.3g} ×" if used < 1e6 else f"{used:.2e} ×"
    return f"{floor(1000 * used) / 10 if used <= 1 else ceil(1000 * used) / 10:.1f} %"


def _record(setting: Setting) -> dict[str, Any]:
    cells: dict[str, Any] = {f"param_{name}": value for name, value in setting.params}
    for name, count in (("count", setting.count), ("bytes", setting.bytes)):
        low, high = (None, None) if isinstance(count, Unknown) else low_high(count)
        exact = count if isinstance(count, int) else None
        cells |= {name: exact, f"{name}_low": low, f"{name}_high": high}
    reason = {"used": setting.used, "reason": setting.reason}
    return {"verdict": setting.verdict, **cells, **reason}
