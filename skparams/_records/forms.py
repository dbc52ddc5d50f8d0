"""What an estimator computes from its parameters, for derivatives of its predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Form:
    """How outputs become what a method returns.

    ``returned`` maps outputs, a column for each, to what ``method`` returns. It loses nothing but,
    with ``shifts``, what is added to all outputs of a sample alike.
    """

    method: str
    returned: Callable[[np.ndarray], np.ndarray]
    shifts: bool


@dataclass(frozen=True, slots=True)
class Affine(Form):
    """Outputs are ``X @ coefs + intercepts``, which are ``coef_.T`` and ``intercept_``."""

    coefs: np.ndarray
    intercepts: np.ndarray


@dataclass(frozen=True, slots=True)
class HiddenLayer:
    """The activation of a layer, its slope, both as functions of its input, and what normalizes it.

    An activation is homogeneous if f(c z) = c f(z) for each c > 0.
    """

    function: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    is_homogeneous: bool = False
    normalization: str | None = None
    gains: Any = None
    means: Any = None
    variances: Any = None
    epsilon: float = 0.0


@dataclass(frozen=True, slots=True)
class Network(Form):
    """Outputs are the inputs of the last layer's activation."""

    coefs: tuple[np.ndarray, ...]
    intercepts: tuple[np.ndarray, ...]
    hidden: tuple[HiddenLayer, ...]


@dataclass(frozen=True, slots=True)
class Projection(Form):
    """Outputs are ``((X - mean) / scale) @ components.T``, over the deviations where whitened."""

    components: np.ndarray
    mean: np.ndarray | None
    scale: np.ndarray | None
    variances: np.ndarray | None
