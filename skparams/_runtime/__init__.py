"""What the estimators of this package stand on."""

from skparams._runtime.estimator import (
    AvailableIf,
    VersionedEstimator,
    unchanged_on_error,
    validate_data,
)
from skparams._runtime.jit import announced_compilation, load_kernels
from skparams._runtime.progress import Progress
from skparams._runtime.threads import blas_threads_for, in_threads, n_threads, one_blas_thread
from skparams._runtime.versions import show_versions

__all__ = [
    "AvailableIf",
    "Progress",
    "VersionedEstimator",
    "announced_compilation",
    "blas_threads_for",
    "in_threads",
    "load_kernels",
    "n_threads",
    "one_blas_thread",
    "show_versions",
    "unchanged_on_error",
    "validate_data",
]
