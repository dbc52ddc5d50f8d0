"""What is known about a class of estimators, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, Literal

from skparams._records import ROLES, Bounds, Cost, Count, DataShape, Trees, Unknown
from skparams.specs.context import Context

# Whether something holds.
Predicate = Callable[[Context], bool]
# A free count: of all numbers (None), of those that are not zero, a count, or what a function says:
# Unknown where the shape does not tell.
_Free = Count | Literal["nonzero"] | None
Free = Callable[[Context], _Free] | _Free
# How long an axis will be. A function may raise NotKnown, as reading an unknown DataShape does.
Size = Count | Callable[[Context], Count]

# What a Spec may say in ``extras``.
EXTRAS = {
    "fitted": "whether it is fitted, where no attribute shows it",
    "layers": "the layers of a network, as a tuple of Layer",
    "leading": "the components of a decomposition with their leading features, as Leading or None",
    "effective": "effective degrees of freedom, with the training X: the trace of the smoother",
    "form": "what predictions are as a function of the parameters: Affine, Network or Projection",
    "findings": "pairs of a finding's code and a sentence; with X, also what only X shows",
    "convergence": "why the fit may not have converged, as a sentence, or None",
    "outcomes": "by the names of attributes that report how the fit went, what their numbers are",
    "coefficients": "a CoefficientTable of what the estimator holds, or None; by default of coef_",
    "inputs": "by their names, the Input of estimators inside that get other columns or classes",
    "n_samples": "how many rows it was fitted on, or None, where no attribute is that number",
    "unlabeled": "of a semi-supervised classifier: the class that stands for no label, -1",
    "units": "dims whose units may change places, each with the groups of attributes, or arrays in "
    "lists of them, whose signs may change together for a unit",
    "limits": "before fit: by their names, the largest whole numbers that fit accepts as "
    "hyperparameters, for data of the shape",
    "blocks": "before fit: what a fit on blocks of rows holds and sends, as BlockWork or Unknown",
    "dtype": "before fit: the dtype of all parameters, where it is not simply that of X",
}


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
        they are looked up among all arrays, in case another attribute holds them too.
    write : callable, default=None
        For ``set_fitted_params``, where the numbers cannot be written in place: puts other ones
        into the object.
    trees : Trees, default=None
        The size of the decision trees that the numbers belong to: one object for all parts of them.

    See Also
    --------
    Spec : Describes a class.
    parameter : Describes a fitted parameter.

    Examples
    --------
    >>> from skparams.specs import Part, Rule
    >>> rule = Rule("parameter", parts=lambda ctx: [Part(".weights", ctx.value.weights)])
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
        The name of each axis, or a function that returns them. Leading names are left out where
        an array has fewer axes, as the ``coef_`` of a single target has. In a list of arrays, the
        names for each of them; a function finds its place in ``ctx.index`` and ``ctx.length``.
    free : callable, int, Unknown or "nonzero", default=None
        The count minus constraints, a function of ``ctx.shape`` and ``ctx.params`` where it follows
        from these; by default all. Unknown where constraints are not known. ``"nonzero"`` counts
        the numbers that are not zero. The callable may return ``"nonzero"``, and None for all.
    when : str or callable, default=None
        The hyperparameter without which the attribute is no parameter, like ``fit_intercept``; or
        a function that says whether it is one. Of an attribute that holds estimators, whether
        their parameters are some; otherwise they have the role below.
    otherwise : str, default="auxiliary"
        The role without that hyperparameter: ``"structure"`` where predictions read a constant
        that stands in, as an offset of zero.
    parts : callable, default=None
        For an attribute that is an object, ``ctx.value``: the ``Part`` s that it holds.
    length : callable, default=None
        For a list of arrays: how many there will be. Needed before fit only.
    before : callable, default=None
        For an attribute whose sizes do not follow from dims: the ``Part`` s that it will hold,
        without arrays. Of an attribute that holds estimators, what is learned there beside what
        ``Spec.members`` says.
    derive : callable, default=None
        For what predictions use but is derived from parameters: its value, from ``ctx.values`` and
        ``ctx.params``, which has to follow where parameters are replaced.

    See Also
    --------
    Spec : Describes a class.
    parameter : Describes a fitted parameter.

    Examples
    --------
    >>> from skparams.specs import Rule
    >>> Rule("derived", derive=lambda ctx: ctx.values["scale_"] ** 2).role
    'derived'
    """

    role: str
    dims: tuple[str, ...] | Callable[[Context], tuple[str, ...]] | None = None
    free: Free = None
    when: str | Predicate | None = None
    _: KW_ONLY
    otherwise: str = "auxiliary"
    parts: Callable[[Context], Iterable[Part]] | None = None
    length: Callable[[Context], int] | None = None
    before: Callable[[Context], Iterable[Part]] | None = None
    derive: Callable[[Context], Any] | None = None

    def __post_init__(self) -> None:
        for name, role in (("role", self.role), ("otherwise", self.otherwise)):
            if role not in ROLES:
                raise ValueError(f"Rule: {name} must be one of {', '.join(ROLES)}, got {role!r}.")

    def holds(self, ctx: Context) -> bool:
        """Whether the attribute has its role, given the hyperparameters.

        Parameters
        ----------
        ctx : Context
            With the hyperparameters.

        Returns
        -------
        bool
            False where the role is ``otherwise``.

        Examples
        --------
        >>> from skparams.specs import Context, Rule
        >>> rule = Rule("parameter", ("n_outputs",), when="fit_intercept")
        >>> rule.holds(Context({"fit_intercept": False}))
        False
        """
        if callable(self.when):
            return bool(self.when(ctx))
        return self.when is None or bool(ctx.params.get(self.when, True))


