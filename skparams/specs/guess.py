"""A Spec for a class that none describes, guessed from what the estimator holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from skparams.specs.spec import Rule, Spec
from skparams.specs.values import estimators_in, holds_no_numbers, may_be_learned, templates_in

# What these names mean wherever they occur.
COMMON = {
    "n_features_in_": "metadata",
    "feature_names_in_": "metadata",
    "n_samples_seen_": "metadata",
    "n_samples_fit_": "metadata",
    "n_outputs_": "structure",
    "n_classes_": "structure",
    "classes_": "structure",
    "n_iter_": "diagnostic",
    "alphas_": "structure",
    "labels_": "output",
    "embedding_": "output",
    "oob_prediction_": "output",
    "oob_decision_function_": "output",
    "training_decision_": "output",
    "outlier_scores_": "output",
}
_DIAGNOSTIC = re.compile(
    r"score|loss|curve|path|history|result|error|time|inertia|importance|gap|criterion|ratio|"
    r"singular|distance|improvement|objective"
)
_SCALAR_PARAMETER = re.compile(r"^(intercept|bias|offset)")


def guess_spec(
    attributes: Mapping[str, Any],
    hyperparameters: Collection[str],
    roles: Mapping[str, str] = MappingProxyType({}),
) -> Spec:
    """Return a Spec from the names and the kinds of what an estimator holds.

    Arguments of the constructor hold fitted estimators only where nothing else does, as in a
    pipeline: a meta-estimator that clones keeps the clones elsewhere.
    """
    rules: dict[str, Rule | str] = {
        name: roles.get(name) or guess_role(name, value)
        for name, value in attributes.items()
        if name not in hyperparameters
    }
    if "estimator" not in rules.values():
        for name in hyperparameters:
            if any(True for _ in templates_in(name, attributes.get(name))):
                rules[name] = "estimator"
    return Spec(rules)


def guess_role(name: str, value: Any) -> str:
    """Return the likely role of an attribute.

    Public arrays of floats are parameters, and so are public objects of which nothing is known,
    which makes the counts unknown rather than wrong.
    """
    if name in COMMON:
        return COMMON[name]
    if any(True for _ in estimators_in(name, value)):
        return "estimator"
    if isinstance(value, np.random.RandomState | np.random.Generator):
        return "random"
    if holds_no_numbers(value):
        return "metadata"
    if _DIAGNOSTIC.search(name):
        return "diagnostic"
    if name.startswith("_"):
        return "state"
    if isinstance(value, int | float | complex | np.generic):
        real = isinstance(value, float | np.inexact)
        return "parameter" if real and _SCALAR_PARAMETER.match(name) else "diagnostic"
    return "parameter" if may_be_learned(value) else "structure"
