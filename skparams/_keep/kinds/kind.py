"""What keeping an object that is no estimator takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """How objects of some classes become fields, and objects again.

    Parameters
    ----------
    classes : tuple of str
        The full names of the classes.
    fields : callable
        From an object: what is kept of it, by name. Arrays are separate and plain.
    build : callable
        From the class and the fields of a file: the object. An author can forge every field, so
        one may be missing or of any type; what compiled code trusts is checked on a private copy.
        Raises ValueError with the name of the field.
    """

    classes: tuple[str, ...]
    fields: Callable[[Any], dict[str, Any]]
    build: Callable[[type, Mapping[str, Any]], Any]
