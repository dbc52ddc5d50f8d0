"""What is compared of a model: hyperparameters, and attributes that predictions may need."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from skparams._compat import invalid_hyperparameter_first
from skparams._diff.hyperparameters import hyperparameters_in
from skparams._diff.pieces import holds_items, is_list, pieces
from skparams._diff.states import REDUCED, Opaque, caches_of, is_readable, state_of
from skparams._diff.trees import trees_in
from skparams._records import Node
from skparams._walk import (
    Leaf,
    Walk,
    check_estimator,
    class_path,
    ignored_paths,
    join,
    leaves_of,
    predicts_its_own_way,
    rules_of,
)
from skparams.specs import (
    COMMON,
    HOOKS,
    Context,
    EstimatorView,
    Rule,
    dims_of,
    estimators_in,
    holds_no_numbers,
    is_estimator,
    is_number,
    templates_in,
    texts_in,
    view_of,
)

# Roles that no prediction needs. What predict and transform do not use, score_samples may.
_NOT_COMPARED = ("output", "diagnostic", "state")
_OTHER = Rule("metadata")


class Attribute(NamedTuple):
    """An array, a ``Tree`` or another value, and the part of it that predictions use.

    ``local`` is its path in the estimator, and ``guessed`` says that no Spec describes it.
    """

    value: Any
    used: Any
    role: str
    name: str
    dims: tuple[str, ...] = ()
    guessed: bool = False
    local: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """The attributes of an estimator, without nested estimators, by path.

    ``aliases`` are the paths of arrays that have an earlier path too, which they are known by.
    ``caches`` are the names of attributes that are computed when they are first read.
    """

    units: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    caches: Collection[str] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    buffers: dict[tuple, str] = field(default_factory=dict)

    def add(self, leaf: Leaf, role: str, dims: tuple[str, ...] = ()) -> None:
        """Add an array, a number or an object."""
        array, path, guessed = leaf.numbers, leaf.path, leaf.part is None and not dims
        if array is None:
            value, name = leaf.value, leaf.attribute
            self.attributes[path] = Attribute(value, value, role, name, (), guessed)
            return
        dims = dims[len(dims) - array.ndim :] if len(dims) >= array.ndim else ()
        name, local = leaf.attribute, leaf.local
        self.attributes[path] = Attribute(array, leaf.used, role, name, dims, guessed, local)
        first = self.buffers.setdefault(leaf.buffer, path)
        if first != path:
            self.aliases[path] = first

    def add_trees(self, path: str, value: Any, name: str) -> bool:
        """Add the decision trees in a value; return whether there are any."""
        trees = dict(trees_in(path, value))
        self.attributes.update((p, Attribute(t, t, "tree", name)) for p, t in trees.items())
        return bool(trees)


@dataclass(slots=True)
class Model:
    """A model, as far as it is compared."""

    walk: Walk
    hyperparameters: dict[str, tuple[Any, bool]]
    contents: dict[str, Contents]
    nodes: Mapping[int, str]
    ignored: Collection[str] = ()

    def class_of(self, path: str) -> str:
        """The class of the estimator at a path, as ``"sklearn.PCA"``."""
        return class_path(type(self.walk.views[path].estimator))

    def children(self, node: Node) -> dict[str, Node]:
        compared = (child for child in node.children if child.role != "auxiliary")
        return {child.name: child for child in compared if child.path not in self.ignored}

    def paths(self) -> Iterator[str]:
        """Yield the paths of all that may be ignored."""
        yield from self.hyperparameters
        yield from filter(None, self.walk.views)
        for each in self.walk.views.values():
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
    nodes = {id(view.estimator): path for path, view in walk.views.items()}
    fitted = {each.path for each in walk.fitted}
    used = {path: v for path, v in walk.views.items() if v.place.role != "auxiliary"}
    contents = {path: _contents_of(v, path in fitted, nodes) for path, v in used.items()}
    return Model(walk, dict(hyperparameters_in(model)), contents, nodes)


def _contents_of(view: EstimatorView, fitted: bool, nodes: Mapping[int, str]) -> Contents:
    """What is compared of an estimator: what its Spec says, and all else that it holds."""
    described = fitted and not view.guessed
    values = _held(view) if view.guessed else view.values
    units, ctx = view.spec.extras.get("units") if fitted else None, view.context()
    cls: type = type(view.estimator)
    with invalid_hyperparameter_first(view.estimator):
        found = Contents(units(ctx) if units else {}, caches_of(cls))
        rules = {**_estimators(view), **rules_of(view, ctx)} if fitted else {}
    names = dict.fromkeys([*rules, *values])
    own_way = predicts_its_own_way(view.estimator)
    for name in sorted(names, key=lambda name: rules.get(name, _OTHER).role != "parameter"):
        if name not in values or name in view.params or name in HOOKS:
            continue
        rule = rules.get(name, _OTHER)
        if rule.role == "estimator" and view.place_of(name).role == "auxiliary":
            continue  # nothing calls it
        may_be_read = own_way and rule.role in _NOT_COMPARED
        known = described and _is_known(name, view) and not may_be_read
        if not known or rule.role == "estimator":
            _add_pieces(found, view, name, values[name], rule, nodes)
        elif _needed(rule, values[name]):
            _add_by_rule(found, view, ctx, name, rule)
    for name in view.params if view.guessed else ():
        templates = (each for _, each in templates_in(name, view.values.get(name)))
        if any(id(each) not in nodes and _holds_more(each) for each in templates):
            _add_pieces(found, view, name, view.values[name], _OTHER, nodes)
    return found


def _held(view: EstimatorView) -> Mapping[str, Any]:
    """What pickle would store of an estimator that no Spec describes, else its attributes."""
    try:
        return state_of(view.estimator)
    except Exception:  # raised by a class's own code
        pass
    try:
        object.__reduce_ex__(view.estimator, 4)  # raises if there is more than attributes
    except Exception:  # as above
        return {**view.values, REDUCED: Opaque(type(view.estimator))}
    return view.values


def _holds_more(estimator: Any) -> bool:
    """Whether an estimator in an argument holds more than its own arguments."""
    view = view_of(estimator)
    return not view.values.keys() <= view.params.keys()


def _estimators(view: EstimatorView) -> dict[str, Rule]:
    """The rules of attributes in which a Spec expects estimators; others may be there too."""
    rules = view.spec.rules.items()
    return {name: rule for name, rule in rules if rule.role == "estimator"}


def _is_known(name: str, view: EstimatorView) -> bool:
    """Whether the role of an attribute is known; a subclass may predict from any output."""
    of_subclass = type(view.estimator).__module__.partition(".")[0] != "sklearn"
    known = name in COMMON and not (of_subclass and COMMON[name] == "output")
    return known or name in view.spec.rules


def _needed(rule: Rule, value: Any) -> bool:
    seed = rule.role == "random" and is_number(value)  # which no prediction reads
    return rule.role not in _NOT_COMPARED and not seed


def _add_by_rule(found: Contents, view: EstimatorView, ctx: Context, name: str, rule: Rule) -> None:
    """Add what a Spec's rule finds in an attribute."""
    value, path = view.values[name], join(view.path, name)
    if found.add_trees(path, value, name):
        return
    if not (rule.parts or rule.role == "parameter"):
        role = "estimator" if any(True for _ in estimators_in(name, value)) else rule.role
        found.attributes[path] = Attribute(value, value, role, name)
        return
    leaves = leaves_of(view, ctx, name, rule)
    for i, leaf in enumerate(leaves):
        role = leaf.part.role if leaf.part else rule.role
        if role not in _NOT_COMPARED:
            dims = (leaf.part and leaf.part.dims) or dims_of(rule, ctx, i, len(leaves)) or ()
            found.add(leaf, role, dims)
    for place, text in () if rule.parts else texts_in(path, value):
        found.attributes[place] = Attribute(text, text, "metadata", name)
    items = value if isinstance(value, list) else [value]
    if rule.parts and all(is_readable(item) and not is_estimator(item) for item in items):
        found.attributes[path] = Attribute(value, value, "structure", name)  # the rest of it


def _add_pieces(
    found: Contents,
    view: EstimatorView,
    name: str,
    value: Any,
    rule: Rule,
    nodes: Mapping[int, str],
) -> None:
    """Add all that an attribute holds, whatever it is."""
    for local, piece in pieces(name, value, {}):
        path = join(view.path, local)
        if nodes.get(id(piece)) == path:
            continue
        if is_estimator(piece):
            found.attributes[path] = Attribute(piece, piece, "estimator", name, guessed=True)
        elif holds_no_numbers(piece) or (holds_items(piece) and not is_list(piece)):
            found.attributes[path] = Attribute(piece, piece, "metadata", name, guessed=True)
        elif not found.add_trees(path, piece, name):
            role = "structure" if rule.role == "estimator" else rule.role
            found.add(Leaf(path, local, name, view.estimator, piece), role)
