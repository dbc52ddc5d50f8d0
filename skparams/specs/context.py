"""What every function of a Spec gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skparams._records import DataShape, NotKnown

_NO_DATA = DataShape()


def _no_plan(transformer: Any, data: DataShape) -> DataShape:
    raise NotKnown("is known in a plan only")


@dataclass(slots=True)  # not frozen: one is made for each estimator, and forests have many
class Context:
    """What every function of a Spec gets: the estimator and the data, as far as they are known.

    Parameters
    ----------
    params : mapping
        Hyperparameters by name, those that a subclass fixes included.
    data : DataShape, default=DataShape()
        Before fit, the shape of the training data.
    values : mapping, default={}
        After fit, what the estimator holds, by the name of the attribute.
    after : callable, default=_no_plan
        Before fit, of a meta-estimator: from a transformer and a DataShape, the DataShape behind
        the transformer. By default it raises ``NotKnown``.
    estimator : estimator, default=None
        After fit, the estimator itself.
    X : array-like, default=None
        Rows as they reach the estimator, where the user gave some.
    value : object, default=None
        After fit, the attribute that a Rule describes.
    shape : tuple of int, default=()
        Of an array, for its ``free`` count.
    index : int, default=0
        The place of an array in a list of arrays, for its ``dims``.
    length : int, default=1
        How many arrays the list has.
    only_transforms : bool, default=False
        Whether predictions call nothing but ``transform`` of the estimator, because it is inside
        another one: a step before the last of a pipeline, for example.

    See Also
    --------
    Spec : Its functions get a context.
    DataShape : The training data before fit.

    Examples
    --------
    >>> from skparams.specs import Context, DataShape
    >>> ctx = Context({"n_components": 2}, DataShape(columns=5))
    >>> ctx.params["n_components"] * ctx.data.n_features
    10
    """

    params: Mapping[str, Any]
    data: DataShape = _NO_DATA
    values: Mapping[str, Any] = field(default_factory=dict)
    after: Callable[[Any, DataShape], DataShape] = _no_plan
    estimator: Any = None
    X: Any = None
    value: Any = None
    shape: tuple[int, ...] = ()
    index: int = 0
    length: int = 1
    only_transforms: bool = False
