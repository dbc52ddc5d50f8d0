"""Pictures of the curves: time against what grows, with the exponent at each line."""

from pathlib import Path

from benchmarks._pictures import OURS, PEER, picture
from benchmarks.pca.works import SKLEARN

_LIBRARIES = (("theirs", SKLEARN, PEER), ("ours", "skparams", OURS))
_CALLS = {"diff": PEER, "slim": "#009E73", "summary": OURS}


def networks(path: Path, table: dict) -> None:
    """Draw the fits of networks."""
    _fits(path, table, "MLP", ("MLP", "BaggingClassifier"))


def pca(path: Path, table: dict) -> None:
    """Draw the fits of PCAs."""
    _fits(path, table, "PCA", ("PCA",))


def _fits(path: Path, table: dict, what: str, names: tuple[str, ...]) -> None:
    rows = [row for row in table["rows"] if row["what"].startswith(names)]
    kinds = [(row["what"], row["grows"]) for row in rows]
    ratios = [
        each["ratio"]["median"]
        for each in table["details"]
        if (each["what"], each["grows"]) in kinds
    ]
    title = f"{what}: {min(ratios):.1f} to {max(ratios):.0f} times as fast, by size"
    n_rows = (len(rows) + 1) // 2
    with picture(
        path, 0.4 + 1.75 * n_rows, title, quick=table["quick"], nrows=n_rows, ncols=2, squeeze=False
    ) as axes:
        for ax, row in zip(axes.flat, rows, strict=False):
            details = [
                each
                for each in table["details"]
                if (each["what"], each["grows"]) == (row["what"], row["grows"])
            ]
            for side, name, color in _LIBRARIES:
                power = row[f"{side}_exponent"]["median"]
                _line(ax, details, f"{side}_s", color, row["fitted"])
                above = side == "theirs"
                ax.text(
                    0.03, 0.97 if above else 0.85, f"{name}: exponent {power:.2f}", color=color,
                    transform=ax.transAxes, va="top", fontsize=6.5,
                )  # fmt: skip
            _scales(ax, details, row["grows"])
        for ax in axes.flat[len(rows) :]:
            ax.remove()
        for ax in axes[:, 0]:
            ax.set_ylabel("seconds")


def inspections(path: Path, table: dict) -> None:
    """Draw the three calls for each of the models that grow."""
    kinds = list(dict.fromkeys((row["what"], row["grows"]) for row in table["rows"]))
    title = "summary, diff and slim of models that grow"
    n_rows = (len(kinds) + 1) // 2
    with picture(
        path, 0.4 + 1.75 * n_rows, title, quick=table["quick"], nrows=n_rows, ncols=2, squeeze=False
    ) as axes:
        for ax, kind in zip(axes.flat, kinds, strict=False):
            for place, (call, color) in enumerate(_CALLS.items()):
                mine = (call, *kind)
                details = [
                    each
                    for each in table["details"]
                    if (each["call"], each["what"], each["grows"]) == mine
                ]
                (row,) = (
                    each
                    for each in table["rows"]
                    if (each["call"], each["what"], each["grows"]) == mine
                )
                _line(ax, details, "ours_s", color, row["fitted"])
                ax.text(
                    0.03, 0.97 - 0.11 * place, f"{call}: exponent {row['exponent']['median']:.2f}",
                    color=color, transform=ax.transAxes, va="top", fontsize=6.5,
                )  # fmt: skip
            _scales(ax, details, kind[1])
            ax.set_title(kind[0].partition(", ")[0], fontsize=7, weight="normal")
        for ax in axes[:, 0]:
            ax.set_ylabel("seconds")


def _line(ax, details: list[dict], key: str, color: str, fitted: list) -> None:
    """Draw a curve; filled dots are the sizes that the exponent is fitted over."""
    sizes, seconds = [each["size"] for each in details], [each[key] for each in details]
    ax.plot(sizes, seconds, color=color)
    for size, second in zip(sizes, seconds, strict=True):
        inside = fitted[0] <= size <= fitted[1]
        ax.plot(size, second, "o", ms=3, color=color, mfc=color if inside else "white")


def _scales(ax, details: list[dict], grows: str) -> None:
    """Make both axes logarithmic, with room for the text above the lines."""
    ax.set(xscale="log", yscale="log", xlabel=grows)
    sizes = [each["size"] for each in details]
    ax.set_xticks([sizes[0], sizes[-1]], [f"{sizes[0]:,}", f"{sizes[-1]:,}"])
    ax.minorticks_off()
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * (high / low) ** 0.45)
