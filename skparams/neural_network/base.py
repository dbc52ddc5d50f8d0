"""What classifier and regressor share: hyperparameters, and the way from data to fit."""

from abc import ABC, abstractmethod
from functools import partial
from numbers import Integral, Real
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
from sklearn.metrics import get_scorer_names
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if

from skparams._compat import (
    MLP_HOOKS,
    CallbackSupportMixin,
    Interval,
    Options,
    StrOptions,
    fit_context,
)
from skparams._lazy import is_lazy, refuse_lazy
from skparams._params import ParamsMixin
from skparams._runtime import (
    VersionedEstimator,
    fit_tasks,
    n_tasks,
    unchanged_on_error,
    validate_data,
)
from skparams.neural_network._out_of_core import fitting, in_memory, lazy_reader
from skparams.neural_network.activations import ACTIVATIONS, elements
from skparams.neural_network.history import HistoryMixin
from skparams.neural_network.lbfgs import train_lbfgs
from skparams.neural_network.model import FittedMLP
from skparams.neural_network.network import (
    NORMALIZED,
    Network,
    initial_params,
    normalization_of,
)
from skparams.neural_network.regularization import check_regularization, check_weights
from skparams.neural_network.resume import NOT_LBFGS, Course, load_checkpoint
from skparams.neural_network.schedules import SCHEDULES
from skparams.neural_network.training import (
    NOT_FINITE,
    TRAINING,
    delete_attributes,
    set_attributes,
    train_epochs,
)
from skparams.neural_network.validation import Data, check_validation
from skparams.neural_network.weights import sample_weights

HIDDEN_ACTIVATIONS = {name for name, f in ACTIVATIONS.items() if f.derivative}


