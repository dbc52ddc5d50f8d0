"""Which rows each fit is trained on, checked before the first one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skparams._folds import splits_of
from skparams._report import plural
from skparams._walk import n_rows


def training_rows(
    splitter: Any, X: Any, y: Any, metadata: Mapping[str, Any], *, classes: bool
) -> list[np.ndarray]:
    """The indices of the training rows of each fit; raise where these would tell of no row."""
    splits = splits_of("memorization", splitter, X, y, metadata, classes=classes)
    n_in = np.zeros(n_rows("memorization", X), dtype=np.intp)
    for train, _ in splits:
        n_in[np.unique(train)] += 1
    if not ((n_in > 0) & (n_in < len(splits))).any():
        raise ValueError(
            "memorization: cv must have rows that some fits are trained on and others are not, got "
            f"{plural(len(splits), 'split')} with each row in the training rows of all or of none."
        )
    return [train for train, _ in splits]
