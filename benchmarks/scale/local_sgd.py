"""Data-parallel training of a network: local SGD over ``partial_fit``, a recipe to copy.

In a round each block trains a copy of the common weights for some epochs, and the copies are
averaged by their numbers of rows. Copies start with a new state of the optimizer and with a seed of
their own, so a round depends on its weights and blocks only: not on which worker has which block,
nor on workers that are lost.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from dask import delayed
from sklearn.base import clone

Params = dict[str, Any]


def seed_of(random_state: int, number: int, block: int) -> int:
    """Return the seed of a block in a round, different for each."""
    return int(np.random.SeedSequence([random_state, number, block]).generate_state(1)[0])


def train_block(
    model: Any, params: Mapping[str, Any], X: Any, y: Any, seed: int, n_epochs: int
) -> tuple[int, Params]:
    """Train a copy on one block, from common parameters; return its rows and parameters."""
    copy = clone(model).set_params(random_state=seed).set_fitted_params(**params)
    for _ in range(n_epochs):
        copy.partial_fit(X, y)
    return X.shape[0], copy.get_fitted_params()


def average(results: Sequence[tuple[int, Params]]) -> Params:
    """Return the mean of parameters, weighted by rows, in the order of the blocks."""
    n_rows = sum(n for n, _ in results)
    _, first = results[0]
    return {name: sum(n / n_rows * params[name] for n, params in results) for name in first}


def local_sgd(
    model: Any,
    blocks: Sequence[Any],
    *,
    n_rounds: int,
    n_epochs: int = 1,
    random_state: int = 0,
    after_round: Callable[[int, Any], object] = lambda number, model: None,
) -> Any:
    """Train a network on blocks in parallel, where Dask has them.

    Parameters
    ----------
    model : MLPClassifier or MLPRegressor
        A network that has been fitted, be it by ``partial_fit`` on a few rows, so that it has its
        weights and knows all classes. It is changed.
    blocks : sequence of Delayed or Future
        Each is a pair of X and y.
    n_rounds, n_epochs : int
        Number of averages, and of epochs of each block before each.
    random_state : int
        Decides the order of the rows of each block in each round.
    after_round : callable
        Is given the number of the round and the model with the new weights.

    Returns
    -------
    model : MLPClassifier or MLPRegressor
        The model with the averaged weights.
    """
    structure = model.get_fitted_params(structure=True)
    train, mean = delayed(train_block, pure=False), delayed(average, pure=False)
    blocks = [delayed(block, traverse=False) for block in blocks]
    for number in range(n_rounds):
        # Once for each worker, not for each block.
        start = delayed(structure | model.get_fitted_params(), traverse=False)
        empty = delayed(clone(model), traverse=False)
        trained = [
            train(empty, start, rows[0], rows[1], seed_of(random_state, number, block), n_epochs)
            for block, rows in enumerate(blocks)
        ]
        model.set_fitted_params(**mean(trained).compute())
        after_round(number, model)
    return model
