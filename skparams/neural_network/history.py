"""The record of training: a row of numbers for each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

# Columns of an epoch, and those of its validation.
_EPOCH = ("loss", "learning_rate", "gradient_norm")
_VALIDATION = ("validation_loss", "validation_score")


class History:
    """Collects rows during training, and joins them to an earlier record at its end."""

    def __init__(self) -> None:
        self.epochs: list[tuple[float, float, float]] = []
        self.validation: list[tuple[float, float]] = []
        self._converted = np.empty((0, len(_EPOCH)))  # rows of `epochs`, as callbacks ask often

    @classmethod
    def continued(
        cls, record: Mapping[str, np.ndarray], n_epochs: int
    ) -> tuple[Mapping[str, np.ndarray], Self]:
        """What is earlier than the last epochs of a record, and the history of these."""
        history = cls()
        if not n_epochs:
            return record, history
        history.epochs, history.validation = (
            list(zip(*(record[name][-n_epochs:] for name in names if name in record), strict=True))
            for names in (_EPOCH, _VALIDATION)
        )
        return {name: values[:-n_epochs] for name, values in record.items()}, history

    def __len__(self) -> int:
        return len(self.epochs)

    def joined(self, earlier: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The record from the first epoch on; what was not recorded is NaN."""
        n_earlier, n = len(earlier.get("loss", ())), len(self)
        columns = dict(zip(_EPOCH, self._epochs_as_array().T, strict=True))
        if self.validation or _VALIDATION[0] in earlier:
            # Ctrl-C may come after an epoch and before its validation.
            missing = [(np.nan, np.nan)] * (n - len(self.validation))
            rows = np.array([*self.validation, *missing], np.float64).reshape(n, 2)
            columns |= zip(_VALIDATION, rows.T, strict=True)
        history = {"epoch": np.arange(1, n_earlier + n + 1)}
        for name, values in columns.items():
            before = earlier[name] if name in earlier else np.full(n_earlier, np.nan)
            history[name] = np.concatenate((before, values))
        return history

    def _epochs_as_array(self) -> np.ndarray:
        rows = self.epochs[len(self._converted) :]
        if rows:
            self._converted = np.concatenate((self._converted, np.array(rows, np.float64)))
        return self._converted


class HistoryMixin:
    """scikit-learn's attributes that are columns of `history_`."""

    history_: dict[str, np.ndarray]

    @property
    def loss_curve_(self) -> list[np.float64]:
        """Loss of each epoch, `history_["loss"]` as a list."""
        return list(self._record_for("loss_curve_")["loss"])

    @loss_curve_.setter
    def loss_curve_(self, losses: list[float]) -> None:
        """Start a record with these losses, as scikit-learn's attribute can be assigned."""
        loss = np.array(losses, dtype=np.float64)
        self.history_ = {"epoch": np.arange(1, loss.size + 1), "loss": loss}

    @property
    def validation_scores_(self) -> list[float] | None:
        """Validation score of each epoch, `history_["validation_score"]` as a list, or None."""
        history = self._record_for("validation_scores_")
        if "validation_score" in history:
            return history["validation_score"].tolist()
        if "best_validation_score_" not in vars(self):  # lbfgs sets neither
            raise self._no_attribute("validation_scores_")
        return None

    def _record_for(self, name: str) -> dict[str, np.ndarray]:
        try:
            return vars(self)["history_"]
        except KeyError:
            raise self._no_attribute(name) from None

    def _no_attribute(self, name: str) -> Any:
        message = f"{type(self).__name__!r} object has no attribute {name!r}"
        return AttributeError(message, name=name, obj=self)
