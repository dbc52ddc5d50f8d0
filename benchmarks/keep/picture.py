"""Picture of the formats: seconds to save and to load."""

from pathlib import Path

from benchmarks._pictures import OURS, QUIET, picture


def formats(path: Path, table: dict) -> None:
    """Draw a bar for saving and one for loading, by format."""
    rows = table["rows"]
    size = table["title"].rpartition(" of ")[2]
    title = f"Saving and loading {size}"
    with picture(path, 2.1, title, quick=table["quick"], ncols=2, sharey=True) as axes:
        for ax, name, what in zip(
            axes, ("save_s", "load_s"), ("save, to the disk", "load, from memory"), strict=True
        ):
            seconds = [row[name] for row in rows]
            colors = [OURS if row["what"] == "skparams" else QUIET for row in rows]
            bars = ax.barh([row["what"] for row in rows], seconds, color=colors, height=0.6)
            ax.bar_label(bars, [f"{value:.2f} s" for value in seconds], padding=2)
            ax.set(title=what, xlim=(0, 1.4 * max(seconds)), xticks=[])
            ax.spines.bottom.set_visible(False)
            ax.tick_params(axis="y", length=0)
        axes[0].invert_yaxis()
