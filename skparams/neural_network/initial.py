"""The weights and biases that training starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from skparams.neural_network.network import Network

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


def initial_params(mlp: BaseMLP, network: Network, dtype: np.dtype) -> np.ndarray:
    """A buffer of weights and biases as `init` says, gains of 1, and moments of 0 and 1."""
    params = np.empty(network.n_params, dtype)
    params[network.gains :], params[network.means : network.variances] = 1, 0
    arrays_of = network.views(params)
    layers = list(zip(arrays_of["coefs_"], arrays_of["intercepts_"], strict=True))
    if isinstance(mlp.init, tuple):
        _copy_given(mlp, layers)
    mlp.coefs_, mlp.intercepts_ = [], []  # by which an overridden _init_coef knows the layer
    for coef, intercept in layers:
        if mlp.init == "auto":
            _draw_by_method(mlp, coef, intercept)
        elif mlp.init == "he":
            coef[:] = mlp._random_state.normal(0, np.sqrt(2 / coef.shape[0]), coef.shape)
            intercept[:] = 0
        elif mlp.init == "orthogonal":
            coef[:], intercept[:] = _orthogonal(mlp._random_state, *coef.shape), 0
        mlp.coefs_.append(coef)
        mlp.intercepts_.append(intercept)
    return params


def _draw_by_method(mlp: BaseMLP, coef: np.ndarray, intercept: np.ndarray) -> None:
    """Copy what `_init_coef`, which subclasses may override, returns for a layer."""
    fan_in, fan_out = coef.shape
    arrays = mlp._init_coef(fan_in, fan_out, coef.dtype)
    found, needed = [np.shape(array) for array in arrays], [coef.shape, intercept.shape]
    if found != needed:
        raise ValueError(
            f"{type(mlp).__name__}._init_coef must return the weights and the biases of "
            f"layer {len(mlp.coefs_)}, of shapes {needed[0]} and {needed[1]}, got {found}."
        )
    for view, array in zip((coef, intercept), arrays, strict=True):
        np.copyto(view, array, casting="same_kind")


def _orthogonal(random_state: np.random.RandomState, n_in: int, n_out: int) -> np.ndarray:
    """A matrix with orthonormal columns, or rows if it has more columns than rows."""
    Q, R = np.linalg.qr(random_state.standard_normal((max(n_in, n_out), min(n_in, n_out))))
    Q *= np.where(np.diagonal(R) < 0, -1, 1)  # so that no direction is more likely than others
    return Q if n_in >= n_out else Q.T


def _copy_given(mlp: BaseMLP, layers: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Copy the arrays of an `init` (coefs, intercepts); ValueError if the layers need others."""
    name = type(mlp).__name__
    if len(mlp.init) != 2:
        raise ValueError(
            f"{name}: init must be 'auto', 'he', 'orthogonal' or a tuple (coefs, intercepts), got "
            f"a tuple of length {len(mlp.init)}."
        )
    views_of = zip(*layers, strict=True)
    for what, arrays, views in zip(("coefs", "intercepts"), mlp.init, views_of, strict=True):
        is_array = isinstance(arrays, np.ndarray) and arrays.ndim > 0
        is_list = is_array or isinstance(arrays, list | tuple)
        found = len(arrays) if is_list else type(arrays).__name__
        if found != len(views):
            raise ValueError(
                f"{name}: init must have {what} for each of the {len(views)} layers that the data "
                f"and hidden_layer_sizes need, got {found}."
            )
        for i, (array, view) in enumerate(zip(arrays, views, strict=True)):
            view[:] = _checked(array, view, f"{name}: the {what} of layer {i} in init")


def _checked(array: Any, view: np.ndarray, what: str) -> np.ndarray:
    """Finite numbers of the view's shape and dtype."""
    try:
        array = np.asarray(array)
    except ValueError:
        raise ValueError(f"{what} must be real numbers in rows of the same length.") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{what} must be real numbers, got the dtype {array.dtype}.")
    if array.shape != view.shape:
        raise ValueError(
            f"{what} must have the shape {view.shape} that the data and hidden_layer_sizes need, "
            f"got {array.shape}."
        )
    with np.errstate(over="ignore"):
        array = array.astype(view.dtype)
    if not np.isfinite(array).all():
        raise ValueError(f"{what} must be finite in {view.dtype}, got NaN or infinity.")
    return array
