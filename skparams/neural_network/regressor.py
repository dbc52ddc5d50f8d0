"""MLPRegressor: a drop-in replacement for scikit-learn's."""

from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skparams._blocks import lazy_rows
from skparams._compat import Interval, StrOptions
from skparams.neural_network._out_of_core import BlockRegressorMixin, lazy_score
from skparams.neural_network.activations import ACTIVATIONS, LOSSES, Objective
from skparams.neural_network.base import BaseMLP
from skparams.neural_network.quantiles import (
    check_one_output,
    has_quantiles,
    median_column,
    quantile_levels,
    real_numbers,
)
from skparams.neural_network.training import delete_attributes

REGRESSION_LOSSES = set(LOSSES) - {"log_loss", "binary_log_loss"}

# What targets must be, where a loss does not take all.
RANGES = {"poisson": (lambda y: y >= 0, ">= 0"), "gamma": (lambda y: y > 0, "> 0")}


class MLPRegressor(BlockRegressorMixin, RegressorMixin, BaseMLP):
    """Multi-layer perceptron regressor, a drop-in replacement for scikit-learn's.

    It minimizes half the squared error, or another `loss`, by Adam, stochastic gradient descent or
    L-BFGS.

    Parameters
    ----------
    loss : str, default='squared_error'
        The loss.

        - 'squared_error' is half the squared error.
        - 'poisson' is half the Poisson deviance. It has a log link (an exponential output) and
          needs ``y >= 0``.
        - 'gamma' is half the gamma deviance. It has a log link and needs ``y > 0``.
        - 'absolute_error' is the absolute error, for medians.
        - 'huber' is half the squared error up to an error of `huber_delta`, and linear beyond.
        - 'quantile' is the sum of the pinball losses of the levels in `quantile`; y has one output.
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

        - None is the score of this estimator (R²), as in scikit-learn.
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
    quantile : float or list of float, default=0.5
        The levels, in (0, 1), that the loss 'quantile' estimates. `predict` returns the quantile of
        a single level, and the median of a list, which must contain 0.5; `predict_quantiles`
        returns all of them.
    huber_delta : float, default=1.0
        Error from which on the loss 'huber' is linear, in (0, inf).

    Attributes
    ----------
    coefs_ : list of ndarray, the i-th of shape (n_units_in, n_units_out)
        Weight matrix of each layer, in `dtype` (float32 or float64).
    intercepts_ : list of ndarray, the i-th of shape (n_units_out,)
        Bias of each layer.
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
        Number of outputs of the network, one for each of several quantiles.
    out_activation_ : str
        Activation of the output layer: 'identity', 'exp' of losses with a log link, or of several
        quantiles 'increasing', the lowest and then softplus increments, added up.
    quantiles_ : ndarray of shape (n_quantiles,)
        The levels of `quantile`, with the loss 'quantile': what the columns of `predict_quantiles`
        estimate.
    n_features_in_ : int
        Number of features seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if X has feature names that are all strings.

    See Also
    --------
    MLPClassifier : The same network for classification.
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
    >>> from sklearn.datasets import make_regression
    >>> from skparams import MLPRegressor
    >>> X, y = make_regression(n_samples=200, n_features=20, random_state=1)
    >>> regr = MLPRegressor(learning_rate_init=0.1, tol=1, random_state=1).fit(X, y)
    >>> regr.predict(X[:2]).shape
    (2,)
    >>> regr.count_params()
    2201
    """

    _parameter_constraints: dict = {
        **BaseMLP._parameter_constraints,
        "loss": [StrOptions(REGRESSION_LOSSES)],
        "quantile": [Interval(Real, 0, 1, closed="neither"), "array-like"],
        "huber_delta": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        loss="squared_error",
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
        quantile=0.5,
        huber_delta=1.0,
    ) -> None:
        arguments = locals()
        super().__init__(**{name: arguments[name] for name in MLPRegressor._get_param_names()})

    def _encode_targets(self, y, incremental):
        y = real_numbers(y)
        is_valid, allowed = RANGES.get(self.loss, (np.isfinite, ""))
        if not is_valid(y).all():
            raise ValueError(
                f"Some value(s) of y are out of the valid range of the loss {self.loss!r}, which "
                f"is y {allowed}: the smallest is {y.min()}."
            )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return y.reshape(y.shape[0], -1)

    def _decode_targets(self, Y):
        return Y.ravel() if Y.shape[1] == 1 else Y

    def _n_outputs_and_objective(self, Y):
        if self.loss == "quantile":
            check_one_output(self, Y)
            self.quantiles_ = quantile_levels(self)
            return self.quantiles_.size, Objective("quantile", tuple(np.sort(self.quantiles_)))
        delete_attributes(self, "quantiles_")
        parameters = {
            "absolute_error": (1.0,),
            "huber": (float(self.huber_delta),),
            "gamma": (1.0,),
        }
        return Y.shape[1], Objective(self.loss, parameters.get(self.loss))

    def _predictions(self, outputs):
        """Of several quantiles the median, and otherwise all outputs."""
        if self.out_activation_ != "increasing":
            return outputs
        column = median_column(np.sort(self.quantiles_))
        return outputs[:, [column]]

    def _validation_score(self, Z, Y, weight):
        ACTIVATIONS[self.out_activation_].apply(Z)
        if not np.isfinite(Z).all():
            return float("nan")
        return float(r2_score(Y, self._predictions(Z), sample_weight=weight))

    @lazy_rows
    def predict(self, X) -> Any:
        """Predict the target of each sample.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The predictions; of several quantiles the median.
        """
        y = self._predictions(self._predict_activation(X))
        return y.ravel() if y.shape[1] == 1 else y

    @available_if(has_quantiles)
    @lazy_rows
    def predict_quantiles(self, X) -> Any:
        """Predict each quantile in `quantile`, with the loss 'quantile'.

        A quantile is never below one of a lower level, for any X.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The input samples.

        Returns
        -------
        quantiles : ndarray of shape (n_samples, n_quantiles)
            The predictions, in the order of `quantiles_`.
        """
        check_is_fitted(self, "quantiles_")
        outputs = self._predict_activation(X)  # by ascending levels
        return outputs[:, np.argsort(np.argsort(self.quantiles_))]

    @lazy_score
    def score(self, X, y, sample_weight=None) -> float:
        """Return the coefficient of determination, R², of the predictions.

        It is 1 for perfect predictions and 0 for those of the mean of y; it can be negative. Of
        several outputs it is the mean.

        Parameters
        ----------
        X : {array-like, sparse matrix, Dask array or frame} of shape (n_samples, n_features)
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
        >>> from skparams import MLPRegressor
        >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
        >>> regr = MLPRegressor(hidden_layer_sizes=(5,), solver="lbfgs", random_state=0)
        >>> regr = regr.fit(X, X[:, 0])
        >>> regr.score(X, X[:, 0]) > 0.9
        True
        """
        return RegressorMixin.score(self, X, y, sample_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = str(self.loss) in RANGES
        return tags
