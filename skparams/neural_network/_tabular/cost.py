"""What an ensemble of networks for tables costs before it is trained, as formulas of its sizes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from skparams.neural_network._tabular import budget
from skparams.specs import networks

# Bytes of a number of a network, and of targets and decisions on rows that were held out.
FLOAT32, FLOAT64 = 4, 8


class Shape(NamedTuple):
    """Rows, members, and the sizes of the layers of a member, inputs and outputs included."""

    n_samples: int
    n_members: int
    layers: Sequence[int]

    @property
    def held_out(self) -> list[int]:
        """Rows that each member holds out, if no class has a single one."""
        n_folds = min(max(self.n_members, budget.N_FOLDS), self.n_samples)
        members = (i % n_folds for i in range(self.n_members))
        return [-(-(self.n_samples - fold) // n_folds) for fold in members]


def epoch_macs(shape: Shape) -> int:
    """Count the multiply-adds of an epoch of all members.

    The scale of the inputs is multiplied into the weights of the first layer, and its gradient
    comes from theirs, once a batch.
    """
    n_inputs, first = shape.layers[:2]
    total = 0
    for n_held_out in shape.held_out:
        n_training = shape.n_samples - n_held_out
        n_batches = -(-n_training // budget.batch_size(n_training))
        total += n_training * networks.forward_and_back(shape.layers)
        total += n_held_out * networks.forward(shape.layers)
        total += (2 * n_batches + 1) * n_inputs * first
    return total


def training_bytes(shape: Shape, *, is_sparse: bool) -> int:
    """Count the bytes at work beside the data, when all members are trained.

    They are the encoded inputs, the targets as given and standardized, the decisions on rows that
    were held out with their sum, and for each member what `_member_bytes` counts. What the encoder
    takes before, which is more only for very small networks, is not counted; nor are the encoded
    inputs of sparse X, of which as many are stored as X has.
    """
    n_inputs, n_outputs = shape.layers[0], shape.layers[-1]
    per_row = (0 if is_sparse else FLOAT32 * n_inputs) + 4 * FLOAT64 * n_outputs
    members = (_member_bytes(shape, n, is_sparse) for n in shape.held_out)
    return shape.n_samples * per_row + sum(members)


def _member_bytes(shape: Shape, n_held_out: int, is_sparse: bool) -> int:
    """Count the bytes of a member.

    They are its parameters, the best ones so far and at last a copy, the moments of Adam, the rows
    that it holds out with the decisions on them, and the order of the others; for training and for
    validation each a gradient, the weights of the widest layer transposed and those of the first
    one scaled, for each row of a batch the inputs, and of each unit the value, its slope and its
    gradient, and a copy of targets and weights of all rows.
    """
    layers = shape.layers
    weights, n_units = [a * b for a, b in pairwise(layers)], sum(layers[1:])
    n_inputs = 0 if is_sparse else layers[0]
    n_parameters = sum(weights) + n_units + layers[0]
    n_training = shape.n_samples - n_held_out
    n_rows = budget.batch_size(n_training)
    n_numbers = 7 * n_parameters + 2 * (max(weights) + weights[0])
    n_numbers += (n_rows + min(n_rows, n_held_out)) * (n_inputs + 3 * n_units)
    n_numbers += n_held_out * (n_inputs + 2 * layers[-1]) + shape.n_samples * (layers[-1] + 1)
    return FLOAT32 * n_numbers + FLOAT64 * n_training
