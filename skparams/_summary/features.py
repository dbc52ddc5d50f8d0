"""Names of the features that a decomposition in a pipeline gets from the steps before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from skparams._records import Leading, Node
from skparams._walk import join
from skparams.specs import EstimatorView

_MAX_FEATURES = 10_000  # of which names are looked up: a text has a million words


def with_feature_names(root: Node, fitted: Iterable[EstimatorView]) -> Node:
    """A node in which leading features have the names that earlier steps give them."""
    wanted = {node.path for node in root.walk() if node.leading and _is_small(node)}
    names: dict[str, Sequence[str]] = {}
    for each in fitted if wanted else ():
        for i, (name, step) in enumerate(each.values.get("steps", ()) if each.spec.chained else ()):
            path = join(each.path, name)
            if i and path in wanted and "feature_names_in_" not in getattr(step, "__dict__", ()):
                names[path] = _names_before(each.estimator, i)
    return _named(root, names) if any(map(len, names.values())) else root


def _is_small(node: Node) -> bool:
    return node.n_features is not None and node.n_features <= _MAX_FEATURES


def _names_before(pipeline: Any, n_steps: int) -> Sequence[str]:
    try:
        return list(map(str, pipeline[:n_steps].get_feature_names_out()))
    except Exception:  # any class's own code: many steps cannot name their features
        return []


def _named(node: Node, names: Mapping[str, Sequence[str]]) -> Node:
    children = tuple(_named(child, names) for child in node.children)
    leading = node.leading
    own = names.get(node.path, ())
    if leading is not None and len(own) == node.n_features:
        leading = Leading(
            leading.n_components,
            tuple(
                replace(each, features=tuple((own[int(x[1:])], n) for x, n in each.features))
                for each in leading.components
            ),
        )
    return replace(node, children=children, leading=leading)
