"""What Specs of estimators made of others share: defaults, folds, and the shape of their data."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import replace
from importlib import import_module
from numbers import Integral
from typing import Any

from skparams._records import DataShape, NotKnown, Unknown

__all__ = ["dropped", "in_folds", "made", "n_folds", "one_target", "two_classes"]


def made(name: str, params: Mapping[str, Any] | None = None) -> Any:
    """Return the estimator that stands in where none was given.

    Parameters
    ----------
    name : str
        Module and class. They are imported here: whoever uses them has imported them.
    params : mapping, default=None
        Hyperparameters.

    Returns
    -------
    estimator
        Not fitted.
    """
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)(**(params or {}))


def dropped(estimator: Any) -> bool:
    """Say whether there is no estimator in this place."""
    return estimator is None or (
        isinstance(estimator, str) and estimator in ("drop", "passthrough")
    )


def n_folds(cv: Any) -> int:
    """Return the number of splits that ``cv`` makes. Raises NotKnown where it has to see X."""
    if cv is None:
        return 5
    if isinstance(cv, Integral):
        return int(cv)
    if hasattr(cv, "get_n_splits"):
        try:
            return int(cv.get_n_splits())
        except (TypeError, ValueError) as error:
            raise NotKnown("depends on the number of splits that cv makes") from error
    if isinstance(cv, Sized):
        return len(cv)
    raise NotKnown("depends on the number of splits that cv makes")


def in_folds(data: DataShape) -> DataShape:
    """Return the shape of the part of the data that a split trains on."""
    return replace(data, rows=Unknown("depends on the rows in each split"))


def one_target(data: DataShape) -> DataShape:
    """Return the shape of the data with one column of y."""
    return replace(data, targets=1)


def two_classes(data: DataShape) -> DataShape:
    """Return the shape of the data where one class is told from others."""
    return replace(data, targets=1, classes=2)
