"""A callback that saves a fit while it runs."""

from __future__ import annotations

import contextlib
import copy
import errno
import os
import re
from collections.abc import Callable
from threading import Lock
from typing import Any

from skparams._compat import HAS_CALLBACKS, installed_sklearn
from skparams._escape import clean
from skparams._keep.container import read, safetensors, write
from skparams._keep.contents import Refused
from skparams._keep.encode import Encoder
from skparams._keep.errors import ParamsFileError
from skparams._keep.save import contents_of

# Name of the tasks of a search that each fit one candidate on one split.
_EVALUATION = "candidate-split-evaluation"
# About how many times a fit is saved by default.
_N_SAVED = 10


class Checkpoint:
    """Save a fit while it runs, so that it can go on after a crash.

    A callback of scikit-learn 1.9: set it with ``set_callbacks`` on a multi-layer perceptron or
    PCA of skparams. ``fit(X, y, resume=path)`` goes on from the file, and gives the parameters and
    the history that the interrupted fit would have given, bit for bit. The file is one that
    `load_params` loads.

    Parameters
    ----------
    path : str or path-like
        The file; its folder must exist. It is written beside, and takes its name when it is
        complete, so that a kill at any moment leaves the last one.
    every : int, default=None
        Save after every so many tasks of a fit; a task is an epoch, or several where `max_iter` is
        above 200. By default after each, where a fit has at most 10, and else about 10 times. The
        end of a fit is always saved. Of `partial_fit`, save after every so many calls, by default
        after each.
    keep : int, default=1
        How many of the last files are kept. With more than one, a file has in its name how many
        epochs, or for PCA how many rows, it is of: ``net-40.safetensors``. Checkpoints so named
        that an earlier fit left are removed as the new ones come; another file so named is an
        error before training.

    See Also
    --------
    load_params : Load a model from the file.
    save_params : Save a model once.

    Notes
    -----
    A file holds the fitted parameters, the state of the solver, with early stopping also the best
    parameters, and 1 to 8 bytes for each training row. It has a checksum of the data, and no data.
    A search fits many models, and a file is of one: in a search, the callback raises an error.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skparams import Checkpoint, MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> path = getfixture("tmp_path") / "iris.safetensors"
    >>> mlp = MLPClassifier(tol=0.01, random_state=0).set_callbacks(Checkpoint(path, every=5))
    >>> mlp.fit(X, y).n_iter_
    35
    >>> MLPClassifier(tol=0.01, random_state=0).fit(X, y, resume=path).n_iter_
    35
    """

    needs_state = True

    def __init__(
        self, path: str | os.PathLike[str], *, every: int | None = None, keep: int = 1
    ) -> None:
        if not HAS_CALLBACKS:
            raise ImportError(
                "Checkpoint needs scikit-learn 1.9 or newer, whose estimators call callbacks in "
                f"fit; {installed_sklearn} is installed. With it, call save_params(model, path, "
                "state=True) between calls of partial_fit."
            )
        if not os.path.basename(os.fsdecode(path)):
            raise ValueError(f"Checkpoint: path must be that of a file, got {path!r}.")
        self.path = os.path.abspath(os.fsdecode(path))
        if every is not None:
            _check_count("every", every, " or None")
        _check_count("keep", keep)
        self.every, self.keep = every, keep
        self._start()

    def _start(self) -> None:
        """Set what stays in this process."""
        self._lock = Lock()
        self._fit: Any = None
        self._n_done = 0
        self._skips = False
        self._written: tuple[str, Any] = "", None  # the last file, and facts of it

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "every": self.every, "keep": self.keep}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def setup(self, estimator: Any, context: Any) -> None:
        """Check that the fit can be saved.

        Parameters
        ----------
        estimator : estimator
            The estimator that is fitted.
        context : CallbackContext
            Its task.
        """
        safetensors()
        _check_fit(estimator, context)
        self._check_folder()
        with self._lock:
            if self._fit is not None:
                raise ValueError(
                    f"Checkpoint: another fit writes to {self.path!r} at the same time. A file is "
                    "of one fit; use a Checkpoint with another path for each."
                )
            self._fit = context
        self._skips = False
        if context.task_name != "partial-fit":  # calls of which add up
            self._n_done, self._written = 0, ("", None)

    def teardown(self, estimator: Any, context: Any) -> None:
        """Let another fit begin.

        Parameters
        ----------
        estimator : estimator
            The estimator that was fitted.
        context : CallbackContext
            Its task.
        """
        if self._fit is context:
            self._fit = None

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Note whether the task that begins is to be saved.

        Parameters
        ----------
        estimator : estimator
            The estimator that is fitted.
        context : CallbackContext
            The task.
        """
        is_call = context.task_name == "partial-fit"
        if context is self._fit and not is_call:
            return
        every = self.every or (1 if is_call else -(-(self._fit.max_subtasks or 1) // _N_SAVED) or 1)
        self._n_done += 1
        self._skips = self._n_done % every > 0

    # scikit-learn reads from the signature of a hook whether to make a copy of the estimator.
    @property
    def on_fit_task_end(self) -> Callable[..., None]:
        """The hook for the end of a task."""
        return self._skip if self._skips else self._save

    def _skip(self, estimator: Any, context: Any) -> None:
        self._skips = False

    def _save(self, estimator: Any, context: Any, *, fitted_estimator: Any = None) -> None:
        """Write a file of the estimator, unless training was interrupted within an epoch."""
        if fitted_estimator is None or vars(fitted_estimator).get("_resume", "") is None:
            return
        kept = copy.copy(fitted_estimator)  # without what only callbacks get
        if self.keep == 1:
            self._write(self.path, kept)
            return
        number = int(kept.n_iter_ if hasattr(kept, "n_iter_") else kept.n_samples_)
        self._write(_numbered(self.path, number), kept)
        files = _files_of(self.path)
        last = sorted(n for n in files if n <= number)[-self.keep :]
        for other in files.keys() - set(last):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(files[other])

    def _write(self, file: str, model: Any) -> None:
        """Write a file, unless another fit wrote to the last one since this fit did."""
        last, facts = self._written
        if facts is not None and _facts_of(last) not in (facts, None):
            raise RuntimeError(
                f"Checkpoint: another fit, perhaps in another process, has written {last!r} too. A "
                "file is of one fit; use a Checkpoint with another path for each."
            )
        text, arrays = contents_of(model, state=True)
        write(file, {**text, "checkpoint": True}, arrays)
        self._written = file, _facts_of(file)

    def _check_folder(self) -> None:
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise FileNotFoundError(errno.ENOENT, "Checkpoint: there is no such folder", folder)
        if os.path.isdir(self.path):
            raise IsADirectoryError(errno.EISDIR, "Checkpoint: path is a folder", self.path)
        files = _files_of(self.path).values() if self.keep > 1 else ()
        for file in files:  # which would be removed
            if not _is_checkpoint(file):
                what = f"Checkpoint: keep={self.keep} uses such names, and this is no checkpoint"
                raise FileExistsError(errno.EEXIST, what, file)


def checkpoint_file(path: str | os.PathLike[str]) -> str:
    """The file at a path that a Checkpoint was given: of several, the last one."""
    path = os.fsdecode(path)
    files = _files_of(path)
    if not files:
        return path
    last = files[max(files)]
    if os.path.lexists(path):
        raise ValueError(
            f"resume: there are both {path!r} and {last!r}, of different fits. Give the one to go "
            "on from another name, and that as resume."
        )
    return last


def _files_of(path: str) -> dict[int, str]:
    """The numbered files of a path, by number."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    pattern = re.compile(rf"{re.escape(stem)}-([0-9]+){re.escape(ending)}")
    try:
        names = os.listdir(folder or ".")
    except OSError:  # reading the file will tell
        return {}
    found = map(pattern.fullmatch, names)
    return {int(each[1]): os.path.join(folder, each[0]) for each in found if each}


