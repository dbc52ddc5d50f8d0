"""What ``spread`` returns: its page, its frame and its figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skparams._diff.record import HyperparameterChange, ParameterSpread
from skparams._diff.sections import hyperparameters
from skparams._report import (
    UNKNOWN,
    Bar,
    Column,
    Frame,
    Page,
    Plotted,
    Row,
    Section,
    clean,
    draw_bars,
    few,
    left_out,
    longest,
    number,
    plural,
    shape,
    value,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_COLUMNS = {
    **{"path": "object", "role": "object", "n_models": "Int64", "shapes": "object"},
    **{"values": "object", "mean": "float64", "std": "float64", "relative": "float64"},
    **{"largest": "float64", "sign_changes": "Int64", "nonfinite": "Int64"},
}
_LEARNED = [
    Column("they learned", least=18, code=True),
    Column("shape", wraps="cut", code=True),
    Column("mean", right=True, drop=2),
    Column("std", right=True),
    Column("relative", right=True),
    Column("largest", right=True, drop=1),
    Column("both signs", right=True, drop=3),
]
_MAX_ROWS = 40


@dataclass(frozen=True, slots=True, repr=False)
class Spread(Plotted):
    """How much several models vary, as those of cross-validation's folds.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    classes : tuple of str
        The class of each model, as ``"sklearn.Ridge"``.
    n_fitted : int
        How many of them are fitted.
    parameters : tuple of ParameterSpread
        Each fitted parameter, and the sizes of trees.
    hyperparameters : tuple of HyperparameterChange
        Those that differ, and what fit chose differently.
    aligned : bool
        Whether units were put in the order and the signs of the first model.
    different_structure : tuple of str
        Attributes such as ``classes_`` that all models have and that differ, so that numbers at
        one place of a parameter may mean different things.
    """

    classes: tuple[str, ...]
    n_fitted: int
    parameters: tuple[ParameterSpread, ...]
    hyperparameters: tuple[HyperparameterChange, ...]
    aligned: bool = False
    different_structure: tuple[str, ...] = ()

    def _page(self) -> Page:
        names = dict.fromkeys(cls.rpartition(".")[2] for cls in self.classes)
        n = len(self.classes)
        fitted = "fitted" if self.n_fitted == n else f"{self.n_fitted} of them fitted"
        about = [clean(few(names)), plural(n, "model"), fitted if self.n_fitted else "not fitted"]
        sections, notes = hyperparameters(self.hyperparameters, "they differ in")
        shown, n_left = [*self.parameters], len(self.parameters[_MAX_ROWS:])
        if n_left:
            shown.sort(key=lambda row: -(row.relative or 0.0))
        if rows := [_row(row, n) for row in shown[:_MAX_ROWS]]:
            rows += left_out(n_left, _LEARNED, "more that vary less")
            sections.append(Section(_LEARNED, rows))
        return Page(about, sections, [*notes, *_notes(self)])

    def _frame(self) -> Frame:
        return _COLUMNS, _frame_rows(self)

    def _draw(self, ax: Axes | None) -> Axes:
        bars = [
            Bar(row.path, row.relative, "shapes differ" if len(row.shapes) > 1 else "")
            for row in self.parameters
            if row.relative is not None or len(row.shapes) > 1
        ]
        title = "No parameter varies"
        if largest := longest(bars):
            title = f"{{first}} varies the most: its std is {value(largest)} of its size"
        below = f"std over {plural(len(self.classes), 'model')}, over the size of the means"
        nothing = "the models have no parameter of one shape to compare"
        return draw_bars(bars, ax, title=title, below=below, nothing=nothing)


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
        yield "std: between models, root mean square over elements; relative: to that of the means"
    if spread.different_structure:
        names = few([clean(path) for path in spread.different_structure])
        yield f"models differ in {names}: numbers at one place may mean different things"
    if spread.aligned:
        yield "units are in the order and the signs of the first model"
    if n := sum(row.nonfinite for row in spread.parameters):
        yield f"{plural(n, 'number is', 'numbers are')} not finite in some model and left out"


def _frame_rows(spread: Spread) -> Iterator[dict[str, Any]]:
    """Yield the hyperparameters that differ, and the parameters."""
    for each in spread.hyperparameters:
        yield {"path": each.path, "role": each.role, "values": list(each.values)}
    for row in spread.parameters:
        shapes = ", ".join(shape(axes) or "()" for axes in row.shapes)
        yield {name: getattr(row, name, None) for name in _COLUMNS} | {"shapes": shapes}
