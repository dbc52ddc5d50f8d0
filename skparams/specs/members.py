"""What Specs of estimators made of others share: defaults, folds, and the data of their members."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from numbers import Integral
from typing import Any

from skparams._records import Count, DataShape, NotKnown, Unknown
from skparams.specs.context import Context
from skparams.specs.spec import Member, Rule
from skparams.specs.view import EstimatorView

# An estimator that ``predict`` calls and ``transform`` does not.
PREDICTS = Rule("estimator", when=lambda ctx: not ctx.only_transforms)


def made(name: str, params: Mapping[str, Any] | None = None, *, given: Any = None) -> Any:
    """Return what is given, or an estimator that is not fitted, by its module and class."""
    if given is not None:
        return given
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)(**(params or {}))


def dropped(estimator: Any) -> bool:
    """Whether there is no estimator in this place."""
    return estimator is None or (
        isinstance(estimator, str) and estimator in ("drop", "passthrough")
    )


def n_folds(cv: Any) -> int:
    """Return the number of splits that ``cv`` makes. Raises NotKnown where it has to see X."""
    if cv is None:
        return 5
    if isinstance(cv, Integral):
        return int(cv)
    if hasattr(cv, "get_n_splits"):
        try:
            return int(cv.get_n_splits())
        except (TypeError, ValueError) as error:
            raise NotKnown("depends on the number of splits that cv makes") from error
    if isinstance(cv, Sized):
        return len(cv)
    raise NotKnown("depends on the number of splits that cv makes")


def prefit(ctx: Context) -> bool:
    """Whether ``cv="prefit"`` says that the estimators are fitted before."""
    cv = ctx.params.get("cv")
    return isinstance(cv, str) and cv == "prefit"


def as_array(data: DataShape) -> DataShape:
    """Return the shape of the data where a frame becomes an array, without names and dtypes."""
    return data if data.head is None else replace(data, head=None, X=None)


def in_folds(data: DataShape) -> DataShape:
    """Return the shape of the part of the data that a split trains on."""
    return replace(data, rows=Unknown("depends on the rows in each split"))


def one_target(data: DataShape) -> DataShape:
    """Return the shape of the data with one column of y."""
    return replace(data, targets=1)


def two_classes(data: DataShape) -> DataShape:
    """Return the shape of the data where one class is separated from others."""
    return replace(data, targets=1, classes=2)


def one_after_another(ctx: Context) -> Iterator[Member]:
    """Yield the steps of a pipeline, each on what the steps before it return."""
    data, steps = ctx.data, ctx.params["steps"]
    for i, (name, step) in enumerate(steps):
        if not dropped(step):
            yield Member(name, step, data)
        if i < len(steps) - 1:
            data = ctx.after(step, data)


def columns_behind(ctx: Context) -> Count:
    """Return how many columns the last step of a pipeline returns."""
    data = ctx.data
    for _, step in ctx.params["steps"]:
        data = ctx.after(step, data)
    return data.columns


# The names of columns, None where they have none.
Names = Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Input:
    """What an estimator inside another one gets, where that is not what the other one gets.

    Parameters
    ----------
    names : callable, default=None
        From the names of the columns that get to the outer estimator, or None where they have
        none, to the names of those that get to the inner one. By default they are the same.
    columns, target : str, default=""
        How the page calls the columns and the target that it gets, if they are others: "the
        predictions of the members".
    classes : sequence, default=None
        The classes that 0, 1 and so on stand for, where it gets these instead.

    See Also
    --------
    Spec : Describes a class.

    Examples
    --------
    >>> from skparams.specs import Input, Spec
    >>> first = Input(lambda names: None if names is None else names[:1])
    >>> spec = Spec({"first_": "estimator"}, extras={"inputs": lambda ctx: {"first_": first}})
    """

    names: Callable[[Names], Names] | None = None
    columns: str = ""
    target: str = ""
    classes: Sequence[Any] | None = None


def inputs_of(view: EstimatorView) -> Mapping[str, Input]:
    """Return what estimators inside get, by their names, as far as it is another input."""
    extra = view.spec.extras.get("inputs")
    if extra is not None:
        return extra(view.context())
    return dict(_of_steps(view.context())) if view.spec.chained else {}


def _of_steps(ctx: Context) -> Iterator[tuple[str, Input]]:
    before: list[str] = []
    for i, (name, step) in enumerate(ctx.params.get("steps", ())):
        if before:
            columns = f"the columns behind {', '.join(before)}"
            yield name, Input(partial(_names_behind, ctx.estimator, i), columns)
        if not dropped(step):
            before.append(type(step).__name__)


def _names_behind(pipeline: Any, n_steps: int, names: Names) -> Names:
    return pipeline[:n_steps].get_feature_names_out(names)


def chosen_from(names: Names, places: Sequence[int]) -> Names:
    """Return the names of some columns."""
    return None if names is None else [names[i] for i in places]
