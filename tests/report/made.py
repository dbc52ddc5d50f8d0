"""Summaries made up: of any size, with any counts and any text."""

from skparams._plan import Plan
from skparams._records import (
    BlockCost,
    Candidate,
    Cost,
    Finding,
    FittedAttribute,
    Hyperparameter,
    Layer,
    Node,
    Outcome,
    Probing,
    RefinedRole,
    Stats,
    Totals,
    Unknown,
    add,
    between,
    multiply,
)
from skparams._summary import Summary

NASTY = [
    "<script>document.title='ran'</script>",
    '"><img src=x onerror="document.title=\'ran\'">',
    "</style><b>",
    "[red]rich[/red]",
    "\x1b[31mred\x07\r\n",
    "x" * 200,
    "表" * 90,
    "\u202eturned\u202c \u200bhidden",
    "e\u0301" * 30,
    "{{ 7 * 7 }}{% raw %}",
    "$\\frac{1}{2}$ & co",
    "\ud800",
    "",
]
_NAMES = ["coef_", "intercept_", "components_", "mean_", "means_", "covariances_", "a_b_c_"]


def array(path, count, *, shape=None, dims=None, role="parameter", **more):
    """A record whose free count and bytes follow from its count."""
    shape = (count,) if shape is None else shape
    given = {"dtype": "float64", "free": count, "bytes": multiply(count, 8)}
    return FittedAttribute(path, role, shape, dims, count=count, **(given | more))


def node(name, path="", *, rows=(), children=(), class_name="Thing", fitted=True, **more):
    """A record with the totals of what is in it."""
    own = [row for row in rows if row.role == "parameter" and row.alias_of is None]
    parts = [(row.count, row.free, row.bytes) for row in own]
    for child in children:
        totals = child.totals
        parts.append(
            tuple(multiply(child.times, n) for n in (totals.stored, totals.free, totals.bytes))
        )
    sums = [add(counts) for counts in zip(*parts, strict=True)] if parts else [0, 0, 0]
    given = {
        "guessed": False,
        "n_features": 4,
        "n_classes": 3,
        "hyperparameters": (),
        "outcomes": (),
        "layers": (),
        "totals": Totals(*sums),
    }
    return Node(
        name=name,
        path=path,
        class_name=class_name,
        status="fitted" if fitted else "not fitted",
        attributes=tuple(rows),
        children=tuple(children),
        **(given | more),
    )


def ensemble(n, count=7):
    """A summary of n estimators alike, each with an array of ``count`` numbers and one of i."""
    children = [
        node(f"members_[{i}]", f"members_[{i}]", rows=[_member_row(i, count), _member_row(i, i)])
        for i in range(n)
    ]
    return Summary(node("Ensemble", children=children, class_name="Ensemble"))


def _member_row(i, count):
    return array(f"members_[{i}]__{'coef_' if count == i else 'bias_'}", count)


def anything(rng, *, planned=False):
    """A random summary or plan, with text of users in every place that may have some."""
    root = _any_node(rng, "", 0, planned)
    candidates = [
        Candidate(((_any_text(rng), _any_text(rng)),), Totals(*[_any_count(rng, planned)] * 3))
        for _ in range(rng.randint(0, 30) if planned else 0)
    ]
    n_samples = [None, 1, 10**7][rng.randint(3)]
    if planned:
        cost = Cost(*(_any_count(rng, True) for _ in range(4)))
        counts = [_any_count(rng, True) for _ in range(7)]
        texts = [_any_text(rng) for _ in range(3)]
        blocks = [None, BlockCost(*counts, *texts), BlockCost(*counts)][rng.randint(3)]
        return Plan(root, n_samples, cost, tuple(candidates), (), blocks)
    findings = [
        Finding(f"SKP{rng.randint(1, 7):03}", _any_text(rng), _any_text(rng))
        for _ in range(rng.randint(0, 12))
    ]
    return Summary(
        root,
        n_samples=n_samples,
        effective=[Unknown("not known"), 7.25, float("nan"), float("inf")][rng.randint(4)],
        findings=tuple(findings),
        probed=None if rng.rand() < 0.5 else _any_probing(rng),
    )


def _any_probing(rng):
    if rng.rand() < 0.3:
        return Probing((), 0, (), reason=_any_text(rng))
    roles = [
        RefinedRole(_any_text(rng), "state", ("parameter", "structure")[i % 2])
        for i in range(rng.randint(9))
    ]
    unused = tuple(_any_text(rng) for _ in range(rng.randint(9)))
    return Probing((_any_text(rng), "predict"), 60, tuple(roles), unused, rng.randint(3))


def _any_node(rng, path, level, planned):
    rows = [
        array(
            f"{path}__{_any_text(rng)}{i}".removeprefix("__"),
            _any_count(rng, planned),
            dims=(_any_text(rng), "n_features") if rng.rand() < 0.5 else None,
            guess=_any_text(rng) if not planned and rng.rand() < 0.1 else None,
            alias_of=_any_text(rng) if rng.rand() < 0.1 else None,
            retained=rng.randint(0, 5000),
            stats=_any_stats(rng) if not planned else None,
        )
        for i in range(rng.choice([0, 1, 3, 20]))
    ]
    n_children = rng.choice([0, 1, 3, 40]) if level < 2 else 0
    children = []
    for i in range(n_children if level == 0 else min(n_children, 3)):
        name = f"list_[{i}]" if n_children > 3 else f"{_any_text(rng)}{i}"
        children.append(_any_node(rng, f"{path}__{name}".removeprefix("__"), level + 1, planned))
    choices = [
        Hyperparameter(
            f"{path}__{_any_text(rng)}".removeprefix("__"),
            _any_text(rng),
            [None, _any_text(rng)][rng.randint(2)],
            bool(rng.randint(2)),
            tuple(row.path for row in rows[: rng.randint(0, 6)]),
        )
        for _ in range(rng.randint(0, 6))
    ]
    layers = [Layer(f"hidden {i}", 3, _any_text(rng), 3, 3) for i in range(rng.choice([0, 3, 15]))]
    return node(
        path.rpartition("__")[2] or "Thing",
        path,
        rows=rows,
        children=children,
        class_name=_any_text(rng),
        fitted=not planned,
        hyperparameters=tuple(choices),
        outcomes=tuple(Outcome(_any_text(rng), _any_text(rng), "tuned") for _ in range(2)),
        layers=tuple(layers),
        times=_any_count(rng, planned) if planned and level else 1,
    )


def _any_text(rng):
    return NASTY[rng.randint(len(NASTY))] if rng.rand() < 0.4 else _NAMES[rng.randint(len(_NAMES))]


def _any_count(rng, planned):
    count = int(10 ** rng.uniform(0, 13)) if rng.rand() < 0.95 else 10**40
    if planned and rng.rand() < 0.1:
        return Unknown("not known: " + _any_text(rng))
    if planned and rng.rand() < 0.4:
        return between([0, count // 2][rng.randint(2)], count)
    return count


def _any_stats(rng):
    if rng.rand() < 0.2:
        return Stats(None, None, None, None, None, 0, 3)
    mean, std = rng.standard_normal() * 10 ** rng.uniform(-9, 9), abs(rng.standard_normal())
    return Stats(mean - 3 * std, mean + 3 * std, mean, std, abs(mean), rng.randint(3), 0)