def dims_of(rule: Rule, ctx: Context, index: int = 0, length: int = 1) -> tuple[str, ...] | None:
    """Return the dims of an attribute, or of one array in a list of several."""
    if not callable(rule.dims):
        return rule.dims
    ctx.index, ctx.length = index, length
    return rule.dims(ctx)


def parameter(
    *dims: str, free: Free = None, when: str | Predicate | None = None, otherwise: str = "auxiliary"
) -> Rule:
    """Return the rule of a fitted parameter with one name for each axis.

    Parameters
    ----------
    *dims : str
        The names, such as ``"n_components", "n_features"``. A name that is a hyperparameter's
        says that this hyperparameter decides the size.
    free : callable, int, Unknown or "nonzero", default=None
        As for ``Rule``.
    when : str or callable, default=None
        As for ``Rule``.
    otherwise : str, default="auxiliary"
        As for ``Rule``.

    Returns
    -------
    Rule
        With the role ``"parameter"``.

    See Also
    --------
    Spec : Describes a class.
    Rule : What it returns.

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

    See Also
    --------
    Spec : Describes a class.

    Examples
    --------
    >>> from skparams.specs import Member, Spec
    >>> spec = Spec(
    ...     {"estimator_": "estimator"},
    ...     members=lambda ctx: [Member("estimator_", ctx.params["estimator"], ctx.data)],
    ... )
    """

    path: str
    estimator: Any
    data: DataShape
    times: int | Bounds = 1
    fitted: bool = False


