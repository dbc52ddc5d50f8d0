"""What is known of the training data before fit, and the sizes that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skparams._records.counts import Bounds

__all__ = ["DataShape", "NotKnown", "Size", "Unknown", "resolve"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A size that is known after fit only.

    Parameters
    ----------
    reason : str
        What it depends on, as in ``"depends on the data's categories"``.
    """

    reason: str


class NotKnown(Exception):
    """Raised where a size needs what is not known of the data; the message is the reason."""


@dataclass(frozen=True, slots=True)
class DataShape:
    """The shape of the training data, as far as it is known before fit.

    Parameters
    ----------
    rows, columns, targets, classes : int, Bounds, Unknown or None
        What ``n_samples``, ``n_features``, ``n_outputs`` and ``n_classes`` return. Reading one that
        is None (not given) or Unknown raises ``NotKnown``, so that a size can be written as plain
        arithmetic. Sizes never meet Bounds: they are asked at both ends. ``classes`` is the number
        of classes in one column of y, None where no classifier is to be fitted.
    dtype : str
        Of X as the estimator gets it: ``"float32"``, or ``"float64"`` for all that becomes it.
    head : DataFrame, default=None
        X without its rows, where X has named columns: what selects columns by name or by dtype
        can be asked with it.
    """

    rows: int | Bounds | Unknown | None = None
    columns: int | Bounds | Unknown | None = None
    targets: int | Bounds | Unknown | None = None
    classes: int | Bounds | Unknown | None = None
    dtype: str = "float64"
    head: Any = field(default=None, compare=False)

    @property
    def n_samples(self) -> int:
        """Number of training rows."""
        return _known("n_samples", self.rows)

    @property
    def n_features(self) -> int:
        """Number of columns of X."""
        return _known("n_features", self.columns)

    @property
    def n_outputs(self) -> int:
        """Number of columns of y."""
        return _known("n_outputs", self.targets)

    @property
    def n_classes(self) -> int:
        """Number of classes in y."""
        return _known("n_classes", self.classes)


def _known(name: str, value: int | Bounds | Unknown | None) -> int:
    if value is None:
        raise NotKnown(f"needs {name}")
    if isinstance(value, Bounds):
        raise NotKnown(f"{name} is from {value.low:,} to {value.high:,}")
    if isinstance(value, Unknown):
        raise NotKnown(value.reason)
    return value


# A size before fit, from the data's shape and the hyperparameters. It may raise NotKnown.
Size = Callable[[DataShape, Mapping[str, Any]], int | Bounds | Unknown]


def resolve(
    name: str, sizes: Mapping[str, Size], data: DataShape, params: Mapping[str, Any]
) -> int | Bounds | Unknown:
    """Return how long an axis will be.

    Parameters
    ----------
    name : str
        Of a dim. A Spec's own size comes first, then what the data's shape says, then the value
        of the hyperparameter of that name; digits are themselves.
    sizes : mapping of str to callable
        Those of the Spec.
    data : DataShape
        What is known of the data.
    params : mapping
        The hyperparameters.

    Returns
    -------
    int, Bounds or Unknown
        Unknown says why.
    """
    try:
        if name in sizes:
            return sizes[name](data, params)
        if name in ("n_samples", "n_features", "n_outputs", "n_classes"):
            return int(getattr(data, name))
    except NotKnown as error:
        return Unknown(str(error))
    value = int(name) if name.isdigit() else params.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return Unknown(f"{name} is known after fit")
