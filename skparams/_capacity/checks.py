"""What only a capacity curve takes, checked before the first fit."""

from __future__ import annotations

import numbers
import reprlib
from collections.abc import Iterable, Mapping, Set
from typing import Any

from sklearn.base import clone

WHAT = "capacity_curve"


def check_error_score(error_score: Any) -> None:
    if error_score != "raise" and not isinstance(error_score, numbers.Real):
        raise ValueError(
            f"{WHAT}: error_score must be 'raise' or a number, got {reprlib.repr(error_score)}."
        )


def values_of(param_range: Any) -> list[Any]:
    if isinstance(param_range, str | bytes | Mapping | Set) or not isinstance(
        param_range, Iterable
    ):
        raise TypeError(
            f"{WHAT}: param_range must be values in an order, as in a list, "
            f"got {reprlib.repr(param_range)}."
        )
    values = list(param_range)
    if not values:
        raise ValueError(f"{WHAT}: param_range must have at least one value, got none.")
    return values


def with_value(estimator: Any, param_name: Any, value: Any) -> Any:
    """An unfitted copy with a value of the hyperparameter."""
    try:
        return clone(estimator).set_params(**{param_name: clone(value, safe=False)})
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"{WHAT}: param_name must be a hyperparameter of {type(estimator).__name__}, "
            f"got {param_name!r}: {error}"
        ) from error
