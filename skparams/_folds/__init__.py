"""Cross-validation as the verbs share it: splits that are checked, and metadata for each call."""

from skparams._folds.metadata import check_metadata, routed, rows_of
from skparams._folds.splits import check_n_jobs, splits_of

__all__ = ["check_metadata", "check_n_jobs", "routed", "rows_of", "splits_of"]
