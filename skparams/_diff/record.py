"""What changed between two models, as frozen records: no arrays, no estimators, only facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import hypot

from skparams._records import Count

__all__ = [
    "Alignment",
    "AttributeChange",
    "Change",
    "Choice",
    "Facts",
    "NodeChange",
    "TreeChange",
]


@dataclass(frozen=True, slots=True)
class Change:
    """How far the values of one shape are apart.

    ``n`` are compared and ``moved`` of them differ. Where they are numbers, ``largest`` is the
    largest absolute difference, ``distance`` the L2 norm of the differences, ``before`` and
    ``after`` the norms of both sides; else these are None. ``nonfinite`` of those that moved are
    NaN or infinite on a side, and left out of all norms. ``cosine`` is None where a norm is 0.
    """

    n: int
    moved: int
    nonfinite: int = 0
    largest: float | None = None
    distance: float | None = None
    before: float | None = None
    after: float | None = None
    cosine: float | None = None

    @property
    def relative(self) -> float | None:
        """The distance over the norm before, None where that is 0 and the distance is not."""
        if self.distance is None or self.before is None:
            return None
        if not self.distance:
            return 0.0
        return self.distance / self.before if self.before else None

    @classmethod
    def merged(cls, changes: Iterable[Change]) -> Change:
        """Return the change of several arrays taken as one."""
        each = list(changes)
        n, moved = sum(change.n for change in each), sum(change.moved for change in each)
        numbers = [change for change in each if change.distance is not None]
        if not numbers:
            return cls(n, moved)
        distance, before, after = (
            hypot(*(getattr(change, norm) for change in numbers))
            for norm in ("distance", "before", "after")
        )
        cosine = None
        if before and after:
            parts = (
                change.cosine * (change.before / before) * (change.after / after)
                for change in numbers
                if change.cosine is not None
                and change.before is not None
                and change.after is not None
            )
            cosine = min(max(sum(parts), -1.0), 1.0)
        return cls(
            n,
            moved,
            nonfinite=sum(change.nonfinite for change in numbers),
            largest=max(change.largest or 0.0 for change in numbers),
            distance=distance,
            before=before,
            after=after,
            cosine=cosine,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A hyperparameter that was added, removed or changed.

    ``before`` and ``after`` are short text, None where it is not there. ``chosen`` says that
    either value is not the default.
    """

    path: str
    before: str | None
    after: str | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """One side of an attribute: what an array is, or another value as short text."""

    shape: tuple[int, ...] | None
    dtype: str | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """What became of one array, or of one other attribute that predictions may need.

    ``before`` or ``after`` is None where it is not there, ``change`` where the two cannot be
    compared value by value, as of two shapes. ``same`` says that nothing differs by more than the
    tolerance.
    """

    path: str
    role: str
    dims: tuple[str, ...] | None
    before: Facts | None
    after: Facts | None
    change: Change | None
    same: bool


@dataclass(frozen=True, slots=True)
class TreeChange:
    """What became of one decision tree, compared place by place from the root.

    ``nodes`` and ``depth`` are those before and after. ``splits`` compares what is asked at the
    places where both trees split: the feature, and where missing values go. ``thresholds``
    compares those where both ask for the same feature, ``values`` those of leaves that are at one
    place in both, and is None where they have other shapes.
    """

    path: str
    nodes: tuple[int, int]
    depth: tuple[int, int]
    splits: Change
    thresholds: Change
    values: Change | None

    @property
    def same(self) -> bool:
        """Whether it is the same tree."""
        return (
            self.nodes[0] == self.nodes[1]
            and self.values is not None
            and not (self.splits.moved or self.thresholds.moved or self.values.moved)
            and self.splits.n == self.nodes[0] // 2 == self.nodes[1] // 2
        )


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the units along one axis of ``after`` were put in the order of ``before``.

    ``moved`` units have another place and ``turned`` the other sign; ``reason`` says why none was
    looked at.
    """

    dim: str
    n: int
    moved: int
    turned: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NodeChange:
    """What became of one estimator, and of those in it.

    ``before`` and ``after`` are its class, as ``"sklearn.PCA"``, None where it is not there.
    ``stored`` are its numbers of fitted parameters, those of estimators in it included.
    """

    name: str
    path: str
    before: str | None
    after: str | None
    fitted: tuple[bool, bool]
    stored: tuple[Count, Count]
    parameters: tuple[AttributeChange, ...]
    others: tuple[AttributeChange, ...]
    trees: tuple[TreeChange, ...]
    aligned: tuple[Alignment, ...]
    children: tuple[NodeChange, ...]

    @property
    def same(self) -> bool:
        """Whether nothing changed in it, nor in the estimators in it."""
        return (
            self.before == self.after
            and self.fitted[0] == self.fitted[1]
            and all(row.same for row in (*self.parameters, *self.others))
            and all(tree.same for tree in self.trees)
            and all(child.same for child in self.children)
        )

    def walk(self) -> Iterator[NodeChange]:
        """Yield the node and all nodes in it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def changes(self) -> Iterator[Change]:
        """Yield the changes of all numbers in it that could be compared."""
        for node in self.walk():
            yield from (row.change for row in node.parameters if row.change is not None)
            for tree in node.trees:
                yield tree.thresholds
                if tree.values is not None:
                    yield tree.values
