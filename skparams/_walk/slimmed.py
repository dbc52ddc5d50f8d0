"""The class of a slimmed estimator: its own in all but name, and it says what was dropped.

It is a subclass made for the purpose, as only a class can be asked for an attribute that an
instance lacks. It passes for the estimator's own: ``estimator.__class__``, ``clone``, ``repr`` and
``isinstance`` find that one, and a pickle names it beside what was dropped.
"""

from __future__ import annotations

from copyreg import __newobj__  # type: ignore[attr-defined]
from functools import cache
from types import new_class
from typing import Any

__all__ = ["Dropped", "Slimmed", "plain_class", "restored"]

# The names of attributes and their roles.
Dropped = tuple[tuple[str, str], ...]


class Slimmed:
    """What slimmed estimators have beside what their own class gives them."""

    _skparams_plain: type
    _skparams_dropped: dict[str, str]

    def __getattr__(self, name: str) -> Any:
        if name in self._skparams_dropped or (name == "partial_fit" and lost_state(self)):
            raise AttributeError(_why_missing(self, name), name=name, obj=self)
        inherited = getattr(super(), "__getattr__", None)
        if inherited is not None:
            return inherited(name)
        return super().__getattribute__(name)  # raises what it raised before

    def __reduce__(self) -> tuple:
        dropped = tuple(self._skparams_dropped.items())
        return restored, (self._skparams_plain, dropped), self.__getstate__()


def plain_class(value: Any) -> type:
    """Return a value's class, that of a slimmed estimator as it was before."""
    cls: type = type(value)
    return cls._skparams_plain if issubclass(cls, Slimmed) else cls


def restored(cls: type, dropped: Dropped) -> Any:
    """Return an instance of a class, without attributes, that knows which ones it will lack.

    Parameters
    ----------
    cls : type
        The estimator's own.
    dropped : tuple of (str, str)
        Names of attributes and their roles.

    Returns
    -------
    estimator
        Of the class's slimmed subclass.
    """
    return __newobj__(_slimmed_class(cls, dropped))


@cache
def _slimmed_class(cls: type, dropped: Dropped) -> type:
    def body(namespace: dict[str, Any]) -> None:
        namespace |= {
            "__module__": cls.__module__,
            "__qualname__": cls.__qualname__,
            "__doc__": cls.__doc__,
            "__class__": property(lambda self: cls),
            "_skparams_plain": cls,
            "_skparams_dropped": dict(dropped),
        }
        if hasattr(cls, "partial_fit") and any(role == "state" for _, role in dropped):
            namespace["partial_fit"] = property(_partial_fit)

    return new_class(cls.__name__, (Slimmed, cls), exec_body=body)


def _partial_fit(estimator: Any) -> Any:
    """Return the method where what it goes on from is there, as after another ``fit``."""
    if lost_state(estimator):
        raise AttributeError(_why_missing(estimator, "partial_fit"))
    return getattr(super(Slimmed, estimator), "partial_fit")  # noqa: B009  (checked when called)


def lost_state(estimator: Any) -> list[str]:
    """Return the attributes that further training needs, and that are missing."""
    dropped = estimator._skparams_dropped.items()
    return [name for name, role in dropped if role == "state" and name not in vars(estimator)]


def _why_missing(estimator: Slimmed, name: str) -> str:
    has = f"{estimator._skparams_plain.__name__!r} object has no attribute {name!r}"
    if name == "partial_fit":
        state = ", ".join(lost_state(estimator))
        return (
            f"{has}: it was slimmed, and what further training needs was dropped ({state}). Train "
            "the estimator that was slimmed."
        )
    return (
        f"{has}: it was slimmed, and predictions do not need it. "
        f"slim(estimator, keep=({name!r},)) keeps it."
    )
