"""A fitted network: its decisions, hidden values and gradients, and scikit-learn's model of it."""

from __future__ import annotations

import copy
from itertools import islice
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import neural_network as theirs
from sklearn.base import ClassNamePrefixFeaturesOutMixin, is_regressor
from sklearn.utils.validation import check_is_fitted

from skparams._blocks import lazy_rows
from skparams._compat import invalid_hyperparameter_first, mlp_optimizer
from skparams._lazy import refuse_lazy
from skparams._runtime import validate_data
from skparams.neural_network.activations import ACTIVATIONS
from skparams.neural_network.network import (
    decision,
    hidden_values,
    input_gradients,
    normalization_of,
)
from skparams.neural_network.schedules import SCHEDULES

# What scikit-learn's classes have.
THEIR_ACTIVATIONS = {name for name, f in ACTIVATIONS.items() if f.derivative and not f.is_special}
THEIR_LOSSES = {"squared_error", "poisson", "log_loss"}
# Fitted attributes of scikit-learn's without the weights and the optimizer.
THEIR_ATTRIBUTES = (
    *("classes_", "_label_binarizer", "n_features_in_", "feature_names_in_", "n_layers_"),
    *("n_outputs_", "out_activation_", "n_iter_", "t_", "loss_", "loss_curve_", "best_loss_"),
    *("validation_scores_", "best_validation_score_", "_no_improvement_count", "_random_state"),
)
# Methods whose result a subclass may have changed.
PREDICTING = ("predict", "predict_proba", "_predict_activation", "_decision_function")


class FittedMLP(ClassNamePrefixFeaturesOutMixin):
    """What a network does once it is fitted."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def _validated(self, X):
        check_is_fitted(self)
        refuse_lazy(type(self).__name__, "Or call it for some rows at a time", X=X)
        forms, dtypes = ["csr", "csc"], (np.float64, np.float32)
        return validate_data(self, X, accept_sparse=forms, dtype=dtypes, reset=False)

    def _decision_function(self, X):
        """Input of the output layer's activation."""
        X = self._validated(X)
        with invalid_hyperparameter_first(self):
            return decision(X, self)

    def _predict_activation(self, X):
        """Activation of the output layer."""
        Z = self._decision_function(X)
        ACTIVATIONS[self.out_activation_].apply(Z)
        return Z

    @lazy_rows
    def activations(self, X, layer=-1) -> Any:
        """Return the values of a hidden layer, after its activation.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.
        layer : int, default=-1
            The hidden layer: 0 is the first one, -1 the last one.

        Returns
        -------
        values : ndarray of shape (n_samples, n_units)
            The values of its units. The names of the last layer's units are
            `get_feature_names_out`.
        """
        check_is_fitted(self)
        number = _position(layer, self._n_hidden(), f"{type(self).__name__}.activations: layer")
        X = self._validated(X)
        with invalid_hyperparameter_first(self):
            return next(islice(hidden_values(X, self), number, None))

    @lazy_rows
    def saliency(self, X, output=None) -> Any:
        """Return the gradient of an output with respect to the inputs, at each sample.

        The outputs of a regressor are what it predicts, or the columns of `predict_quantiles`.
        Those of a classifier are the inputs of the softmax or of the logistic function, as the
        gradient of a probability vanishes where it is close to 0 or 1: one for each class or
        label, but for two classes only that of the second.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.
        output : int or None, default=None
            The number of the output; None means all.

        Returns
        -------
        gradients : ndarray of shape (n_samples, n_features) or (n_samples, n_outputs, n_features)
            The gradients, dense for sparse X too. There is an axis of outputs if there are several
            and `output` is None. At a kink of an activation its derivative is that of the left
            side.
        """
        check_is_fitted(self)
        outputs = list(range(self.coefs_[-1].shape[1]))
        if hasattr(self, "quantiles_"):  # the network has them by ascending levels
            outputs = np.argsort(np.argsort(self.quantiles_)).tolist()
        if output is not None:
            name = f"{type(self).__name__}.saliency: output"
            outputs = [outputs[_position(output, len(outputs), name)]]
        X, activation = self._validated(X), self.out_activation_ if is_regressor(self) else ""
        with invalid_hyperparameter_first(self):
            gradients = input_gradients(X, self, outputs, activation)
        return gradients[:, 0] if len(outputs) == 1 else gradients

    def get_feature_names_out(self, input_features=None) -> Any:
        """Return the names of the columns of `activations`, for the last hidden layer.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Only compared with the names seen in `fit`.

        Returns
        -------
        names : ndarray of str
            The lowercase name of the class with the number of the unit: 'mlpclassifier0'.
        """
        check_is_fitted(self)
        self._n_hidden()
        return super().get_feature_names_out(input_features)

    @property
    def _n_features_out(self):
        check_is_fitted(self)
        return self.coefs_[-1].shape[0]

    def _n_hidden(self):
        if len(self.coefs_) == 1:
            raise ValueError(f"{type(self).__name__}: hidden_layer_sizes=() has no hidden layer.")
        return len(self.coefs_) - 1

    def to_sklearn(self) -> Any:
        """Return scikit-learn's estimator with the same weights.

        It is for tools that look for scikit-learn's classes. `predict` and `predict_proba` return
        the same numbers, to the last bit, for float32 and float64 X; scikit-learn's
        `predict_log_proba` is the logarithm of `predict_proba`. Nothing is shared with this model,
        and `partial_fit` and `warm_start` can go on with the weights and the optimizer's state.

        Hyperparameters that scikit-learn's class lacks and that only training uses are left out:
        `scoring`, `dropout`, `weight_decay`, `max_gradient_norm`, `init`, `dtype`, `class_weight`
        and `label_smoothing`. The solver 'adamw' becomes 'adam', and a `learning_rate` that
        scikit-learn does not have becomes 'constant'.

        Returns
        -------
        model : sklearn.neural_network.MLPClassifier or sklearn.neural_network.MLPRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            If scikit-learn's class cannot be the same model: with `normalization`, another
            `activation` or `loss`, or if a subclass changes predictions.
        """
        check_is_fitted(self)
        cls = theirs.MLPRegressor if is_regressor(self) else theirs.MLPClassifier
        model = cls(**_their_hyperparameters(self, cls))
        for name in THEIR_ATTRIBUTES:
            if hasattr(self, name):
                setattr(model, name, copy.deepcopy(getattr(self, name)))
        model.coefs_, model.intercepts_ = map(_copies, (self.coefs_, self.intercepts_))
        # As after its own fit with early stopping; warm_start may return these.
        model._best_coefs, model._best_intercepts = model.coefs_, model.intercepts_
        state, arrays = getattr(self, "_optimizer_state", None), model.coefs_ + model.intercepts_
        if state is not None and state["solver"] == self.solver:
            moments = [_like(arrays, moment) for moment in (state["first"], state["second"])]
            model._optimizer = mlp_optimizer(model, state["learning_rate"], state["t"], *moments)
        return model


