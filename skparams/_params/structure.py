"""Take out what a fresh clone needs, and put fitted parameters and structure back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.exceptions import NotFittedError

from skparams._lazy import refuse_lazy
from skparams._walk import Leaf, Walk, join, owners_of, results_equal, status_of
from skparams.specs import (
    COMMON,
    MISSING,
    Context,
    EstimatorView,
    Part,
    attributes_of,
    guess_rule,
    leaves_in,
    rebuilt,
    view_of,
)

# Roles that predictions do not need; a guessed role does not count.
_UNUSED = {"output", "diagnostic", "state"}


def _role(view: EstimatorView, name: str, value: Any) -> str:
    rule = view.spec.rules.get(name)
    return (rule or guess_rule(type(view.estimator), name, value, view.values)).role


def structure_of(estimator: Any, deep: bool) -> dict[str, Any]:
    """The attributes that a fresh clone needs in order to predict, whole, by path.

    They are copies, except for the arrays of parameters in them.
    """
    learned = [leaf.value for leaf in Walk(estimator).leaves]
    memo = {
        id(value): value for value in learned if isinstance(value, np.ndarray) or issparse(value)
    }
    found = {}
    for path, owner in owners_of(estimator, deep).items():
        for name, value in owner.values.items():
            role = _role(owner, name, value)
            own = deep or role != "estimator"
            if name not in owner.params and (owner.guessed or role not in _UNUSED) and own:
                found[join(path, name)] = _copied(
                    "get_fitted_params", join(path, name), value, memo
                )
    return found


def put(estimator: Any, params: Mapping[str, Any]) -> None:
    """Put parameters, and whole attributes that are among them, into an estimator."""
    refuse_lazy("set_fitted_params", "Parameters are small: take them to memory", **params)
    with _all_or_nothing() as change:
        structure = _structure_in(estimator, params)
        memo: dict[int, Any] = {}
        for path, (owner, name) in structure.items():
            change(owner, name, _copied("set_fitted_params", path, params[path], memo))
        walk = Walk(estimator)
        if not walk.root.fitted:
            raise NotFittedError(
                f"set_fitted_params: this {type(estimator).__name__} is not fitted, and parameters "
                "alone do not make it so. Call fit first, or give what "
                "get_fitted_params(structure=True) of a fitted one returns."
            )
        leaves = {leaf.path: leaf for leaf in walk.leaves if leaf.numbers is not None}
        unknown = sorted(set(params) - set(leaves) - set(structure))
        if unknown:
            raise ValueError(
                f"set_fitted_params: {type(estimator).__name__} has no fitted parameter "
                f"{unknown[0]!r}; allowed are {', '.join(leaves)}."
            )
        new = {path: params[path] for path in params if path in leaves}
        replaced = list(_replaced(leaves, new))
        for owner, name, value in replaced:
            change(owner, name, value)
        for owner in {id(owner): owner for owner, _, _ in replaced}.values():
            for name, value in _derived(owner):
                change(owner, name, value)


@contextmanager
def _all_or_nothing() -> Iterator[Callable[[Any, str, Any], None]]:
    """Yield a function that sets attributes; if the block raises, restore the old ones."""
    done: list[tuple[Any, str, Any]] = []

    def change(estimator: Any, name: str, value: Any) -> None:
        done.append((estimator, name, attributes_of(estimator).get(name, MISSING)))
        setattr(estimator, name, value)

    try:
        yield change
    except BaseException:
        for estimator, name, old in reversed(done):
            if old is not MISSING:
                object.__setattr__(estimator, name, old)
            elif name in attributes_of(estimator):
                object.__delattr__(estimator, name)
        raise


def _structure_in(estimator: Any, params: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    """The estimator and the name of each whole attribute among ``params``, by path.

    A fresh estimator takes any attribute, parameters included, if structure is among them or its
    Spec has none. A fitted one takes those that it has; its parameters are replaced one by one.
    """
    owners = owners_of(estimator)
    leaves = {leaf.path for leaf in Walk(estimator).leaves}
    given: dict[str, dict[str, str]] = {}
    for path in params:
        prefix = max((p for p in owners if not p or path.startswith(f"{p}__")), key=len)
        name = path[len(prefix) + 2 :] if prefix else path
        inside = path.rpartition("__")[0] in params  # of an estimator that is given whole
        own = _is_attribute(name) and name not in owners[prefix].params and not inside
        if own and path not in leaves:
            given.setdefault(prefix, {})[path] = name
    found: dict[str, tuple[Any, str]] = {}
    for prefix, names in given.items():
        owner = owners[prefix]
        learned = set(owner.values) - set(owner.params)
        if learned and status_of(owner) != "not fitted":
            known = {*learned, *owner.spec.rules, *COMMON}
            names = {path: name for path, name in names.items() if name in known}
        elif all(_role(owner, name, params[path]) == "parameter" for path, name in names.items()):
            rules = owner.spec.rules.values()
            if owner.guessed or any(rule.role != "parameter" for rule in rules):
                continue
        found |= {path: (owner.estimator, name) for path, name in names.items()}
    return found


def _is_attribute(name: str) -> bool:
    """Whether a path is an attribute's name, rather than the path of a part of one."""
    return name.isidentifier() and ("__" not in name or name.startswith("_"))


