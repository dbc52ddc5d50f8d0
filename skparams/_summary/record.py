"""What a summary found, as one record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from skparams._records import (
    CoefficientTable,
    Count,
    Finding,
    KeptPlace,
    Memory,
    Node,
    Probing,
    Totals,
    Unknown,
)
from skparams._report import Frame, Page, Plotted, frame_of, guessed_classes
from skparams._walk import check_fitted, memory_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from skparams._summary.coefficients import Coefficients


_NEEDS_X = Unknown("needs X")
_NOT_FITTED = Unknown("not fitted")


@dataclass(frozen=True, slots=True, repr=False)
class Summary(Plotted):
    """What was chosen and what was learned, for an estimator and those in it.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    root : Node
        The estimator.
    n_samples : int, Unknown or None
        Number of training rows, where the caller gave it, or X: then as the estimator knows it.
    depth : int or None
        Levels of nested estimators to show; it changes no total.
    effective : float or Unknown
        The effective degrees of freedom, or why it is not known.
    findings : tuple of Finding
        What to look at.
    probed : Probing or None
        What ``probe`` saw, where a class is guessed and X was given.
    n_rows : int, Unknown or None
        Number of rows of X, where it was given; unknown of Dask's data that was not computed.
    coefficient_tables : tuple of CoefficientTable or None
        The coefficients, where they were asked for.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skparams import summary
    >>> found = summary(StandardScaler().fit([[0.0], [2.0]]))
    >>> found.totals.stored, found.kept, found.guessed
    (2, {'derived': 8}, ())
    """

    root: Node
    n_samples: Count | None = None
    depth: int | None = None
    effective: float | Unknown = _NEEDS_X
    findings: tuple[Finding, ...] = ()
    probed: Probing | None = None
    n_rows: Count | None = None
    coefficient_tables: tuple[CoefficientTable, ...] | None = field(default=None, compare=False)
    _coefficients: Coefficients | Unknown = field(default=_NOT_FITTED, compare=False)
    # As measured, or the records of all arrays.
    _memory: Memory | Node | None = field(default=None, compare=False)

    _in_json: ClassVar = ("memory",)

    @property
    def memory(self) -> Memory | None:
        """Where the memory of a fitted estimator is."""
        return memory_in(self._memory) if isinstance(self._memory, Node) else self._memory

    @property
    def totals(self) -> Totals:
        """Counts and bytes of all fitted parameters."""
        return self.root.totals

    @property
    def kept(self) -> dict[str, int]:
        """Bytes of the arrays kept beside the parameters, by role, the largest first."""
        kept: dict[str, int] = {}
        for node in self.root.walk():
            for row in node.attributes:
                if row.role == "parameter" or row.guess is not None or row.alias_of is not None:
                    continue
                if row.shape and isinstance(row.bytes, int) and row.bytes:
                    kept[row.role] = kept.get(row.role, 0) + row.bytes
        return dict(sorted(kept.items(), key=lambda item: -item[1]))

    @property
    def kept_places(self) -> tuple[KeptPlace, ...]:
        """The arrays that hold training rows as they were given, in all estimators."""
        return tuple(each for node in self.root.walk() for each in node.kept_places)

    @property
    def guessed(self) -> tuple[str, ...]:
        """Names of the classes that no Spec describes."""
        return guessed_classes(self.root)

    def coefficients(self) -> Coefficients:
        """Return the coefficients by the names of their features, the largest first.

        They are those of the time when the summary was made. Of a model with more than 10,000
        parameters there are some only if they were asked for: ``coefficients=True``.

        Returns
        -------
        Coefficients
            Shown as text by ``print`` and as HTML in notebooks; ``to_frame()`` has all of them.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If it has no coefficients, or more than are kept unasked.

        Examples
        --------
        >>> from sklearn.linear_model import LinearRegression
        >>> from skparams import summary
        >>> model = LinearRegression().fit([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]], [1, 3, 6])
        >>> print(summary(model).coefficients())
        LinearRegression · coefficients
        <BLANKLINE>
        coef_
          intercept_  1
          x0          5
          x1          2
        """
        check_fitted("coefficients", self)
        if isinstance(self._coefficients, Unknown):
            raise ValueError(f"coefficients: {self._coefficients.reason}.")
        return self._coefficients

    def _page(self) -> Page:
        from skparams._summary.view import page

        return page(self)

    def _frame(self) -> Frame:
        return frame_of(self.root, planned=False)

    def _draw(self, ax: Axes | None) -> Axes:
        from skparams._summary.view import draw

        return draw(self, ax)
