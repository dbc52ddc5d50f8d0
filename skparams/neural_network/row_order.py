"""The order in which epochs take the training samples."""

import copy
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np


@dataclass(eq=False)
class RowOrder:
    """Numbers of the samples, which each epoch shuffles further.

    A pickle leaves out `rows`. It keeps the state of the generator before the first shuffle, and
    how many shuffles followed, to repeat them.
    """

    start: dict[str, Any]
    n_samples: int
    n_shuffles: int = 0
    rows: Any = None

    @classmethod
    def unshuffled(cls, n_samples: int, random_state: np.random.RandomState) -> Self:
        # To copy the generator itself takes a sixth of a small fit.
        return cls(random_state.get_state(legacy=False), n_samples, rows=np.arange(n_samples))

    def continued(self, random_state: np.random.RandomState) -> Self:
        """A copy to shuffle further; unshuffled after loading, if others drew numbers as well."""
        rows = self.rows
        if rows is None:
            generator, rows = copy.deepcopy(random_state), np.arange(self.n_samples)
            following = generator.bytes(16)
            with suppress(ValueError):  # another kind of generator
                generator.set_state(self.start)
            for _ in range(self.n_shuffles):
                generator.shuffle(rows)
            if generator.bytes(16) != following:
                return self.unshuffled(self.n_samples, random_state)
        return replace(self, rows=rows.copy())

    def shuffled(self, random_state: np.random.RandomState) -> np.ndarray:
        """The numbers, shuffled in place."""
        random_state.shuffle(self.rows)
        self.n_shuffles += 1
        return self.rows

    def __getstate__(self) -> dict:
        return {**vars(self), "rows": None}
