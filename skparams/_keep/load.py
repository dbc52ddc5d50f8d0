"""Make an estimator from a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from skparams._keep.checks import check_attribute_names, check_attributes, check_hyperparameters
from skparams._keep.classes import loaded_class
from skparams._keep.container import read
from skparams._keep.contents import ROUTING, complete
from skparams._keep.decode import Decoder, Sections
from skparams._keep.errors import ParamsFileError
from skparams._keep.into import put_into
from skparams._keep.kinds import KINDS
from skparams._keep.versions import WITHOUT_EFFECT, Versions
from skparams._walk import check_names

# What reading a file raises that is not what it should be, whoever wrote it.
_MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def load_params(
    path: str | os.PathLike[str],
    *,
    into: Any = None,
    allow: Collection[str] = (),
    verify: bool = True,
) -> Any:
    """Load an estimator from a file that ``save_params`` wrote.

    No code of the file is run, as it holds none: classes are imported from scikit-learn and
    skparams, and from elsewhere only if ``allow`` names them.

    Parameters
    ----------
    path : str or path-like
        The file.
    into : estimator, default=None
        An estimator of the same class and with the same hyperparameters, which gets the fitted
        parameters; if it is fitted, those that it has must have the same shapes. By default a new
        one is made.
    allow : collection of str, default=()
        Full names of classes from other packages that may be imported: ``"mypackage.Model"``. Their
        modules and constructors are run.
    verify : bool, default=True
        Whether to read the whole file and compare its checksums. Otherwise arrays of floats are
        read-only views of the file, which are read when they are used; the file must not change.

    Returns
    -------
    estimator
        The new one, or ``into``.

    Raises
    ------
    ParamsFileError
        If the file is damaged, was not written by ``save_params``, names a class that may not be
        loaded, holds what is not a possible state of an estimator, or was written under another
        version that kept other attributes.
    ValueError
        If ``into`` is of another class, or has other hyperparameters or shapes. It is then as it
        was.
    OSError
        If the file cannot be read.
    ImportError
        If safetensors is not installed.

    See Also
    --------
    save_params : Write the file.
    inspect_params : Look at a file without loading it.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import load_params, save_params
    >>> path = getfixture("tmp_path") / "ridge.safetensors"
    >>> save_params(Ridge().fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]), path)
    >>> load_params(path).predict([[4.0]])
    array([3.])
    """
    check_names("load_params", "allow", allow)
    contents = read(path, verify=verify)
    with reading(path):
        versions = Versions(contents.text.get("versions"))
        versions.check()
        with versions.in_errors():
            made = Decoder(contents, _maker(allow, versions), mapped=not verify).root()
    return made if into is None else put_into(into, made)


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[None]:
    """Raise ParamsFileError, which names the file, for whatever is wrong with what it holds."""
    try:
        yield
    except _MALFORMED as error:
        raise ParamsFileError(f"{os.fspath(path)!r} cannot be loaded: {error}") from error


def _maker(allow: Collection[str], versions: Versions) -> Callable[[str, Sections, str], Any]:
    def make(name: str, sections: Sections, path: str) -> Any:
        try:
            if name in KINDS:
                return object_of_kind(name, sections["fields"])
            return _estimator(loaded_class(name, allow), sections, versions)
        except _MALFORMED as error:
            raise ParamsFileError(
                f"{path or 'the estimator'} of the class {name}: {error}"
            ) from error

    return make


def object_of_kind(name: str, fields: dict[str, Any]) -> Any:
    """Make an object that is no estimator; ValueError if it is impossible."""
    module, _, cls = name.rpartition(".")
    return KINDS[name].build(getattr(import_module(module), cls), fields)


def _estimator(cls: type, sections: Sections, versions: Versions) -> Any:
    attributes, params = sections["attributes"], sections["params"]
    made = cls(**versions.hyperparameters(cls, params))
    before = {ROUTING, *vars(made)}
    learned = {name: value for name, value in attributes.items() if name not in before}
    versions.check_attributes(cls, params, learned)
    check_attribute_names(cls, learned.keys())
    for name, value in attributes.items():
        if not name.isidentifier() or name in params or name.startswith("__"):
            raise ValueError(f"{name!r} is no attribute that fit sets")
        vars(made)[name] = value
    check_hyperparameters(made, WITHOUT_EFFECT)
    complete(made)
    if learned:
        check_attributes(made)
    return made
