"""What an estimator holds, read once: hyperparameters, attributes, and the Spec they follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from skparams.specs.context import Context
from skparams.specs.guess import guess_spec
from skparams.specs.hyperparameters import hyperparameters_of
from skparams.specs.registry import spec_of
from skparams.specs.spec import Spec
from skparams.specs.values import attributes_of


@dataclass(slots=True)  # not frozen, as forests have many
class EstimatorView:
    """An estimator, what it holds (``values``), what was chosen (``params``), and its Spec.

    ``guessed`` says that no Spec describes the class, so that each rule of ``spec`` is a guess, and
    ``path`` where the estimator is.
    """

    estimator: Any
    values: Mapping[str, Any]
    params: Mapping[str, Any]
    spec: Spec
    guessed: bool
    path: str = ""

    def context(self, X: Any = None) -> Context:
        """Return what the Spec's functions get after fit.

        Hyperparameters that a subclass's constructor sets rather than takes stand in attributes;
        no fitted attribute has the name of a hyperparameter, so that all may be passed.
        """
        params = {**self.values, **self.params}
        return Context(params, values=self.values, estimator=self.estimator, X=X)


def view_of(
    estimator: Any, path: str = "", roles: Mapping[str, str] = MappingProxyType({})
) -> EstimatorView:
    """Read an estimator; ``roles`` are of its attributes, by path, where a Spec is guessed."""
    values = attributes_of(estimator)
    params = hyperparameters_of(estimator, values)
    spec = spec_of(estimator)
    if spec is not None:
        return EstimatorView(estimator, values, params, spec, False, path)
    if roles:
        start = f"{path}__" if path else ""
        roles = {name: roles[start + name] for name in values if start + name in roles}
    return EstimatorView(
        estimator, values, params, guess_spec(type(estimator), values, params, roles), True, path
    )
