"""What an estimator holds, read once: hyperparameters, attributes, and the Spec they follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from skparams.specs.context import Context
from skparams.specs.guess import guess_spec
from skparams.specs.hyperparameters import hyperparameters_of
from skparams.specs.registry import spec_of
from skparams.specs.spec import Spec
from skparams.specs.values import attributes_of, estimators_in


class Place(NamedTuple):
    """Where an estimator is: what its parameters are there, and whether it only transforms."""

    role: str = "parameter"
    only_transforms: bool = False


_ROOT = Place()


@dataclass(slots=True)  # not frozen, as forests have many
class EstimatorView:
    """An estimator, what it holds (``values``), what was chosen (``params``), and its Spec.

    ``guessed`` says that no Spec describes the class, so that each rule of ``spec`` is a guess;
    ``path`` and ``place``, where the estimator is.
    """

    estimator: Any
    values: Mapping[str, Any]
    params: Mapping[str, Any]
    spec: Spec
    guessed: bool
    path: str = ""
    place: Place = _ROOT

    def context(self, X: Any = None) -> Context:
        """Return what the Spec's functions get after fit.

        Hyperparameters that a subclass's constructor sets rather than takes stand in attributes;
        no fitted attribute has the name of a hyperparameter, so that all may be passed.
        """
        params = {**self.values, **self.params}
        only_transforms = self.place.only_transforms
        return Context(
            params,
            values=self.values,
            estimator=self.estimator,
            X=X,
            only_transforms=only_transforms,
        )

    def place_of(self, name: str, estimator: Any = None, ctx: Context | None = None) -> Place:
        """Return the place of estimators that the attribute of a name holds, or will hold.

        Of a chain it depends on the estimator, as only the last one predicts.
        """
        spec, role = self.spec, self.place.role
        rule = spec.rules.get(name)
        if role == "parameter" and rule is not None and rule.when is not None:
            holds = rule.holds(self.context() if ctx is None else ctx)
            role = role if holds else rule.otherwise
        if spec.route is None:
            return Place(role)
        if spec.parallel:
            return Place(role, True)
        steps = self.values.get(name) if spec.chained else None
        before_last = isinstance(steps, list | tuple) and not any(
            last is estimator for _, last in estimators_in(name, steps[-1])
        )
        return Place(role, before_last or self.place.only_transforms)


def view_of(
    estimator: Any,
    path: str = "",
    roles: Mapping[str, str] = MappingProxyType({}),
    place: Place = _ROOT,
) -> EstimatorView:
    """Read an estimator; ``roles`` are of its attributes, by path, where a Spec is guessed."""
    values = attributes_of(estimator)
    params = hyperparameters_of(estimator, values)
    spec = spec_of(estimator)
    if spec is not None:
        return EstimatorView(estimator, values, params, spec, False, path, place)
    if roles:
        start = f"{path}__" if path else ""
        roles = {name: roles[start + name] for name in values if start + name in roles}
    spec = guess_spec(type(estimator), values, params, roles)
    return EstimatorView(estimator, values, params, spec, True, path, place)
