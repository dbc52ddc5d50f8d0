"""Checkpoints of a fit: what it takes to go on exactly, and how a fit resumes."""

from __future__ import annotations

import copy
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import scipy.sparse as sp

from skparams.neural_network.batches import Optimizer
from skparams.neural_network.samples import RowOrder, checked_rows
from skparams.neural_network.schedules import depends_on_max_iter
from skparams.neural_network.validation import Data, split
from skparams.specs import short_repr

if TYPE_CHECKING:
    from skparams.neural_network.base import BaseMLP

# Hyperparameters that say nothing of the epochs that are done.
MAY_DIFFER = frozenset(["max_iter", "verbose", "warm_start"])
# Fitted attributes that have not the ending of one.
PRIVATE = (
    "_label_binarizer",
    "_no_improvement_count",
    "_optimizer_state",
    "_order",
    "_random_state",
)
# Bytes of rows that a checksum takes at a time, as it copies those in another memory order.
PIECE = 2**20
# Shape, dtype and checksum of each argument of fit.
Checksums = dict[str, dict[str, Any]]
# Arguments of fit, and in `Data`.
NAMES = ("X", "y", "sample_weight")
NOT_LBFGS = (
    "solver='lbfgs' has no checkpoints, as SciPy keeps its state to itself. Use another solver."
)
NOT_LBFGS_BLOCKS = (
    "solver='lbfgs' trains on all samples at once, so it takes one block only. Use another solver."
)


class Resume(TypedDict):
    """The attribute ``_resume`` of an estimator in a checkpoint: what no fitted attribute has."""

    weights: dict[str, list[np.ndarray]] | None
    """Those that training goes on from; None where they are the fitted ones."""
    order: np.ndarray | None
    """Numbers of the samples as the last epoch took them; None without `shuffle`."""
    split: np.random.RandomState | None
    """As it was before it drew the samples that early stopping split off."""
    squared_norm: float | None
    """Of the weights, as the kernels summed it; None before the first epoch."""
    converged: bool
    data: Checksums
    """Shape, dtype and checksum of each argument of fit."""


class Course:
    """The course of a fit: where a resumed one begins, and how far it got."""

    def __init__(self, mlp: BaseMLP, resumed: Resume | None) -> None:
        self._mlp, self.resumed = mlp, resumed
        self._split: np.random.RandomState | None = None
        self.converged = resumed is not None and resumed["converged"]
        self.n_epochs_before = 0 if resumed is None else mlp.n_iter_
        self.is_whole = False  # as it is not within an epoch
        self.attributes: Callable[[], dict[str, Any]] = dict

    def split(self, data: Data, needs_state: bool) -> tuple[Data, Data]:
        """Training and validation part; those of the fit that is resumed."""
        return split(self._mlp, data, self.split_generator(needs_state))

    def split_generator(self, needs_state: bool) -> np.random.RandomState:
        """What draws the samples to set aside, as it was in the fit that is resumed."""
        generator = self._mlp._random_state
        if self.resumed is not None:
            if self.resumed["split"] is None:
                raise _other_data(self._mlp, "it had X_val")
            self._split, generator = self.resumed["split"], copy.deepcopy(self.resumed["split"])
        elif needs_state:
            self._split = copy.deepcopy(generator)
        return generator

    def set_data(self, data: Data, held_out: Data | None) -> None:
        """Keep what training takes; ValueError if the fit that is resumed had other data."""

        def checksums() -> Checksums:
            found: Checksums = {}
            add_checksums(found, data)
            if held_out is not None:
                add_checksums(found, held_out, "_val" if self._split is None else "")
            return found

        self.set_checksums(checksums)

    def set_checksums(self, checksums: Callable[[], Checksums]) -> None:
        """Keep what computes those of the data, as `set_data` does."""
        self._compute_checksums = checksums
        if self.resumed is not None:
            _check_data(self._mlp, self._checksums, self.resumed["data"])

    @cached_property
    def _checksums(self) -> Checksums:
        return self._compute_checksums()

    def row_order(self, n_samples: int) -> RowOrder | None:
        """The order that the fit that is resumed left; None if none is."""
        if self.resumed is None:
            return None
        rows = checked_rows(self.resumed["order"], n_samples)
        return RowOrder(start={}, n_samples=n_samples, n_shuffles=0, rows=rows)

    def state(
        self,
        weights: dict[str, list[np.ndarray]] | None,
        order: RowOrder | None,
        squared_norm: float | None,
    ) -> Resume | None:
        """What a checkpoint has beside the fitted attributes; None within an epoch."""
        if not self.is_whole:
            return None
        rows = None if order is None else order["rows"]
        return Resume(
            weights=weights,
            order=None if rows is None else rows.astype(np.min_scalar_type(len(rows))),
            split=self._split,
            squared_norm=squared_norm,
            converged=self.converged,
            data=self._checksums,
        )


