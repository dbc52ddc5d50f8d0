"""What changed between two models, and how much several vary, as frozen records of facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import hypot
from typing import Any

from skparams._records import Count


@dataclass(frozen=True, slots=True)
class Change:
    """How much ``n`` values changed, ``n_changed`` of them at all.

    For numbers, ``largest`` is the largest absolute difference, ``distance`` the L2 norm of the
    differences, and ``norm_before`` and ``norm_after`` are the norms of both sides; for other
    values these are None. ``nonfinite`` counts changed values that are NaN or infinite on a side,
    which no norm includes. ``cosine`` is None if a norm is 0. ``opaque`` is the class of the first
    value that cannot be compared, and where it is.
    """

    n: int
    n_changed: int
    nonfinite: int = 0
    largest: float | None = None
    distance: float | None = None
    norm_before: float | None = None
    norm_after: float | None = None
    cosine: float | None = None
    opaque: str | None = None

    @property
    def relative(self) -> float | None:
        """The distance over the norm before, None if that is 0 and the distance is not."""
        if self.distance is None or self.norm_before is None:
            return None
        if not self.distance:
            return 0.0
        return self.distance / self.norm_before if self.norm_before else None

    @classmethod
    def merged(cls, changes: Iterable[Change]) -> Change:
        """The change of several arrays taken as one."""
        each = list(changes)
        n, n_changed = sum(change.n for change in each), sum(change.n_changed for change in each)
        opaque = next((change.opaque for change in each if change.opaque), None)
        numbers: list[Any] = [change for change in each if change.distance is not None]
        if not numbers:
            return cls(n, n_changed, opaque=opaque)
        distance, before, after = (
            hypot(*(getattr(change, norm) for change in numbers))
            for norm in ("distance", "norm_before", "norm_after")
        )
        cosine = None
        if before and after:
            parts = (
                change.cosine * (change.norm_before / before) * (change.norm_after / after)
                for change in numbers
                if change.cosine is not None
            )
            cosine = min(max(sum(parts), -1.0), 1.0)
        nonfinite = sum(change.nonfinite for change in numbers)
        largest = max(change.largest for change in numbers)
        return cls(n, n_changed, nonfinite, largest, distance, before, after, cosine, opaque)


@dataclass(frozen=True, slots=True)
class HyperparameterChange:
    """A hyperparameter that is not the same in all models.

    ``values`` has a short text for each model, None for one that does not have it. ``chosen`` is
    True if any value is not the default. The role is ``"tuned"`` for what fit chose itself.
    ``opaque`` is the class of a value that cannot be compared, if nothing is known to differ.
    """

    path: str
    values: tuple[str | None, ...]
    chosen: bool = True
    role: str = "hyperparameter"
    opaque: str | None = None

    @property
    def before(self) -> str | None:
        """The value in the first model."""
        return self.values[0]

    @property
    def after(self) -> str | None:
        """The value in the last model."""
        return self.values[-1]


@dataclass(frozen=True, slots=True)
class Facts:
    """One side of an attribute: shape and dtype of an array, and its value as short text."""

    shape: tuple[int, ...] | None
    dtype: str | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """The change of one array, or of one other attribute that predictions may need.

    ``before`` or ``after`` is None if that model does not have it, ``change`` if the values cannot
    be compared one by one, as those of two shapes. ``same`` is True if nothing differs by more
    than the tolerance.
    """

    path: str
    role: str
    dims: tuple[str, ...] | None
    before: Facts | None
    after: Facts | None
    change: Change | None
    same: bool

    @property
    def opaque(self) -> str | None:
        """The class of what cannot be compared, if nothing is known to differ."""
        return self.change.opaque if self.change and not self.change.n_changed else None


@dataclass(frozen=True, slots=True)
class TreeChange:
    """The change of one decision tree, compared node by node from the root.

    ``nodes`` and ``depth`` are those before and after. ``splits`` compares the nodes that split in
    both trees: the feature, and the side of missing values. ``thresholds`` compares those that
    split by the same feature, ``values`` the nodes that are leaves in both; it is None if the
    leaves have other shapes.
    """

    path: str
    nodes: tuple[int, int]
    depth: tuple[int, int]
    splits: Change
    thresholds: Change
    values: Change | None

    @property
    def changes(self) -> dict[str, Change]:
        """The changes of splits, thresholds and values by name."""
        changes = {"splits": self.splits, "thresholds": self.thresholds}
        return changes if self.values is None else {**changes, "values": self.values}

    @property
    def same(self) -> bool:
        """Whether it is the same tree."""
        each_compared = self.nodes[0] == self.nodes[1] == 2 * self.splits.n + 1
        changed = any(change.n_changed for change in self.changes.values())
        return each_compared and self.values is not None and not changed


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the units along one axis of the second model were matched with those of the first.

    ``reordered`` units have another position and ``flipped`` the other sign. ``reason`` is set if
    they were not matched.
    """

    dim: str
    n: int
    reordered: int = 0
    flipped: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NodeChange:
    """The changes of one estimator and of those nested in it.

    ``before`` and ``after`` are its class, as ``"sklearn.PCA"``, None if that model does not have
    it. ``stored`` are the numbers of fitted parameters, nested estimators included.
    """

    name: str
    path: str
    before: str | None
    after: str | None
    fitted: tuple[bool, bool]
    stored: tuple[Count, Count]
    parameters: tuple[AttributeChange, ...] = ()
    others: tuple[AttributeChange, ...] = ()
    trees: tuple[TreeChange, ...] = ()
    aligned: tuple[Alignment, ...] = ()
    children: tuple[NodeChange, ...] = ()

    @property
    def class_name(self) -> str:
        """The class after, or before if there is none after, without its package."""
        return (self.after or self.before or "").rpartition(".")[2]

    @property
    def same(self) -> bool:
        """Whether neither it nor any nested estimator changed."""
        return (
            self.before == self.after
            and self.fitted[0] == self.fitted[1]
            and all(each.same for each in (*self.parameters, *self.others))
            and all(each.same for each in self.trees)
            and all(each.same for each in self.children)
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
                yield from (change for name, change in tree.changes.items() if name != "splits")


@dataclass(frozen=True, slots=True)
class ParameterSpread:
    """How much one fitted parameter varies over several models.

    ``n_models`` have it, in ``shapes``; if these differ, the rest is None. Each number has a mean
    and a standard deviation over the models: ``mean`` is the mean of the means, ``std`` the root
    mean square of the standard deviations and ``largest`` the largest of them. ``relative`` is
    ``std`` over the root mean square of the means, None if that is 0. ``sign_changes`` counts the
    numbers that are positive in one model and negative in another, ``nonfinite`` those that are
    not finite in some model, which are left out.
    """

    path: str
    role: str
    dims: tuple[str, ...] | None
    n_models: int
    shapes: tuple[tuple[int, ...], ...]
    mean: float | None = None
    std: float | None = None
    relative: float | None = None
    largest: float | None = None
    sign_changes: int | None = None
    nonfinite: int = 0
