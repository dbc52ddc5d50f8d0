"""Describe a class of estimators: what each fitted attribute is, and how large it gets."""

from skparams._records import (
    ROLES,
    BlockWork as BlockWork,
    Bounds,
    CoefficientTable,
    Component,
    Cost,
    Count as Count,
    DataShape,
    Form as Form,
    HiddenLayer as HiddenLayer,
    Layer,
    Leading,
    Network as Network,
    NotKnown as NotKnown,
    Trees,
    Unknown,
    add as add,
    between as between,
    low_high as low_high,
    multiply as multiply,
    span as span,
)
from skparams.specs import (
    common as common,
    convergence as convergence,
    members as members,
    networks as networks,
    smoothers as smoothers,
    trees as trees,
)
from skparams.specs.common import resolve as resolve, roles as roles
from skparams.specs.context import Context as Context
from skparams.specs.effective import (
    effective_of as effective_of,
    transformed_target as transformed_target,
)
from skparams.specs.guess import (
    COMMON as COMMON,
    Guess as Guess,
    counts as counts,
    guess_rule as guess_rule,
)
from skparams.specs.hyperparameters import (
    MISSING as MISSING,
    defaults_of as defaults_of,
    same as same,
    short_repr as short_repr,
)
from skparams.specs.leading import leading_features as leading_features
from skparams.specs.linear import (
    affine as affine,
    classes_of as classes_of,
    coefficients_of as coefficients_of,
    column_labels as column_labels,
    dense as dense,
    linear as linear,
    linear_cost as linear_cost,
    may_have_coefficients as may_have_coefficients,
    nonzero_if_l1 as nonzero_if_l1,
    pairs_of as pairs_of,
    stacked as stacked,
    stored_coefficients as stored_coefficients,
)
from skparams.specs.members import (
    Input as Input,
    Names as Names,
    chosen_from as chosen_from,
    inputs_of as inputs_of,
)
from skparams.specs.reached import (
    FinalEstimator as FinalEstimator,
    final_estimator_of as final_estimator_of,
    n_columns_expected as n_columns_expected,
    n_rows_known as n_rows_known,
)
from skparams.specs.registry import (
    overridden as overridden,
    register as register,
    spec_named as spec_named,
    spec_of as spec_of,
)
from skparams.specs.smoothers import MAX_ROWS as MAX_ROWS
from skparams.specs.spec import (
    Member as Member,
    Part as Part,
    Rule as Rule,
    Size as Size,
    Spec as Spec,
    dims_of as dims_of,
    parameter as parameter,
)
from skparams.specs.tables import columns_of as columns_of, index_of as index_of
from skparams.specs.values import (
    HOOKS as HOOKS,
    attributes_of as attributes_of,
    estimators_in as estimators_in,
    holds_no_numbers as holds_no_numbers,
    is_estimator as is_estimator,
    is_number as is_number,
    items_of as items_of,
    leaves_in as leaves_in,
    rebuilt as rebuilt,
    templates_in as templates_in,
    texts_in as texts_in,
)
from skparams.specs.view import (
    EstimatorView as EstimatorView,
    Place as Place,
    view_of as view_of,
)

__all__ = [
    "ROLES",
    "Bounds",
    "CoefficientTable",
    "Component",
    "Context",
    "Cost",
    "DataShape",
    "Input",
    "Layer",
    "Leading",
    "Member",
    "Part",
    "Rule",
    "Spec",
    "Trees",
    "Unknown",
    "parameter",
    "register",
]
