"""What inspection found, as records: no arrays, no estimators, only facts about them.

They are frozen, except those that a forest has thousands of: a frozen one of twelve fields takes
0.9 µs to make, others 0.2 µs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skparams._records.counts import Count, Unknown, add, multiply
from skparams._records.trees import Trees

_NO_COST = Unknown("its Spec does not say")

ROLES = {
    "parameter": "a number estimated in fit that predictions need",
    "tuned": "a hyperparameter that fit resolved",
    "auxiliary": "estimated, but predictions do not use it",
    "derived": "computed from parameters",
    "structure": "what the parameters are for: classes, masks, sizes",
    "data": "training rows kept in the model",
    "random": "drawn, not estimated",
    "output": "results for the training rows",
    "diagnostic": "how the fit went",
    "metadata": "about the input",
    "state": "what further training needs",
    "estimator": "another estimator, or several",
}


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One constructor argument.

    ``default`` is None where the argument has none, ``decides`` names the fitted attributes
    whose size or presence follows from it.
    """

    path: str
    value: str
    default: str | None
    changed: bool
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """Statistics of the finite values of an array, and the number of non-finite ones.

    ``min``, ``max``, ``mean``, ``std`` and ``norm`` (the L2 norm) are None where no number is
    finite.
    """

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    norm: float | None
    zeros: int
    nonfinite: int


