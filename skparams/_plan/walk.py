"""One walk over an estimator before fit: by its Specs, what it and those in it will learn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sklearn.base import is_classifier, is_regressor

from skparams._plan.columns import after, at_both_ends
from skparams._plan.cost import cost_of
from skparams._plan.rows import Plans, evaluate
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
    chained,
)
from skparams._walk import MAX_DEPTH, Walk, hyperparameter_records, join, totals_of
from skparams.specs import (
    Context,
    EstimatorView,
    Member,
    Place,
    final_estimator_of,
    short_repr,
    templates_in,
    view_of,
)


class PlanWalk:
    """Walk once over an estimator; ``root`` is its record, ``cost`` what it will cost.

    Of a search, ``candidates`` are those at the root. ``refused`` says, as sentences, which
    hyperparameters fit refuses for the data.
    """

    def __init__(self, estimator: Any, data: DataShape) -> None:
        self.candidates: list[Candidate] = []
        self.refused: list[str] = []
        self._within: list[Any] = []  # the estimators around the one at hand
        name = type(estimator).__name__
        self.root, self.cost = self._planned(estimator, data, name, "", chosen=True)

    def _planned(
        self,
        estimator: Any,
        data: DataShape,
        name: str,
        path: str,
        *,
        chosen: bool,
        place: Place = Place(),  # noqa: B008  (a tuple)
    ) -> Planned:
        """Plan one estimator; ``chosen`` says that its hyperparameters are a user's choice."""
        ends = at_both_ends(data)
        if len(ends) > 1:  # sizes grow with the data's, so that they lie between those
            found = (
                self._planned(estimator, e, name, path, chosen=chosen, place=place) for e in ends
            )
            return self._one_of(found)
        if evaluate(is_regressor, final_estimator_of(estimator).estimator) is True:
            data = replace(data, classes=NO_CLASSES)
        view = view_of(estimator, path, place=place)
        plans = Plans(view, data, after(view.params, path))
        self.refused += _refused(view, plans.ctx)
        unknown = _unknown_reason(view, plans.ctx)
        rows: list[FittedAttribute] = []
        members: list[tuple[Member, Planned]] = []
        if unknown is None:
            rows = list(plans.rows())
            self._within.append(estimator)
            try:
                members = list(self._members(view, plans.ctx, chosen=chosen))
            except NotKnown as error:
                unknown = Unknown(str(error))
            self._within.pop()
        spec = view.spec
        children = [replace(plan.node, times=member.times) for member, plan in members]
        shown_below = [key for key in view.params if key in spec.rules] if members else []
        node = Node(
            name=name,
            path=path,
            class_name=type(estimator).__name__,
            status="not fitted",
            guessed=view.guessed,
            n_features=data.columns if isinstance(data.columns, int) else None,
            n_classes=_n_classes(estimator, data),
            hyperparameters=tuple(hyperparameter_records(view, shown_below) if chosen else ()),
            outcomes=(),
            attributes=tuple(rows),
            layers=plans.layers(rows),
            totals=totals_of(rows, children, unknown),
            children=chained(children) if spec.chained else tuple(children),
            n_features_out=spec.columns_out if isinstance(spec.columns_out, str) else None,
        )
        parts = [(member.times, plan.cost) for member, plan in members]
        return Planned(node, cost_of(plans, node, parts))

    def _members(
        self, view: EstimatorView, ctx: Context, *, chosen: bool
    ) -> Iterator[tuple[Member, Planned]]:
        """Yield the estimators that fit will make. Raises NotKnown where that is not known."""
        making, winner = view.spec.members, view.spec.winner
        if len(self._within) > MAX_DEPTH and (winner or making):
            raise NotKnown(f"estimators are nested more than {MAX_DEPTH} deep")
        if winner is not None:
            yield self._winner(winner, view, ctx)
            return
        found = evaluate(lambda: list(making(ctx))) if callable(making) else []
        if isinstance(found, Unknown):
            raise NotKnown(found.reason)
        steps = next((key for key, r in view.spec.rules.items() if r.role == "estimator"), "")
        listed = {
            id(template)
            for key in view.params
            if chosen and key in view.spec.rules
            for _, template in templates_in(key, view.params[key])
        }
        for member in found:
            path = join(view.path, member.path)
            if any(member.estimator is each for each in self._within):
                raise NotKnown(f"{path} holds itself")
            name = steps if view.spec.chained else member.path.partition("[")[0]
            place = view.place_of(name, member.estimator, ctx)
            if member.fitted:
                yield member, _placed(_kept(member, path), place)
                continue
            estimator, chosen_too = member.estimator, id(member.estimator) in listed
            args = (estimator, member.data, member.path, path)
            yield member, _placed(self._planned(*args, chosen=chosen_too, place=place), place)

    def _winner(self, name: str, view: EstimatorView, ctx: Context) -> tuple[Member, Planned]:
        """Plan all candidates of a search: any may become the estimator that is kept."""
        around = self._one_of(self._candidates(name, view, ctx))
        if ctx.params.get("refit", True) is False:
            raise NotKnown(f"{name} is not kept with refit=False")
        return Member(name, view.params["estimator"], ctx.data), around

    def _candidates(self, name: str, view: EstimatorView, ctx: Context) -> Iterator[Planned]:
        at_root = len(self._within) == 1
        for candidate, estimator in candidates(view.params):
            path = join(view.path, name)
            place = view.place_of(name, estimator, ctx)
            args = (estimator, ctx.data, name, path)
            planned = self._planned(*args, chosen=False, place=place)
            if at_root:
                shown = tuple((key, short_repr(value)) for key, value in candidate.items())
                self.candidates.append(Candidate(shown, planned.node.totals))
            yield planned

    def _one_of(self, plans: Iterable[Planned]) -> Planned:
        """Return what lies around several plans, of which one will be.

        Refused is what all of them are refused for. Raises NotKnown if there is none.
        """
        around: Planned | None = None
        before, refused = self.refused, None
        self.refused = []
        try:
            for planned in plans:
                around = planned if around is None else spanning(around, planned)
                others = self.refused if refused is None else refused
                refused = [each for each in self.refused if each in others]
                self.refused = []
        finally:
            self.refused = [*before, *(refused or ())]
        if around is None:
            raise NotKnown("there is no candidate")
        return around


