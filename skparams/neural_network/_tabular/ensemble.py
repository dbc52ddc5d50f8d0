"""A fitted ensemble: the mean of its members, and what they have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skparams.neural_network._encoder import TableEncoder
from skparams.neural_network._tabular.member import TabularNetwork

# Rows that predictions take at a time, so that the values of hidden units stay in cache.
PREDICTED_ROWS = 4096


class FittedEnsemble:
    """What an ensemble does once it is fitted."""

    encoder_: TableEncoder
    members_: list[TabularNetwork]

    def _mean_decision(self, X):
        """Mean over members of the inputs of the output layer's activation, in float64."""
        check_is_fitted(self)
        inputs, n_outputs = self.encoder_.encode(X, self), self.members_[0].intercepts_[-1].size
        Z = np.zeros((inputs.shape[0], n_outputs))
        for rows in gen_batches(len(Z), PREDICTED_ROWS):
            for member in self.members_:
                Z[rows] += member.decision_function(inputs[rows])
        Z /= len(self.members_)
        return Z

    @property
    def feature_scale_(self) -> np.ndarray:
        """Mean over the members of the absolute scale that each encoded input is multiplied by."""
        check_is_fitted(self)
        return np.mean([np.abs(member.input_scale_) for member in self.members_], axis=0)

    @property
    def history_(self) -> dict[str, np.ndarray]:
        """Mean over the members of what their `history_` has, a number for each epoch."""
        check_is_fitted(self)
        records = [member.history_ for member in self.members_]
        n = min(len(record["epoch"]) for record in records)
        return {
            name: np.mean([record[name][:n] for record in records], axis=0)
            if name != "epoch"
            else records[0][name][:n]
            for name in records[0]
        }

    def get_feature_names_out(self, input_features=None) -> Any:
        """Return the names of the encoded inputs, in the order of `feature_scale_`.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Only compared with the names seen in `fit`; names of features where X had none.

        Returns
        -------
        names : ndarray of str
            A name for each input of the networks.
        """
        check_is_fitted(self)
        return self.encoder_.get_feature_names_out(input_features)
