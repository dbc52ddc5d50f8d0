"""The scorer of an estimator, checked before the first fit."""

from __future__ import annotations

import reprlib
from difflib import get_close_matches
from typing import Any

from sklearn.metrics import check_scoring, get_scorer_names

from skparams._escape import clean


def scorer_of(function: str, estimator: Any, scoring: Any) -> Any:
    """The scorer that one metric names, or that scores as the estimator does."""
    if isinstance(scoring, str) and scoring not in (names := get_scorer_names()):
        near = [name for name in names if name.startswith(scoring)] if scoring else []
        near = (near or get_close_matches(scoring, names) or ["accuracy", "r2"])[:3]
        raise ValueError(
            f"{function}: scoring must be the name of a metric, such as "
            f"{', '.join(map(repr, near))}, got {clean(repr(scoring))}. "
            "sklearn.metrics.get_scorer_names() lists them."
        )
    if scoring is not None and not isinstance(scoring, str) and not callable(scoring):
        raise TypeError(
            f"{function}: scoring must be None, the name of one metric or a callable, got "
            f"{reprlib.repr(scoring)}."
        )
    try:
        return check_scoring(estimator, scoring=scoring)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{function}: scoring: {error}") from error
