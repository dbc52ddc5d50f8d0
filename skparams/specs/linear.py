"""The Spec of a linear model, and the table of a model's coefficients.

A linear model has coefficients for each output and feature, and intercepts. ``n_outputs`` is the
number of targets; of a classifier the number of classes, or 1 for two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import combinations
from typing import Any, Literal

import numpy as np
from scipy.sparse import issparse
from scipy.special import softmax

from skparams._records import Affine, Bounds, CoefficientTable, Cost, DataShape, Label, NotKnown
from skparams.specs.common import if_known
from skparams.specs.context import Context
from skparams.specs.convergence import iterations
from skparams.specs.spec import Free, Predicate, Rule, Size, Spec, parameter
from skparams.specs.view import EstimatorView, view_of


def linear(
    attributes: Mapping[str, Rule | str] | None = None,
    *,
    sizes: Mapping[str, Size] | None = None,
    free: Free = None,
    free_intercept: Free = None,
    decides: Mapping[str, tuple[str, ...]] | None = None,
    float32: bool = False,
    epochs: bool = False,
    convergence: Callable[[Context], str | None] | None = iterations,
    effective: Callable[[Context], float] | None = None,
    softmax_of: Predicate | None = None,
) -> Spec:
    """Return a Spec; ``attributes`` are those beside coefficients and intercepts.

    ``softmax_of`` says whether the probabilities of several classes are the softmax of the outputs.
    """
    rules: dict[str, Rule | str] = {
        "coef_": parameter("n_outputs", "n_features", free=free),
        "intercept_": parameter(
            "n_outputs", when="fit_intercept", free=free_intercept, otherwise="structure"
        ),
        **(attributes or {}),
    }

    form = partial(affine, softmax_of=softmax_of)
    extras = {"convergence": convergence, "effective": effective, "form": form}
    return Spec(
        rules,
        decides=decides or {},
        sizes=sizes or {},
        cost=linear_cost(sizes["n_outputs"] if sizes else None, epochs=epochs),
        float32=float32,
        extras={name: extra for name, extra in extras.items() if extra is not None},
    )


def affine(ctx: Context, softmax_of: Predicate | None = None) -> Affine:
    """Return what a linear model predicts: outputs, or what a loss or a softmax makes of them."""
    coefs = ctx.values["coef_"]
    if issparse(coefs):
        raise NotKnown("coef_ is sparse, call densify() first")
    coefs = np.atleast_2d(np.asarray(coefs, dtype=np.float64))
    intercepts = np.asarray(ctx.values["intercept_"], dtype=np.float64)
    intercepts = np.broadcast_to(np.ravel(intercepts), len(coefs))
    if len(coefs) > 2 and softmax_of is not None and softmax_of(ctx):
        return Affine("predict_proba", partial(softmax, axis=1), True, coefs.T, intercepts)
    is_classifier = hasattr(ctx.estimator, "decision_function")
    method = "decision_function" if is_classifier else "predict"
    loss = ctx.values.get("_base_loss")  # of a generalized linear model
    returned = np.asarray if loss is None or is_classifier else loss.link.inverse
    return Affine(method, returned, False, coefs.T, intercepts)


def nonzero_if_l1(ctx: Context) -> Literal["nonzero"] | None:
    """Count what is not zero under a penalty that holds coefficients there, L1 or elastic net.

    From scikit-learn 1.8 on, the penalty of a logistic regression follows from its ratio.
    """
    params = ctx.params
    penalty, strength = params.get("penalty"), params.get("C_", params.get("C"))
    if isinstance(strength, float | np.ndarray) and np.all(np.isinf(strength)):
        return None
    if penalty not in ("elasticnet", "deprecated"):
        return "nonzero" if penalty == "l1" else None
    ratios = np.ravel(params.get("l1_ratios", params.get("l1_ratio")))
    penalized = [bool(ratio) for ratio in ratios if not isinstance(ratio, str)]
    if any(penalized) and not all(penalized):  # of several, one is chosen
        penalized = list(np.ravel(params.get("l1_ratio_", True)))
    return "nonzero" if any(penalized) else None


def linear_cost(n_outputs: Any = None, *, epochs: bool = False) -> Callable[[Context], Cost]:
    """Return the cost of a linear model; one trained in ``epochs`` has that of an epoch too."""

    def macs(ctx: Context) -> int:
        n = ctx.data.n_outputs if n_outputs is None else n_outputs
        return ctx.data.n_features * (n(ctx) if callable(n) else n)

    def cost(ctx: Context) -> Cost:
        once = if_known(lambda: macs(ctx))
        if not epochs:
            return Cost(predict_macs_per_sample=once)
        epoch = if_known(lambda: _epoch_macs(ctx.data, macs(ctx)))
        return Cost(predict_macs_per_sample=once, train_macs_per_epoch=epoch)

    return cost


def _epoch_macs(data: DataShape, macs: int) -> Bounds:
    """Bounds of an epoch's multiply-adds: samples with zero loss need no update."""
    return Bounds(data.n_samples * macs, 2 * data.n_samples * macs)


