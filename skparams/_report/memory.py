"""The sentences that say where the memory of an estimator is."""

from __future__ import annotations

from skparams._escape import clean
from skparams._records import Memory, Unknown
from skparams._report.trees import public_name
from skparams._report.words import ROLE_WORDS, size

_MIN_BYTES = 100_000  # that are worth a sentence


def memory_notes(memory: Memory | None) -> list[str]:
    """The sum of the memory and the largest attributes, if it is worth a sentence."""
    if memory is None:
        return []
    whole = memory.in_arrays if isinstance(memory.total, Unknown) else memory.total
    if whole < _MIN_BYTES:
        return []
    parts = [f"{size(n_bytes)} {ROLE_WORDS.get(role, role)}" for role, n_bytes in memory.roles]
    if isinstance(memory.rest, Unknown):
        total = f"{size(whole)} in arrays; the rest is unknown: {clean(memory.rest.reason)}"
    else:
        parts.append(f"{size(memory.rest)} the rest")
        total = f"{size(whole)} in memory"
        if isinstance(memory.pickled, Unknown):
            total += f"; {clean(memory.pickled.reason)}"
        else:
            total += f", {size(memory.pickled)} pickled"
    notes = [f"memory: {' + '.join(parts)} = {total}"]
    if memory.largest:
        largest = (
            f"{clean(public_name(each.path))} {each.bytes / whole:.0%} "
            f"({ROLE_WORDS.get(each.role, each.role)})"
            for each in memory.largest
            if each.bytes >= whole / 100
        )
        notes.append(f"largest: {', '.join(largest)}")
    return notes
