"""Estimators by a short name or by the import path of their class."""

import difflib
import importlib
from ast import literal_eval
from collections.abc import Iterable
from typing import Any

from sklearn.base import is_classifier, is_regressor

from skparams._cli.console import CommandError, quoted, reason
from skparams._cli.model_names import MODELS, SETTINGS
from skparams._report import few
from skparams.specs import is_estimator

_MAX_LISTED = 12


def make_estimator(name: str, *, classes: bool | None, any_task: bool = False) -> Any:
    """A new estimator; ``classes`` says whether it has to classify, None that it is not known.

    With ``any_task``, it may be one that is neither a classifier nor a regressor.
    """
    if name in MODELS:
        if classes is None:
            raise CommandError(
                f"{quoted(name)} is a classifier and a regressor: give --classes or --outputs, or "
                "--data and --target"
            )
        path = MODELS[name][0 if classes else 1]
        return imported(path)(**SETTINGS.get(path, {}))
    if "." not in name:
        raise CommandError(
            f"no model is called {quoted(name)}; {listed(name, MODELS)}, or the import path of a "
            "class, such as sklearn.svm.SVC"
        )
    cls = imported(name)
    try:
        made = cls()
    except Exception as error:  # whatever the constructor of somebody else raises
        raise CommandError(f"{name} cannot be made without arguments: {reason(error)}") from error
    if not is_estimator(made):
        raise CommandError(f"{name} is no estimator: it lacks fit or get_params")
    may_be = {classes, None} if any_task else {classes}
    if classes is not None and _classifies(made) not in may_be:
        raise CommandError(f"{name} is no {'classifier' if classes else 'regressor'}")
    return made


def _classifies(estimator: Any) -> bool | None:
    """Whether it is a classifier and no regressor, None if it is neither or does not say."""
    try:
        kinds = is_classifier(estimator), is_regressor(estimator)
    except AttributeError:  # it has no tags
        return None
    return kinds[0] if any(kinds) else None


def imported(path: str) -> type:
    """Import a class by its module and its name; importing a module runs its code."""
    module_name, _, name = path.rpartition(".")
    if not all(part.isidentifier() for part in path.split(".")):
        raise CommandError(f"{quoted(path)} is not the import path of a class")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # the module's own code may raise anything
        raise CommandError(f"cannot import {module_name}: {reason(error)}") from error
    cls = getattr(module, name, None)
    if not isinstance(cls, type):
        found = [n for n, value in vars(module).items() if n[0] != "_" and hasattr(value, "fit")]
        more = f"; {listed(name, found)}" if found else ""
        raise CommandError(f"{module_name} has no class {quoted(name)}{more}")
    return cls


def set_hyperparameters(estimator: Any, settings: Iterable[str]) -> None:
    """Set hyperparameters that are written as ``name=value``."""
    for setting in settings:
        name, sign, text = setting.partition("=")
        name = name.strip()
        if not sign or not name:
            raise CommandError(f"--set takes NAME=VALUE, got {quoted(setting)}")
        if name not in (names := estimator.get_params()):
            raise CommandError(
                f"{type(estimator).__name__} has no hyperparameter {quoted(name)}; "
                f"{listed(name, names)}"
            )
        estimator.set_params(**{name: _value(name, text)})


def _value(name: str, text: str) -> Any:
    """A value as Python writes it; a word without quotes is text, as shells remove them."""
    try:
        return literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        word = text.strip()
        if word.replace("-", "_").replace(".", "_").isidentifier():
            return word
    raise CommandError(
        f"--set {name} takes a number, a text, True, False, None or a tuple of these, "
        f"got {quoted(text)}"
    )


def listed(name: str, names: Iterable[str]) -> str:
    """The names that there are, those first that are most like another one."""
    names = list(names)
    like = difflib.get_close_matches(name, names, n=_MAX_LISTED, cutoff=0.6)
    listed = [*like, *(other for other in names if other not in like)]
    return f"choose one of: {few(map(quoted, listed), _MAX_LISTED)}"
