"""The roles of attributes that no Spec describes, guessed from what they hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._records import ROLES
from skparams.specs.hyperparameters import arguments_of_bases
from skparams.specs.spec import Rule, Spec
from skparams.specs.tables import columns_of
from skparams.specs.values import (
    estimators_in,
    holds_no_numbers,
    is_estimator,
    is_number,
    leaves_in,
    templates_in,
)

# What these names mean wherever they occur.
COMMON = {
    "_metadata_request": "metadata",
    "_sklearn_output_config": "metadata",
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
# What they mean in most classes of scikit-learn, for a guess.
_BY_NAME = {
    "best_score_": "diagnostic",
    "cv_results_": "diagnostic",
    "loss_": "diagnostic",
    "best_loss_": "diagnostic",
    "loss_curve_": "diagnostic",
    "validation_scores_": "diagnostic",
    "train_score_": "diagnostic",
    "inertia_": "diagnostic",
    "refit_time_": "diagnostic",
    "feature_importances_": "diagnostic",
    "explained_variance_ratio_": "diagnostic",
}
_RECORD_OF_TRAINING = re.compile(r"(^|_)(loss|losses|history|curve|times|scores|errors)(_|$)")
_KNOWN = {role: Rule(role) for role in ROLES}
_WINNER = "best_estimator_"  # of a search
_MAY_PREDICT = (np.ndarray, np.generic, int, float, complex)
N_SAMPLES = ("n_samples_fit_", "n_samples_seen_", "n_samples_", "_n_samples")


@dataclass(frozen=True)
class Guess(Rule):
    """A rule that no Spec gives: ``reason`` says what it goes by.

    Of an attribute that may hold parameters, numbers whose dtype has one of ``kinds`` are counted.
    """

    _: KW_ONLY
    reason: str
    kinds: str = "fc"


def guess_spec(
    cls: type,
    attributes: Mapping[str, Any],
    hyperparameters: Collection[str],
    roles: Mapping[str, str] = MappingProxyType({}),
) -> Spec:
    """Return a Spec from the kinds of what an estimator holds.

    Arguments of the constructor hold fitted estimators only where nothing else does, as in a
    pipeline: a meta-estimator that clones keeps the clones elsewhere.
    """
    rules: dict[str, Rule | str] = {
        name: Guess(roles[name], reason="predictions use it")
        if name in roles
        else guess_rule(cls, name, value, attributes)
        for name, value in attributes.items()
        if name not in hyperparameters
    }
    if not any(_holds_estimators(name, attributes[name]) for name in rules):
        for name in hyperparameters:
            if any(True for _ in templates_in(name, attributes.get(name))):
                rules[name] = Guess("estimator", reason="an estimator among the arguments")
    return Spec(rules, route=_WINNER if is_estimator(attributes.get(_WINNER)) else None)


def guess_rule(cls: type, name: str, value: Any, attributes: Mapping[str, Any]) -> Rule:
    """Return the likely rule of an attribute, by its value rather than its name.

    Floats are parameters, and so are objects of which nothing is known, which makes the counts
    unknown rather than wrong. It is no guess where the name has one meaning everywhere, or is a
    hyperparameter of a base class, which this one fixes.
    """
    if name in COMMON:
        return _KNOWN[COMMON[name]]
    if name in arguments_of_bases(cls):
        return _KNOWN["metadata"]
    if name in _BY_NAME:
        return Guess(_BY_NAME[name], reason="has a name that scikit-learn uses for this")
    if guess := _in_search(name, value, attributes):
        return guess
    if isinstance(value, np.random.RandomState | np.random.Generator):
        return Guess("random", reason="a random generator")
    text = holds_no_numbers(value) and not isinstance(value, bytes)  # which may be a whole model
    if text or (is_number(value) and not _is_float(value)):
        return Guess("metadata", reason="an integer, a flag or text")
    if _is_float(value):
        return Guess("parameter", reason="a float")
    n_samples = next((attributes[each] for each in N_SAMPLES if each in attributes), None)
    if (isinstance(value, np.ndarray) or issparse(value)) and value.ndim:
        if value.shape[0] == n_samples:
            return Guess("data", reason="as many rows as the training data: data or output")
        if value.dtype.kind != "O":
            kind = "structure" if value.dtype.kind in "biumM" else "parameter"
            return Guess(kind, reason=f"an array of {value.dtype.name}")
    return _of_contents(name, value)


def _in_search(name: str, value: Any, attributes: Mapping[str, Any]) -> Guess | None:
    """The guess in a search, whose winner predicts; None if a value tells better.

    What a search keeps beside its winner are trials, populations and histories, in containers and
    objects of many kinds. A number or an array may be used to predict.
    """
    if not is_estimator(attributes.get(_WINNER)):
        return None
    if name == _WINNER:
        return Guess("estimator", reason="the winner of a search")
    if isinstance(value, _MAY_PREDICT):
        return None
    return Guess("diagnostic", reason="beside the winner of a search")


def _of_contents(name: str, value: Any) -> Guess:
    """The guess for a table, a container or an object, from all that is in it."""
    tables = value.values() if isinstance(value, dict) else (value,)
    kinds = "iufc" if any(columns_of(each) is not None for each in tables) else "fc"
    leaves = [leaf for _, leaf in leaves_in(name, value, objects=True)]
    plain = all(is_number(leaf) or isinstance(leaf, list | tuple) for leaf in leaves)
    if plain and _RECORD_OF_TRAINING.search(str(name)):
        return Guess("diagnostic", reason="numbers with the name of a record of training")
    if counted := [leaf for leaf in leaves if counts(leaf, kinds)]:
        readable = all(
            hasattr(leaf, "dtype") or is_number(leaf) or isinstance(leaf, list | tuple)
            for leaf in counted
        )
        reason = "holds floats" if readable else "holds what cannot be read"
        return Guess("parameter", reason=reason, kinds=kinds)
    if _holds_estimators(name, value):
        return Guess("estimator", reason="holds estimators")
    return Guess("structure" if leaves else "metadata", reason="holds no floats")


def counts(leaf: Any, kinds: str) -> bool:
    """Whether a guess counts a leaf among the parameters: a float, or what cannot be read."""
    if isinstance(leaf, list | tuple):
        leaf = np.asarray(leaf)
    if isinstance(leaf, int | float | complex):
        return isinstance(leaf, float | complex)
    dtype = getattr(leaf, "dtype", None)
    return not isinstance(dtype, np.dtype) or dtype.kind in kinds or dtype.names is not None


def _holds_estimators(name: str, value: Any) -> bool:
    return any(True for _ in estimators_in(name, value, objects=True))


def _is_float(value: Any) -> bool:
    return isinstance(value, float | complex | np.inexact)
