"""A fit on blocks: one pass that checks them, then training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._runtime import Tasks, fit_tasks, n_tasks, needs_state
from skparams.neural_network import (
    Checksums,
    Course,
    Data,
    Network,
    Objective,
    Resume,
    Training,
    add_checksums,
    batch_size,
    begin_training,
    check_batch,
    check_regularization,
    check_validation,
    sample_weights,
    train,
)
from skparams.neural_network._out_of_core.batches import BlockBatches, BlockRows, BlockSource
from skparams.neural_network._out_of_core.blocks import Preparation
from skparams.neural_network._out_of_core.reading import BlockReader
from skparams.neural_network._out_of_core.scan import Scan
from skparams.neural_network._out_of_core.split import set_aside

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


def fitting(
    mlp: Any,
    reader: BlockReader,
    *,
    classes: Any = None,
    source: str = "the argument `classes`",
    given: tuple[Any, Any, Any] = (None, None, None),
    **more: Any,
) -> Callable[[], Any]:
    """Check all blocks, and return what fits the estimator to them.

    ``source`` says in errors where the classes come from, ``given`` are the arguments of fit for
    callbacks, and ``more`` are further arguments of `_fit`.
    """
    mlp._refuse_hooks()
    check_regularization(mlp)
    resumed = more.get("resumed")
    continues = hasattr(mlp, "coefs_") and (mlp.warm_start or resumed is not None)
    scan = Scan(mlp, continues, classes, source)
    scan.read(reader, needs_checksums=resumed is not None or needs_state(mlp))
    if scan.only is not None:  # in memory
        X, y, weight = scan.only
        if classes is not None:
            more["knows_classes"] = True
        return partial(mlp._fit, X, y, sample_weight=weight, incremental=False, **more)
    return partial(_fit_several, mlp, reader, scan, given, **more)


def _fit_several(
    mlp: BaseMLP,
    reader: BlockReader,
    scan: Scan,
    given: tuple[Any, Any, Any],
    given_val: tuple | None = None,
    resumed: Resume | None = None,
) -> BaseMLP:
    """As `BaseMLP._fit` in memory."""
    targets, dtype = scan.example[1], scan.dtype
    network, objective = mlp._network(scan.kind.n_features, targets, scan.continues)
    params = mlp._start_params(network, dtype, scan.continues, resumed is not None)
    course = Course(mlp, resumed)
    class_weights = mlp._class_weights(targets, False, scan.counts)

    def checked(X: Any, Y: np.ndarray, weight: Any) -> Data:
        return X, Y, sample_weights(X, Y, weight, class_weights, dtype)

    held_out = check_validation(mlp, given_val, targets, dtype, checked) if given_val else None
    n_subtasks = partial(n_tasks, mlp.max_iter, course.n_epochs_before)
    tasks = fit_tasks(mlp, *given, max_subtasks=n_subtasks)
    prepare = Preparation(mlp, scan.kind, scan.lengths, scan.encode, class_weights, dtype)
    blocks = BlockSource(reader, prepare)
    params = _train_epochs(mlp, network, params, blocks, scan, objective, held_out, tasks, course)
    return mlp._finish_fit(network, params, dtype, tasks, course)


def _train_epochs(
    mlp: BaseMLP,
    network: Network,
    params: np.ndarray,
    blocks: BlockSource,
    scan: Scan,
    objective: Objective,
    held_out: Data | None,
    tasks: Tasks,
    course: Course,
) -> np.ndarray:
    """As `train_epochs` in memory."""
    course.set_checksums(partial(_checksums, scan, held_out))
    if mlp.early_stopping and held_out is None:
        held_out = set_aside(mlp, blocks, course.split_generator(tasks.needs_state))
    n_samples = sum(blocks.lengths)
    size = batch_size(mlp, n_samples)
    for length in blocks.lengths:
        check_batch(mlp, min(size, length))
    begin_training(mlp, network, params, course, incremental=False)
    batches = BlockBatches(mlp, network, blocks, scan.example, objective, size, params.dtype)
    rows = BlockRows(n_samples, blocks.numbers, shuffle=mlp.shuffle)
    return train(Training(mlp, params, batches, rows, held_out, course), tasks)


def _checksums(scan: Scan, given_val: Data | None) -> Checksums:
    """Those of the blocks and of validation data that was given."""
    found = scan.checksums.copy()
    if given_val is not None:
        add_checksums(found, given_val, "_val")
    return found
