"""Losses and links of scikit-learn's ensembles and linear models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skparams._keep.kinds.kind import Kind

_MODULE = "sklearn._loss.loss"
# What the constructor of each loss takes, beside the sample weight.
_ARGUMENTS = {
    **dict.fromkeys(
        (
            *("AbsoluteError", "ExponentialLoss", "HalfBinomialLoss", "HalfGammaLoss"),
            *("HalfPoissonLoss", "HalfSquaredError"),
        ),
        (),
    ),
    "HalfMultinomialLoss": ("n_classes",),
    "HalfTweedieLoss": ("power",),
    "HalfTweedieLossIdentity": ("power",),
    "HuberLoss": ("quantile", "delta"),
    "PinballLoss": ("quantile",),
}


def _fields(value: Any) -> dict[str, Any]:
    fields = {}
    for name in _ARGUMENTS[type(value).__name__]:
        holder = value if hasattr(value, name) else value.closs
        fields[name] = getattr(holder, name)
    return fields


def _build(cls: type, fields: Mapping[str, Any]) -> Any:
    names = _ARGUMENTS[cls.__name__]
    return cls(**{name: fields[name] for name in names})


# Compiled losses, whose constructors take numbers.
_COMPILED = {
    "sklearn._loss._loss": (
        *("CyAbsoluteError", "CyExponentialLoss", "CyHalfBinomialLoss", "CyHalfGammaLoss"),
        *("CyHalfMultinomialLoss", "CyHalfPoissonLoss", "CyHalfSquaredError", "CyHalfTweedieLoss"),
        *("CyHalfTweedieLossIdentity", "CyHuberLoss", "CyPinballLoss"),
    ),
    "sklearn.linear_model._sgd_fast": (
        *("EpsilonInsensitive", "Hinge", "ModifiedHuber", "SquaredEpsilonInsensitive"),
        "SquaredHinge",
    ),
}


def _numbers(value: Any) -> dict[str, Any]:
    return {"arguments": list(value.__reduce__()[1])}


def _from_numbers(cls: type, fields: Mapping[str, Any]) -> Any:
    return cls(*fields["arguments"])


LOSSES = [
    Kind(
        tuple(f"{module}.{name}" for module, names in _COMPILED.items() for name in names),
        _numbers,
        _from_numbers,
    ),
    Kind(tuple(f"{_MODULE}.{name}" for name in _ARGUMENTS), _fields, _build),
]
