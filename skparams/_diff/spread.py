"""How much the fitted parameters of several models vary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._diff.align import aligned
from skparams._diff.contents import Attribute, Model, models_of
from skparams._diff.hyperparameters import differing
from skparams._diff.record import ParameterSpread, Spread
from skparams._diff.values import compare, is_array
from skparams._walk import class_path, join

__all__ = ["spread"]


def spread(models: Sequence[Any], *, align: bool = False, ignore: Collection[str] = ()) -> Spread:
    """Return how much the fitted parameters of several models vary.

    Parameters
    ----------
    models : list of estimator
        At least two, as those of cross-validation's folds. They are only read.
    align : bool, default=False
        Whether to put components and hidden units in the order and the signs of the first model
        first, if the model stays the same in any order.
    ignore : collection of str, default=()
        Names or paths of hyperparameters and fitted attributes to leave out, such as
        ``("n_jobs", "pca__components_")``, in whatever nested estimator.

    Returns
    -------
    Spread
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``models`` is not a list of estimators, ``align`` is not a bool, or ``ignore`` is not a
        collection of names.
    ValueError
        If there are fewer than two models, or an entry of ``ignore`` matches nothing.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import spread
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]
    >>> found = spread([Ridge(alpha=alpha).fit(X, y) for alpha in (0.0, 2.0)])
    >>> [(row.path, row.mean, row.std) for row in found.parameters]
    [('coef_', 0.75, 0.25), ('intercept_', 0.25, 0.25)]
    """
    if not isinstance(models, list | tuple):
        raise TypeError(
            f"spread: models must be a list of estimators, got {type(models).__name__}."
        )
    if len(models) < 2:
        raise ValueError(f"spread: models must have at least 2 estimators, got {len(models)}.")
    named = {f"models[{i}]": model for i, model in enumerate(models)}
    found = models_of("spread", named, align, ignore)
    parameters = [_parameters(model, found[0] if align else model) for model in found]
    paths = dict.fromkeys(path for each in parameters for path in each)
    return Spread(
        classes=tuple(class_path(type(model)) for model in models),
        n_fitted=sum(model.walk.root.fitted for model in found),
        parameters=(*(_row(path, parameters) for path in paths), *_trees(found)),
        hyperparameters=(
            *differing([model.hyperparameters for model in found]),
            *differing([model.tuned for model in found], "tuned"),
        ),
        aligned=align,
        different_structure=tuple(_different_structure(found)),
    )


def _parameters(model: Model, first: Model) -> dict[str, Attribute]:
    """Return the arrays of parameters, their units in the order and the signs of the first's."""
    found = {}
    for path, each in model.contents.items():
        other, moved = first.contents.get(path), {}
        if each.units and other and other is not each and other.units == each.units:
            moved = aligned(other.with_units(), each.with_units(), each.units)[0]
        for place, attribute in each.attributes.items():
            learned = attribute.role == "parameter" and is_array(attribute.value)
            if learned and place not in each.aliases:
                found[place] = attribute._replace(used=moved.get(place, attribute.used))
    return found


def _different_structure(models: Sequence[Model]) -> Iterator[str]:
    """Yield the paths of structure that all models have and that differs.

    Private attributes and parts of attributes are left out: they follow from the others.
    """
    first, *others = [
        {
            path: attribute.used
            for start, contents in model.contents.items()
            for path, attribute in contents.attributes.items()
            if attribute.role == "structure"
            and path == join(start, attribute.name)
            and not attribute.name.startswith("_")
        }
        for model in models
    ]
    for path, value in first.items():
        if all(path in other for other in others) and any(
            compare(value, other[path]).n_changed for other in others
        ):
            yield path


def _row(path: str, models: Sequence[dict[str, Attribute]]) -> ParameterSpread:
    found = [each[path] for each in models if path in each]
    shapes = tuple(dict.fromkeys(each.used.shape for each in found))
    row = ParameterSpread(path, "parameter", found[0].dims, len(found), shapes)
    numeric = all(each.used.dtype.kind in "biuf" for each in found)
    if len(found) < 2 or len(shapes) > 1 or not numeric:
        return row
    return _measured(row, [_dense(each.used) for each in found])


def _dense(array: Any) -> np.ndarray:
    return array.toarray() if issparse(array) else np.asarray(array)


def _measured(row: ParameterSpread, arrays: Sequence[np.ndarray]) -> ParameterSpread:
    """Return the row with its statistics, by Welford's recurrence over the models."""
    shape = arrays[0].shape
    mean, squares = np.zeros(shape), np.zeros(shape)
    finite, positive, negative = np.ones(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    with np.errstate(all="ignore"):
        for i, array in enumerate(arrays, start=1):
            finite &= np.isfinite(array)
            positive |= array > 0
            negative |= array < 0
            deviation = array - mean
            mean += deviation / i
            squares += deviation * (array - mean)
    mean, std = mean[finite], np.sqrt(squares[finite] / len(arrays))
    row = replace(row, nonfinite=int(finite.size - mean.size))
    if not mean.size:
        return row
    typical, level = (float(np.linalg.norm(each)) / mean.size**0.5 for each in (std, mean))
    return replace(
        row,
        mean=float(mean.mean()),
        std=typical,
        relative=typical / level if level else None if typical else 0.0,
        largest=float(std.max()),
        sign_changes=int(np.count_nonzero(positive & negative & finite)),
    )


def _trees(models: Sequence[Model]) -> Iterator[ParameterSpread]:
    """Yield how much the number of nodes in all trees, and the depth of the deepest, vary."""
    grown = [
        [tree for each in model.contents.values() for tree in each.trees.values()]
        for model in models
    ]
    grown = [trees for trees in grown if trees]
    if not grown:
        return
    sizes = {
        "nodes of trees": [sum(len(tree.left) for tree in trees) for trees in grown],
        "depth of trees": [max(tree.depth for tree in trees) for trees in grown],
    }
    for name, numbers in sizes.items():
        row = ParameterSpread(name, "structure", None, len(numbers), ((),))
        if len(numbers) > 1:
            row = _measured(row, [np.asarray(float(n)) for n in numbers])
        yield row
