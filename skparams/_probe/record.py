"""What probing found, as frozen records."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from skparams._report import Frame, Page, Report

# Roles of attributes used for prediction. If one with another role is used, its role is wrong.
NEEDED = frozenset(
    ("parameter", "tuned", "structure", "data", "random", "metadata", "estimator", "derived")
)


@dataclass(frozen=True, slots=True)
class ProbedAttribute:
    """The verdict on one fitted attribute, or on one array in it.

    ``methods`` are those that returned something else or raised, ``reason`` is the first error, or
    why the attribute was not tried.
    """

    path: str
    estimator: str
    role: str
    verdict: str
    methods: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Probe(Report):
    """Which fitted attributes an estimator's methods depend on.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    class_name : str
        The estimator's class.
    attributes : tuple of ProbedAttribute
        One for each attribute, in the estimator's order.
    methods : tuple of str
        The methods that were compared.
    nondeterministic : tuple of str
        Methods among them that return something else with another seed; they were compared at one.
    failed : tuple of (str, str)
        Methods that were not compared, and why: they raise before anything is changed, or return
        something else on each call, even at one seed.
    n_samples : int
        Rows of X.
    n_samples_used : int
        Rows of X that the methods were called with.
    max_calls : int
        The largest number of calls with a changed attribute.
    restored : bool
        Whether the methods return the same again after all changes are undone.
    guessed : tuple of str
        Names of the classes that no Spec describes, so that roles are guessed.
    """

    class_name: str
    attributes: tuple[ProbedAttribute, ...]
    methods: tuple[str, ...]
    nondeterministic: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    n_samples: int
    n_samples_used: int
    max_calls: int
    restored: bool
    guessed: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[ProbedAttribute, ...]:
        """The attributes that are proved to be used."""
        return self._with("used")

    @property
    def unused(self) -> tuple[ProbedAttribute, ...]:
        """The attributes that changed nothing, which is evidence only."""
        return self._with("unused")

    @property
    def not_tried(self) -> tuple[ProbedAttribute, ...]:
        """The attributes of which nothing is known."""
        return self._with("not tried")

    @property
    def surprising(self) -> tuple[ProbedAttribute, ...]:
        """The attributes that are used although their role is not one used for prediction."""
        return tuple(each for each in self.used if each.role not in NEEDED)

    def _with(self, verdict: str) -> tuple[ProbedAttribute, ...]:
        return tuple(each for each in self.attributes if each.verdict == verdict)

    def __getitem__(self, path: str) -> ProbedAttribute:
        for each in self.attributes:
            if each.path == path:
                return each
        raise KeyError(path)

    def _page(self) -> Page:
        from skparams._probe.view import page

        return page(self)

    def _frame(self) -> Frame:
        names = [field.name for field in fields(ProbedAttribute)]
        rows = (asdict(each) | {"methods": ", ".join(each.methods)} for each in self.attributes)
        return dict.fromkeys(names, "object"), rows
