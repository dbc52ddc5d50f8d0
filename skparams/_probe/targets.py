"""What can be changed in an estimator: each array, number and object in it, with its path.

The walk is the one of ``summary``, and so are the paths and the roles. Beyond it, values without
numbers are targets too (text, flags, functions), and objects are looked into.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._probe.values import is_plain
from skparams._walk import Walk, join, rules_of
from skparams.specs import Context, EstimatorView, Rule, attributes_of, is_estimator, view_of

__all__ = ["Target", "targets_in"]

_MAX_DEPTH = 6
_FUNCTIONS = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, np.ufunc)
_TREES = ("KDTree", "KDTree32", "KDTree64", "BallTree", "BallTree32", "BallTree64")
_CHECKED = ("classes_", "feature_names_in_", "n_features_in_")  # before libsvm is called
_INDICES = "indices that compiled code trusts"
_UNCHECKED = "in compiled code: another could crash the interpreter"


@dataclass(frozen=True, slots=True)
class Target:
    """One value to change, and where it is.

    ``owner`` holds it in the attribute ``name``, or at ``keys`` in containers there; ``write``
    changes the numbers of an object in place. ``reason`` says why the value is not to be tried.
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
        """Put another value in; containers around it are copied, as others may hold them too."""
        if self.write is not None:
            self.write(np.asarray(new))
            return
        stored = getattr(self.owner, "__dict__", {})
        held = stored[self.name] if self.name in stored else getattr(self.owner, self.name)
        value = _replaced(held, self.keys, new)
        if self.name in stored:  # past the class's own __setattr__ and properties
            stored[self.name] = value
        else:
            object.__setattr__(self.owner, self.name, value)


def targets_in(walk: Walk) -> list[Target]:
    """Return all targets of a walk over a fitted estimator, in its order."""
    reached: dict[int, Any] = {id(each.estimator): each.estimator for each in walk.fitted}
    return [target for each in walk.fitted for target in _of_estimator(each, reached)]


def _of_estimator(each: EstimatorView, reached: dict[int, Any]) -> Iterator[Target]:
    class_name = type(each.estimator).__name__

    def target(name: str, role: str) -> Target:
        value = each.values[name]
        return Target(join(each.path, name), role, class_name, each.estimator, name, value)

    ctx = each.context()
    for name, rule in rules_of(each, ctx).items():
        if name in each.params:  # some Specs name what a subclass fixes
            continue
        base = target(name, rule.role)
        if rule.parts is None or isinstance(base.value, np.ndarray) or issparse(base.value):
            yield from _inside(base, reached, 0)
        else:
            yield from _parts(base, rule, ctx)
    for name, rule in each.spec.rules.items():
        held = name not in each.params and each.values.get(name) is not None
        if rule.role == "estimator" and held:
            yield target(name, rule.role)


def _parts(base: Target, rule: Rule, ctx: Context) -> Iterator[Target]:
    """Yield the parts of an object, and the object as a whole."""
    assert rule.parts is not None
    kind = type(base.value).__name__
    ctx.value = base.value
    for part in rule.parts(ctx):
        array, role, reason = part.array, part.role, None
        if rule.role in ("auxiliary", "structure") and role == "parameter":
            role = rule.role
        if isinstance(array, np.ndarray) and array.dtype.kind not in "fc":
            reason = _INDICES
        elif kind in _TREES:
            reason = _UNCHECKED
        elif part.write is None and not (isinstance(array, np.ndarray) and array.flags.writeable):
            reason = "numbers that cannot be written in place"
        write = part.write or partial(np.copyto, array)
        path = f"{base.path}{part.path}"
        yield replace(base, path=path, role=role, value=array, write=write, reason=reason)
    if kind not in ("Tree", *_TREES):
        yield base


def _inside(base: Target, reached: dict[int, Any], depth: int) -> Iterator[Target]:
    """Yield what a value holds: itself if it is plain, its items, or an object's attributes."""
    value = base.value
    if value is None or (is_estimator(value) and id(value) in reached):
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
        if isinstance(value, _FUNCTIONS) or hasattr(value, "__wrapped__"):
            return
    if id(value) in reached or depth >= _MAX_DEPTH:
        return
    reached[id(value)] = value
    inner = _attributes(base) if items is None else _at(base, items)
    for target in inner:
        yield from _inside(target, reached, depth + 1)


def _at(base: Target, items: list[tuple[str, Any, Any]]) -> Iterator[Target]:
    for label, key, item in items:
        yield replace(base, path=f"{base.path}{label}", keys=(*base.keys, key), value=item)


def _attributes(base: Target) -> Iterator[Target]:
    """Yield the attributes of an object, or of an estimator that another keeps for its own use."""
    value = base.value
    if is_estimator(value):
        view = view_of(value)
        kind = type(value).__name__
        for name, item in view.values.items():
            if name not in view.params:
                yield Target(join(base.path, name), base.role, kind, value, name, item)
        return
    # Without slots, what else a class in C shows cannot be set.
    slotted = any("__slots__" in vars(base) for base in type(value).__mro__)
    held = attributes_of(value) if slotted else dict(getattr(value, "__dict__", {}))
    if any(type(item).__module__ in ("_ctypes", "ctypes") for item in held.values()):
        return
    for name, item in held.items():
        yield Target(f"{base.path}.{name}", base.role, base.estimator, value, name, item)


def _why_not(target: Target, *, inner: bool) -> str | None:
    """Return why a plain value is not to be changed, or None."""
    value = target.value
    if isinstance(value, list | tuple) and all(type(item) is int for item in value) and value:
        return "sizes or indices that compiled code trusts"
    libsvm = any(base.__name__ == "BaseLibSVM" for base in type(target.owner).__mro__)
    dtype = getattr(value, "dtype", None)
    real = isinstance(value, float) if dtype is None else dtype.kind == "f"
    if libsvm and target.name not in _CHECKED and not real:
        return "indices, sizes and flags that libsvm trusts"
    whole = isinstance(value, int) and not isinstance(value, bool)
    if inner and (whole or (dtype is not None and dtype.kind in "iu" and not issparse(value))):
        kind = type(target.owner).__name__
        return f"an integer of its {kind}: may be an index in compiled code"
    return None


def _items(value: Any) -> list[tuple[str, Any, Any]] | None:
    """Return the label, the key and the item of each in a container; None for other values."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", key, item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [(f"[{i}]", i, item) for i, item in enumerate(value)]
    if isinstance(value, np.ndarray):
        return [(f"[{', '.join(map(str, at))}]", at, item) for at, item in np.ndenumerate(value)]
    return None


def _replaced(container: Any, keys: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of a container with another item somewhere in it."""
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
