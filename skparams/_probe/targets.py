"""The values in an estimator that probing can change, each with its path.

Paths and roles are those of ``summary``. In addition, text, flags and functions are targets, and so
are the attributes of other objects.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._lazy import is_lazy
from skparams._probe.values import is_plain
from skparams._walk import Leaf, Walk, join, leaves_of, rules_of
from skparams.specs import EstimatorView, attributes_of, is_estimator, view_of

_MAX_DEPTH = 6
_FUNCTIONS = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, np.ufunc)
_TREES = ("KDTree", "KDTree32", "KDTree64", "BallTree", "BallTree32", "BallTree64")
_CHECKED = ("classes_", "feature_names_in_", "n_features_in_")  # before libsvm is called
_KINDS = {int: "i", float: "f"}  # as in a dtype
_INDEX = re.compile(r"\[\d+(?:, \d+)*\]")
_INDICES = "indices that compiled code trusts"
_UNCHECKED = "in compiled code: another could crash the interpreter"


@dataclass(frozen=True, slots=True)
class Target:
    """One value to change: the attribute ``name`` of ``owner``, or the item at ``keys`` in it.

    ``write`` changes the array of an object in place; ``reason`` tells why nothing is to be tried.
    """

    path: str
    role: str
    estimator: str
    owner: Any
    name: str
    value: Any
    keys: tuple[Any, ...] = ()
    write: Callable[[Any], Any] | None = None
    reason: str | None = None

    def put(self, new: Any) -> None:
        """Replace the value; containers around it are copied, as they may be shared."""
        if self.write is not None:
            self.write(np.asarray(new))
            return
        stored = getattr(self.owner, "__dict__", {})
        if self.name in stored:  # without the class's own __setattr__ and properties
            stored[self.name] = _replaced(stored[self.name], self.keys, new)
        else:
            value = _replaced(getattr(self.owner, self.name), self.keys, new)
            object.__setattr__(self.owner, self.name, value)


def without_indices(path: str) -> str:
    """Return a path with "[…]" for each index, as the items of a list have one kind."""
    return _INDEX.sub("[…]", path)


def targets_in(walk: Walk) -> list[Target]:
    """All targets in a fitted estimator, in the order of the walk."""
    visited: dict[int, Any] = {id(each.estimator): each.estimator for each in walk.fitted}
    return [target for each in walk.fitted for target in _of_estimator(each, visited)]


def _of_estimator(each: EstimatorView, visited: dict[int, Any]) -> Iterator[Target]:
    ctx, class_name = each.context(), type(each.estimator).__name__
    nested = {name: rule for name, rule in each.spec.rules.items() if rule.role == "estimator"}
    for name, rule in (rules_of(each, ctx) | nested).items():
        value = each.values.get(name)
        if name in each.params or (name in nested and value is None):
            continue  # some Specs name what a subclass fixes
        path = join(each.path, name)
        base = Target(path, rule.role, class_name, each.estimator, name, value)
        if name in nested:
            yield base
        elif rule.parts is None or isinstance(value, np.ndarray) or issparse(value):
            yield from _inside(base, visited, 0)
        else:
            yield from _parts(base, leaves_of(each, ctx, name, rule))


def _parts(base: Target, leaves: Iterable[Leaf]) -> Iterator[Target]:
    """The parts of an object, and the object as a whole."""
    kind = type(base.value).__name__
    for path, array, part in ((leaf.path, leaf.value, leaf.part) for leaf in leaves):
        assert part is not None
        reason = None
        if isinstance(array, np.ndarray) and array.dtype.kind not in "fc":
            reason = _INDICES
        elif kind in _TREES:
            reason = _UNCHECKED
        elif part.write is None and not (isinstance(array, np.ndarray) and array.flags.writeable):
            reason = "values that cannot be written in place"
        write = part.write or partial(np.copyto, array)
        yield replace(base, path=path, role=part.role, value=array, write=write, reason=reason)
    if kind not in ("Tree", *_TREES):
        yield base


def _inside(base: Target, visited: dict[int, Any], depth: int) -> Iterator[Target]:
    """The value itself unless it is a container, and its items or attributes unless it is plain."""
    value = base.value
    if value is None or (is_estimator(value) and id(value) in visited):
        return
    if is_plain(value):
        yield replace(base, reason=_why_not(base, inner=depth > 0 and not is_estimator(base.owner)))
        if issparse(value):
            yield replace(base, path=f"{base.path}.indices", reason=_INDICES)
        return
    items = _items(value)
    if items is None:
        kind = type(value)
        if kind.__name__ in ("Tree", *_TREES) or kind.__module__ == "_ctypes":
            yield replace(base, reason=_UNCHECKED)
            return
        yield base
        if is_lazy(value) or isinstance(value, _FUNCTIONS) or hasattr(value, "__wrapped__"):
            return
        inner = [*_attributes(base)]
    else:
        inner = [
            replace(base, path=f"{base.path}[{label}]", keys=(*base.keys, key), value=item)
            for label, key, item in items
        ]
    if id(value) not in visited and depth < _MAX_DEPTH:
        visited[id(value)] = value
        for target in inner:
            yield from _inside(target, visited, depth + 1)


def _attributes(base: Target) -> Iterator[Target]:
    """The attributes of an object, or of an estimator that another keeps for its own use."""
    value = base.value
    if is_estimator(value):
        view = view_of(value)
        for name, item in view.values.items():
            if name not in view.params:
                path = join(base.path, name)
                yield Target(path, base.role, type(value).__name__, value, name, item)
        return
    # Without slots, the other attributes of a class written in C cannot be set.
    has_slots = any("__slots__" in vars(cls) for cls in type(value).__mro__)
    attributes = attributes_of(value) if has_slots else dict(getattr(value, "__dict__", {}))
    if not any(type(item).__module__ in ("_ctypes", "ctypes") for item in attributes.values()):
        for name, item in attributes.items():
            yield replace(
                base, path=f"{base.path}.{name}", owner=value, name=name, value=item, keys=()
            )


def _why_not(target: Target, *, inner: bool) -> str | None:
    """Why a plain value must not be changed, or None."""
    value = target.value
    if isinstance(value, list | tuple) and all(type(item) is int for item in value) and value:
        return "sizes or indices that compiled code trusts"
    libsvm = any(cls.__name__ == "BaseLibSVM" for cls in type(target.owner).__mro__)
    dtype = getattr(value, "dtype", None)
    kind = dtype.kind if dtype is not None else _KINDS.get(type(value), "")
    if libsvm and target.name not in _CHECKED and kind != "f":
        return "indices, sizes and flags that libsvm trusts"
    if inner and kind in ("i", "u") and not issparse(value):
        owner = type(target.owner).__name__
        return f"an integer of its {owner}: may be an index in compiled code"
    return None


def _items(value: Any) -> list[tuple[str, Any, Any]] | None:
    """The label, the key and the value of each item in a container; None for other values."""
    if isinstance(value, dict):
        return [(repr(key), key, item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [(str(i), i, item) for i, item in enumerate(value)]
    if isinstance(value, np.ndarray):
        return [(", ".join(map(str, at)), at, item) for at, item in np.ndenumerate(value)]
    return None


def _replaced(container: Any, keys: tuple[Any, ...], new: Any) -> Any:
    """A copy of nested containers with another item at these keys."""
    if not keys:
        return new
    key, *rest = keys
    item = _replaced(container[key], tuple(rest), new)
    if isinstance(container, tuple):
        items = [*container[:key], item, *container[key + 1 :]]
        return container._make(items) if hasattr(container, "_make") else type(container)(items)
    made = copy.copy(container)
    made[key] = item
    return made
