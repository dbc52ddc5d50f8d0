"""Text from a user's data, made safe to show on a page, in an error and in a frame."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

# What a terminal acts on: control characters, and signs that turn the order of others around. Tabs
# and ends of lines are left, as pandas escapes them itself; surrogates cannot be printed.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Text with characters that are not printable written as Python escapes them."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def clean_distinct(texts: Iterable[str]) -> list[str]:
    """Clean texts of which different ones stay different."""
    return _distinct(list(texts), clean)


def showable(text: str, stream: Any) -> str:
    """Text in which what the encoding of a stream lacks is written as Python escapes it."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def can_show(text: str, stream: Any) -> bool:
    """Whether the encoding of a stream has all characters of a text."""
    return showable(text, stream) == text


def escape_controls(value: Any) -> Any:
    """A text with control characters written as Python escapes them; anything else as it is.

    Other characters that are not printable stay, as in names that use joiners.
    """
    if isinstance(value, str):
        return _CONTROLS.sub(lambda match: clean(match[0]), value)
    return value


def escape_error(error: Exception) -> None:
    """Escape control characters in what an error says, as scikit-learn's that list names."""
    # A carriage return writes over the start of a line.
    error.args = tuple(
        escape_controls(arg).replace("\r", r"\r") if isinstance(arg, str) else arg
        for arg in error.args
    )


@contextmanager
def escaped_errors() -> Iterator[None]:
    """Escape control characters in errors of the block."""
    try:
        yield
    except Exception as error:
        escape_error(error)
        raise


class Escaped(str):
    """A text that is printed as another one, and is itself as a key."""

    def __new__(cls, text: str, shown: str) -> "Escaped":
        self = super().__new__(cls, text)
        self._shown = shown
        return self

    _shown: str

    def __str__(self) -> str:
        return self._shown

    def __format__(self, spec: str) -> str:
        return format(self._shown, spec)

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return super().__str__(), self._shown


def escape_frame(frame: Any) -> Any:
    """Make a frame or series of pandas print its texts and labels without control characters.

    They stay equal to what they were, so that the names of features still select and align.
    """
    frame.index = _escape_labels(frame.index)
    if frame.ndim == 1:
        return frame
    frame.columns = _escape_labels(frame.columns)
    for j, dtype in enumerate(frame.dtypes):
        column = frame.iloc[:, j]
        if dtype.kind == "O" and _has_controls(column):
            # pandas would make strings of objects that it is not told to keep.
            frame.isetitem(j, type(column)(_escape_texts(column), column.index, dtype=object))
    return frame


def _escape_labels(labels: Any) -> Any:
    """An index of pandas whose labels and names print without control characters."""
    if labels.nlevels > 1:
        labels = labels.set_levels([_escape_labels(level) for level in labels.levels])
    elif labels.dtype.kind == "O" and _has_controls(labels):
        texts = np.empty(len(labels), dtype=object)
        texts[:] = _escape_texts(labels)
        labels = type(labels.astype(object))(texts, dtype=object, name=labels.name)
    return labels.set_names(_escape_texts(labels.names)) if _has_controls(labels.names) else labels


def _escape_texts(values: Iterable[Any]) -> list[Any]:
    """Values among which each text with control characters prints as no other text does."""
    values = list(values)
    texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
    shown = dict(zip(texts, _distinct(texts, escape_controls), strict=True))
    escaped = {text: Escaped(text, shown[text]) for text in texts if shown[text] != text}
    return [escaped.get(value, value) if isinstance(value, str) else value for value in values]


def _has_controls(values: Iterable[Any]) -> bool:
    return bool(_CONTROLS.search("".join(value for value in values if isinstance(value, str))))


def _distinct(texts: Sequence[str], escape: Any) -> list[str]:
    """Escape texts; where two would become the same, backslashes too, which tells them apart."""
    escaped = [escape(text) for text in texts]
    if len(set(escaped)) < len(set(texts)):
        escaped = [escape(text.replace("\\", r"\\")) for text in texts]
    return escaped
