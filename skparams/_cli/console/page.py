"""An HTML page of reports: one file that needs no other."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import StrictUndefined, Template
from markupsafe import Markup

from skparams import __version__
from skparams._report import Report


class Picture(NamedTuple):
    """A PNG, on dark paper too if there is one, and what it shows."""

    light: bytes
    dark: bytes | None
    shows: str


def make_page(
    title: str, reports: Sequence[Report], picture: Picture | None = None, footer: str = ""
) -> bytes:
    """Render the page; it escapes all text except the reports, which escape their own."""
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    template = Template(
        source, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    text = template.render(
        title=title,
        reports=[Markup(report.to_html()) for report in reports],
        picture=picture,
        data_uri=_data_uri,
        footer=f"skparams {__version__}{footer}",
    )
    return text.encode()


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
