"""What ``plan`` returns: its page, its frame and its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skparams._plan.blocks import block_section
from skparams._records import BlockCost, Candidate, Cost, Node, Totals, Unknown
from skparams._report import (
    Column,
    Frame,
    Page,
    Plotted,
    Row,
    Section,
    about,
    amount,
    chosen,
    clean,
    draw_nodes,
    few,
    frame_of,
    guessed_classes,
    layers,
    learned,
    left_out,
    names_on_page,
    number,
    plural,
    size,
    sort_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_MAX_REASONS = 3
_MAX_CANDIDATES = 12
_ENDS = 2  # of many candidates: the smallest and the largest


@dataclass(frozen=True, slots=True, repr=False)
class Plan(Plotted):
    """What was chosen and what will be learned, for an estimator and those in it.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    root : Node
        The estimator. Its counts are exact integers, ``Bounds`` where fit decides how many there
        will be, and ``Unknown`` with a reason where nothing can be said.
    n_samples : int or None
        Number of training rows, where it is known.
    cost : Cost or None
        Memory and multiply-adds.
    candidates : tuple of Candidate
        Of a search, each candidate with its totals.
    refused : tuple of str
        What ``fit`` will refuse, as sentences: hyperparameters that are too large for the data.
    blocks : BlockCost or None
        What a fit on blocks of rows takes, where X is not in memory or has more than a GiB.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from skparams import plan
    >>> plan(PCA(2), n_samples=100, n_features=5).totals.stored
    15
    """

    root: Node
    n_samples: int | None = None
    cost: Cost | None = None
    candidates: tuple[Candidate, ...] = ()
    refused: tuple[str, ...] = ()
    blocks: BlockCost | None = None

    @property
    def totals(self) -> Totals:
        """Counts and bytes of all parameters that will be fitted."""
        return self.root.totals

    @property
    def guessed(self) -> tuple[str, ...]:
        """Names of the classes that no Spec describes."""
        return guessed_classes(self.root)

    def _page(self) -> Page:
        notes = [*map(clean, self.refused), *_unknown_until_fit(self), *_cost(self.cost)]
        described = f"no Spec describes {clean(few(self.guessed, 5))}"
        if self.guessed and not any(described in note for note in notes):
            notes.append(described)
        sections = [
            *chosen(self.root),
            learned(self.root, planned=True, notes=notes),
            *_candidates(self.candidates),
            *block_section(self.blocks),
            *layers(self.root),
        ]
        return Page(about(self.root, "before fit", self.n_samples), sections)

    def _frame(self) -> Frame:
        return frame_of(self.root, planned=True)

    def _draw(self, ax: Axes | None) -> Axes:
        return draw_nodes(self.root, ax, planned=True)


def _unknown_until_fit(plan: Plan) -> list[str]:
    """The reasons of what is unknown, and where each comes up first."""
    first: dict[str, str] = {}
    names = names_on_page(plan.root)
    for node in plan.root.walk():
        own = [(row.count, row.path) for row in node.parameters]
        if not node.children:
            own.append((node.totals.stored, node.path))
        for count, path in own:
            if isinstance(count, Unknown):
                first.setdefault(count.reason, names.get(path, path))
    if isinstance(plan.totals.stored, Unknown) and not first:
        first[plan.totals.stored.reason] = ""
    notes = [
        f"{_when_known(reason)}: {clean(reason)}" + (f" ({clean(path)})" if path else "")
        for reason, path in first.items()
        if not any(reason.endswith(f": {cause}") for cause in first)  # a consequence of it
    ]
    if more := len(notes[_MAX_REASONS:]):
        notes[_MAX_REASONS:] = [f"known after fit: {plural(more, 'reason')} more"]
    return notes


def _when_known(reason: str) -> str:
    """The words before a reason: what ``plan`` needs and did not get is not learned by fit."""
    return "unknown" if reason.startswith("needs ") else "known after fit"


def _cost(cost: Cost | None) -> list[str]:
    if cost is None:
        return []
    per_sample = cost.predict_macs_per_sample
    of_epoch = "{} multiply-adds an epoch" if isinstance(per_sample, Unknown) else "{} an epoch"
    parts = [
        (cost.parameter_bytes, "{} of weights", size),
        (cost.training_bytes, "{} while training", size),
        (per_sample, "{} multiply-adds a row", amount),
        (cost.train_macs_per_epoch, of_epoch, amount),
    ]
    known = [words.format(text_of(n)) for n, words, text_of in parts if not isinstance(n, Unknown)]
    return [f"cost: {', '.join(known)}"] if known else []


def _candidates(candidates: Sequence[Candidate]) -> Iterator[Section]:
    """Yield the table of a search's candidates, its hyperparameters as columns."""
    if not candidates:
        return
    names = list(dict.fromkeys(name for each in candidates for name, _ in each.params))
    columns = [
        Column("candidates", least=12),
        *(Column(clean(name), least=8, wraps="fold", code=True) for name in names),
        Column("count", right=True),
        Column("free", right=True, drop=2),
        Column("bytes", right=True, drop=1),
    ]
    found = list(candidates)
    rows: list[Row] = []
    if len(found) > _MAX_CANDIDATES:
        found.sort(key=lambda each: sort_key(each.totals.stored))
        first, last = found[:_ENDS], found[-_ENDS:]
        rows += [_candidate(each, names, "smallest" * (i == 0)) for i, each in enumerate(first)]
        rows += left_out(len(found) - 2 * _ENDS, columns, "between")
        rows += [_candidate(each, names, "largest" * (each is last[-1])) for each in last]
    else:
        rows += [_candidate(each, names) for each in found]
    yield Section(columns, rows)


def _candidate(each: Candidate, names: list[str], label: str = "") -> Row:
    params, totals = dict(each.params), each.totals
    count = "after fit" if isinstance(totals.stored, Unknown) else number(totals.stored)
    values = (clean(params.get(name, "")) for name in names)
    return Row((label, *values, count, number(totals.free), size(totals.bytes)))
