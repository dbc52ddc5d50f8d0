"""What is known of the training data before fit, and the sizes that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from skparams._records.counts import Bounds, Count, Unknown

_NO_SAMPLES = Unknown("needs n_samples")
_NO_FEATURES = Unknown("needs n_features")
_NO_OUTPUTS = Unknown("needs n_outputs")
NO_CLASSES = Unknown("needs n_classes")  # of y, where no classifier is to be fitted


class NotKnown(Exception):
    """Raised where a size needs what is not known of the data; the message is the reason."""


@dataclass(frozen=True, slots=True)
class DataShape:
    """The shape of the training data, as far as it is known before fit.

    Parameters
    ----------
    rows, columns, targets, classes : int, Bounds or Unknown, default=Unknown
        What ``n_samples``, ``n_features``, ``n_outputs`` and ``n_classes`` return. Reading one that
        is not an int raises ``NotKnown``, so that a size can be written as plain arithmetic; with
        Bounds, sizes are evaluated at both ends. ``classes`` is the number of classes in one column
        of y, Unknown where no classifier is to be fitted.
    dtype : {"float32", "float64"} or None, default="float64"
        Of X as the estimator gets it; ``"float64"`` stands for all that becomes it. None is one of
        both.
    head : DataFrame, default=None
        X without its rows, where X has named columns: what selects columns by name or by dtype
        can be applied to it.
    X : array-like, default=None
        The training data, where they reach the estimator as they were given; it may get only
        some of their rows, whose number is ``rows``.
    weighted : bool, default=False
        Whether some rows may have a weight of 0.
    block_rows : int, Unknown or None, default=None
        Rows of the largest block of X, where X is not in memory.

    See Also
    --------
    Context : What the functions of a Spec get.

    Examples
    --------
    >>> from skparams.specs import DataShape
    >>> DataShape(rows=100, columns=4).n_features
    4
    """

    rows: Count = _NO_SAMPLES
    columns: Count = _NO_FEATURES
    targets: Count = _NO_OUTPUTS
    classes: Count = NO_CLASSES
    dtype: str | None = "float64"
    head: Any = field(default=None, compare=False)
    X: Any = field(default=None, compare=False, repr=False)
    weighted: bool = False
    block_rows: Count | None = None

    def with_columns(self, columns: Count) -> DataShape:
        """Return the shape with another number of columns, whose names are not known.

        Parameters
        ----------
        columns : int, Bounds or Unknown
            Their number.

        Returns
        -------
        DataShape
            Another one.

        Examples
        --------
        >>> from skparams.specs import DataShape
        >>> DataShape(rows=100, columns=4).with_columns(2).n_features
        2
        """
        return replace(self, columns=columns, head=None, X=None)

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


def _known(name: str, value: Count) -> int:
    if isinstance(value, Bounds):
        raise NotKnown(f"{name} is from {value.low:,} to {value.high:,}")
    if isinstance(value, Unknown):
        raise NotKnown(value.reason)
    return value
