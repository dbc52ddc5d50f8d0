"""Where the Spec of a class is found."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeVar

from skparams.specs.spec import Spec

__all__ = ["nearest", "register", "registered", "registered_for"]

Entry = TypeVar("Entry")

_REGISTRY: dict[str, Spec] = {}


def register(name: str, spec: Spec) -> None:
    """Make a Spec known for a class and its subclasses, without importing the class.

    Parameters
    ----------
    name : str
        The top package and the class, ``"sklearn.PCA"``.
    spec : Spec
        What is known about it. It replaces one registered before.

    Raises
    ------
    ValueError
        If the name does not have these two parts.
    TypeError
        If ``spec`` is not a Spec.

    Examples
    --------
    >>> from skparams.specs import Spec, parameter, register
    >>> register("mypackage.Averager", Spec({"mean_": parameter("n_features")}))
    """
    package, _, cls = name.partition(".")
    if not (package.isidentifier() and cls.isidentifier()):
        raise ValueError(
            f"register: name must be the top package and the class, like 'sklearn.PCA', "
            f"got {name!r}."
        )
    if not isinstance(spec, Spec):
        raise TypeError(f"register: spec for {name!r} must be a Spec, got {type(spec).__name__}.")
    _REGISTRY[name] = spec
    registered_for.cache_clear()


def registered(estimator: Any) -> Spec | None:
    """Return the Spec that an estimator's class declares or that is registered for it.

    Parameters
    ----------
    estimator : estimator
        Any.

    Returns
    -------
    Spec or None
        The class's own, else that of the nearest class in its method resolution order.
    """
    cls: type = type(estimator)
    if hasattr(cls, "__skparams__"):
        spec = estimator.__skparams__()
        if not isinstance(spec, Spec):
            raise TypeError(
                f"{cls.__name__}.__skparams__() must return a Spec, got {type(spec).__name__}."
            )
        return spec
    return registered_for(cls)


@lru_cache(maxsize=4096)
def registered_for(cls: type) -> Spec | None:
    """Return the Spec registered for a class or the nearest base of it."""
    _load_shipped()
    return nearest(cls, _REGISTRY)


@lru_cache(maxsize=1)
def _load_shipped() -> None:
    """Register the Specs that ship, which import nothing that they describe."""
    import_module("skparams.specs.sklearn")


def nearest(cls: type, table: Mapping[str, Entry]) -> Entry | None:
    """Return what a table has under the name of a class or of the nearest base of it."""
    for base in cls.__mro__:
        found = table.get(f"{base.__module__.partition('.')[0]}.{base.__name__}")
        if found is not None:
            return found
    return None
