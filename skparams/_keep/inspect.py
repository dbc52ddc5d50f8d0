"""Look at a file without making the estimator in it."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from typing import Any

from skparams._keep.classes import loaded_class
from skparams._keep.container import read
from skparams._keep.contents import DERIVED
from skparams._keep.decode import Decoder, Sections
from skparams._keep.errors import ParamsFileError
from skparams._keep.kinds import KINDS
from skparams._keep.load import object_of_kind, reading
from skparams._records import Outcome
from skparams._summary import Summary, summary


def inspect_params(path: str | os.PathLike[str]) -> Summary:
    """Return the summary of an estimator in a file, without making it.

    No class of another package is imported, and arrays of floats are not read. Files saved under
    other versions can be looked at too.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    Summary
        As ``summary(load_params(path))`` returns it. If it is the best of a search, what the
        search found stands under "fit found".

    Raises
    ------
    ParamsFileError
        If the header of the file is damaged, or was not written by ``save_params``.
    OSError
        If the file cannot be read.
    ImportError
        If safetensors is not installed.

    See Also
    --------
    load_params : Make the estimator.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import inspect_params, save_params
    >>> path = getfixture("tmp_path") / "ridge.safetensors"
    >>> save_params(Ridge().fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]), path)
    >>> inspect_params(path).totals.stored
    2
    """
    contents = read(path, verify=False)
    with reading(path):
        found = summary(Decoder(contents, _shell, mapped=True).root())
        search = contents.text.get("search", {})
        outcomes = [
            Outcome(name, str(search[name]), "tuned")
            for name in ("best_params_", "best_score_")
            if name in search
        ]
    root = replace(found.root, outcomes=(*outcomes, *found.root.outcomes))
    return replace(found, root=root)


class _Shell:
    """What an estimator of a class that is not imported holds."""

    _params: tuple[str, ...]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: vars(self)[name] for name in self._params}

    def fit(self, X: Any, y: Any = None) -> Any:
        raise NotImplementedError("This stands for an estimator in a file.")


@lru_cache(maxsize=1024)
def _class_named(name: str, params: tuple[str, ...]) -> type:
    """A class under whose name its Spec is found."""
    module, _, cls = name.rpartition(".")
    return type(cls, (_Shell,), {"__module__": module, "_params": params})


def _shell(name: str, sections: Sections, path: str) -> Any:
    """An object with the attributes of an estimator, whose constructor was not called."""
    if name in KINDS:
        return object_of_kind(name, sections["fields"])
    params, attributes = sections["params"], sections["attributes"]
    try:
        cls = loaded_class(name, ())
    except ParamsFileError:
        cls = _class_named(name, tuple(params))
    made: Any = object.__new__(cls)
    held = {name: value for name, value in attributes.items() if value is not DERIVED}
    vars(made).update(params | held)
    return made
