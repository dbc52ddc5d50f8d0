"""What a slimmed copy lacks, and which training rows a model keeps, as frozen records."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NoReturn

from skparams._records import KeptPlace, Memory
from skparams._report import Frame, Page, Report


@dataclass(frozen=True, slots=True)
class DroppedAttribute:
    """An attribute that was dropped, with its role and the bytes that it took in memory.

    ``role`` is one of ``skparams.specs.ROLES``, ``"retained"`` for the memory that a view kept
    alive beside its own elements, or ``"callback"`` for what was passed to training. ``bytes`` is
    None if they cannot be counted.
    """

    path: str
    role: str
    bytes: int | None


@dataclass(frozen=True, slots=True)
class PredictionChange:
    """How much the results of a method changed by lossy slimming.

    ``absolute`` is the largest difference of two numbers, and ``relative`` is that divided by the
    largest number; both are None for labels and integers, and ``relative`` if all numbers are zero.
    ``n_changed`` of ``n`` results differ.
    """

    method: str
    absolute: float | None
    relative: float | None
    n_changed: int
    n: int


@dataclass(frozen=True, slots=True, repr=False)
class SlimReport(Report):
    """What was dropped from an estimator, and the bytes before and after.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        The estimator's class.
    dropped : tuple of DroppedAttribute
        What was dropped, the largest first.
    pickled_before, pickled_after : int or None
        Bytes of ``pickle.dumps``; None if it raises.
    memory_before, memory_after : int
        Bytes of all arrays, each buffer once and as a whole if a view keeps it alive, and of
        everything else as it is pickled.
    n_samples : int or None
        The number of rows that predictions were compared on.
    compared : tuple of str
        Methods that returned the same, bit for bit, on the estimator and the copy.
    nondeterministic : tuple of str
        Methods among them that return something else with another seed; they were compared at one.
    kept_places : tuple of KeptPlace
        The training rows that are still in the copy.
    guessed : tuple of str
        Names of the classes of which no Spec says what predictions read: classes without one, and
        subclasses that predict in their own way. Nothing was dropped from them.
    lossy : tuple of str
        The ways of lossy slimming that were chosen.
    failing : tuple of str
        Calls that worked before and raise on the copy, because a derived attribute was dropped.
    float32 : tuple of str
        Paths of the arrays that are float32 in the copy and float64 in the estimator.
    float64 : tuple of str
        Paths of the arrays of parameters that could not become float32.
    changes : tuple of PredictionChange
        The methods that return something else, and how much it differs.
    memory : Memory or None
        Where the memory of the copy is.
    """

    class_name: str
    dropped: tuple[DroppedAttribute, ...]
    pickled_before: int | None
    pickled_after: int | None
    memory_before: int
    memory_after: int
    n_samples: int | None = None
    compared: tuple[str, ...] = ()
    nondeterministic: tuple[str, ...] = ()
    kept_places: tuple[KeptPlace, ...] = ()
    guessed: tuple[str, ...] = ()
    lossy: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    float32: tuple[str, ...] = ()
    float64: tuple[str, ...] = ()
    changes: tuple[PredictionChange, ...] = ()
    memory: Memory | None = None

    def _page(self) -> Page:
        from skparams._slim.view import page_of_slim

        return page_of_slim(self)

    def _frame(self) -> Frame:
        return {"path": "object", "role": "object", "bytes": "Int64"}, map(asdict, self.dropped)


@dataclass(frozen=True, slots=True, repr=False)
class KeptRows(Report):
    """Where a model keeps training rows, and where it may.

    Shown as text by ``print`` and as HTML in notebooks. It has no truth value, because an empty
    ``places`` does not mean that no row is kept.

    Parameters
    ----------
    class_name : str
        The estimator's class.
    places : tuple of KeptPlace
        Arrays that hold training rows: the path, the number of rows, and their bytes.
    unknown : tuple of str
        Paths of attributes that no Spec describes and that may hold training rows.
    n_samples : int or None
        Number of rows of X that such attributes were compared with; None without X.
    """

    class_name: str
    places: tuple[KeptPlace, ...]
    unknown: tuple[str, ...]
    n_samples: int | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "KeptRows has no truth value: use .places, the training rows that were found, and "
            ".unknown, the attributes that may hold more."
        )

    def _page(self) -> Page:
        from skparams._slim.view import page_of_kept_rows

        return page_of_kept_rows(self)

    def _frame(self) -> Frame:
        columns = {"path": "object", "rows": "Int64", "bytes": "Int64", "known": "object"}
        rows = [asdict(place) | {"known": True} for place in self.places]
        return columns, [*rows, *({"path": path, "known": False} for path in self.unknown)]
