"""Write what an estimator learned to a file."""

from __future__ import annotations

import os
from typing import Any

from skparams._keep.container import safetensors, write
from skparams._keep.contents import Refused, winner_of
from skparams._keep.encode import Encoder, Item
from skparams._keep.table import pack
from skparams._keep.versions import version_of
from skparams._walk import METHODS, Walk, check_estimator, check_fitted, outcomes
from skparams.specs import view_of


def save_params(estimator: Any, path: str | os.PathLike[str], *, state: bool = False) -> None:
    """Save a fitted estimator as a file of numbers and text, which runs no code when loaded.

    The file is one of safetensors: an array for each fitted parameter, under its path, and all
    else as JSON in the header.

    Parameters
    ----------
    estimator : estimator
        Fitted: one of scikit-learn or skparams, or one whose hyperparameters and attributes are
        numbers, text, arrays, containers of these, and such estimators. Of a search,
        ``best_estimator_`` is saved; the header keeps ``best_params_`` and ``best_score_``.
    path : str or path-like
        The file. It is written beside, and takes this name when it is complete, so that an
        interrupt leaves the old file or the new one. A link stays a link, and the file that it
        points to is replaced; one that is replaced keeps its permissions.
    state : bool, default=False
        Whether to keep also what only further training needs, results for each training row, and
        diagnostics: with it, ``partial_fit`` goes on as if nothing had happened.

    Raises
    ------
    TypeError
        If ``estimator`` is no estimator, or holds what a file cannot, such as a function; the
        message names the attribute. Nothing is written.
    ValueError
        If it has no method that predicts, transforms or scores.
    NotFittedError
        If it is not fitted.
    OSError
        If the file cannot be written. One that was there stays as it was.
    ImportError
        If safetensors is not installed.

    See Also
    --------
    load_params : Load it.
    inspect_params : Look at it.

    Notes
    -----
    A process that is killed while it saves may leave a file ``.skparams-….tmp`` in the folder. The
    next save to this folder removes it; on Windows, and on file systems without locks, it stays.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import load_params, save_params
    >>> path = getfixture("tmp_path") / "ridge.safetensors"
    >>> save_params(Ridge().fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]), path)
    >>> load_params(path).coef_
    array([0.66666667])
    """
    safetensors()
    check_estimator("save_params", estimator)
    check_fitted("save_params", Walk(estimator))
    winner = winner_of(estimator)
    if not any(hasattr(estimator if winner is None else winner, method) for method in METHODS):
        raise ValueError(
            f"save_params: {type(estimator).__name__} has no method that predicts, transforms or "
            "scores, so that nothing of it can be used after loading."
        )
    text, arrays = contents_of(estimator, state)
    write(path, text, arrays)


def contents_of(estimator: Any, state: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the text and the arrays of a file."""
    encoder = Encoder(state)
    try:
        root = encoder.encode(estimator, "")
        search = _search(estimator)
    except RecursionError:
        raise TypeError(
            f"save_params: {type(estimator).__name__} has a container that is nested too deep, or "
            "contains itself."
        ) from None
    except Refused as error:
        raise TypeError(
            f"save_params: {error} in {type(estimator).__name__}, which a file of parameters "
            "cannot hold."
        ) from None
    assert isinstance(root, Item)
    tables, arrays = pack(root)
    packages = {"numpy", "scipy", "skparams", *(name.partition(".")[0] for name in encoder.classes)}
    versions = {name: version_of(name) for name in sorted(packages)}
    text = {
        "versions": versions,
        "state": state,
        **search,
        "tables": tables,
    }
    return text, arrays


def _search(estimator: Any) -> dict[str, Any]:
    """What is kept of a search beside its winner: what it found, as text."""
    if winner_of(estimator) is None:
        return {}
    found = {outcome.path: outcome.value for outcome in outcomes(view_of(estimator))}
    return {"search": {"class": type(estimator).__name__, **found}}