@dataclass(frozen=True)
class Spec:
    """What is known about a class of estimators. Its functions get a ``Context``.

    Parameters
    ----------
    attributes : mapping of str to Rule or str
        What each fitted attribute is; a string is a role. An attribute that is not named is
        looked at and guessed.
    decides : mapping of str to tuple of str, default={}
        Hyperparameters and the attributes whose size they decide, beside those that follow from
        the names of dims and from ``when``.
    sizes : mapping of str to int, Bounds, Unknown or callable, or callable, default={}
        Before fit: how long the axis of that name will be. Names of hyperparameters that are
        integers, and ``n_samples``, ``n_features``, ``n_outputs`` and ``n_classes``, need none. A
        callable returns the mapping.
    members : callable or Unknown, default=None
        Before fit: the estimators that fit will make, as ``Member`` s. Unknown says why nothing is
        known about how much will be learned.
    columns_out : str or callable, default=None
        Of a transformer: the name of the dim that counts its output columns; or, where their number
        depends on the estimators in it, a function that returns it.
    route : str, default=None
        How X gets to the estimator that predicts. ``"chained"``: it passes through the estimators
        in this one, one after the other. ``"parallel"``: each of them transforms it, or a part of
        it. The name of an attribute: it holds the one that stands for all, as
        ``"best_estimator_"`` of a search.
    cost : callable, default=None
        Before fit: what training and predicting cost. By default only the memory of the parameters
        is known.
    float32 : bool, default=False
        Whether, for float32 X, all parameters and outputs are float32. Otherwise plans for float32
        X give bytes as Bounds.
    extras : mapping of str to callable, default={}
        What only some classes have, by the keys of ``skparams.specs.spec.EXTRAS``: ``fitted``,
        ``layers``, ``leading``, ``effective``, ``form``, ``findings``, ``convergence``,
        ``coefficients``, ``inputs``, ``outcomes``, ``n_samples``, ``unlabeled``, ``units``,
        ``limits``, ``blocks``, ``dtype``.

    See Also
    --------
    register : Registers a Spec for a class.
    parameter : Describes a fitted parameter.

    Examples
    --------
    >>> from skparams.specs import Spec, parameter
    >>> spec = Spec({"coef_": parameter("n_outputs", "n_features"), "n_iter_": "diagnostic"})
    >>> spec.rules["n_iter_"].role
    'diagnostic'
    """

    attributes: Mapping[str, Rule | str]
    _: KW_ONLY
    decides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sizes: Mapping[str, Size] | Callable[[Context], Mapping[str, Size]] = field(
        default_factory=dict
    )
    members: Callable[[Context], Iterable[Member]] | Unknown | None = None
    columns_out: str | Callable[[Context], Count] | None = None
    route: str | None = None
    cost: Callable[[Context], Cost] | None = None
    float32: bool = False
    extras: Mapping[str, Callable[[Context], Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.extras:
            if name not in EXTRAS:
                raise ValueError(f"Spec: extras must be of {', '.join(EXTRAS)}, got {name!r}.")
        self.rules  # noqa: B018  (raises for a role that does not exist)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rule of each attribute."""
        return {
            name: rule if isinstance(rule, Rule) else Rule(rule)
            for name, rule in self.attributes.items()
        }

    @cached_property
    def nested(self) -> dict[str, Rule]:
        """The rules of attributes that hold estimators."""
        return {name: rule for name, rule in self.rules.items() if rule.role == "estimator"}

    @cached_property
    def chained(self) -> bool:
        """Whether X passes through the estimators in it one after the other."""
        return self.route == "chained"

    @cached_property
    def parallel(self) -> bool:
        """Whether predictions call ``transform`` of the estimators in it, and nothing else."""
        return self.route == "parallel"

    @cached_property
    def winner(self) -> str | None:
        """The attribute with the one estimator that stands for all, or None."""
        return None if self.chained or self.parallel else self.route

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

        Examples
        --------
        >>> from skparams.specs import Spec, parameter
        >>> spec = Spec({"components_": parameter("n_components", "n_features")})
        >>> spec.decided_by({"n_components": 2, "tol": 0.1})
        {'n_components': ('components_',)}
        """
        decided: dict[str, list[str]] = {}
        for name, rule in self.rules.items():
            dims = rule.dims if isinstance(rule.dims, tuple) else ()
            for source in (*dims, rule.when):
                if isinstance(source, str) and source in hyperparameters:
                    decided.setdefault(source, []).append(name)
        for source, names in self.decides.items():
            decided.setdefault(source, []).extend(names)
        return {source: tuple(dict.fromkeys(names)) for source, names in decided.items()}
