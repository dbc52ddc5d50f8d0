"""Generators of random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams._keep.kinds.kind import Kind

_KEY = 624  # numbers in the state of a Mersenne twister


def _fields(value: np.random.RandomState) -> dict[str, Any]:
    state = value.get_state(legacy=False)
    return {
        "bit_generator": state["bit_generator"],
        **state["state"],
        "has_gauss": state["has_gauss"],
        "gauss": state["gauss"],
    }


def _build(cls: type, fields: Mapping[str, Any]) -> np.random.RandomState:
    key, pos = np.asarray(fields["key"]), int(fields["pos"])
    if fields["bit_generator"] != "MT19937" or key.shape != (_KEY,) or key.dtype != np.uint32:
        raise ValueError("the state of a RandomState must be that of MT19937")
    if not 0 <= pos <= _KEY:  # NumPy reads there without a check
        raise ValueError(f"pos must be in [0, {_KEY}], got {pos}")
    generator = np.random.RandomState()
    gauss = int(bool(fields["has_gauss"])), float(fields["gauss"])
    generator.set_state(("MT19937", key, pos, *gauss))
    return generator


def _state(value: np.random.Generator) -> dict[str, Any]:
    return {"state": value.bit_generator.state}


def _generator(cls: type, fields: Mapping[str, Any]) -> np.random.Generator:
    state = fields["state"]
    if state["bit_generator"] != "PCG64":  # NumPy checks its numbers, and not those of all others
        raise ValueError(f"the state of a Generator must be that of PCG64, got {state}")
    bits = np.random.PCG64()
    bits.state = state
    return np.random.Generator(bits)


RANDOM = [
    Kind(("numpy.random.Generator",), _state, _generator),
    Kind(("numpy.random.mtrand.RandomState", "numpy.random.RandomState"), _fields, _build),
]
