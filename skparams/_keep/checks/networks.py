"""The order of samples in which a multi-layer perceptron goes on, and networks for tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skparams._keep.checks.values import floats, indices, instance, n_features_of
from skparams._keep.kinds import array, integer

_ENCODER = "skparams.neural_network._encoder.encoder.TableEncoder"
_MEMBER = "skparams.neural_network._tabular.member.TabularNetwork"
_KEY = 624  # numbers in the state of a Mersenne twister, which NumPy reads without a check


def _check_order(estimator: Any) -> None:
    order = vars(estimator).get("_order")
    if order is None:
        return
    instance(order, "_order", "builtins.dict")
    n_samples = integer(order, "n_samples", 1, 2**48)
    if order["rows"] is not None:
        rows = indices(order["rows"], "rows", 0, n_samples, (n_samples,))
        if np.bincount(rows).max() > 1:
            raise ValueError("rows of _order must have each number once")
    start = instance(order["start"], "start", "builtins.dict")
    if start.get("bit_generator") == "MT19937":
        integer(start["state"], "pos", 0, _KEY)


def _check_encoder(encoder: Any) -> None:
    n_features, held = n_features_of(encoder), vars(encoder)
    is_categorical = array(held, "is_categorical_", np.bool_, (n_features,))
    n_categorical = int(np.count_nonzero(is_categorical))
    n_numbers = n_features - n_categorical
    floats(encoder, "medians_", (n_numbers,))
    floats(encoder, "scales_", (n_numbers,))
    array(held, "has_missing_", np.bool_, (n_numbers,))
    lists = [categories.tolist() for categories in encoder.categories_]
    if len(lists) != n_categorical:
        raise ValueError(f"categories_ must have {n_categorical} arrays, got {len(lists)}")
    for i, (values, categories) in enumerate(zip(lists, encoder.categories_, strict=True)):
        if categories.ndim != 1 or values != sorted(set(values)):
            raise ValueError(f"categories_[{i}] must have one axis, and each category once, sorted")


def _check_member(member: Any) -> None:
    (n_units,) = np.shape(member.input_scale_)
    array(vars(member), "input_scale_", np.float32, (n_units,))
    layers = zip(member.coefs_, member.intercepts_, strict=True)
    for i, (coef, intercept) in enumerate(layers):
        arrays = {f"coefs_[{i}]": coef, f"intercepts_[{i}]": intercept}
        array(arrays, f"coefs_[{i}]", np.float32, (n_units, None))
        n_units = coef.shape[1]
        array(arrays, f"intercepts_[{i}]", np.float32, (n_units,))


def _check_table_network(estimator: Any) -> None:
    """Check that the members are for the inputs of the encoder, and for the targets."""
    encoder = instance(estimator.encoder_, "encoder_", _ENCODER)
    if encoder.n_features_in_ != n_features_of(estimator):
        raise ValueError(f"encoder_ has {encoder.n_features_in_} features")
    expected = encoder.n_inputs_, _check_targets(estimator)
    if type(estimator.members_) is not list or not estimator.members_:
        raise ValueError("members_ must be a list of networks")
    for member in estimator.members_:
        instance(member, "a member of members_", _MEMBER)
        shape = member.input_scale_.size, member.intercepts_[-1].size
        if shape != expected:
            raise ValueError(f"each member must have inputs and outputs {expected}, got {shape}")


def _check_targets(estimator: Any) -> int:
    """Check what the outputs become; return how many there are."""
    held = vars(estimator)
    if "classes_" in held:
        if not (isinstance(estimator.temperature_, float) and 0 < estimator.temperature_ < np.inf):
            raise ValueError(f"temperature_ must be positive, got {estimator.temperature_!r:.40}")
        n_classes = array(held, "classes_", estimator.classes_.dtype, (None,)).size
        return 1 if n_classes == 2 else n_classes
    (n_outputs,) = floats(estimator, "target_mean_", (None,)).shape
    floats(estimator, "target_scale_", (n_outputs,))
    floats(estimator, "target_range_", (2, n_outputs))
    if "quantiles_" not in held:
        return n_outputs
    levels = floats(estimator, "quantiles_", (None,))
    if n_outputs > 1 or not ((levels > 0) & (levels < 1)).all():
        raise ValueError("quantiles_ must be in (0, 1), of one target")
    return floats(estimator, "quantile_offsets_", levels.shape).size


NETWORKS: dict[str, Callable[[Any], None]] = {
    "skparams.neural_network.BaseMLP": _check_order,
    "skparams.neural_network.TableEncoder": _check_encoder,
    "skparams.neural_network.TabularNetwork": _check_member,
    "skparams.neural_network.BaseTabularMLP": _check_table_network,
}
