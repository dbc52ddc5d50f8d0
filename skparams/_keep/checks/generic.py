"""What must hold for any estimator, by its class and its Spec."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._walk import leaves_of
from skparams.specs import Context, EstimatorView, Rule, dims_of, view_of

_PACKAGES = ("sklearn", "skparams")


def _is_ours(cls: type) -> bool:
    return cls.__module__.partition(".")[0] in _PACKAGES


def check_attribute_names(cls: type, names: Iterable[str]) -> None:
    """Raise ValueError if an attribute takes the place of a method or constant of the class."""
    for base in filter(_is_ours, cls.__mro__):
        for name in names:
            if name in vars(base):
                raise ValueError(f"{name!r} is no attribute that fit sets")


def check_hyperparameters(estimator: Any, ignored: Collection[str]) -> None:
    """Raise ValueError unless the hyperparameters are some that fit takes.

    Compiled code trusts them too, and not all methods that need no fit check them. Those whose
    value is one of ``ignored`` have no effect.
    """
    if _is_ours(type(estimator)) and hasattr(estimator, "_parameter_constraints"):
        params = estimator.get_params(deep=False)
        if any(isinstance(value, str) and value in ignored for value in params.values()):
            effective = {
                n: v for n, v in params.items() if not (isinstance(v, str) and v in ignored)
            }
            estimator = type(estimator)(**effective)
        estimator._validate_params()


def check_dims(estimator: Any) -> None:
    """Raise ValueError unless axes of the same name have the same length.

    As many features as ``n_features_in_`` says reach compiled code.
    """
    view = view_of(estimator)
    if view.guessed:
        return
    lengths = _known_lengths(view)
    ctx = view.context()
    for name, rule in view.spec.rules.items():
        if rule.dims is not None and rule.parts is None and view.values.get(name) is not None:
            _check_attribute(view, ctx, name, rule, lengths)


def _known_lengths(view: EstimatorView) -> dict[str, tuple[str, int]]:
    """Of dims, what their length is and which attribute says so."""
    lengths = {"1": ("one", 1)}
    n_features = view.values.get("n_features_in_")
    if n_features is not None:
        if not isinstance(n_features, int | np.integer) or isinstance(n_features, bool):
            raise ValueError(f"n_features_in_ must be an integer, got {n_features!r:.40}")
        lengths["n_features"] = ("n_features_in_", int(n_features))
    classes = view.values.get("classes_")
    if isinstance(classes, np.ndarray) and classes.ndim == 1:
        if len(set(classes.tolist())) < len(classes):
            raise ValueError("classes_ must have each class once")
        lengths["n_classes"] = ("classes_", len(classes))
    return lengths


def _check_attribute(
    view: EstimatorView, ctx: Context, name: str, rule: Rule, lengths: dict[str, tuple[str, int]]
) -> None:
    if not rule.holds(ctx):
        return
    leaves = leaves_of(view, ctx, name, rule)
    for i, leaf in enumerate(leaves):
        dims = dims_of(rule, ctx, i, len(leaves))
        if not dims or not (isinstance(leaf.value, np.ndarray) or issparse(leaf.value)):
            continue
        shape = leaf.value.shape
        if len(shape) > len(dims):
            raise ValueError(f"{leaf.local} must have the axes {dims}, got the shape {shape}")
        for dim, length in zip(dims[len(dims) - len(shape) :], shape, strict=True):
            other, expected = lengths.setdefault(dim, (leaf.local, length))
            if length != expected:
                raise ValueError(
                    f"{leaf.local} has the shape {shape}, but {dim} is {expected} for {other}"
                )
