"""From an estimator to facts about it."""

from skparams._walk.checks import check_estimator, check_fitted, check_names, n_rows
from skparams._walk.choices import DEEPEST, choices
from skparams._walk.copying import copied, reduced, twin
from skparams._walk.effective import check_columns, effective
from skparams._walk.fitted import Fitted, is_fitted, rules_of
from skparams._walk.ignore import ignored_paths
from skparams._walk.leaf import Leaf, apart, join, leaves_of, stored_in
from skparams._walk.memory import Meter, pickled_size
from skparams._walk.outputs import method_of, same, same_numbers
from skparams._walk.predictions import METHODS, Outputs, infers, results_of
from skparams._walk.slimmed import Dropped, plain_class, restored
from skparams._walk.sums import blocks, buffer, dot, exponent_of, in_range, scaled
from skparams._walk.walk import Walk, class_path

__all__ = [
    "DEEPEST",
    "METHODS",
    "Dropped",
    "Fitted",
    "Leaf",
    "Meter",
    "Outputs",
    "Walk",
    "apart",
    "blocks",
    "buffer",
    "check_columns",
    "check_estimator",
    "check_fitted",
    "check_names",
    "choices",
    "class_path",
    "copied",
    "dot",
    "effective",
    "exponent_of",
    "ignored_paths",
    "in_range",
    "infers",
    "is_fitted",
    "join",
    "leaves_of",
    "method_of",
    "n_rows",
    "pickled_size",
    "plain_class",
    "reduced",
    "restored",
    "results_of",
    "rules_of",
    "same",
    "same_numbers",
    "scaled",
    "stored_in",
    "twin",
]
