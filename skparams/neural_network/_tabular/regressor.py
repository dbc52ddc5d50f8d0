"""``TabularMLPRegressor``."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, column_or_1d

from skparams._compat import Interval, StrOptions
from skparams._runtime import validate_data
from skparams.neural_network import (
    ACTIVATIONS,
    Objective,
    check_one_output,
    delete_attributes,
    has_quantiles,
    median_column,
    quantile_levels,
    real_numbers,
)
from skparams.neural_network._tabular.base import BaseTabularMLP, Targets, in_memory
from skparams.neural_network._tabular.conformal import apply_offsets, quantile_offsets

# Of quantiles of targets before training, in standard deviations, so that its logarithm is finite.
MIN_INCREMENT = 0.01


class TabularMLPRegressor(RegressorMixin, BaseTabularMLP):
    """An ensemble of small networks that predicts numbers from the rows of a table.

    A table is taken as it is: numbers, booleans, strings, categories and missing values, in a
    dataframe or an array. Targets are standardized, and predictions stay in the range of the
    targets seen.

    Parameters
    ----------
    n_members : int, default=5
        Number of networks. Each holds out one of ``max(5, n_members)`` folds of the samples, by
        which its best epoch is chosen, and is trained on the others.
    hidden_layer_sizes : 'auto', int or array-like of shape (n_hidden_layers,), default='auto'
        Units of the hidden layers of each network; 'auto' chooses them by the number of samples,
        see Notes.
    loss : {'squared_error', 'absolute_error', 'huber', 'quantile'}, default='squared_error'
        The loss, of standardized targets. 'quantile' is the sum of the pinball losses of the levels
        in `quantile`; y has one output.
    quantile : float or array-like of shape (n_quantiles,), default=0.5
        Levels of the loss 'quantile', in (0, 1). Several must contain 0.5, which `predict` returns.
    huber_delta : float, default=1.0
        Error, in standard deviations of the targets, beyond which the loss 'huber' is linear.
    max_iter : 'auto' or int, default='auto'
        Number of epochs; 'auto' follows from a budget of steps, see Notes.
    learning_rate_init : float, default=0.1
        Learning rate at the peaks of its schedule, in (0, inf). That of biases is 0.1 times and
        that of the scale of the inputs 6 times as large; that of the weights of a layer is divided
        by the square root of the number of its inputs.
    scoring : 'loss', str or callable, default='loss'
        What the best epoch of a member is chosen by, on the samples that it holds out.

        - 'loss' is the loss, of which smaller is better.
        - Other names are scikit-learn's scorers.
        - A callable takes ``(estimator, X, y)`` and returns a number of which larger is better. The
          estimator's predictions are those of the member for the rows X, whatever it is passed.
          It also gets ``sample_weight`` if it takes that and the samples have weights.
    dropout : float, default=0.0
        Share of the units of each hidden layer, in [0, 1), that each minibatch of training leaves
        out at random.
    weight_decay : float, default=0.0
        Share of the weights, times the learning rate, that is subtracted in each step, in [0, inf).
    categorical_features : array-like or 'from_dtype' or None, default='from_dtype'
        Which features are categorical: a mask, their positions or their names. 'from_dtype' takes
        the columns of a dataframe that have strings, booleans or categories; None takes none.
    max_categories : int, default=255
        Largest number of categories of a feature in `fit`; more are an error.
    oof : bool, default=True
        Whether to keep `oof_prediction_`.
    random_state : int, RandomState instance or None, default=None
        Random numbers for the folds, the initial weights, the order of samples and `dropout`. Pass
        an int for reproducible results across calls.
    n_jobs : int or None, default=None
        Number of threads that train members; None means 1 unless in a
        ``joblib.parallel_backend`` context, -1 all processors. Results do not depend on it.
    verbose : bool, default=False
        Whether to print the mean losses of each epoch.

    Attributes
    ----------
    encoder_ : TableEncoder
        Makes the networks' inputs of a table. Its `medians_`, `scales_` and `categories_` are
        learned.
    members_ : list of TabularNetwork
        The networks, with their `input_scale_`, `coefs_`, `intercepts_`, `best_iter_` and
        `history_`.
    feature_scale_ : ndarray of shape (n_inputs,)
        Mean over the members of the absolute scale that each input is multiplied by, in the order
        of `get_feature_names_out`. It starts at 1 and is a first look at what the networks use. It
        is no measure of importance: weights of the first layer can make up for it, and inputs that
        carry the same information share it.
    target_mean_, target_scale_ : ndarray of shape (n_outputs,)
        Mean and standard deviation of the targets, which are standardized by them; a constant
        output has the scale 1.
    target_range_ : ndarray of shape (2, n_outputs)
        Smallest and largest targets seen, to which predictions are clipped.
    quantiles_ : ndarray of shape (n_quantiles,)
        The levels of `quantile`, with the loss 'quantile'.
    quantile_offsets_ : ndarray of shape (n_quantiles,)
        What each predicted quantile is moved by, so that out-of-fold predictions have the coverage
        that its level states [2]_. Infinite where there are too few samples for a level; the range
        of the targets is then the prediction. For the ensemble, whose errors are smaller than those
        of its members, intervals are a little too wide.
    oof_prediction_ : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        `predict` of the members on the samples that they held out; NaN for samples that none did:
        those of weight 0, and with ``n_members < 5`` others. Not with ``oof=False``.
    oof_score_ : float
        R² of the out-of-fold predictions, or what `scoring` names. It is the score of single
        members, on samples that chose their epoch: slightly optimistic for a member, and
        pessimistic for the ensemble, which is better than its members.
    history_ : dict of str to ndarray of shape (n_epochs,)
        Means over the members of what their `history_` has: 'epoch', 'loss', 'learning_rate',
        'gradient_norm', 'validation_loss' and 'validation_score'.
    n_iter_ : int
        Number of epochs.
    n_features_in_ : int
        Number of features seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if X has feature names that are all strings.

    See Also
    --------
    TabularMLPClassifier : The same for classification.
    MLPRegressor : One network, a drop-in replacement for scikit-learn's.
    skparams.summary : What encoder and members learned.

    Notes
    -----
    The recipe is RealMLP's [1]_, a network with a learned scale of its inputs, trained by Adam with
    learning rates by layer and a schedule of cosine cycles, in float32. It is smaller here, and
    averaged over members that are each validated on a fold of their own, so that two members or
    more train on every sample.

    ``hidden_layer_sizes="auto"`` is (32, 32) for fewer than 1,000 samples and (64, 64) otherwise.
    ``max_iter="auto"`` is 96 epochs for up to 33,333 samples; above, all epochs together take
    3,200,000 samples, but there are at least 16 epochs. Columns change neither.

    If there are fewer samples than folds, each is a fold of its own.

    Minibatches have about 128 samples. Samples of weight 0, or of less than 1e-30 of the largest,
    are left out before all else; others are weighted in the loss, in the choice of epochs, in the
    standardization of the targets and in the offsets of quantiles, but not in the medians of the
    encoder.

    Training computes without BLAS, so that what is learned is the same bits whatever the number of
    threads. Its kernels are compiled at the first `fit` and kept on disk. Predictions round sums of
    BLAS, in float64, to float32: the last bit of one in some 100 million may depend on the threads
    of BLAS.

    The members' spread is no predictive deviation, so `predict` does not return one; intervals are
    those of the loss 'quantile'.

    References
    ----------
    .. [1] Holzmüller, Grinsztajn and Steinwart, "Better by default: Strong pre-tuned MLPs and
       boosted trees on tabular data", NeurIPS 2024.
    .. [2] Romano, Patterson and Candès, "Conformalized quantile regression", NeurIPS 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skparams import TabularMLPRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> regr = TabularMLPRegressor(n_members=2, max_iter=10, random_state=0).fit(X, y)
    >>> regr.predict(X[:2]).shape
    (2,)
    >>> regr.count_params()
    2926
    """

    _parameter_constraints: dict = {
        **BaseTabularMLP._parameter_constraints,
        "loss": [StrOptions({"squared_error", "absolute_error", "huber", "quantile"})],
        "quantile": [Interval(Real, 0, 1, closed="neither"), "array-like"],
        "huber_delta": [Interval(Real, 0, None, closed="neither")],
    }
    _activation = "mish"

    def __init__(
        self,
        n_members=5,
        hidden_layer_sizes="auto",
        *,
        loss="squared_error",
        quantile=0.5,
        huber_delta=1.0,
        max_iter="auto",
        learning_rate_init=0.1,
        scoring="loss",
        dropout=0.0,
        weight_decay=0.0,
        categorical_features="from_dtype",
        max_categories=255,
        oof=True,
        random_state=None,
        n_jobs=None,
        verbose=False,
    ) -> None:
        arguments = locals()
        names = TabularMLPRegressor._get_param_names()
        super().__init__(**{name: arguments[name] for name in names})

    def _checked_targets(self, y):
        y = real_numbers(validate_data(self, y=y, multi_output=True)).astype(np.float64)
        return column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _encode_targets(self, y, weight):
        Y = y.reshape(len(y), -1)
        objective = self._objective(Y)
        self.target_mean_, self.target_scale_ = self._mean_and_scale(Y, weight)
        self.target_range_ = np.array([Y.min(axis=0), Y.max(axis=0)])
        Z = (Y - self.target_mean_) / self.target_scale_
        intercepts = np.zeros(Z.shape[1])
        if objective.loss == "quantile":
            intercepts = _quantile_intercepts(Z, np.sort(self.quantiles_))
        return Targets(Z, None, objective, objective, intercepts)

    def _mean_and_scale(self, Y, weight):
        with np.errstate(over="ignore", invalid="ignore"):
            means = np.average(Y, axis=0, weights=weight)
            variances = np.average((Y - means) ** 2, axis=0, weights=weight)
        # By their values: the mean of equal numbers may be another number by rounding.
        variances[Y.min(axis=0) == Y.max(axis=0)] = 1.0
        if not ((variances >= np.finfo(np.float64).tiny) & np.isfinite(variances)).all():
            raise ValueError(
                f"{type(self).__name__}: the variance of y is too large or too small for "
                "dtype('float64'), so that y cannot be standardized; its largest absolute value is "
                f"{np.abs(Y).max():.3g}. Multiply y by a constant."
            )
        return means, np.sqrt(variances)

    def _objective(self, Y):
        delete_attributes(self, "quantiles_", "quantile_offsets_")
        if self.loss == "quantile":
            check_one_output(self, Y)
            self.quantiles_ = quantile_levels(self)
            self.quantile_offsets_ = np.zeros(self.quantiles_.size)
            return Objective("quantile", tuple(np.sort(self.quantiles_)))
        parameters = {"absolute_error": (1.0,), "huber": (float(self.huber_delta),)}
        return Objective(self.loss, parameters.get(self.loss))

    def _calibrate(self, Z, Y, weight):
        if self.loss == "quantile":
            y = Y * self.target_scale_ + self.target_mean_
            self.quantile_offsets_ = quantile_offsets(self._outputs(Z), y, self.quantiles_, weight)

    def _out_of_fold(self, Z):
        return "oof_prediction_", self._predicting(Z).predict(None)

    def _outputs(self, Z):
        """What the decisions are in units of the targets; of quantiles in the order of the levels.

        The network has increments from the lowest quantile up.
        """
        if hasattr(self, "quantiles_"):
            Z = Z.copy()
            if Z.shape[1] > 1:
                ACTIVATIONS["increasing"].apply(Z)
            Z = Z[:, np.argsort(np.argsort(self.quantiles_))]
        return Z * self.target_scale_ + self.target_mean_

    def _predictions(self, X):
        y = self._outputs(self._mean_decision(X))
        if hasattr(self, "quantiles_"):
            y = apply_offsets(y, self.quantile_offsets_, self.quantiles_)
        return np.clip(y, *self.target_range_)

    def predict(self, X) -> Any:
        """Predict the target of each sample.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The predictions, in the range of the targets seen; of several quantiles the median.
        """
        y = self._predictions(X)
        if hasattr(self, "quantiles_"):
            y = y[:, [median_column(self.quantiles_)]]
        return y.ravel() if y.shape[1] == 1 else y

    @available_if(has_quantiles)
    def predict_quantiles(self, X) -> Any:
        """Predict each quantile in `quantile`, with the loss 'quantile'.

        They are moved by `quantile_offsets_` and never cross.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        quantiles : ndarray of shape (n_samples, n_quantiles)
            The predictions, in the order of `quantiles_` and in the range of the targets seen.
        """
        check_is_fitted(self, "quantiles_")
        return self._predictions(X)

    @in_memory
    def score(self, X, y, sample_weight=None) -> float:
        """Return the coefficient of determination, R², of the predictions.

        It is 1 for perfect predictions and 0 for those of the mean of y; it can be negative. Of
        several outputs it is the mean.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The samples.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their true values.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples; by default all weigh the same.

        Returns
        -------
        score : float
            R², at most 1.

        Examples
        --------
        >>> import numpy as np
        >>> from skparams import TabularMLPRegressor
        >>> X = np.linspace(-1, 1, 200).reshape(-1, 1)
        >>> regr = TabularMLPRegressor(n_members=2, max_iter=20, random_state=0).fit(X, X[:, 0])
        >>> regr.score(X, X[:, 0]) > 0.9
        True
        """
        return RegressorMixin.score(self, X, y, sample_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = str(self.loss) != "quantile"
        return tags


def _quantile_intercepts(Z: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Outputs whose quantiles are those of all standardized targets."""
    quantiles = np.quantile(Z, levels)
    increments = np.maximum(np.diff(quantiles), MIN_INCREMENT)
    return np.array([quantiles[0], *np.log(np.expm1(increments))])
