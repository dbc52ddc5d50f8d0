"""What can be changed in an estimator: each array, number and object in it, with its path.

The walk is the collector's, and so are the paths and the roles. Beyond it, what holds no numbers
is a target too (text, flags, functions), and objects are looked into.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._probe.values import is_plain
from skparams._walk import Walk, join, rules_of
from skparams.specs import (
    Context,
    EstimatorView,
    Part,
    Rule,
    attributes_of,
    hyperparameters_of,
    is_estimator,
)

__all__ = ["Target", "targets_in"]

_DEEPEST = 6
_WHOLE = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, np.ufunc)
_COMPILED = frozenset(("Tree", "KDTree", "KDTree32", "KDTree64", "BallTree"))
_COMPILED |= {"BallTree32", "BallTree64"}
_CHECKED = ("classes_", "feature_names_in_", "n_features_in_")  # before libsvm is called
_INDICES = "indices that compiled code trusts"
_UNCHECKED = "in compiled code: another could crash the interpreter"


@dataclass(slots=True)
class Target:
    """One value to change, and where it is.

    ``owner`` holds it in the attribute ``name``, or in containers there, as ``keys`` say. Of a
    part of an object, the numbers are changed in place. ``reason`` says why it is not to be tried.
    """

    path: str
    role: str
    estimator: str
    owner: Any
    name: str
    value: Any
    keys: tuple[Any, ...] = ()
    part: Part | None = None
    whole: bool = False  # to be taken away
    reason: str | None = None

    def put(self, new: Any) -> None:
        """Put another value in; containers around it are copied, as others may hold them too."""
        held = _held(self.owner, self.name)
        _set(self.owner, self.name, _with(held, self.keys, new))


def targets_in(walk: Walk) -> list[Target]:
    """Return all targets of a walk over a fitted estimator, in its order."""
    found: list[Target] = []
    met: dict[int, Any] = {id(each.estimator): each.estimator for each in walk.fitted}
    for each in walk.fitted:
        found += _of_estimator(each, met)
    return found


def _of_estimator(each: EstimatorView, met: dict[int, Any]) -> Iterator[Target]:
    name_of = type(each.estimator).__name__
    ctx = each.context()
    rules = rules_of(each, ctx)
    for name, rule in rules.items():
        if name in each.params:  # some Specs name what a subclass fixes
            continue
        path = join(each.path, name)
        base = Target(path, rule.role, name_of, each.estimator, name, each.values[name])
        if rule.parts:
            yield from _parts(base, rule, ctx, met)
        else:
            yield from _inside(base, met, 0)
    for name, rule in each.spec.rules.items():
        if rule.role == "estimator" and name in each.values and name not in each.params:
            path, value = join(each.path, name), each.values[name]
            if value is not None:
                yield Target(path, rule.role, name_of, each.estimator, name, value, whole=True)


def _parts(base: Target, rule: Rule, ctx: Context, met: dict[int, Any]) -> Iterator[Target]:
    """Yield an object's parts, and the object as a whole."""
    assert rule.parts is not None
    if isinstance(base.value, np.ndarray) or issparse(base.value):
        yield from _inside(base, met, 0)
        return
    ctx.value = base.value
    for part in rule.parts(ctx):
        role = part.role
        if rule.role in ("auxiliary", "structure") and role == "parameter":
            role = rule.role
        found = copy.copy(base)
        found.path, found.role, found.part = f"{base.path}{part.path}", role, part
        found.value = part.array
        array = part.array
        if isinstance(array, np.ndarray) and array.dtype.kind not in "fc":
            found.reason = _INDICES
        elif type(base.value).__name__ in _COMPILED - {"Tree"}:
            found.reason = _UNCHECKED
        yield found
    if type(base.value).__name__ not in _COMPILED:
        whole = copy.copy(base)
        whole.whole = True
        yield whole


