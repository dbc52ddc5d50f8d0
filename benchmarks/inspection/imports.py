"""The time of importing inspection, and which heavy packages it loads."""

from benchmarks._imports import import_cost
from benchmarks._tables import RATIOS, Column, Table, ratio_text, time_text, yes_no
from benchmarks._task import Task

HEAVY = ("numba", "matplotlib", "pandas")


def imports(task: Task) -> Table:
    """Compare the import with an import of the scikit-learn modules that it needs."""
    cost = import_cost("from skparams import summary, plan", quick=task.quick)
    added = cost.pop("added")
    heavy = [name for name in HEAVY if name in added]
    row = {"what": "summary, plan", **cost, "heavy": heavy, "bar": "none of them", "met": not heavy}
    return Table(
        "imports",
        "import, fresh processes",
        [
            Column("what", "", left=True),
            Column("ours_s", "skparams", time_text),
            Column("theirs_s", "the scikit-learn\nparts it needs", time_text),
            Column("ratio", "ratio", ratio_text(2)),
            Column(
                "heavy", f"loaded of {', '.join(HEAVY)}", lambda heavy: ", ".join(heavy) or "none"
            ),
            Column("bar", "bar"),
            Column("met", "met", yes_no),
        ],
        [row],
        note=f"{RATIOS} scikit-learn loads pandas where it is installed; what it loads is not "
        "counted.",
    )
