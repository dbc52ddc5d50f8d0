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
    loss = cls(**{name: fields[name] for name in names})
    return loss


LOSSES = [Kind(tuple(f"{_MODULE}.{name}" for name in _ARGUMENTS), _fields, _build)]
