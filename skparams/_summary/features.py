"""What reaches each estimator in another one: names of features, and what classes are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from skparams._records import Leading, Node
from skparams.specs import EstimatorView, Input, Names, inputs_of

MAX_FEATURES = 10_000  # of which names are looked up unasked: a text has a million words
_SAME = Input()
_NOT_KNOWN = Input(lambda names: None)


@dataclass(frozen=True, slots=True)
class Reached:
    """What reaches an estimator; ``names`` are looked up when they are first asked for."""

    names: Callable[[], Names]
    columns: str = ""
    target: str = ""
    classes: Sequence[Any] = ()

    def inside(self, inner: Input) -> Reached:
        """What reaches an estimator in this one."""
        names = partial(_renamed, inner.names, self.names) if inner.names else self.names
        classes = self.classes
        if inner.classes:
            classes = [self.named(each) for each in inner.classes]
        columns, target = inner.columns or self.columns, inner.target or self.target
        return Reached(cache(names), columns, target, classes)

    def named(self, label: Any) -> Any:
        """The class that a number stands for, where classes are coded; of a pair, both."""
        if isinstance(label, tuple):
            return " vs ".join(str(self.named(each)) for each in label)
        if type(label) is int and 0 <= label < len(self.classes):
            return self.classes[label]
        return label


def reached_by(root: Node, fitted: Iterable[EstimatorView]) -> dict[str, Reached]:
    """What reaches each fitted estimator, by its path."""
    views = {each.path: each for each in fitted}
    found: dict[str, Reached] = {}

    def visit(node: Node, reached: Reached) -> None:
        view = views.get(node.path)
        if view is None:
            return
        own = view.values.get("feature_names_in_")
        if own is not None:
            reached = replace(reached, names=partial(_texts, own))
        found[node.path] = reached
        inputs = inputs_of(view)
        others = _NOT_KNOWN if view.guessed else _SAME
        for child in node.children:
            visit(child, reached.inside(inputs.get(child.name, others)))

    visit(root, Reached(lambda: None))
    return found


def _texts(names: Iterable[Any]) -> list[str]:
    return list(map(str, names))


def _renamed(rename: Callable[[Names], Names], outer: Callable[[], Names]) -> Names:
    try:
        names = rename(outer())
        return None if names is None else _texts(names)
    except Exception:  # any class's own code: many steps cannot name their features
        return None


def with_feature_names(root: Node, fitted: Iterable[EstimatorView]) -> Node:
    """A node in which leading features have the names that earlier steps give them."""
    fitted = list(fitted)
    have_names = {each.path for each in fitted if "feature_names_in_" in each.values}
    wanted = {node.path for node in root.walk() if node.leading and _is_small(node)} - have_names
    if not wanted:
        return root
    reached = reached_by(root, fitted)
    return _named(root, {path: reached[path].names() or () for path in wanted})


def _is_small(node: Node) -> bool:
    return node.n_features is not None and node.n_features <= MAX_FEATURES


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