@dataclass(slots=True, unsafe_hash=True)
class FittedAttribute:
    """One array (or number) that fit left in an estimator, or will leave, with its role.

    ``free`` is None where the role is not ``"parameter"``. Before fit, axes of ``shape`` may be
    bounded or unknown too. ``alias_of`` is the path of the attribute that holds the same buffer:
    totals count it once. ``retained`` are the bytes that the array keeps alive beyond its own, as
    a view of a larger one does. ``trees`` is the size of the decision trees that it is a part of.
    ``guess`` is what the role was guessed by, None where a Spec or scikit-learn's conventions give
    it.
    """

    path: str
    role: str
    shape: tuple[Count, ...] | None
    dims: tuple[str, ...] | None
    dtype: str | None
    count: Count
    free: Count | None
    bytes: Count
    alias_of: str | None = None
    retained: int = 0
    stats: Stats | None = None
    trees: Trees | None = None
    guess: str | None = None

    @property
    def totals(self) -> Totals:
        """Its counts; none if another attribute holds the same buffer."""
        if self.alias_of is not None:
            return Totals(0, 0, 0)
        free = 0 if self.free is None else self.free
        guessed = self.count if self.guess and self.role == "parameter" else None
        return Totals(self.count, free, self.bytes, guessed)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scalar that fit chose (``alpha_``) or reports (``best_score_``), and what it is in words.

    There are none where the name tells.
    """

    path: str
    value: str
    role: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a network; the input layer has neurons only.

    Parameters
    ----------
    name : str
        Such as ``"hidden 1"``.
    neurons : int
        Number of neurons.
    activation : str or None
        Name of the activation function.
    inputs, biases : int
        Number of neurons before it, and of its biases.
    normalization : str or None, default=None
        How it is normalized: ``"batch"`` or ``"layer"``.
    gains, moments : int, default=0
        Number of gains of its normalization, and of the means and variances that predictions use.

    See Also
    --------
    Spec : Its ``extras`` may have layers.

    Examples
    --------
    >>> from skparams.specs import Layer
    >>> Layer("output", 3, "softmax", 5, 3).parameters
    18
    """

    name: str
    neurons: int
    activation: str | None
    inputs: int
    biases: int
    normalization: str | None = None
    gains: int = 0
    moments: int = 0

    @property
    def connections(self) -> int:
        """Number of weights into the layer."""
        return self.inputs * self.neurons

    @property
    def parameters(self) -> int:
        """Number of weights, biases and numbers of its normalization."""
        return self.connections + self.biases + self.gains + self.moments


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a decomposition.

    Parameters
    ----------
    index : int
        Its place, from 0 on.
    share : float or None
        Its share of the variance.
    features : tuple of (str, float)
        The features with the largest entries in it, each a name and the entry.

    See Also
    --------
    Leading : The components of a decomposition.

    Examples
    --------
    >>> from skparams.specs import Component
    >>> Component(0, 0.75, (("width", -0.9), ("height", 0.4))).share
    0.75
    """

    index: int
    share: float | None
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Leading:
    """The first components of a decomposition, with their leading features.

    Parameters
    ----------
    n_components : int
        How many there are.
    components : tuple of Component
        The first of them.

    See Also
    --------
    Component : One component.
    Spec : Its ``extras`` may have them.

    Examples
    --------
    >>> from skparams.specs import Component, Leading
    >>> Leading(9, (Component(0, None, (("width", -0.9),)),)).n_components
    9
    """

    n_components: int
    components: tuple[Component, ...]


@dataclass(slots=True, unsafe_hash=True)
class Totals:
    """Sums over the unique buffers of the fitted parameters; unknown where a part is.

    ``guessed`` says how many of the stored numbers are guessed to be parameters. It is None where
    nothing is a guess, and 0 where only that other numbers are no parameters is one.
    """

    stored: Count
    free: Count
    bytes: Count
    guessed: Count | None = None

    @property
    def exact(self) -> bool:
        """Whether ``stored`` is a number without bounds and without a guess in it."""
        return self.guessed is None and isinstance(self.stored, int)


def sum_of(counts: Iterable[Totals]) -> Totals:
    """Return the sum of each of the counts."""
    each = [*counts]
    guessed = [one.guessed for one in each if one.guessed is not None]
    return Totals(
        add([one.stored for one in each]),
        add([one.free for one in each]),
        add([one.bytes for one in each]),
        add(guessed) if guessed else None,
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """What an estimator costs in memory and in multiply-adds.

    Parameters
    ----------
    parameter_bytes : int, Bounds or Unknown, default=Unknown
        Bytes of the fitted parameters.
    training_bytes : int, Bounds or Unknown, default=Unknown
        Bytes needed during training, without the data.
    predict_macs_per_sample : int, Bounds or Unknown, default=Unknown
        Multiply-adds to predict one sample.
    train_macs_per_epoch : int, Bounds or Unknown, default=Unknown
        Multiply-adds of one epoch of training.

    See Also
    --------
    Spec : Its ``extras`` may have the cost.

    Examples
    --------
    >>> from skparams.specs import Cost
    >>> Cost(predict_macs_per_sample=12).predict_macs_per_sample
    12
    """

    parameter_bytes: Count = _NO_COST
    training_bytes: Count = _NO_COST
    predict_macs_per_sample: Count = _NO_COST
    train_macs_per_epoch: Count = _NO_COST


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: a code that ``explain_finding`` explains, where, and a sentence."""

    code: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """Training rows that are kept as they were given: where, how many, and their bytes."""

    path: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate of a search before fit: its hyperparameters as text, and its totals."""

    params: tuple[tuple[str, str], ...]
    totals: Totals


@dataclass(slots=True, unsafe_hash=True)
class Node:
    """An estimator: what was chosen, what it learned, and the estimators in it.

    ``status`` is "fitted", "not fitted", "stateless" if there is nothing to fit, or "unknown" if
    it cannot be told. ``guessed`` says that no Spec describes the class. Before fit, a node may
    stand for several alike: ``times`` of them, which the totals of the node above it take into
    account and its own do not. ``role`` is what its parameters are where it is: those of an
    estimator that only selects features count as nothing.
    """

    name: str
    path: str
    class_name: str
    status: str
    guessed: bool
    n_features: int | None
    n_classes: int | None
    hyperparameters: tuple[Hyperparameter, ...]
    outcomes: tuple[Outcome, ...]
    attributes: tuple[FittedAttribute, ...]
    layers: tuple[Layer, ...]
    totals: Totals
    children: tuple[Node, ...]
    times: Count = 1
    n_features_out: str | None = None
    leading: Leading | None = None
    role: str = "parameter"

    @property
    def fitted(self) -> bool:
        """Whether it is fitted, as far as that can be told."""
        return self.status != "not fitted"

    @property
    def parameters(self) -> tuple[FittedAttribute, ...]:
        """The attributes that predictions need."""
        return tuple(row for row in self.attributes if row.role == "parameter")

    @property
    def all_totals(self) -> Totals:
        """The totals of all estimators that the node stands for."""
        if self.times == 1:
            return self.totals
        own, n = self.totals, self.times
        guessed = None if own.guessed is None else multiply(n, own.guessed)
        return Totals(
            multiply(n, own.stored), multiply(n, own.free), multiply(n, own.bytes), guessed
        )

    @property
    def kept_places(self) -> tuple[KeptPlace, ...]:
        """The arrays that hold training rows as they were given, each buffer once."""
        return tuple(
            KeptPlace(row.path, row.shape[0], row.bytes)  # type: ignore[arg-type]
            for row in self.attributes
            if row.role == "data"
            and row.guess is None
            and row.alias_of is None
            and row.shape
            and isinstance(row.bytes, int)
            and row.bytes
        )

    def walk(self) -> Iterator[Node]:
        """Yield the node and all nodes in it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class RefinedRole:
    """A guessed role that ``probe`` raised, as predictions use the attribute."""

    path: str
    guessed: str
    role: str


@dataclass(frozen=True, slots=True)
class Probing:
    """Result of probing the attributes whose roles were guessed.

    The methods were called on ``n_samples`` rows of X; ``roles`` are those that changed by it, and
    ``unused`` the paths of attributes of which no use was seen, which is no proof. ``not_tried``
    attributes could not be changed safely, or there were too many. ``reason`` says why nothing was
    probed.
    """

    methods: tuple[str, ...]
    n_samples: int
    roles: tuple[RefinedRole, ...]
    unused: tuple[str, ...] = ()
    not_tried: int = 0
    reason: str | None = None
