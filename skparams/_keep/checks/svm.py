"""Support vector machines of libsvm, which reads as many numbers as the others say."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._keep.checks.values import floats, indices, instance, n_features_of
from skparams._keep.kinds import array, check_range

_CLASSIFIERS = ("c_svc", "nu_svc")
_MAX = np.iinfo(np.int32).max


def _check(svm: Any) -> None:
    attributes = vars(svm)
    classifier = svm._impl in _CLASSIFIERS
    n_classes = len(array(attributes, "classes_", svm.classes_.dtype, (None,))) if classifier else 2
    n_pairs = n_classes * (n_classes - 1) // 2
    if n_classes < 2:
        raise ValueError("classes_ must be two or more")

    support = array(attributes, "support_", np.int32, (None,))
    n_support = array(attributes, "_n_support", np.int32, (n_classes,))
    check_range(n_support, "_n_support", 0, _MAX)
    n = len(support)
    if (n_support.sum() if classifier else n_support[0]) != n:
        raise ValueError(f"_n_support must add up to {n}, the length of support_")
    if type(attributes["_sparse"]) is not bool:
        raise ValueError("_sparse must be a bool")
    n_rows = _check_rows(svm, n)
    indices(support, "support_", 0, n_rows, (n,))

    _check_coefficients(svm, (n_classes - 1, n))
    floats(svm, "_intercept_", (n_pairs if classifier else 1,))
    n_probabilities = len(array(attributes, "_probA", np.float64, (None,)))
    floats(svm, "_probA", (n_probabilities,))
    floats(svm, "_probB", (None if svm._impl == "epsilon_svr" else n_probabilities,))
    probable = vars(svm).get("_effective_probability", svm.probability)
    if type(probable) is not bool or (probable and not classifier):
        raise ValueError(f"_effective_probability must be a bool, got {probable!r:.40}")
    if n_probabilities != (n_pairs if probable else 0):
        raise ValueError(f"_probA must have {n_pairs} numbers, got {n_probabilities}")
    _check_public(svm, classifier and n_classes == 2)


def _check_rows(svm: Any, n: int) -> int:
    """Check the support vectors; return how many rows the model was fitted on."""
    shape = svm.shape_fit_
    if type(shape) is not tuple or len(shape) not in (1, 2):
        raise ValueError(f"shape_fit_ must be a tuple of two integers, got {shape!r:.40}")
    n_rows = shape[0]
    if type(n_rows) is not int or not 0 < n_rows <= _MAX:
        raise ValueError(f"shape_fit_ must have positive integers, got {shape!r:.40}")
    if callable(svm.kernel):
        instance(svm.kernel, "kernel", "sklearn.gaussian_process.kernels.Kernel")
        fitted = instance(svm._BaseLibSVM__Xfit, "the training rows", "numpy.ndarray")
        if fitted.shape[:1] != (n_rows,):
            raise ValueError("shape_fit_ must be the shape of the training rows")
    vectors = svm.support_vectors_
    if svm.kernel == "precomputed" or callable(svm.kernel):
        if vectors.shape not in ((0, 0), (n, 0)) and not svm._sparse:
            raise ValueError("support_vectors_ must be empty, as the kernel is precomputed")
        return n_rows
    n_features = n_features_of(svm)
    if svm._sparse:
        if not issparse(vectors) or vectors.format != "csr" or vectors.shape != (n, n_features):
            raise ValueError(f"support_vectors_ must be a sparse matrix of {(n, n_features)}")
        if not np.isfinite(vectors.data).all():
            raise ValueError("support_vectors_ must be finite")
        return n_rows
    floats(svm, "support_vectors_", (n, n_features))
    return n_rows


def _check_coefficients(svm: Any, shape: tuple[int, int]) -> None:
    """Check ``_dual_coef_``, in which a sparse matrix stores every number."""
    for name in ("_dual_coef_", "dual_coef_"):
        value = vars(svm)[name]
        if not svm._sparse:
            floats(svm, name, shape)
        elif (
            not issparse(value)
            or value.format != "csr"
            or value.shape != shape
            or value.nnz != shape[0] * shape[1]
            or not np.isfinite(value.data).all()
        ):
            raise ValueError(f"{name} must be a sparse matrix of {shape} with all numbers stored")


def _check_public(svm: Any, negated: bool) -> None:
    """Check that the public attributes are the private ones, of two classes with another sign."""
    sign = -1 if negated else 1
    public, private = (
        value.toarray() if issparse(value) else value for value in (svm.dual_coef_, svm._dual_coef_)
    )
    if not np.array_equal(public, sign * private):
        raise ValueError("dual_coef_ does not agree with _dual_coef_")
    if not np.array_equal(svm.intercept_, sign * svm._intercept_):
        raise ValueError("intercept_ does not agree with _intercept_")
    gamma = svm._gamma
    if not isinstance(gamma, int | float | np.floating) or not 0 <= gamma < np.inf:
        raise ValueError(f"_gamma must not be negative, got {gamma!r:.40}")


SVM = {"sklearn.svm.BaseLibSVM": _check}
