"""Cross-validation as the verbs share it: splits that are checked, and metadata for each call."""

from skparams._folds.metadata import check_metadata, routed, rows_of
from skparams._folds.scoring import scorer_of
from skparams._folds.splits import check_n_jobs, check_target, checked_rows, splits_of, splitter_of

__all__ = [
    "check_metadata",
    "check_n_jobs",
    "check_target",
    "checked_rows",
    "routed",
    "rows_of",
    "scorer_of",
    "splits_of",
    "splitter_of",
]
