"""The page and the frame of a capacity curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from skparams._capacity.marks import count_text, measure_of, message, setting_names, standard_error
from skparams._records import Bounds, Unknown, low_high
from skparams._report import (
    GUESS,
    UNKNOWN,
    Column,
    Frame,
    Page,
    Row,
    Section,
    clean,
    few,
    number,
    plural,
    rate,
    value,
)
from skparams.specs import short_repr

if TYPE_CHECKING:
    from skparams._capacity.record import CapacityCurve

_PLAIN = bool | int | float | str | np.number | None
_HEADINGS = {
    "stored": "parameters",
    "free": "free parameters",
    "nonzero": "nonzero parameters",
    "effective": "degrees of freedom",
}


def page(curve: CapacityCurve) -> Page:
    """The page: a row for each setting, from the fewest parameters to the most."""
    columns = [
        Column(clean(curve.param_name), least=12, code=True),
        Column(_HEADINGS[curve.counted], right=True),
        Column("per row", right=True, drop=3),
        Column("train", right=True),
        Column("validation", right=True),
        Column("±", right=True, drop=4),
        Column("gap", right=True, drop=5),
        Column("train loss", right=True, drop=1),
        Column("validation loss", right=True, drop=2),
        Column("", wraps="words"),
    ]
    about = [
        f"capacity of {clean(curve.class_name)}",
        plural(len(curve.param_range), "setting"),
        plural(len(curve.n_train), "fold"),
        f"{_bounds(curve.n_train)} of {plural(curve.n_samples, 'row')} to train",
        f"score: {clean(curve.score_name)}",
    ]
    if isinstance(curve.loss_name, str):
        about.append(f"loss: {clean(curve.loss_name)}")
    return Page(about, [Section(columns, list(_rows(curve)))], list(_notes(curve)))


def _bounds(numbers: tuple[int, ...]) -> str:
    low, high = min(numbers), max(numbers)
    return number(low if low == high else Bounds(low, high))


def _rows(curve: CapacityCurve) -> Iterator[Row]:
    """Yield the settings, and a line where the parameters are as many as the training rows."""
    sizes, threshold = curve.sizes, curve.threshold
    order = np.argsort(sizes, kind="stable") if np.isfinite(sizes).all() else range(len(sizes))
    low = np.inf if isinstance(threshold, Unknown) else low_high(threshold)[0]
    passed = not np.isfinite(sizes).all() or min(sizes) >= low
    for i in order:
        if not passed and sizes[i] >= low:
            passed = True
            yield Row((_threshold(curve), *[""] * 9), "dim")
        yield _row(curve, int(i))


def _threshold(curve: CapacityCurve) -> str:
    times = "" if curve.n_outputs == 1 else f" × {curve.n_outputs} outputs"
    total = "" if curve.n_outputs == 1 else f" = {count_text(curve.threshold)}"
    return f"… {_bounds(curve.n_train)} training rows{times}{total}"


@np.errstate(all="ignore")  # scores may be infinite
def _row(curve: CapacityCurve, i: int) -> Row:
    means = {
        name: float(getattr(curve, name)[i].mean())
        for name in ("train_scores", "test_scores", "train_losses", "test_losses")
    }
    error = standard_error(curve.test_scores[i])
    per_row = curve.sizes[i] / np.mean(curve.n_train)
    guess = GUESS if curve.guessed and np.isfinite(per_row) else ""
    cells = (
        setting_names(curve)[i],
        guess + count_text(curve.n_params[i]),
        _known(per_row, rate(per_row)),
        _known(means["train_scores"]),
        _known(means["test_scores"]),
        "" if np.isnan(error) else value(error),
        _known(means["train_scores"] - means["test_scores"]),
        _known(means["train_losses"]) if isinstance(curve.loss_name, str) else "",
        _known(means["test_losses"]) if isinstance(curve.loss_name, str) else "",
        _mark(curve, i),
    )
    return Row(cells, "bold" if i == curve.best else "")


def _known(x: float, text: str | None = None) -> str:
    if np.isnan(x):
        return UNKNOWN
    return value(x) if text is None else text


def _mark(curve: CapacityCurve, i: int) -> str:
    errors = curve.errors[i]
    n_failed = sum(map(bool, errors))
    if n_failed:
        return f"{n_failed} of {plural(len(errors), 'fit')} failed"
    if i == curve.best:
        return "best"
    if i == curve.simplest:
        return "simplest"
    unknown = np.isnan(curve.train_scores[i]) | np.isnan(curve.test_scores[i])
    n_unknown = int(unknown.sum())
    return f"not scored in {n_unknown} of {plural(len(errors), 'fold')}" if n_unknown else ""


def _notes(curve: CapacityCurve) -> Iterator[str]:
    yield message(curve, measure_of(curve, "score"))
    simplest = curve.simplest
    if simplest is not None and simplest != curve.best:
        yield (
            f"simplest: {setting_names(curve)[simplest]} has the fewest parameters within one "
            "standard error of the best"
        )
    if len(curve.n_train) > 1:
        yield "±: standard error of the mean over folds; gap: train less validation"
    same = np.isfinite(curve.sizes).all() and len(curve.sizes) > 1 and not np.ptp(curve.sizes)
    if same and curve.sizes[0] and curve.counted in ("stored", "free"):
        yield 'kind="nonzero" or "effective" may tell settings with one count apart'
    reasons = dict.fromkeys(n.reason for n in curve.n_params if isinstance(n, Unknown))
    if reasons:
        yield f"number of parameters not known: {few([clean(reason) for reason in reasons])}"
    if isinstance(curve.loss_name, Unknown):
        yield f"no loss: {clean(curve.loss_name.reason)}"
    if failed := dict.fromkeys(error for errors in curve.errors for error in errors if error):
        yield f"failed: {few([clean(error) for error in failed])}"
    unknown = dict.fromkeys(error for errors in curve.score_errors for error in errors if error)
    if unknown:
        yield f"not scored: {few([clean(error) for error in unknown])}"
    if curve.guessed:
        yield f"{GUESS}: no Spec describes a class, so the count is a guess in part"


def frame(curve: CapacityCurve) -> Frame:
    """A row for each fit."""
    whole = "float64" if curve.counted == "effective" else "Int64"
    columns = {
        **{"value": "object", "fold": "Int64", "n_train": "Int64", "n_params": whole},
        **{"train_score": "float64", "test_score": "float64"},
        **{"train_loss": "float64", "test_loss": "float64", "error": "object"},
    }
    return columns, _frame_rows(curve)


def _frame_rows(curve: CapacityCurve) -> Iterator[dict[str, Any]]:
    for i, setting in enumerate(curve.param_range):
        for fold, n_train in enumerate(curve.n_train):
            count = curve.fold_n_params[i][fold]
            yield {
                "value": setting if isinstance(setting, _PLAIN) else short_repr(setting),
                "fold": fold,
                "n_train": n_train,
                "n_params": None if isinstance(count, Bounds | Unknown) else count,
                "train_score": curve.train_scores[i, fold],
                "test_score": curve.test_scores[i, fold],
                "train_loss": curve.train_losses[i, fold],
                "test_loss": curve.test_losses[i, fold],
                "error": curve.errors[i][fold] or None,
            }
