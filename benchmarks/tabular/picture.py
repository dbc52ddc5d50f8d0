"""Critical-difference picture: mean ranks, with a bar over models that do not differ (Demšar)."""

from pathlib import Path

import matplotlib

from benchmarks.tabular.peers import LABELS, OURS
from benchmarks.tabular.scores import TITLES
from benchmarks.tabular.summary import Scores


def groups(ranks: list[float], difference: float) -> list[tuple[int, int]]:
    """Return first and last place of each largest run of sorted ranks within the difference."""
    found: list[tuple[int, int]] = []
    for first, rank in enumerate(ranks):
        last = max(i for i, other in enumerate(ranks) if other - rank <= difference)
        if last > first and (not found or last > found[-1][1]):
            found.append((first, last))
    return found


def draw(scores: list[Scores], path: Path) -> None:
    """Write one panel for each metric."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    n_models = max(len(each.models) for each in scores)
    size = (8.0, len(scores) * (1.3 + 0.24 * n_models))
    figure, axes = pyplot.subplots(len(scores), figsize=size, squeeze=False, layout="constrained")
    for ax, each in zip(axes[:, 0], scores, strict=True):
        _panel(ax, each)
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


def _panel(ax, scores: Scores) -> None:
    """Names are left and right of the axis, as in Demšar's figures, the best on the left."""
    means = sorted(scores.mean_ranks().items(), key=lambda item: item[1])
    ranks = [rank for _, rank in means]
    n_left, n_models = (len(means) + 1) // 2, len(means)
    difference = scores.critical_difference()
    bars = groups(ranks, difference)
    top = 0.5 + 0.45 * len(bars)
    for place, (name, rank) in enumerate(means):
        left = place < n_left
        depth = top + (place if left else n_models - 1 - place)
        end = 0.6 if left else n_models + 0.4
        style = {"color": "C3" if name == OURS else "black", "lw": 1}
        ax.plot([rank, rank, end], [0, depth, depth], **style)
        text = f"{LABELS[name]}  {rank:.1f}" if left else f"{rank:.1f}  {LABELS[name]}"
        ax.text(
            end + (-0.1 if left else 0.1),
            depth,
            text,
            ha="right" if left else "left",
            va="center",
            color=style["color"],
            weight="bold" if name == OURS else "normal",
        )
    for level, (first, last) in enumerate(bars):
        ends = [ranks[first] - 0.06, ranks[last] + 0.06]
        ax.plot(ends, [0.35 + 0.45 * level] * 2, color="black", lw=4, solid_capstyle="butt")
    ax.plot([1, 1 + difference], [-1.2, -1.2], "|-", color="black", lw=1.5)
    ax.text(1.2 + difference, -1.2, f"critical difference {difference:.2f}", va="center")
    _axis(ax, n_models, top + n_left)
    ax.set_title(
        f"mean rank of {TITLES[scores.metric]}, {len(scores.values)} tables",
        fontsize="medium",
        pad=4,
    )


def _axis(ax, n_models: int, bottom: float) -> None:
    """One line with a tick for each rank, and room for the names beside it."""
    ax.set(xlim=(-n_models * 0.55, n_models * 1.55 + 1), ylim=(bottom, -1.7))
    ax.plot([1, n_models], [0, 0], color="black", lw=1)
    for rank in range(1, n_models + 1):
        ax.plot([rank, rank], [0, -0.2], color="black", lw=1)
        ax.text(rank, -0.3, str(rank), ha="center", va="bottom", fontsize="small")
    ax.axis("off")
