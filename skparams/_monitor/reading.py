"""The parameters of an estimator as one array, read again and again during a fit."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._monitor.norms import flatten, n_floats
from skparams._monitor.record import Layout
from skparams._records import Layer
from skparams._walk import Leaf, Walk, leaves_of, rules_of, status_of
from skparams.specs import EstimatorView, Guess, leaves_in, view_of

NUMERIC = "biufc"
# What our estimators report to callbacks beside fitted attributes.
OF_TRAINING = ("_gradients", "_training")


class Snapshot:
    """The numbers of all parameters, in one flat array of float64."""

    def __init__(self, layout: Layout, sizes: tuple[int, ...], flat: np.ndarray) -> None:
        self.layout, self.sizes, self.flat = layout, sizes, flat

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each parameter begins."""
        return np.cumsum(self.sizes) - self.sizes

    def arranged_as(self, other: Snapshot) -> np.ndarray:
        """The numbers in the places of another one, NaN for parameters that differ in shape."""
        if other.layout is self.layout and other.sizes == self.sizes:
            return self.flat
        own = dict(zip(_keys(self), np.split(self.flat, self.starts[1:]), strict=True))
        missing = [np.full(size, np.nan) for size in other.sizes]
        return np.concatenate(
            [own.get(key, nan) for key, nan in zip(_keys(other), missing, strict=True)]
        )


def _keys(snapshot: Snapshot) -> Iterable[tuple]:
    layout = snapshot.layout
    return zip(layout.names, layout.shapes, snapshot.sizes, strict=True)


class ParameterReader:
    """Read the parameters of an estimator during its fit.

    They are looked for anew only where the estimator has attributes that it had not before, or
    other arrays in them.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()  # empty where each reading takes a walk
        self._attributes: tuple[str, ...] = ()
        self.layout: Layout | None = None
        self._sizes: tuple[int, ...] = ()
        # Of layers of rectified units, the places of the weights into them and of the biases.
        self.rectified: list[tuple[int, int]] = []

    def read(self, estimator: Any) -> Snapshot | None:
        """The parameters; None if the estimator has learned none."""
        arrays = self._read_again(estimator) or self._walk(estimator)
        if not arrays:
            return None
        assert self.layout is not None
        return Snapshot(self.layout, self._sizes, flatten(arrays))

    def gradients(self, estimator: Any) -> list[np.ndarray | None] | None:
        """The gradient of each parameter, None for those without, and None if there are none."""
        reported = vars(estimator).get("_gradients")
        if not isinstance(reported, Mapping) or self.layout is None:
            return None
        found: dict[str, Any] = {}
        for name, arrays in reported.items():
            paths = [path for path in self.layout.names if path.partition("[")[0] == name]
            found.update(zip(paths, _arrays_in(name, arrays), strict=False))
        gradients = [found.get(name) for name in self.layout.names]
        return [
            gradient if gradient is not None and gradient.shape == shape else None
            for gradient, shape in zip(gradients, self.layout.shapes, strict=True)
        ]

    def _read_again(self, estimator: Any) -> list[Any] | None:
        """What the last walk found, if nothing says that another one would find more."""
        held = current_attributes(estimator)
        if self.layout is None or not self._seen.issuperset(held):
            return None
        names = [name for name in self._attributes if name in held]
        arrays = [array for name in names for array in _arrays_in(name, held[name])]
        same = [array.shape for array in arrays] == list(self.layout.shapes)
        return arrays if same else None

    def _walk(self, estimator: Any) -> list[Any]:
        held = current_attributes(estimator)
        copied = copy.copy(estimator)
        vars(copied).clear()
        vars(copied).update(held)
        view = view_of(copied)
        leaves, layers = _own_leaves(view) or _all_leaves(copied)
        found = [leaf for leaf in leaves if leaf.numbers is not None]
        found = [leaf for leaf in found if leaf.numbers.dtype.kind in NUMERIC]
        found = [leaf for leaf in found if n_floats(leaf.numbers)]
        arrays = [leaf.numbers for leaf in found]
        names = tuple(leaf.path for leaf in found)
        sparse = tuple(bool(issparse(array)) for array in arrays)
        self.layout = Layout(names, tuple(array.shape for array in arrays), sparse)
        self._sizes = tuple(map(n_floats, arrays))
        self._attributes = tuple(dict.fromkeys(leaf.attribute for leaf in found))
        plain = all(leaf.estimator is copied and leaf.part is None for leaf in found)
        complete = len(found) == len(leaves) and not any(sparse)
        # What a Spec gives another role is not looked at again.
        named = {name for name, rule in view.spec.rules.items() if rule.role != "parameter"}
        self._seen = {*held, *(() if view.guessed else named)} if plain and complete else set()
        hidden = [i for i, layer in enumerate(layers[1:-1]) if layer.activation == "relu"]
        pairs = [(f"coefs_[{i}]", f"intercepts_[{i}]") for i in hidden]
        self.rectified = [
            (names.index(weights), names.index(biases))
            for weights, biases in pairs
            if weights in names and biases in names
        ]
        return arrays


def _all_leaves(estimator: Any) -> tuple[list[Leaf], Sequence[Layer]]:
    """The parameters in an estimator and in those nested in it, and its layers."""
    walk = Walk(estimator)
    return walk.leaves, walk.root.layers


def _own_leaves(view: EstimatorView) -> tuple[list[Leaf], Sequence[Layer]] | None:
    """The same in a sixth of the time; None unless a Spec describes all of a single estimator."""
    if view.guessed or view.spec.nested or status_of(view) == "not fitted":
        return None
    context = view.context()
    rules = rules_of(view, context)
    if any(isinstance(rule, Guess) or rule.parts for rule in rules.values()):
        return None
    learned = [(name, rule) for name, rule in rules.items() if rule.role == "parameter"]
    leaves = [leaf for name, rule in learned for leaf in leaves_of(view, context, name, rule)]
    layers = view.spec.extras.get("layers")
    return leaves, layers(context) if layers else ()


def _arrays_in(name: str, value: Any) -> list[np.ndarray]:
    """The arrays in an attribute, in the order of a walk."""
    if isinstance(value, np.ndarray) and value.dtype.kind in NUMERIC:
        return [value]
    if type(value) is list and all(isinstance(item, np.ndarray) for item in value):
        return value
    return [np.asarray(found) for _, found in leaves_in(name, value)]


def current_attributes(estimator: Any) -> dict[str, Any]:
    """Attributes as training goes on from them: with early stopping, others are to be kept."""
    held = dict(vars(estimator))
    held.pop("_gradients", None)
    training = held.pop("_training", None)
    if isinstance(training, Mapping):
        held.update(training)
    return held
