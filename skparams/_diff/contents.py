"""What is compared of a model: hyperparameters, and attributes that predictions may need."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from skparams._diff.hyperparameters import hyperparameters_in
from skparams._diff.trees import trees_in
from skparams._records import Node
from skparams._walk import (
    Leaf,
    Walk,
    check_estimator,
    ignored_paths,
    join,
    leaves_of,
    rules_of,
)
from skparams.specs import Context, EstimatorView, Rule, dims_of, estimators_in, is_number, texts_in

# Roles that predictions may need; derived attributes are compared if predictions use them.
_COMPARED = ("parameter", "tuned", "structure", "data", "random", "metadata")
# Roles that predictions never need, for classes whose other roles are guessed.
_NEVER = ("output", "diagnostic", "state")


class Attribute(NamedTuple):
    """An array, a ``Tree`` or another value, and the part of it that predictions use."""

    value: Any
    used: Any
    role: str
    name: str
    dims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """The attributes of a fitted estimator, without nested estimators, by path.

    ``aliases`` are the paths of arrays that have an earlier path too.
    """

    attributes: dict[str, Attribute] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Model:
    """A model, as far as it is compared."""

    walk: Walk
    hyperparameters: dict[str, tuple[Any, bool]]
    contents: dict[str, Contents]
    ignored: Collection[str] = ()

    def children(self, node: Node) -> dict[str, Node]:
        return {child.name: child for child in node.children if child.path not in self.ignored}

    def paths(self) -> Iterator[str]:
        """Yield the paths of all that may be ignored."""
        yield from self.hyperparameters
        yield from filter(None, self.walk.classes)
        for each in self.walk.fitted:
            yield from (join(each.path, name) for name in each.values)
        for contents in self.contents.values():
            yield from contents.attributes

    def attributes(self, role: str) -> Iterator[tuple[str, Attribute]]:
        """Yield the attributes of all estimators that have a role, by path."""
        for contents in self.contents.values():
            yield from ((p, each) for p, each in contents.attributes.items() if each.role == role)

    def ignore(self, paths: Collection[str]) -> None:
        """Leave out hyperparameters, attributes and estimators."""
        self.ignored = paths
        mappings: list[dict[str, Any]] = [self.hyperparameters]
        mappings += [each.attributes for each in self.contents.values()]
        for mapping in mappings:
            for path in mapping.keys() & paths:
                del mapping[path]


def models_of(
    function: str, models: Mapping[str, Any], align: bool, ignore: Collection[str]
) -> list[Model]:
    """Check the arguments of a verb, models by name, and return what is compared of each model."""
    for name, model in models.items():
        check_estimator(function, model, name)
    if not isinstance(align, bool | np.bool):
        raise TypeError(f"{function}: align must be True or False, got {reprlib.repr(align)}.")
    found = [_model_of(model) for model in models.values()]
    paths = dict.fromkeys(path for model in found for path in model.paths()) if ignore else ()
    ignored = ignored_paths(function, ignore, paths)
    for model in found:
        model.ignore(ignored)
    return found


def _model_of(model: Any) -> Model:
    walk = Walk(model)
    visited = {id(each.estimator) for each in walk.fitted}
    contents = {each.path: _contents_of(each, visited) for each in walk.fitted}
    return Model(walk, dict(hyperparameters_in(model)), contents)


def _contents_of(view: EstimatorView, visited: Collection[int]) -> Contents:
    units, ctx = view.spec.extras.get("units"), view.context()
    found = Contents(units=units(ctx) if units else {})
    buffers: set[tuple] = set()
    rules = rules_of(view, ctx)
    for name, rule in sorted(rules.items(), key=lambda item: item[1].role != "parameter"):
        value, path = view.values[name], join(view.path, name)
        if name in view.params or not _needed(rule, view, value):
            continue
        if trees := dict(trees_in(path, value)):
            found.attributes.update((p, Attribute(t, t, "tree", name)) for p, t in trees.items())
        elif rule.parts or rule.role == "parameter":
            for leaf, attribute in _leaves(view, ctx, name, rule):
                found.attributes[leaf.path] = attribute
                if leaf.numbers is not None and leaf.buffer in buffers:
                    found.aliases.add(leaf.path)
                buffers.add(leaf.buffer)
            texts = {} if rule.parts else dict(texts_in(path, value))
            found.attributes.update(
                (p, Attribute(text, text, "metadata", name)) for p, text in texts.items()
            )
        elif not _is_name_map(visited, name, value):
            found.attributes[path] = Attribute(value, value, rule.role, name)
    return found


def _is_name_map(visited: Collection[int], name: str, value: Any) -> bool:
    """Whether a value only names estimators that are compared anyway, as ``named_estimators_``."""
    inner = [id(each) for _, each in estimators_in(name, value)] if isinstance(value, dict) else []
    return bool(inner) and all(each in visited for each in inner)


def _needed(rule: Rule, view: EstimatorView, value: Any) -> bool:
    if rule.role == "random" and is_number(value):  # a seed, which no prediction reads
        return False
    if rule.role == "derived":
        return rule.derive is not None
    return rule.role in _COMPARED or (view.guessed and rule.role not in _NEVER)


def _leaves(
    view: EstimatorView, ctx: Context, name: str, rule: Rule
) -> Iterator[tuple[Leaf, Attribute]]:
    leaves = leaves_of(view, ctx, name, rule)
    for i, leaf in enumerate(leaves):
        role = leaf.part.role if leaf.part else rule.role
        if role not in _COMPARED:
            continue
        if leaf.numbers is None:
            yield leaf, Attribute(leaf.value, leaf.value, role, name)
            continue
        dims = (leaf.part and leaf.part.dims) or dims_of(rule, ctx, i, len(leaves)) or ()
        n_axes = len(leaf.numbers.shape)
        dims = dims[len(dims) - n_axes :] if len(dims) >= n_axes else ()
        yield leaf, Attribute(leaf.numbers, leaf.used, role, name, dims)
