"""Whether a file that was written under other versions can be loaded here."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sklearn.exceptions import InconsistentVersionWarning
from sklearn.utils.fixes import parse_version

from skparams._compat import may_be
from skparams._keep.errors import ParamsFileError
from skparams._version import __version__
from skparams.specs import defaults_of

# Versions of scikit-learn whose attributes were compared, estimator by estimator.
_COMPARED = "1.7", "1.9"
# Attributes that predictions need from a version on.
_NEEDED = {
    "1.8": {
        "RidgeClassifier": "classes_",
        "RidgeClassifierCV": "classes_",
        "SimpleImputer": "_fill_dtype",
        "SparseCoder": "n_features_in_",
    },
    "1.9": dict.fromkeys(("NuSVC", "NuSVR", "OneClassSVM", "SVC", "SVR"), "_effective_probability"),
}
# What means something else before and from a version on, by hyperparameters and attributes.
_CHANGED: dict[str, dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], bool]]] = {
    "1.8": {
        # Probabilities of several classes are no longer those of one class against the rest.
        **dict.fromkeys(
            ("LogisticRegression", "LogisticRegressionCV"),
            lambda params, kept: params.get("solver") == "liblinear" and len(kept["classes_"]) > 2,
        ),
        # The constant is kept as an object.
        "SimpleImputer": lambda params, kept: params.get("strategy") == "constant",
    }
}
# Defaults of hyperparameters that have no effect any more. Where they had one, they have another
# default.
WITHOUT_EFFECT = ("deprecated", "warn")
# Values of others that have no effect, and that another version does not take.
_UNUSED = {("SGDClassifier", "eta0", 0.0), ("SGDOneClassSVM", "eta0", 0.0)}


class _OtherVersion(InconsistentVersionWarning):
    """Of scikit-learn, between which the attributes were compared."""

    def __str__(self) -> str:
        saved, here = self.original_sklearn_version, self.current_sklearn_version
        return _differ("sklearn", saved, here)


class Versions:
    """Of the packages that the estimators of a file are from: when it was saved, and here."""

    def __init__(self, saved: Any) -> None:
        if not isinstance(saved, dict):
            raise ParamsFileError(f"its versions are {saved!r}")
        self.saved: dict[str, Any] = saved

    def check(self) -> None:
        """Raise if attributes may be others here; warn if the versions differ."""
        for package, saved in self.saved.items():
            here = version_of(package)
            if package in ("numpy", "scipy") or _minor(saved) == _minor(here):
                continue
            if package == "skparams" or (
                package == "sklearn" and not (_is_compared(saved) and _is_compared(here))
            ):
                raise ParamsFileError(
                    f"it was saved under {_name(package)} {saved}, here is {here}, and whether "
                    "the same attributes are kept by both is not known"
                )
            versions = {"current_sklearn_version": here, "original_sklearn_version": saved}
            warnings.warn(
                _OtherVersion(estimator_name="", **versions)
                if package == "sklearn"
                else UserWarning(_differ(package, saved, here)),
                stacklevel=3,
            )

    def hyperparameters(self, cls: type, params: Mapping[str, Any]) -> dict[str, Any]:
        """Those that the constructor takes; raise if one that has an effect is not among them."""
        known = defaults_of(cls)
        taken = {}
        for name, value in params.items():
            without_effect = (isinstance(value, str) and value in WITHOUT_EFFECT) or (
                isinstance(value, float) and (cls.__name__, name, value) in _UNUSED
            )
            if name not in known and not without_effect:
                under = self._under(cls.__module__.partition(".")[0])
                raise ParamsFileError(f"{cls.__name__} has no hyperparameter {name!r} {under}")
            if name in known and (not without_effect or may_be(cls, name, value)):
                taken[name] = value
        return taken

    def check_attributes(
        self, cls: type, params: Mapping[str, Any], attributes: Mapping[str, Any]
    ) -> None:
        """Raise if attributes are missing, or mean something else, under the version here."""
        here = version_of("sklearn")
        fitted = any(name.endswith("_") for name in attributes)
        theirs = cls.__module__.startswith("sklearn.")
        if not (fitted and theirs and self._differ("sklearn")):
            return
        for since, needed in _NEEDED.items():
            name = needed.get(cls.__name__)
            if name not in (None, *attributes) and parse_version(here) >= parse_version(since):
                raise ParamsFileError(f"{cls.__name__} has no {name} {self._under('sklearn')}")
        low, high = sorted(parse_version(_minor(each)) for each in (self.saved["sklearn"], here))
        for since, changed in _CHANGED.items():
            differs = changed.get(cls.__name__)
            if differs and low < parse_version(since) <= high and differs(params, attributes):
                raise ParamsFileError(
                    f"{cls.__name__} means something else since {since} {self._under('sklearn')}"
                )

    @contextmanager
    def in_errors(self) -> Iterator[None]:
        """Name the versions of scikit-learn in errors of the block, if they differ."""
        try:
            yield
        except ParamsFileError as error:
            under = self._under("sklearn")
            if not self._differ("sklearn") or under in str(error):
                raise
            raise ParamsFileError(f"{error} {under}") from error

    def _differ(self, package: str) -> bool:
        saved = self.saved.get(package)
        return saved is not None and _minor(saved) != _minor(version_of(package))

    def _under(self, package: str) -> str:
        saved, here = self.saved.get(package), version_of(package)
        return f"(saved under {_name(package)} {saved}, here is {here})"


@cache  # reading what is installed takes longer than loading a small model
def version_of(package: str) -> str:
    """The version of an installed package, "unknown" if it has none."""
    if package == "skparams":
        return __version__
    try:
        return version(_name(package))
    except PackageNotFoundError:
        return "unknown"


def _name(package: str) -> str:
    return "scikit-learn" if package == "sklearn" else package


def _minor(text: Any) -> str:
    return ".".join(str(text).split(".")[:2])


def _is_compared(text: Any) -> bool:
    low, high = map(parse_version, _COMPARED)
    known = re.fullmatch(r"\d+\.\d+", _minor(text))
    return known is not None and low <= parse_version(known[0]) <= high


def _differ(package: str, saved: Any, here: str) -> str:
    return f"load_params: saved under {_name(package)} {saved}, here is {here}."
