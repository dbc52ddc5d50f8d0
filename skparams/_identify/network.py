"""Networks: derivatives by backpropagation, of each output at each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from skparams._identify.jacobian import Cause, Evidence, Jacobian, contrasts, rows_of
from skparams._identify.network_causes import NetworkCauses
from skparams._records import Network


class _Pass(NamedTuple):
    """A hidden layer on the way forwards: its slopes, normalized products and 1 / deviations."""

    slopes: np.ndarray
    normalized: Any
    rates: Any


class NetworkJacobian(Jacobian):
    """Weights, biases and, with normalization, gains and running moments of each layer."""

    def __init__(self, form: Network, X: Any, names: Sequence[str]) -> None:
        lists = {"coefs_": form.coefs, "intercepts_": form.intercepts}
        for name, key in (
            ("gains_", "gains"),
            ("running_means_", "means"),
            ("running_variances_", "variances"),
        ):
            arrays = [getattr(layer, key) for layer in form.hidden]
            lists[name] = tuple(array for array in arrays if array is not None)
        sizes = {f"{name}[{i}]": a.size for name, held in lists.items() for i, a in enumerate(held)}
        super().__init__(X, sizes, names)
        self.form = form
        self.contrasts = contrasts(form.coefs[-1].shape[1], shifts=form.shifts)
        self.n_outputs = len(self.contrasts)
        first = self.spans["coefs_[0]"]
        self.scales[first] = np.repeat(self.column_scales(), form.coefs[0].shape[1])
        # Of each unit over the rows so far: whether it is not zero, its smallest and largest slope.
        n_units = [into.shape[1] for into in form.coefs[:-1]]
        self.has_value = [np.zeros(n, dtype=bool) for n in n_units]
        self.slopes = [np.outer([np.inf, -np.inf], np.ones(n)) for n in n_units]

    def outputs(self) -> np.ndarray:
        """The inputs of the last activation."""
        return self._last_values() @ self.form.coefs[-1] + self.form.intercepts[-1]

    def terms(self) -> float:
        """The largest sum of absolute values in an output."""
        return float((abs(self._last_values()) @ np.abs(self.form.coefs[-1])).max(initial=0.0))

    def _last_values(self) -> Any:
        A = self.X
        for i, layer in enumerate(self.form.hidden):
            Z, _, _ = self._unit_inputs(A, i)
            A = layer.function(Z)
        return A

    def _unit_inputs(self, A: Any, i: int) -> tuple[np.ndarray, Any, Any]:
        """The inputs of the units of a hidden layer; with normalization what it multiplies."""
        layer, P = self.form.hidden[i], A @ self.form.coefs[i]
        if layer.normalization is None:
            return P + self.form.intercepts[i], None, None
        if layer.normalization == "batch":
            mean, variance = layer.means, layer.variances
        else:
            mean, variance = P.mean(axis=1, keepdims=True), P.var(axis=1, keepdims=True)
        rates = 1 / np.sqrt(variance + layer.epsilon)
        normalized = (P - mean) * rates
        return normalized * layer.gains + self.form.intercepts[i], normalized, rates

    def block(self, rows: slice) -> np.ndarray:
        """Derivatives of the outputs at some rows, or of their contrasts."""
        values, passes = [rows_of(self.X, rows)], []
        for i, layer in enumerate(self.form.hidden):
            Z, normalized, rates = self._unit_inputs(values[-1], i)
            values.append(layer.function(Z))
            passes.append(_Pass(layer.slope(Z), normalized, rates))
            self.has_value[i] |= values[-1].any(axis=0)
            low, high = self.slopes[i]
            np.minimum(low, passes[-1].slopes.min(axis=0), out=low)
            np.maximum(high, passes[-1].slopes.max(axis=0), out=high)
        n, n_hidden = len(values[0]), len(passes)
        J = np.zeros((n, self.n_outputs, self.n_columns))
        J[:, :, self.spans[f"coefs_[{n_hidden}]"]] = _outer(
            values[-1], np.broadcast_to(self.contrasts, (n, *self.contrasts.shape))
        )
        J[:, :, self.spans[f"intercepts_[{n_hidden}]"]] = self.contrasts
        D = np.broadcast_to(
            self.contrasts @ self.form.coefs[-1].T,
            (n, self.n_outputs, len(self.form.coefs[-1])),
        )
        for i in reversed(range(n_hidden)):
            D = D * passes[i].slopes[:, np.newaxis]
            J[:, :, self.spans[f"intercepts_[{i}]"]] = D
            if passes[i].normalized is not None:
                D = self._through_normalization(J, D, passes[i], i)
            J[:, :, self.spans[f"coefs_[{i}]"]] = _outer(values[i], D)
            if i:
                D = D @ self.form.coefs[i].T
        return J.reshape(n * self.n_outputs, -1)

    def _through_normalization(
        self, J: np.ndarray, D: np.ndarray, of_layer: _Pass, i: int
    ) -> np.ndarray:
        """Derivatives in the products, from those in the unit inputs; write those in the gains."""
        layer, x = self.form.hidden[i], of_layer.normalized[:, np.newaxis]
        J[:, :, self.spans[f"gains_[{i}]"]] = D * x
        D = D * layer.gains
        if layer.normalization == "batch":
            rates = of_layer.rates
            J[:, :, self.spans[f"running_means_[{i}]"]] = -D * rates
            J[:, :, self.spans[f"running_variances_[{i}]"]] = -D * x * rates**2 / 2
            return D * rates
        along = (D * x).mean(axis=2, keepdims=True)
        D = D - D.mean(axis=2, keepdims=True) - along * x
        return D * of_layer.rates[:, np.newaxis]

    def causes(self, evidence: Evidence) -> Iterator[Cause]:
        """Yield zero inputs, dead and unread units, and changes that other ones undo."""
        return NetworkCauses(self).found(evidence)


def _outer(values: np.ndarray, D: np.ndarray) -> np.ndarray:
    """Derivatives in weights: the value of the unit before, times that in the products."""
    n, n_outputs, _ = D.shape
    return (values[:, np.newaxis, :, np.newaxis] * D[:, :, np.newaxis]).reshape(n, n_outputs, -1)