def load_checkpoint(mlp: BaseMLP, path: str | os.PathLike) -> Resume:
    """Set the fitted attributes of a checkpoint; ValueError if it is not one of such a fit."""
    from skparams._keep import ParamsFileError, checkpoint_file, load_params, public_name

    cls = type(mlp)
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{cls.__name__}.fit: resume must be a path or None, got {path!r}.")
    if mlp.solver == "lbfgs":
        raise ValueError(f"{cls.__name__}.fit: resume: {NOT_LBFGS}")
    path = checkpoint_file(path)
    what = f"{cls.__name__}.fit: resume={str(path)!r}"
    local = "." in cls.__qualname__  # which no file has
    loaded = load_params(path, allow=() if local else (public_name(cls),))
    if type(loaded) is not cls:
        raise ValueError(
            f"{what} is of the class {type(loaded).__name__}; a fit resumes one of its own class."
        )
    resumed = loaded.__dict__.pop("_resume", None)
    if resumed is None:
        raise ValueError(
            f"{what} is no checkpoint of fit. Write one by the callback Checkpoint; to train a "
            "saved model further, load it and use partial_fit or warm_start."
        )
    if not _is_possible(loaded, resumed):
        raise ParamsFileError(f"{what} holds what is no state of training.")
    _check_hyperparameters(mlp, loaded, what)
    if isinstance(mlp.random_state, np.random.RandomState):  # which fit leaves as it does
        mlp.random_state.set_state(loaded._random_state.get_state(legacy=False))
        loaded._random_state = mlp.random_state
    for name in [name for name in vars(mlp) if _is_fitted(name)]:
        delattr(mlp, name)
    mlp.__dict__.update({k: value for k, value in vars(loaded).items() if _is_fitted(k)})
    return resumed


def _is_possible(loaded: Any, resumed: Any) -> bool:
    """Whether a file has all that training reads, of the types that it has; values may be wrong."""
    values = vars(loaded)
    optimizer = values.get("_optimizer_state")
    numbers = [values.get(name) for name in ("n_iter_", "t_", "_no_improvement_count")]
    return (
        isinstance(resumed, dict)
        and resumed.keys() >= Resume.__annotations__.keys()
        and isinstance(resumed["weights"], dict | None)
        and isinstance(resumed["split"], np.random.RandomState | None)
        and isinstance(resumed["squared_norm"], float | None)
        and isinstance(resumed["data"], dict)
        and all(isinstance(each, dict) for each in resumed["data"].values())
        and isinstance(values.get("_random_state"), np.random.RandomState)
        and isinstance(values.get("history_"), dict)
        and isinstance(optimizer, dict)
        and optimizer.keys() >= Optimizer.__annotations__.keys()
        and all(isinstance(number, int) and number >= 0 for number in numbers)
        and all(
            isinstance(column, np.ndarray)
            and column.dtype.kind in "if"
            and column.ndim == 1
            and len(column) >= values["n_iter_"]
            for column in values["history_"].values()
        )
    )


