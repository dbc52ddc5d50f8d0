"""MLPClassifier: a drop-in replacement for scikit-learn's."""

from numbers import Real
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    check_classification_targets,
    type_of_target,
    unique_labels,
)

from skparams._blocks import lazy_rows
from skparams._compat import Interval, StrOptions, check_partial_fit_first_call, fit_context
from skparams._runtime import unchanged_on_error
from skparams.neural_network._out_of_core import BlockClassifierMixin, lazy_score
from skparams.neural_network.activations import ACTIVATIONS, Objective
from skparams.neural_network.base import BaseMLP
from skparams.neural_network.network import log_probabilities
from skparams.neural_network.weights import weights_of_classes


class MLPClassifier(BlockClassifierMixin, ClassifierMixin, BaseMLP):
    """Multi-layer perceptron classifier, a drop-in replacement for scikit-learn's.

    It minimizes the log loss by Adam, stochastic gradient descent or L-BFGS.

    Parameters
    ----------
    hidden_layer_sizes : array-like of shape (n_layers - 2,) or int, default=(100,)
        Number of neurons of each hidden layer.
    activation : str or sequence of str, default='relu'
        Activation of the hidden layers, one for all or one for each.

        - 'identity' returns x, for a linear bottleneck.
        - 'logistic' returns 1 / (1 + exp(-x)).
        - 'tanh' returns tanh(x).
        - 'relu' returns max(0, x).
        - 'leaky_relu' returns max(0.01 x, x).
        - 'selu' returns 1.0507 x where x > 0 and 1.7581 (exp(x) - 1) elsewhere [3]_.
        - 'gelu' returns x times the standard normal distribution function of x.
        - 'silu' returns x / (1 + exp(-x)).
        - 'mish' returns x tanh(log(1 + exp(x))).

        At a kink the derivative is that of the left side.
    solver : {'lbfgs', 'sgd', 'adam', 'adamw'}, default='adam'
        The solver of the optimization.

        - 'lbfgs' is SciPy's limited-memory quasi-Newton method on all samples at once. It often
          performs best on a few thousand samples or fewer.
        - 'sgd' is stochastic gradient descent, with momentum.
        - 'adam' is the stochastic optimizer of Kingma and Ba [2]_.
        - 'adamw' is 'adam' with the weight decay of Loshchilov and Hutter [4]_.
    alpha : float, default=0.0001
        Strength of the L2 penalty of the weights, in [0, inf). The penalty is divided by the
        (weighted) number of samples when it is added to the loss.
    batch_size : int or 'auto', default='auto'
        Size of the minibatches of 'sgd' and 'adam'; 'auto' is ``min(200, n_samples)``.
    learning_rate : str or callable, default='constant'
        Schedule of the learning rate. The first three are for 'sgd' only, as in scikit-learn; the
        others multiply `learning_rate_init` by a function of the share of `max_iter` that is done.

        - 'constant' stays at `learning_rate_init`.
        - 'invscaling' is ``learning_rate_init / (t + 1) ** power_t`` after `t` samples.
        - 'adaptive' divides the rate by 5 each time training would otherwise stop, until it is
          at most 1e-6.
        - 'cosine' falls from 1 to 0 along half a cosine.
        - 'one_cycle' rises from 1/25 to 1 at 30 % and then falls to 4e-6, along half cosines.
        - 'warmup' rises from 0 to 1 in the first 10 %, and then stays.
        - A callable takes the share, in [0, 1], before each minibatch, and returns the factor, a
          number >= 0.

        'lbfgs' ignores it.
    learning_rate_init : float, default=0.001
        Initial learning rate of 'sgd' and 'adam', in (0, inf).
    power_t : float, default=0.5
        Exponent of 'invscaling', in [0, inf).
    max_iter : int, default=200
        Maximum number of epochs of 'sgd' and 'adam', or of iterations of 'lbfgs'.
    shuffle : bool, default=True
        Whether 'sgd' and 'adam' shuffle the samples before each epoch.
    random_state : int, RandomState instance or None, default=None
        Random numbers for the initial weights, the split of `early_stopping`, the order of samples
        and `dropout`. Pass an int for reproducible results across calls.
    tol : float, default=1e-4
        Smallest improvement of the loss or the score that counts, in [0, inf); 'lbfgs' stops when
        no element of the gradient is larger.
    verbose : bool, default=False
        Whether to print the loss of each epoch.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the last call. The optimizer's state, the count
        of epochs without improvement, and the best loss or score start anew.
    momentum : float, default=0.9
        Momentum of 'sgd', in [0, 1].
    nesterovs_momentum : bool, default=True
        Whether 'sgd' uses Nesterov's momentum.
    early_stopping : bool, default=False
        Whether 'sgd' and 'adam' stop when the score on validation samples no longer improves, and
        keep the weights with the best score. The samples are those passed to `fit` as `X_val`, or
        else `validation_fraction` of the training samples, which are set aside. That split is
        stratified if the target is binary.
    validation_fraction : float, default=0.1
        Fraction of the samples set aside for early stopping, in [0, 1).
    beta_1 : float, default=0.9
        Decay rate of Adam's first moment, in [0, 1).
    beta_2 : float, default=0.999
        Decay rate of Adam's second moment, in [0, 1).
    epsilon : float, default=1e-8
        Added to the square root of Adam's second moment, in (0, inf).
    n_iter_no_change : int or inf, default=10
        Number of consecutive epochs without an improvement by `tol` after which 'sgd' and 'adam'
        stop.
    max_fun : int, default=15000
        Maximum number of evaluations of the loss by 'lbfgs'.
    scoring : str, callable or None, default=None
        Score of the validation samples, by which early stopping compares epochs.

        - None is the score of this estimator (accuracy), as in scikit-learn.
        - 'loss' is the loss without penalty, of which smaller is better. It changes in each epoch,
          where a score of few samples often does not.
        - Other names are scikit-learn's scorers.
        - A callable takes ``(estimator, X, y)`` and returns a number of which larger is better. X
          is the checked array or sparse matrix. It also gets ``sample_weight`` if it takes that and
          the validation samples have weights.
    dropout : float or sequence of float, default=0.0
        Share of the units of each hidden layer, in [0, 1), that each minibatch of training leaves
        out at random; or one number for the input and one for each hidden layer. Not for 'lbfgs'.
    normalization : {'batch', 'layer'} or None, default=None
        Normalization of what the hidden layers' activations get: of each unit over the minibatch
        [5]_, or of each sample over the units [6]_. A gain is learned for each unit; the biases
        are the shifts. Not for 'lbfgs'; minibatches need two samples at least.
    weight_decay : float, default=0.01
        Share of the weights, times the learning rate, that 'adamw' subtracts in each step, in
        [0, inf).
    max_gradient_norm : float or None, default=None
        Gradients of a minibatch with a larger norm, over all parameters, are scaled to it. Of no
        effect with 'lbfgs'.
    init : {'auto', 'he', 'orthogonal'} or tuple, default='auto'
        The weights and biases that training starts from.

        - 'auto' draws them as scikit-learn does [1]_; for activations that it lacks as for 'relu'.
        - 'he' draws weights from a normal distribution of variance 2 / n_units_in; biases are 0.
        - 'orthogonal' draws matrices with orthonormal rows or columns; biases are 0.
        - A tuple ``(coefs, intercepts)`` has the arrays themselves, one for each layer. They are
          copied.

        `warm_start` and `partial_fit` go on with the weights of the model.
    dtype : {'float32', 'float64'} or None, default=None
        What training computes in; None is float32 for X of float32 and float64 otherwise. A
        training that goes on keeps the dtype of its weights. Predictions have the wider of the
        dtypes of the weights and of X.
    class_weight : dict, list of dict, 'balanced' or None, default=None
        Weights of the classes, by which sample weights are multiplied, in validation too. Classes
        that a dict lacks have weight 1. 'balanced' is ``n_samples / (n_classes * np.bincount(y))``,
        whatever the sample weights; not for `partial_fit`. With several labels per sample, it is
        the product over the labels, for which a list has a dict with the weights of 0 and 1 each.
    label_smoothing : float, default=0.0
        Share of the target's probability, in [0, 1), that is distributed over all classes.

    Attributes
    ----------
    coefs_ : list of ndarray, the i-th of shape (n_units_in, n_units_out)
        Weight matrix of each layer, in `dtype` (float32 or float64).
    intercepts_ : list of ndarray, the i-th of shape (n_units_out,)
        Bias of each layer.
    classes_ : ndarray or list of ndarray of shape (n_classes,)
        Class labels.
    gains_ : list of ndarray, the i-th of shape (n_units_out,)
        Gain of each hidden unit, with `normalization`.
    running_means_, running_variances_ : list of ndarray, the i-th of shape (n_units_out,)
        Moments of each hidden unit that predictions use, with normalization of batches.
    loss_ : float
        Loss of the last epoch or iteration; with normalization of batches that of the training
        data, by the running moments.
    history_ : dict of str to ndarray of shape (n_epochs,)
        A number for each epoch (iteration of 'lbfgs') of all training so far, as
        ``pandas.DataFrame(history_)`` takes it; NaN where it was not recorded.

        - 'epoch' counts from 1.
        - 'loss' is the loss, penalty included.
        - 'learning_rate' and 'gradient_norm' are those of the last minibatch, the latter before
          clipping and with penalty; 'lbfgs' has no learning rate.
        - 'validation_loss' and 'validation_score' are there if validation samples were: the mean
          loss without penalty, and the score that `scoring` names.
    loss_curve_ : list of float
        ``history_["loss"]``, as scikit-learn has it. Read-only.
    best_loss_ : float or None
        The smallest loss of an epoch; None with `early_stopping`. Not set by 'lbfgs'.
    validation_scores_ : list of float or None
        ``history_["validation_score"]``, as scikit-learn has it; NaN also where the output is not
        finite. None without validation samples. Read-only, not set by 'lbfgs' without them.
    best_validation_score_ : float or None
        The best score of the last fit, which is that of the kept weights (the negative loss with
        ``scoring="loss"``); None without `early_stopping`. Not set by 'lbfgs'.
    t_ : int
        Number of samples seen by the solver, over all epochs.
    n_iter_ : int
        Number of epochs or iterations; `partial_fit` adds to it.
    n_layers_ : int
        Number of layers, input and output included.
    n_outputs_ : int
        Number of outputs.
    out_activation_ : str
        Activation of the output layer.
    n_features_in_ : int
        Number of features seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if X has feature names that are all strings.

    See Also
    --------
    MLPRegressor : The same network for regression.
    skparams.summary : What the network learned, layer by layer.

    Notes
    -----
    With the same arguments and `random_state`, float64 input and 'adam' or 'sgd', training follows
    scikit-learn's own trajectory. The page "Coming from scikit-learn" of the documentation lists
    where this estimator differs, because scikit-learn's has a bug.

    One call of a compiled kernel trains an epoch. The kernels are compiled at the first `fit` and
    kept in numba's cache.

    References
    ----------
    .. [1] Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    .. [2] Kingma and Ba, "Adam: A method for stochastic optimization", 2014.
    .. [3] Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017.
    .. [4] Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
    .. [5] Ioffe and Szegedy, "Batch normalization", ICML 2015.
    .. [6] Ba, Kiros and Hinton, "Layer normalization", 2016.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from skparams import MLPClassifier
    >>> X, y = make_classification(n_samples=100, random_state=1)
    >>> clf = MLPClassifier(learning_rate_init=0.01, random_state=1).fit(X, y)
    >>> clf.predict(X[:5])
    array([1, 1, 1, 0, 0])
    >>> clf.count_params()
    2201
    """

    _parameter_constraints: dict = {
        **BaseMLP._parameter_constraints,
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    loss = "log_loss"  # as in scikit-learn an attribute, and no hyperparameter

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        *,
        solver="adam",
        alpha=0.0001,
        batch_size="auto",
        learning_rate="constant",
        learning_rate_init=0.001,
        power_t=0.5,
        max_iter=200,
        shuffle=True,
        random_state=None,
        tol=1e-4,
        verbose=False,
        warm_start=False,
        momentum=0.9,
        nesterovs_momentum=True,
        early_stopping=False,
        validation_fraction=0.1,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        n_iter_no_change=10,
        max_fun=15000,
        scoring=None,
        dropout=0.0,
        normalization=None,
        weight_decay=0.01,
        max_gradient_norm=None,
        init="auto",
        dtype=None,
        class_weight=None,
        label_smoothing=0.0,
    ) -> None:
        arguments = locals()
        super().__init__(**{name: arguments[name] for name in MLPClassifier._get_param_names()})

    def _encode_targets(self, y, incremental):
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if hasattr(self, "classes_") and (self.warm_start or incremental):
            self._check_classes(unique_labels(y))
        else:
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
        return self._encode_known(y)

    _counts_values = True

    def _set_classes(self, y, classes):
        is_multilabel = y.ndim == 2 and y.shape[1] > 1
        takes_given = classes is not None and not is_multilabel
        if not takes_given:
            self._encode_targets(y, False)
            return False
        classes = column_or_1d(classes)
        # Each class twice, as scikit-learn warns where most targets are different.
        self._label_binarizer = LabelBinarizer().fit(np.repeat(classes, 2))
        self.classes_ = self._label_binarizer.classes_
        return True

    def _check_given_classes(self, classes):
        """ValueError if these are not the classes of the model."""
        if set(np.asarray(classes).tolist()) != set(self.classes_.tolist()):
            raise ValueError(
                f"`classes={np.asarray(classes)}` is not the same as the classes of the model that "
                f"training continues from: {self.classes_}."
            )

    def _check_seen_classes(self, counts):
        """ValueError if a warm start sees other classes, as in memory."""
        if not self._label_binarizer.y_type_.startswith("multilabel"):
            self._check_classes(self.classes_[counts[0] > 0])

    def _encode_other_targets(self, y, name, reference, hint=""):
        if y.ndim == 1 or y.shape[1] == 1:
            indices = self._indices_of(column_or_1d(y, warn=True))
            if indices is not None:
                return indices.reshape(-1, 1).astype(np.min_scalar_type(len(self.classes_)))
        check_classification_targets(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        is_multilabel = self._label_binarizer.y_type_.startswith("multilabel")
        if (y.ndim == 2) != is_multilabel:
            kinds = "indicators of several labels", "one class for each sample"
            of_reference, of_y = kinds if is_multilabel else kinds[::-1]
            raise ValueError(f"{reference} has {of_reference}, but {name} has {of_y}.")
        if is_multilabel and y.shape[1] != len(self.classes_):
            raise ValueError(
                f"{name} has {y.shape[1]} labels, but {reference} has {len(self.classes_)}."
            )
        unseen = [] if is_multilabel else [*set(unique_labels(y)).difference(self.classes_)]
        if unseen:
            raise ValueError(
                f"{name} has the classes {np.sort(unseen)}, which {reference} does not have; the "
                f"classes of {reference} are {self.classes_}.{hint}"
            )
        return self._encode_known(y)

    def _indices_of(self, y):
        """The index of each class; None if one is unknown, or if there are several labels."""
        classes = self.classes_
        is_text = [array.dtype.kind in "OSUT" for array in (y, classes)]
        if self._label_binarizer.y_type_.startswith("multilabel") or is_text[0] != is_text[1]:
            return None
        try:
            indices = np.searchsorted(classes, y)
        except TypeError:  # objects of several types
            return None
        indices[indices == len(classes)] = 0
        return indices if (classes[indices] == y).all() else None

    def _encode_known(self, y):
        """Targets of which `classes_` has all classes."""
        if y.ndim == 1 and not self._label_binarizer.y_type_.startswith("multilabel"):
            indices = np.searchsorted(self.classes_, y).reshape(-1, 1)
            return indices.astype(np.min_scalar_type(len(self.classes_)))
        return self._label_binarizer.transform(y).astype(bool)

    def _decode_targets(self, Y):
        if Y.dtype == bool:
            return Y.astype(int)
        return self.classes_[Y[:, 0]]

    def _check_classes(self, classes):
        if self.warm_start:
            if set(classes) != set(self.classes_):
                raise ValueError(
                    "warm_start can only be used where `y` has the same classes as in the previous "
                    f"call to fit. Previously got {self.classes_}, `y` has {classes}"
                )
        elif len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
            raise ValueError(
                "`y` has classes not in `self.classes_`. "
                f"`self.classes_` has {self.classes_}. 'y' has {classes}."
            )

    def _n_outputs_and_objective(self, Y):
        if self.loss != "log_loss":  # scikit-learn's trains by whatever is assigned
            raise ValueError(f"{type(self).__name__}.loss must be 'log_loss', got {self.loss!r}.")
        parameters = (float(self.label_smoothing),) if self.label_smoothing else None
        if self._label_binarizer.y_type_ == "multiclass":
            return len(self.classes_), Objective("log_loss", parameters)
        return Y.shape[1], Objective("binary_log_loss", parameters)

    def _class_weights(self, Y, incremental, counts=None):
        return weights_of_classes(self, Y, incremental, counts)

    def _strata(self, Y):
        if self.n_outputs_ > 1:
            return None
        # As scikit-learn writes them in errors; of a column it makes texts in a slow loop itself,
        # in which Ctrl-C is lost.
        return np.where(Y[:, 0] > 0, "True", "False")

    def _validation_score(self, Z, Y, weight):
        if not np.isfinite(Z).all():
            return float("nan")
        ACTIVATIONS[self.out_activation_].apply(Z)
        if self.out_activation_ == "softmax":
            is_correct = Z.argmax(axis=1) == Y[:, 0]
        elif len(self.classes_) == 1:  # nothing else can be predicted
            is_correct = np.ones(len(Y))
        else:
            is_correct = ((Z > 0.5) == Y).all(axis=1)
        return float(np.average(is_correct, weights=weight))

    @available_if(lambda mlp: mlp._check_solver())
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None, classes=None) -> Self:
        """Train for one epoch.

        As long as the number of samples stays the same, k calls give what `fit` gives in k epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Class labels, or indicators of several labels per sample.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights.
        classes : array-like of shape (n_classes,), default=None
            All classes that any call will see. Required in the first call.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            As `fit`, and if `early_stopping` is True.
        """
        self._refuse_lazy_calls(X, y, sample_weight)
        with unchanged_on_error(self):
            if check_partial_fit_first_call(self, classes):
                multilabel = type_of_target(y).startswith("multilabel")
                self._label_binarizer = LabelBinarizer().fit(y if multilabel else classes)
            return self._fit(X, y, sample_weight=sample_weight, incremental=True)

    @lazy_rows
    def predict(self, X) -> Any:
        """Predict the class, or the labels, of each sample.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Class labels, or indicators of several labels per sample.
        """
        y = self._predict_activation(X)
        return self._label_binarizer.inverse_transform(y.ravel() if self.n_outputs_ == 1 else y)

    @lazy_rows
    def predict_proba(self, X) -> Any:
        """Estimate the probability of each class, or of each label.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        proba = self._predict_activation(X)
        return np.hstack([1 - proba, proba]) if self.n_outputs_ == 1 else proba

    @lazy_rows
    def predict_log_proba(self, X) -> Any:
        """Estimate the logarithm of the probability of each class, or of each label.

        It is computed from the input of the output layer's activation, so it is finite where the
        probability underflows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Logarithms of `predict_proba`, never -inf.
        """
        if type(self).predict_proba is not MLPClassifier.predict_proba:  # of a subclass
            return np.log(self.predict_proba(X))
        return log_probabilities(self._decision_function(X), self.out_activation_)

    @lazy_score
    def score(self, X, y, sample_weight=None) -> float:
        """Return the accuracy of the predictions.

        With several labels per sample, a sample is right if all its labels are.

        Parameters
        ----------
        X : {array-like, sparse matrix, Dask array or frame} of shape (n_samples, n_features)
            The samples.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
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
        >>> from skparams import MLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = MLPClassifier((5,), solver="lbfgs", max_iter=1000, random_state=0).fit(X, y)
        >>> clf.score(X, y) > 0.9
        True
        """
        return ClassifierMixin.score(self, X, y, sample_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
