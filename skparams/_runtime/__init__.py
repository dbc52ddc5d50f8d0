"""What the estimators of this package stand on."""

from skparams._runtime.estimator import (
    AvailableIf,
    VersionedEstimator,
    unchanged_on_error,
    validate_data,
)
from skparams._runtime.folders import SUFFIX, cache_dir, folder_to_write
from skparams._runtime.jit import load_kernels, save_errors
from skparams._runtime.parallel import in_parallel
from skparams._runtime.progress import Progress
from skparams._runtime.tasks import NO_TASKS, Tasks, fit_tasks, n_tasks, needs_state
from skparams._runtime.threads import in_threads, n_threads, one_thread
from skparams._runtime.versions import show_versions

__all__ = [
    "NO_TASKS",
    "SUFFIX",
    "AvailableIf",
    "Progress",
    "Tasks",
    "VersionedEstimator",
    "cache_dir",
    "fit_tasks",
    "folder_to_write",
    "in_parallel",
    "in_threads",
    "load_kernels",
    "n_tasks",
    "n_threads",
    "needs_state",
    "one_thread",
    "save_errors",
    "show_versions",
    "unchanged_on_error",
    "validate_data",
]
