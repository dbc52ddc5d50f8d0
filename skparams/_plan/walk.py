"""One walk over an estimator before fit: by its Specs, what it and those in it will learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from sklearn.base import is_classifier, is_regressor

from skparams._plan.columns import after, at_both_ends
from skparams._plan.cost import cost_of
from skparams._plan.rows import Plans, asked
from skparams._plan.search import candidates
from skparams._plan.span import Planned, spanning
from skparams._records import (
    NO_CLASSES,
    Candidate,
    Cost,
    DataShape,
    FittedAttribute,
    Node,
    NotKnown,
    Totals,
    Unknown,
    add,
    chained,
    multiply,
)
from skparams._walk import DEEPEST, Walk, choices, join
from skparams.specs import (
    Member,
    Spec,
    attributes_of,
    guess_spec,
    hyperparameters_of,
    last_of,
    registered,
    short_repr,
    templates_in,
    with_fixed,
)

__all__ = ["PlanWalk"]

Params = Mapping[str, Any]


class PlanWalk:
    """Walk once over an estimator; ``root`` is its record, ``cost`` what it will cost.

    Of a search, ``candidates`` are those at the root.

    Parameters
    ----------
    estimator : estimator
        Any. It is only looked at.
    data : DataShape
        What it will be fitted on.
    """

    def __init__(self, estimator: Any, data: DataShape) -> None:
        self.candidates: list[Candidate] = []
        self._within: list[Any] = []  # the estimators around the one at hand
        self.root, self.cost = self._planned(estimator, data, "", "", chosen=True)

    def _planned(
        self, estimator: Any, data: DataShape, name: str, path: str, *, chosen: bool
    ) -> Planned:
        """Plan one estimator; ``chosen`` says that its hyperparameters are a user's choice."""
        both = at_both_ends(data)
        if len(both) > 1:  # sizes grow with the data's, so that they lie between those
            return reduce(
                spanning,
                (self._planned(estimator, each, name, path, chosen=chosen) for each in both),
            )
        if asked(is_regressor, last_of(estimator).estimator) is True:
            data = replace(data, classes=NO_CLASSES)
        values = attributes_of(estimator)
        params = hyperparameters_of(estimator, values)
        spec = registered(estimator) or guess_spec(values, params)
        plans = Plans(spec, data, with_fixed(params, values), path)
        unknown = _why_unknown(estimator, spec, plans.params)
        rows: list[FittedAttribute] = []
        members: list[tuple[Member, Planned]] = []
        if unknown is None:
            rows = list(plans.rows())
            self._within.append(estimator)
            try:
                members = list(self._members(plans, params, chosen=chosen))
            except NotKnown as error:
                unknown = str(error)
            self._within.pop()
        children = [replace(plan.node, times=member.times) for member, plan in members]
        shown_below = [key for key in params if key in spec.rules] if members else []
        node = Node(
            name=name or type(estimator).__name__,
            path=path,
            class_name=type(estimator).__name__,
            fitted=False,
            guessed=spec.guessed,
            n_features=data.columns if isinstance(data.columns, int) else None,
            n_classes=_n_classes(estimator, data),
            hyperparameters=tuple(
                choices(estimator, params, path, spec, shown_below) if chosen else ()
            ),
            outcomes=(),
            attributes=tuple(rows),
            layers=plans.layers(rows),
            totals=_totals(rows, children, unknown),
            children=chained(children) if spec.chained else tuple(children),
            n_features_out=spec.n_features_out,
        )
        parts = [(member.times, plan.cost) for member, plan in members]
        return Planned(node, cost_of(plans, node, parts))

    def _members(
        self, plans: Plans, params: Params, *, chosen: bool
    ) -> Iterator[tuple[Member, Planned]]:
        """Yield the estimators that fit will make. Raises NotKnown where that is not known."""
        spec = plans.spec
        if len(self._within) > DEEPEST and (spec.winner or spec.members):
            raise NotKnown(f"estimators are nested more than {DEEPEST} deep")
        if spec.winner is not None:
            yield self._winner(spec.winner, plans, params)
            return
        making = spec.members
        if making is not None:
            behind = after(params, plans.path)
            found = asked(lambda: list(making(plans.params, plans.data, behind)))
            if isinstance(found, Unknown):
                raise NotKnown(found.reason)
            listed = {
                id(template)
                for key in params
                if chosen and key in spec.rules
                for _, template in templates_in(key, params[key])
            }
            for member in found:
                path = join(plans.path, member.path)
                if any(member.estimator is each for each in self._within):
                    raise NotKnown(f"{path} holds itself")
                if member.fitted:
                    yield member, _kept(member, path)
                    continue
                yield (
                    member,
                    self._planned(
                        member.estimator,
                        member.data,
                        member.path,
                        path,
                        chosen=id(member.estimator) in listed,
                    ),
                )

    def _winner(self, name: str, plans: Plans, params: Params) -> tuple[Member, Planned]:
        """Plan all candidates of a search: any may become the estimator that is kept."""
        at_root = len(self._within) == 1
        around: Planned | None = None
        for candidate, estimator in candidates(params):
            path = join(plans.path, name)
            planned = self._planned(estimator, plans.data, name, path, chosen=False)
            around = planned if around is None else spanning(around, planned)
            if at_root:
                shown = tuple((key, short_repr(value)) for key, value in candidate.items())
                self.candidates.append(Candidate(shown, planned.node.totals))
        if around is None:
            raise NotKnown("there is no candidate")
        if plans.params.get("refit", True) is False:
            raise NotKnown(f"{name} is not kept with refit=False")
        return Member(name, params["estimator"], plans.data), around