class BaseMLP(CallbackSupportMixin, HistoryMixin, FittedMLP, ParamsMixin, VersionedEstimator, ABC):
    """Multi-layer perceptron trained by Adam, gradient descent or L-BFGS."""

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions(HIDDEN_ACTIVATIONS), "array-like"],
        "solver": [StrOptions({"lbfgs", "sgd", "adam", "adamw"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive", *SCHEDULES}), callable],
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
        "scoring": [StrOptions({"loss", *get_scorer_names()}), callable, None],
        "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
        "normalization": [StrOptions({"batch", "layer"}), None],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "max_gradient_norm": [Interval(Real, 0, None, closed="neither"), None],
        "init": [StrOptions({"auto", "he", "orthogonal"}), tuple],
        "dtype": [StrOptions({"float32", "float64"}), None],
    }

    def __init__(self, **hyperparameters: Any) -> None:
        for name, value in hyperparameters.items():
            setattr(self, name, value)

    coefs_: list[np.ndarray]
    intercepts_: list[np.ndarray]

    @abstractmethod
    def _encode_targets(self, y, incremental):
        """The targets as numbers of shape (n_samples, n_outputs), or a column of class indices."""

    def _encode_other_targets(self, y, name, reference, hint=""):
        """Targets, called ``name``, as `_encode_targets` returned those of ``reference``.

        ValueError if they do not fit these.
        """
        return self._encode_targets(y, False)

    @abstractmethod
    def _decode_targets(self, Y):
        """The targets that `_encode_targets` made the array of."""

    @abstractmethod
    def _n_outputs_and_objective(self, Y):
        """The number of outputs of the network, and what it minimizes."""

    @abstractmethod
    def _validation_score(self, Z, Y, weight):
        """The score, given the output activation's input Z; NaN if that is not finite."""

    def _class_weights(self, Y, incremental, counts=None):
        """The weights of the classes, as `sample_weights` takes them."""

    _counts_values = False  # of the targets in blocks

    def _set_classes(self, y, classes):
        """Set the classes of targets in blocks, of which y is the first; whether given ones."""

    def _strata(self, Y):
        """Classes whose proportions the split of early stopping keeps, or None."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
        resume=None,
    ) -> Self:
        """Fit the network.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training samples. A Dask array or frame and a dataset of h5py are not loaded, but
            read in blocks of rows as `fit_blocks` reads them.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets: class labels or, for several labels per sample, their indicators in
            classification; numbers in regression.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights. A minibatch whose weights sum to zero is skipped.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation samples, whose loss and score `history_` has. With `early_stopping` they
            take the place of those that would be split off. In a `Pipeline`, they are transformed
            as X with ``Pipeline(..., transform_input=["X_val"])``.
        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets.
        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights.
        resume : str or path-like, default=None
            A file that `Checkpoint` wrote in a fit with the same hyperparameters and data, or the
            path that it was given; of several files the last one is taken. Training goes on from
            there, and gives what that fit would have given, bit for bit. `verbose`, `warm_start`
            and, unless `learning_rate` depends on it, `max_iter` may be others. Not for 'lbfgs'.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If an argument is invalid, or if the loss or a weight becomes infinite or NaN without
            `early_stopping`. The estimator is then as it was before.
        """
        with unchanged_on_error(self):
            given_val = X_val, y_val, sample_weight_val
            if is_lazy(X):
                reader, classes = lazy_reader(self, X, y, sample_weight)
                more = self._fit_options(tuple(map(in_memory, given_val)), resume)
                data = X, y, sample_weight
                with reader:
                    return fitting(self, reader, classes=classes, source="y", given=data, **more)()
            names = "y", "sample_weight", "X_val", "y_val", "sample_weight_val"
            given = dict(zip(names, (y, sample_weight, *given_val), strict=True))
            refuse_lazy(f"{type(self).__name__}.fit", "Or make X one too", **given)
            more = self._fit_options(given_val, resume)
            return self._fit(X, y, sample_weight=sample_weight, incremental=False, **more)

    def _fit_options(self, given_val, resume):
        """Further arguments of `_fit`, which a subclass may have without them."""
        more: dict[str, Any] = {}
        if any(array is not None for array in given_val):
            more["given_val"] = given_val
        if resume is not None:
            more["resumed"] = load_checkpoint(self, resume)
        return more

    def _check_solver(self):
        if str(self.solver) == "lbfgs":  # fit refuses arrays
            raise AttributeError(
                "partial_fit is only available for stochastic optimizers. "
                f"{self.solver} is not stochastic."
            )
        return True

    @available_if(lambda mlp: mlp._check_solver())
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None) -> Self:
        """Train for one epoch.

        As long as the number of samples stays the same, k calls give what `fit` gives in k epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The training samples.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights.

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
            return self._fit(X, y, sample_weight=sample_weight, incremental=True)

    def _refuse_lazy_calls(self, X, y, sample_weight):
        """TypeError if partial_fit gets data that is not in memory."""
        refuse_lazy(
            f"{type(self).__name__}.partial_fit",
            "fit and fit_blocks train on data that does not",
            X=X,
            y=y,
            sample_weight=sample_weight,
        )

    def _fit(
        self,
        X,
        y,
        sample_weight=None,
        incremental=False,
        given_val=None,
        resumed=None,
        knows_classes=False,
    ):
        self._refuse_hooks()
        check_regularization(self)
        given = X, y, sample_weight
        goes_on = incremental or resumed is not None
        continues = hasattr(self, "coefs_") and (self.warm_start or goes_on)
        X, y, dtype = self._validated_training(X, y, continues)
        if knows_classes:
            Y = self._encode_other_targets(y, "y", "the classes")
        else:
            Y = self._encode_targets(y, goes_on)
        network, objective = self._network(X.shape[1], Y, continues)
        params = self._start_params(network, dtype, continues, goes_on)
        course = Course(self, resumed)
        weights_of_classes = self._class_weights(Y, incremental)

        def checked(X: Any, Y: np.ndarray, weight: Any) -> Data:
            return X, Y, sample_weights(X, Y, weight, weights_of_classes, dtype)

        data = checked(X, Y, sample_weight)
        check_weights(self, data[2])
        held_out = check_validation(self, given_val, Y, dtype, checked) if given_val else None
        if incremental:  # one epoch
            tasks = fit_tasks(self, *given, task_name="partial-fit", continues=continues)
        else:
            n_subtasks = partial(n_tasks, self.max_iter, course.n_epochs_before)
            tasks = fit_tasks(self, *given, max_subtasks=n_subtasks)
        task = self, network, params, data, objective, held_out, tasks
        if self.solver == "lbfgs":
            params = train_lbfgs(*task)
        else:
            params = train_epochs(*task, course, incremental=incremental)
        return self._finish_fit(network, params, dtype, tasks, course)

    def _finish_fit(self, network, params, dtype, tasks, course):
        """Set the weights that were trained; ValueError if they are not finite."""
        if not np.isfinite(params).all():  # weights that the user set, kept as the best
            raise ValueError(NOT_FINITE)
        set_attributes(self, network.fitted(params, dtype))
        tasks.finish(course.attributes)
        return self

    @property
    def _optimizer(self):
        """scikit-learn's name for the optimizer, which is kept as plain values."""
        return SimpleNamespace(**self._optimizer_state)

    def _check_resumable(self, task_name):
        """ValueError if checkpoints of training are no use."""
        if self.solver == "lbfgs":
            raise ValueError(NOT_LBFGS)

    def __getstate__(self):
        state = super().__getstate__()
        if "_order" in state:
            state["_order"] = {**state["_order"], "rows": None}
        return state

    def _validated_training(self, X, y, continues):
        """X and y as arrays, and the dtype that training computes in."""
        dtype = self._training_dtype(continues)
        X, y = self._validated_samples(X, y, dtype, reset=not continues)
        return X, y, X.dtype if dtype is None else dtype

    def _validated_samples(self, X, y, dtype, reset):
        """X and y as arrays; ``dtype`` is that of training, None for that of X."""
        with np.errstate(over="ignore"):  # where float32 has no such number, the error says so
            return validate_data(
                self,
                X,
                y,
                accept_sparse=("csr", "csc"),
                multi_output=True,
                dtype=(np.float64, np.float32) if self.dtype is None else dtype,
                reset=reset,
            )

    def _network(self, n_features, Y, continues):
        """The network for these targets, and what it minimizes."""
        self.n_outputs_, objective = self._n_outputs_and_objective(Y)
        self._set_out_activation(objective, continues)
        hidden = self._hidden_sizes()
        sizes = [n_features, *hidden, self.n_outputs_]
        self.n_layers_ = len(sizes)
        return Network(sizes, self._hidden_activations(len(hidden)), self.normalization), objective

    def _start_params(self, network, dtype, continues, goes_on):
        """The parameters that training starts from; what is left of earlier training goes."""
        delete_attributes(self, "_resume")
        if not (goes_on and hasattr(self, "_random_state")):
            self._random_state = check_random_state(self.random_state)
        if continues:
            self._check_normalization()
            params = network.pack(vars(self), dtype)
        else:
            params = initial_params(self, network, dtype)
            delete_attributes(self, *TRAINING, *NORMALIZED)
        if not goes_on:
            delete_attributes(self, "_order")
        return params

    def _training_dtype(self, continues):
        """The dtype of the weights that training continues from, or `dtype`; None for that of X."""
        if not continues:
            return None if self.dtype is None else np.dtype(self.dtype)
        arrays = [*self.coefs_, *self.intercepts_]
        single = all(getattr(array, "dtype", None) == np.float32 for array in arrays)
        return np.dtype(np.float32 if single else np.float64)

    def _refuse_hooks(self):
        """Raise an error where scikit-learn would call a method that our training does not."""
        hooks = ", ".join(name for name in MLP_HOOKS if hasattr(self, name))
        if hooks:
            raise NotImplementedError(
                f"{type(self).__name__} defines {hooks}, which scikit-learn's MLP calls and "
                "skparams' does not. Rename what is not meant for scikit-learn, or derive the "
                "class from scikit-learn's. Of the private methods skparams calls _init_coef, "
                "_fit and _check_solver."
            )

    def _set_out_activation(self, objective, continues):
        out_activation = objective.activation
        found = getattr(self, "out_activation_", out_activation)
        if continues and found != out_activation:
            raise ValueError(
                f"{type(self).__name__}: out_activation_ is {found!r}, but training continues with "
                f"the loss {objective.loss!r}, whose output activation is {out_activation!r}. Set "
                "that one, or fit a new model."
            )
        self.out_activation_ = out_activation

    def _check_normalization(self):
        found = normalization_of(self)
        if found != self.normalization:
            raise ValueError(
                f"{type(self).__name__}: training continues from weights with normalization="
                f"{found!r}, but the 'normalization' parameter is {self.normalization!r}. Set "
                "the former, or fit a new model."
            )

    def _init_coef(self, fan_in, fan_out, dtype):
        """Draw the weights and biases of a layer; subclasses may override it, as scikit-learn's.

        They are uniform in the bounds of Glorot and Bengio (2010, equation 16).
        """
        names = [self.activation] if isinstance(self.activation, str) else list(self.activation)
        layer = len(self.coefs_)  # the last layer is drawn as the one before it
        activation = names[min(layer, len(names) - 1)] if names else "identity"
        bound = np.sqrt(ACTIVATIONS[activation].glorot_factor / (fan_in + fan_out))
        coef = self._random_state.uniform(-bound, bound, (fan_in, fan_out))
        intercept = self._random_state.uniform(-bound, bound, fan_out)
        return coef.astype(dtype, copy=False), intercept.astype(dtype, copy=False)

    def _hidden_sizes(self):
        sizes = self.hidden_layer_sizes
        sizes = sizes.tolist() if isinstance(sizes, np.ndarray) else sizes
        sizes = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
        if not all(isinstance(n, Integral) and not isinstance(n, bool) for n in sizes):
            raise ValueError(f"hidden_layer_sizes must be integers, got {sizes}.")
        if any(n <= 0 for n in sizes):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
        return sizes

    def _hidden_activations(self, n_hidden):
        """The activation of each of n_hidden hidden layers."""
        is_one = isinstance(self.activation, str)
        names = [self.activation] * n_hidden if is_one else elements(self.activation)
        valid = [
            name for name in names or () if isinstance(name, str) and name in HIDDEN_ACTIVATIONS
        ]
        if names is None or len(valid) != len(names) or len(names) != n_hidden:
            raise ValueError(
                f"The 'activation' parameter of {type(self).__name__} must be one of "
                f"{sorted(HIDDEN_ACTIVATIONS)}, or a list with one of them for each of the "
                f"{n_hidden} hidden layers. Got {self.activation!r} instead."
            )
        return names

    def __skparams__(self):
        from skparams.neural_network.spec import network_spec

        return network_spec(self)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
