"""Gaussian processes: a weight for each training row, and the kernel's hyperparameters.

Those of the kernel that fit may move are parameters of the model: they are estimated from the data,
and predictions need them. Where ``optimizer`` is None, or they are fixed, they stay as chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from skparams._compat import DEFAULT_KERNEL_IS_FIXED, binary_gaussian_process_classifier
from skparams.specs import (
    Context,
    Member,
    Part,
    Rule,
    Spec,
    common,
    members,
    parameter,
    roles,
    smoothers,
)

SPECS: dict[str, Spec] = {}


def _moved(ctx: Context) -> Iterator[Part]:
    """Yield each of a kernel's hyperparameters that is not fixed."""
    kernel = ctx.value
    values = kernel.get_params()
    for each in kernel.hyperparameters:
        if not each.fixed:
            yield _part(kernel, each.name, values[each.name])


def _part(kernel: Any, name: str, value: Any) -> Part:
    def write(new: np.ndarray) -> None:
        kernel.set_params(**{name: new if new.ndim else new.item()})

    return Part("." + name.replace("__", "."), value, write=write)


def _moved_before(kernel: Any) -> Iterator[Part]:
    for each in kernel.hyperparameters:
        if not each.fixed:
            yield Part("." + each.name.replace("__", "."), count=each.n_elements)


def _of_regressor(ctx: Context) -> Iterator[Part]:
    kernel = ctx.params["kernel"]
    if kernel is None and not DEFAULT_KERNEL_IS_FIXED:
        kernels = "sklearn.gaussian_process.kernels"
        kernel = members.made(f"{kernels}.ConstantKernel") * members.made(f"{kernels}.RBF")
    if kernel is not None:
        yield from _moved_before(kernel)


def _of_classifier(ctx: Context) -> Iterator[Part]:
    if ctx.params["kernel"] is not None:  # the default is fixed
        yield from _moved_before(ctx.params["kernel"])


def _optimizes(ctx: Context) -> bool:
    return ctx.params["optimizer"] is not None


def _kernel(before: Callable[[Context], Iterator[Part]]) -> Rule:
    return Rule("parameter", when=_optimizes, otherwise="structure", parts=_moved, before=before)


_COMMON: dict[str, Rule | str] = roles(
    data="X_train_ y_train_", diagnostic="log_marginal_likelihood_value_"
)
_DECIDES = {"kernel": ("kernel_",), "optimizer": ("kernel_",)}


def _cholesky_of_rows(ctx: Context) -> np.ndarray:
    """Return the factor of the kernel between training rows and the noise in them."""
    from scipy.linalg import cholesky

    kernel = ctx.values["kernel_"](ctx.values["X_train_"])
    kernel[np.diag_indices_from(kernel)] += ctx.params["alpha"]
    return cholesky(kernel, lower=True, check_finite=False)


SPECS["GaussianProcessRegressor"] = Spec(
    {
        "alpha_": common.targets_last("n_samples", "n_outputs"),
        "_y_train_mean": parameter("n_outputs", when="normalize_y", otherwise="structure"),
        "_y_train_std": parameter("n_outputs", when="normalize_y", otherwise="structure"),
        "kernel_": _kernel(_of_regressor),
        **_COMMON,
        "L_": Rule("derived", derive=_cholesky_of_rows),
        "_rng": "random",
    },
    decides=_DECIDES,
    cost=common.row_of(lambda ctx: ctx.data.n_samples * (ctx.data.n_features + ctx.data.n_outputs)),
    extras={"effective": smoothers.gaussian_process},
)


def _slope(ctx: Context) -> np.ndarray:
    """Return the root of the second derivative of the loss at the posterior mode."""
    pi = ctx.values["pi_"]
    return np.sqrt(pi * (1 - pi))


def _cholesky_at_mode(ctx: Context) -> np.ndarray:
    from scipy.linalg import cholesky

    root = _slope(ctx)
    scaled = root[:, np.newaxis] * ctx.values["kernel_"](ctx.values["X_train_"])
    return cholesky(np.eye(len(root)) + scaled * root, lower=True)


# The weight of a training row is its class, 0 or 1, less its probability at the posterior mode.
SPECS["_BinaryGaussianProcessClassifierLaplace"] = Spec(
    {
        "pi_": parameter("n_samples"),
        "kernel_": _kernel(_of_classifier),
        **_COMMON,
        "W_sr_": Rule("derived", derive=_slope),
        "L_": Rule("derived", derive=_cholesky_at_mode),
        **roles(state="f_cached", random="rng"),
    },
    decides=_DECIDES,
    cost=common.row_of(lambda ctx: ctx.data.n_samples * (ctx.data.n_features + 1)),
)


def _binary(ctx: Context) -> Iterator[Member]:
    """Yield one binary classifier for two classes, else one for each class or pair of classes."""
    shared = ("kernel", "optimizer", "n_restarts_optimizer", "max_iter_predict", "copy_X_train")
    settings = {name: ctx.params[name] for name in shared}
    estimator = binary_gaussian_process_classifier()(**settings)
    if ctx.data.n_classes > 2:
        kind = "OneVsRest" if ctx.params["multi_class"] == "one_vs_rest" else "OneVsOne"
        estimator = members.made(f"sklearn.multiclass.{kind}Classifier", {"estimator": estimator})
        yield Member("base_estimator_", estimator, ctx.data)
    else:
        yield Member("base_estimator_", estimator, members.two_classes(ctx.data))


SPECS["GaussianProcessClassifier"] = Spec(
    {
        "base_estimator_": "estimator",
        **roles(structure="n_classes_", diagnostic="log_marginal_likelihood_value_"),
    },
    decides={"multi_class": ("base_estimator_",), "kernel": ("base_estimator_",)},
    members=_binary,
)
