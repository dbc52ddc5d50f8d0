"""From an estimator and rows to the derivatives of its predictions, or why they are not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import check_array

from skparams._compat import invalid_hyperparameter_first
from skparams._identify.affine import AffineJacobian
from skparams._identify.jacobian import Jacobian
from skparams._identify.network import NetworkJacobian
from skparams._identify.projection import ProjectionJacobian
from skparams._records import Affine, Form, Network, NotKnown, Projection
from skparams._walk import Leaf, method_of, predicts_its_own_way
from skparams.specs import FinalEstimator, spec_of, view_of

# How far what a method returns may be from what the derivatives are of, by rounding, relative to
# the largest number.
_CLOSE = {"float32": 1e-2, "float64": 1e-6}


def form_of(estimator: Any, last: Any) -> Form:
    """What predictions are as a function of the parameters; NotKnown if that is not known."""
    for each in (last, estimator):
        if predicts_its_own_way(each):
            raise NotKnown(f"{type(each).__name__} has methods of its own for predictions")
    spec = spec_of(last)
    if spec is None or "form" not in spec.extras:
        raise NotKnown(
            "derivatives are known for multi-layer perceptrons, linear models and PCA, not for "
            f"{type(last).__name__}"
        )
    with invalid_hyperparameter_first(last):
        form = spec.extras["form"](view_of(last).context())
    if method_of(last, form.method) is None:
        raise NotKnown(f"this {type(last).__name__} has no {form.method}")
    return form


def finite_rows(data: Any) -> Any:
    """Finite rows in float64, dense or CSR."""
    try:
        return check_array(data, accept_sparse="csr", dtype=np.float64, input_name="X")
    except ValueError as error:
        raise ValueError(f"identifiable: {error}") from None


def names_of(last: FinalEstimator) -> Sequence[str]:
    """The names of the columns that reach an estimator, or none."""
    if not last.transformers:
        return getattr(last.estimator, "feature_names_in_", ())
    names = None
    try:
        for transformer in last.transformers:
            names = transformer.get_feature_names_out(names)
    except Exception:  # of any package; not all have it
        return ()
    n_columns = getattr(last.estimator, "n_features_in_", None)
    return names if names is not None and len(names) == n_columns else ()


def jacobian_of(
    form: Form, X: Any, leaves: list[Leaf], estimator: Any, names: Sequence[str] = ()
) -> Jacobian:
    """The derivatives of a form; NotKnown if it leaves a parameter out."""
    learned = {leaf.local for leaf in leaves}
    jacobian: Jacobian
    if isinstance(form, Affine):
        jacobian = AffineJacobian(form, X, names, has_intercept="intercept_" in learned)
    elif isinstance(form, Network):
        jacobian = NetworkJacobian(form, X, names)
    else:
        assert isinstance(form, Projection)
        jacobian = ProjectionJacobian(form, X, names)
    if learned != set(jacobian.spans):
        others = ", ".join(sorted(learned ^ set(jacobian.spans)))
        raise NotKnown(f"there are no derivatives in {others} of {type(estimator).__name__}")
    return jacobian


def check_predictions(form: Form, jacobian: Jacobian, returned: Any, leaves: list[Leaf]) -> None:
    """Raise NotKnown if a method returns something else than what the derivatives are of."""
    with np.errstate(all="ignore"):
        outputs = jacobian.outputs()
        if not np.isfinite(outputs).all():
            raise NotKnown("predictions overflow float64, or parameters are not finite")
        expected, terms = form.returned(outputs), jacobian.terms()
    actual = returned.toarray() if issparse(returned) else np.asarray(returned)
    dtypes = {str(actual.dtype), *(str(leaf.numbers.dtype) for leaf in leaves)}
    close = _CLOSE["float32" if "float32" in dtypes else "float64"]
    if actual.size == expected.size:
        actual = actual.reshape(expected.shape)
        finite = np.isfinite(expected)
        room = close * np.abs(expected[finite]).max(initial=0.0) + close * terms / 100
        with np.errstate(invalid="ignore"):
            near = np.abs(actual - expected) <= room
        if np.where(finite, near, actual == expected).all():
            return
    raise NotKnown(f"{form.method} returns something else than the parameters say")
