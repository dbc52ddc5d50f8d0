"""What classifier and regressor share: hyperparameters, and the way from a table to an ensemble."""

from __future__ import annotations

import copy
import warnings
from abc import ABC, abstractmethod
from functools import partial, wraps
from numbers import Integral, Real
from typing import Any, NamedTuple, Self

import numpy as np
from joblib import effective_n_jobs
from sklearn.metrics import check_scoring, get_scorer_names
from sklearn.utils import check_consistent_length, check_random_state

from skparams._compat import (
    CallbackSupportMixin,
    Interval,
    StrOptions,
    accepts_sample_weight,
    check_sample_weight,
    fit_context,
    safe_indexing,
)
from skparams._lazy import refuse_lazy
from skparams._params import ParamsMixin
from skparams._runtime import (
    NO_TASKS,
    VersionedEstimator,
    fit_tasks,
    n_tasks,
    unchanged_on_error,
    validate_data,
)
from skparams.neural_network import (
    Objective,
    delete_attributes,
    elements,
    set_attributes,
    weighted_rows,
)
from skparams.neural_network._encoder import TableEncoder
from skparams.neural_network._tabular import budget
from skparams.neural_network._tabular.ensemble import FittedEnsemble
from skparams.neural_network._tabular.folds import assign_folds
from skparams.neural_network._tabular.network import ScaledNetwork
from skparams.neural_network._tabular.training import (
    MemberTraining,
    Recipe,
    check_trained,
    train_epochs,
)


class Targets(NamedTuple):
    """What training needs to know of the targets."""

    Y: np.ndarray
    """Numbers of shape (n_samples, n_outputs), or a column of class numbers."""
    strata: np.ndarray | None
    """Class numbers, whose proportions the folds keep."""
    objective: Objective
    """What training minimizes."""
    validation_objective: Objective
    """What the best epoch is chosen by: the same without label smoothing."""
    intercepts: np.ndarray
    """The outputs that training starts from."""


def in_memory(score: Any) -> Any:
    """scikit-learn's ``score``, which would load what is not in memory."""

    @wraps(score)
    def checked(self: Any, X: Any, y: Any, sample_weight: Any = None) -> float:
        refuse_lazy(f"{type(self).__name__}.score", X=X, y=y, sample_weight=sample_weight)
        return score(self, X, y, sample_weight)

    return checked


