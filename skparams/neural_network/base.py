"""What the classifier and the regressor share: hyperparameters, and the way from data to fit."""

import copy
import warnings
from abc import ABC, abstractmethod
from numbers import Integral, Real

import numpy as np
from sklearn.base import is_regressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skparams._compat import Interval, Options, StrOptions, check_sample_weight
from skparams._params import ParamsMixin
from skparams._runtime import VersionedEstimator
from skparams.neural_network.batches import SGD, Adam, Batches
from skparams.neural_network.network import ACTIVATIONS, Network, decision
from skparams.neural_network.training import NOT_FINITE, Progress, train, train_lbfgs

# Rows that lbfgs takes at a time, so that its memory does not grow with the data.
LBFGS_BLOCK = 1024

# What sgd and adam leave for the next call; lbfgs leaves none of it.
_OF_STOCHASTIC_SOLVERS = (
    "best_loss_",
    "validation_scores_",
    "best_validation_score_",
    "_no_improvement_count",
    "_optimizer",
)


class BaseMLP(ParamsMixin, VersionedEstimator, ABC):
    """Multi-layer perceptron trained by Adam, gradient descent or L-BFGS."""

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions({"identity", "logistic", "tanh", "relu"})],
        "solver": [StrOptions({"lbfgs", "sgd", "adam"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), Options(Real, {np.inf})],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
    }

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
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun

    coefs_: list[np.ndarray]
    intercepts_: list[np.ndarray]

    @abstractmethod
    def _validate_targets(self, y, incremental):
        """Return y as the kernels take it: floats of shape (n, n_outputs), or class indices."""

    @abstractmethod
    def _output(self, Y):
        """Return the number of outputs, the output activation, and the kernel's loss."""

    @abstractmethod
    def _validation_score(self, Z, Y, weight):
        """Return the score of the output layer's input Z, NaN where that is not finite."""

    def _stratify(self, Y):
        """Return what the early-stopping split keeps in proportion."""

    def _check_solver(self):
        if self.solver == "lbfgs":
            raise AttributeError(
                "partial_fit is only available for stochastic optimizers. "
                f"{self.solver} is not stochastic."
            )
        return True

    def _fit(self, X, y, sample_weight=None, incremental=False):
        continues = hasattr(self, "coefs_") and (self.warm_start or incremental)
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            multi_output=True,
            y_numeric=is_regressor(self),
            dtype=(np.float64, np.float32),
            order="C",
            reset=not continues,
        )
        Y = self._validate_targets(y, incremental)
        self.n_outputs_, self.out_activation_, loss = self._output(Y)
        network = Network([X.shape[1], *self._hidden_sizes(), self.n_outputs_])
        self.n_layers_ = len(network.sizes)
        if not (incremental and hasattr(self, "_random_state")):
            self._random_state = check_random_state(self.random_state)
        if continues:
            arrays = [*self.coefs_, *self.intercepts_]
            single = all(getattr(array, "dtype", None) == np.float32 for array in arrays)
            dtype = np.dtype(np.float32 if single else np.float64)
            params = network.pack(self.coefs_, self.intercepts_, dtype)
        else:
            dtype = X.dtype
            params = network.initial(self._random_state, self.activation, dtype)
            self._forget("t_", "loss_curve_", *_OF_STOCHASTIC_SOLVERS)
        if not incremental:
            self._forget("_order")
        if sample_weight is None:
            weight = np.ones(X.shape[0], dtype)
        else:
            weight = check_sample_weight(sample_weight, X, dtype=dtype)

        if self.solver == "lbfgs":
            params = self._fit_lbfgs(network, params, X, Y, weight, loss)
        else:
            params = self._fit_stochastic(network, params, X, Y, weight, loss, incremental)
        if not np.isfinite(params).all():  # weights that the user set, kept as the best
            raise ValueError(NOT_FINITE)
        self.coefs_, self.intercepts_ = network.unpack(params, dtype)
        return self

    def _forget(self, *names):
        for name in names:
            self.__dict__.pop(name, None)

    def _settings(self):
        """Return all hyperparameters, those too that a subclass's constructor does not take."""
        return {name: getattr(self, name) for name in BaseMLP._parameter_constraints}

    def _hidden_sizes(self):
        sizes = self.hidden_layer_sizes
        sizes = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
        if not all(isinstance(n, Integral) and not isinstance(n, bool) for n in sizes):
            raise ValueError(f"hidden_layer_sizes must be integers, got {sizes}.")
        if any(n <= 0 for n in sizes):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
        return sizes

    def _batch_size(self, n_samples):
        if self.batch_size == "auto":
            return min(200, n_samples)
        if self.batch_size > n_samples:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be "
                "clipped",
                stacklevel=6,
            )
        return min(int(self.batch_size), n_samples)

    def _fit_lbfgs(self, network, params, X, Y, weight, loss):
        # SciPy's line search compares losses more closely than float32 can tell them apart.
        dtype = np.dtype(np.float64)
        batch_size = min(LBFGS_BLOCK, X.shape[0])
        Y, weight, params = Y.astype(dtype), weight.astype(dtype), params.astype(dtype)
        batches = Batches(network, X, Y, weight, self.activation, loss, batch_size, dtype)
        params, loss_curve, self.n_iter_ = train_lbfgs(batches, params, self._settings())
        self._forget(*_OF_STOCHASTIC_SOLVERS)
        self.loss_curve_ = [*getattr(self, "loss_curve_", []), *loss_curve]
        self.loss_ = loss_curve[-1] if loss_curve else np.nan
        self.t_ = getattr(self, "t_", 0)
        return params

    def _fit_stochastic(self, network, params, X, Y, weight, loss, incremental):
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        score = None
        if self.early_stopping:
            X, X_val, Y, Y_val, weight, weight_val = self._split(X, Y, weight)

            def score(buffer):
                Z = decision(
                    X_val, network.coefs(buffer), network.intercepts(buffer), self.activation
                )
                return self._validation_score(Z, Y_val, weight_val)

        batches = Batches(
            network,
            X,
            Y.astype(params.dtype, copy=False),
            weight,
            self.activation,
            loss,
            self._batch_size(X.shape[0]),
            params.dtype,
        )
        optimizer = self._begin_optimizer(params, incremental)
        progress = self._begin_progress(X.shape[0], incremental)
        if score is not None:
            progress.best_params = params.copy()
        ended = train(
            batches,
            params,
            optimizer,
            progress,
            self._settings(),
            self._random_state,
            n_epochs=1 if incremental else self.max_iter,
            score=score,
        )
        if not (ended or incremental):
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the "
                "optimization hasn't converged yet.",
                ConvergenceWarning,
                stacklevel=5,
            )
        self._optimizer = optimizer
        self._keep_progress(progress, incremental)
        return params if score is None else progress.best_params

    def _split(self, X, Y, weight):
        """Split as scikit-learn's code does: only a single output column is stratified."""
        X, X_val, Y, Y_val, weight, weight_val = train_test_split(
            X,
            Y,
            weight,
            random_state=self._random_state,
            test_size=self.validation_fraction,
            stratify=self._stratify(Y),
        )
        if X_val.shape[0] < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' "
                "or the size of your dataset."
            )
        for part, values in (("training", weight), ("validation", weight_val)):
            if not values.any():
                raise ValueError(
                    f"Sample weights must contain at least one non-zero number in the {part} part "
                    f"that early_stopping splits off, of {values.size} samples."
                )
        return X, X_val, Y, Y_val, weight, weight_val

    def _begin_optimizer(self, params, incremental):
        """Return a copy of the state to go on from, or a new one."""
        wanted = Adam if self.solver == "adam" else SGD
        if incremental and isinstance(getattr(self, "_optimizer", None), wanted):
            optimizer = copy.deepcopy(self._optimizer)
            if self.solver == "adam" or self.learning_rate == "constant":
                optimizer.learning_rate = float(self.learning_rate_init)
            return optimizer
        learning_rate = float(self.learning_rate_init)
        if wanted is Adam:
            return Adam(np.zeros_like(params), np.zeros_like(params), learning_rate)
        return SGD(np.zeros_like(params), learning_rate)

    def _begin_progress(self, n_samples, incremental):
        progress = Progress(
            order=np.arange(n_samples),
            loss_curve=list(getattr(self, "loss_curve_", [])),
            validation_scores=list(getattr(self, "validation_scores_", None) or []),
            t=getattr(self, "t_", 0),
        )
        if incremental:  # else patience and the best so far begin anew, with warm_start too
            if len(getattr(self, "_order", ())) == n_samples:
                progress.order = self._order
            progress.n_iter = getattr(self, "n_iter_", 0)
            progress.n_no_change = getattr(self, "_no_improvement_count", 0)
            best_loss = getattr(self, "best_loss_", None)
            progress.best_loss = np.inf if best_loss is None else best_loss
        return progress

    def _keep_progress(self, progress, incremental):
        self.n_iter_ = progress.n_iter
        self.t_ = progress.t
        self.loss_curve_ = progress.loss_curve
        if progress.loss_curve:
            self.loss_ = progress.loss_curve[-1]
        self._no_improvement_count = progress.n_no_change
        if incremental:
            self._order = progress.order
        self.best_loss_ = None if self.early_stopping else progress.best_loss
        self.validation_scores_ = progress.validation_scores if self.early_stopping else None
        self.best_validation_score_ = progress.best_score if self.early_stopping else None

    def _decide(self, X):
        """Return the output layer's input for new rows."""
        check_is_fitted(self)
        X = validate_data(
            self,
            X,
            accept_sparse=["csr", "csc"],
            dtype=(np.float64, np.float32),
            reset=False,
        )
        return decision(X, self.coefs_, self.intercepts_, self.activation)

    def _respond(self, X):
        """Return the output layer's activation for new rows."""
        Z = self._decide(X)
        ACTIVATIONS[self.out_activation_](Z, out=Z)
        return Z

    def __skparams__(self):
        from skparams.neural_network.spec import perceptron

        return perceptron(self)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
