"""``TabularMLPClassifier``."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from skparams._compat import Interval, StrOptions
from skparams._runtime import validate_data
from skparams.neural_network import Objective, sample_weights, weights_of_classes
from skparams.neural_network._tabular.base import BaseTabularMLP, Targets, in_memory
from skparams.neural_network._tabular.temperature import fit_temperature

# Samples' worth of the prior that the temperature is 1: without it, the decisions of a few dozen
# samples that are all correct would be taken for certain.
PRIOR = 4.0

# Samples that a class without any counts as, before training.
ABSENT = 0.5


class TabularMLPClassifier(ClassifierMixin, BaseTabularMLP):
    """An ensemble of small networks that classifies the rows of a table.

    A table is taken as it is: numbers, booleans, strings, categories and missing values, in a
    dataframe or an array. Probabilities are calibrated on samples that a member was not trained on.

    Parameters
    ----------
    n_members : int, default=5
        Number of networks. Each holds out one of ``max(5, n_members)`` folds of the samples, by
        which its best epoch is chosen, and is trained on the others.
    hidden_layer_sizes : 'auto', int or array-like of shape (n_hidden_layers,), default='auto'
        Units of the hidden layers of each network; 'auto' chooses them by the number of samples,
        see Notes.
    max_iter : 'auto' or int, default='auto'
        Number of epochs; 'auto' follows from a budget of steps, see Notes.
    learning_rate_init : float, default=0.04
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
    label_smoothing : float, default=0.1
        Share of the target's probability, in [0, 1), that is distributed over all classes in
        training. Epochs are chosen without it, and `temperature_` makes up for most of it.
    dropout : float, default=0.0
        Share of the units of each hidden layer, in [0, 1), that each minibatch of training leaves
        out at random.
    weight_decay : float, default=0.0
        Share of the weights, times the learning rate, that is subtracted in each step, in [0, inf).
    class_weight : dict, 'balanced' or None, default=None
        Weights of the classes, by which sample weights are multiplied. Classes that a dict lacks
        have weight 1. 'balanced' is ``n_samples / (n_classes * np.bincount(y))``.
    categorical_features : array-like or 'from_dtype' or None, default='from_dtype'
        Which features are categorical: a mask, their positions or their names. 'from_dtype' takes
        the columns of a dataframe that have strings, booleans or categories; None takes none.
    max_categories : int, default=255
        Largest number of categories of a feature in `fit`; more are an error.
    oof : bool, default=True
        Whether to keep `oof_decision_function_`.
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
    classes_ : ndarray of shape (n_classes,)
        Class labels.
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
    temperature_ : float
        What the mean of the members' decisions is divided by: it minimizes the log-loss of the
        out-of-fold decisions [2]_, with a weak prior at 1.
    oof_decision_function_ : ndarray of shape (n_samples,) or (n_samples, n_classes)
        `decision_function` of the members on the samples that they held out; NaN for samples that
        none did: those of weight 0, those alone in their class, and with ``n_members < 5`` others.
        Not with ``oof=False``.
    oof_score_ : float
        Accuracy of the out-of-fold predictions, or what `scoring` names. It is the score of single
        members, on samples that chose their epoch and the temperature: slightly optimistic for a
        member, and pessimistic for the ensemble, which is better than its members.
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
    TabularMLPRegressor : The same for regression.
    MLPClassifier : One network, a drop-in replacement for scikit-learn's.
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

    A class of one sample is in no fold, so that every member trains on it, and a class of fewer
    samples than folds is in some of them only. If fewer samples than folds are left, each is a fold
    of its own, and members share folds.

    Minibatches have about 128 samples. Samples of weight 0, or of less than 1e-30 of the largest,
    are left out before all else; others are weighted in the loss, in the choice of epochs and in
    the temperature, but not in the medians of the encoder.

    Training computes without BLAS, so that what is learned is the same bits whatever the number of
    threads. Its kernels are compiled at the first `fit` and kept on disk. Predictions round sums of
    BLAS, in float64, to float32: the last bit of one in some 100 million may depend on the threads
    of BLAS.

    References
    ----------
    .. [1] Holzmüller, Grinsztajn and Steinwart, "Better by default: Strong pre-tuned MLPs and
       boosted trees on tabular data", NeurIPS 2024.
    .. [2] Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skparams import TabularMLPClassifier
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> clf = TabularMLPClassifier(n_members=2, max_iter=10, random_state=0).fit(X, y)
    >>> clf.predict_proba(X[:1]).round(1)
    array([[1., 0., 0.]])
    >>> clf.count_params()
    2647
    """

    _parameter_constraints: dict = {
        **BaseTabularMLP._parameter_constraints,
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }
    _activation = "selu"

    def __init__(
        self,
        n_members=5,
        hidden_layer_sizes="auto",
        *,
        max_iter="auto",
        learning_rate_init=0.04,
        scoring="loss",
        label_smoothing=0.1,
        dropout=0.0,
        weight_decay=0.0,
        class_weight=None,
        categorical_features="from_dtype",
        max_categories=255,
        oof=True,
        random_state=None,
        n_jobs=None,
        verbose=False,
    ) -> None:
        arguments = locals()
        names = TabularMLPClassifier._get_param_names()
        super().__init__(**{name: arguments[name] for name in names})

    def _checked_targets(self, y):
        y = validate_data(self, y=y)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        self.classes_ = np.unique(y)
        return y

    def _weights(self, X, y, sample_weight):
        codes = np.searchsorted(self.classes_, y)[:, np.newaxis]
        weights = weights_of_classes(self, codes, False)
        return sample_weights(X, codes, sample_weight, weights, np.dtype(np.float64))

    def _encode_targets(self, y, weight):
        codes, n_classes = np.searchsorted(self.classes_, y), len(self.classes_)
        counts = np.bincount(codes, weight, n_classes)
        if np.count_nonzero(counts) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes in the data, but the "
                f"data contains only one class: {self.classes_[counts > 0].tolist()}"
            )
        if len(codes) == np.count_nonzero(counts):
            raise ValueError(
                f"{type(self).__name__}: no class has two samples, so that none can be held out."
            )
        self.temperature_ = 1.0
        logs = np.log(np.maximum(counts, ABSENT))
        if n_classes == 2:
            loss, intercepts = "binary_log_loss", logs[1:] - logs[0]
        else:
            loss, intercepts = "log_loss", logs - logs.mean()
        Y = codes[:, np.newaxis].astype(bool if n_classes == 2 else np.min_scalar_type(n_classes))
        # Without smoothing it is 0 and not None, for which the kernels would be compiled once more.
        objective = Objective(loss, (float(self.label_smoothing),))
        return Targets(Y, codes, objective, Objective(loss, (0.0,)), intercepts)

    def _calibrate(self, Z, Y, weight):
        activation = "logistic" if Z.shape[1] == 1 else "softmax"
        self.temperature_ = fit_temperature(Z, Y, weight, activation, prior=PRIOR)

    def _out_of_fold(self, Z):
        return "oof_decision_function_", self._predicting(Z).decision_function(None)

    def decision_function(self, X) -> Any:
        """Return the calibrated decisions, of which the probabilities are made.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        decisions : ndarray of shape (n_samples,) or (n_samples, n_classes)
            The mean of the members' decisions divided by `temperature_`: for two classes the
            log-odds of the second, else what the softmax takes.
        """
        Z = self._mean_decision(X) / self.temperature_
        return Z.ravel() if Z.shape[1] == 1 else Z

    def predict(self, X) -> Any:
        """Predict the class of each sample.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        Z = self.decision_function(X)
        return self.classes_[(Z > 0).astype(int) if Z.ndim == 1 else Z.argmax(axis=1)]

    def predict_proba(self, X) -> Any:
        """Estimate the probability of each class.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        Z = self.decision_function(X)
        return np.column_stack([expit(-Z), expit(Z)]) if Z.ndim == 1 else softmax(Z, axis=1)

    def predict_log_proba(self, X) -> Any:
        """Estimate the logarithm of the probability of each class.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Logarithms of `predict_proba`, finite where that underflows.
        """
        Z = self.decision_function(X)
        if Z.ndim == 1:
            return np.column_stack([log_expit(-Z), log_expit(Z)])
        return log_softmax(Z, axis=1)

    @in_memory
    def score(self, X, y, sample_weight=None) -> float:
        """Return the accuracy of the predictions.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The samples.
        y : array-like of shape (n_samples,)
            Their true labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples; by default all weigh the same.

        Returns
        -------
        score : float
            Share of the samples that are predicted right, between 0 and 1.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skparams import TabularMLPClassifier
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> clf = TabularMLPClassifier(n_members=2, max_iter=10, random_state=0).fit(X, y)
        >>> clf.score(X, y) > 0.8
        True
        """
        return ClassifierMixin.score(self, X, y, sample_weight)
