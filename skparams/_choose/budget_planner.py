"""Settings of an estimator: each planned, and compared with the budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sklearn.base import clone

from skparams._choose.budget_record import Setting, Verdict, share
from skparams._compat import may_be
from skparams._plan import Plan, plan_of, read_data
from skparams._records import Count, DataShape, Unknown, low_high
from skparams._report import number
from skparams.specs import estimators_in, short_repr

_FUNCTION = "fit_budget"


class Planner:
    """Plans an estimator with other hyperparameters, for the same data and one budget."""

    def __init__(
        self,
        estimator: Any,
        data: tuple[Any, Any, Mapping[str, Any]],
        *,
        max_params: int | None,
        max_bytes: int | None,
    ) -> None:
        self._data = data
        self._by_bytes = max_params is None
        limit = max_bytes if max_params is None else max_params
        assert limit is not None
        self.limit = limit
        self._shape = self._read(estimator)
        self._estimator = estimator
        self.copy = self.new()

    def new(self) -> Any:
        """A clone of the estimator."""
        try:
            return clone(self._estimator)
        except Exception as error:
            raise ValueError(
                f"{_FUNCTION}: the estimator must be one that clone() can copy, got "
                f"{type(self._estimator).__name__} ({type(error).__name__}: {error})."
            ) from error

    def _read(self, estimator: Any) -> DataShape:
        X, y, given = self._data
        try:
            return read_data(estimator, X, y, given)
        except (TypeError, ValueError) as error:
            raise type(error)(str(error).replace("plan:", f"{_FUNCTION}:", 1)) from None

    @property
    def class_name(self) -> str:
        """The estimator's."""
        return type(self._estimator).__name__

    def plan(self) -> Plan:
        """The plan of the estimator as it is."""
        return plan_of(self.copy, self._shape)

    def size(self, setting: Setting) -> Count:
        """What is compared with the budget."""
        return setting.bytes if self._by_bytes else setting.count

    def ends(self, setting: Setting) -> tuple[int, int] | None:
        """Both ends of what is compared with the budget, None where it is not known."""
        size = self.size(setting)
        return None if isinstance(size, Unknown) else low_high(size)

    def highest(self, setting: Setting) -> tuple[int, int]:
        """What a known setting is sorted by: the upper end, and the lower one."""
        low, high = self.ends(setting) or (0, 0)
        return high, low

    def nothing_meets(self, smallest: Setting) -> str:
        """The error where even the smallest setting does not meet the budget."""
        name = "max_bytes" if self._by_bytes else "max_params"
        params = ", ".join(f"{key}={value}" for key, value in smallest.params)
        unit = "bytes" if self._by_bytes else "parameters"
        return (
            f"{_FUNCTION}: nothing meets {name}={self.limit:,}: the smallest setting, {params}, "
            f"learns {number(self.size(smallest))} {unit}."
        )

    def setting(self, values: Mapping[str, Any], estimator: Any) -> Setting:
        """Plan an estimator that gets these values.

        Raises ValueError for a name that it does not have, as ``set_params`` does.
        """
        params = tuple((name, short_repr(value)) for name, value in values.items())
        # Copies, as setting something in an estimator changes it.
        estimator.set_params(**{name: clone(value, safe=False) for name, value in values.items()})

        def without_count(verdict: Verdict, reason: str) -> Setting:
            unknown = Unknown(reason)
            return Setting(params, verdict, unknown, unknown, None, reason, dict(values))

        classes = classes_in(estimator, values)
        for name, value in values.items():
            if not may_be(classes[name], name.rpartition("__")[2], value):
                return without_count("refused", f"fit refuses {name}={short_repr(value)}")
        replaced = any(True for value in values.values() for _ in estimators_in("", value))
        plan = plan_of(estimator, self._read(estimator) if replaced else self._shape)
        totals = plan.totals
        count = totals.bytes if self._by_bytes else totals.stored
        if plan.refused:
            return without_count("refused", "; ".join(plan.refused))
        if isinstance(count, Unknown):
            return without_count("unknown", count.reason)
        low, high = low_high(count)
        verdict: Verdict = "exceeds" if low > self.limit else "may exceed"
        if high <= self.limit:
            verdict = "meets"
        used = share(count, self.limit)
        return Setting(params, verdict, totals.stored, totals.bytes, used, None, dict(values))


def classes_in(estimator: Any, names: Iterable[str]) -> dict[str, type]:
    """The classes that hyperparameters belong to, by their names."""
    owners = {name: name.rpartition("__")[0] for name in names}
    params = estimator.get_params(deep=True) if any(owners.values()) else {}
    return {name: type(params.get(owner, estimator)) for name, owner in owners.items()}
