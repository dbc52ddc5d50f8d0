"""What is known about a class of estimators, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from skparams._records import (
    ROLES,
    Bounds,
    Cost,
    Count,
    DataShape,
    Layer,
    Leading,
    Size,
    Trees,
    Unknown,
)

__all__ = [
    "After",
    "Member",
    "Params",
    "Part",
    "Rule",
    "Said",
    "Spec",
    "Units",
    "parameter",
]

Params = Mapping[str, Any]  # hyperparameters by name
# The dims of the i-th of n arrays, for an attribute that is a list of arrays.
ListDims = Callable[[int, int], tuple[str, ...]]
# A free count from the array's shape and the estimator's hyperparameters.
FreeCount = Callable[[tuple[int, ...], Params], int]
# Whether something holds, from the data's shape and the hyperparameters.
Said = Callable[[DataShape, Params], bool]
# Dims whose units have no order of their own, and the attributes that turn with a unit's sign.
Units = Mapping[str, tuple[str, ...]]
# The layers of a network from a fitted estimator's attributes and hyperparameters.
Layers = Callable[[Mapping[str, Any], Params], tuple[Layer, ...]]

# The components of a decomposition from the same.
LeadingFeatures = Callable[[Mapping[str, Any], Params], Leading | None]


@dataclass(slots=True)  # not frozen, which makes making one slow, and forests make many
class Part:
    """Some numbers inside an attribute that is neither an array nor an estimator.

    Parameters
    ----------
    path : str
        What follows the attribute's name, such as ``".threshold"`` or ``"[0].values"``.
    array : ndarray or number, default=None
        The numbers themselves, not a copy. None before fit.
    dims : tuple of str, default=None
        The name of each axis.
    count : int or Bounds, default=None
        How many of the numbers predictions need, where that is not all of them: a tree keeps a
        threshold for its leaves too. Before fit, how many there will be.
    free : int or Bounds, default=None
        That count minus constraints, where there are any.
    role : str, default="parameter"
        One of ``skparams.specs.ROLES``.
    used : callable, default=None
        For statistics, where predictions do not need all numbers: returns those that they do.
    bytes : int or Bounds, default=None
        What the numbers take, where that is not what the array takes: the fields of a record
        that no other part counts. Before fit, where it does not follow from dims or the count.
    infinite : bool, default=False
        Whether infinity is a number like others, as the threshold of a split that sends missing
        values one way and all others the other way.
    owner : int, default=None
        The identity of the object, where the numbers are in memory that it alone has. By default
        they are looked up among all arrays, in case that another attribute holds them too.
    write : callable, default=None
        For ``set_fitted_params``, where the numbers cannot be written in place: puts other ones
        into the object.
    trees : Trees, default=None
        The size of the decision trees that the numbers belong to: one object for all parts of them.
    """

    path: str
    array: Any = None
    dims: tuple[str, ...] | None = None
    count: Count | None = None
    free: Count | None = None
    role: str = "parameter"
    used: Callable[[], Any] | None = None
    bytes: Count | None = None
    infinite: bool = False
    owner: int | None = None
    write: Callable[[Any], None] | None = None
    trees: Trees | None = None


@dataclass(frozen=True)
class Rule:
    """What one fitted attribute is.

    Parameters
    ----------
    role : str
        One of ``skparams.specs.ROLES``.
    dims : tuple of str or callable, default=None
        The name of each axis. Leading names are left out where an array has fewer axes, as the
        ``coef_`` of a single target has. A callable gets the index and the length of a list. With
        ``by``, a mapping from the hyperparameter's values to names.
    free : callable or "nonzero", default=None
        The count minus constraints, from the shape and the hyperparameters; by default all.
    when : str or callable, default=None
        The hyperparameter without which the attribute is no parameter, like ``fit_intercept``; or
        a function of the hyperparameters that says whether it is one.
    otherwise : str, default="auxiliary"
        The role without that hyperparameter: ``"structure"`` where predictions read a constant
        that stands in, as an offset of zero.
    by : str, default=None
        The hyperparameter that chooses among the dims, like ``covariance_type``.
    parts : callable, default=None
        For an attribute that is an object: from it, the ``Part`` s that it holds.
    length : callable, default=None
        For a list of arrays: from the data's shape and the hyperparameters, how many there will
        be. Needed before fit only.
    before : callable, default=None
        For an attribute whose sizes do not follow from dims: from the data's shape and the
        hyperparameters, the ``Part`` s that it will hold, without arrays. Of an attribute that
        holds estimators, what is learned there beside what ``Spec.members`` says.
    float64 : bool or callable, default=False
        Whether the array is float64 even where ``Spec.keeps_float32`` says that others are not;
        a callable says so from the data's shape and the hyperparameters.
    derive : callable, default=None
        For what predictions use but is derived from parameters: from the attributes and the
        hyperparameters, its value, which has to follow where parameters are replaced.
    """

    role: str
    dims: tuple[str, ...] | ListDims | Mapping[str, tuple[str, ...]] | None = None
    free: FreeCount | Literal["nonzero"] | None = None
    when: str | Callable[[Params], bool] | None = None
    otherwise: str = field(default="auxiliary", kw_only=True)
    by: str | None = field(default=None, kw_only=True)
    parts: Callable[[Any], Iterable[Part]] | None = field(default=None, kw_only=True)
    length: Callable[[DataShape, Params], int] | None = field(default=None, kw_only=True)
    before: Callable[[DataShape, Params], Iterable[Part]] | None = field(default=None, kw_only=True)
    float64: bool | Said = field(default=False, kw_only=True)
    derive: Callable[[Mapping[str, Any], Params], Any] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        for name, role in (("role", self.role), ("otherwise", self.otherwise)):
            if role not in ROLES:
                raise ValueError(f"Rule: {name} must be one of {', '.join(ROLES)}, got {role!r}.")

    def holds(self, params: Params) -> bool:
        """Say whether the attribute has its role, given the hyperparameters."""
        if callable(self.when):
            return bool(self.when(params))
        return self.when is None or bool(params.get(self.when, True))

    def dims_for(self, params: Params) -> tuple[str, ...] | ListDims | None:
        """Return the dims, given the hyperparameters."""
        if isinstance(self.dims, tuple) or not isinstance(self.dims, Mapping):
            return self.dims  # most are tuples, and to ask for a Mapping takes long
        return self.dims.get(params[self.by]) if self.by and self.by in params else None


def parameter(
    *dims: str,
    free: FreeCount | Literal["nonzero"] | None = None,
    when: str | Callable[[Params], bool] | None = None,
    otherwise: str = "auxiliary",
) -> Rule:
    """Return the rule of a fitted parameter with one name for each axis.

    Parameters
    ----------
    *dims : str
        The names, such as ``"n_components", "n_features"``. A name that is a hyperparameter's
        says that this hyperparameter decides the size.
    free : callable or "nonzero", default=None
        As for ``Rule``.
    when : str or callable, default=None
        As for ``Rule``.
    otherwise : str, default="auxiliary"
        As for ``Rule``.

    Returns
    -------
    Rule
        With the role ``"parameter"``.

    Examples
    --------
    >>> from skparams.specs import parameter
    >>> parameter("n_components", "n_features").dims
    ('n_components', 'n_features')
    """
    return Rule("parameter", dims, free, when, otherwise=otherwise)


@dataclass(frozen=True, slots=True)
class Member:
    """An estimator that ``fit`` will make and keep.

    Parameters
    ----------
    path : str
        Where: ``"estimators_[0]"``, or ``"estimators_"`` for many that are alike.
    estimator : estimator
        What it will be a fitted clone of.
    data : DataShape
        What it will be fitted on.
    times : int or Bounds, default=1
        How many alike.
    fitted : bool, default=False
        Whether it is kept as it is, fitted before, as with ``cv="prefit"``.
    """

    path: str
    estimator: Any
    data: DataShape
    times: int | Bounds = 1
    fitted: bool = False


# The shape that the data have behind a transformer: (transformer, data) -> data.
After = Callable[[Any, DataShape], DataShape]
# The members of a meta-estimator before fit. It may raise NotKnown.
Members = Callable[[Params, DataShape, After], Iterable[Member]]
# The number of columns that a transformer made of others puts out. It may raise NotKnown.
ColumnsOut = Callable[[Params, DataShape, After], int | Bounds | Unknown]


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
    leading : callable, default=None
        From the attributes and the hyperparameters of a fitted decomposition, its components with
        their leading features.
    winner : str, default=None
        The attribute with the one fitted estimator that stands for all, as in a search: its
        hyperparameters are shown instead of those of the estimator passed in.
    shows : tuple of str, default=()
        Attributes whose values a summary prints, beside those with the role ``"tuned"``.
    sizes : mapping of str to callable, or callable, default={}
        Before fit: how long the axis of that name will be, from the data's shape and the
        hyperparameters. Names of hyperparameters that are integers, and ``n_samples``,
        ``n_features``, ``n_outputs`` and ``n_classes``, need none. A callable makes the mapping
        from the hyperparameters.
    unknown : str, default=None
        Before fit: why nothing can be said about how much will be learned.
    members : callable, default=None
        Before fit: the estimators that fit will make, from the hyperparameters, the data's shape
        and a function that says which shape the data have behind a transformer.
    n_features_out : str, default=None
        Of a transformer: the name of the dim that counts its output columns.
    columns_out : callable, default=None
        Of a transformer whose output columns depend on the estimators in it, instead of
        ``n_features_out``: their number before fit, from what ``members`` gets.
    chained : bool, default=False
        Whether the data pass through the estimators in it one after the other.
    cost : callable, default=None
        Before fit: from the data's shape, the hyperparameters and the number of parameters, what
        training will cost. By default only the memory of the parameters is known.
    keeps_float32 : bool or callable, default=False
        Whether parameters learned from float32 are float32; a callable says so from the data's
        shape and the hyperparameters.
    passes_float32 : bool or callable, default=None
        Of a transformer: whether it puts out float32 for float32. By default it does where its
        parameters are float32. A callable as before.
    units : mapping of str to tuple of str, or callable, default={}
        The dims along which units may change places and the model is the same, as the hidden
        units of a network, and for each the attributes in which such a unit may change its sign.
        A callable makes the mapping from the hyperparameters.
    effective : callable, default=None
        The effective number of parameters, from the fitted estimator and its training X: the
        trace of the matrix that takes y to the predictions.
    findings : callable, default=None
        From the attributes and the hyperparameters: pairs of a code of docs/findings and a
        sentence, for what only this family can know.
    findings_on : callable, default=None
        The same, from the fitted estimator and an X as it gets to it.
    guessed : bool, default=False
        Whether it was made from what an estimator holds, without knowing its class.

    Examples
    --------
    >>> from skparams.specs import Spec, parameter
    >>> spec = Spec({"coef_": parameter("n_outputs", "n_features"), "n_iter_": "diagnostic"})
    >>> spec.rules["n_iter_"].role
    'diagnostic'
    """

    attributes: Mapping[str, Rule | str]
    decides: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    layers: Layers | None = field(default=None, kw_only=True)
    leading: LeadingFeatures | None = field(default=None, kw_only=True)
    winner: str | None = field(default=None, kw_only=True)
    shows: tuple[str, ...] = field(default=(), kw_only=True)
    sizes: Mapping[str, Size] | Callable[[Params], Mapping[str, Size]] = field(
        default_factory=dict, kw_only=True
    )
    unknown: str | None = field(default=None, kw_only=True)
    members: Members | None = field(default=None, kw_only=True)
    n_features_out: str | None = field(default=None, kw_only=True)
    columns_out: ColumnsOut | None = field(default=None, kw_only=True)
    chained: bool = field(default=False, kw_only=True)
    cost: Callable[[DataShape, Params, int], Cost] | None = field(default=None, kw_only=True)
    keeps_float32: bool | Said = field(default=False, kw_only=True)
    passes_float32: bool | Said | None = field(default=None, kw_only=True)
    units: Units | Callable[[Params], Units] = field(default_factory=dict, kw_only=True)
    effective: Callable[[Any, Any], float] | None = field(default=None, kw_only=True)
    findings: Callable[[Mapping[str, Any], Params], Iterable[tuple[str, str]]] | None = field(
        default=None, kw_only=True
    )
    findings_on: Callable[[Any, Any], Iterable[tuple[str, str]]] | None = field(
        default=None, kw_only=True
    )
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
            when = rule.when if isinstance(rule.when, str) else None
            for source in (*dims, when, rule.by):
                if source is not None and source in hyperparameters:
                    decided.setdefault(source, []).append(name)
        for source, names in self.decides.items():
            decided.setdefault(source, []).extend(names)
        return {source: tuple(dict.fromkeys(names)) for source, names in decided.items()}
