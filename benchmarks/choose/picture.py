"""Pictures of the tests' false alarms and of what fewest_params saves."""

from pathlib import Path

from benchmarks._pictures import OURS, PEER, QUIET, Dot, dots, key, picture

_TESTS = {"corrected t test": OURS, "paired t test": PEER}


def false_alarms(path: Path, table: dict) -> None:
    """Draw the shares of both tests, with the interval of the corrected one."""
    found = []
    for row in table["rows"]:
        name = f"{row['learner'].partition(',')[0]}\n{row['rows']:,} rows, {row['cv']} folds"
        found.append(Dot(name, "corrected t test", *(100 * share for share in row["corrected"])))
        naive = 100 * row["naive"]
        found.append(Dot(name, "paired t test", naive, naive, naive))
    title = "A paired t test over folds finds what is not there"
    with picture(path, 4.8, title, quick=table["quick"]) as ax:
        dots(ax, found, _TESTS, write="{:.0f} %")
        ax.axvline(5, color=QUIET, lw=0.8, ls=":")
        ax.set(xlim=(0, 78), xlabel="false alarms, % of data sets")
        key(ax, _TESTS, loc="upper right", bbox_to_anchor=(1, 0.74))


def fewest(path: Path, table: dict) -> None:
    """Draw, for each split, the share of the parameters and the change in accuracy."""
    rows = [row for row in table["rows"] if row.get("best_score") is not None]
    kinds = dict.fromkeys(row["what"].rpartition(",")[0] for row in rows)
    colors = dict(zip(kinds, (OURS, PEER, "#009E73"), strict=False))
    title = "fewest_params trades a little accuracy for size"
    with picture(path, 2.7, title, quick=table["quick"]) as ax:
        for kind, color in colors.items():
            mine = [row for row in rows if row["what"].startswith(f"{kind},")]
            change = [row["chosen_score"] - row["best_score"] for row in mine]
            ax.plot([100 * row["share"] for row in mine], change, "o", color=color, alpha=0.8)
        ax.axhline(0, color="0.8", zorder=0)
        ax.set(
            xlabel="parameters, % of those of the best model",
            ylabel="held-out accuracy, points\nabove the best model's",
            xlim=(0, 105),
        )
        key(ax, colors, bbox_to_anchor=(1.02, 0.0))
