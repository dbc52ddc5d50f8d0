"""Pictures of the fits and of the accuracy."""

from pathlib import Path

from benchmarks._pictures import OURS, PEER, QUIET, dots, key, picture, power_ticks, ratio_dot
from benchmarks.pca.works import INTELEX, SKLEARN

_COLORS = {SKLEARN: OURS, INTELEX: PEER}


def _short(work: str, stream: bool) -> str:
    """Return the rows and features of a work, without its number of components."""
    return ("stream, " if stream else "") + work.partition(", k")[0]


def _power(value: float) -> str:
    """Write a power of ten, or 0."""
    return f"{value:.0e}".replace("e+0", "e") if value else "0"


def fits(path: Path, table: dict, streams: dict) -> None:
    """Draw the ratios to both peers in float64, of fits and of streams."""
    found = [
        ratio_dot(_short(row["work"], kind is streams), row["peer"], row["after_other"])
        for kind in (table, streams)
        for row in kind["rows"]
        if row["dtype"] == "float64"
    ]
    slowest, fastest = (each(dot.value for dot in found) for each in (min, max))
    title = f"PCA: fits {slowest:.1f} to {fastest:.0f} times as fast (float64)"
    with picture(path, 3.8, title, quick=table["quick"] or streams["quick"]) as ax:
        dots(ax, found, _COLORS)
        ax.axvline(1, color="0.8", zorder=0)
        power_ticks(ax, [1, 2, 5, 10, 20])
        ax.set(xlim=(0.9, 26), xlabel="times as fast as the other library, log scale")
        key(ax, _COLORS, loc="upper right")


def accuracy(path: Path, table: dict) -> None:
    """Draw the largest errors by the offset of the data, for both dtypes."""
    dtypes = list(dict.fromkeys(row["dtype"] for row in table["rows"]))
    title = "Eigenvalues stay right when means are large"
    with picture(path, 2.5, title, quick=table["quick"], ncols=len(dtypes), sharey=True) as axes:
        for ax, dtype in zip(axes, dtypes, strict=True):
            rows = [row for row in table["rows"] if row["dtype"] == dtype]
            places = range(len(rows))
            for name, color in (("theirs", PEER), ("ours", OURS)):
                ax.plot(places, [row[name] for row in rows], "o-", color=color)
            ax.axhline(1, color="0.8", zorder=0)
            ax.set_yscale("log")
            ax.set_xticks(places, [_power(row["offset"]) for row in rows])
            ax.set(title=dtype, xlabel="mean of the features", xlim=(-0.2, len(rows) - 0.7))
        axes[0].set_ylabel("error of an eigenvalue,\nrelative to the largest")
        axes[0].text(-0.1, 1e4, "scikit-learn", color=PEER)
        axes[0].text(1.9, 3e-10, "skparams", color=OURS, ha="right", va="bottom")
        axes[1].text(-0.15, 3, "100 %", color=QUIET, fontsize=6.5)
