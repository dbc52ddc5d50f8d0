"""Which choices in one step of a pipeline decide sizes in the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skparams._records.node import Node


def chained(steps: Sequence[Node]) -> tuple[Node, ...]:
    """Add to each hyperparameter the attributes of later steps whose size it determines.

    The columns that a step puts out are the features of the next one. Where a hyperparameter is
    their number, as ``n_components`` is, it decides all that has ``n_features`` in the next step.
    """
    steps = list(steps)
    source: tuple[int, str] | None = None  # the step and the hyperparameter's path
    for i, step in enumerate(steps):
        if source is not None:
            fed = tuple(row.path for row in step.parameters if "n_features" in (row.dims or ()))
            steps[source[0]] = _deciding(steps[source[0]], source[1], fed)
        if step.n_features_out != "n_features":
            path = f"{step.path}__{step.n_features_out}"
            source = (i, path) if any(h.path == path for h in step.hyperparameters) else None
    return tuple(steps)


def _deciding(step: Node, path: str, more: tuple[str, ...]) -> Node:
    choices = tuple(
        replace(choice, decides=tuple(dict.fromkeys((*choice.decides, *more))))
        if choice.path == path
        else choice
        for choice in step.hyperparameters
    )
    return replace(step, hyperparameters=choices)
