"""How much the fitted parameters of several models vary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from skparams._diff.align import aligned
from skparams._diff.arrays import EXACT
from skparams._diff.choices import choices_in, same_choice, short_choice, texts_of
from skparams._diff.diff import check_align
from skparams._diff.held import Held, held_by, units_of
from skparams._diff.spread_record import ParameterSpread, Spread, Varied
from skparams._diff.values import compare
from skparams._walk import Walk, check_estimator, check_names, class_path, join

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
        Names of hyperparameters and of fitted attributes to leave out, such as
        ``("n_jobs", "n_samples_seen_")``, in whatever nested estimator.

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
        If there are fewer than two models.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from skparams import spread
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]
    >>> found = spread([Ridge(alpha=alpha).fit(X, y) for alpha in (0.0, 2.0)])
    >>> [(row.path, row.mean, row.std) for row in found.parameters]
    [('coef_', 0.75, 0.25), ('intercept_', 0.25, 0.25)]
    """
    check_names("spread", "ignore", ignore)
    check_align("spread", align)
    if not isinstance(models, list | tuple):
        raise TypeError(
            f"spread: models must be a list of estimators, got {type(models).__name__}."
        )
    if len(models) < 2:
        raise ValueError(f"spread: models must have at least 2 estimators, got {len(models)}.")
    for i, model in enumerate(models):
        check_estimator("spread", model, f"models[{i}]")
    walks = [Walk(model) for model in models]
    learned = [_Learned.of(walk, ignore) for walk in walks]
    if align:
        learned = [learned[0], *(each.like(learned[0]) for each in learned[1:])]
    paths = dict.fromkeys(path for each in learned for path in each.arrays)
    rows = [_row(path, learned) for path in paths]
    chosen = [dict(choices_in(model, "", ignore)) for model in models]
    found = [
        {
            join(each.path, name): (each.values[name], True)
            for each in walk.fitted
            for name, rule in each.spec.rules.items()
            if rule.role == "tuned" and name in each.values and name not in ignore
        }
        for walk in walks
    ]
    return Spread(
        classes=tuple(class_path(type(model)) for model in models),
        n_fitted=sum(walk.root.fitted for walk in walks),
        parameters=(*rows, *_trees(learned)),
        varied=(*_varied("hyperparameter", chosen), *_varied("tuned", found)),
        aligned=align,
        unlike=tuple(_unlike(learned)),
    )


class _Learned(NamedTuple):
    """The parameters of one model by path, and what each of its estimators holds."""

    arrays: dict[str, tuple[Any, tuple[str, ...] | None]]
    held: dict[str, tuple[Any, Held]]

    @classmethod
    def of(cls, walk: Walk, ignore: Collection[str]) -> _Learned:
        met = {id(each.estimator) for each in walk.fitted}
        held = {each.path: (each, held_by(each, ignore, met)) for each in walk.fitted}
        arrays = {
            path: (leaf.used, dims)
            for _, each in held.values()
            for path, (leaf, role, dims) in each.arrays.items()
            if role == "parameter" and path not in each.aliases
        }
        return cls(arrays, held)

    def structure(self) -> Iterator[tuple[str, Any]]:
        """Yield the path and the value of what is structure and public.

        Private are details that follow from the rest, as a tolerance or nodes of a tree of rows.
        """
        for each, held in self.held.values():
            private = join(each.path, "_")
            for path, (value, role) in held.whole.items():
                if role == "structure" and not path.startswith(private):
                    yield path, value
            for path, (leaf, role, _) in held.arrays.items():
                if role == "structure" and not path.startswith(private):
                    yield path, leaf.used

    def like(self, first: _Learned) -> _Learned:
        """Return it with all units in the order and the signs of the first model's."""
        arrays = dict(self.arrays)
        for path, (fitted, held) in self.held.items():
            units = units_of(fitted)
            if not units or path not in first.held:
                continue
            other, reference = first.held[path]
            if units == units_of(other):
                for name, array in aligned(reference.named(), held.named(), units)[0].items():
                    if name in arrays:
                        arrays[name] = array, arrays[name][1]
        return _Learned(arrays, self.held)


def _unlike(learned: Sequence[_Learned]) -> Iterator[str]:
    """Yield the paths of structure that all models have, and that is not the same."""
    first, *others = [dict(each.structure()) for each in learned]
    for path, value in first.items():
        if all(path in other for other in others) and any(
            compare(value, other[path], EXACT).moved for other in others
        ):
            yield path


def _row(path: str, learned: Sequence[_Learned]) -> ParameterSpread:
    found = [each.arrays[path] for each in learned if path in each.arrays]
    shapes = tuple(dict.fromkeys(array.shape for array, _ in found))
    row = ParameterSpread(path, "parameter", found[0][1], len(found), shapes)
    numeric = all(array.dtype.kind in "biuf" for array, _ in found)
    if len(found) < 2 or len(shapes) > 1 or not numeric:
        return row
    return _measured(row, [_dense(array) for array, _ in found])


def _dense(array: Any) -> np.ndarray:
    return array.toarray() if issparse(array) else np.asarray(array)


def _measured(row: ParameterSpread, arrays: Sequence[np.ndarray]) -> ParameterSpread:
    """Return the row with its statistics: Welford's recurrence over the models."""
    shape = arrays[0].shape
    mean, squares = np.zeros(shape), np.zeros(shape)
    finite, positive, negative = np.ones(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    with np.errstate(all="ignore"):
        for i, array in enumerate(arrays, start=1):
            finite &= np.isfinite(array)
            positive |= array > 0
            negative |= array < 0
            off = array - mean
            mean += off / i
            squares += off * (array - mean)
    mean, std = mean[finite], np.sqrt(squares[finite] / len(arrays))
    row = replace(row, nonfinite=int(finite.size - mean.size))
    if not mean.size:
        return row
    typical, level = (float(np.linalg.norm(each)) / mean.size**0.5 for each in (std, mean))
    relative = typical / level if level else None if typical else 0.0
    return replace(
        row,
        mean=float(mean.mean()),
        std=typical,
        relative=relative,
        largest=float(std.max()),
        turned=int(np.count_nonzero(positive & negative & finite)),
    )


def _trees(learned: Sequence[_Learned]) -> Iterator[ParameterSpread]:
    """Yield how far the sizes of trees are apart: those of one model's are added up."""
    grown = [
        [tree for _, held in each.held.values() for tree in held.trees.values()] for each in learned
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


def _varied(role: str, found: Sequence[dict[str, tuple[Any, bool]]]) -> Iterator[Varied]:
    """Yield what is not the same in all models; of each, values by path and which were chosen."""
    for path in dict.fromkeys(path for each in found for path in each):
        kinds: list[tuple[Any, str]] = []  # each value that is another, and its text
        texts = tuple(_text(each[path][0], role, kinds) if path in each else None for each in found)
        if len(kinds) > 1 or None in texts:
            chosen = any(each[path][1] for each in found if path in each)
            yield Varied(path, role, texts, chosen)


def _text(value: Any, role: str, kinds: list[tuple[Any, str]]) -> str:
    """Return a value as short text, which no other of the kinds that were met has."""
    for other, text in kinds:
        if same_choice(other, value):
            return text
    rounded = role == "tuned" and isinstance(value, float)  # as a summary shows it
    text = short_choice(float(f"{value:.6g}") if rounded else value)
    alike = [other for other, said in kinds if said == text]
    if alike:
        text = texts_of(alike[0], value)[1]
    if any(said == text for _, said in kinds):
        text = f"{text} ({len(kinds) + 1})"
    kinds.append((value, text))
    return text
