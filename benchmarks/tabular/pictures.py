"""Pictures of the figures by table, of the out-of-fold score and of coverage."""

from pathlib import Path

from benchmarks._pictures import OURS, PEER, QUIET, Dot, dots, key, picture, power_ticks

_PEERS = {"boosting-stopped": OURS, "mlp": PEER}
_LABELS = {"boosting-stopped": "boosting, stopped early", "mlp": "our MLP, scaled"}


def by_table(path: Path, losses: dict, errors: dict) -> None:
    """Draw, for each table, the loss of two peers over that of TabularMLP."""
    quick = losses["quick"] or errors["quick"]
    rows = [(row, ax) for ax, table in enumerate((losses, errors)) for row in table["rows"]]
    ratios = [row[peer] / row["tabular"] for row, _ in rows for peer in _PEERS]
    better = sum(ratio > 1 for ratio in ratios)
    title = f"TabularMLP: lower loss in {better} of {len(ratios)} cases"
    sizes = [len(losses["rows"]), len(errors["rows"])]
    with picture(path, 5.2, title, quick=quick, nrows=2, sharex=True, height_ratios=sizes) as axes:
        for ax, table, what in zip(axes, (losses, errors), ("log-loss", "RMSE"), strict=True):
            for place, row in enumerate(table["rows"]):
                for peer, color in _PEERS.items():
                    ax.plot(row[peer] / row["tabular"], place, "o", color=color, alpha=0.85)
            names = [row["table"].rpartition("/")[2] for row in table["rows"]]
            ax.set_yticks(range(len(names)), names, fontsize=6.5)
            ax.set_ylim(len(names) - 0.4, -0.6)
            ax.axvline(1, color=QUIET, lw=0.8)
            ax.set_title(what, fontsize=7.5)
            ax.grid(axis="y", color="0.93", zorder=0)
            ax.set_axisbelow(True)
            ax.tick_params(axis="y", length=0)
        power_ticks(axes[1], [0.8, 1, 1.5, 2, 3, 4])
        axes[1].set_xlabel("the other's loss over TabularMLP's, log scale")
        key(axes[0], {_LABELS[peer]: color for peer, color in _PEERS.items()}, loc="upper right")


def out_of_fold(path: Path, table: dict) -> None:
    """Draw how much the out-of-fold score is above that of held-out rows, with two errors."""
    rows = [row for row in table["rows"] if not row["table"].startswith("mean of")]
    colors = {"accuracy": OURS, "R²": PEER}
    title = "oof_score_ is not optimistic"
    with picture(path, 3.6, title, quick=table["quick"]) as ax:
        for place, row in enumerate(rows):
            mean, error = row["difference"]
            ax.errorbar(mean, place, xerr=2 * error, fmt="o", color=colors[row["score"]])
        names = [row["table"].rpartition("/")[2] for row in rows]
        ax.set_yticks(range(len(rows)), names)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.axvline(0, color=QUIET, lw=0.8)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("out of fold minus held out, two standard errors")
        key(ax, colors, loc="upper right")


def _two_lines(row: dict) -> str:
    """Return the targets and the rows below them."""
    targets = row["set"].partition(" (")[0].partition(",")[0].removesuffix(" with a feature")
    return f"{targets}\n{row['rows']:,} rows"


def coverage(path: Path, table: dict) -> None:
    """Draw the coverage of intervals of 90 % and of 50 %, with the spread over seeds."""
    colors = {"as they are": OURS, "without offsets": PEER}
    title = "predict_quantiles covers what it states"
    with picture(path, 4.0, title, quick=table["quick"], ncols=2, sharey=True) as axes:
        for ax, level in zip(axes, (50, 90), strict=True):
            found = [
                Dot(_two_lines(row), group, mean, mean - spread, mean + spread)
                for row in table["rows"]
                for group, (mean, spread) in zip(
                    colors, (row[f"{level}"], row[f"raw {level}"]), strict=True
                )
            ]
            dots(ax, found, colors, write="")
            ax.axvline(level, color=QUIET, lw=0.8, ls=":")
            ax.set_xlabel(f"coverage, %, of {level} %")
        axes[0].tick_params(axis="y", labelsize=6)
        key(axes[0].figure, colors, loc="outside lower center", ncols=2)
