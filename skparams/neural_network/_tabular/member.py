"""A member of the ensemble: a fitted network behind a learned scale of its inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skparams._compat import StrOptions
from skparams._params import ParamsMixin
from skparams.neural_network import ACTIVATIONS


class TabularNetwork(ParamsMixin, BaseEstimator):
    """A network that ``TabularMLPClassifier`` or ``TabularMLPRegressor`` trained.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int
        Units of the hidden layers.
    activation : {'selu', 'mish'}
        Activation of the hidden layers.

    Attributes
    ----------
    input_scale_ : ndarray of shape (n_inputs,)
        What each encoded input is multiplied by, in float32 as all weights.
    coefs_ : list of ndarray, the i-th of shape (n_units_in, n_units_out)
        Weights of each layer.
    intercepts_ : list of ndarray, the i-th of shape (n_units_out,)
        Biases of each layer.
    out_activation_ : {'logistic', 'softmax', 'identity', 'increasing'}
        Activation of the output layer.
    best_iter_ : int
        The epoch, counted from 1, whose weights these are: the one with the best score on the rows
        that the member was not trained on.
    history_ : dict of str to ndarray of shape (n_epochs,)
        'epoch', 'loss' of training, 'learning_rate' of the last step, 'gradient_norm',
        'validation_loss' and 'validation_score'.
    """

    input_scale_: np.ndarray
    coefs_: list[np.ndarray]
    intercepts_: list[np.ndarray]
    out_activation_: str

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like"],
        "activation": [StrOptions({"selu", "mish"})],
    }

    def __init__(self, hidden_layer_sizes: Any, activation: str) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the input of the output layer's activation, for encoded inputs.

        Parameters
        ----------
        X : {ndarray, sparse matrix} of shape (n_samples, n_inputs)
            What the encoder of the ensemble returns.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_outputs)
            In float32.
        """
        coefs = [self.input_scale_[:, np.newaxis] * self.coefs_[0], *self.coefs_[1:]]
        Z = _unit_inputs(X, coefs[0], self.intercepts_[0])
        for coef, intercept in zip(coefs[1:], self.intercepts_[1:], strict=True):
            ACTIVATIONS[self.activation].apply(Z)
            Z = _unit_inputs(Z, coef, intercept)
        return Z

    def __skparams__(self):
        from skparams.neural_network._tabular.member_spec import NETWORK

        return NETWORK


def _unit_inputs(A: Any, coef: np.ndarray, intercept: np.ndarray) -> np.ndarray:
    """A @ coef + intercept, computed in float64 and rounded to float32.

    BLAS adds in an order that depends on the number of samples and of threads; the rounded sums do
    not, but for about one in 1e8.
    """
    return (A.astype(np.float64) @ coef.astype(np.float64) + intercept).astype(np.float32)