def _replaced(
    leaves: Mapping[str, Leaf], params: Mapping[str, Any]
) -> Iterator[tuple[Any, str, Any]]:
    """Yield estimators, names of their attributes, and new values with the parameters in them."""
    changes: dict[tuple[int, str], dict[str, Any]] = {}
    for path, value in params.items():
        leaf = leaves[path]
        array = _converted(leaf, value)
        if not results_equal(array, leaf.numbers):
            changes.setdefault((id(leaf.estimator), leaf.attribute), {})[path] = array
    for new in changes.values():
        leaf = leaves[next(iter(new))]
        old = attributes_of(leaf.estimator)[leaf.attribute]
        local = {leaves[path].local: array for path, array in new.items()}
        view = view_of(leaf.estimator)
        rule = view.spec.rules.get(leaf.attribute)
        if rule and rule.parts:
            value = _with_parts(leaf, old, rule.parts, view.context(), local)
        else:
            value = rebuilt(leaf.attribute, old, local)
            found = dict(leaves_in(leaf.attribute, value))
            for path, array in local.items():
                put = found.get(path)
                if not results_equal(put if issparse(put) else np.asarray(put), array):
                    raise ValueError(
                        f"set_fitted_params: {path} of {type(leaf.estimator).__name__} is in an "
                        "object that no Spec describes and cannot be replaced in it."
                    )
        yield leaf.estimator, leaf.attribute, value


def _with_parts(
    leaf: Leaf,
    old: Any,
    parts: Callable[[Context], Iterable[Part]],
    ctx: Context,
    new: Mapping[str, Any],
) -> Any:
    """A copy of an object with new values in its parts."""
    name = leaf.attribute
    copy = ctx.value = _copied("set_fitted_params", name, old, {})
    for part in parts(ctx):
        path = f"{name}{part.path}"
        if path not in new:
            continue
        if part.write:
            part.write(new[path])
        elif part.array.flags.writeable:
            part.array[...] = new[path]
    for part in parts(ctx):
        path = f"{name}{part.path}"
        if path in new and not results_equal(np.asarray(part.array), new[path]):
            raise ValueError(
                f"set_fitted_params: {path} of {type(leaf.estimator).__name__} is computed by the "
                f"{type(old).__name__} in {name} and cannot be replaced in it."
            )
    return copy


def _derived(estimator: Any) -> Iterator[tuple[str, Any]]:
    """Yield the derived attributes and their values after a change of parameters."""
    for name, rule in view_of(estimator).spec.rules.items():
        view = view_of(estimator)  # as it is after what was derived before
        if rule.derive and name in view.values:
            yield name, rule.derive(view.context())


def _copied(function: str, path: str, value: Any, memo: dict[int, Any]) -> Any:
    try:
        return deepcopy(value, memo)
    except Exception as error:  # raised by a class's own __deepcopy__ or __reduce__
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        raise TypeError(f"{function}: the {kind} in {path} cannot be copied: {error}") from error


def _converted(leaf: Leaf, value: Any) -> Any:
    """A copy of a value, with the shape and the dtype of the leaf that it replaces."""
    old = leaf.numbers
    if issparse(old) != issparse(value):
        raise ValueError(
            f"set_fitted_params: {leaf.path} must be {'sparse' if issparse(old) else 'dense'} "
            f"as it is now, got {type(value).__name__}."
        )
    try:
        new = value.asformat(old.format, copy=True) if issparse(value) else np.array(value)
    except Exception as error:  # raised by a class's own __array__, as tensors with gradients do
        raise ValueError(
            f"set_fitted_params: {leaf.path} must be numbers, got {type(value).__name__}: {error}"
        ) from error
    if new.shape != old.shape:
        raise ValueError(
            f"set_fitted_params: {leaf.path} must have the shape {old.shape}, got {new.shape}."
        )
    if not np.can_cast(new.dtype, old.dtype, "same_kind"):
        raise ValueError(
            f"set_fitted_params: {leaf.path} must have numbers that fit {old.dtype}, "
            f"got {new.dtype}."
        )
    return new.astype(old.dtype, copy=False)
