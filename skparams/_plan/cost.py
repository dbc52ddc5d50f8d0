"""What a planned estimator costs: the sum over the estimators in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skparams._plan.rows import Plans, both_ends, evaluate
from skparams._records import Cost, Count, Node, Unknown, add, multiply, span


def cost_of(plans: Plans, node: Node, members: Sequence[tuple[Count, Cost]]) -> Cost:
    """Return what an estimator will cost, of which ``members`` are the parts and their numbers.

    Multiply-adds are summed. Members are trained one after the other, so that the most memory is
    needed for one of them beside those that are fitted.
    """
    if isinstance(node.totals.stored, Unknown):
        return Cost(node.totals.bytes)
    parts = list(members)
    if node.attributes or (plans.spec.members is None and plans.spec.winner is None):
        parts.insert(0, (1, _own(plans, node)))
    return Cost(
        node.totals.bytes,
        _peak(parts),
        add(multiply(times, cost.predict_macs_per_sample) for times, cost in parts),
        add(multiply(times, cost.train_macs_per_epoch) for times, cost in parts),
    )


def _own(plans: Plans, node: Node) -> Cost:
    """Return the cost of an estimator without those in it."""
    own = Cost(add(row.bytes for row in node.attributes))
    if plans.spec.cost is None:
        return own
    cost = evaluate(plans.spec.cost, plans.ctx)
    return replace(cost, parameter_bytes=own.parameter_bytes) if isinstance(cost, Cost) else own


def _peak(parts: Sequence[tuple[Count, Cost]]) -> Count:
    """Return the most bytes that are needed at once."""
    counts = [
        count
        for times, cost in parts
        for count in (times, cost.parameter_bytes, cost.training_bytes)
    ]
    for count in counts:
        if isinstance(count, Unknown):
            return count
    peaks = [
        _peak_of(list(zip(each[::3], each[1::3], each[2::3], strict=True)))
        for each in both_ends(counts)
    ]
    return span(peaks)


def _peak_of(parts: Sequence[tuple[int, int, int]]) -> int:
    peak = fitted = 0
    for times, weights, training in parts:
        if times:
            peak = max(peak, fitted + (times - 1) * weights + training)
        fitted += times * weights
    return max(peak, fitted)
