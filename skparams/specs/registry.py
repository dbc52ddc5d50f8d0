"""Where the Spec of a class is found."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from threading import RLock
from typing import Any

from skparams.specs.spec import Spec

_GROUP = "skparams.specs"  # of entry points

_BY_USERS: dict[str, Spec] = {}
_BY_PACKAGES: dict[str, Spec] = {}
# Where register puts a Spec: entry points run with the other one.
_TARGET: ContextVar[dict[str, Spec]] = ContextVar("target", default=_BY_USERS)
_LOCK = RLock()
_DECLARED = object()  # stands for what an instance's __skparams__ returns


def register(name: str, spec: Spec) -> None:
    """Make a Spec known for a class and its subclasses, without importing the class.

    The Spec of an estimator is that of the nearest class in its method resolution order that has
    one. If there are several for that class, the first of these counts: one that was registered,
    what the class returns from ``__skparams__``, one registered by an entry point of another
    package in the group ``"skparams.specs"``, one that comes with skparams. An entry point names a
    function without arguments that calls ``register``, or a module that does so on import.

    Parameters
    ----------
    name : str
        The module that defines the class, and the class: ``"mypackage.cluster.Prototypes"``. From
        the first part that begins with an underscore on, the rest of the module may be left out:
        ``"sklearn.linear_model.Ridge"`` is enough for ``sklearn.linear_model._ridge.Ridge``.
    spec : Spec
        What is known about it. It replaces one registered before.

    Raises
    ------
    ValueError
        If the name is not a module and a class.
    TypeError
        If ``spec`` is not a Spec.

    See Also
    --------
    Spec : What is registered.

    Examples
    --------
    >>> from skparams.specs import Spec, parameter, register
    >>> register("mypackage.models.Averager", Spec({"mean_": parameter("n_features")}))
    """
    parts = name.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        raise ValueError(
            "register: name must be a module and a class, like 'sklearn.linear_model.Ridge', "
            f"got {name!r}."
        )
    if not isinstance(spec, Spec):
        raise TypeError(f"register: spec for {name!r} must be a Spec, got {type(spec).__name__}.")
    _TARGET.get()[name] = spec
    _lookup.cache_clear()
    overridden.cache_clear()


def spec_of(estimator: Any) -> Spec | None:
    """Return the Spec of an estimator, None where there is none."""
    cls: type = type(estimator)
    found, _ = _lookup(cls)
    if found is not _DECLARED:
        return found
    spec = estimator.__skparams__()
    if not isinstance(spec, Spec):
        raise TypeError(
            f"{cls.__name__}.__skparams__() must return a Spec, got {type(spec).__name__}."
        )
    return spec


def has_spec(cls: type) -> bool:
    """Whether there is a Spec for the instances of a class."""
    return _lookup(cls)[0] is not None


@lru_cache(maxsize=1024)
def overridden(cls: type) -> frozenset[str]:
    """Return what classes from elsewhere define on top of the class that a Spec describes.

    Nothing is known of what such a method reads. Subclasses in the same package are described too.
    """
    _, described = _lookup(cls)
    if described is None:
        return frozenset()
    package = described.__module__.partition(".")[0]
    above = cls.__mro__[: cls.__mro__.index(described)]
    return frozenset(
        name
        for base in above
        if base.__module__.partition(".")[0] != package
        for name in vars(base)
    )


def spec_named(name: str) -> Spec:
    """Return the Spec that is registered for, or comes with skparams for, exactly this name."""
    return next(table[name] for table in _tables(name) if name in table)


@lru_cache(maxsize=4096)
def _lookup(cls: type) -> tuple[Any, type | None]:
    """Return the Spec of the nearest class that has one, or ``_DECLARED``, and that class."""
    _load_entry_points()
    for base in cls.__mro__:
        names = [f"{base.__module__}.{base.__name__}", f"{_public(base)}.{base.__name__}"]
        for table in _tables(names[0]):
            for name in names:
                if name in table:
                    return table[name], base
            if table is _BY_USERS and "__skparams__" in vars(base):
                return _DECLARED, base
    return None, None


def _public(cls: type) -> str:
    """Return a class's module up to the first part that is private."""
    return cls.__module__.partition("._")[0]


def _tables(name: str) -> Iterator[Mapping[str, Spec]]:
    yield _BY_USERS
    yield _BY_PACKAGES
    package, _, rest = name.partition(".")
    yield _shipped(package, rest.partition(".")[0] if package == "sklearn" else "")


@cache
def _shipped(package: str, module: str) -> Mapping[str, Spec]:
    """Import the Specs of one module of scikit-learn, or of another package."""
    file = f"sklearn.{module}" if module else f"third_party.{package}"
    if find_spec(f"skparams.specs.{file}") is None:
        return {}
    prefix = f"{package}.{module}" if module else package
    specs = import_module(f"skparams.specs.{file}").SPECS
    return {f"{prefix}.{name}": spec for name, spec in specs.items()}


def _load_entry_points() -> None:
    """Let other packages register their Specs, once; a broken one is a warning."""
    global _load_pending
    with _LOCK:
        if not _load_pending:
            return
        _load_pending = False
        token = _TARGET.set(_BY_PACKAGES)
        try:
            for entry in entry_points(group=_GROUP):
                try:
                    loaded = entry.load()
                    if callable(loaded):
                        loaded()
                except Exception as error:  # another package's code, which may raise anything
                    warnings.warn(
                        f"skparams: the entry point {entry.name!r} of the group {_GROUP!r} is "
                        f"left out, it raised {type(error).__name__}: {error}",
                        stacklevel=2,
                    )
        finally:
            _TARGET.reset(token)


_load_pending = True
