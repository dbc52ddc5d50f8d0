"""Where the memory of an estimator is."""

from __future__ import annotations

from dataclasses import dataclass

from skparams._records.counts import Unknown

NOT_KNOWN = "not known"  # in place of a role, where it would be a guess


@dataclass(frozen=True, slots=True)
class LargeAttribute:
    """An attribute that takes much memory; several alike are one, with ``[…]`` in the path."""

    path: str
    role: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Where the memory of an estimator is.

    ``roles`` are pairs of a role and the bytes of its arrays, the most first: each buffer once, and
    with all that a view keeps alive; the role is ``"not known"`` where it would be a guess.
    ``rest`` is everything else, as it is pickled, and ``total`` the sum. ``pickled`` are the bytes
    of ``pickle.dumps``. All three are Unknown where they were not measured. ``largest`` are the
    largest attributes, whatever their role.
    """

    roles: tuple[tuple[str, int], ...]
    rest: int | Unknown
    total: int | Unknown
    pickled: int | Unknown
    largest: tuple[LargeAttribute, ...] = ()

    @property
    def in_arrays(self) -> int:
        """Bytes of all arrays."""
        return sum(n_bytes for _, n_bytes in self.roles)
