"""How much the fitted parameters of several models vary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skparams._diff.align import aligned
from skparams._diff.contents import Attribute, Contents, Model, models_of
from skparams._diff.hyperparameters import differing
from skparams._diff.record import ParameterSpread
from skparams._diff.several_view import Spread
from skparams._diff.values import compare, is_array
from skparams._walk import class_path


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

    See Also
    --------
    diff : Compares two models.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import spread
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]
    >>> found = spread([Ridge(alpha=alpha).fit(X, y) for alpha in (0.0, 2.0)])
    >>> [(row.path, round(row.mean, 6), round(row.std, 6)) for row in found.parameters]
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
    parameters = [_parameters(model, found[0] if align else None) for model in found]
    paths = dict.fromkeys(path for model in parameters for path in model)
    tuned = [{p: (each.value, True) for p, each in model.attributes("tuned")} for model in found]
    return Spread(
        classes=tuple(class_path(type(model)) for model in models),
        n_fitted=sum(model.walk.root.fitted for model in found),
        parameters=tuple(
            _spread(path, [p[path] for p in parameters if path in p]) for path in paths
        ),
        hyperparameters=(
            *differing([model.hyperparameters for model in found]),
            *differing(tuned, "tuned"),
        ),
        aligned=align,
        different_structure=tuple(_different_structure(found)),
    )


def _parameters(model: Model, first: Model | None) -> dict[str, Attribute]:
    """The arrays of parameters, in the order and the signs of the first model, and tree sizes."""
    found = {}
    for path, each in model.contents.items():
        reordered: dict[str, np.ndarray] = {}
        if first and first is not model:
            reordered = aligned(first.contents.get(path, Contents()), each)[0]
        for place, attribute in each.attributes.items():
            learned = attribute.role == "parameter" and is_array(attribute.value)
            if learned and place not in each.aliases:
                found[place] = attribute._replace(used=reordered.get(place, attribute.used))
    if trees := [each.value for _, each in model.attributes("tree")]:
        nodes, depth = sum(len(tree.left) for tree in trees), max(tree.depth for tree in trees)
        for name, size in (("nodes of trees", nodes), ("depth of trees", depth)):
            found[name] = Attribute(size, np.asarray(float(size)), "structure", name)
    return found


def _different_structure(models: Sequence[Model]) -> Iterator[str]:
    """Yield the paths of structure that all models have and that differs.

    Private attributes and parts of attributes are left out: they follow from the others.
    """
    first, *others = [
        {
            path: each.used
            for path, each in model.attributes("structure")
            if path.endswith(each.name) and not each.name.startswith("_")
        }
        for model in models
    ]
    for path, value in first.items():
        changes = [compare(value, other[path]) for other in others if path in other]
        if len(changes) == len(others) and any(c.n_changed or c.opaque for c in changes):
            yield path


def _spread(path: str, found: Sequence[Attribute]) -> ParameterSpread:
    """How much one parameter varies over the models that have it."""
    arrays = [each.used for each in found]
    shapes = tuple(dict.fromkeys(array.shape for array in arrays))
    row = ParameterSpread(path, found[0].role, found[0].dims or None, len(arrays), shapes)
    numeric = all(array.dtype.kind in "biuf" for array in arrays)
    if len(arrays) < 2 or len(shapes) > 1 or not numeric:
        return row
    arrays = [array.toarray() if issparse(array) else np.asarray(array) for array in arrays]
    with np.errstate(all="ignore"):
        first = arrays[0].astype(np.float64)
        mean = first + sum(array - first for array in arrays) / len(arrays)
        std = np.sqrt(sum((array - mean) ** 2 for array in arrays) / len(arrays))
        flips = (reduce(np.minimum, arrays) < 0) & (reduce(np.maximum, arrays) > 0)
        finite = np.isfinite(mean)
        mean, std, flips = mean[finite], std[finite], flips[finite]
        norms = [float(np.linalg.norm(each)) for each in (std, mean)]
    row = replace(row, nonfinite=int(finite.size - mean.size))
    if not mean.size:
        return row
    size, level = (norm / mean.size**0.5 for norm in norms)
    return replace(
        row,
        mean=float(mean.mean()),
        std=size,
        relative=size / level if level else None if size else 0.0,
        largest=float(std.max()),
        sign_changes=int(np.count_nonzero(flips)),
    )
