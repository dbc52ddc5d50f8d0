"""The first pass over blocks: what they are, and whether training can take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from skparams._blocks import naming_block
from skparams._compat import check_sample_weight
from skparams._lazy import refuse_lazy
from skparams.neural_network import (
    NOT_LBFGS_BLOCKS,
    Checksums,
    add_checksums,
    check_batch,
    check_weights,
    checksum,
    value_counts,
)
from skparams.neural_network._out_of_core.blocks import Kind, as_block, n_samples_of
from skparams.neural_network._out_of_core.reading import BlockReader

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP


class Scan:
    """What the first pass finds, and sets as attributes of the estimator.

    These are the features, and the classes: those that are given, or those of the model that
    training continues from, or those of the first block with samples.

    Attributes
    ----------
    lengths : list of int
        Number of samples of each block.
    kind : Kind
        What each block is.
    example : tuple
        X and targets of one sample.
    only : tuple or None
        X, y and weights of the block, as the user gave it, if only one has samples.
    dtype : dtype
        What training computes in.
    counts : ndarray or None
        How many samples have each value of each column of the targets of a classifier.
    checksums : dict
        Those of the blocks, if they are needed.
    """

    kind: Kind
    example: tuple[Any, np.ndarray, None]
    counts: np.ndarray | None = None

    def __init__(self, mlp: BaseMLP, continues: bool, classes: Any, source: str) -> None:
        self._mlp, self.continues = mlp, continues
        self._classes, self._source = classes, source
        self._training_dtype = mlp._training_dtype(continues)
        self.lengths: list[int] = []
        self.only: tuple[Any, Any, Any] | None = None
        self.checksums: Checksums = {}
        self._has_weight = False

    @property
    def n_found(self) -> int:
        """Number of blocks with samples."""
        return sum(length > 0 for length in self.lengths)

    @property
    def dtype(self) -> np.dtype:
        return self.kind.dtype if self._training_dtype is None else self._training_dtype

    def read(self, reader: BlockReader, needs_checksums: bool) -> None:
        """Check all blocks; errors name the one."""
        # A block is kept until there is another one, which then is not read before.
        for number, block in reader.read(reads_ahead=lambda: self.n_found > 1):
            with naming_block(number):
                X, y, weight = as_block(block)
                del block
                length = n_samples_of(X)
                X = _named(X, reader.names)
                if length:
                    self.only = None if self.n_found else (X, y, weight)
                self.lengths.append(length)
                if length:
                    self._add(number, X, y, weight, needs_checksums)
                del X, y, weight
        self._check(reader, needs_checksums)

    def encode(self, y: Any) -> np.ndarray:
        """Targets as numbers; ValueError for classes that are not known."""
        return self._mlp._encode_other_targets(y, "y", *self._reference)

    def _add(self, number: int, X: Any, y: Any, weight: Any, needs_checksums: bool) -> None:
        mlp, is_first = self._mlp, self.n_found == 1
        if self.n_found == 2 and mlp.solver == "lbfgs":
            raise ValueError(NOT_LBFGS_BLOCKS)
        refuse_lazy(type(mlp).__name__, sample_weight=weight)
        reset = is_first and not self.continues
        X, y = mlp._validated_samples(X, y, self._training_dtype, reset=reset)
        if is_first:
            self._reference = self._find_classes(number, y)
        Y = self.encode(y)
        if is_first:
            self.kind = Kind(number, X.shape[1], X.dtype, sp.issparse(X), Y.shape[1])
            self.example = X[:1].copy(), Y[:1].copy(), None
        self.kind.check(X, Y)
        if weight is not None:
            weight = check_sample_weight(weight, X, dtype=self.dtype, may_be_zero=True)
            check_weights(mlp, weight)
        check_batch(mlp, X.shape[0])
        self._has_weight |= weight is None or bool(weight.any())
        if mlp._counts_values:
            counts = value_counts(Y, 2 if Y.dtype == bool else len(mlp.classes_))
            self.counts = counts if self.counts is None else self.counts + counts
        if needs_checksums:
            add_checksums(self.checksums, (X, Y, weight))

    def _find_classes(self, number: int, y: Any) -> tuple[str, str]:
        """Set the classes; return what has them, for errors, and what to do."""
        if self.continues:
            if self._classes is not None:
                self._mlp._check_given_classes(self._classes)
            return "the fitted model", ""
        if self._mlp._set_classes(y, self._classes):
            return self._source, ""
        return f"block {number}", " Pass all classes as the argument `classes`."

    def _check(self, reader: BlockReader, needs_checksums: bool) -> None:
        """ValueError about what no block has."""
        if not self.n_found:
            raise ValueError(
                f"{reader.where}: there are no samples in the {len(self.lengths)} blocks."
            )
        if not self._has_weight:
            raise ValueError("Sample weights must contain at least one non-zero number.")
        if self.continues and self._mlp.warm_start and self.counts is not None:
            self._mlp._check_seen_classes(self.counts)
        if needs_checksums:  # the order of blocks and their lengths decide about minibatches
            name = "sequence of blocks" if reader.is_sequence else "iterable of blocks"
            self.checksums[name] = checksum(np.array(self.lengths, dtype=np.int64))


def _named(X: Any, names: Any) -> Any:
    """X with the names of its columns, as a frame."""
    if names is None:
        return X
    import pandas as pd

    return pd.DataFrame(X, columns=list(names))