def _inside(base: Target, met: dict[int, Any], depth: int) -> Iterator[Target]:
    """Yield what a value holds: itself where it is plain, its items, or an object's attributes."""
    value = base.value
    if value is None:
        return
    if is_estimator(value):
        if base.role != "estimator" and id(value) not in met and not isinstance(value, type):
            yield from _helper(base, met, depth)
        return
    if is_plain(value):
        base.reason = _why_not(base, inner=depth > 0 and not is_estimator(base.owner))
        yield base
        if issparse(value):
            yield _at(base, f"{base.path}.indices", base.keys, value, _INDICES)
        return
    items = _items(value)
    if items is not None:
        if depth < _DEEPEST and id(value) not in met:
            met[id(value)] = value
            for label, key, item in items:
                inner = _at(base, f"{base.path}{label}", (*base.keys, key), item)
                yield from _inside(inner, met, depth + 1)
        return
    if type(value).__name__ in _COMPILED or type(value).__module__ == "_ctypes":
        base.reason = _UNCHECKED
        yield base
        return
    base.whole = True
    yield base
    if isinstance(value, _WHOLE) or hasattr(value, "__wrapped__"):  # functions
        return
    if id(value) in met or depth >= _DEEPEST:
        return
    met[id(value)] = value
    held = _settable(value)
    if any(type(item).__module__ in ("_ctypes", "ctypes") for item in held.values()):
        return
    for name, item in held.items():
        inner = Target(f"{base.path}.{name}", base.role, base.estimator, value, name, item)
        yield from _inside(inner, met, depth + 1)


def _settable(value: Any) -> dict[str, Any]:
    """Return an object's attributes, without those that code in C shows and lets nobody set."""
    slotted = any("__slots__" in vars(base) for base in type(value).__mro__)
    return attributes_of(value) if slotted else dict(getattr(value, "__dict__", {}))


def _helper(base: Target, met: dict[int, Any], depth: int) -> Iterator[Target]:
    """Yield an estimator that another keeps for its own use, as a binarizer of its labels."""
    value = base.value
    met[id(value)] = value
    base.whole = True
    yield base
    held = attributes_of(value)
    chosen = hyperparameters_of(value, held)
    for name, item in held.items():
        if name not in chosen and depth < _DEEPEST:
            path = join(base.path, name)
            inner = Target(path, base.role, type(value).__name__, value, name, item)
            yield from _inside(inner, met, depth + 1)


def _at(
    base: Target, path: str, keys: tuple[Any, ...], value: Any, reason: str | None = None
) -> Target:
    return Target(
        path, base.role, base.estimator, base.owner, base.name, value, keys, reason=reason
    )


def _why_not(target: Target, *, inner: bool) -> str | None:
    """Return why a plain value is not to be changed, or None."""
    value = target.value
    if isinstance(value, list | tuple) and all(type(item) is int for item in value) and value:
        return "sizes or indices that compiled code trusts"
    integers = isinstance(value, np.ndarray) and value.dtype.kind in "iu"
    libsvm = any(base.__name__ == "BaseLibSVM" for base in type(target.owner).__mro__)
    if libsvm and target.name not in _CHECKED and not _are_floats(value):
        return "indices, sizes and flags that libsvm trusts"
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if inner and (integers or number):
        kind = type(target.owner).__name__
        return f"an integer of its {kind}: may be an index in compiled code"
    return None


def _are_floats(value: Any) -> bool:
    dtype = getattr(value, "dtype", np.dtype(type(value)) if isinstance(value, float) else None)
    return dtype is not None and dtype.kind == "f"


def _items(value: Any) -> list[tuple[str, Any, Any]] | None:
    """Return the label, the key and the item of each in a container; None for other values."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", key, item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [(f"[{i}]", i, item) for i, item in enumerate(value)]
    if isinstance(value, np.ndarray):
        return [(f"[{', '.join(map(str, at))}]", at, item) for at, item in np.ndenumerate(value)]
    return None


def _held(owner: Any, name: str) -> Any:
    held: Mapping[str, Any] = getattr(owner, "__dict__", {})
    return held[name] if name in held else getattr(owner, name)


def _set(owner: Any, name: str, value: Any) -> None:
    """Set an attribute past the class's own ``__setattr__`` and properties."""
    held = getattr(owner, "__dict__", {})
    if name in held:
        held[name] = value
    else:
        object.__setattr__(owner, name, value)


def _with(container: Any, keys: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of a container with another item somewhere in it."""
    if not keys:
        return new
    key, *rest = keys
    item = _with(container[key], tuple(rest), new)
    if isinstance(container, tuple):
        items = [*container]
        items[key] = item
        return container._make(items) if hasattr(container, "_make") else type(container)(items)
    made = copy.copy(container)
    made[key] = item
    return made
