"""The colors of all figures, which can be distinguished with any color vision."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colors on paper: two that are opposites, and pale ones for areas with text on them."""

    ink: str = "#222222"
    paper: str = "#ffffff"
    above: str = "#0072B2"
    below: str = "#D55E00"
    # Blue, orange, green, purple, yellow, in turn.
    areas: tuple[str, ...] = ("#A6CEE3", "#FDD0A2", "#B9E0CF", "#E3CBE0", "#F3E6A0")
    # Of groups of points, in turn (Okabe and Ito).
    groups: tuple[str, ...] = (
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
    )  # fmt: skip
    # Of what is there for comparison.
    quiet: str = "#767676"


LIGHT = Theme()
DARK = Theme(ink="#e6e6e6", paper="#16181c", above="#56B4E9", below="#F0803C")