def _position(value: Any, n: int, what: str) -> int:
    """A position that is counted from the end if it is negative."""
    is_integer = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_integer or not -n <= int(value) < n:
        raise ValueError(f"{what} must be an integer from {-n} to {n - 1}, got {value!r}.")
    return int(value) % n


def _their_hyperparameters(mlp: Any, cls: type) -> dict[str, Any]:
    """The arguments of scikit-learn's class; ValueError if it cannot predict the same."""
    activations, changed = set(mlp._hidden_activations(len(mlp.coefs_) - 1)), []
    normalization = normalization_of(mlp)
    if normalization is not None:
        changed.append(f"normalization={normalization!r}")
    if len(activations) > 1 or not activations <= THEIR_ACTIVATIONS:
        changed.append(f"activation={mlp.activation!r}")
    if mlp.loss not in THEIR_LOSSES:
        changed.append(f"loss={mlp.loss!r}")
    methods = {name: getattr(type(mlp), name, None) for name in PREDICTING}
    for name, method in methods.items():
        if method is not None and not method.__module__.startswith("skparams."):
            changed.append(f"{type(mlp).__name__}.{name}")
    if changed:
        raise ValueError(
            f"{type(mlp).__name__}.to_sklearn: scikit-learn's {cls.__name__} does not have "
            f"{', '.join(changed)}."
        )
    names = cls().get_params()
    given = mlp.get_params(deep=False).items()
    params = {name: copy.deepcopy(value) for name, value in given if name in names}
    params["activation"] = activations.pop() if activations else "relu"
    if params["solver"] == "adamw":
        params["solver"] = "adam"
    if not isinstance(mlp.learning_rate, str) or mlp.learning_rate in SCHEDULES:
        params["learning_rate"] = "constant"
    return params


def _copies(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Copies in the same memory layout, which decides about the last bit of products."""
    return [np.array(array) for array in arrays]


def _like(arrays: list[np.ndarray], flat: np.ndarray) -> list[np.ndarray]:
    """Copies of the parts of a flat buffer, in the shapes of arrays; none if it is empty."""
    if not flat.size:
        return []
    parts = np.split(flat, np.cumsum([array.size for array in arrays])[:-1])
    return [part.reshape(a.shape).copy() for part, a in zip(parts, arrays, strict=True)]
