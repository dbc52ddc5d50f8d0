"""What is known about a class of estimators, as data, and where to find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from skparams.inspection._record import ROLES, Layer

__all__ = ["Rule", "Spec", "parameter", "register", "registered"]

# The dims of the i-th of n arrays, for an attribute that is a list of arrays.
ListDims = Callable[[int, int], tuple[str, ...]]
# A free count from the array's shape and the estimator's hyperparameters.
FreeCount = Callable[[tuple[int, ...], Mapping[str, Any]], int]
# The layers of a network from a fitted estimator's attributes and hyperparameters.
Layers = Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[Layer, ...]]


@dataclass(frozen=True)
class Rule:
    """What one fitted attribute is.

    Parameters
    ----------
    role : str
        One of ``skparams.inspection.ROLES``.
    dims : tuple of str or callable, default=None
        The name of each axis. Leading names are left out where an array has fewer axes, as the
        ``coef_`` of a single target has. A callable gets the index and the length of a list.
    free : callable or "nonzero", default=None
        The count minus constraints, from the shape and the hyperparameters; by default all.
    when : str, default=None
        The hyperparameter without which the attribute is no parameter, like ``fit_intercept``.
    """

    role: str
    dims: tuple[str, ...] | ListDims | None = None
    free: FreeCount | Literal["nonzero"] | None = None
    when: str | None = None

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"Rule: role must be one of {', '.join(ROLES)}, got {self.role!r}.")


def parameter(
    *dims: str,
    free: FreeCount | Literal["nonzero"] | None = None,
    when: str | None = None,
) -> Rule:
    """Return the rule of a fitted parameter with one name for each axis.

    Parameters
    ----------
    *dims : str
        The names, such as ``"n_components", "n_features"``. A name that is a hyperparameter's
        says that this hyperparameter decides the size.
    free : callable or "nonzero", default=None
        As for ``Rule``.
    when : str, default=None
        As for ``Rule``.

    Returns
    -------
    Rule
        With the role ``"parameter"``.

    Examples
    --------
    >>> from skparams.inspection import parameter
    >>> parameter("n_components", "n_features").dims
    ('n_components', 'n_features')
    """
    return Rule("parameter", dims, free, when)


@dataclass(frozen=True)
class Spec:
    """What is known about a class of estimators.

    Parameters
    ----------
    attributes : mapping of str to Rule or str
        What each fitted attribute is; a string is a role. An attribute that is not named is
        looked at and guessed.
    decides : mapping of str to tuple of str, default={}
        Hyperparameters and the attributes whose size they decide, beside those that follow from
        the names of dims and from ``when``.
    layers : callable, default=None
        From the attributes and the hyperparameters of a fitted estimator, its layers.
    winner : str, default=None
        The attribute with the one fitted estimator that stands for all, as in a search: its
        hyperparameters are shown instead of those of the estimator passed in.
    shows : tuple of str, default=()
        Attributes whose values a summary prints, beside those with the role ``"tuned"``.
    guessed : bool, default=False
        Whether it was made from what an estimator holds, without knowing its class.

    Examples
    --------
    >>> from skparams.inspection import Spec, parameter
    >>> spec = Spec({"coef_": parameter("n_outputs", "n_features"), "n_iter_": "diagnostic"})
    >>> spec.rules["n_iter_"].role
    'diagnostic'
    """

    attributes: Mapping[str, Rule | str]
    decides: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    layers: Layers | None = field(default=None, kw_only=True)
    winner: str | None = field(default=None, kw_only=True)
    shows: tuple[str, ...] = field(default=(), kw_only=True)
    guessed: bool = field(default=False, kw_only=True)
    rules: Mapping[str, Rule] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rules = {
            name: rule if isinstance(rule, Rule) else Rule(rule)
            for name, rule in self.attributes.items()
        }
        object.__setattr__(self, "rules", rules)

    def decided_by(self, hyperparameters: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """Return, for hyperparameters that decide something, the attributes they decide.

        Parameters
        ----------
        hyperparameters : mapping
            The estimator's own.

        Returns
        -------
        dict
            Names of hyperparameters and of attributes.
        """
        decided: dict[str, list[str]] = {}
        for name, rule in self.rules.items():
            dims = rule.dims if isinstance(rule.dims, tuple) else ()
            for source in (*dims, rule.when):
                if source is not None and source in hyperparameters:
                    decided.setdefault(source, []).append(name)
        for source, names in self.decides.items():
            decided.setdefault(source, []).extend(names)
        return {source: tuple(dict.fromkeys(names)) for source, names in decided.items()}


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
    >>> from skparams.inspection import Spec, parameter, register
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
    cls = type(estimator)
    if hasattr(cls, "__skparams__"):
        spec = estimator.__skparams__()
        if not isinstance(spec, Spec):
            raise TypeError(
                f"{cls.__name__}.__skparams__() must return a Spec, got {type(spec).__name__}."
            )
        return spec
    for base in cls.__mro__:
        found = _REGISTRY.get(f"{base.__module__.partition('.')[0]}.{base.__name__}")
        if found is not None:
            return found
    return None
