"""From an estimator to facts about it."""

from skparams._walk.checks import (
    SOME_ROWS,
    check_estimator,
    check_fitted,
    check_names,
    known_shape,
    n_rows,
    not_read,
)
from skparams._walk.choices import MAX_DEPTH, hyperparameter_records, outcomes
from skparams._walk.copying import (
    compact_copy,
    copy_or_raise,
    hooks_in,
    pickled_state,
    sharing_copy,
    working_copy,
)
from skparams._walk.effective_number import check_columns, effective
from skparams._walk.fitted import held_beside, rules_of, status_of
from skparams._walk.ignore import ignored_paths
from skparams._walk.leaf import Leaf, distinct, join, leaves_of, stored_in
from skparams._walk.memory import ByteCounter, pickled_size
from skparams._walk.outputs import results_equal
from skparams._walk.owners import owners_of
from skparams._walk.predictions import (
    METHODS,
    calls_of,
    method_of,
    predicts_its_own_way,
    results_of,
)
from skparams._walk.shares import measured_memory, memory_in
from skparams._walk.sums import BLOCK, blocks, buffer, dot, exponent_of, in_range, scaled
from skparams._walk.training_rows import (
    TrainingRows,
    evenly_spaced,
    n_training_rows,
    shares_memory,
    table_of,
)
from skparams._walk.walk import Walk, class_path, totals_of

__all__ = [
    "BLOCK",
    "MAX_DEPTH",
    "METHODS",
    "SOME_ROWS",
    "ByteCounter",
    "Leaf",
    "TrainingRows",
    "Walk",
    "blocks",
    "buffer",
    "calls_of",
    "check_columns",
    "check_estimator",
    "check_fitted",
    "check_names",
    "class_path",
    "compact_copy",
    "copy_or_raise",
    "distinct",
    "dot",
    "effective",
    "evenly_spaced",
    "exponent_of",
    "held_beside",
    "hooks_in",
    "hyperparameter_records",
    "ignored_paths",
    "in_range",
    "join",
    "known_shape",
    "leaves_of",
    "measured_memory",
    "memory_in",
    "method_of",
    "n_rows",
    "n_training_rows",
    "not_read",
    "outcomes",
    "owners_of",
    "pickled_size",
    "pickled_state",
    "predicts_its_own_way",
    "results_equal",
    "results_of",
    "rules_of",
    "scaled",
    "shares_memory",
    "sharing_copy",
    "status_of",
    "stored_in",
    "table_of",
    "totals_of",
    "working_copy",
]
