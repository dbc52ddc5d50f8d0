"""Characters that the font of a figure cannot draw: one warning, and a square for each."""

import sys
import unicodedata
import warnings
from collections.abc import Iterable
from typing import Any

# What is drawn in place of a character, by the first that the font has.
SQUARES = "\N{WHITE SQUARE}?"
# Fonts that have all characters, but draw a square for most.
EMPTY_FONTS = ("LastResort", "Last Resort", "Adobe Blank")
# By the first word of the names of characters, where a font is not called Noto Sans and that word.
FONTS = {
    "CJK": "Noto Sans CJK SC",
    "HIRAGANA": "Noto Sans CJK JP",
    "KATAKANA": "Noto Sans CJK JP",
    "HANGUL": "Noto Sans CJK KR",
}


class Glyphs:
    """What the font draws; remembers what it does not, for one warning."""

    def __init__(self) -> None:
        self.missing: dict[str, None] = {}
        self._fonts: dict[str, list[Any]] = {}

    def drawable(self, text: str, weight: str = "normal") -> str:
        """The text with a square in place of each character that the font does not have."""
        if text.isascii():
            return text
        fonts = self._fonts.setdefault(weight, _fonts_of(weight))
        absent = {char for char in text if not _has(fonts, char)}
        if not absent:
            return text
        self.missing |= dict.fromkeys(char for char in text if char in absent)
        square = next((sign for sign in SQUARES if _has(fonts, sign)), "?")
        return "".join(square if char in absent else char for char in text)

    def warn(self, what: str) -> None:
        """One warning that names a font to set, if a character could not be drawn."""
        if not self.missing:
            return
        from matplotlib import rcParams

        families = list(rcParams["font.family"])
        known = dict.fromkeys(font.family_name for font in next(iter(self._fonts.values())))
        font, is_installed = _font_for(self.missing)
        chars, left = "".join(list(self.missing)[:5]), len(self.missing) - 5
        more = f" and {left} more character{'s' if left > 1 else ''}" if left > 0 else ""
        install = "" if is_installed else f"Install a font such as {font}, and set"
        warnings.warn(
            f"{what}: the font {', '.join(known)} cannot draw {chars}{more} of the names, which "
            f"are drawn as squares. {install or 'Set'} matplotlib.rcParams['font.family'] = "
            f"{[*families, font]} before plot().",
            UserWarning,
            stacklevel=_level_of_caller(),
        )


def _level_of_caller() -> int:
    """The stack level, for the function that asks, of the first line outside this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("skparams."):
        frame, level = frame.f_back, level + 1
    return level


def _fonts_of(weight: str) -> list[Any]:
    """The fonts that texts are drawn with: of each family that is found, or the default."""
    from matplotlib import font_manager, rcParams

    paths = []
    for family in rcParams["font.family"]:
        properties = font_manager.FontProperties(family=[family], weight=weight)
        try:
            paths.append(font_manager.findfont(properties, fallback_to_default=False))
        except ValueError:  # matplotlib logs it
            continue
    if not paths:
        paths = [font_manager.findfont(font_manager.FontProperties(weight=weight))]
    return [font_manager.get_font(path) for path in paths]


def _has(fonts: Iterable[Any], char: str) -> bool:
    return any(font.get_char_index(ord(char)) for font in fonts)


def _font_for(chars: Iterable[str]) -> tuple[str, bool]:
    """The name of a font that draws most of the characters, and whether it is installed."""
    from matplotlib import font_manager

    chars, best, most = list(chars), "", 0
    for name, path in {
        entry.name: entry.fname for entry in font_manager.fontManager.ttflist
    }.items():
        if name.startswith(EMPTY_FONTS):
            continue
        try:
            font = [font_manager.get_font(path)]
        except (OSError, RuntimeError):  # a file that is gone, or no font
            continue
        count = sum(_has(font, char) for char in chars)
        if count > most:
            best, most = name, count
    if best:
        return best, True
    script = unicodedata.name(chars[0], "SYMBOLS").split()[0]
    if not unicodedata.category(chars[0]).startswith(("L", "M")):
        script = "SYMBOLS"
    return FONTS.get(script, f"Noto Sans {script.title()}"), False
