"""Networks: derivatives by backpropagation, of each output at each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from skparams._identify.jacobian import Cause, Evidence, Jacobian, contrasts, rows_of
from skparams._records import HiddenLayer, Network
from skparams._report import few


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
        yield from self._zeros()
        if self.form.shifts:
            yield Cause(
                "output: the same change of all classes changes no probability",
                vectors=self._shifts_of_outputs(),
            )
        for i, layer in enumerate(self.form.hidden):
            name = f"hidden {i + 1}"
            if layer.normalization == "layer":
                text = f"{name}: the same change of all units is normalized away"
                yield Cause(text, vectors=self._shifts_of_layer(i))
            if layer.normalization == "batch":
                text = f"{name}: gain and bias of a unit can undo its weights and moments"
                yield Cause(text, vectors=self._of_batches(layer, i))
            if layer.is_homogeneous:
                text = f"{name}: weights out of a unit can undo a change of its scale"
                yield Cause(text, vectors=self._scalings(layer, i))
                low, high = self.slopes[i]
                linear = np.flatnonzero((low == high) & (low > 0))
                if len(linear):
                    text = f"{name}, {_units(linear)}: linear in all rows"
                    vectors = self._mixtures(layer, i, linear, evidence.max_vectors)
                    yield Cause(text, vectors=vectors)

    def _zeros(self) -> Iterator[Cause]:
        zero = self.is_zero()
        if zero.any():
            mask = np.zeros(self.n_columns, dtype=bool)
            mask[self.spans["coefs_[0]"]] = np.repeat(zero, self.form.coefs[0].shape[1])
            yield Cause(f"{self.of_columns(np.flatnonzero(zero))} of X: 0 in all rows", mask)
        for i, out in enumerate(self.form.coefs[1:]):
            constant = np.logical_not(self.slopes[i].any(axis=0))
            dead = constant & ~self.has_value[i]
            unread = ~out.any(axis=1) & ~constant
            for units, what in (
                (dead, "0 in all rows"),
                (constant & ~dead, "the same in all rows"),
                (unread, "the weights out are 0"),
            ):
                if units.any():
                    mask = self._into(units, i)
                    if units is dead:
                        mask[self.spans[f"coefs_[{i + 1}]"]] = np.repeat(dead, out.shape[1])
                    where = _units(np.flatnonzero(units))
                    yield Cause(f"hidden {i + 1}, {where}: {what}", mask)

    def _into(self, units: np.ndarray, i: int) -> np.ndarray:
        """A mask of the numbers that matter to some units of a hidden layer alone.

        Normalization of the layer makes the weights into a unit matter to all units.
        """
        mask = np.zeros(self.n_columns, dtype=bool)
        if self.form.hidden[i].normalization != "layer":
            mask[self.spans[f"coefs_[{i}]"]] = np.tile(units, len(self.form.coefs[i]))
        for name in ("intercepts_", "gains_", "running_means_", "running_variances_"):
            if f"{name}[{i}]" in self.spans:
                mask[self.spans[f"{name}[{i}]"]] = units
        return mask

    def _shifts_of_outputs(self) -> np.ndarray:
        """The same change of all biases of the last layer, or of all weights out of a unit."""
        last = len(self.form.hidden)
        n_in = len(self.form.coefs[last])
        vectors = np.zeros((n_in + 1, self.n_columns))
        units = np.arange(n_in)
        self._of(vectors, "coefs_", last, n_in)[units, units] = 1
        self._of(vectors, "intercepts_", last)[n_in] = 1
        return vectors

    def _shifts_of_layer(self, i: int) -> np.ndarray:
        """The same change of all weights out of an input."""
        n_in = len(self.form.coefs[i])
        vectors, inputs = np.zeros((n_in, self.n_columns)), np.arange(n_in)
        self._of(vectors, "coefs_", i, n_in)[inputs, inputs] = 1
        return vectors

    def _of_batches(self, layer: HiddenLayer, i: int) -> np.ndarray:
        """For each unit: mean and bias, weights with mean and gain, variance and gain."""
        into = self.form.coefs[i]
        n = into.shape[1]
        units, rates = np.arange(n), 1 / np.sqrt(layer.variances + layer.epsilon)
        shifts, scales, widths = found = np.zeros((3, n, self.n_columns))
        self._of(shifts, "running_means_", i)[units, units] = 1
        self._of(shifts, "intercepts_", i)[units, units] = layer.gains * rates
        self._of(scales, "coefs_", i, len(into))[units, :, units] = into.T
        self._of(scales, "running_means_", i)[units, units] = layer.means
        self._of(scales, "gains_", i)[units, units] = -layer.gains
        self._of(widths, "running_variances_", i)[units, units] = 1
        self._of(widths, "gains_", i)[units, units] = layer.gains * rates**2 / 2
        return found.reshape(-1, self.n_columns)

    def _scalings(self, layer: HiddenLayer, i: int) -> np.ndarray:
        """For each unit: what decides its size against the weights out of it."""
        into, out = self.form.coefs[i], self.form.coefs[i + 1]
        n = len(out)
        vectors, units = np.zeros((n, self.n_columns)), np.arange(n)
        if layer.normalization is None:
            self._of(vectors, "coefs_", i, len(into))[units, :, units] = into.T
        else:
            self._of(vectors, "gains_", i)[units, units] = layer.gains
        self._of(vectors, "intercepts_", i)[units, units] = self.form.intercepts[i]
        self._of(vectors, "coefs_", i + 1, n)[units, units] = -out
        return vectors

    def _mixtures(
        self, layer: HiddenLayer, i: int, units: np.ndarray, max_vectors: int
    ) -> np.ndarray:
        """Of units of constant slope: adding one to another; for each, adding to its bias.

        The layer behind can undo it.
        """
        into, out, slopes = self.form.coefs[i], self.form.coefs[i + 1], self.slopes[i][0]
        n, places = len(units), np.arange(len(units))
        found = [self._shifts_of_units(i, units)]
        if layer.normalization is None and n * n <= max_vectors:
            for j in units:  # all of them are added to it
                vectors = np.zeros((n, self.n_columns))
                self._of(vectors, "coefs_", i, len(into))[:, :, j] = into.T[units]
                self._of(vectors, "intercepts_", i)[:, j] = self.form.intercepts[i][units]
                undone = -np.outer(slopes[j] / slopes[units], out[j])
                self._of(vectors, "coefs_", i + 1, len(out))[places, units] = undone
                found.append(vectors)
        return np.vstack(found)

    def _shifts_of_units(self, i: int, units: np.ndarray) -> np.ndarray:
        """For each unit: its bias against the biases, or the running means, of the next layer."""
        out, last = self.form.coefs[i + 1], i + 1 == len(self.form.hidden)
        following = None if last else self.form.hidden[i + 1].normalization
        if following == "layer":
            return np.zeros((0, self.n_columns))
        vectors = np.zeros((len(units), self.n_columns))
        self._of(vectors, "intercepts_", i)[np.arange(len(units)), units] = 1
        name, sign = ("running_means_", 1) if following == "batch" else ("intercepts_", -1)
        changes = self.slopes[i][0][units, np.newaxis] * out[units]
        self._of(vectors, name, i + 1)[:] = sign * changes
        return vectors

    def _of(self, vectors: np.ndarray, name: str, i: int, n_rows: int | None = None) -> np.ndarray:
        """The part of vectors that belongs to an array, in its shape, as a view."""
        part = vectors[:, self.spans[f"{name}[{i}]"]]
        return part if n_rows is None else part.reshape(len(vectors), n_rows, -1)


def _units(places: np.ndarray) -> str:
    return f"unit{'s' * (len(places) > 1)} {few([str(j) for j in places])}"


def _outer(values: np.ndarray, D: np.ndarray) -> np.ndarray:
    """Derivatives in weights: the value of the unit before, times that in the products."""
    n, n_outputs, _ = D.shape
    return (values[:, np.newaxis, :, np.newaxis] * D[:, :, np.newaxis]).reshape(n, n_outputs, -1)
