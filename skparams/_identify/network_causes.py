"""Why a network loses directions: what is dead, and what its layers can undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from skparams._identify.affine import AffineJacobian
from skparams._identify.jacobian import Cause, Evidence
from skparams._identify.rank import EPS, triangle_of
from skparams._records import Affine, HiddenLayer
from skparams._report import few, plural

if TYPE_CHECKING:
    from skparams._identify.network import NetworkJacobian


class NetworkCauses:
    """The causes for a network whose derivatives were computed at all rows."""

    def __init__(self, jacobian: NetworkJacobian) -> None:
        self.jacobian, self.form, self.X = jacobian, jacobian.form, jacobian.X
        self.spans, self.n_columns = jacobian.spans, jacobian.n_columns
        self.has_value, self.slopes = jacobian.has_value, jacobian.slopes

    def found(self, evidence: Evidence) -> Iterator[Cause]:
        """Yield zero inputs, dead and unread units, and changes that other ones undo."""
        yield from self._zeros()
        if self.form.shifts:
            yield Cause(
                "output: the same change of all classes changes no probability",
                vectors=self._shifts_of_outputs(),
            )
        yield from self._dependent_columns(evidence.max_vectors)
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
        zero = self.jacobian.is_zero()
        if zero.any():
            mask = np.zeros(self.n_columns, dtype=bool)
            mask[self.spans["coefs_[0]"]] = np.repeat(zero, self.form.coefs[0].shape[1])
            yield Cause(
                f"{self.jacobian.of_columns(np.flatnonzero(zero))} of X: 0 in all rows", mask
            )
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

    def _dependent_columns(self, max_vectors: int) -> Iterator[Cause]:
        """Combinations of columns that are the same in all rows: a bias or a mean can undo them.

        Of a layer that is normalized as a whole, those that are zero.
        """
        into, hidden = self.form.coefs[0], self.form.hidden
        normalization = hidden[0].normalization if hidden else None
        n_features, n_units = into.shape
        ones = Affine("", np.asarray, False, into[:, :1], self.form.intercepts[0][:1])
        columns = AffineJacobian(ones, self.X, (), has_intercept=normalization != "layer")
        triangle = triangle_of(columns, self.X.shape[0])
        _, sizes, directions = np.linalg.svd(triangle)
        small = EPS * max(self.X.shape[0], columns.n_columns) * sizes.max(initial=0.0)
        found = directions[int((sizes > small).sum()) :] * columns.scales
        if not 0 < len(found) * n_units <= max_vectors:
            return
        vectors = np.zeros((len(found), n_units, self.n_columns))
        units = np.arange(n_units)
        for of_units, direction in zip(vectors, found, strict=True):
            self._of(of_units, "coefs_", 0, n_features)[units, :, units] = direction[:n_features]
            if normalization is None:
                self._of(of_units, "intercepts_", 0)[units, units] = direction[n_features]
            elif normalization == "batch":
                self._of(of_units, "running_means_", 0)[units, units] = -direction[n_features]
        text = f"columns of X: {plural(len(found), 'combination')} the same in all rows"
        yield Cause(text, vectors=vectors.reshape(-1, self.n_columns))

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