def _facts_of(file: str) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None if there is none."""
    try:
        found = os.stat(file)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _is_checkpoint(file: str) -> bool:
    try:
        return read(file, verify=False).text.get("checkpoint") is True
    except (OSError, ParamsFileError):
        return False


def _numbered(path: str, number: int) -> str:
    stem, ending = os.path.splitext(path)
    return f"{stem}-{number}{ending}"


def _check_fit(estimator: Any, context: Any) -> None:
    """ValueError or TypeError if a file of this fit could not be resumed from."""
    name = clean(type(estimator).__name__)
    check = getattr(estimator, "_check_resumable", None)
    if check is None:
        raise TypeError(
            f"Checkpoint: {name} cannot go on from a file. Set it on a multi-layer perceptron or "
            "PCA of skparams; in a pipeline, on that step."
        )
    outer = context
    while outer is not None:
        if outer.source_task_name == _EVALUATION:
            raise ValueError(
                f"Checkpoint: {name} is fitted by a {clean(outer.source_estimator_name)} many "
                "times, and a file is of one fit. Remove it with set_callbacks(), and set it on "
                "an estimator with the best hyperparameters."
            )
        outer = outer.parent
    try:
        check(context.task_name)
        Encoder(state=True).encode(estimator, "")
    except (Refused, ValueError) as error:
        kind = TypeError if isinstance(error, Refused) else ValueError
        raise kind(f"Checkpoint: {name}: {error}") from None


def _check_count(argument: str, value: Any, alternative: str = "") -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"Checkpoint: {argument} must be an int of at least 1{alternative}, got {value!r}."
        )