def _is_fitted(name: str) -> bool:
    return name in PRIVATE or (name.endswith("_") and not name.startswith("_"))


def _check_hyperparameters(mlp: BaseMLP, loaded: BaseMLP, what: str) -> None:
    """ValueError where another value would have trained other epochs."""
    given, kept = (each.get_params(deep=False) for each in (mlp, loaded))
    free = MAY_DIFFER - ({"max_iter"} if depends_on_max_iter(mlp) else set())
    changed = [
        f"{name}={short_repr(value)} (there {short_repr(kept.get(name))})"
        for name, value in given.items()
        if name not in free and not (name in kept and _same(value, kept[name]))
    ]
    if changed:
        raise ValueError(
            f"{what} is of a fit with other hyperparameters: {', '.join(changed)}. Set those of "
            "the checkpoint; to train it further with others, load it and use partial_fit or "
            "warm_start."
        )
    if mlp.max_iter < loaded.n_iter_:
        raise ValueError(f"{what} has {loaded.n_iter_} epochs, more than max_iter={mlp.max_iter}.")


def _same(one: Any, other: Any) -> bool:
    """Whether two values of a hyperparameter mean the same; a sequence may be of any kind."""
    if isinstance(one, np.random.RandomState):
        return isinstance(other, np.random.RandomState)
    if isinstance(one, Mapping):
        is_like = isinstance(other, Mapping) and one.keys() == other.keys()
        return is_like and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if _is_sequence(one):
        return _is_sequence(other) and len(one) == len(other) and all(map(_same, one, other))
    return one is other or bool(np.all(one == other))


def _is_sequence(value: Any) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def add_checksums(found: Checksums, data: Data, ending: str = "") -> None:
    """Go on with the checksums of each argument of fit, of which these are the next rows."""
    for name, array in zip(NAMES, data, strict=True):
        if array is not None:
            found[name + ending] = checksum(array, found.get(name + ending))


def checksum(array: Any, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Shape, dtype and CRC-32 of an array or sparse matrix, whatever the order in memory.

    ``before`` is that of earlier rows of the same argument.
    """
    n_before, crc = (0, 0) if before is None else (before["shape"][0], before["crc32"])
    for part in _parts(array):
        step = max(1, PIECE // max(1, part[:1].nbytes))
        for start in range(0, len(part), step):
            crc = zlib.crc32(np.ascontiguousarray(part[start : start + step]).data, crc)
    shape = [int(n) for n in array.shape]
    return {"shape": [shape[0] + n_before, *shape[1:]], "dtype": array.dtype.name, "crc32": crc}


def _parts(array: Any) -> Iterable[np.ndarray]:
    if not sp.issparse(array):
        return [array]
    rows = array.tocsr()
    return rows.data, rows.indices.astype(np.int64), rows.indptr.astype(np.int64)


def _other_data(mlp: BaseMLP, how: str) -> ValueError:
    return ValueError(f"{type(mlp).__name__}.fit: resume is of a fit on other data: {how}.")


def _check_data(mlp: BaseMLP, found: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
    """ValueError where an argument of fit is not the one that the checkpoint was made with."""
    for name in dict.fromkeys((*found, *kept)):
        if name not in kept:
            raise _other_data(mlp, f"it had no {name}")
        if name not in found:
            raise _other_data(mlp, f"it had {name}")
        of, of_kept = ((each[name].get("shape"), each[name].get("dtype")) for each in (found, kept))
        if of != of_kept:
            shapes = [f"{dtype} of shape {shape}" for shape, dtype in (of, of_kept)]
            raise _other_data(mlp, f"{name} is {shapes[0]}, there it was {shapes[1]}")
        if found[name] != kept[name]:
            raise _other_data(mlp, f"{name} has other values")