def may_have_coefficients(view: EstimatorView) -> bool:
    """Whether to look for coefficients in an estimator."""
    return "coefficients" in view.spec.extras or "coef_" in view.values


def coefficients_of(view: EstimatorView) -> CoefficientTable | None:
    """Return the coefficients as an estimator holds them, None if it has none."""
    if not may_have_coefficients(view):
        return None
    return view.spec.extras.get("coefficients", stored_coefficients)(view.context())


def stored_coefficients(
    ctx: Context, attribute: str = "coef_", intercepts: str = "intercept_", **more: Any
) -> CoefficientTable | None:
    """Return the table of an attribute, None if its last axis is not that of the features."""
    values: Any = ctx.values.get(attribute)
    p = ctx.values.get("n_features_in_")
    if not (isinstance(values, np.ndarray) or issparse(values)) or values.dtype.kind not in "fiu":
        return None
    # Where the number of features is not known, two axes may be either way round.
    if values.ndim not in (1, 2) or (values.shape[-1] != p and (values.ndim == 2 or p is not None)):
        return None
    columns = column_labels(ctx, values.shape[0] if values.ndim == 2 else 1, attribute)
    added = ctx.values.get(intercepts) if ctx.params.get("fit_intercept", True) else None
    return CoefficientTable(attribute, values.T, added, intercepts, columns, **more)


def column_labels(ctx: Context, n: int, attribute: str) -> tuple[Label, ...]:
    """Return the names of columns: the classes, the second of two classes, or targets."""
    classes = classes_of(ctx)
    if len(classes) == n:
        return classes
    if n == 1:
        return classes[1:] if len(classes) == 2 else (attribute,)
    return tuple(f"y{i}" for i in range(n))


def classes_of(ctx: Context) -> tuple[Label, ...]:
    """Return the classes that an estimator keeps, or the binarizer of its labels."""
    binarizers = [ctx.values.get(name) for name in ("_label_binarizer", "label_binarizer_")]
    for held in (ctx.values, *(getattr(each, "__dict__", {}) for each in binarizers)):
        classes = held.get("classes_")
        if isinstance(classes, np.ndarray) and classes.ndim == 1:
            items = classes.tolist()
            return tuple(each if isinstance(each, Label) else str(each) for each in items)
    return ()


def pairs_of(ctx: Context) -> tuple[tuple[Label, Label], ...]:
    """Return all pairs of classes, in the order in which they are fitted."""
    return tuple(combinations(classes_of(ctx), 2))


def stacked(
    ctx: Context, name: Callable[[list[CoefficientTable]], tuple[Any, ...]]
) -> CoefficientTable | None:
    """Return the columns of all ``estimators_`` as one table, None if they differ in their rows."""
    found = [coefficients_of(view_of(each)) for each in ctx.values.get("estimators_", ())]
    tables = [each for each in found if each is not None]
    kinds = {(t.attribute, t.values.shape[0], t.intercept_attribute, t.by) for t in tables}
    if len(kinds) != 1 or len(tables) < len(found):
        return None
    attribute, _, intercept_attribute, by = kinds.pop()
    added = [np.ravel(t.intercepts) for t in tables if t.intercepts is not None]
    return CoefficientTable(
        attribute,
        np.hstack([dense(t.values) for t in tables]),
        np.hstack(added) if len(added) == len(tables) else None,
        intercept_attribute,
        name(tables),
        by=by,
    )


def dense(values: Any) -> np.ndarray:
    """Return coefficients as a dense array with two axes, the features first."""
    array: np.ndarray = values.toarray() if issparse(values) else np.asarray(values)
    return array.reshape(len(array), -1)
