"""Numbers that a file writes with a decimal comma, or with a sign between thousands."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from skparams._cli.console import quoted
from skparams._report import few

# Numbers by their decimal sign; the other sign may stand between thousands.
_NUMBERS = {
    ".": r"\s*[-+]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?([eE][-+]?\d+)?\s*",
    ",": r"\s*[-+]?(\d+|[1-9]\d{0,2}(\.\d{3})+)(,\d+)?([eE][-+]?\d+)?\s*",
}
_OTHER = {".": ",", ",": "."}
_WORDS = {".": "point", ",": "comma"}


def read_numbers(parse: Callable[[str], Any], names: Sequence[str], notes: list[str]) -> Any:
    """Parse a table by a decimal sign, and read the numbers among its texts; notes say which.

    Where "1,234" may be 1234 or 1.234, the other columns decide; if they do not, it stays text.
    """
    frame = parse(".")
    texts = _texts(frame)
    certain = {signs for column in texts.values() if len(signs := _signs(column)) == 1}
    if certain == {","}:  # so that pandas does not read "1.234" in another column as a decimal
        frame = parse(",")
    found = {",": [place for place in texts if frame[place].dtype.kind in "iuf"], ".": []}
    for place, column in _texts(frame).items():
        signs = _signs(column)
        if len(signs) == 2 and len(certain) == 1:
            signs = next(iter(certain))
        if len(signs) == 2:
            either = quoted(str(column.dropna().iloc[0]))
            notes.append(
                f"column {quoted(names[place])} is taken as text: whether the sign in {either} is "
                "a decimal one is not clear"
            )
        elif (numbers := _numbers(column, signs or ".")) is not None:
            frame[place] = numbers
            found.get(signs, []).append(place)
    for sign, places in found.items():
        if places:
            columns = few([quoted(names[place]) for place in sorted(places)])
            notes.append(f"read with a decimal {_WORDS[sign]}: {columns}")
    return frame


def _texts(frame: Any) -> dict[Any, Any]:
    """The columns that have values and are neither numbers nor dates."""
    return {
        place: column
        for place, column in frame.items()
        if column.dtype.kind == "O" and column.notna().any()
    }


def _signs(column: Any) -> str:
    """The decimal signs with which all texts of a column are numbers; none if they have neither."""
    text = column.dropna().astype(str).str
    if not text.contains("[.,]").any():
        return ""
    return "".join(sign for sign, pattern in _NUMBERS.items() if text.fullmatch(pattern).all())


def _numbers(column: Any, sign: str) -> Any:
    """The numbers in a column of text, None unless all are and no digits are lost that differ."""
    text = column.dropna().astype(str).str
    if not text.fullmatch(_NUMBERS[sign]).all():
        return None
    exact = text.replace(_OTHER[sign], "").str.replace(sign, ".").map(Decimal)
    numbers = exact.astype(float)
    return numbers.reindex(column.index) if numbers.nunique() == exact.nunique() else None
