"""Look at a file without making the estimator in it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from skparams._keep.classes import loaded_class
from skparams._keep.container import read
from skparams._keep.contents import DERIVED
from skparams._keep.decode import Sections
from skparams._keep.errors import ParamsFileError
from skparams._keep.kinds import KINDS
from skparams._keep.load import made_from, object_of_kind
from skparams._summary import Summary, summary


def inspect_params(path: str | os.PathLike[str]) -> Summary:
    return summary(made_from(read(path, verify=False), _placeholder, mapped=True, path=path))


class _Estimator:
    """An estimator of a class that is not imported."""

    _params: tuple[str, ...]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: vars(self)[name] for name in self._params}

    def fit(self, X: Any, y: Any = None) -> None:
        raise TypeError


@lru_cache(maxsize=1024)
def _class(name: str, params: tuple[str, ...]) -> type:
    module, _, cls = name.rpartition(".")
    return type(cls, (_Estimator,), {"__module__": module, "_params": params})


def _placeholder(name: str, sections: Sections, path: str) -> Any:
    if name in KINDS:
        return object_of_kind(name, sections["fields"])
    params, attributes = sections["params"], sections["attributes"]
    try:
        cls = loaded_class(name, ())
    except ParamsFileError:
        cls = _class(name, tuple(params))
    made: Any = object.__new__(cls)
    vars(made).update(params)
    vars(made).update({n: value for n, value in attributes.items() if value is not DERIVED})
    return made
