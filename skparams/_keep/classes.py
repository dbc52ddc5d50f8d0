"""Names of classes, and the classes of a name that may be loaded."""

from __future__ import annotations

import sys
from collections.abc import Collection
from importlib import import_module
from typing import Any

from sklearn.base import BaseEstimator

from skparams._keep.contents import Refused
from skparams._keep.errors import ParamsFileError

# Packages whose estimators may be loaded without being named.
_PACKAGES = ("sklearn", "skparams")
_NOT_OF_MODELS = {"tests", "conftest", "externals"}


def public_name(cls: type, path: str = "") -> str:
    """Return the module and the name that a class is imported by, without private modules."""
    module, name = cls.__module__, cls.__qualname__
    if "." in name:
        raise Refused(path, f"is a {module}.{name}, whose class cannot be imported")
    parts = module.split(".")
    private = next((i for i, part in enumerate(parts) if i and part.startswith("_")), len(parts))
    public = ".".join(parts[:private])
    if getattr(sys.modules.get(public), name, None) is cls:
        module = public
    return f"{module}.{name}"


def loaded_class(name: Any, allow: Collection[str]) -> type:
    """Import an estimator's class, if it is scikit-learn's, ours, or one of ``allow``."""
    if not isinstance(name, str):
        raise ParamsFileError(f"the name of a class is {name!r}")
    parts = name.split(".")
    ours = parts[0] in _PACKAGES and _NOT_OF_MODELS.isdisjoint(parts) and len(parts) > 1
    if not (ours or name in allow) or not all(part.isidentifier() for part in parts):
        raise ParamsFileError(
            f"the class {name!r} is neither scikit-learn's nor skparams's. If you trust its code, "
            f"give allow=({name!r},)"
        )
    try:
        cls = getattr(import_module(".".join(parts[:-1])), parts[-1])
    except (ImportError, AttributeError) as error:
        raise ParamsFileError(f"the class {name!r} is not here: {error}") from None
    if not isinstance(cls, type) or (ours and not issubclass(cls, BaseEstimator)):
        raise ParamsFileError(f"{name!r} is no class of estimators")
    return cls
