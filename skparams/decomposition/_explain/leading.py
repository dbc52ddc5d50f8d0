"""The features with the largest entries in a component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# Named of each component, and which share of the largest entry is still worth a name.
MOST = 3


def leading(entries: np.ndarray, names: Sequence[Any], most: int = MOST) -> list[tuple[str, float]]:
    """Return the names and entries that are largest in absolute value, none that is 0."""
    order = np.argsort(-np.abs(entries), kind="stable")[:most]
    return [(str(names[j]), float(entries[j])) for j in order if entries[j] != 0]
