"""Training of the members, epoch by epoch and side by side in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from skparams._runtime import in_threads
from skparams.neural_network import Batches, History, Objective, Optimizer, set_attributes
from skparams.neural_network._tabular.budget import batch_size, schedule
from skparams.neural_network._tabular.member import TabularNetwork
from skparams.neural_network._tabular.network import ScaledNetwork

FLOAT = np.dtype(np.float32)


class Recipe(NamedTuple):
    """What all members of an ensemble are trained with."""

    network: ScaledNetwork
    objective: Objective
    """What training minimizes."""
    validation_objective: Objective
    """What the best epoch is chosen by: the same without label smoothing."""
    intercepts: np.ndarray
    n_epochs: int
    learning_rate: float
    dropout: float
    weight_decay: float

    @property
    def hyperparameters(self) -> SimpleNamespace:
        """Those of Adam, by the names of the MLP's."""
        return SimpleNamespace(
            alpha=0.0, beta_1=0.9, beta_2=0.95, epsilon=1e-8, momentum=0.0,
            weight_decay=self.weight_decay, max_gradient_norm=None,
        )  # fmt: skip


class MemberTraining:
    """A member with its rows, the optimizer, and the best weights so far.

    ``score`` returns what the best epoch is chosen by, larger is better, given the decision values
    of the held-out rows; None is the negative loss.
    """

    def __init__(
        self,
        recipe: Recipe,
        data: tuple[Any, np.ndarray, np.ndarray | None],
        held_out: np.ndarray,
        seed: int,
        score: Callable[[np.ndarray, np.ndarray], float] | None,
    ) -> None:
        X, Y, weight = data
        self._recipe, self._score = recipe, score
        self._random_state = np.random.RandomState(seed)
        self._order, self.rows = np.flatnonzero(~held_out), np.flatnonzero(held_out)
        network = recipe.network
        n_training, n_hidden = self._order.size, len(network.sizes) - 2
        rates = [0.0, *[recipe.dropout] * n_hidden]
        size = batch_size(n_training)
        self._batches = Batches(network, data, recipe.objective, size, FLOAT, 0, rates, seed)
        self._n_batches = -(-n_training // size)
        n_steps = recipe.n_epochs * self._n_batches
        self._rates = recipe.learning_rate * schedule(np.arange(n_steps) / n_steps)
        part = X[self.rows], Y[self.rows], None if weight is None else weight[self.rows]
        self._validation = Batches(
            network, part, recipe.validation_objective, min(size, self.rows.size), FLOAT
        )
        self._params = network.start(recipe.intercepts, self._random_state, FLOAT)
        self._optimizer = Optimizer(
            solver="adamw",
            learning_rate=recipe.learning_rate,
            first=np.zeros_like(self._params),
            second=np.zeros_like(self._params),
            t=0,
            seed=seed,
        )
        self._history = History()
        self._lock = threading.Lock()
        self._best, self._best_score = self._params, -np.inf
        self.best_iter = 0
        self.decision = np.full((self.rows.size, network.sizes[-1]), np.nan, FLOAT)

    def train_epoch(self) -> None:
        """Train the next epoch; two threads may not be at it at once."""
        with self._lock, np.errstate(all="ignore"):
            done = len(self._history)
            self._random_state.shuffle(self._order)
            rates = self._rates[done * self._n_batches : (done + 1) * self._n_batches]
            epoch = self._batches.train_epoch(
                self._params, self._order, self._optimizer, rates, self._recipe.hyperparameters
            )
            self._history.epochs.append((epoch.loss, rates[-1], epoch.gradient_norm))
            Z, loss = self._validation.evaluate(self._params)
            score = -loss if self._score is None else self._score(Z, self.rows)
            self._history.validation.append((loss, score))
            if np.isfinite(score) and score >= self._best_score:
                self._best, self.decision = self._params.copy(), Z
                self.best_iter, self._best_score = done + 1, score

    @property
    def n_iter(self) -> int:
        """Number of epochs so far."""
        return len(self._history)

    @property
    def last_losses(self) -> tuple[float, float]:
        """Training and validation loss of the last epoch."""
        return self._history.epochs[-1][0], self._history.validation[-1][0]

    def network(self) -> TabularNetwork:
        """The network with the best weights so far."""
        network = self._recipe.network
        member = TabularNetwork(network.sizes[1:-1], network.activations[0])
        attributes: dict[str, Any] = network.fitted(self._best, FLOAT)
        (attributes["input_scale_"],) = attributes["input_scale_"]
        attributes["out_activation_"] = self._recipe.objective.activation
        attributes |= {"best_iter_": self.best_iter, "history_": self._history.joined({})}
        set_attributes(member, attributes)
        return member

    def check(self, estimator: Any) -> None:
        """Raise ValueError if no epoch gave finite outputs, or a score that is finite."""
        if self.best_iter:
            return
        epochs = f"in any of {self.n_iter} epochs"
        what = (
            f"the outputs were not finite {epochs}. Lower "
            f"learning_rate_init={estimator.learning_rate_init!r}."
        )
        if self._score is not None and np.isfinite(self._history.validation[-1][0]):
            what = f"scoring={estimator.scoring!r} gave no finite number {epochs}."
        raise ValueError(f"{type(estimator).__name__}: {what}")


def train_epochs(members: list[MemberTraining], n_epochs: int, n_threads: int) -> None:
    """Train each member for some epochs.

    A part of the work is the next epoch of some member, so that no thread waits for the others at
    the end of each epoch.
    """

    def work(part: int) -> Iterator[None]:
        members[part % len(members)].train_epoch()
        yield

    in_threads(work, n_epochs * len(members), min(n_threads, len(members)))
