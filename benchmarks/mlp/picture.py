"""Picture of the fits: how many times as fast as scikit-learn's."""

from pathlib import Path

from benchmarks._pictures import OURS, PEER, dots, key, picture, power_ticks, ratio_dot

_COLORS = {"float64": OURS, "float32": PEER}


def fits(path: Path, table: dict) -> None:
    """Draw the ratio of each work in both dtypes."""
    found = [
        ratio_dot(row["work"].replace(" batch", "\nbatch").replace(" 200 epochs", "\n200 epochs"),
                  row["dtype"], row["after_other"])
        for row in table["rows"]
    ]  # fmt: skip
    slowest, fastest = (each(dot.value for dot in found) for each in (min, max))
    title = f"MLP: fits {slowest:.1f} to {fastest:.0f} times as fast"
    with picture(path, 3.6, title, quick=table["quick"]) as ax:
        dots(ax, found, _COLORS)
        ax.axvline(1, color="0.8", zorder=0)
        power_ticks(ax, [1, 2, 5, 10, 20, 50])
        ax.set(xlim=(0.8, 75), xlabel="times as fast as scikit-learn, log scale")
        key(ax, _COLORS)
