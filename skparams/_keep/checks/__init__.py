"""What must hold between the attributes of an estimator, so that compiled code reads no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skparams._keep.checks.ensembles import ENSEMBLES
from skparams._keep.checks.generic import (
    check_attribute_names as check_attribute_names,
    check_dims,
    check_hyperparameters as check_hyperparameters,
)
from skparams._keep.checks.histogram import HISTOGRAM
from skparams._keep.checks.indices import INDICES
from skparams._keep.checks.networks import NETWORKS
from skparams._keep.checks.rows import ROWS
from skparams._keep.checks.svm import SVM

# By the class, with the first two parts of its module.
CHECKS: dict[str, Callable[[Any], None]] = {
    **INDICES,
    **NETWORKS,
    **ROWS,
    **SVM,
    **ENSEMBLES,
    **HISTOGRAM,
}


def check_attributes(estimator: Any) -> None:
    """Raise ValueError unless the attributes of a file go together."""
    check_dims(estimator)
    for base in type(estimator).__mro__:
        package = ".".join(base.__module__.split(".")[:2])
        check = CHECKS.get(f"{package}.{base.__name__}")
        if check is not None:
            check(estimator)