def _why_unknown(estimator: Any, spec: Spec, params: Params) -> str | None:
    """Return why nothing can be said of an estimator, or None."""
    if spec.guessed:
        return f"no Spec describes {type(estimator).__name__}"
    if spec.unknown is not None:
        return spec.unknown
    if spec.members is None and spec.winner is None:
        for name, rule in spec.rules.items():
            if rule.role == "estimator" and asked(rule.holds, params) is not False:
                return f"no Spec says what {name} will hold"
    return None


def _kept(member: Member, path: str) -> Planned:
    """Return the records of an estimator that is fitted already, as they are."""
    node = Walk(member.estimator).root
    return Planned(_moved(node, member.path, path), Cost(node.totals.bytes))


def _moved(node: Node, name: str, path: str) -> Node:
    """Return a node at another path, with all that is in it."""
    return replace(
        node,
        name=name,
        path=path,
        attributes=tuple(
            replace(
                row,
                path=join(path, row.path),
                alias_of=None if row.alias_of is None else join(path, row.alias_of),
            )
            for row in node.attributes
        ),
        hyperparameters=(),
        outcomes=(),
        children=tuple(
            _moved(child, child.name, join(path, child.path)) for child in node.children
        ),
    )


def _n_classes(estimator: Any, data: DataShape) -> int | None:
    if asked(is_classifier, last_of(estimator).estimator) is True and data.targets == 1:
        return data.classes if isinstance(data.classes, int) else None
    return None


def _totals(
    rows: Sequence[FittedAttribute], children: Sequence[Node], unknown: str | None
) -> Totals:
    """Add up an estimator's own parameters and those of the estimators in it."""
    if unknown is not None:
        reason = Unknown(unknown)
        return Totals(reason, reason, reason)
    free = [row.free for row in rows if row.free is not None]
    return Totals(
        add([*(r.count for r in rows), *(multiply(c.times, c.totals.stored) for c in children)]),
        add([*free, *(multiply(c.times, c.totals.free) for c in children)]),
        add([*(r.bytes for r in rows), *(multiply(c.times, c.totals.bytes) for c in children)]),
    )
