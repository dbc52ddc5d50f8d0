"""Describe a class of estimators: what each fitted attribute is, and how large it gets."""

from skparams._records import (
    ROLES,
    Bounds,
    Component,
    Cost,
    DataShape,
    Layer,
    Leading,
    Unknown,
)
from skparams._records import (
    between as between,
)
from skparams._records import (
    multiply as multiply,
)
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
    n_or_all as n_or_all,
)
from skparams.specs.common import (
    orthonormal as orthonormal,
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
    turning_components as turning_components,
)
from skparams.specs.common import (
    without_free as without_free,
)
from skparams.specs.context import (
    Context as Context,
)
from skparams.specs.convergence import (
    at_limit as at_limit,
)
from skparams.specs.convergence import (
    iterations as iterations,
)
from skparams.specs.convergence import (
    with_tolerance as with_tolerance,
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
from skparams.specs.leading import (
    leading_features as leading_features,
)
from skparams.specs.linear import (
    epoch_macs as epoch_macs,
)
from skparams.specs.linear import (
    linear as linear,
)
from skparams.specs.members import (
    columns_behind as columns_behind,
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
    one_after_another as one_after_another,
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
    register as register,
)
from skparams.specs.registry import (
    spec_named as spec_named,
)
from skparams.specs.registry import (
    spec_of as spec_of,
)
from skparams.specs.sizes import (
    resolve as resolve,
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
    Member as Member,
)
from skparams.specs.spec import (
    Part as Part,
)
from skparams.specs.spec import (
    Predicate as Predicate,
)
from skparams.specs.spec import (
    Rule as Rule,
)
from skparams.specs.spec import (
    Size as Size,
)
from skparams.specs.spec import (
    Spec as Spec,
)
from skparams.specs.spec import (
    dims_of as dims_of,
)
from skparams.specs.spec import (
    parameter as parameter,
)
from skparams.specs.trees import (
    FOREST as FOREST,
)
from skparams.specs.trees import (
    LIMITS as LIMITS,
)
from skparams.specs.trees import (
    most_leaves as most_leaves,
)
from skparams.specs.trees import (
    tree_parts as tree_parts,
)
from skparams.specs.trees import (
    weights as weights,
)
from skparams.specs.trees import (
    weights_before as weights_before,
)
from skparams.specs.units import (
    odd_units as odd_units,
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
from skparams.specs.view import (
    EstimatorView as EstimatorView,
)
from skparams.specs.view import (
    view_of as view_of,
)

__all__ = [
    "ROLES",
    "Bounds",
    "Component",
    "Context",
    "Cost",
    "DataShape",
    "Layer",
    "Leading",
    "Member",
    "Part",
    "Rule",
    "Spec",
    "Unknown",
    "parameter",
    "register",
]