class BaseTabularMLP(CallbackSupportMixin, FittedEnsemble, ParamsMixin, VersionedEstimator, ABC):
    """An ensemble of small networks for a table, each validated on a fold of its own."""

    _parameter_constraints: dict = {
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "hidden_layer_sizes": [
            StrOptions({"auto"}),
            "array-like",
            Interval(Integral, 1, None, closed="left"),
        ],
        "max_iter": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "scoring": [StrOptions({"loss", *get_scorer_names()}), callable],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "max_categories": [Interval(Integral, 2, None, closed="left")],
        "oof": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [None, Integral],
        "verbose": ["verbose"],
    }
    _activation: str

    def __init__(self, **hyperparameters: Any) -> None:
        for name, value in hyperparameters.items():
            setattr(self, name, value)

    @abstractmethod
    def _checked_targets(self, y: Any) -> np.ndarray:
        """y as an array."""

    @abstractmethod
    def _encode_targets(self, y: np.ndarray, weight: np.ndarray | None) -> Targets:
        """The targets of the rows that are trained on."""

    @abstractmethod
    def _calibrate(self, Z: np.ndarray, targets: Targets, weight: np.ndarray | None) -> None:
        """Set what is learned from decisions on rows that no weight was trained on.

        Z has the rows that a member held out.
        """

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Fit the encoder and the members.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The table.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Class labels, or in regression numbers of one or several outputs.
        sample_weight : array-like of shape (n_samples,), default=None
            Sample weights, at least 0. Rows of weight 0, or of less than 1e-30 of the largest, are
            left out.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If an argument is invalid, before training starts, or if no epoch gives finite outputs.
            The estimator is then as it was before.

        Warns
        -----
        ConvergenceWarning
            If the training of a member diverged after some epochs, of which the best is kept.
        """
        with unchanged_on_error(self):
            return self._fit(X, y, sample_weight)

    def _fit(self, X, y, sample_weight):
        given = X, y, sample_weight
        refuse_lazy(type(self).__name__, X=X, y=y, sample_weight=sample_weight)
        delete_attributes(self, "oof_decision_function_", "oof_prediction_", "oof_score_")
        y = self._checked_targets(y)
        check_consistent_length(X, y)
        n_samples = len(y)
        rows, weight = weighted_rows(self._weights(X, y, sample_weight))
        if rows is not None:
            X, y = safe_indexing(X, rows), y[rows]
        self.encoder_ = TableEncoder(
            categorical_features=self.categorical_features, max_categories=self.max_categories
        )
        # Not with transform, which returns a dataframe if scikit-learn is configured so.
        inputs = self.encoder_.fit(X).encode(X, self.encoder_)
        validate_data(self, X, skip_check_array=True)
        self._check_n_samples(len(y))
        self._check_varies(inputs)
        targets = self._encode_targets(y, weight)
        recipe = self._recipe(inputs.shape, targets)
        score = self._score_function(X, y, weight)
        members = self._untrained((inputs, targets.Y, weight), targets.strata, recipe, score)
        tasks = fit_tasks(self, *given, max_subtasks=partial(n_tasks, recipe.n_epochs))
        self._train(members, recipe.n_epochs, tasks)
        set_attributes(self, self._fitted(members))
        self._set_out_of_fold(members, X, y, targets, weight, rows, n_samples)
        tasks.finish()
        return self

    def _weights(self, X, y, sample_weight):
        """The weights of the samples, None if they are not given."""
        if sample_weight is None:
            return None
        return check_sample_weight(sample_weight, X, dtype=np.dtype(np.float64))

    def _check_n_samples(self, n_samples):
        least = max(2, self.n_members)
        if n_samples < least:
            raise ValueError(
                f"{type(self).__name__}: n_members={self.n_members} needs at least {least} samples "
                f"of a positive weight, as each member holds some out; got n_samples={n_samples}."
            )

    def _check_varies(self, inputs):
        if inputs.shape[1] == 0 or not (inputs.max(axis=0) != inputs.min(axis=0)).sum():
            raise ValueError(
                f"{type(self).__name__}: all columns of X are constant, so that there is nothing "
                "to learn from. Pass X with a column that varies among the samples of a positive "
                "weight, or use a dummy estimator of sklearn.dummy."
            )

    def _hidden_sizes(self, n_samples):
        sizes = self.hidden_layer_sizes
        if isinstance(sizes, str):
            return budget.hidden_layer_sizes(n_samples)
        sizes = [sizes] if isinstance(sizes, Integral) else elements(sizes)
        if not sizes or not all(isinstance(n, Integral) and int(n) > 0 for n in sizes):
            raise ValueError(
                f"The 'hidden_layer_sizes' parameter of {type(self).__name__} must be 'auto', an "
                f"integer > 0 or a list of some. Got {self.hidden_layer_sizes!r} instead."
            )
        return tuple(int(n) for n in sizes)

    def _recipe(self, shape, targets):
        hidden = self._hidden_sizes(shape[0])
        is_auto = isinstance(self.max_iter, str)
        return Recipe(
            network=ScaledNetwork(
                [shape[1], *hidden, targets.intercepts.size], [self._activation] * len(hidden)
            ),
            objective=targets.objective,
            validation_objective=targets.validation_objective,
            intercepts=targets.intercepts,
            n_epochs=budget.n_epochs(shape[0]) if is_auto else int(self.max_iter),
            learning_rate=float(self.learning_rate_init),
            dropout=float(self.dropout),
            weight_decay=float(self.weight_decay),
        )

    def _score_function(self, X, y, weight):
        """What the best epoch is chosen by, given decisions on some rows; None is the loss."""
        if isinstance(self.scoring, str) and self.scoring == "loss":
            return None
        scorer = check_scoring(self, scoring=self.scoring)
        return partial(self._score_decisions, scorer, X, y, weight)

    def _score_decisions(self, scorer, X, y, weight, Z, rows):
        if not np.isfinite(Z).all():
            return float("nan")
        takes_weight = weight is not None and accepts_sample_weight(scorer)
        weights = {"sample_weight": weight[rows]} if takes_weight else {}
        try:
            return float(scorer(self._predicting(Z), safe_indexing(X, rows), y[rows], **weights))
        except ValueError as error:
            error.add_note(
                f"{type(self).__name__}: scoring={self.scoring!r} was for {len(rows)} held-out "
                "samples, which may lack what it needs, such as a class. scoring='loss' takes any."
            )
            raise

    def _predicting(self, Z):
        """A copy whose predictions are made of the decisions Z, whatever X is."""
        model = copy.copy(self)
        set_attributes(model, {"_mean_decision": lambda X: Z})
        return model

    def _untrained(self, data, strata, recipe, score):
        random_state, n_samples = check_random_state(self.random_state), len(data[1])
        n_folds = min(max(self.n_members, budget.N_FOLDS), n_samples)
        folds = assign_folds(strata, n_samples, n_folds, random_state)
        seeds = random_state.randint(np.iinfo(np.int32).max, size=self.n_members)
        return [
            MemberTraining(recipe, data, folds == i % (folds.max() + 1), seed, score)
            for i, seed in enumerate(seeds.tolist())
        ]

    def _train(self, members, n_epochs, tasks):
        n_threads = effective_n_jobs(self.n_jobs)
        try:
            if tasks is NO_TASKS and not self.verbose:
                train_epochs(members, n_epochs, n_threads)
            else:
                for epoch in tasks.steps(n_epochs, "epoch", partial(self._fitted, members)):
                    train_epochs(members, 1, n_threads)
                    if self.verbose:
                        losses = [member.last_losses for member in members]
                        loss, validation_loss = np.mean(losses, axis=0)
                        print(
                            f"Epoch {epoch + 1} of {n_epochs}, loss = {loss:.6f}, "
                            f"validation loss = {validation_loss:.6f}"
                        )
        except KeyboardInterrupt:
            if not all(member.best_iter for member in members):
                raise
            warnings.warn("Training interrupted by user.", stacklevel=5)
            tasks.close(done=False)
        check_trained(self, members)

    def _fitted(self, members):
        """The attributes of a fitted estimator whose members have the best weights so far."""
        return {
            "members_": [member.network() for member in members],
            "n_iter_": max(member.n_iter for member in members),
        }

    def _set_out_of_fold(self, members, X, y, targets, weight, kept, n_samples):
        """Calibrate by the decisions on rows that a member held out, and score them.

        A row that several members held out has the mean of their decisions.
        """
        total, count = np.zeros((len(y), targets.intercepts.size)), np.zeros((len(y), 1))
        for member in members:
            total[member.rows] += member.decision
            count[member.rows] += 1
        rows = np.flatnonzero(count)
        Z = total[rows] / count[rows]
        held_out_weight = None if weight is None else weight[rows]
        self._calibrate(Z, targets.Y[rows], held_out_weight)
        if isinstance(self.scoring, str) and self.scoring == "loss":
            self.oof_score_ = self._predicting(Z).score(None, y[rows], held_out_weight)
        else:
            scorer = check_scoring(self, scoring=self.scoring)
            self.oof_score_ = self._score_decisions(scorer, X, y, weight, Z, rows)
        if self.oof:
            name, values = self._out_of_fold(Z)
            everywhere = np.full((n_samples, *values.shape[1:]), np.nan)
            everywhere[rows if kept is None else kept[rows]] = values
            setattr(self, name, everywhere)

    def __skparams__(self):
        from skparams.neural_network._tabular.spec import ensemble_spec

        return ensemble_spec(self)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags
