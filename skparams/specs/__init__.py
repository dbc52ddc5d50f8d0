"""Describe a class of estimators: what each fitted attribute is, and how large it gets."""

from skparams._records import ROLES, Bounds, Cost, DataShape, Layer, Unknown
from skparams.specs.common import (
    BINARY as BINARY,
)
from skparams.specs.common import (
    MULTILABEL as MULTILABEL,
)
from skparams.specs.common import (
    ONE as ONE,
)
from skparams.specs.common import (
    if_known as if_known,
)
from skparams.specs.common import (
    itemsize as itemsize,
)
from skparams.specs.common import (
    orthonormal_columns as orthonormal_columns,
)
from skparams.specs.common import (
    row_of as row_of,
)
from skparams.specs.common import (
    targets_last as targets_last,
)
from skparams.specs.common import (
    without_free as without_free,
)
from skparams.specs.convergence import (
    not_converged as not_converged,
)
from skparams.specs.derive import (
    interpolation as interpolation,
)
from skparams.specs.derive import (
    largest_threshold as largest_threshold,
)
from skparams.specs.derive import (
    precisions as precisions,
)
from skparams.specs.derive import (
    precisions_cholesky as precisions_cholesky,
)
from skparams.specs.derive import (
    smallest_threshold as smallest_threshold,
)
from skparams.specs.effective import (
    effective_of as effective_of,
)
from skparams.specs.effective import (
    transformed_target as transformed_target,
)
from skparams.specs.guess import (
    COMMON as COMMON,
)
from skparams.specs.guess import (
    guess_role as guess_role,
)
from skparams.specs.guess import (
    guess_spec as guess_spec,
)
from skparams.specs.hyperparameters import (
    MISSING as MISSING,
)
from skparams.specs.hyperparameters import (
    defaults_of as defaults_of,
)
from skparams.specs.hyperparameters import (
    hyperparameters_of as hyperparameters_of,
)
from skparams.specs.hyperparameters import (
    same as same,
)
from skparams.specs.hyperparameters import (
    short_repr as short_repr,
)
from skparams.specs.hyperparameters import (
    with_fixed as with_fixed,
)
from skparams.specs.leading import (
    leading_features as leading_features,
)
from skparams.specs.members import (
    dropped as dropped,
)
from skparams.specs.members import (
    in_folds as in_folds,
)
from skparams.specs.members import (
    made as made,
)
from skparams.specs.members import (
    n_folds as n_folds,
)
from skparams.specs.members import (
    one_target as one_target,
)
from skparams.specs.members import (
    two_classes as two_classes,
)
from skparams.specs.reached import (
    last_of as last_of,
)
from skparams.specs.reached import (
    n_columns_expected as n_columns_expected,
)
from skparams.specs.registry import (
    nearest as nearest,
)
from skparams.specs.registry import (
    register,
)
from skparams.specs.registry import (
    registered as registered,
)
from skparams.specs.registry import (
    registered_for as registered_for,
)
from skparams.specs.smoothers import (
    gaussian_process as gaussian_process,
)
from skparams.specs.smoothers import (
    kernel_ridge as kernel_ridge,
)
from skparams.specs.smoothers import (
    linear_regression as linear_regression,
)
from skparams.specs.smoothers import (
    nearest_neighbors as nearest_neighbors,
)
from skparams.specs.smoothers import (
    ridge as ridge,
)
from skparams.specs.spec import (
    After as After,
)
from skparams.specs.spec import (
    Member,
    Part,
    Rule,
    Spec,
    parameter,
)
from skparams.specs.spec import (
    Params as Params,
)
from skparams.specs.spec import (
    Said as Said,
)
from skparams.specs.spec import (
    Units as Units,
)
from skparams.specs.units import (
    dead_units as dead_units,
)
from skparams.specs.units import (
    idle_units as idle_units,
)
from skparams.specs.values import (
    attributes_of as attributes_of,
)
from skparams.specs.values import (
    estimators_in as estimators_in,
)
from skparams.specs.values import (
    is_estimator as is_estimator,
)
from skparams.specs.values import (
    is_number as is_number,
)
from skparams.specs.values import (
    leaves_in as leaves_in,
)
from skparams.specs.values import (
    may_be_learned as may_be_learned,
)
from skparams.specs.values import (
    rebuilt as rebuilt,
)
from skparams.specs.values import (
    templates_in as templates_in,
)
from skparams.specs.values import (
    texts_in as texts_in,
)

__all__ = [
    "ROLES",
    "Bounds",
    "Cost",
    "DataShape",
    "Layer",
    "Member",
    "Part",
    "Rule",
    "Spec",
    "Unknown",
    "parameter",
    "register",
]