def _refused(view: EstimatorView, ctx: Context) -> Iterator[str]:
    """Yield what fit refuses of whole numbers that are too large for the data."""
    limits = evaluate(view.spec.extras["limits"], ctx) if "limits" in view.spec.extras else {}
    if isinstance(limits, Unknown):
        return
    for name, limit in limits.items():
        value = ctx.params.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > limit:
            yield f"fit refuses {join(view.path, name)}={value:,}: at most {limit:,} for this data"


def _unknown_reason(view: EstimatorView, ctx: Context) -> Unknown | None:
    """Return why nothing is known of what an estimator will learn, or None."""
    spec = view.spec
    if view.guessed:
        return Unknown(f"no Spec describes {type(view.estimator).__name__}")
    if isinstance(spec.members, Unknown):
        return spec.members
    if spec.members is None and spec.winner is None:
        for name, rule in spec.rules.items():
            if rule.role == "estimator" and evaluate(rule.holds, ctx) is not False:
                return Unknown(f"no Spec says what {name} will hold")
    return None


def _placed(planned: Planned, place: Place) -> Planned:
    """Return a plan as it counts in a place: only its training, where its parameters are none."""
    if place.role == "parameter":
        return planned
    none = Totals(0, 0, 0)
    node = replace(
        planned.node, role=place.role, attributes=(), layers=(), children=(), totals=none
    )
    return Planned(node, replace(planned.cost, predict_macs_per_sample=0))


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
    if (
        evaluate(is_classifier, final_estimator_of(estimator).estimator) is True
        and data.targets == 1
    ):
        return data.classes if isinstance(data.classes, int) else None
    return None
