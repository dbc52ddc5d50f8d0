"""What the spread of several models shows, whatever it is shown in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
    from skparams._diff.spread_record import ParameterSpread, Spread, Varied

__all__ = ["COLUMNS", "bars", "page", "rows"]

COLUMNS = {
    **{"path": "object", "role": "object", "models": "Int64", "shape": "object"},
    **{"values": "object", "mean": "float64", "std": "float64", "relative": "float64"},
    **{"largest": "float64", "turned": "Int64", "nonfinite": "Int64"},
}
_MOST_ROWS = 40
_MOST_VARIED = 20


def page(spread: Spread) -> Page:
    """Return what a spread shows."""
    sections = [*_varied(spread), *_learned(spread)]
    return Page(_about(spread), sections, list(_notes(spread)))


def _about(spread: Spread) -> list[str]:
    names = dict.fromkeys(cls.rpartition(".")[2] for cls in spread.classes)
    n = len(spread.classes)
    fitted = "fitted" if spread.n_fitted == n else f"{spread.n_fitted} of them fitted"
    return [clean(few(names)), plural(n, "model"), fitted if spread.n_fitted else "not fitted"]


def _varied(spread: Spread) -> Iterator[Section]:
    shown = [each for each in spread.varied if _worth(each)]
    if not shown:  # then the page's notes say so
        return
    rows = [
        Row((clean(each.path), few([UNKNOWN if v is None else clean(v) for v in each.values], 6)))
        for each in shown[:_MOST_VARIED]
    ]
    hidden = len(spread.varied) - len(shown)
    notes = [f"{number(hidden)} at their defaults come or go with a class"] if hidden else []
    columns = [Column("they differ in", least=16, code=True), Column("", wraps="fold", code=True)]
    yield Section(columns, [*rows, *left_out(len(shown[_MOST_VARIED:]), columns)], notes)


def _worth(varied: Varied) -> bool:
    """Say whether a hyperparameter is more than the default of a class that comes or goes."""
    return varied.chosen or None not in varied.values


def _learned(spread: Spread) -> Iterator[Section]:
    if not spread.parameters:
        return
    shown = list(spread.parameters)
    if len(shown) > _MOST_ROWS:
        shown.sort(key=lambda row: -(row.relative or 0.0))
    rows = [_row(row, len(spread.classes)) for row in shown[:_MOST_ROWS]]
    columns = [
        Column("they learned", least=18, code=True),
        Column("shape", wraps="cut"),
        Column("mean", right=True, drop=2),
        Column("std", right=True),
        Column("relative", right=True),
        Column("largest", right=True, drop=1),
        Column("both signs", right=True, drop=3),
    ]
    rows += left_out(len(shown[_MOST_ROWS:]), columns, "more that vary less")
    yield Section(columns, rows)


def _row(row: ParameterSpread, n_models: int) -> Row:
    axes = few([shape(each) for each in row.shapes])
    if row.n_models < n_models:
        axes = f"{axes} in {row.n_models} of {n_models}".lstrip()
    name = clean(row.path)
    if row.std is None:
        said = "shapes differ" if len(row.shapes) > 1 else UNKNOWN
        return Row((name, axes, "", said, "", "", ""))
    turned = number(row.turned) if row.turned else ""
    numbers = (value(row.mean), value(row.std), value(row.relative), value(row.largest))
    return Row((name, axes, *numbers, turned), "" if row.std else "dim")


def _notes(spread: Spread) -> Iterator[str]:
    if spread.varied and not any(map(_worth, spread.varied)):
        yield plural(
            len(spread.varied),
            "hyperparameter at its default comes or goes with a class",
            "hyperparameters at their defaults come or go with a class",
        )
    if any(row.std is not None for row in spread.parameters):
        yield "std: of each number over the models, as root mean square; relative: over the means'"
    if spread.unlike:
        names = few([clean(path) for path in spread.unlike])
        yield f"not the same in all: {names}; numbers at one place may not mean the same"
    if spread.aligned:
        yield "units are in the order and the signs of the first model"
    n = sum(row.nonfinite for row in spread.parameters)
    if n:
        yield f"{plural(n, 'number is', 'numbers are')} not finite in some model and left out"


def rows(spread: Spread) -> Iterator[dict[str, Any]]:
    """Yield parameters, and what was chosen otherwise, as rows of a frame."""
    for each in spread.varied:
        yield {"path": each.path, "role": each.role, "values": list(each.values)}
    for row in spread.parameters:
        names = ("path", "role", "mean", "std", "relative", "largest", "turned", "nonfinite")
        shapes = few([shape(axes) or "()" for axes in row.shapes], len(row.shapes))
        yield {name: getattr(row, name) for name in names} | {
            "models": row.n_models,
            "shape": shapes,
        }


def bars(spread: Spread) -> Bars:
    """Return how far each parameter is apart."""
    found = [
        Bar(row.path, row.relative, "shapes differ" if len(row.shapes) > 1 else "")
        for row in spread.parameters
        if row.relative is not None or len(row.shapes) > 1
    ]
    furthest = longest(found)
    title = "No parameter varies"
    if furthest:
        title = f"{{first}} varies the most: its std is {value(furthest)} of its size"
    below = f"std over {plural(len(spread.classes), 'model')}, over the size of the means"
    return Bars(title, below, found, "the models have no parameter of one shape to compare")
