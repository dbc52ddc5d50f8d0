"""What a spread shows: its page, the rows of its frame, and its bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skparams._diff.record import ParameterSpread
from skparams._diff.sections import hyperparameters
from skparams._report import (
    UNKNOWN,
    Bar,
    Bars,
    Column,
    Page,
    Row,
    Section,
    clean,
    few,
    left_out,
    longest,
    number,
    plural,
    shape,
    value,
)

if TYPE_CHECKING:
    from skparams._diff.result import Spread

__all__ = ["COLUMNS", "bars", "page", "rows"]

COLUMNS = {
    **{"path": "object", "role": "object", "n_models": "Int64", "shapes": "object"},
    **{"values": "object", "mean": "float64", "std": "float64", "relative": "float64"},
    **{"largest": "float64", "sign_changes": "Int64", "nonfinite": "Int64"},
}
_LEARNED = [
    Column("they learned", least=18, code=True),
    Column("shape", wraps="cut"),
    Column("mean", right=True, drop=2),
    Column("std", right=True),
    Column("relative", right=True),
    Column("largest", right=True, drop=1),
    Column("both signs", right=True, drop=3),
]
_MAX_ROWS = 40


def page(spread: Spread) -> Page:
    sections, notes = hyperparameters(spread.hyperparameters, "they differ in")
    return Page(_about(spread), [*sections, *_learned(spread)], [*notes, *_notes(spread)])


def _about(spread: Spread) -> list[str]:
    names = dict.fromkeys(cls.rpartition(".")[2] for cls in spread.classes)
    n = len(spread.classes)
    fitted = "fitted" if spread.n_fitted == n else f"{spread.n_fitted} of them fitted"
    return [clean(few(names)), plural(n, "model"), fitted if spread.n_fitted else "not fitted"]


def _learned(spread: Spread) -> Iterator[Section]:
    shown, left = spread.parameters[:_MAX_ROWS], spread.parameters[_MAX_ROWS:]
    if left:
        ordered = sorted(spread.parameters, key=lambda row: -(row.relative or 0.0))
        shown = tuple(ordered[:_MAX_ROWS])
    rows = [_row(row, len(spread.classes)) for row in shown]
    if rows:
        yield Section(_LEARNED, [*rows, *left_out(len(left), _LEARNED, "more that vary less")])


def _row(row: ParameterSpread, n_models: int) -> Row:
    axes = few([shape(each) for each in row.shapes])
    if row.n_models < n_models:
        axes = f"{axes} in {row.n_models} of {n_models}".lstrip()
    name = clean(row.path)
    if row.std is None:
        note = "shapes differ" if len(row.shapes) > 1 else UNKNOWN
        return Row((name, axes, "", note, "", "", ""))
    flips = number(row.sign_changes) if row.sign_changes else ""
    numbers = (value(row.mean), value(row.std), value(row.relative), value(row.largest))
    return Row((name, axes, *numbers, flips), "" if row.std else "dim")


def _notes(spread: Spread) -> Iterator[str]:
    if any(row.std is not None for row in spread.parameters):
        yield "std: of each number over the models, as root mean square; relative: over the means'"
    if spread.different_structure:
        names = few([clean(path) for path in spread.different_structure])
        yield f"models differ in {names}: numbers at one place may mean different things"
    if spread.aligned:
        yield "units are in the order and the signs of the first model"
    if n := sum(row.nonfinite for row in spread.parameters):
        yield f"{plural(n, 'number is', 'numbers are')} not finite in some model and left out"


def rows(spread: Spread) -> Iterator[dict[str, Any]]:
    """Yield the rows of the frame: hyperparameters that differ, and parameters."""
    for each in spread.hyperparameters:
        yield {"path": each.path, "role": each.role, "values": list(each.values)}
    for row in spread.parameters:
        shapes = ", ".join(shape(axes) or "()" for axes in row.shapes)
        yield {name: getattr(row, name, None) for name in COLUMNS} | {"shapes": shapes}


def bars(spread: Spread) -> Bars:
    """How much each parameter varies."""
    found = [
        Bar(row.path, row.relative, "shapes differ" if len(row.shapes) > 1 else "")
        for row in spread.parameters
        if row.relative is not None or len(row.shapes) > 1
    ]
    title = "No parameter varies"
    if largest := longest(found):
        title = f"{{first}} varies the most: its std is {value(largest)} of its size"
    below = f"std over {plural(len(spread.classes), 'model')}, over the size of the means"
    return Bars(title, below, found, "the models have no parameter of one shape to compare")
